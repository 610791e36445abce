"""How to go on from a beginning: options, what is written while it grows, and what else could have stood there."""

import operator
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

import lmdemo
from demos.core import sources, url
from demos.core.tab import Answer, Missing, Part, Tab, Update
from demos.tabs.transformers.gpt import looks, reading
from demos.tabs.transformers.gpt.functions import NAME, PAUSE
from demos.tabs.transformers.gpt.looks import OPTIONS
from demos.tabs.transformers.gpt.reading import Found, Picked, Written
from lmdemo.errors import HubError, WeightsError

RANGES = {"temperature": (0, 2), "top_k": (0, 100), "top_p": (0, 1)}


class Writing(Part):
    """What is written; it stands in the result of the tab."""

    def __init__(self, tab: Tab) -> None:
        self.of: Any = tab
        super().__init__(tab)

    def lay_out(self) -> None:
        with gr.Row():
            self.count = self.text(gr.Slider(5, 400, 60, step=5), label="write.count")
            several = gr.Slider(1, 4, 1, step=1, elem_id="gpt-several")
            self.several = self.text(several, label="write.several")
        self.seed = gr.Number(value=1, precision=0, minimum=0, maximum=10**9)
        self.text(self.seed, label="write.seed", info="write.seed.info")
        with gr.Row():
            self.go = self.text(gr.Button(variant="primary", elem_id="gpt-write"), value="write.run")
            self.stop = self.text(gr.Button(elem_id="gpt-stop"), value="stop")
        # Where the sliders of the bars stand, for the URL.
        self.sampling = {name: gr.Number(value=v, visible=False) for name, v in OPTIONS.items()}
        self.keep("count", self.count, url.number(5, 400), 60)
        self.keep("several", self.several, url.number(1, 4), 1)
        self.keep("seed", self.seed, url.number(0, 10**9), 1)
        for name, component in self.sampling.items():
            self.keep(name, component, url.number(*RANGES[name]), OPTIONS[name])
        self.options = {"count": self.count, "several": self.several, "seed": self.seed}

    def moved(self, event: gr.EventData, *, lang: str) -> Update:
        """Where the sliders of the bars stand now."""
        told = looks.sampling(float(event.temperature), float(event.top_k), float(event.top_p))
        return {self.sampling[n]: min(max(v, RANGES[n][0]), RANGES[n][1]) for n, v in told.items()}

    def write(
        self,
        *,
        text: str,
        source: str,
        count: float,
        several: float,
        seed: float,
        found: Found | None,
        lang: str,
        **options: float,
    ) -> Iterator[Update]:
        """Writes, and shows the text as it grows."""
        how = looks.sampling(**options) | {"max_new_tokens": int(count), "seed": int(seed or 0)}
        found = found if found and found.text == text else Found(text, source)
        found = replace(found, source=source, how=how, wrong=None, written=(), picked=None)
        for one in sources.wanted(NAME, source):
            try:
                yield from self.tab.open(NAME, one, lang, status=self.of.status)
            except (HubError, WeightsError) as error:
                found = found.with_answer(Missing(one, sources.shown_name(NAME, one), error))
                continue
            before, started, first, pictured = found.written, time.perf_counter(), 0.0, 0.0
            call = operator.methodcaller("stream_many", text, int(several), **how)
            for n, texts in enumerate(sources.stream(NAME, one, call), 1):
                now = time.perf_counter()
                first = first or now - started
                rows = tuple(Written(one, so_far, n, now - started, first) for so_far in texts)
                found = replace(found, written=before + rows)
                if now - pictured > PAUSE:
                    pictured = now
                    growing = looks.growing(self.of, found.written, len(text), lang)
                    yield {
                        self.of.found: found,
                        self.of.status: self.say(lang, "write.running", n=n),
                        self.of.written: growing,
                    }
        yield {self.of.found: found} | (
            self.finish(found=found, lang=lang, **options) if found.written else self.of.result(found, options, lang)
        )

    def finish(self, *, found: Found | None, lang: str, **options: float) -> Update:
        """Takes apart what was written, to its end or to where it was stopped."""
        if not found or not found.written:
            return {self.of.status: self.say(lang, "stopped.here")}
        rows = []
        for row in found.written:
            call = partial(reading.take_apart, prompt=found.text, written=row.text)
            rows.append(row if row.tokens else replace(row, **sources.call(NAME, row.source, call)))
            if row.source not in {a.source for a in found.there}:
                found = found.with_answer(self.following(row.source, found.text))
        found = replace(found, written=tuple(rows))
        return {self.of.found: found} | self.of.result(found, options, lang)

    def following(self, source: str, text: str) -> Answer:
        """What may come next after a text."""
        made = sources.call(NAME, source, partial(reading.following, text=text))
        return Answer(source, made, lmdemo.load(NAME, source=source).info)

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str, **options: float) -> Update:
        """What else could have stood at a token that was written."""
        if not found:
            return {}
        n = self.tab.known(event.row, range(len(found.written)))
        row = found.written[n]
        index = self.tab.known(event.index, range(row.first_token, len(row.tokens)))
        before = row.text[: row.starts[index]]
        found = replace(found, picked=Picked(n, index, before, self.following(row.source, before)))
        bars = looks.candidates(self.of, found, looks.sampling(**options), lang)
        return {self.of.found: found, self.of.bars: bars, self.of.written: looks.text_rows(self.of, found, lang)}
