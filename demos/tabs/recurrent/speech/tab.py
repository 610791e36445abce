"""LSTM · Speech: a clip written down letter by letter, with the letters over time while it plays, and their way to text."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.clips import SHOWN, example_or_clip, file_at, place_of
from demos.core.endpoints import Clip
from demos.core.sources import wanted
from demos.core.tab import Answers, Tab, Update, calling
from demos.tabs.recurrent.speech import looks
from demos.tabs.recurrent.speech.functions import (
    MODEL,
    speech_compare,
    speech_letters,
    speech_prove,
    speech_transcribe,
    speech_vocabulary,
)
from demos.tabs.recurrent.speech.inside import Inside
from demos.tabs.recurrent.speech.looks import EXAMPLES, Found
from demos.tabs.recurrent.speech.questions import beside
from demos.views.sureness import Sureness
from lmdemo.errors import InputError

SHOWN_LINES = ("LSTMSpeech.forward", "normalize")


class Speech(Tab):
    """A clip, written down."""

    name = "lstm-speech"
    threads = ("clip",)
    functions = (speech_transcribe, speech_letters, speech_compare, speech_vocabulary, speech_prove)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), (MODEL,))
        self.found = gr.State(None)
        with self.stage():
            with self.given():
                self.clip = Clip(
                    sources=["microphone", "upload"],
                    type="filepath",
                    elem_id="speech-clip",
                    elem_classes=["lm-drop", "lm-clip"],
                    buttons=[],
                )
                self.text(self.clip, label="clip")
                self.chosen = gr.Radio(
                    list(EXAMPLES), value=EXAMPLES[0], elem_id="speech-example", elem_classes="lm-row"
                )
                self.text(self.chosen, label="example", choices={e: f"example.{e}" for e in EXAMPLES})
                self.given_clip = gr.Textbox(EXAMPLES[0], visible=False)  # an example's name, or where an upload lies
                check = example_or_clip(EXAMPLES)
                self.keep("example", self.given_clip, check, EXAMPLES[0], SHOWN, thread="clip")
                self.text(gr.Markdown(elem_classes="lm-muted"), value="example.note")
                self.along("clip")
            with self.answered():
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.sure = Sureness(elem_id="speech-sure")
                vocabulary = gr.HTML(elem_id="speech-vocabulary")
                self.translate(vocabulary, lambda lang: {"value": looks.read_aloud(self.say, lang)})
        with self.inside():
            self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/lstm_speech.py", SHOWN_LINES, model=self.model)
        self.proof()
        self.good((MODEL,))

    def connect(self) -> None:
        shown = [self.status, self.sure, self.facts, *self.look.outputs, self.snippet]
        answered = [*shown, self.found, self.stop, self.given_clip]
        options = {"source": self.source, "beams": self.look.beams, "word_model": self.look.word_model}
        example = options | {"example": self.chosen}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "trigger_mode": "always_last"}
        slow |= {"concurrency_id": "speech", "concurrency_limit": 2}
        changed = [self.source.input, self.look.beams.release, self.look.word_model.input]
        running = [
            self.when(self.chosen.input, self.from_example, [*answered, self.clip], example, **slow),
            self.when(self.clip.input, self.hear, [*answered, self.chosen], options | {"clip": self.clip}, **slow),
            self.when(changed, self.again, answered, options | {"found": self.found}, **slow),
        ]
        self.stops(self.stop, running, self.status)
        linked = options | {"given": self.given_clip}
        self.on_link(self.from_link, [*answered, self.clip, self.chosen], linked)
        self.reword(self.show, shown, {"found": self.found})

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.given_clip: EXAMPLES[0]}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def from_link(self, *, given: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The example that a link names, or the clip that came along from another member."""
        if given in EXAMPLES:
            yield {self.chosen: given}
            yield from self.from_example(example=given, lang=lang, **asked)
        elif given:
            clip = file_at(given)
            yield {self.clip: clip}
            yield from self.hear(clip=clip, lang=lang, **asked)

    def from_example(
        self, *, example: str | None, source: str, beams: float, word_model: bool, lang: str
    ) -> Iterator[Update]:
        """An example that was chosen."""
        if example:
            clip = self.example(f"{example}.flac")
            yield {self.clip: clip, self.given_clip: example}
            yield from self.answer(Found(clip, source, int(beams), word_model, example), lang)

    def hear(self, *, clip: str, source: str, beams: float, word_model: bool, lang: str) -> Iterator[Update]:
        """A clip of the visitor's."""
        if clip:
            yield {self.chosen: None, self.given_clip: place_of(clip)}
            yield from self.answer(Found(clip, source, int(beams), word_model), lang)

    def again(self, *, found: Found | None, source: str, beams: float, word_model: bool, lang: str) -> Iterator[Update]:
        """The same clip, from another source or read in another way."""
        if found:
            asked = replace(found, source=source, beams=int(beams), word_model=word_model)
            yield from self.answer(asked, lang)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def answer(self, asked: Found, lang: str) -> Iterator[Update]:
        """Writes the clip down, telling meanwhile what is being loaded; of a clip that can't be read nothing is left."""
        answers: Answers = ()
        ours = {"num_beams": asked.beams, "word_model": asked.word_model}
        try:
            for source in wanted(MODEL, asked.source):
                call = calling(asked.clip, trace=True, **(ours if source == "scratch" else {}))
                answers += yield from self.ask(MODEL, source, call, lang, status=self.status, stop=self.stop)
        except InputError:
            yield self.cleared(lang)
            raise
        found = replace(asked, answers=tuple(map(looks.light, answers)))
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)
        if found.own is not None:
            found = replace(found, beside=beside(lmdemo.load(MODEL), found))
            yield {self.found: found} | self.look.ask(found, lang)

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        return {
            self.status: looks.said(self.say, found, lang),
            self.sure: looks.sure(self.say, found, self.phrases("view.sureness", lang), lang),
            self.facts: self.told(found.answers, MODEL, lang),
            self.snippet: looks.snippet(found),
        } | self.look.show(found, lang)

    def cleared(self, lang: str) -> Update:
        """No answer."""
        gone = {self.found: None, self.stop: gr.update(visible=False), self.sure: {}, self.facts: "", self.snippet: ""}
        return self.show(found=None, lang=lang) | gone | self.look.show(None, lang)
