"""From sound to letters to text: probabilities over time, the collapse of the path, and what the beam kept."""

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number, switch
from demos.tabs.recurrent.speech import looks
from demos.tabs.recurrent.speech.functions import MODEL
from demos.tabs.recurrent.speech.looks import Found
from demos.tabs.recurrent.speech.questions import QUESTIONS
from demos.views.collapse import Collapse
from demos.views.ctc import CTC
from lmdemo.adapters.outputs import SPEECH_BEAMS

MOST_BEAMS = 32


class Inside(Part):
    """The letters over time, ours and the hub's; how they become text."""

    def lay_out(self) -> None:
        with self.step("sound", wide=True):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            self.ours = CTC(elem_id="speech-ctc")
            self.letter = gr.HTML(elem_classes="lm-table", elem_id="speech-letter")
            self.theirs = CTC(elem_id="speech-ctc-hub")
        with self.step("text", wide=True):
            self.collapse = Collapse(elem_id="speech-collapse")
        with self.step("beam"):
            self.beams = gr.Slider(1, MOST_BEAMS, SPEECH_BEAMS, step=1, elem_id="speech-beams")
            self.text(self.beams, label="beams", info="beams.info")
            self.keep("beams", self.beams, lambda given: int(number(1, MOST_BEAMS)(given)), SPEECH_BEAMS)
            self.word_model = gr.Checkbox(True, elem_id="speech-word-model")
            self.text(self.word_model, label="word_model", info="word_model.info")
            self.keep("words", self.word_model, switch, True)
            self.kept = gr.HTML(elem_classes="lm-table", elem_id="speech-beam")
        views = [self.ours, self.letter, self.theirs, self.collapse, self.kept]
        self.outputs = [self.empty, *views, *self.guesses.values()]

    def connect(self) -> None:
        self.when(self.ours.pick, self.pick, [self.letter], {"found": self.tab.found})

    def show(self, found: Found | None, lang: str) -> Update:
        """The views of what was found."""
        there = {a.source: a for a in found.there} if found else {}
        own, words = there.get("scratch"), self.phrases("view.ctc", lang)
        return {
            self.empty: gr.update(visible=not there),
            self.ours: looks.letters_over_time(self.say, own, words, lang, clip=found.clip if found else ""),
            self.letter: "",
            self.theirs: looks.letters_over_time(self.say, there.get("hub"), words, lang),
            self.collapse: looks.collapsed(self.say, own, self.phrases("view.collapse", lang), lang),
            self.kept: looks.beam_table(self.say, own, lang),
        } | self.ask(found, lang)

    def ask(self, found: Found | None, lang: str) -> Update:
        """Each step's question, once what it takes has been found."""
        if found is None or found.own is None or found.beside is None:
            return {guess: {} for guess in self.guesses.values()}
        made: Update = {}
        for key, question in QUESTIONS.items():
            made |= self.guess(key, lang, *question(self.say, found, lang), about=found.clip)
        return made

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A letter at a step of our network's, written out."""
        own = found.own if found else None
        if own is None:
            return {}
        trace, step, letter = own.result.trace, int(event.step), int(event.letter)
        made = lmdemo.load(MODEL).take_apart(trace, step, letter)
        return {self.letter: looks.letter_table(self.say, made, trace, step, letter, lang)}
