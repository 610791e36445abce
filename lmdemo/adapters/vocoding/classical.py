"""Sound from mels without any training: Griffin-Lim, and the envelope of the mels driven by noise or by pulses.

They are asked as the networks are: ``classical("griffin-lim")(clip)``. What drives an envelope without a network is the floor that a
vocoder has to be above.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from lmdemo.adapters.outputs import Info
from lmdemo.adapters.vocoding.mels import PreparedMels, Vocoder
from lmdemo.catalog import ModelRow
from lmdemo.data import vocoding
from lmdemo.data.audio import SAMPLING_RATE
from lmdemo.errors import UnknownModelError

ITERATIONS, MOMENTUM = 60, 0.99  # Perraudin, Balazs, Sondergaard, "A fast Griffin-Lim algorithm" (2013)
SHARES = 40  # steps from bands to bins


def from_noise(mels: np.ndarray, seed: int) -> np.ndarray:
    """The envelope of the mels, driven by noise: a whisper."""
    noise = np.random.default_rng(seed).standard_normal(len(mels) * vocoding.HOP)
    return vocoding.spoken(noise, vocoding.envelope(mels))


def from_pulses(mels: np.ndarray, seed: int) -> np.ndarray:
    """The envelope of the mels, driven by a pulse a period of their pitch, and noise."""
    noise = np.random.default_rng(seed).standard_normal(len(mels) * vocoding.HOP)
    phase = vocoding.phase_from_mels(mels)
    voiced, begins = phase >= 0, np.diff(phase, prepend=0) < -0.5
    period = np.repeat(SAMPLING_RATE / vocoding.pitch(mels).hertz, vocoding.HOP)
    excitation = np.where(voiced, 0.9 * begins * np.sqrt(period) + 0.35 * noise, noise)
    return vocoding.spoken(excitation, vocoding.envelope(mels))


def griffin_lim(mels: np.ndarray, seed: int, iterations: int = ITERATIONS) -> np.ndarray:
    """Sizes of a spectrum that the mels agree with, and phases that windows which overlap agree upon (Griffin, Lim, 1984).

    It begins with the phases of :func:`from_pulses`, which already knows the pitch.
    """
    size = np.sqrt(vocoding.power(mels, SHARES))
    turned = vocoding.spectrum(from_pulses(mels, seed))
    before = np.zeros_like(turned)
    for _ in range(iterations):
        now = vocoding.spectrum(vocoding.from_spectrum(size * _unit(turned)))
        turned, before = now + MOMENTUM * (now - before), now
    return vocoding.from_spectrum(size * _unit(turned))


def _unit(spectrum: np.ndarray) -> np.ndarray:
    return spectrum / np.maximum(np.abs(spectrum), 1e-9)


METHODS = {"griffin-lim": griffin_lim, "lpc-noise": from_noise, "lpc-pulses": from_pulses}


class Classical(Vocoder):
    """One of :data:`METHODS`. As :class:`lmdemo.adapters.vocoding.mels.Vocoder`; its sound comes in one piece."""

    sources = ()
    engine = "scipy"

    def __init__(self, name: str) -> None:
        names = {"name": name, "member": "", "task": "text-to-speech", "source": "classical"}
        nothing = {"revision": "", "licence": "", "training_data": ""}
        super().__init__(None, Info(**names, parameters=0, bytes=0, device="cpu", **nothing))
        self.method = METHODS[name]

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """There is nothing to open: see :func:`classical`."""
        raise NotImplementedError

    def preprocess(self, inputs: Any, *, seed: int = 0, hold_mels: int = 0) -> PreparedMels:
        """Reads a clip or mels."""
        return self.prepare(inputs, seed=seed, hold_mels=hold_mels)

    def pieces(self, prepared: PreparedMels) -> Iterator[np.ndarray]:
        """The whole waveform."""
        yield self.method(prepared.mels, prepared.seed)


def classical(name: str) -> Classical:
    """A method by its name in :data:`METHODS`.

    Raises:
        UnknownModelError: There is none of that name.
    """
    if name not in METHODS:
        raise UnknownModelError(
            "unknown_model", expected=", ".join(METHODS), got=str(name)[:80], hint="Take one of these."
        )
    return Classical(name)
