"""wavernn: a voice from mels, sample by sample, by one recurrent layer that steps once every two samples."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.vocoding import speak
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.recipes import _vocoding
from lmdemo.training.trainer import Trainer

CONFIG = WaveRNNConfig()
FRAMES = 8  # of an excerpt
UNHEARD = 160  # samples at its beginning that do not count, since the state begins empty
TEMPERATURE = 0.85


def vocode(model: WaveRNN, mels: np.ndarray, seed: int, temperature: float = TEMPERATURE) -> np.ndarray:
    """The waveform of mels (F, M)."""
    return np.concatenate(list(speak(model, mels, seed=seed, temperature=temperature)))


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    parts = [_vocoding.Parts.of(r) for r in _vocoding.clips(data, "train")]
    held = [r for r in _vocoding.clips(data, "val") if r.voice == "lj"]
    model = WaveRNN(CONFIG)
    _vocoding.normalize(model, parts)

    def validate(model: nn.Module) -> dict[str, float]:
        return _vocoding.judged(held, lambda mels, i: vocode(model, mels, i))

    return Trainer(
        model=model,
        train_data=_vocoding.Spoken(
            parts, FRAMES, length=16_000, loudness=CONFIG.loudness, unheard=UNHEARD, before=CONFIG.before
        ),
        validate=validate,
        metric="pesq",
        seed=seed,
        num_epochs=36,
        batch_size=64,
        learning_rate=2e-3,
        weight_decay=0.0,
        beta2=0.98,
        schedule="cosine",
        warmup=0.005,
        max_grad_norm=1.0,
        precision="bf16",
        average_decay=0.999,
        validate_every=3,
    )
