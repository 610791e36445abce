"""What a decision rests on: integrated gradients beside attention."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Tab, Update
from demos.tabs.transformers.found import Found
from demos.views.shaded import Shaded, shaded, text_row


@dataclass(frozen=True)
class Decided:
    """A label, and for each word what it adds to the label's log-odds and how much attention it gets."""

    label: str
    words: list[str]
    integrated_gradients: np.ndarray
    attention: np.ndarray


def decide(text: str, model: str) -> Decided:
    """Integrated gradients and attention behind a decision."""
    adapter = lmdemo.load(model)
    result = adapter(text, trace=True)
    attention = result.trace["attention"][-1].mean((0, 1))
    return Decided(result.label, result.trace["tokens"].tolist(), adapter.integrated_gradients(text), attention)


class Decision(Part):
    """The words that counted, at the press of a button."""

    def __init__(self, tab: Tab, found: gr.State) -> None:
        self.asked = found
        super().__init__(tab)

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="decision.title")
        self.run = self.text(gr.Button(size="sm", elem_id="transformer-decide"), value="decision.run")
        self.view = Shaded(elem_id="transformer-decision")
        self.decided = gr.State(None)
        self.cleared: Update = {self.decided: None, self.view: {}}

    def connect(self) -> None:
        asked, minimal = {"found": self.asked}, {"show_progress": "minimal"}
        self.when(self.run.click, self.decide, self.cleared, asked, **minimal)
        self.reword(self.show, [self.view], {"decided": self.decided})

    def decide(self, *, found: Found | None, lang: str) -> Update:
        """Asks what counted for the answer on show, where it is our network's."""
        if not found or all(a.source != "scratch" for a in found.there):
            return {}
        decided = decide(found.text, found.model)
        return {self.decided: decided} | self.show(decided=decided, lang=lang)

    def show(self, *, decided: Decided | None, lang: str) -> Update:
        """The words shaded: what speaks for the label, what against it, what was looked at."""
        if decided is None:
            return {self.view: {}}
        ig, attention = decided.integrated_gradients, decided.attention
        most, largest = int(np.abs(ig).argmax()), np.abs(ig).max() or 1.0
        note = self.say(lang, "decision.sum", total=ig.sum(), word=decided.words[most], most=ig[most])
        label = self.say(lang, f"label.{decided.label}")

        def row(key: str, weights: Any, colour: str, **options: Any) -> dict[str, Any]:
            return text_row(self.say(lang, f"decision.{key}"), decided.words, weights, colour=colour, **options)

        rows = [
            row("for", (ig / largest).clip(0), "positive", note=note),
            row("against", (-ig / largest).clip(0), "negative"),
            row("attention", attention / attention.max(), "third"),
        ]
        title, note = self.say(lang, "decision.picture", label=label), self.say(lang, "decision.note")
        return {self.view: shaded(title, rows, self.phrases("view.shaded", lang), note=note)}
