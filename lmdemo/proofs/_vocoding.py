"""What the proofs of all vocoders share: weights that matter, what a network is guided by, and the mels against torchaudio's."""

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.data import vocoding
from lmdemo.models.closed_loop import Guide
from lmdemo.proofs import Check

ORDER = 3  # of the predictors here


def shaken(model: nn.Module, by: float = 1.5) -> nn.Module:
    """Fresh weights hardly tell one level from another; these do."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in model.parameters():
            size = by / p[0].numel() ** 0.5 if p.ndim > 1 else 0.3
            p.add_(size * torch.randn(p.shape, generator=generator))
    return model.eval()


def guide(frames: int, hop: int, phases: int, *, forced: bool = False, seed: int = 0) -> Guide:
    """A predictor that changes from frame to frame, a phase, and with ``forced`` levels in place of drawn ones."""
    rng = np.random.default_rng(seed)
    predictor = np.array([1.1, -0.5, 0.1]) + 0.05 * rng.normal(size=(frames, ORDER))
    levels = rng.integers(80, 177, (frames * hop, 2)) if forced else None
    phase = rng.integers(0, phases + 1, frames * hop)
    return Guide.of(predictor, phase, 0.9 + 0.1 * rng.random(frames), seed=seed, forced=levels)


def spoken(model: nn.Module, features: Tensor, told: Guide, **options) -> tuple[np.ndarray, np.ndarray]:
    """All samples and logits of a generation."""
    samples, logits = zip(*model.generate(features, told, **options), strict=True)
    return np.concatenate(samples), np.concatenate(logits)


def heard(samples: np.ndarray, loudness: float, told: Guide, hop: int) -> Tensor:
    """What a network was told before each of these samples, worked out from the samples, (1, S, 4)."""
    loud = samples.astype(np.float64) * loudness
    padded = np.pad(loud, (ORDER, 0))
    prediction = [told.predictor[t // hop] @ padded[t : t + ORDER][::-1] for t in range(len(loud))]
    excitation = np.concatenate([[vocoding.LEVELS // 2], told.forced[:-1, 0]])
    rows = vocoding.to_levels(padded[ORDER - 1 : -1]), vocoding.to_levels(np.array(prediction)), excitation, told.phase
    return torch.from_numpy(np.stack(rows, -1))[None]


def mels() -> Check:
    """The front end of all three."""
    from torchaudio.transforms import MelSpectrogram

    clip = (0.1 * np.random.default_rng(0).normal(size=16_000)).astype(np.float32)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # else torchaudio's triangles and window are rounded to single precision
    try:
        theirs = MelSpectrogram(
            vocoding.SAMPLING_RATE,
            n_fft=vocoding.N_FFT,
            win_length=vocoding.WINDOW,
            hop_length=vocoding.HOP,
            n_mels=vocoding.NUM_MELS,
            center=False,
        )
    finally:
        torch.set_default_dtype(usual)
    padded = np.pad(clip.astype(float), ((vocoding.N_FFT - vocoding.HOP) // 2, vocoding.N_FFT))
    expected = theirs(torch.from_numpy(padded)).clamp_min(vocoding.FLOOR).log().T[: len(clip) // vocoding.HOP]
    ours = torch.from_numpy(vocoding.mels(clip))
    return check(
        "log mels", "torchaudio.transforms.MelSpectrogram, logarithm", ours, expected, 1e-5, "a second of noise"
    )


def check(name: str, reference: str, ours, theirs, tolerance: float, details: str = "") -> Check:
    """The largest difference between two arrays or tensors; infinite where shapes differ."""
    ours, theirs = (torch.as_tensor(x).detach().double() for x in (ours, theirs))
    difference = float((ours - theirs).abs().max()) if ours.shape == theirs.shape else float("inf")
    return Check(name, reference, difference, tolerance, details)
