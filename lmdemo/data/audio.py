"""Sound: a visitor's clip, checked while it is decoded; resampling; log-mel features in plain numpy; AN4."""

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
from scipy.signal import resample_poly

from lmdemo.data import media
from lmdemo.data.media import ClipFacts
from lmdemo.errors import DataError, InputError

SAMPLING_RATE = 16_000
LOWEST_RATE = 8_000  # below, the sounds that tell s from f are not recorded at all
HIGHEST_RATE, ENOUGH_RATE = 192_000, 48_000  # files beyond the second are brought to it while they are decoded
MOST_CHANNELS = 8
SILENCE = 1e-3  # peak around the mean, of 1
OFFSET = 5e-3  # a mean below is left: half a step of eight bits is 0.004
HAIR, OVERSHOOT = 0.01, 2.0  # beyond full scale: not worth a word; what codecs and effects make of loud sound
BLOCK = 1 << 16  # samples of a channel that are looked at together


def read_clip(
    source: Any, *, sampling_rate: int = SAMPLING_RATE, shortest: float = 0.1, longest: float = 30.0
) -> np.ndarray:
    """A clip as mono float32 in -1 to 1, (samples,): see :func:`open_clip`, which also tells what was understood."""
    return open_clip(source, sampling_rate=sampling_rate, shortest=shortest, longest=longest)[0]


def open_clip(
    source: Any, *, sampling_rate: int = SAMPLING_RATE, shortest: float = 0.1, longest: float = 30.0
) -> tuple[np.ndarray, ClipFacts]:
    """A clip as mono float32 in -1 to 1, (samples,), and what was understood of it.

    Args:
        source: A path, or Gradio's pair (sampling_rate, waveform) with a waveform (samples,) or (samples, channels).
        sampling_rate: What it is brought to, in Hz.
        shortest, longest: Allowed length in seconds.

    Raises:
        InputError: It is no sound file, damaged or cut off, too short or long, silent, sampled too slowly, out of range, or
            has too many channels.
    """
    if isinstance(source, str | Path):
        waveform, rate, facts = _read_file(Path(source), shortest, longest)
    else:
        waveform, rate, facts = _read_pair(source, shortest, longest)
    changed = list(facts.changed)
    offset = float(waveform.mean(dtype=np.float64))
    peak = max(float(waveform.max()) - offset, offset - float(waveform.min()))  # a constant can't be heard
    if peak < SILENCE:
        raise InputError(
            "audio_silent",
            expected=f"> {20 * np.log10(SILENCE):.0f} dB",
            got=f"{20 * np.log10(peak):.0f} dB" if peak > 1e-6 else "-∞ dB",
            hint="Check the microphone and speak up.",
        )
    if abs(offset) > OFFSET:
        waveform, changed = waveform - np.float32(offset), [*changed, "offset"]
        peak = float(np.abs(waveform).max())
    if peak > 1 + HAIR:
        waveform, changed = waveform / np.float32(peak), [*changed, "loud"]
    return resample(waveform, rate, sampling_rate), replace(facts, changed=tuple(changed))


