"""LSTM · Speech: a clip written down letter by letter, with the letters over time and their collapse to text."""

from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from demos.core.endpoints import Clip
from demos.core.sources import wanted
from demos.core.tab import Answers, Tab, Update, calling
from demos.core.url import number, one_of
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
from lmdemo.adapters.outputs import SPEECH_BEAMS
from lmdemo.errors import InputError

MOST_BEAMS = 32
SHOWN_LINES = ("LSTMSpeech.forward", "normalize")


class Speech(Tab):
    """A clip, written down."""

    name = "lstm-speech"
    functions = (speech_transcribe, speech_letters, speech_compare, speech_vocabulary, speech_prove)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), (MODEL,))
        self.found = gr.State(None)
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_input()
            with self.part("result"):
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.card = gr.HTML()
                figures = gr.HTML(elem_classes="lm-table")
                self.translate(figures, lambda lang: {"value": looks.figures_table(self.say, lang)})
        with self.part("look"):
            self.inside = Inside(self)
        self.explain()
        self.snippet = self.code("lmdemo/models/lstm_speech.py", SHOWN_LINES, model=self.model)
        self.proof()

    def lay_out_input(self) -> None:
        """Examples, the clip, how it is read, and what to say."""
        self.chosen = gr.Radio(list(EXAMPLES), elem_id="speech-example")
        self.text(self.chosen, label="example", choices={e: f"example.{e}" for e in EXAMPLES})
        self.keep("example", self.chosen, one_of(EXAMPLES), None)
        self.text(gr.Markdown(elem_classes="lm-muted"), value="example.note")
        self.clip = Clip(sources=["microphone", "upload"], type="filepath", elem_id="speech-clip")
        self.text(self.clip, label="clip")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
        self.beams = gr.Slider(1, MOST_BEAMS, SPEECH_BEAMS, step=1, elem_id="speech-beams")
        self.text(self.beams, label="beams", info="beams.info")
        self.keep("beams", self.beams, lambda given: int(number(1, MOST_BEAMS)(given)), SPEECH_BEAMS)
        self.word_model = gr.Checkbox(True, elem_id="speech-word-model")
        self.text(self.word_model, label="word_model", info="word_model.info")
        self.text(gr.Markdown(), value="read")
        vocabulary = gr.HTML(elem_id="speech-vocabulary")
        self.translate(vocabulary, lambda lang: {"value": looks.read_aloud(self.say, lang)})

    def connect(self) -> None:
        shown = [self.status, self.card, *self.inside.outputs, self.snippet]
        answered = [*shown, self.found, self.stop]
        options = {"source": self.source, "beams": self.beams, "word_model": self.word_model}
        example = options | {"example": self.chosen}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "trigger_mode": "always_last"}
        slow |= {"concurrency_id": "speech", "concurrency_limit": 2}
        changed = [self.source.input, self.beams.release, self.word_model.input]
        running = [
            self.when(self.chosen.input, self.from_example, [*answered, self.clip], example, **slow),
            self.when(self.clip.input, self.hear, [*answered, self.chosen], options | {"clip": self.clip}, **slow),
            self.when(changed, self.again, answered, options | {"found": self.found}, **slow),
        ]
        self.stops(self.stop, running, self.status)
        self.on_link(self.from_example, [*answered, self.clip], example)
        self.reword(self.show, shown, {"found": self.found})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def from_example(
        self, *, example: str | None, source: str, beams: float, word_model: bool, lang: str
    ) -> Iterator[Update]:
        """An example that was chosen, or that a link names."""
        if example:
            clip = self.example(f"{example}.flac")
            yield {self.clip: clip}
            yield from self.answer(Found(clip, source, int(beams), word_model, example), lang)

    def hear(self, *, clip: str, source: str, beams: float, word_model: bool, lang: str) -> Iterator[Update]:
        """A clip of the visitor's."""
        if clip:
            yield {self.chosen: None}
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

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        return {
            self.status: looks.said(self.say, found.there, lang),
            self.card: self.cards(found.answers, lang),
            self.snippet: looks.snippet(found),
        } | self.inside.show(found, lang)

    def cleared(self, lang: str) -> Update:
        """No answer."""
        gone = {self.found: None, self.stop: gr.update(visible=False), self.card: "", self.snippet: ""}
        return self.show(found=None, lang=lang) | gone | self.inside.show(None, lang)
