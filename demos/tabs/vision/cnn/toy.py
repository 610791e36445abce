"""A kernel of the visitor's own: numbers, size, stride, padding."""

from typing import Any

import gradio as gr

from demos.core.tab import Update
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.step import Step
from demos.views.kernel_toy import KernelToy, check_toy, kernel_toy, output_size


class Toy(Step):
    """Computed in the browser; the link keeps it."""

    def lay_out(self) -> None:
        with self.step("toy"):
            self.note()
            self.view = KernelToy(elem_id="cnn-toy")
        self.outputs = [self.view, self.guesses["toy"]]

    def connect(self) -> None:
        given = {"found": self.tab.found}
        outputs = [self.looked["toy"], self.guesses["toy"]]
        self.when(self.view.turn, self.change, outputs, given, trigger_mode="always_last")

    def change(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """Other settings, which the view has drawn; a question about what comes next."""
        toy = check_toy(str(event.toy))
        return {self.looked["toy"]: toy} | (self.asked(found, toy, lang) if found and found.ours else {})

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """The kernel over what our network saw."""
        assert found.ours is not None
        drawn = kernel_toy(found.ours.result.trace["seen"], looks.toy, self.phrases("toy", lang))
        return {self.view: drawn} | self.asked(found, looks.toy, lang)

    def asked(self, found: Found, toy: str, lang: str) -> Update:
        """How wide the result would be with the next larger stride and one more zero around the picture."""
        assert found.ours is not None
        size = len(found.ours.result.trace["seen"])
        side, stride, padding = (int(v) for v in toy.split(".")[1:])
        stride, padding = stride + 1, padding + 1
        right = output_size(size, side, stride, padding)
        wrong = [size // stride, output_size(size, side, stride, 0), right + 1, right - 1, right + 2]
        choices = sorted(list(dict.fromkeys([right, *wrong]))[:4])
        values = {"side": side, "stride": stride, "padding": padding, "size": size, "n": right}
        question, told = self.say(lang, "toy.question", **values), self.say(lang, "toy.told", **values)
        return self.guess("toy", lang, question, [str(n) for n in choices], choices.index(right), told, toy)