def _check_shape(rate: int, channels: int) -> None:
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise InputError(
            "audio_rate",
            expected=f"{LOWEST_RATE:,} - {HIGHEST_RATE:,} Hz",
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


def _check_length(seconds: float, shortest: float, longest: float, got: str = "") -> None:
    if not shortest <= seconds <= longest:
        raise InputError(
            "audio_length",
            expected=f"{shortest:g} - {longest:g} s",
            got=got or f"{seconds:.2f} s",
            hint="Give a clip of this length.",
        )


def _check_range(low: float, high: float) -> None:
    """Whether samples can be sound as we know it: 0 to 1, somewhat beyond, or the range of 16 bits."""
    peak = max(-low, high)
    if not np.isfinite(peak):
        raise _damaged("NaN, inf")
    if OVERSHOOT < peak < 256 or peak > 2**15:
        raise InputError(
            "audio_range",
            expected="-1 - 1; -32,768 - 32,767",
            got=f"{low:,.5g} - {high:,.5g}",
            hint="Scale the samples first.",
        )


def _cancel(mixed: float, alone: np.ndarray) -> bool:
    """Whether channels cancel each other: their mean is quieter than the loudest alone would leave it."""
    return bool(mixed < 0.5 * alone.max() / len(alone))


# -- files -------------------------------------------------------------------------------------------------------------


def _read_file(path: Path, shortest: float, longest: float) -> tuple[np.ndarray, int, ClipFacts]:
    waveform, rate, levels, facts = _decode(path, shortest, longest)
    changed = facts.changed
    if facts.channels > 1 and _cancel(levels[-1], levels[:-1]):
        waveform, rate, _, _ = _decode(path, shortest, longest, int(levels[:-1].argmax()))
        changed += ("one_channel",)
    _check_range(float(waveform.min()), float(waveform.max()))
    if max(-waveform.min(), waveform.max()) > OVERSHOOT:
        waveform /= 2**15
        changed += ("range",)
    return waveform, rate, replace(facts, changed=changed)


def _decode(
    path: Path, shortest: float, longest: float, channel: int | None = None
) -> tuple[np.ndarray, int, np.ndarray, ClipFacts]:
    """A file's mean over channels, or one of them, up to its end or just beyond ``longest``; nothing is kept twice.

    Returns:
        (samples,) float32; its rate, of 48,000 Hz at the most; how loud each channel and at last the mean is; what it is.
    """
    waveform, sums, filled, rate, came, channels = np.empty(0, np.float32), np.zeros((2, 1)), 0, 1, 0, 1
    with media.opened(path, "audio") as file:
        for block, came in _blocks(file):
            if not filled:
                rate, channels = min(came, ENOUGH_RATE), block.shape[1]
                waveform, sums = np.empty(int(longest * rate) + 1, np.float32), np.zeros((2, channels + 1))
            columns = np.column_stack((block, block.mean(1)))[: len(waveform) - filled]
            sums += columns.sum(0), np.square(columns).sum(0)
            waveform[filled : filled + len(columns)] = columns[:, -1 if channel is None else channel]
            filled += len(columns)
            if filled == len(waveform):
                break
    if not filled and file.damaged:
        raise _damaged(f"{file.kind} without a sample that can be decoded")
    seconds, said = filled / rate, file.said_seconds
    _check_length(seconds, 0, longest, f"{said:.0f} s" if said and said > longest else f"> {longest:g} s")
    if said is not None and seconds < 0.95 * said - 0.1:
        raise InputError(
            "audio_cut_off",
            expected=f"{said:.1f} s",
            got=f"{seconds:.1f} s",
            hint="The file holds less than it says; save or send it again, and wait until that is done.",
        )
    _check_length(seconds, shortest, longest)
    mean, square = sums / max(1, filled)
    changed = ("open_end",) * file.open_end + ("damaged",) * (file.damaged > 1)  # the last packet is often half a one
    facts = ClipFacts(file.kind, seconds, came, channels, changed)
    return waveform[:filled], rate, np.sqrt(np.maximum(square - mean**2, 0)), facts


def _blocks(file: media.Media) -> Iterator[tuple[np.ndarray, int]]:
    """What is decoded, (samples, channels) float64 at 48,000 Hz at the most, with the rate that came."""
    from av import AudioResampler, FFmpegError

    resampler, came = None, 0
    for frame in itertools.chain(file.frames(), (None,)):
        if resampler is None:
            if frame is None:
                return
            came, channels = frame.sample_rate, frame.layout.nb_channels
            _check_shape(came, channels)
            # Packed: PyAV (tried: 18.1) reads past the end of eight planes.
            resampler = AudioResampler(format="flt", rate=min(came, ENOUGH_RATE), frame_size=BLOCK)
        try:
            resampled = resampler.resample(frame)
        except (FFmpegError, ValueError):  # its rate or channels change on the way
            raise _damaged("another rate or number of channels on the way") from None
        for block in resampled:
            samples = block.to_ndarray().reshape(-1, channels).astype(np.float64)
            if not np.isfinite(samples).all():
                raise _damaged("NaN, inf")
            yield samples, came


def _damaged(got: str) -> InputError:
    return InputError("audio_broken", expected="-1 - 1", got=got, hint="Save, send or record it again.")


# -- samples -----------------------------------------------------------------------------------------------------------


def _read_pair(source: Any, shortest: float, longest: float) -> tuple[np.ndarray, int, ClipFacts]:
    try:
        rate, waveform = source
        rate, waveform = int(rate), np.asarray(waveform)
        if waveform.ndim not in (1, 2) or waveform.dtype.kind not in "iuf":
            raise ValueError(f"{waveform.dtype}, {waveform.ndim} axes")
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            "audio_type",
            expected=f"{media.READABLE['audio']}; (sampling_rate, waveform)",
            got=type(source).__name__,
            hint="Record a clip or choose a file.",
        ) from error
    changed: tuple[str, ...] = ()
    if waveform.ndim == 1:
        waveform = waveform[:, None]
    elif waveform.shape[0] <= MOST_CHANNELS < waveform.shape[1]:
        waveform, changed = waveform.T, ("turned",)
    _check_shape(rate, waveform.shape[1])
    seconds = len(waveform) / rate
    _check_length(seconds, shortest, longest)
    facts = ClipFacts("samples", seconds, rate, waveform.shape[1])
    samples, ranged = _to_float(waveform)
    changed += ("range",) if ranged else ()
    mixed = samples.mean(1)
    if samples.shape[1] > 1:
        alone = np.array([channel.std() for channel in samples.T])
        if _cancel(float(mixed.std()), alone):
            mixed, changed = samples[:, alone.argmax()], (*changed, "one_channel")
    return mixed, rate, replace(facts, changed=changed)


