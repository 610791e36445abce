"""Transformers · GPT: the decoder stack writes, one token after another."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from demos.core import url
from demos.core.tab import Tab, Update
from demos.core.words import say_error
from demos.tabs.transformers.gpt import guesses, looks, reading
from demos.tabs.transformers.gpt.found import Found
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
from demos.tabs.transformers.gpt.writing import RANGES, Writing
from demos.views.chips import Chips, chips
from demos.views.next_tokens import NextTokens
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
    threads = ("sentence",)
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
        with self.stage():
            with self.given():
                self.lay_out_input()
            with self.answered():
                self.status = gr.Markdown(elem_classes="lm-status", elem_id="gpt-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "write.nothing")})
                self.bars = NextTokens(elem_id="gpt-next")
                self.translate(self.bars, lambda lang: {"value": looks.candidates(self, None, OPTIONS, lang)})
                self.text(gr.Markdown(elem_classes="lm-muted"), value="go_on")
        with self.inside():
            self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/gpt.py", SHOWN_LINES, model=self.model, source=self.source, having=OURS)
        self.proof()
        self.good((NAME,))

    def lay_out_input(self) -> None:
        """A beginning, how to go on from it, and what was written."""
        self.box = gr.Textbox(lines=3, max_lines=6, elem_id="gpt-text")
        self.text(self.box, label="text.label")
        self.writing = Writing(self)
        self.examples = Chips(elem_id="gpt-examples")
        self.translate(self.examples, lambda lang: {"value": chips(self.say(lang, "examples"), EXAMPLES)})
        self.writing.lay_out_options()
        self.along()
        self.plain_word = self.text(gr.Markdown(elem_classes="lm-muted", elem_id="gpt-said"), value="own.said")
        self.keep("text", self.box, url.text(), "", thread="sentence")

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.box: EXAMPLES[0]}

    def connect(self) -> None:
        write, look = self.writing, self.look
        result = [
            self.status,
            self.bars,
            write.written,
            self.facts,
            self.plain_word,
            self.snippet,
            look.guesses["four"],
        ]
        shown = list(dict.fromkeys([*result, *look.outputs, write.columns]))
        answered, wrote = [self.found, *shown], [self.found, *result, write.stop]
        kept = {"found": self.found} | write.sampling
        text, asked = {"text": self.box}, {"source": self.source} | look.switch.inputs | look.place | kept
        writing = {"source": self.source} | write.options | kept
        live = {"trigger_mode": "always_last", "concurrency_id": "gpt-read"}
        options = [self.source.input, look.switch.off.input, look.switch.head.input]
        taken = [self.box, *answered, write.stop]
        running = [
            self.when(self.box.input, self.read, answered, text | asked, **live),
            self.when(options, self.read, answered, text | asked, **live),
            self.when(self.examples.choose, self.choose_example, [self.box, *answered], asked, **live),
            self.when(write.go.click, write.write, wrote, text | writing, concurrency_id="gpt"),
            self.when(self.bars.choose, self.choose_token, taken, asked | writing, concurrency_id="gpt"),
        ]
        self.when(self.ends(write.stop, running).then, write.finish, wrote, kept)
        several = writing | {"several": write.several}
        columns = [self.found, write.columns, self.status]
        self.when(write.go_several.click, write.write_several, columns, several, concurrency_id="gpt")
        self.when(write.written.pick, write.pick, [self.found, self.status, self.bars, write.written], kept)
        moved = [*write.sampling.values(), self.status, look.strip, look.guesses["four"]]
        self.when(self.bars.options, self.move, moved, {"found": self.found} | look.place, queue=False)
        self.on_link(self.from_link, [self.box, *answered], text | asked)
        self.reword(self.show, shown, look.place | kept)

    # -- read ----------------------------------------------------------------------------------------------------------------

    def choose_example(self, event: gr.EventData, *, lang: str, **asked: Any) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.known(event.text, EXAMPLES)
        yield {self.box: text}
        yield from self.read(text=text, lang=lang, **asked)

    def from_link(self, *, text: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The text of a link; of one that has none the first example."""
        if not (text or "").strip():
            text = EXAMPLES[0]
            yield {self.box: text}
        yield from self.read(text=text, lang=lang, **asked)

    def read(
        self, *, text: str, source: str, off: str, head: str, found: Found | None, lang: str, **given: float
    ) -> Iterator[Update]:
        """What may come next and what is inside; what is wrong with a text is said where the answer would stand."""
        if not (text or "").strip():
            yield {self.found: None} | self.show(found=None, lang=lang, **given)
            return
        known, missed = (found.known(text), found.missed) if found else ({}, {})
        found = Found(text, source, off, str(head))
        try:
            call = partial(reading.look, text=text, off=off, head=str(head), known=known, missed=missed)
            found = replace(found, answers=(yield from self.ask(NAME, source, call, lang, status=self.status)))
        except InputError as error:
            found = replace(found, wrong=error.with_traceback(None))
        yield {self.found: found} | self.show(found=found, lang=lang, **given)

    def choose_token(
        self, event: gr.EventData, *, found: Found | None, count: float, seed: float, lang: str, **asked: Any
    ) -> Iterator[Update]:
        """The text that the bars stand behind, all that was written with it, then the chosen token, and on from there."""
        if not found or not found.on_show:
            return
        n = self.known(event.group, range(len(found.on_show)))
        text = found.on_show[n][1] + str(event.token)
        yield {self.box: text}
        for step in self.read(text=text, found=found, lang=lang, **asked):
            found = step.get(self.found, found)
            yield step
        rest = {name: value for name, value in asked.items() if name in ("source", *OPTIONS)}
        yield from self.writing.write(text=text, found=found, lang=lang, count=count, seed=seed, **rest)

    def move(self, event: gr.EventData, *, found: Found | None, lang: str, **place: float) -> Update:
        """Where the sliders of the bars stand now, and what follows from it."""
        told = looks.sampling(float(event.temperature), float(event.top_k), float(event.top_p))
        options = {name: min(max(v, RANGES[name][0]), RANGES[name][1]) for name, v in told.items()}
        shown: Update = {self.writing.sampling[name]: v for name, v in options.items()}
        read = found.inside if found and not found.wrong else None
        if found is None or read is None:
            return shown
        question = guesses.different(self.say, read.group, options, lang)
        shown |= {self.status: self.sentence(found, options, lang)} | self.look.asked("four", question, read, lang)
        return shown | ({self.look.strip: looks.whole_way(self, read, place, options, lang)} if read.trace else {})

    # -- shown ---------------------------------------------------------------------------------------------------------------

    def show(self, *, found: Found | None, lang: str, **given: float) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        options = {name: given[name] for name in OPTIONS}
        columns = looks.columns(self, found, lang) if found else {}
        inside = self.look.show(found, given, lang) | {self.writing.columns: columns}
        if found is not None and not found.wrong:
            return inside | self.result(found=found, lang=lang, **options)
        told = self.why_not(found.wrong, lang) if found and found.wrong else self.say(lang, "write.nothing")
        bars = looks.candidates(self, None, looks.sampling(**options), lang)
        return {self.status: told, self.bars: bars, self.writing.written: {}, self.facts: ""} | inside

    def why_not(self, error: InputError, lang: str) -> str:
        """Why a text can't be read; of letters that are in no play, in this network's own words."""
        if error.key == "text_unknown_characters":
            return self.say(lang, "unknown.all", symbols=error.got, known=error.expected)
        return say_error(error, lang)

    def sentence(self, found: Found, options: dict[str, float], lang: str) -> str:
        """What stands over the bars."""
        return "  \n".join(looks.sentences(self.say, found, options, lang)) or self.say(lang, "no_answer")

    def result(self, *, found: Found, lang: str, **options: float) -> Update:
        """The sentence, the bars, the texts, the facts, the plain word."""
        sliders = looks.sampling(**options)
        return {
            self.status: self.sentence(found, sliders, lang),
            self.bars: looks.candidates(self, found, sliders, lang),
            self.writing.written: looks.text_rows(self, found, lang),
            self.facts: self.told(looks.timed(found), NAME, lang),
            self.plain_word: self.say(lang, "own.said" if found.source == "scratch" else "hub.said"),
            self.snippet: looks.snippet(found, sliders),
        }
