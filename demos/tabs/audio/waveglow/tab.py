"""Audio & speech · WaveGlow: noise to voice in one pass, and back."""

from typing import Any

from demos.tabs.audio.vocoding.base import Vocoder
from demos.tabs.audio.waveglow import functions
from demos.tabs.audio.waveglow.flow import Flow
from demos.tabs.audio.waveglow.latent import Noise
from lmdemo.adapters.outputs import SIGMA


class WaveGlow(Vocoder):
    """The flow step by step, and the noise that a voice becomes."""

    name = "waveglow"
    option, bounds = "sigma", (0.0, 2.0, SIGMA)
    lines = ("CouplingNetwork", "FlowStep", "spectral_distance", "WaveGlow.forward", "WaveGlow.unfolding")
    functions = (
        functions.waveglow_speak,
        functions.waveglow_steps,
        functions.waveglow_latent,
        functions.waveglow_back,
        functions.waveglow_layers,
        functions.waveglow_prove,
    )

    def lay_out_steps(self) -> None:
        self.flow = Flow(self)
        self.noise = Noise(self)

    @property
    def own_parts(self) -> tuple[Any, ...]:
        return self.flow, self.noise

    @property
    def looked(self) -> dict[str, Any]:
        return super().looked | {"scale": self.noise.scale}
