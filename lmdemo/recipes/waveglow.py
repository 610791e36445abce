"""waveglow: a voice from mels in one pass, by a flow that turns noise into what a linear predictor leaves of speech."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.data import vocoding
from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig
from lmdemo.recipes import _vocoding
from lmdemo.training.trainer import Trainer

CONFIG = WaveGlowConfig()
SPECTRAL, HALF = 0.5, 0.4  # how much spectra count, and from which part of the training on
FRAMES = 30  # of an excerpt
SIGMA = 0.6  # of the noise that becomes sound


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


def vocode(model: WaveGlow, mels: np.ndarray, seed: int, sigma: float = SIGMA) -> np.ndarray:
    """The waveform of mels (F, M)."""
    generator = torch.Generator().manual_seed(seed)
    phase = torch.from_numpy(vocoding.phase_from_mels(mels).astype(np.float32))[None]
    with torch.inference_mode():
        made = model.generate(torch.from_numpy(mels)[None], phase, sigma=sigma, generator=generator)[0]
    return vocoding.spoken(made.double().numpy(), vocoding.envelope(mels))


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    parts = [_vocoding.Parts.of(r) for r in _vocoding.clips(data, "train")]
    held = [r for r in _vocoding.clips(data, "val") if r.voice == "lj"]
    model = WaveGlow(CONFIG)
    every = np.concatenate([p.mels for p in parts])
    model.mel_mean.copy_(torch.from_numpy(every.mean(0)))
    model.mel_deviation.copy_(torch.from_numpy(every.std(0)))

    def validate(model: nn.Module) -> dict[str, float]:
        return _vocoding.judged(held, lambda mels, i: vocode(model, mels, i))

    return Trainer(
        model=model,
        train_data=Excerpts(parts, FRAMES, length=12_000),
        validate=validate,
        metric="pesq",
        seed=seed,
        num_epochs=60,
        batch_size=12,
        learning_rate=1e-3,
        weight_decay=0.0,
        beta2=0.98,
        schedule="cosine",
        warmup=0.002,
        max_grad_norm=1.0,
        average_decay=0.999,
        validate_every=3,
    )
