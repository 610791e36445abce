"""How it is spoken: the chance, and what is done afterwards."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demos.core.tab import Part
from demos.core.url import Check, number, one_of
from demos.tabs.audio.vocoding.functions import CLASSICAL, NETWORKS

SEEDS, HOLDS = 9_999, 2
AT_FIRST = "griffin-lim,lpc-pulses"  # who speaks beside it when the page opens: they are quick
NOBODY = "none"


def several(values: Sequence[str]) -> Check:
    """A check that admits some of these, parted by commas, or ``none`` of them."""

    def check(text: str) -> str:
        for name in text.split(",") if text != NOBODY else ():
            one_of(values)(name)
        return text

    return check


class Options(Part):
    """Temperature or sigma, the seed, and how often the sound is held to its mel."""

    def lay_out(self) -> None:
        option, (low, high, initial) = self.tab.option, self.tab.bounds  # type: ignore[attr-defined]
        with self.fold("vocoding.options"):
            self.chance = gr.Slider(low, high, initial, step=0.05, elem_id=f"{self.name}-{option}")
            self.text(self.chance, label=f"vocoding.{option}", info=f"vocoding.{option}.info")
            self.keep(option, self.chance, number(low, high), initial)
            self.seed = self.text(gr.Slider(0, SEEDS, 0, step=1), label="vocoding.seed")
            self.keep("seed", self.seed, lambda given: int(number(0, SEEDS)(given)), 0)
            self.hold = self.text(gr.Slider(0, HOLDS, 0, step=1), label="vocoding.hold", info="vocoding.hold.info")
            self.keep("hold", self.hold, lambda given: int(number(0, HOLDS)(given)), 0)

    @property
    def fields(self) -> dict[str, Any]:
        """The sliders by what they are called where it is spoken."""
        return {"chance": self.chance, "seed": self.seed, "hold": self.hold}


class Others(Part):
    """Who else speaks the same mel."""

    def lay_out(self) -> None:
        every = [m for m in (*NETWORKS, *CLASSICAL) if m != self.name]
        self.group = gr.CheckboxGroup(
            every, value=AT_FIRST.split(","), elem_id=f"{self.name}-others", elem_classes="lm-row"
        )
        self.text(self.group, label="vocoding.others", choices={m: f"vocoding.method.{m}" for m in every})
        self.who = gr.Textbox(AT_FIRST, visible=False)  # the same, for the URL, where nobody is somebody, too
        self.keep("beside", self.who, several(every), AT_FIRST)

    @staticmethod
    def named(who: str) -> list[str]:
        """Those that a link names."""
        return [] if who == NOBODY else who.split(",")

    @staticmethod
    def written(names: Sequence[str]) -> str:
        """Names as a link holds them."""
        return ",".join(names) or NOBODY
