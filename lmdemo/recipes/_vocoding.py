"""What the recipes of all vocoders share: clips taken apart, drawn evenly by voice, and how a vocoder is judged."""

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.vocoding import METHODS, Known, Vocoder, speak
from lmdemo.data import audio, vocoding
from lmdemo.data.readers import CLEAN, Reading, read_readers
from lmdemo.training.trainer import Trainer

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


def beside(data: Path, name: str) -> Path | None:
    """Another data set in the folder where ``data`` lies; None where it is not."""
    folder = data.parent / name
    return folder if folder.is_dir() else None


def clips(data: Path, split: str) -> list[Reading]:
    """LJ and, where they lie beside it, the other voices."""
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


# -- judged ------------------------------------------------------------------------------------------------------------


def judge(truth: np.ndarray, made: np.ndarray, *, thorough: bool = False) -> dict[str, float]:
    """How near a clip of 16 kHz comes to another; what a package is missing for is left out.

    Args:
        truth, made: (S,) each; the longer one is cut.
        thorough: Whether to compute DNSMOS and the pitch's error too, which takes seconds.

    Returns:
        ``pesq`` (wide band), ``stoi``, ``log_mel_error`` (mean absolute difference); ``dnsmos`` (overall, without a reference) and
        ``f0_error``, see :func:`f0_error`.
    """
    size = min(len(truth), len(made))
    truth, made = truth[:size], np.clip(made[:size], -1, 1).astype(np.float32)
    figures: dict[str, float] = {}
    with contextlib.suppress(ImportError):
        from pesq import pesq

        try:
            figures["pesq"] = float(pesq(vocoding.SAMPLING_RATE, truth, made, "wb"))
        except (RuntimeError, ValueError):  # no sound in it
            figures["pesq"] = 1.0
    with contextlib.suppress(ImportError):
        from pystoi import stoi

        figures["stoi"] = float(stoi(truth, made, vocoding.SAMPLING_RATE))
    figures["log_mel_error"] = float(np.abs(vocoding.mels(truth) - vocoding.mels(made)).mean())
    if thorough:
        with contextlib.suppress(ImportError):
            figures["f0_error"] = f0_error(truth, made)
        with contextlib.suppress(ImportError):
            from speechmos import dnsmos

            figures["dnsmos"] = float(dnsmos.run(made, vocoding.SAMPLING_RATE)["ovrl_mos"])
    return figures


def f0_error(truth: np.ndarray, made: np.ndarray) -> float:
    """The part of the voiced frames, by librosa's pYIN, that are voiced no longer or whose pitch is off by more than a fifth."""
    from librosa import pyin

    frames = {"sr": vocoding.SAMPLING_RATE, "frame_length": vocoding.N_FFT, "hop_length": vocoding.HOP}
    (true, voiced, _), (other, still, _) = (
        pyin(x, fmin=vocoding.LOWEST, fmax=vocoding.HIGHEST, **frames) for x in (truth, made)
    )
    wrong = ~still | (np.abs(other / true - 1) > 0.2)
    return float(wrong[voiced].mean()) if voiced.any() else 0.0


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


SECONDS = 6.0  # of each clip, of other voices than LJ
FEW = 4  # clips of each of these voices
BEGINNING = 3 * vocoding.SAMPLING_RATE // vocoding.HOP  # frames of a clip that is told to be near or far
UNHEARD = ("duke", "an4")  # of a validation part: people who are not trained on


def to_judge(data: Path, split: str) -> dict[str, list[np.ndarray]]:
    """Clips by set of voices, (S,) each: LJ's, and the beginnings of some of each other voice that lies beside it."""
    readings = clips(data, split)
    if an4 := beside(data, "an4"):
        readings += [Reading(u.path, f"an4/{u.speaker}") for u in audio.read_an4(an4, split)]
    chosen: dict[str, list[np.ndarray]] = {}
    taken: dict[str, int] = {}
    for reading in readings:
        of_many = "/" in reading.voice  # one clip a person
        taken[reading.voice] = taken.get(reading.voice, 0) + 1
        if reading.voice == "lj" or taken[reading.voice] <= (1 if of_many else FEW):
            waveform = reading.waveform()
            short = waveform if reading.voice == "lj" else waveform[: round(SECONDS * vocoding.SAMPLING_RATE)]
            chosen.setdefault(reading.recorded, []).append(short)
    return chosen


def figures(chosen: dict[str, list[np.ndarray]], vocode: Callable[[np.ndarray, int], np.ndarray]) -> dict[str, float]:
    """LJ's figures first, then PESQ and STOI of each set of voices, and of all people who were never heard.

    Args:
        chosen: See :func:`to_judge`.
        vocode: A clip and a seed -> the waveform of the clip's mels.
    """
    found = {
        name: [
            judge(vocoding.whole_hops(clip), vocode(clip, i), thorough=name == "lj") for i, clip in enumerate(of_name)
        ]
        for name, of_name in chosen.items()
    }
    made = mean(found["lj"])
    unheard = [f for name in UNHEARD for f in found.get(name, [])]
    for name, some in (*((k, v) for k, v in found.items() if k != "lj"), ("never heard", unheard)):
        made |= {f"{k} {name}": v for k, v in mean(some).items() if k in ("pesq", "stoi")} if some else {}
    return made


