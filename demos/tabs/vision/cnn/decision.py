"""What a decision rests on: places that speak for it, pixels that speak for and against it."""

from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from demos.core.tab import Update
from demos.tabs.vision.cnn import looks as shown
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.step import Step
from demos.views.pictures import picture
from demos.views.reasons import Reasons, reason, reasons

ASKABLE = 3  # labels whose reasons can be seen
SQUARE = 8  # side of what the question covers


class Decision(Step):
    """Each network's reasons."""

    ours_alone = False

    def lay_out(self) -> None:
        with self.step("why"):
            self.note()
            self.view = Reasons(elem_id="cnn-reasons")
        self.outputs = [self.view, self.guesses["why"]]

    def connect(self) -> None:
        why, grain = self.looked["why"], self.looked["grain"]
        given = {"found": self.tab.found, "grain": grain}
        self.when(self.view.ask, self.choose, [why, self.view], given, trigger_mode="always_last")
        self.when(self.view.regrain, self.regrain, [grain], trigger_mode="always_last")

    def choose(self, event: gr.EventData, *, found: Found | None, grain: str, lang: str) -> Update:
        """The reasons of another label."""
        if not found or not found.ours:
            return {}
        why = self.tab.known(event.label, found.ours.result.scores)
        return {self.looked["why"]: why, self.view: self.drawn(found, why, grain, lang)}

    def regrain(self, event: gr.EventData, *, lang: str) -> Update:
        """Pixels or blocks: the view has drawn it."""
        return {self.looked["grain"]: self.tab.known(event.grain, ("pixels", "blocks"))}

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """The reasons of all that answered, and what covering the strongest place would do."""
        drawn = {self.view: self.drawn(found, looks.why, looks.grain, lang)}
        return drawn | (self.asked(found, lang) if found.ours else {self.guesses["why"]: {}})

    def drawn(self, found: Found, why: str, grain: str, lang: str) -> dict[str, Any]:
        """The view of all reasons."""
        items, labels = [], []
        if found.ours:
            scores = found.ours.result.scores
            why = why if why in scores else found.ours.result.label
            names = list(dict.fromkeys([*list(scores)[:ASKABLE], why]))
            labels = [(n, f"{shown.label(self.say, n, lang)} {100 * scores[n]:.0f} %") for n in names]
            items = self.ours(found, why, lang)
        if "heat" in found.hub:
            items.append(self.hubs(found, lang))
        return reasons(items, self.phrases("reasons", lang), labels=labels, chosen=why, grain=grain)

    def ours(self, found: Found, why: str, lang: str) -> list[dict[str, Any]]:
        """Grad-CAM over the visitor's picture; integrated gradients over what was seen."""
        adapter, result = self.traced(found)
        named = shown.label(self.say, why, lang)
        heat = adapter.grad_cam(result.trace, why)
        cam = reason(
            heat,
            found.photo["src"],
            self.written("cam" if heat.any() else "nothing", lang, label=named),
            frame=result.trace["frame"],
            aspect=found.photo["aspect"],
            smooth=True,
        )
        values = adapter.integrated_gradients(result.trace, why, normalized=False)
        sums = {
            "plus": float(values[values > 0].sum()),
            "minus": float(-values[values < 0].sum()),
            "all": float(values.sum()),
        }
        seen = picture("seen", result.trace["seen"], "", "", 28)["src"]
        return [
            cam,
            reason(
                values / max(float(np.abs(values).max()), 1e-9), seen, self.written("ig", lang, label=named, **sums)
            ),
        ]

    def hubs(self, found: Found, lang: str) -> dict[str, Any]:
        """Grad-CAM of the hub's network over what it saw."""
        answer = next(a for a in found.there if a.source == "hub")
        seen = picture("seen", Image.fromarray(answer.result.trace["seen"]), "", "", 112)["src"]
        return reason(found.hub["heat"], seen, self.written("hub", lang, label=answer.result.label), smooth=True)

    def written(self, key: str, lang: str, **values: Any) -> dict[str, str]:
        """Title, note and text alternative of one picture."""
        return {part: self.say(lang, f"why.{key}.{part}", **values) for part in ("title", "note", "alt")}

    def asked(self, found: Found, lang: str) -> Update:
        """What the network says when the place that speaks most for its answer is covered; computed."""
        adapter, before = self.traced(found)
        y, x = divmod(int(adapter.grad_cam(before.trace).argmax()), before.trace["seen"].shape[1])
        picture = adapter.covered(before.trace, y, x, SQUARE)
        after = adapter(picture, trace=True) if any(picture.getextrema()) else before
        names = list(dict.fromkeys([*list(before.scores)[:3], after.label]))
        choices = [shown.label(self.say, name, lang) for name in names]
        values = {"n": SQUARE, "label": shown.label(self.say, after.label, lang), "percent": 100 * after.score}
        told = self.say(lang, "why.told", **values)
        question = self.say(lang, "why.question", n=SQUARE)
        return self.guess("why", lang, question, choices, names.index(after.label), told, str(found.asked))
