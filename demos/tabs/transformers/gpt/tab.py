"""Transformers · GPT: the decoder stack writes, one token after another."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from demos.core import url
from demos.core.cards import beside_baselines
from demos.core.tab import Tab, Update
from demos.core.words import say_error
from demos.tabs.transformers.gpt import looks, reading
from demos.tabs.transformers.gpt.functions import (
    NAME,
    OURS,
    gpt_attention,
    gpt_continuations,
    gpt_layer_answers,
    gpt_layers,
    gpt_next_tokens,
    gpt_prove,
    gpt_tokens,
    gpt_write,
)
from demos.tabs.transformers.gpt.inside import Inside
from demos.tabs.transformers.gpt.looks import OPTIONS
from demos.tabs.transformers.gpt.reading import Found
from demos.tabs.transformers.gpt.writing import Writing
from demos.views.chips import Chips, chips
from demos.views.next_tokens import NextTokens
from demos.views.shaded import Shaded
from lmdemo.errors import InputError

SOURCES = ("scratch", "hub-weights", "hub", "both")
EXAMPLES = (
    "ROMEO:\nIs the day so young",
    "First Citizen:\nWe are",
    "KING RICHARD III:\nMy lord, the",
    "To be, or not to be",
)
SHOWN_LINES = ("attend", "KeyValueCache", "Attention", "Block.forward", "GPT.forward", "rename_hub_tensors")


class GPT(Tab):
    """A beginning, what may come next, and what is written."""

    name = "gpt"
    functions = (
        gpt_write,
        gpt_continuations,
        gpt_next_tokens,
        gpt_tokens,
        gpt_attention,
        gpt_layer_answers,
        gpt_layers,
        gpt_prove,
    )

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, (NAME,))
        self.found = gr.State(None)
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_input()
            with self.part("result"):
                self.status = gr.Markdown(elem_classes="lm-status", elem_id="gpt-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "write.nothing")})
                self.bars = NextTokens(elem_id="gpt-next")
                self.translate(self.bars, lambda lang: {"value": looks.candidates(self, None, OPTIONS, lang)})
                self.text(gr.Markdown(elem_classes="lm-muted"), value="go_on")
                self.written = Shaded(elem_id="gpt-written")
                self.card, figures = gr.HTML(), gr.HTML(elem_classes="lm-table")
                self.translate(figures, lambda lang: {"value": beside_baselines(NAME, self.say, lang)})
        with self.part("look"):
            self.inside = Inside(self)
        self.explain()
        self.snippet = self.code("lmdemo/models/gpt.py", SHOWN_LINES, model=self.model, source=self.source, having=OURS)
        self.proof()

    def lay_out_input(self) -> None:
        """A beginning, and how to go on from it."""
        self.examples = Chips(elem_id="gpt-examples")
        self.translate(self.examples, lambda lang: {"value": chips(self.say(lang, "examples"), EXAMPLES)})
        self.given = gr.Textbox(lines=4, max_lines=10, elem_id="gpt-text")
        self.text(self.given, label="text.label", info="text.info")
        self.writing = Writing(self)
        self.keep("text", self.given, url.text(), "")
        self.said = self.text(gr.Markdown(elem_classes="lm-muted", elem_id="gpt-said"), value="own.said")

    def connect(self) -> None:
        result = [self.status, self.bars, self.written, self.card, self.said, self.snippet]
        shown = [*result, *self.inside.outputs]
        answered, wrote = [self.found, *shown], [self.found, *result]
        place = {"place": self.inside.stack.place}
        kept = {"found": self.found} | self.writing.sampling
        text, asked = {"text": self.given}, {"source": self.source} | self.inside.switch.inputs | place | kept
        writing = {"source": self.source} | self.writing.options | kept
        live = {"trigger_mode": "always_last", "concurrency_id": "gpt-read"}
        options = [self.source.input, self.inside.switch.off.input, self.inside.switch.head.input]
        running = [
            self.when(self.given.input, self.read, answered, text | asked, **live),
            self.when(options, self.read, answered, text | asked, **live),
            self.when(self.examples.choose, self.choose_example, [self.given, *answered], asked, **live),
            self.when(self.writing.go.click, self.writing.write, wrote, text | writing, concurrency_id="gpt"),
            self.when(
                self.bars.choose, self.choose_token, [self.given, *answered], asked | writing, concurrency_id="gpt"
            ),
        ]
        self.when(self.ends(self.writing.stop, running).then, self.writing.finish, wrote, kept)
        self.when(self.written.pick, self.writing.pick, [self.found, self.bars, self.written], kept)
        self.when(self.bars.options, self.writing.moved, self.writing.sampling.values(), queue=False)
        self.on_link(self.from_link, answered, text | asked)
        self.reword(self.show, shown, place | kept)

    # -- read ----------------------------------------------------------------------------------------------------------------

    def choose_example(self, event: gr.EventData, *, lang: str, **asked: Any) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.known(event.text, EXAMPLES)
        yield {self.given: text}
        yield from self.read(text=text, lang=lang, **asked)

    def from_link(self, *, text: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The text of a link; without one, the sliders where it has them."""
        options = looks.sampling(*(asked[name] for name in OPTIONS))
        if (text or "").strip():
            yield from self.read(text=text, lang=lang, **asked)
        elif options != OPTIONS:
            yield {self.bars: looks.candidates(self, None, options, lang)}

    def read(
        self,
        *,
        text: str,
        source: str,
        off: str,
        head: str,
        place: tuple[int, int],
        found: Found | None,
        lang: str,
        **options: float,
    ) -> Iterator[Update]:
        """What may come next and what is inside; what is wrong with a text is said where the answer would stand."""
        if not (text or "").strip():
            yield {self.found: None} | self.show(found=None, place=place, lang=lang, **options)
            return
        known = found.known(text) if found else {}
        found = Found(text, source, off, str(head))
        try:
            call = partial(reading.look, text=text, off=off, head=str(head), known=known)
            found = replace(found, answers=(yield from self.ask(NAME, source, call, lang, status=self.status)))
        except InputError as error:
            found = replace(found, wrong=error.with_traceback(None))
        yield {self.found: found} | self.show(found=found, place=place, lang=lang, **options)

    def choose_token(
        self,
        event: gr.EventData,
        *,
        found: Found | None,
        count: float,
        several: float,
        seed: float,
        lang: str,
        **asked: Any,
    ) -> Iterator[Update]:
        """The text up to a token with the chosen one behind it, and on from there."""
        if not found:
            return
        text = (found.picked.before if found.picked else found.text) + str(event.token)
        yield {self.given: text}
        for step in self.read(text=text, found=found, lang=lang, **asked):
            found = step.get(self.found, found)
            yield step
        rest = {name: value for name, value in asked.items() if name not in ("off", "head", "place")}
        options = {"count": count, "several": several, "seed": seed}
        yield from self.writing.write(text=text, found=found, lang=lang, **options, **rest)

    # -- shown ---------------------------------------------------------------------------------------------------------------

    def show(self, *, found: Found | None, place: tuple[int, int], lang: str, **options: float) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        inside = self.inside.show(found, place, lang)
        if found is not None and not found.wrong:
            return self.result(found, options, lang) | inside
        told = say_error(found.wrong, lang) if found and found.wrong else self.say(lang, "write.nothing")
        bars = looks.candidates(self, None, looks.sampling(**options), lang)
        return {self.status: told, self.bars: bars, self.written: {}, self.card: ""} | inside

    def result(self, found: Found, options: dict[str, float], lang: str) -> Update:
        """The sentence, the bars, the texts, the cards, the plain word."""
        sliders = looks.sampling(**options)
        return {
            self.status: "  \n".join(looks.sentences(self.say, found, lang)) or self.say(lang, "no_answer"),
            self.bars: looks.candidates(self, found, sliders, lang),
            self.written: looks.text_rows(self, found, lang),
            self.card: self.cards(looks.timed(found), lang),
            self.said: self.say(lang, "own.said" if found.source == "scratch" else "hub.said"),
            self.snippet: looks.snippet(found, sliders),
        }

    def blocks(self, found: Found, place: tuple[int, int], lang: str) -> Update:
        """The column of blocks."""
        read = found.inside
        return looks.blocks(self, read, place, lang) if read and read.trace else {}
