"""What the recipes of all vocoders share: clips taken apart, drawn evenly by voice, and how a vocoder is judged."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lmdemo.data import vocoding
from lmdemo.data.readers import CLEAN, Reading, read_readers
from lmdemo.recipes._siamese import beside

CONTEXT = 2  # frames beside an excerpt, so that none of its ends looks like the end of a clip


@dataclass(frozen=True)
class Parts:
    """A clip taken apart: mels (F, M), signal (S,) pre-emphasised, predictor (F, 16), gain (S,), phase (S,)."""

    mels: np.ndarray
    signal: np.ndarray
    shape: vocoding.Envelope
    phase: np.ndarray
    voice: str

    @classmethod
    def of(cls, reading: Reading) -> "Parts":
        """Takes a clip apart; the phase is the sound's own."""
        waveform = vocoding.whole_hops(reading.waveform())
        mels = vocoding.mels(waveform)
        phase = vocoding.phase_from_sound(waveform, mels).astype(np.float32)
        return cls(mels, vocoding.preemphasis(waveform), vocoding.envelope(mels), phase, reading.voice)

    @functools.cached_property
    def residual(self) -> np.ndarray:
        """What the predictor leaves, brought to unit size, (S,)."""
        return (vocoding.residual(self.signal, self.shape.predictor) / self.shape.gain).astype(np.float32)


def clips(data: Path | None, split: str) -> list[Reading]:
    """LJ and, beside it, the other voices."""
    return read_readers(data, beside(data, "voices"), split)


class Excerpts:
    """Excerpts of clips, drawn evenly by voice: of each step a share from clean readers, the rest from all others.

    Args:
        parts: The clips.
        frames: Of an excerpt.
        length: Excerpts an epoch.
        alone: From which part of the training on, 0 to 1, LJ is heard alone.
    """

    OTHERS = 0.25  # of a batch from voices that are not recorded cleanly

    def __init__(self, parts: Sequence[Parts], frames: int, length: int, alone: float = 0.8) -> None:
        self.parts = [p for p in parts if len(p.mels) >= frames]
        self.frames, self.length, self.alone, self.done = frames, length, alone, 0.0
        voices = [p.voice for p in self.parts]
        counts = {v: voices.count(v) for v in voices}
        clean = np.array([v in CLEAN for v in voices])
        share = np.array([1 / counts[v] for v in voices])
        share[clean] *= (1 - self.OTHERS) / max(1, len({v for v in voices if v in CLEAN}))
        share[~clean] *= self.OTHERS / max(1, len({v for v in voices if v not in CLEAN}))
        self.share = torch.from_numpy(share)
        self.lj = torch.from_numpy(np.array([v == "lj" for v in voices], float))

    def __len__(self) -> int:
        return self.length

    def draw(self, count: int) -> list[tuple[Parts, int]]:
        """Clips and the frames at which their excerpts begin."""
        share = self.lj if self.done >= self.alone else self.share
        chosen = [self.parts[int(i)] for i in torch.multinomial(share, count, replacement=True)]
        return [(p, int(torch.randint(len(p.mels) - self.frames + 1, ()))) for p in chosen]

    def mels(self, drawn: Sequence[tuple[Parts, int]]) -> Tensor:
        """(B, F + 2 CONTEXT, M): at a clip's end its last frame again."""
        rows = [np.clip(np.arange(k - CONTEXT, k + self.frames + CONTEXT), 0, len(p.mels) - 1) for p, k in drawn]
        return torch.from_numpy(np.stack([p.mels[r] for (p, _), r in zip(drawn, rows, strict=True)]))

    def samples(self, drawn: Sequence[tuple[Parts, int]], of: Callable[[Parts], np.ndarray]) -> Tensor:
        """What belongs to the samples of each excerpt, (B, S)."""
        hop = vocoding.HOP
        return torch.from_numpy(np.stack([of(p)[k * hop : (k + self.frames) * hop] for p, k in drawn]))


# -- judged ------------------------------------------------------------------------------------------------------------


def judge(truth: np.ndarray, made: np.ndarray) -> dict[str, float]:
    """PESQ (wide band), STOI and log-mel error of a clip of 16 kHz; what a package is missing for is left out."""
    size = min(len(truth), len(made))
    truth, made = truth[:size], np.clip(made[:size], -1, 1)
    figures: dict[str, float] = {}
    try:
        from pesq import pesq

        figures["pesq"] = float(pesq(16_000, truth, made, "wb"))
    except ImportError:
        pass
    try:
        from pystoi import stoi

        figures["stoi"] = float(stoi(truth, made, 16_000))
    except ImportError:
        pass
    figures["log_mel_error"] = float(np.abs(vocoding.mels(truth) - vocoding.mels(made)).mean())
    return figures


def mean(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure."""
    return {name: float(np.mean([f[name] for f in figures])) for name in figures[0]}


def judged(readings: Sequence[Reading], vocode: Callable[[np.ndarray, int], np.ndarray]) -> dict[str, float]:
    """A vocoder on clips: ``vocode(mels, seed) -> waveform``."""
    found = []
    for i, reading in enumerate(readings):
        truth = vocoding.whole_hops(reading.waveform())
        found.append(judge(truth, vocode(vocoding.mels(truth), i)))
    return mean(found)


# -- without a network -------------------------------------------------------------------------------------------------


def from_noise(mels: np.ndarray, seed: int) -> np.ndarray:
    """The envelope of the mels, driven by noise: a whisper."""
    noise = np.random.default_rng(seed).standard_normal(len(mels) * vocoding.HOP)
    return vocoding.spoken(noise, vocoding.envelope(mels))


def from_pulses(mels: np.ndarray, seed: int) -> np.ndarray:
    """The envelope of the mels, driven by a pulse a period of their pitch, and noise."""
    noise = np.random.default_rng(seed).standard_normal(len(mels) * vocoding.HOP)
    phase = vocoding.phase_from_mels(mels)
    voiced, begins = phase >= 0, np.diff(phase, prepend=0) < -0.5
    period = np.repeat(vocoding.SAMPLING_RATE / vocoding.pitch(mels).hertz, vocoding.HOP)
    excitation = np.where(voiced, 0.9 * begins * np.sqrt(period) + 0.35 * noise, noise)
    return vocoding.spoken(excitation, vocoding.envelope(mels))
