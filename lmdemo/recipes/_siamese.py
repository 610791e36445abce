"""What the three Siamese recipes share: log-mels kept in memory, and what rooms, noise and lines do to them.

Rooms and speeds change the wave and are computed once. Noise, level, line and masks change from step to step, and are applied to
the log-mels: powers of independent sounds add, a filter adds a constant to each band. So a step costs little on one thread.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lmdemo.data import audio
from lmdemo.models.siamese import Siamese

FLOOR = float(np.log(1e-6))  # of audio.log_mel


def mels_of(clip: np.ndarray, num_mels: int) -> Tensor:
    """(samples,) -> (F, M), in half precision to spare memory."""
    return torch.from_numpy(audio.log_mel(clip, num_mels=num_mels)).half()


def noise_mels(
    clips: Sequence[np.ndarray], num_mels: int, rng: np.random.Generator, *, coloured: int = 12
) -> list[Tensor]:
    """Log-mels of recorded noises and of noise in several colours."""
    made = [audio.coloured_noise(10 * audio.SAMPLING_RATE, rng.uniform(0, 2), rng) * 0.1 for _ in range(coloured)]
    return [mels_of(clip, num_mels) for clip in (*clips, *made)]


def cut(mels: Tensor, frames: int, start: int | None = None) -> Tensor:
    """(F, M) -> (frames, M) from anywhere (or from ``start``); what is shorter is repeated."""
    if len(mels) < frames:
        mels = mels.repeat(-(-frames // len(mels)), 1)
    if start is None:
        start = int(torch.randint(len(mels) - frames + 1, ()))
    return mels[start : start + frames].float()


def disturb(
    x: Tensor,
    noises: Sequence[Tensor],
    *,
    decibels: tuple[float, float],
    noisy: float = 0.7,
    lines: float = 0.5,
    colour: float = 1.0,
    babble: float = 0.0,
) -> Tensor:
    """Noise, a line and another level, drawn anew for each clip: log-mels (B, F, M) to the same.

    Args:
        x: What is disturbed.
        noises: Log-mels to take noise from.
        decibels: Signal above noise, least and most.
        noisy, lines: Parts of the clips that get noise, and a line with its own band and tilt.
        colour: How uneven lines are: spread of the slowest wave over the bands, in natural logarithms of power.
        babble: Part of the noise that is another clip of the batch.
    """
    batch, frames, bands = x.shape
    level = x.exp().mean((1, 2), keepdim=True).log()
    other = torch.stack([cut(noises[int(i)], frames) for i in torch.randint(len(noises), (batch,))])
    other = torch.where(torch.rand(batch, 1, 1) < babble, x.roll(1, 0), other)
    other = other - other.exp().mean((1, 2), keepdim=True).log()
    db = torch.empty(batch, 1, 1).uniform_(*decibels)
    db = torch.where(torch.rand(batch, 1, 1) < noisy, db, 60.0)
    other = other + level - db * 0.2303
    across = (
        torch.empty_like(x).uniform_(-1, 1) * 1.2 * ((x + other) / 2).exp()
    )  # two sounds in one band add or cancel in part
    x = (x.exp() + other.exp() + across).log()
    position = torch.linspace(0, 1, bands)
    low, high = torch.rand(batch, 1, 1) * 0.15, 1 - torch.rand(batch, 1, 1) * 0.35
    outside = (low - position).relu() + (position - high).relu()  # (B, 1, M)
    waves = sum(
        torch.randn(batch, 1, 1) / (k + 1) * torch.cos(k * np.pi * position + 6.28 * torch.rand(batch, 1, 1))
        for k in range(1, 5)
    )
    line = torch.where(torch.rand(batch, 1, 1) < lines, colour * waves - 60 * outside, 0.0)
    x = (
        x + line - level + torch.empty(batch, 1, 1).uniform_(-2, 6)
    )  # loudness of the whole, in natural logarithms of power
    return torch.logaddexp(x, torch.full_like(x, FLOOR))


def mask(x: Tensor, *, widest_band: int, longest: int) -> Tensor:
    """Blanks out some bands and some time of each clip with its mean (SpecAugment, Park et al., arXiv:1904.08779)."""
    batch, frames, bands = x.shape
    mean = x.mean((1, 2), keepdim=True)

    def span(size: int, widest: int) -> Tensor:
        width, start = torch.randint(widest + 1, (batch, 1)), torch.randint(size, (batch, 1))
        at = torch.arange(size)
        return (at >= start) & (at < start + width)  # (B, size)

    return torch.where(span(bands, widest_band)[:, None, :] | span(frames, longest)[:, :, None], mean, x)


def embed(model: Siamese, mels: Sequence[Tensor]) -> np.ndarray:
    """Embeddings of whole clips, (N, D)."""
    order = sorted(range(len(mels)), key=lambda i: len(mels[i]))
    found = np.zeros((len(mels), model.config.embedding_size), np.float32)
    for start in range(0, len(order), 32):
        some = order[start : start + 32]
        x = torch.nn.utils.rnn.pad_sequence([mels[i].float() for i in some], batch_first=True)
        found[some] = model(x, torch.tensor([len(mels[i]) for i in some])).embeddings.numpy()
    return found


def pair_scores(embeddings: np.ndarray, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Cosines of all pairs, those of one label and those of two."""
    e = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosine, names = e @ e.T, np.asarray(labels)
    above = np.triu(np.ones(cosine.shape, bool), 1)
    same = names[:, None] == names
    return cosine[above & same], cosine[above & ~same]


def beside(data: Path | None, name: str) -> Path | None:
    """Another data set in the folder where ``data`` lies, or its public source."""
    from lmdemo.data import locate

    return locate(data.parent if data is not None and (data.parent / name).is_dir() else None, name)