def _to_float(samples: np.ndarray) -> tuple[np.ndarray, bool]:
    """Samples of any type as float32 around -1 to 1, and whether their range was another than their type's.

    A list of numbers out of JSON becomes wide integers, whatever the recorder's were: the fewest bits that hold them count.
    """
    low, high = samples.min(), samples.max()
    if samples.dtype.kind == "f":
        _check_range(float(low), float(high))
        ranged = max(-float(low), float(high)) > OVERSHOOT
        samples = samples.astype(np.float32, copy=False)
        return samples / np.float32(2**15) if ranged else samples, ranged
    unsigned, own = samples.dtype.kind == "u", samples.dtype.itemsize * 8
    peak = int(high) + 1 >> 1 if unsigned else max(-int(low), int(high))
    bits = own if own <= 16 else next((b for b in (16, 24, 32) if peak <= 2 ** (b - 1)), 0)
    if not bits:
        raise InputError(
            "audio_range",
            expected="-1 - 1; -32,768 - 32,767",
            got=f"{int(low):,} - {int(high):,}",
            hint="Scale the samples first.",
        )
    half = 2 ** (bits - 1)
    return (samples.astype(np.float32) - (half if unsigned else 0)) / np.float32(half), bits != own


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
        try:
            ids = path.with_suffix(".fileids").read_text(encoding="utf-8").split()
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                "data_missing",
                expected=f"etc/{path.stem}.fileids, etc/{path.name}: UTF-8",
                got=str(error)[:100],
                hint="Copy or download both files again.",
            ) from error
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
    if not utterances:
        raise DataError(
            "data_layout", expected="etc/*.transcription", got="0 lines", hint="Copy or download the set again."
        )
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
    found = [s for s in found if folds is None or s.fold in folds]
    if not found:
        raise DataError(
            "data_missing",
            expected="001 - Dog bark/*.ogg" if folds is None else f"001 - Dog bark/{folds[0]}-*.ogg",
            got=f"no such file in {folder}",
            hint="Name the folder of esc10-subset.",
        )
    return found


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
