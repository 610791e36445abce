"""How a translation came about: written step by step, the beginnings that the beam kept and dropped, attention switched off."""

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number, switch
from demos.tabs.recurrent.translation import looks
from demos.tabs.recurrent.translation.functions import tree
from demos.tabs.recurrent.translation.looks import Found
from demos.tabs.recurrent.translation.questions import QUESTIONS
from demos.views.alignment import Alignment
from demos.views.beam import Beam
from lmdemo.adapters.outputs import TRANSLATION_BEAMS

MOST_BEAMS = 12


class Inside(Part):
    """Our network's way to its translation; the hub's attention below ours."""

    def lay_out(self) -> None:
        with self.step("write", wide=True):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            self.ours = Alignment(elem_id="translation-alignment")
            self.looked = gr.HTML(elem_classes="lm-table", elem_id="translation-look")
            self.theirs = Alignment(elem_id="translation-alignment-hub")
        with self.step("beam", wide=True):
            self.beams = gr.Slider(1, MOST_BEAMS, TRANSLATION_BEAMS, step=1, elem_id="translation-beams")
            self.text(self.beams, label="beams", info="beams.info")
            self.keep("beams", self.beams, lambda given: int(number(1, MOST_BEAMS)(given)), TRANSLATION_BEAMS)
            self.search = Beam(elem_id="translation-beam")
        with self.step("off", wide=True):
            self.attend = gr.Checkbox(True, elem_id="translation-attend")
            self.text(self.attend, label="attend", info="attend.info")
            self.keep("attention", self.attend, switch, True)
            self.compared = gr.Markdown(elem_id="translation-compared")
            self.switched = Alignment(elem_id="translation-switched")
        self.asked = [self.compared, self.switched, *self.guesses.values()]
        self.outputs = [self.empty, self.ours, self.looked, self.theirs, self.search, *self.asked]

    def connect(self) -> None:
        self.when(self.ours.pick, self.pick, [self.looked], {"found": self.tab.found})

    def show(self, found: Found | None, lang: str) -> Update:
        """The views of what was found."""
        there = {a.source: a for a in found.there} if found else {}
        own, words = there.get("scratch"), self.phrases("view.alignment", lang)
        made = {s: looks.matrix(self.say, a, words, s == "scratch" and found.attend, lang) for s, a in there.items()}
        searched = tree(own.result.trace, self.say(lang, "beam.title"), self.phrases("view.beam", lang)) if own else {}
        why = "look.hub" if there and not own else "look_nothing"
        return {
            self.empty: gr.update(visible=own is None, value=self.say(lang, why)),
            self.ours: made.get("scratch", {}),
            self.looked: "",
            self.theirs: made.get("hub", {}),
            self.search: searched,
        } | self.ask(found, lang)

    def ask(self, found: Found | None, lang: str) -> Update:
        """What needed more translations: attention the other way round, and each step's question."""
        own = found.own if found else None
        if own is None or found.beside is None:
            return {self.compared: "", self.switched: {}} | {guess: {} for guess in self.guesses.values()}
        other = looks.Answer("scratch", found.beside.switched, own.info)
        made = {
            self.compared: looks.compared(self.say, found, lang),
            self.switched: looks.matrix(
                self.say, other, self.phrases("view.alignment", lang), False, lang, attend=not found.attend
            ),
        }
        for key, question in QUESTIONS.items():
            asked = question(self.say, found, lang)
            made |= self.guess(key, lang, *asked, about=found.text) if asked else {self.guesses[key]: {}}
        return made

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A cell of our network's alignment, written out."""
        own = found.own if found else None
        if own is None:
            return {}
        step, place = int(event.step), int(event.place)
        look = lmdemo.load(found.model).take_apart(found.text, step, place, num_beams=found.beams)
        target, source = own.result.target_tokens[step], own.result.source_tokens[place]
        return {self.looked: looks.look_table(self.say, look, target, source, place, lang)}
