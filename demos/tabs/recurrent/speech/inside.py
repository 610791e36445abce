"""From sound to letters: their probabilities over time, one of them written out, and what the beam kept."""

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.recurrent.speech import looks
from demos.tabs.recurrent.speech.functions import MODEL
from demos.tabs.recurrent.speech.looks import Found
from demos.views.ctc import CTC


class Inside(Part):
    """The letters over time, ours and the hub's."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="inside.path")
            self.ours = CTC(elem_id="speech-ctc")
            self.letter = gr.HTML(elem_classes="lm-table", elem_id="speech-letter")
            self.kept = gr.HTML(elem_classes="lm-table", elem_id="speech-beam")
            self.theirs = CTC(elem_id="speech-ctc-hub")
        self.outputs = [self.empty, self.column, self.ours, self.letter, self.kept, self.theirs]

    def connect(self) -> None:
        self.when(self.ours.pick, self.pick, [self.letter], {"found": self.tab.found})

    def show(self, found: Found | None, lang: str) -> Update:
        """The views of what was found."""
        there = {a.source: a for a in found.there} if found else {}
        own = there.get("scratch")
        words = {k: v for k, v in self.phrases("view", lang).items() if "." not in k}  # not those of the family's views
        return {
            self.empty: gr.update(visible=not there),
            self.column: gr.update(visible=bool(there)),
            self.ours: looks.letters_over_time(self.say, own, words, lang),
            self.letter: "",
            self.kept: looks.beam_table(self.say, own, lang),
            self.theirs: looks.letters_over_time(self.say, there.get("hub"), words, lang),
        }

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A letter at a step of our network's, written out."""
        own = found.own if found else None
        if own is None:
            return {}
        trace, step, letter = own.result.trace, int(event.step), int(event.letter)
        made = lmdemo.load(MODEL).take_apart(trace, step, letter)
        return {self.letter: looks.letter_table(self.say, made, trace, step, letter, lang)}
