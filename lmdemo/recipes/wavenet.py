"""wavenet: a voice from mels, sample by sample, by a network of 0.66 million parameters."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.vocoding import speak
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.recipes import _vocoding
from lmdemo.training.trainer import Trainer

CONFIG = WaveNetConfig()
FRAMES = 16  # of an excerpt
UNHEARD = 256  # samples at its beginning that do not count: half of what the network can hear
TEMPERATURE = 0.85


def vocode(model: WaveNet, mels: np.ndarray, seed: int, temperature: float = TEMPERATURE) -> np.ndarray:
    """The waveform of mels (F, M)."""
    return np.concatenate(list(speak(model, mels, seed=seed, temperature=temperature)))


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    parts = [_vocoding.Parts.of(r) for r in _vocoding.clips(data, "train")]
    held = [r for r in _vocoding.clips(data, "val") if r.voice == "lj"]
    model = WaveNet(CONFIG)
    _vocoding.normalize(model, parts)

    def validate(model: nn.Module) -> dict[str, float]:
        return _vocoding.judged(held, lambda mels, i: vocode(model, mels, i))

    return Trainer(
        model=model,
        train_data=_vocoding.Spoken(parts, FRAMES, length=8_000, loudness=CONFIG.loudness, unheard=UNHEARD),
        validate=validate,
        metric="pesq",
        seed=seed,
        num_epochs=30,
        batch_size=8,
        learning_rate=2e-3,
        weight_decay=0.0,
        beta2=0.98,
        schedule="cosine",
        warmup=0.003,
        max_grad_norm=1.0,
        precision="bf16",
        average_decay=0.9995,
        validate_every=3,
    )
