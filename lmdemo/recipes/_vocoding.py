"""What the recipes of all vocoders share: clips taken apart, drawn evenly by voice, and how a vocoder is judged."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

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
        shape = vocoding.envelope(mels)
        shape = shape._replace(gain=shape.gain.astype(np.float32))  # there are hours of it
        return cls(mels, vocoding.preemphasis(waveform), shape, phase, reading.voice)

    @functools.cached_property
    def features(self) -> np.ndarray:
        """The mels and the pitch, (F, M + 2)."""
        return vocoding.features(self.mels)

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
        """(B, F + 2 CONTEXT, M), see :meth:`rows`."""
        return self.rows(drawn, lambda p: p.mels, CONTEXT)

    def rows(self, drawn: Sequence[tuple[Parts, int]], of: Callable[[Parts], np.ndarray], context: int = 0) -> Tensor:
        """What belongs to the frames of each excerpt, (B, F + 2 context, ...): at a clip's end its last frame again."""
        rows = [np.clip(np.arange(k - context, k + self.frames + context), 0, len(p.mels) - 1) for p, k in drawn]
        return torch.from_numpy(np.stack([of(p)[r] for (p, _), r in zip(drawn, rows, strict=True)]))

    def samples(self, drawn: Sequence[tuple[Parts, int]], of: Callable[[Parts], np.ndarray], before: int = 0) -> Tensor:
        """What belongs to the samples of each excerpt and to so many before it, (B, before + S); zeros before a clip."""
        cut = []
        for p, k in drawn:
            start, stop = k * vocoding.HOP - before, (k + self.frames) * vocoding.HOP
            cut.append(np.pad(of(p)[max(0, start) : stop], (max(0, -start), 0)))
        return torch.from_numpy(np.stack(cut))


# -- sample by sample ----------------------------------------------------------------------------------------------------

ALONE = vocoding.ORDER + 1  # samples before those of an excerpt from which the first prediction is made
STEP = float(np.log(vocoding.LEVELS) / (vocoding.LEVELS / 2))  # from one level to the next, of a value
LEAST = 0.007  # of an excitation: where levels lie closer than this part of the loudest


def heard(signal: Tensor, predictor: Tensor, before: int, noise: float = 1.0) -> tuple[Tensor, Tensor]:
    """What a network hears of a sound and what it has to say, by levels.

    When it speaks it hears its own mistakes, so in training noise is added to what it hears, up to one and a half levels of the
    excitation, and it is to say what brings it back (as in LPCNet): the sound itself less what is predicted from the noisy one.

    Args:
        signal: Pre-emphasised and loud, (B, ALONE + before + S).
        predictor: Of the frames, (B, F, ORDER).
        before: Samples before the excerpt that are heard, too.
        noise: 0 leaves it away.

    Returns:
        Levels of the sample before, of the prediction and of the excitation before, (B, before + S, 3), and those of the excitation
        of the excerpt's samples, (B, S).
    """
    weights = predictor.repeat_interleave(vocoding.HOP, 1)
    weights = torch.cat((weights[:, :1].expand(-1, before, -1), weights), 1).flip(
        -1
    )  # (B, before + S, ORDER), oldest first

    def predict(samples: Tensor) -> Tensor:
        return torch.einsum("bsk,bsk->bs", samples[:, 1:-1].unfold(1, vocoding.ORDER, 1), weights)

    clean = signal[:, ALONE:]
    size = noise * 1.5 * torch.rand(len(signal), 1) * STEP * ((clean - predict(signal)).abs() + LEAST)
    noisy = torch.cat((signal[:, :ALONE], clean + size * torch.randn(clean.shape)), 1)
    prediction = predict(noisy)
    excitation = torch.nn.functional.pad(noisy[:, ALONE:-1] - prediction[:, :-1], (1, 0))
    inputs = torch.stack((noisy[:, ALONE - 1 : -1], prediction, excitation), -1)
    return _levels(inputs), _levels(clean - prediction)[:, before:]


def _levels(values: Tensor) -> Tensor:
    return torch.from_numpy(vocoding.to_levels(values.numpy()))


class Spoken(Excerpts):
    """Excerpts as WaveNet and WaveRNN hear them.

    Args:
        parts, frames, length, alone: See :class:`Excerpts`.
        loudness: Of the network.
        unheard: Samples at the beginning of each excerpt that do not count, since what is before them was not heard.
        before: Samples before an excerpt that the network hears, too.
    """

    def __init__(
        self, parts: Sequence[Parts], frames: int, length: int, *, loudness: float, unheard: int, before: int = 0
    ) -> None:
        super().__init__(parts, frames, length)
        self.loudness, self.unheard, self.before = loudness, unheard, before

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        drawn = self.draw(len(indices))
        signal = self.samples(drawn, lambda p: p.signal, ALONE + self.before) * self.loudness
        levels, labels = heard(signal, self.rows(drawn, lambda p: p.shape.predictor), self.before)
        phase = self.samples(drawn, lambda p: vocoding.phase_parts(p.phase), self.before)
        labels[:, : self.unheard] = -100
        return {
            "inputs": torch.cat((levels, phase[..., None]), -1),
            "features": self.rows(drawn, lambda p: p.features, CONTEXT),
            "labels": labels,
            "context": CONTEXT,
        }


def normalize(model: nn.Module, parts: Sequence[Parts]) -> None:
    """Tells a network how its features lie, every frame counted alike."""
    every = np.concatenate([p.features for p in parts])
    model.feature_mean.copy_(torch.from_numpy(every.mean(0)))
    model.feature_deviation.copy_(torch.from_numpy(every.std(0)))


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
    except (RuntimeError, ValueError):  # no sound in it
        figures["pesq"] = 1.0
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
