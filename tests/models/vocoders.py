"""Small vocoders with weights that matter, and what they are guided by."""

import numpy as np
import torch
from torch import nn

from lmdemo.models.closed_loop import Guide

ORDER = 3


def shaken(model: nn.Module, by: float = 1.5) -> nn.Module:
    """Fresh weights hardly tell one level from another; these do."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in model.parameters():
            size = by / p[0].numel() ** 0.5 if p.ndim > 1 else 0.3
            p.add_(size * torch.randn(p.shape, generator=generator))
    return model.eval()


def guide(
    frames: int, hop: int, phases: int, *, forced: bool = False, seed: int = 0, temperature: float = 0.9
) -> Guide:
    """A stable predictor that changes from frame to frame, a phase, and with ``forced`` levels in place of drawn ones."""
    rng = np.random.default_rng(seed)
    predictor = np.array([1.1, -0.5, 0.1]) + 0.05 * rng.normal(size=(frames, ORDER))
    levels = rng.integers(80, 177, (frames * hop, 2)) if forced else None
    phase = rng.integers(0, phases + 1, frames * hop)
    return Guide.of(predictor, phase, temperature + 0.1 * rng.random(frames), seed=seed, forced=levels)


def spoken(model: nn.Module, features: torch.Tensor, told: Guide, **options) -> tuple[np.ndarray, np.ndarray]:
    """All samples and logits of a generation."""
    samples, logits = zip(*model.generate(features, told, **options), strict=True)
    return np.concatenate(samples), np.concatenate(logits)


def heard(samples: np.ndarray, loudness: float, told: Guide, hop: int) -> torch.Tensor:
    """What the network was told before each of these samples, worked out anew, (1, S, 4)."""
    from lmdemo.data.vocoding import to_levels

    loud = samples.astype(np.float64) * loudness
    padded = np.pad(loud, (ORDER, 0))
    prediction = [told.predictor[t // hop] @ padded[t : t + ORDER][::-1] for t in range(len(loud))]
    excitation = np.concatenate([[128], told.forced[:-1, 0]])
    rows = to_levels(np.pad(loud, (1, 0))[:-1]), to_levels(np.array(prediction)), excitation, told.phase
    return torch.from_numpy(np.stack(rows, -1))[None]
