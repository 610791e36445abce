"""What a decision rests on: places that speak for it, pixels that speak for and against it."""

import operator
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from demos.core import sources
from demos.core.tab import Answer, Part, Update
from demos.tabs.vision.cnn import looks
from demos.views.pictures import Pictures, diverging, picture, row

METHODS = (("Grad-CAM", "grad_cam", "cam"), ("Integrated gradients", "integrated_gradients", "ig"))


class Decision(Part):
    """Each network's reasons, computed when they are asked for."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="cnn.decision.title")
        self.run = self.text(gr.Button(size="sm"), value="cnn.decision.run")
        self.pictures = Pictures()
        self.outputs = [self.pictures]

    def connect(self) -> None:
        self.when(self.run.click, self.explain, self.outputs, {"found": self.tab.found}, show_progress="minimal")

    def clear(self) -> Update:
        """Nothing was asked for."""
        return {self.pictures: {}}

    def explain(self, *, found: Any, lang: str) -> Update:
        """The reasons of all that answered; of the hub's network one method's."""
        if not found or not found.there:
            return {}
        items = [
            self.drawn(found, answer, method, lang)
            for answer in found.there
            for method in (METHODS if answer.source == "scratch" else METHODS[:1])
        ]
        labels = " / ".join(dict.fromkeys(looks.label(self.say, a.result.label, lang) for a in found.there))
        title = self.say(lang, "cnn.decision.for", label=labels)
        return {self.pictures: row(title, items, note=self.say(lang, "cnn.decision.note"))}

    def drawn(self, found: Any, answer: Answer, method: tuple[str, str, str], lang: str) -> dict:
        """One method's picture over what the network saw."""
        (how, name, key), seen = method, answer.result.trace["seen"]
        taken = answer.result.trace if answer.source == "scratch" else self.tab.opened(found.asked)
        values = sources.call(found.model, answer.source, operator.methodcaller(name, taken))
        grey = seen if seen.ndim == 2 else 255 - np.asarray(Image.fromarray(seen).convert("L"))
        whose = {"source": self.say(lang, f"source.{answer.source}")}
        caption = self.say(
            lang, "cnn.decision.by", how=how, label=looks.label(self.say, answer.result.label, lang), **whose
        )
        alt = self.say(lang, f"cnn.decision.{key}")
        return picture(f"{key}-{answer.source}", diverging(values, grey), caption, alt, 168)
