"""What all vocoders share: a clip or mels read and checked, sound made piece by piece, and how it is told."""

import json
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from lmdemo.adapters.base import Adapter, Prepared, synchronize
from lmdemo.adapters.outputs import Audio
from lmdemo.data import audio, vocoding
from lmdemo.errors import InputError, OptionError

SHORTEST, LONGEST = 0.1, 30.0  # seconds of a clip
LOUDEST = 16.0  # of a log mel; a tone at full scale reaches 11
LEAST_DEVIATION = 0.05  # of a cepstral statistic, where a set has few clips
CLIPPED = 1e-3  # part of the samples at the highest level from which on a clip counts as clipped


class Known(NamedTuple):
    """What a network was trained on, as far as the mels of whole clips tell: kept in ``known.json`` beside its weights.

    Attributes:
        mean, deviation: Of the clips' cepstral statistics, a row each set of voices (K, 40); how loud a clip is does not count.
        distances: How far from the nearest set the first seconds of the clips lie that were kept back from training, the nearest
            first, in equal shares of them; each set counts alike.
    """

    mean: np.ndarray
    deviation: np.ndarray
    distances: np.ndarray

    @classmethod
    def of(cls, trained: Mapping[str, Sequence[np.ndarray]], kept_back: Mapping[str, Sequence[np.ndarray]]) -> Self:
        """Told from log mels (F, M), by set of voices: of clips that are trained on, and of others."""
        found = [np.stack([audio.cepstral_statistics(mel) for mel in some]) for some in trained.values()]
        deviation = np.stack([np.maximum(rows.std(0), LEAST_DEVIATION) for rows in found])
        known = cls(np.stack([rows.mean(0) for rows in found]), deviation, np.zeros(1))
        shares = np.linspace(0, 1, 41)
        each = [np.quantile([known.distance(mel) for mel in some], shares) for some in kept_back.values()]
        return known._replace(distances=np.quantile(each, shares))

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What lies in a model's folder; None where there is nothing."""
        path = folder / "known.json"
        return cls(*map(np.array, json.loads(path.read_text()).values())) if path.is_file() else None

    def write(self, folder: Path) -> None:
        """Writes it into a model's folder."""
        values = {name: rows.round(4).tolist() for name, rows in self._asdict().items()}
        (folder / "known.json").write_text(json.dumps(values) + "\n", encoding="utf-8")

    def distance(self, mel: np.ndarray) -> float:
        """How many deviations a clip's statistics lie from the nearest set's mean, squared and averaged."""
        return float((((audio.cepstral_statistics(mel) - self.mean) / self.deviation) ** 2).mean(1).min())

    def fit(self, mel: np.ndarray) -> float:
        """The part of the clips kept back that lie at least as far, 0 to 1."""
        return float(1 - np.interp(self.distance(mel), self.distances, np.linspace(0, 1, len(self.distances))))


@dataclass(frozen=True, kw_only=True)
class PreparedMels(Prepared):
    """What is to be spoken.

    Attributes:
        mels: Log mels (F, M).
        clip: What they were made of, at 16 kHz (samples,); None where mels were given.
        seed: Of the chance.
        hold_mels: How often the sound is brought nearer to the mels, band by band, after it was made.
        warnings: Keys of what is odd about the clip.
        fit: See :class:`lmdemo.adapters.outputs.Audio`.
        options: The vocoder's own.
    """

    mels: np.ndarray
    clip: np.ndarray | None
    seed: int
    hold_mels: int = 0
    warnings: tuple[str, ...] = ()
    fit: float | None = None
    options: Mapping[str, float]


