"""How a text became an answer: word by word, the network unrolled, and the reach of memory; each with a question first."""

import gradio as gr

from demos.core.tab import Answer, Part, Update
from demos.core.url import one_of
from demos.tabs.recurrent.text import looks, questions
from demos.tabs.recurrent.text.asked import Found, Step, take_apart
from demos.tabs.recurrent.text.measures import GATES
from demos.views.curves import Curves
from demos.views.shaded import Shaded
from demos.views.timeline import Timeline
from demos.views.unrolled import Unrolled


class Inside(Part):
    """Our network's way to its answer."""

    def lay_out(self) -> None:
        self.chosen = gr.State(None)  # a Step
        gates = ["none", *GATES]
        with self.step("watch", wide=True):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            self.gate = gr.Radio(gates, value="none", visible=self.tab.gated, elem_id=f"{self.name}-gate")
            self.text(self.gate, label="gate.label", choices={g: f"gate.{g}" for g in gates})
            if self.tab.gated:
                self.keep("gate", self.gate, one_of(gates), "none")
            self.changed = gr.Markdown(elem_id=f"{self.name}-gate-text")
            self.timeline = Timeline(elem_id=f"{self.name}-timeline")
        with self.step("unit", wide=True):
            self.cells = Unrolled(elem_id=f"{self.name}-step")
        with self.step("reach"):
            self.fading = Curves(elem_id=f"{self.name}-fading")
            self.memory = Shaded(elem_id=f"{self.name}-memory")
        self.views = [self.timeline, self.cells, self.fading, self.memory]
        self.outputs = [self.empty, self.changed, *self.views, *self.guesses.values()]

    def connect(self) -> None:
        picked, given = [self.chosen, self.timeline, self.cells], {"found": self.tab.found}
        for view in (self.timeline, self.cells):
            self.when(view.pick, self.pick, picked, given, trigger_mode="always_last")

    def show(self, *, found: Found | None, chosen: Step | None, lang: str) -> Update:
        """The views of our network's answer; where there is none, why."""
        own = found.own if found else None
        if found is None or own is None:
            why = self.say(lang, "look.hub" if found and found.answers else "look_nothing")
            nothing: Update = {view: {} for view in (*self.views, *self.guesses.values())}
            return {**nothing, self.changed: "", self.empty: gr.update(visible=True, value=why)}
        return {
            self.empty: gr.update(visible=False),
            self.changed: looks.gate_sentence(self, found, own, lang),
            self.timeline: looks.word_by_word(self, found, own, chosen, lang),
            self.cells: looks.cells(self, found, own, chosen, lang),
            self.fading: looks.fading(self, own, lang),
            self.memory: looks.memory_rows(self, own, lang),
        } | self.questions(found, own, lang)

    def questions(self, found: Found, own: Answer, lang: str) -> Update:
        """What each step asks before it shows."""
        gated = self.tab.gated
        asked = {
            "watch": (questions.which_gate if gated else questions.which_word)(self, found, own, lang),
            "unit": (questions.most_open if gated else questions.the_other_way)(self, found, own, lang),
            "reach": questions.whose_answer(self, found, own, lang),
        }
        made: Update = {}
        for key, question in asked.items():
            made |= self.guess(key, lang, *question) if question else {self.guesses[key]: {}}
        return made

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A unit at a word that was chosen: its sums open beside it."""
        if found is None or found.own is None:
            return {}
        chosen = take_apart(found, int(event.step), int(event.unit), int(event.layer))
        return {
            self.chosen: chosen,
            self.timeline: looks.word_by_word(self, found, found.own, chosen, lang),
            self.cells: looks.cells(self, found, found.own, chosen, lang),
        }
