"""waveglow: a voice from mels in one pass, by a flow that turns noise into what a linear predictor leaves of speech."""

from pathlib import Path

import torch
from torch import Tensor

from lmdemo.adapters.vocoding import speak_at_once
from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig
from lmdemo.recipes import _vocoding
from lmdemo.recipes._vocoding import baselines, evaluate, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]
CARD = _vocoding.card(
    "A normalizing flow: invertible 1x1 convolutions and affine couplings, told the mels, turn noise into what a linear predictor leaves of "
    "speech, all samples in one pass, and speech back into noise. Where in the pitch's period a sample lies is told too (a source-filter "
    "idea inside WaveGlow).",
    "A small network of a few voices: with less noise (sigma) it sounds duller and cleaner, with more rougher; music and noise come out "
    "as far as their envelope tells.",
)
CONFIG = WaveGlowConfig()
SPECTRAL, HALF = 0.5, 0.4  # how much spectra count, and from which part of the training on
FRAMES = 30  # of an excerpt


class Excerpts(_vocoding.Excerpts):
    """Residuals of unit size with their mels and phases."""

    NOISE = 0.02  # added, so that silence is no spike

    def __getitem__(self, indices) -> dict[str, Tensor]:
        drawn = self.draw(len(indices))
        residual = self.samples(drawn, lambda p: p.residual)
        return {
            "waveform": residual + self.NOISE * torch.randn(residual.shape),
            "mels": self.mels(drawn),
            "phase": self.samples(drawn, lambda p: p.phase),
            "context": _vocoding.CONTEXT,
            "spectral": SPECTRAL if self.done >= HALF else 0.0,
        }


def build(data: Path, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    return _vocoding.trainer(
        WaveGlow(CONFIG),
        data,
        lambda parts: Excerpts(parts, FRAMES, length=12_000),
        lambda model, mels, i: speak_at_once(model, mels, seed=i),
        seed=seed,
        num_epochs=6,
        batch_size=12,
        learning_rate=1e-3,
        warmup=0.002,
        average_decay=0.999,
    )
