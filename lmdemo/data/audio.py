"""Sound: a visitor's clip, checked before it is decoded; resampling; log-mel features in plain numpy; AN4."""

import functools
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
import soundfile
from scipy.signal import resample_poly

from lmdemo.errors import DataError, InputError

SAMPLING_RATE = 16_000
LOWEST_RATE = 8_000  # below, the sounds that tell s from f are not recorded at all
MOST_CHANNELS = 8
SILENCE = 1e-3  # peak, of 1


def read_clip(
    source: Any, *, sampling_rate: int = SAMPLING_RATE, shortest: float = 0.1, longest: float = 30.0
) -> np.ndarray:
    """A clip as mono float32 in -1 to 1, (samples,).

    Args:
        source: A path, or Gradio's pair (sampling_rate, waveform) with a waveform (samples,) or (samples, channels).
        sampling_rate: What it is brought to, in Hz.
        shortest, longest: Allowed length in seconds.

    Raises:
        InputError: It is no sound file, too short or long, silent, sampled too slowly, or has too many channels.
    """
    if isinstance(source, str | Path):
        rate, waveform = _read_file(Path(source), shortest, longest)
    else:
        rate, waveform = _read_pair(source, shortest, longest)
    waveform = waveform.mean(1) if waveform.ndim == 2 else waveform
    if not np.isfinite(waveform).all():
        raise InputError("audio_broken", expected="-1 - 1", got="NaN, inf", hint="Record the clip again.")
    peak = float(np.abs(waveform).max())
    if peak < SILENCE:
        raise InputError(
            "audio_silent",
            expected=f"> {20 * np.log10(SILENCE):.0f} dB",
            got=f"{20 * np.log10(peak):.0f} dB" if peak else "-∞ dB",
            hint="Check the microphone and speak up.",
        )
    return resample(waveform.astype(np.float32), rate, sampling_rate)


