"""How it is spoken: the chance, and what is done afterwards."""

from typing import Any

import gradio as gr

from demos.core.tab import Part
from demos.core.url import number

SEEDS, HOLDS = 9_999, 2


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
