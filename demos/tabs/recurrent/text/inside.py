"""How a text became an answer: word by word, one unit written out, and the reach of memory."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import one_of
from demos.tabs.recurrent.text import looks
from demos.tabs.recurrent.text.measures import GATES
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
            self.text(self.gate, label="gate.label", info="gate.info", choices={g: f"gate.{g}" for g in gates})
            if self.tab.gated:
                self.keep("gate", self.gate, one_of(gates), "none")
            self.changed = gr.Markdown(elem_id=f"{self.name}-gate-text")
            self.timeline = Timeline(elem_id=f"{self.name}-timeline")
        with self.step("unit"):
            self.unit = Unrolled(elem_id=f"{self.name}-step")
        with self.step("reach"):
            self.memory = Shaded(elem_id=f"{self.name}-memory")
        self.outputs = [self.empty, self.changed, self.timeline, self.memory, self.guesses["reach"]]

    def connect(self) -> None:
        picked, given = [self.chosen, self.unit], {"found": self.tab.found}
        self.when(self.timeline.pick, self.pick, picked, given, trigger_mode="always_last")
        self.reword(self.show_step, [self.unit], {"chosen": self.chosen})

    def show(self, *, found: looks.Found | None, lang: str) -> Update:
        """The views of our network's answer; where there is none, why."""
        own = found.own if found else None
        if found is None or own is None:
            why = self.say(lang, "look.hub" if found and found.answers else "look_nothing")
            cleared: Update = {self.changed: "", self.timeline: {}, self.memory: {}}
            return cleared | {self.empty: gr.update(visible=True, value=why)}
        words = list(own.result.trace["tokens"])
        asked = (
            self.guess("reach", lang, *looks.reach_guess(self, own, lang), about=found.text) if len(words) > 1 else {}
        )
        return asked | {
            self.empty: gr.update(visible=False),
            self.changed: looks.gate_sentence(self, found, own, lang),
            self.timeline: looks.word_by_word(self, found, own, lang),
            self.memory: looks.memory_rows(self, own, lang),
        }

    def pick(self, event: gr.EventData, *, found: looks.Found | None, lang: str) -> Update:
        """A unit at a word that was chosen on the map."""
        if found is None or found.own is None:
            return {}
        step, unit, layer = (int(v) for v in (event.step, event.unit, event.layer))
        made = lmdemo.load(found.model).unit_step(found.text, step, unit, layer, open_gates=found.held)
        chosen = looks.Step(str(found.own.result.trace["tokens"][step]), step, unit, found.held, made)
        return {self.chosen: chosen} | self.show_step(chosen=chosen, lang=lang)

    def show_step(self, *, chosen: looks.Step | None, lang: str) -> Update:
        """The chosen unit, written out."""
        return {self.unit: looks.step(self, chosen, lang) if chosen else {}}

    def forget(self) -> dict[Any, Any]:
        """Nothing is chosen in a new text."""
        return {self.chosen: None, self.unit: {}}
