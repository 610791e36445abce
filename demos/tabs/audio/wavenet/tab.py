"""Audio & speech · WaveNet: sound sample by sample, from dilated causal convolutions."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Update
from demos.tabs.audio.vocoding.base import Vocoder
from demos.tabs.audio.vocoding.found import Found
from demos.tabs.audio.vocoding.functions import vocoders_compare
from demos.tabs.audio.wavenet import functions
from demos.tabs.audio.wavenet.free import Free
from demos.tabs.audio.wavenet.reach import Reaches
from demos.tabs.audio.wavenet.sample import Products
from lmdemo.adapters.outputs import SAMPLE_TEMPERATURE


class WaveNet(Vocoder):
    """How far one sample hears, what is multiplied for it, and what it says when nobody asks."""

    name = "wavenet"
    option, bounds = "temperature", (0.1, 2.0, SAMPLE_TEMPERATURE)
    lines = ("taps_of", "GatedBlock", "Queue", "WaveNet.forward", "WaveNet.step", "PlainBlock")
    keras = "tests/keras/wavenet.py"
    functions = (
        functions.wavenet_speak,
        vocoders_compare,
        functions.wavenet_reach,
        functions.wavenet_sample,
        functions.wavenet_free,
        functions.wavenet_layers,
        functions.wavenet_prove,
    )

    def lay_out_steps(self) -> None:
        self.reaches = Reaches(self)
        self.products = Products(self)
        self.free = Free(self)

    @property
    def own_parts(self) -> tuple[Any, ...]:
        return self.reaches, self.products, self.free

    @property
    def looked(self) -> dict[str, Any]:
        own = {"kernel": self.reaches.kernel, "dilations": self.reaches.dilations}
        own |= {"at": self.products.at, "block": self.products.block}
        return super().looked | own

    def connect_steps(self, again: dict[str, Any], answered: list[Any], slow: dict[str, Any]) -> list[Any]:
        return [self.when(self.products.levels.heat, self.heat, [*answered, self.options.chance], again, **slow)]

    def heat(self, event: gr.EventData, *, found: Found | None, lang: str, **given: Any) -> Iterator[Update]:
        """Another temperature from inside: it is spoken anew, aloud."""
        yield from self.with_chance(float(event.temperature), found, given, lang)
