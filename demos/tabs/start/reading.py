"""One sentence, read by five families while one types."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import text as short_text
from demos.tabs.start import looks
from demos.tabs.start.families import FAMILIES, Sentence, ask, tongue
from demos.tabs.start.looks import Said
from demos.views.chips import Chips, chips
from demos.views.lanes import Lanes
from lmdemo.errors import LmdemoError

FIRST = {"en": "A sad man walks his dog, but the dog is happy", "hi-Latn": "bahut achhi movie hai bhai, dil jeet liya"}
EXAMPLES = (
    *FIRST.values(),
    "A good man tells a bad story and the people laugh",
    "This film is not bad at all",
    "To be, or not to be, that is the question",
    "kya bakwaas movie thi yaar, poora paisa barbaad",
)
SOON = 0.25  # seconds after which a lane that is ready is shown, though others are not


class Reading(Part):
    """The box and its five lanes."""

    def lay_out(self) -> None:
        with self.stage(), self.given():
            first = FIRST["en"]
            self.box = gr.Textbox(first, lines=1, max_lines=4, autofocus=True, elem_id="start-text")
            self.text(self.box, label="read.label")
            self.keep("text", self.box, short_text(), first, thread="sentence")
            self.examples = Chips(elem_id="start-examples")
            self.translate(self.examples, lambda lang: {"value": chips(self.say(lang, "read.examples"), ordered(lang))})
            self.status = gr.Markdown(elem_classes="lm-muted", elem_id="start-status")
            self.lanes = Lanes(elem_id="start-lanes")
        self.said = gr.State(None)
        self.outputs = [self.said, self.status, self.lanes]
        shown = self.show(said=None, lang="en")
        self.status.value, self.lanes.value = shown[self.status], shown[self.lanes]

    def connect(self) -> None:
        given: dict[str, Any] = {"text": self.box}
        always: dict[str, Any] = {"trigger_mode": "always_last"}
        self.when(self.box.input, self.read, self.outputs, given, **always)
        self.when(self.examples.choose, self.choose, [self.box, *self.outputs], **always)
        self.reword(self.show, [self.status, self.lanes], {"said": self.said})

    def choose(self, event: gr.EventData, *, lang: str) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.tab.known(event.text, EXAMPLES)
        yield {self.box: text}
        yield from self.read(text=text, lang=lang)

    def read(self, *, text: str | None, lang: str) -> Iterator[Update]:
        """Asks one family after the other; what is ready is shown while the next network is being opened."""
        if not (text or "").strip():
            yield self.done(None, lang)
            return
        sentence, shown = Sentence(text or ""), time.perf_counter()
        try:
            yield from self.tab.open(FAMILIES[0].model(""), "scratch", lang, status=self.status)
            said = Said(sentence, tongue(sentence.text, lmdemo.load))
        except LmdemoError as error:
            yield self.done(Said(sentence, wrong=error.with_traceback(None)), lang)
            return
        for family in FAMILIES:
            model = family.model(said.tongue.name)
            try:
                adapter = yield from self.tab.open(model, "scratch", lang, status=self.status)
                lane = ask(family, adapter, sentence, model)
            except LmdemoError as error:  # its weights, or the memory for them, are missing: the others go on
                lane = looks.Lane(family.member, model, wrong=error.with_traceback(None))
            said = replace(said, lanes=(*said.lanes, lane))
            if time.perf_counter() - shown > SOON:
                shown = time.perf_counter()
                yield self.done(said, lang)
        yield self.done(said, lang)

    def done(self, said: Said | None, lang: str) -> Update:
        """What has been said by now."""
        return {self.said: said} | self.show(said=said, lang=lang)

    def show(self, *, said: Said | None, lang: str) -> Update:
        """The lanes and the line above them, in words; nothing is computed anew."""
        return {self.status: looks.status(self.say, said, lang), self.lanes: looks.picture(self.say, said, lang)}


def ordered(lang: str) -> list[str]:
    """The examples, those in the visitor's language first."""
    first = FIRST.get(lang, FIRST["en"])
    return [first, *(text for text in EXAMPLES if text != first)]