def evaluate(adapter: Vocoder, data: Path, split: str) -> tuple[int, dict[str, float]]:
    """Clips rebuilt from their true mels."""
    chosen = to_judge(data, split)
    return len(chosen["lj"]), figures(chosen, lambda clip, i: adapter(adapter.analyse(clip), seed=i).waveform)


def baselines(data: Path, split: str) -> dict[str, dict[str, float]]:
    """Griffin-Lim, and what speaks without having learned anything: the mels' envelope driven by noise, and by pulses."""
    chosen = to_judge(data, split)
    return {
        NAMES[name]: figures(chosen, lambda clip, i, made=made: made(vocoding.mels(vocoding.whole_hops(clip)), i))
        for name, made in METHODS.items()
    }


NAMES = {"griffin-lim": "Griffin-Lim", "lpc-noise": "LPC, noise", "lpc-pulses": "LPC, pulses"}


# -- trained -----------------------------------------------------------------------------------------------------------


def known(data: Path) -> Known:
    """What the clips trained on are like, beside the beginnings of those that are kept back: people speak for seconds, and what is
    short differs more from the mean.
    """

    def mels(split: str, frames: int | None = None) -> dict[str, list[np.ndarray]]:
        found: dict[str, list[np.ndarray]] = {}
        for reading in clips(data, split):
            made = vocoding.mels(vocoding.whole_hops(reading.waveform()))
            found.setdefault(reading.recorded, []).append(made[:frames])
        return found

    return Known.of(mels("train"), mels("val", BEGINNING))


def trainer(
    model: nn.Module,
    data: Path,
    train_data: Callable[[list[Parts]], Excerpts],
    vocode: Callable[[nn.Module, np.ndarray, int], np.ndarray],
    **settings: Any,
) -> Trainer:
    """The training of a vocoder.

    Args:
        model: Not yet told how its features lie.
        data: The folder of LJ.
        train_data: Makes excerpts of clips taken apart.
        vocode: Network, mels and seed -> waveform; judged on LJ's validation clips.
        settings: Of the trainer.
    """
    parts = [Parts.of(r) for r in clips(data, "train")]
    held = [r for r in clips(data, "val") if r.voice == "lj"]
    normalize(model, parts)
    model.known = known(data)  # for `save`
    shared = {
        "metric": "pesq",
        "weight_decay": 0.0,
        "beta2": 0.98,
        "schedule": "cosine",
        "max_grad_norm": 1.0,
        "validate_every": 3,
    }
    return Trainer(
        model=model,
        train_data=train_data(parts),
        validate=lambda model: judged(held, lambda mels, i: vocode(model, mels, i)),
        **shared,
        **settings,
    )


def normalize(model: nn.Module, parts: Sequence[Parts]) -> None:
    """Tells a network how its features lie, or its mels, every frame counted alike."""
    mels = hasattr(model, "mel_mean")
    every = np.concatenate([p.mels if mels else p.features for p in parts])
    mean, deviation = (model.mel_mean, model.mel_deviation) if mels else (model.feature_mean, model.feature_deviation)
    mean.copy_(torch.from_numpy(every.mean(0)))
    deviation.copy_(torch.from_numpy(every.std(0)))


def vocode(model: nn.Module, mels: np.ndarray, seed: int) -> np.ndarray:
    """The waveform of mels (F, M) from a network that speaks sample by sample."""
    return np.concatenate(list(speak(model, mels, seed=seed)))


def save(model: nn.Module, folder: Path) -> None:
    """Weights, and what they were trained on."""
    model.save_pretrained(folder)
    model.known.write(folder)


def card(summary: str, limits: str) -> dict[str, Any]:
    """What the card of a vocoder says; see :func:`lmdemo.recipes._card.card`."""
    return {
        "summary": summary,
        "data": "LJ Speech, 84 clips of one reader (the last 8 to judge); LibriSpeech's readers 26 and 27 (the last 8 clips of each), "
        "Kathleen (every tenth prompt) and 60 visitors of Duke (every sixth person), drawn evenly by voice, the last fifth of the "
        "training on LJ alone. The first figures are of LJ's validation clips, rebuilt from their true mels; after them those of "
        "other voices, six seconds a clip: `duke` and `an4` are people who were never heard, `never heard` is both.",
        "data_licence": "LJ Speech: public domain; LibriSpeech: CC BY 4.0; Kathleen: CC0 1.0; Duke: MIT; AN4 License Terms (BSD-2-clause style)",
        "limits": limits
        + " PESQ compares a sound with the recording and favours what keeps the mels, as Griffin-Lim does by "
        "construction; DNSMOS hears the sound alone. What speaks without a network is the floor: below LPC with pulses a network has "
        "learned nothing that counts. The filter that holds the mels is off here: it would lift all of them, those without a network too.",
        "primary_metric": "pesq",
        "seeds": 1,
        "table": {
            "data": "LJ Speech, clips not trained on",
            "figure": "PESQ {pesq:.2f}, STOI {stoi:.3f}, log-mel error {log_mel_error:.2f}",
            "baseline": ("Griffin-Lim", "Griffin-Lim {pesq:.2f}, {stoi:.3f}, {log_mel_error:.2f}"),
        },
    }