def _check_shape(rate: int, frames: int, channels: int, shortest: float, longest: float) -> None:
    if not LOWEST_RATE <= rate <= 192_000:
        raise InputError(
            "audio_rate",
            expected=f"{LOWEST_RATE:,} - 192,000 Hz",
            got=f"{rate:,} Hz",
            hint="Record at 16,000 Hz or more.",
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise InputError(
            "audio_channels",
            expected=f"1 - {MOST_CHANNELS}",
            got=str(channels),
            hint="Mix the clip down to one channel.",
        )
    if not shortest <= frames / rate <= longest:
        raise InputError(
            "audio_length",
            expected=f"{shortest:g} - {longest:g} s",
            got=f"{frames / rate:.2f} s",
            hint="Give a clip of this length.",
        )


def _read_file(path: Path, shortest: float, longest: float) -> tuple[int, np.ndarray]:
    try:
        info = soundfile.info(str(path))  # reads the header only
        _check_shape(info.samplerate, info.frames, info.channels, shortest, longest)
        waveform, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        raise InputError(
            "audio_not_readable",
            expected="WAV, FLAC, OGG, MP3",
            got=f"{path.name[-40:]}",
            hint="Save the recording in one of these formats.",
        ) from error
    _check_shape(rate, len(waveform), waveform.shape[1], shortest, longest)  # headers of broken files say other things
    return rate, waveform


def _read_pair(source: Any, shortest: float, longest: float) -> tuple[int, np.ndarray]:
    try:
        rate, waveform = source
        rate, waveform = int(rate), np.asarray(waveform)
        if waveform.ndim not in (1, 2) or waveform.dtype.kind not in "iuf":
            raise ValueError(f"{waveform.dtype}, {waveform.ndim} axes")
    except (TypeError, ValueError) as error:
        raise InputError(
            "audio_type",
            expected="WAV, FLAC, OGG, MP3; (sampling_rate, waveform)",
            got=type(source).__name__,
            hint="Record a clip or choose a file.",
        ) from error
    _check_shape(rate, len(waveform), waveform.shape[1] if waveform.ndim == 2 else 1, shortest, longest)
    if waveform.dtype.kind == "i":
        waveform = waveform / -float(np.iinfo(waveform.dtype).min)
    elif waveform.dtype.kind == "u":
        waveform = waveform / (np.iinfo(waveform.dtype).max / 2) - 1
    return rate, waveform


def resample(waveform: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Brings (samples,) from ``rate`` to ``wanted`` Hz with a low-pass filter against aliasing."""
    if rate == wanted:
        return waveform
    divisor = int(np.gcd(rate, wanted))
    return resample_poly(waveform, wanted // divisor, rate // divisor).astype(np.float32)


# -- features ----------------------------------------------------------------------------------------------------------


def mel_edges(num_mels: int, lowest: float = 20.0, highest: float = SAMPLING_RATE / 2) -> np.ndarray:
    """Where bands that are even on the HTK mel scale begin, have their middle and end, in Hz, (num_mels + 2,)."""
    mels = np.linspace(*(2595 * np.log10(1 + f / 700) for f in (lowest, highest)), num_mels + 2)
    return 700 * (10 ** (mels / 2595) - 1)


@functools.cache
def mel_filters(
    num_mels: int, n_fft: int, sampling_rate: int, lowest: float = 20.0, highest: float | None = None
) -> np.ndarray:
    """Triangles of equal height on the HTK mel scale, (n_fft // 2 + 1, num_mels)."""
    edges = mel_edges(num_mels, lowest, highest or sampling_rate / 2)
    hertz = np.linspace(0, sampling_rate / 2, n_fft // 2 + 1)[:, None]
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    filters.setflags(write=False)
    return filters


def log_mel(
    waveform: np.ndarray,
    *,
    num_mels: int = 40,
    n_fft: int = 512,
    window: int = 400,
    hop: int = 160,
    sampling_rate: int = SAMPLING_RATE,
) -> np.ndarray:
    """Natural logarithm of the mel power spectrogram, (..., samples) -> (..., frames, num_mels), a frame every ``hop`` samples.

    Frames are centred: the clip is padded by reflection, so that there are ``samples // hop + 1``.
    """
    half, others = n_fft // 2, [(0, 0)] * (waveform.ndim - 1)
    padded = np.pad(waveform, [*others, (half, half)], mode="reflect" if waveform.shape[-1] > half else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft, axis=-1)[..., ::hop, :]
    hann = np.pad(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window), (n_fft - window) // 2).astype(np.float32)
    spectrum = scipy.fft.rfft(frames * hann, axis=-1)  # stays in single precision
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(power @ mel_filters(num_mels, n_fft, sampling_rate) + np.float32(1e-6))


# -- AN4 ---------------------------------------------------------------------------------------------------------------


class Utterance(NamedTuple):
    """A recording, who spoke, and what was said in lower case."""

    path: Path
    speaker: str
    text: str


def read_an4(folder: Path | None, split: str) -> list[Utterance]:
    """AN4's utterances; ``val`` is the last 8 speaker folders by name, ``train`` the others, ``all`` every one.

    For ``test`` a folder in the same layout is given, whose own lists are read in full.
    """
    lists = sorted((folder / "etc").glob("*.transcription")) if folder is not None else []
    if not lists:
        raise DataError(
            "data_missing",
            expected="etc/*.transcription",
            got=f"no such file in {folder}",
            hint="Name the folder that holds an4_clstk and etc.",
        )
    utterances = []
    for path in lists:
        ids = path.with_suffix(".fileids").read_text(encoding="utf-8").split()
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, (name, line) in enumerate(zip(ids, lines, strict=False), 1):
            said = re.sub(r"\(.*?\)|</?s>", " ", line).lower().split()
            clip = next((p for p in (folder / f"{name}{z}" for z in (".flac", ".wav")) if p.is_file()), None)
            if clip is None or not said:
                raise DataError(
                    "data_layout",
                    expected=f"{name}.flac",
                    got=f"{path.name}, {number}: {line[:60]!r}",
                    hint="Mend or remove this line.",
                )
            utterances.append(Utterance(clip, clip.parent.name, " ".join(said)))
    speakers = sorted({u.speaker for u in utterances})
    held = set(speakers[-8:])
    return [u for u in utterances if split in ("all", "test") or (u.speaker in held) == (split == "val")]


# -- ESC-10: sounds with a label -----------------------------------------------------------------------------------------


class Sound(NamedTuple):
    """A recording, what it is a recording of, and the fold (1 to 5) that it belongs to."""

    path: Path
    label: str
    fold: int


BACKGROUND = ("rain", "sea waves", "helicopter", "chainsaw", "fire crackling")


def read_esc10(folder: Path | None, folds: tuple[int, ...] | None = None) -> list[Sound]:
    """Sounds of ESC-10, in folders such as ``001 - Dog bark``, the fold first in the file's name; all folds by default."""
    found = []
    for kind in sorted(folder.glob("[0-9]* - *")) if folder is not None else []:
        for path in sorted(p for p in kind.iterdir() if p.suffix.lower() in (".ogg", ".wav", ".flac")):
            if not path.name[0].isdigit():
                raise DataError(
                    "data_layout", expected="1-17367-A.ogg", got=path.name[:60], hint="Begin names with the fold."
                )
            found.append(Sound(path, kind.name.split(" - ", 1)[1].lower(), int(path.name[0])))
    if not found:
        raise DataError(
            "data_missing",
            expected="001 - Dog bark/*.ogg",
            got=f"no such file in {folder}",
            hint="Name the folder of esc10-subset.",
        )
    return [s for s in found if folds is None or s.fold in folds]


# -- what a microphone, a room and a line do to a clip: (samples,) in, as many samples out -------------------------------


def crop(clip: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """A piece from anywhere; shorter clips are repeated."""
    clip = np.tile(clip, -(-samples // len(clip)))
    start = rng.integers(0, len(clip) - samples + 1)
    return clip[start : start + samples]


def coloured_noise(samples: int, exponent: float, rng: np.random.Generator) -> np.ndarray:
    """Noise whose power falls as 1 / f^exponent: 0 white, 1 pink, 2 brown."""
    spectrum = rng.standard_normal(samples // 2 + 1) + 1j * rng.standard_normal(samples // 2 + 1)
    spectrum *= np.maximum(np.arange(len(spectrum)), samples * 20 / SAMPLING_RATE) ** (
        -exponent / 2
    )  # flat below 20 Hz
    noise = np.fft.irfft(spectrum, samples)
    return (noise / noise.std()).astype(np.float32)


def add_noise(clip: np.ndarray, noise: np.ndarray, decibels: float) -> np.ndarray:
    """Adds noise so that the clip's power stands this many dB above it."""
    power, other = float(np.mean(clip**2)), float(np.mean(noise**2))
    return clip + noise * np.float32(np.sqrt(power / max(other, 1e-12) / 10 ** (decibels / 10)))


def reverberate(clip: np.ndarray, seconds: float, rng: np.random.Generator, *, direct: float = 0.5) -> np.ndarray:
    """A room: the sound itself and an echo of noise that falls by 60 dB within ``seconds``."""
    from scipy.signal import fftconvolve

    n = int(seconds * SAMPLING_RATE)
    echo = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    echo *= np.sqrt((1 - direct) / max(direct, 1e-3) / np.sum(echo**2))
    echo[0] += 1
    return fftconvolve(clip, echo)[: len(clip)].astype(np.float32)


def change_speed(clip: np.ndarray, factor: float) -> np.ndarray:
    """Plays faster (above 1) or slower, and so higher or lower; the length changes."""
    return np.interp(np.arange(0, len(clip) - 1, factor), np.arange(len(clip)), clip).astype(np.float32)


def limit_band(clip: np.ndarray, low: float, high: float) -> np.ndarray:
    """What a telephone or a cheap microphone leaves: fades out below ``low`` and above ``high`` Hz, 24 dB an octave."""
    hertz = np.maximum(np.fft.rfftfreq(len(clip), 1 / SAMPLING_RATE), 1.0)
    gain = 1 / np.sqrt((1 + (low / hertz) ** 8) * (1 + (hertz / high) ** 8))
    return np.fft.irfft(np.fft.rfft(clip) * gain, len(clip)).astype(np.float32)


def overdrive(clip: np.ndarray, part: float) -> np.ndarray:
    """Cuts the peaks at this part of the highest one, as a recording that was too loud."""
    level = part * float(np.abs(clip).max())
    return np.clip(clip, -level, level)


def disturb(
    clip: np.ndarray, rng: np.random.Generator, noises: list[np.ndarray], *, quietest: float = 0.0
) -> np.ndarray:
    """All of these, each now and then, as hard as ``quietest`` dB of signal above noise at the most."""
    if rng.random() < 0.5:
        clip = reverberate(clip, rng.uniform(0.1, 0.8), rng, direct=rng.uniform(0.3, 0.9))
    if rng.random() < 0.7:
        if noises and rng.random() < 0.5:
            noise = crop(noises[rng.integers(len(noises))], len(clip), rng)
        else:
            noise = coloured_noise(len(clip), rng.uniform(0, 2), rng)
        clip = add_noise(clip, noise, rng.uniform(quietest, 30))
    if rng.random() < 0.5:
        clip = limit_band(clip, rng.uniform(20, 350), rng.uniform(3000, 8000))
    if rng.random() < 0.15:
        clip = overdrive(clip, rng.uniform(0.2, 0.8))
    return clip


def mfcc_statistics(clip: np.ndarray, *, num_coefficients: int = 20) -> np.ndarray:
    """Mean and spread over time of the mel cepstrum without its level, (2 * num_coefficients,): what a baseline hears."""
    return cepstral_statistics(log_mel(clip), num_coefficients)


def cepstral_statistics(log_mel: np.ndarray, num_coefficients: int = 20) -> np.ndarray:
    """The same of log mels (F, M)."""
    coefficients = scipy.fft.dct(log_mel, norm="ortho", axis=1)[:, 1 : num_coefficients + 1]
    return np.concatenate((coefficients.mean(0), coefficients.std(0)))
