"""wavenet: a voice from mels, sample by sample, by a network of 0.66 million parameters."""

from pathlib import Path

import torch

from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.recipes import _vocoding
from lmdemo.recipes._vocoding import baselines, evaluate, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]
CARD = _vocoding.card(
    "Dilated causal convolutions with gated units, told the mels, draw each sample from what was heard of the 32 milliseconds before it. "
    "What is drawn is what a linear predictor, made of the mels, leaves of the sample; where in the pitch's period a sample lies is "
    "told too (a source-filter idea inside WaveNet).",
    "A small network of a few voices: other voices sound rougher, music and noise are spoken as if they were a voice.",
)
CONFIG = WaveNetConfig()
FRAMES = 16  # of an excerpt
UNHEARD = 256  # samples at its beginning that do not count: half of what the network can hear


def build(data: Path, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    return _vocoding.trainer(
        WaveNet(CONFIG),
        data,
        lambda parts: _vocoding.Spoken(parts, FRAMES, length=8_000, loudness=CONFIG.loudness, unheard=UNHEARD),
        _vocoding.vocode,
        seed=seed,
        num_epochs=30,
        batch_size=8,
        learning_rate=2e-3,
        warmup=0.003,
        precision="bf16",
        average_decay=0.9995,
    )
