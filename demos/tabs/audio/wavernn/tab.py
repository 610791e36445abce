"""Audio & speech · WaveRNN: sound sample by sample, from one recurrent layer."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Update
from demos.tabs.audio.vocoding.base import Vocoder
from demos.tabs.audio.vocoding.found import Found
from demos.tabs.audio.vocoding.sample import Sample
from demos.tabs.audio.wavernn import functions
from demos.tabs.audio.wavernn.halves import Halves
from lmdemo.adapters.outputs import SAMPLE_TEMPERATURE


class WaveRNN(Vocoder):
    """How likely each level of a sample was, and what 16 bits in two halves are."""

    name = "wavernn"
    option, bounds = "temperature", (0.1, 2.0, SAMPLE_TEMPERATURE)
    lines = ("cell", "Steps", "WaveRNN.step_sums", "WaveRNN.near", "WaveRNN.levels", "halves_of", "WaveRNN.forward")
    functions = (functions.wavernn_speak, functions.wavernn_levels, functions.wavernn_layers, functions.wavernn_prove)

    def lay_out_steps(self) -> None:
        self.samples = Sample(self)
        self.halves = Halves(self)

    @property
    def own_parts(self) -> tuple[Any, ...]:
        return self.samples, self.halves

    @property
    def looked(self) -> dict[str, Any]:
        return super().looked | {"at": self.samples.at}

    def connect_steps(self, again: dict[str, Any], answered: list[Any], slow: dict[str, Any]) -> list[Any]:
        return [self.when(self.samples.levels.heat, self.heat, [*answered, self.options.chance], again, **slow)]

    def heat(self, event: gr.EventData, *, found: Found | None, lang: str, **given: Any) -> Iterator[Update]:
        """Another temperature from inside."""
        yield from self.with_chance(float(event.temperature), found, given, lang)
