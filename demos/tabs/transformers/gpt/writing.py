"""How to go on from a beginning: options, what is written while it grows, several continuations, what else could have stood there."""

import operator
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

import lmdemo
from demos.core import sources, url
from demos.core.tab import Answer, Missing, Part, Tab, Update
from demos.tabs.transformers.gpt import looks, reading
from demos.tabs.transformers.gpt.found import Found, Picked, Written
from demos.tabs.transformers.gpt.functions import NAME, PAUSE
from demos.tabs.transformers.gpt.guesses import SEVERAL
from demos.tabs.transformers.gpt.looks import OPTIONS
from demos.views.shaded import Shaded
from lmdemo.errors import HubError, InputError, WeightsError

RANGES = {"temperature": (0, 2), "top_k": (0, 100), "top_p": (0, 1)}


class Writing(Part):
    """What is written: it stands under the beginning; several continuations stand in a step of their own."""

    def __init__(self, tab: Tab) -> None:
        self.of: Any = tab
        super().__init__(tab)

    def lay_out(self) -> None:
        with gr.Row(elem_classes="lm-actions"):
            self.go = self.text(gr.Button(variant="primary", elem_id="gpt-write"), value="write.run")
            self.stop = self.text(gr.Button(elem_id="gpt-stop", visible=False), value="stop")
        self.written = Shaded(elem_id="gpt-written")
        # Where the sliders of the bars stand, for the URL.
        self.sampling = {name: gr.Number(value=v, visible=False) for name, v in OPTIONS.items()}
        for name, component in self.sampling.items():
            self.keep(name, component, url.number(*RANGES[name]), OPTIONS[name])

    def lay_out_options(self) -> None:
        """How much to write, and which chance."""
        with self.text(gr.Accordion(open=False), label="write.options"), gr.Row():
            self.count = self.text(
                gr.Slider(5, 400, 60, step=5, min_width=160), label="write.count", info="write.count.info"
            )
            self.seed = gr.Number(value=1, precision=0, minimum=0, maximum=10**9, min_width=120)
            self.text(self.seed, label="write.seed", info="write.seed.info")
        self.keep("count", self.count, url.number(5, 400), 60)
        self.keep("seed", self.seed, url.number(0, 10**9), 1)
        self.options = {"count": self.count, "seed": self.seed}

    def lay_out_several(self) -> None:
        """The step with several continuations."""
        with gr.Row(elem_classes="lm-actions"):
            self.several = gr.Slider(1, SEVERAL, SEVERAL, step=1, elem_id="gpt-several")
            self.text(self.several, label="write.several")
            self.go_several = self.text(gr.Button(variant="primary", elem_id="gpt-write-several"), value="four.run")
        self.columns = Shaded(elem_id="gpt-columns")
        self.keep("several", self.several, url.number(1, SEVERAL), SEVERAL)

    def write(
        self, *, text: str, source: str, count: float, seed: float, found: Found | None, lang: str, **options: float
    ) -> Iterator[Update]:
        """Writes, and shows the text as it grows."""
        how = looks.sampling(**options) | {"max_new_tokens": int(count), "seed": int(seed or 0)}
        found = found if found and found.text == text else Found(text, source)
        found = replace(found, source=source, how=how, wrong=None, written=(), picked=None)
        found = yield from self.grow(found, 1, how, lang, self.growing)
        finished = self.finish if found.written else self.of.result
        yield {self.of.found: found, self.stop: gr.update(visible=False)} | finished(found=found, lang=lang, **options)

    def growing(self, found: Found, n: int, lang: str) -> Update:
        """A text that is being written."""
        shown = looks.growing(self.tab, found.written, len(found.text), lang)
        told = self.say(lang, "write.running", n=n)
        return {self.of.found: found, self.of.status: told, self.written: shown, self.stop: gr.update(visible=True)}

    def grow(
        self, found: Found, several: int, how: dict[str, Any], lang: str, shown: Callable[[Found, int, str], Update]
    ) -> Generator[Update, None, Found]:
        """Lets each network of the source write; yields what is ``shown`` meanwhile, returns all texts."""
        for one in sources.wanted(NAME, found.source):
            try:
                yield from self.tab.open(NAME, one, lang, status=self.of.status)
            except (HubError, WeightsError) as error:
                found = found.with_answer(Missing(one, sources.shown_name(NAME, one), error))
                continue
            before, started, first, pictured = found.written, time.perf_counter(), 0.0, 0.0
            call = operator.methodcaller("stream_many", found.text, several, **how)
            for n, texts in enumerate(sources.stream(NAME, one, call), 1):
                now = time.perf_counter()
                first = first or now - started
                rows = tuple(Written(one, so_far, n, now - started, first) for so_far in texts)
                found = replace(found, written=before + rows)
                if now - pictured > PAUSE:
                    pictured = now
                    yield shown(found, n, lang)
        return found

    def write_several(
        self,
        *,
        source: str,
        count: float,
        seed: float,
        several: float,
        found: Found | None,
        lang: str,
        **options: float,
    ) -> Iterator[Update]:
        """Several continuations of what was read, side by side."""
        if not found or found.wrong:
            return
        how = looks.sampling(**options) | {"max_new_tokens": int(count), "seed": int(seed or 0)}
        made = replace(found, source=source, written=())
        made = yield from self.grow(made, int(several), how, lang, self.growing_columns)
        found = replace(found, several=tuple(self.apart(row, found.text) for row in made.written))
        yield {self.of.found: found, self.columns: looks.columns(self.tab, found, lang)}

    def growing_columns(self, found: Found, n: int, lang: str) -> Update:
        """Several texts that are being written."""
        return {self.columns: looks.growing(self.tab, found.written, len(found.text), lang, columns=True)}

    def apart(self, row: Written, prompt: str) -> Written:
        """A text with its tokens."""
        call = partial(reading.take_apart, prompt=prompt, written=row.text)
        return row if row.tokens else replace(row, **sources.call(NAME, row.source, call))

    def finish(self, *, found: Found | None, lang: str, **options: float) -> Update:
        """Takes apart what was written, to its end or to where it was stopped."""
        if not found or not found.written:
            return {self.of.status: self.say(lang, "stopped.here"), self.stop: gr.update(visible=False)}
        rows = []
        for row in found.written:
            rows.append(replace(self.apart(row, found.text), after=self.following(row.source, row.text)))
            if row.source not in {a.source for a in found.there}:
                first = self.following(row.source, found.text)
                found = found.with_answer(first) if first else found
        found = replace(found, written=tuple(rows))
        shown = self.of.result(found=found, lang=lang, **options)
        return {self.of.found: found, self.stop: gr.update(visible=False)} | shown

    def following(self, source: str, text: str) -> Answer | None:
        """What may come next after a text; None where chance drew what can't be read again."""
        call = partial(reading.following, text=text[-reading.LONGEST :])
        try:
            made = sources.call(NAME, source, call)
        except InputError:
            return None
        return Answer(source, made, lmdemo.load(NAME, source=source).info)

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str, **options: float) -> Update:
        """What else could have stood at a token that was written."""
        if not found:
            return {}
        n = self.tab.known(event.row, range(len(found.written)))
        row = found.written[n]
        begin = looks.first_shown(row)
        shown = self.tab.known(event.index, range(row.first_token - begin, len(row.tokens) - begin))
        index = shown + begin
        before = row.text[: row.starts[index]]
        answer = self.following(row.source, before)
        if answer is None:
            return {}
        found = replace(found, picked=Picked(n, index, before, answer))
        sliders = looks.sampling(**options)
        return {
            self.of.found: found,
            self.of.status: self.of.sentence(found, sliders, lang),
            self.of.bars: looks.candidates(self.tab, found, sliders, lang),
            self.written: looks.text_rows(self.tab, found, lang),
        }
