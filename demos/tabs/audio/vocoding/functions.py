"""What the functions of WaveNet, WaveRNN and WaveGlow share, and one that compares them all."""

from pathlib import Path
from typing import Any

import numpy as np

import lmdemo
from demos.core.endpoints import ClipFile
from lmdemo.adapters.outputs import Audio
from lmdemo.catalog import MODELS
from lmdemo.errors import InputError

NETWORKS = tuple(m for m in ("wavenet", "wavernn", "waveglow") if m in MODELS)  # those that are trained
CLASSICAL = ("griffin-lim", "lpc-pulses", "lpc-noise")
FOLDER = Path(__file__).parent / "examples"
EXAMPLES = ("lj", "reader", "unheard", "strings")


def vocoders_compare(clip: ClipFile, lang: str = "en") -> dict:
    """Lets our vocoders and three methods without a network speak the mels of one clip.

    Args:
        clip: A clip of 0.1 to 30 seconds (WAV, FLAC, OGG, MP3).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By method: log_mel_error (mean difference of the natural logarithms), times_real_time, and engine (numba, torch or scipy).
    """
    first = lmdemo.load(NETWORKS[0])
    truth = first.mel(given(clip))
    found = {}
    for method in (*NETWORKS, *CLASSICAL):
        result = vocoder(method)(truth)
        error = mel_error(truth, first.analyse(result.waveform))
        found[method] = {
            "log_mel_error": round(error, 4),
            "times_real_time": round(result.times_real_time, 2),
            "engine": result.engine,
        }
    return found


def vocoder(method: str) -> Any:
    """One of our networks, or a method without one."""
    if method in NETWORKS:
        return lmdemo.load(method)
    from lmdemo.adapters.vocoding import classical

    return classical(method)


def mel_error(truth: np.ndarray, made: np.ndarray) -> float:
    """The mean difference of two log-mel spectrograms (F, M), over the frames that both have."""
    size = min(len(truth), len(made))
    return float(np.abs(truth[:size].astype(np.float32) - made[:size]).mean())


def spoken(network: str, source: str, clip: str | None, **options: float) -> tuple[int, np.ndarray]:
    """A clip's mels spoken by one of our networks with its options, or by the hub's, which has none."""
    return sound(lmdemo.load(network, source=source)(given(clip), **(options if source == "scratch" else {})))


def sound(result: Audio) -> tuple[int, np.ndarray]:
    """A result as an endpoint gives it."""
    return result.sampling_rate, np.round(result.waveform * 32767).astype(np.int16)


def joined(pieces: Any) -> tuple[int, np.ndarray]:
    """Pieces of a result as an endpoint gives it."""
    every = [sound(piece) for piece in pieces]
    return every[0][0], np.concatenate([samples for _, samples in every])


def given(path: str | None) -> str:
    """A clip's path, which must be there."""
    if not path:
        raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
    return path


def path(example: str) -> str:
    """The file of an example."""
    return str(FOLDER / f"{example}.flac")
