"""wavernn: a voice from mels, sample by sample, by one recurrent layer that steps once every two samples."""

from pathlib import Path

import torch

from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.recipes import _vocoding
from lmdemo.recipes._vocoding import baselines, evaluate, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]
CARD = _vocoding.card(
    "One recurrent layer, told the mels, steps once every two samples; at every sample a small network draws from its state and the last "
    "few samples. What is drawn is what a linear predictor, made of the mels, leaves of the sample; where in the pitch's period a "
    "sample lies is told too.",
    "A small network of a few voices: other voices sound rougher, music and noise are spoken as if they were a voice.",
)
CONFIG = WaveRNNConfig()
FRAMES = 8  # of an excerpt
UNHEARD = 160  # samples at its beginning that do not count, since the state begins empty


def build(data: Path, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    told = {"length": 16_000, "loudness": CONFIG.loudness, "unheard": UNHEARD, "before": CONFIG.before}
    return _vocoding.trainer(
        WaveRNN(CONFIG),
        data,
        lambda parts: _vocoding.Spoken(parts, FRAMES, **told),
        _vocoding.vocode,
        seed=seed,
        num_epochs=36,
        batch_size=64,
        learning_rate=2e-3,
        warmup=0.005,
        precision="bf16",
        average_decay=0.999,
    )
