"""How a picture became an answer, step by step; what is looked at in them stands in the link."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import gradio as gr

from demos.core.tab import Part, Update
from demos.core.url import one_of, text
from demos.tabs.vision.cnn.canvas import Canvas, check_pick
from demos.tabs.vision.cnn.decision import Decision
from demos.tabs.vision.cnn.filters import Filters, check_filter
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.shift import Move, check_move
from demos.tabs.vision.cnn.toy import Toy
from demos.views.kernel_toy import FIRST, check_toy


@dataclass(frozen=True)
class Looks:
    """What a visitor looks at.

    Attributes:
        pick: The map, pixel or label that is unfolded, such as ``relu3.5.4.4`` or ``label.0``.
        scale: Whether maps are as bright as their ``layer`` or as their own ``map`` lets them be.
        move: How far the picture is pushed: right and down, such as ``3.-2``.
        why: The label whose reasons are shown; "" for the answer's.
        grain: Whether pixels' reasons are shown as ``pixels`` or as ``blocks``.
        kernel: The filter that is looked at: convolution and number, such as ``3.5``.
        toy: The kernel of the visitor's own.
    """

    pick: str = ""
    scale: str = "layer"
    move: str = "0.0"
    why: str = ""
    grain: str = "pixels"
    kernel: str = "1.0"
    toy: str = FIRST


CHECKS = {
    "pick": check_pick,
    "scale": one_of(("layer", "map")),
    "move": check_move,
    "why": text(20),
    "grain": one_of(("pixels", "blocks")),
    "kernel": check_filter,
    "toy": check_toy,
}
OF_ONE_PICTURE = ("pick", "move", "why")  # what was looked at in a picture does not outlive it


class Inside(Part):
    """The first network's way to its answer."""

    def lay_out(self) -> None:
        first = Looks()
        self.looked = {f.name: gr.Textbox(getattr(first, f.name), visible=False) for f in fields(Looks)}
        for name, box in self.looked.items():
            self.keep(name, box, CHECKS[name], getattr(first, name))
        with self.inside():
            given = (self.tab, self.looked)
            self.canvas, self.shift, self.decision = Canvas(*given), Move(*given), Decision(*given)
            self.filters, self.toy = Filters(*given), Toy(*given)
        self.steps = (self.canvas, self.shift, self.decision, self.filters, self.toy)
        self.outputs = [c for step in self.steps for c in (step.empty, *step.outputs)]

    def fresh(self) -> Update:
        """Nothing is looked at of a new picture."""
        return {self.looked[name]: getattr(Looks(), name) for name in OF_ONE_PICTURE}

    def show(self, *, found: Found | None, lang: str, looks: Looks) -> Update:
        """All steps, or nothing."""
        return {c: value for shown in self.each(found=found, lang=lang, looks=looks) for c, value in shown.items()}

    def each(self, *, found: Found | None, lang: str, looks: Looks) -> Iterator[Update]:
        """One step after the other, as soon as it is computed."""
        for step in self.steps:
            own = found is not None and found.ours is not None and found.there[0] is found.ours
            there = found is not None and bool(found.there) and (own or not step.ours_alone)
            shown = step.show(found=found, lang=lang, looks=looks) if found and there else step.clear()
            yield shown | {step.empty: gr.update(visible=bool(found and found.there) and not there)}
