"""The picture is pushed aside: the maps move along, the answer should stay."""

from typing import Any

import gradio as gr

from demos.core.tab import Update
from demos.tabs.vision.cnn import looks as shown
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.step import Step
from demos.views.shift import Shift, shift

FARTHEST = 8  # pixels
ASKED = 3  # how far the question pushes, both ways


def check_move(text: str) -> str:
    """Admits two whole numbers joined by a dot.

    Raises:
        ValueError: It is something else, or too far.
    """
    if max(abs(v) for v in parse(text)) > FARTHEST:
        raise ValueError(text)
    return text


def parse(text: str) -> tuple[int, int]:
    """How far to the right and down."""
    dx, dy = text.split(".")
    return int(dx), int(dy)


class Move(Step):
    """What our network makes of a moved picture."""

    def lay_out(self) -> None:
        with self.step("move", wide=True):
            self.note()
            self.view = Shift(elem_id="cnn-shift")
        self.outputs = [self.view, self.guesses["move"]]

    def connect(self) -> None:
        outputs = [self.looked["move"], self.view]
        self.when(self.view.move, self.move, outputs, {"found": self.tab.found}, trigger_mode="always_last")

    def move(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """The picture was pushed."""
        if not found or not found.ours:
            return {}
        move = check_move(f"{int(event.dx)}.{int(event.dy)}")
        return {self.looked["move"]: move, self.view: self.drawn(found, move, lang)}

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """The picture where it was left, and the question where another push would lead."""
        return {self.view: self.drawn(found, looks.move, lang)} | self.asked(found, lang)

    def drawn(self, found: Found, move: str, lang: str) -> dict[str, Any]:
        """Maps before, now, and shifted back; how far each layer's numbers are apart."""
        dx, dy = parse(move)
        adapter, before = self.traced(found)
        after = adapter(adapter.shifted(before.trace, dx, dy), trace=True)
        apart = adapter.equivariance(before.trace, after.trace, dx, dy)
        pools = [name for name in apart if name.startswith("pool")]
        layers = []
        for name in ("relu1", *pools):
            maps, now = before.trace[name], after.trace[name]
            channel = int(maps.mean((1, 2)).argmax())
            back, there = adapter.moved_back(name, now, dx, dy)
            fixed, aligned = apart[name]
            number = int(name.lstrip("relupo"))
            halved = before.trace[f"relu{number}"].shape[1] // maps.shape[1]
            step = adapter.receptive_field(number)[1] * halved
            layer = {"name": name, "step": step, "channel": channel, "there": there}
            layer |= {"fixed": fixed, "aligned": aligned}
            layers.append(layer | {"before": maps[channel], "after": now[channel], "back": back[channel]})
        said = {"before": self.label(before, lang), "after": self.label(after, lang)}
        said |= {"p": f"{100 * before.score:.1f}", "q": f"{100 * after.score:.1f}"}
        told = self.say(lang, f"cnn.shift.{'same' if after.label == before.label else 'other'}", **said)
        words = self.phrases("shift", lang)
        return shift(before.trace["seen"], (dx, dy), layers, words, farthest=FARTHEST, told=told)

    def asked(self, found: Found, lang: str) -> Update:
        """What the network says of the picture pushed to the right and down; computed."""
        adapter, before = self.traced(found)
        after = adapter(adapter.shifted(before.trace, ASKED, ASKED), trace=True)
        names = list(dict.fromkeys([*list(before.scores)[:3], after.label]))
        choices = [shown.label(self.say, name, lang) for name in names]
        told = self.say(lang, "cnn.shift.told", label=self.label(after, lang), percent=100 * after.score, n=ASKED)
        question = self.say(lang, "cnn.shift.question", n=ASKED)
        return self.guess("move", lang, question, choices, names.index(after.label), told, str(found.asked))

    def label(self, result: Any, lang: str) -> str:
        """An answer as the page writes it."""
        return shown.label(self.say, result.label, lang)