class Vocoder(Adapter[PreparedMels, Audio]):
    """Speaks log-mel spectrograms.

    Takes a clip (a path, or (sampling_rate, waveform); 0.1 to 30 s, 8 to 192 kHz, mono or not), whose mels are spoken, or log mels
    (F, 80) as :meth:`mel` gives them. Gives :class:`Audio` of 16 kHz with F * ``hop`` samples. Option ``seed``: of the chance. Option
    ``hold_mels`` (0 to 2): how often a filter brings the sound nearer to its mels afterwards, band by band; it helps every vocoder,
    also those that learned nothing.

    With ``trace=True`` the result holds ``log_mel`` (F, M) and its bands' middles ``hertz`` (M,); ours add ``pitch`` in Hz and its
    ``strength`` (F,), and ``phase`` (samples,), -1 where there is no voice.
    """

    threads: int | None = 1
    hop = vocoding.HOP
    longest = LONGEST
    engine = "torch"
    known: Known | None = None

    # -- what comes in ---------------------------------------------------------------------------------------------------

    def mel(self, clip: Any) -> np.ndarray:
        """The log mels of a clip, (F, 80): what a vocoder is given.

        Raises:
            InputError: The clip can't be read, is silent, too short or too long.
        """
        return self.analyse(self.read(clip))

    def read(self, clip: Any) -> np.ndarray:
        """A clip at 16 kHz, (samples,)."""
        return audio.read_clip(clip, shortest=SHORTEST, longest=self.longest)

    def analyse(self, waveform: np.ndarray) -> np.ndarray:
        """The log mels of a clip at 16 kHz."""
        return vocoding.mels(vocoding.whole_hops(waveform))

    def check(self, mels: np.ndarray) -> np.ndarray:
        """Log mels as they were given, float32.

        Raises:
            InputError: They are none.
        """
        longest = int(self.longest * audio.SAMPLING_RATE / self.hop)
        fits = mels.ndim == 2 and mels.shape[1] == vocoding.NUM_MELS and mels.dtype.kind == "f"
        if not fits or not 1 <= len(mels) <= longest:
            raise InputError(
                "mel_shape",
                expected=f"(1 - {longest:,}, {vocoding.NUM_MELS})",
                got=f"{mels.dtype} {mels.shape}",
                hint="Give the log mels that this vocoder's mel() makes.",
            )
        if not (np.abs(mels) <= LOUDEST).all():  # also refuses NaN
            raise InputError(
                "mel_range",
                expected=f"-{LOUDEST:g} - {LOUDEST:g}",
                got=f"{mels.min():.3g} - {mels.max():.3g}",
                hint="Give logarithms of a mel power spectrogram.",
            )
        return mels.astype(np.float32)

    def prepare(self, inputs: Any, *, seed: int, hold_mels: int = 0, **options: float) -> PreparedMels:
        """Checks what all vocoders take; ``options`` are checked already."""
        whole("seed_range", seed, 2**31)
        whole("number_range", hold_mels, 2)
        clip = None if isinstance(inputs, np.ndarray) else self.read(inputs)
        mels = self.check(inputs) if clip is None else self.analyse(clip)
        return PreparedMels(
            tensors={},
            mels=mels,
            clip=clip,
            seed=seed,
            hold_mels=hold_mels,
            warnings=("clipped",) if clip is not None and is_clipped(clip) else (),
            fit=None if self.known is None else self.known.fit(mels),
            options=options,
        )

    # -- what goes out ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def pieces(self, prepared: PreparedMels) -> Iterator[np.ndarray]:
        """The waveform while it is made, (samples,) each."""

    def forward(self, prepared: PreparedMels, *, trace: bool) -> Any:
        """All pieces together."""
        return np.concatenate(list(self.pieces(prepared)))

    def postprocess(self, output: Any, prepared: PreparedMels, *, milliseconds: float, trace: bool) -> Audio:
        """The waveform within -1 to 1, held to its mels if that was asked."""
        for _ in range(prepared.hold_mels):
            output = vocoding.held(output, prepared.mels)
        return self.audio(output, prepared, milliseconds, self.internals(prepared) if trace else {})

    def audio(
        self, waveform: np.ndarray, prepared: PreparedMels, milliseconds: float, trace: Mapping[str, np.ndarray]
    ) -> Audio:
        """Sound with all that is told about it."""
        return Audio(
            sampling_rate=audio.SAMPLING_RATE,
            waveform=np.clip(waveform, -1, 1).astype(np.float32),
            engine=self.engine,
            fit=prepared.fit,
            warnings=prepared.warnings,
            milliseconds=milliseconds,
            trace=trace,
        )

    def internals(self, prepared: PreparedMels) -> dict[str, np.ndarray]:
        """What a trace holds."""
        return {"log_mel": prepared.mels, "hertz": audio.mel_edges(vocoding.NUM_MELS, 0.0)[1:-1]}

    def stream(self, inputs: Any, **options: Any) -> Iterator[Audio]:
        """Yields sound while it is made, each piece with its own ``milliseconds``; closing the iterator stops it.

        Options as for a call. Sound that is held to its mels comes in one piece, since the filter needs all of it.
        """
        if options.get("hold_mels"):
            yield self(inputs, **options)
            return
        self.check_options(options)
        with self:
            with self.computing():
                prepared = self.preprocess(inputs, **options)
                pieces = self.pieces(prepared)
            while True:
                started = time.perf_counter()
                with self.computing():  # not around the yield: another thread may ask for the next piece
                    piece = next(pieces, None)
                    synchronize(self.device)
                if piece is None:
                    return
                yield self.audio(piece, prepared, 1000 * (time.perf_counter() - started), {})


def is_clipped(clip: np.ndarray) -> bool:
    """Whether a recording was too loud: many samples stand at its highest level."""
    highest = np.abs(clip).max()
    return bool(highest > 0.5 and np.mean(np.abs(clip) > 0.999 * highest) > CLIPPED)


def whole(key: str, value: Any, most: int) -> None:
    """Refuses what is no whole number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise OptionError(key, expected=f"0 - {most:,}", got=str(value)[:20], hint="Choose a value inside.")


def number(key: str, value: Any, least: float, most: float) -> float:
    """Refuses what is no number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise OptionError(key, expected=f"{least:g} - {most:g}", got=str(value)[:20], hint="Choose a value inside.")
    return float(value)
