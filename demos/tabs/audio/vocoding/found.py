"""What the vocoders made of one clip, as the page keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from demos.core.tab import Answer, Answers
from demos.tabs.audio.vocoding.functions import mel_error
from demos.views.listen import kept
from lmdemo.adapters.outputs import Audio

RECORDING = "recording"
RATE = 16_000  # Hz


@dataclass(frozen=True)
class Take:
    """One rendering of the clip.

    Attributes:
        method: A network's name, ``hub``, a method without a network, or :data:`RECORDING`.
        path: Its file.
        mel: Its log mels (F, M).
        seconds: How long it sounds.
        milliseconds: How long it took; 0 of the recording.
        engine: What computed it.
        error: How far its mels are from the recording's.
    """

    method: str
    path: str
    mel: np.ndarray = field(repr=False, compare=False)
    seconds: float
    milliseconds: float = 0.0
    engine: str = ""
    error: float = 0.0

    @property
    def times_real_time(self) -> float:
        """Seconds of sound that were made in a second."""
        return 1000 * self.seconds / self.milliseconds if self.milliseconds else 0.0


@dataclass(frozen=True)
class Found:
    """What was asked and made; everything on show is made from it.

    Attributes:
        clip: The file.
        network: Whose page it is.
        source: ``scratch``, ``hub`` or ``both``.
        options: Of our network: temperature or sigma, seed, hold_mels.
        others: Which methods speak beside it.
        example: The example's id; "" of the visitor's own clip.
        takes: What was made so far, the recording first.
        answers: What the frame tells of the networks that were asked.
    """

    clip: str
    network: str
    source: str
    options: Mapping[str, Any]
    others: tuple[str, ...]
    example: str = ""
    takes: tuple[Take, ...] = ()
    answers: Answers = ()

    @property
    def recording(self) -> Take:
        """The clip itself."""
        return self.takes[0]

    @property
    def own(self) -> Take | None:
        """What this page's network made."""
        return self.take(self.network)

    @property
    def result(self) -> Audio | None:
        """What our network told beside the sound."""
        return next((a.result for a in self.answers if isinstance(a, Answer) and a.source == "scratch"), None)

    def take(self, method: str) -> Take | None:
        """What a method made."""
        return next((t for t in self.takes if t.method == method), None)

    def having(self, take: Take) -> "Found":
        """With one take more."""
        return replace(self, takes=(*self.takes, take))


def recording(vocoder: Any, clip: str) -> Take:
    """The clip as the networks hear it: 16 kHz, one channel.

    Raises:
        InputError: It can't be read.
    """
    waveform = vocoder.read(clip)
    return Take(RECORDING, kept(waveform, RATE), vocoder.analyse(waveform), len(waveform) / RATE)


def take(method: str, result: Audio, truth: Take, vocoder: Any) -> Take:
    """What a method made, held against the recording."""
    mel = vocoder.analyse(result.waveform)
    return Take(
        method,
        kept(result.waveform, result.sampling_rate),
        mel,
        result.seconds,
        result.milliseconds,
        result.engine,
        mel_error(truth.mel, mel),
    )


def whole(pieces: list[Audio]) -> Audio:
    """Pieces as one result."""
    waveform = np.concatenate([piece.waveform for piece in pieces])
    return replace(pieces[0], waveform=waveform, milliseconds=sum(piece.milliseconds for piece in pieces))


def light(result: Audio) -> Audio:
    """What is told of a result, without its sound: that is in a file."""
    return replace(result, waveform=np.zeros(0, np.float32))


def waveform_of(made: Take) -> np.ndarray:
    """The samples of a take, read from its file."""
    import soundfile

    samples: np.ndarray = soundfile.read(made.path, dtype="float32")[0]
    return samples
