"""Synthetic clips for examples and tests: voices from a source and formants, sounds and tunes from formulas.

No recording is in them. A voice is a sum of harmonics under an envelope of resonances (Fant's source-filter model); it speaks
syllables without sense. It tells one *synthetic* speaker from another, and says nothing about how well real ones are told apart.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from scipy.signal import lfilter

from lmdemo.data.audio import SAMPLING_RATE, add_noise, coloured_noise, limit_band, reverberate

VOWELS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
    "y": (490, 1350, 1690),
    "E": (660, 1720, 2410),
}  # formants in Hz (Peterson and Barney 1952)
FRICATIVES = {"s": 6000.0, "S": 3500.0, "f": 4500.0, "": 0.0}


class Voice(NamedTuple):
    """What makes a voice: pitch and its range in Hz, length of the vocal tract (1 is an average man's), fall of the source in dB an
    octave, breath, syllables a second, and where the upper resonances lie.
    """

    pitch: float
    range: float
    tract: float
    tilt: float
    breath: float
    rate: float
    upper: tuple[float, float]


def voice(number: int) -> Voice:
    """A voice of its own for every number; even ones are deeper."""
    rng = np.random.default_rng(1000 + number)
    low = number % 2 == 0
    return Voice(
        pitch=rng.uniform(85, 135) if low else rng.uniform(165, 240),
        range=rng.uniform(8, 40),
        tract=rng.uniform(0.92, 1.1) if low else rng.uniform(0.78, 0.92),
        tilt=rng.uniform(-15, -6),
        breath=rng.uniform(0.002, 0.05),
        rate=rng.uniform(3.2, 5.5),
        upper=(rng.uniform(3200, 3900), rng.uniform(4200, 5200)),
    )


def speak(number: int, text: int, seconds: float = 3.0) -> np.ndarray:
    """A voice says a run of syllables, (samples,); ``text`` chooses them."""
    who, rng = voice(number), np.random.default_rng(text)
    n = round(seconds * SAMPLING_RATE)
    frames = n // 160 + 2  # envelopes change every 10 ms
    formants, loud, hiss, hiss_at = np.zeros((frames, 3)), np.zeros(frames), np.zeros(frames), np.full(frames, 4000.0)
    at = 0
    while at < frames:
        length = max(8, int(100 / who.rate * rng.uniform(0.7, 1.4)))
        consonant, vowel = rng.choice(list(FRICATIVES)), rng.choice(list(VOWELS))
        start, end = at, min(frames, at + length)
        formants[start:end] = VOWELS[vowel]
        shape = np.sin(np.pi * np.linspace(0.05, 0.95, end - start)) ** 0.5
        quiet = max(1, int(0.3 * (end - start))) if consonant else max(1, int(0.1 * (end - start)))
        loud[start:end] = shape
        loud[start : start + quiet] *= 0.03
        if consonant:
            hiss[start : start + quiet], hiss_at[start : start + quiet] = 0.25, FRICATIVES[consonant]
        at = end + (int(rng.integers(5, 15)) if rng.random() < 0.12 else 0)
    smooth = np.hanning(9) / np.hanning(9).sum()
    formants[formants[:, 0] == 0] = VOWELS["y"]
    formants = np.stack([np.convolve(np.pad(f, 4, mode="edge"), smooth, "valid") for f in formants.T], 1) / who.tract
    loud, hiss = (np.convolve(np.pad(v, 4), smooth, "valid") for v in (loud, hiss))

    times, here = np.arange(n), np.arange(frames) * 160
    drift = (
        np.interp(times, np.linspace(0, n, 7), rng.normal(0, 1, 7)) * who.range + np.linspace(0.1, -0.15, n) * who.pitch
    )
    pitch = np.maximum(60, who.pitch + drift)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLING_RATE
    pitch_here = np.interp(here, times, pitch)
    wave = np.zeros(n)
    for k in range(1, int(7600 / pitch.min())):
        level = _envelope(k * pitch_here, formants, who) * loud
        wave += np.interp(times, here, np.where(k * pitch_here < 7800, level, 0)) * np.cos(k * phase + k * k * 0.3)
    noise = np.fft.rfft(rng.standard_normal(n))
    hertz = np.fft.rfftfreq(n, 1 / SAMPLING_RATE)
    for centre in set(FRICATIVES.values()) - {0.0}:
        band = np.fft.irfft(noise * np.exp(-(((hertz - centre / who.tract**0.5) / 1500) ** 2)), n)
        wave += band / band.std() * np.interp(times, here, hiss * (hiss_at == centre)) * 0.3
    wave += who.breath * rng.standard_normal(n) * np.interp(times, here, loud) + 0.0005 * rng.standard_normal(n)
    return _level(wave)


def _envelope(hertz: np.ndarray, formants: np.ndarray, who: Voice) -> np.ndarray:
    """How loud a harmonic at ``hertz`` (frames,) is between these resonances (frames, 3)."""
    level = 10 ** (who.tilt * np.log2(np.maximum(hertz, 60) / 100) / 20)
    for i, centre in enumerate((*formants.T, who.upper[0] / who.tract, who.upper[1] / who.tract)):
        width = 50 + 40 * i
        level = level * (1 + 6 / (1 + ((hertz - centre) / width) ** 2))
    return level


def sound(kind: str, seed: int, seconds: float = 5.0) -> np.ndarray:
    """``rain``, ``clock tick``, ``helicopter``, ``sea waves``, ``fire crackling``, ``chainsaw``, or a tune of ``bells`` or ``strings``."""
    rng, n = np.random.default_rng(seed), round(seconds * SAMPLING_RATE)
    t = np.arange(n) / SAMPLING_RATE
    if kind == "rain":
        drops = (rng.random(n) < 0.02) * rng.exponential(1, n)
        return _level(coloured_noise(n, 0.5, rng) * 0.5 + lfilter([1], [1, -0.6], drops) * 2)
    if kind == "sea waves":
        return _level(
            coloured_noise(n, 1.2, rng) * (0.25 + np.sin(np.pi * (t / rng.uniform(3, 4.5) + rng.random())) ** 4)
        )
    if kind == "clock tick":
        clicks, every = np.zeros(n), rng.uniform(0.45, 0.55)
        for i, start in enumerate(np.arange(0.1, seconds - 0.05, every)):
            at, m = int(start * SAMPLING_RATE), 600
            ring = np.sin(2 * np.pi * (2600 if i % 2 else 3100) * t[:m]) + 0.5 * rng.standard_normal(m)
            clicks[at : at + m] += (ring * np.exp(-t[:m] * 250))[: n - at]
        return _level(clicks + 0.002 * rng.standard_normal(n))
    if kind == "helicopter":
        beat = np.maximum(0, np.sin(2 * np.pi * rng.uniform(10, 14) * t)) ** 3
        return _level(coloured_noise(n, 1.5, rng) * (0.2 + beat))
    if kind == "fire crackling":
        clicks = (rng.random(n) < 0.0008) * rng.exponential(1, n) * rng.choice([-1, 1], n)
        return _level(lfilter([1], [1, -0.3], clicks) * 3 + coloured_noise(n, 1.5, rng) * 0.05)
    if kind == "chainsaw":
        speed = 95 + 25 * np.interp(t, np.linspace(0, seconds, 8), rng.random(8))
        phase = 2 * np.pi * np.cumsum(speed) / SAMPLING_RATE
        buzz = sum(np.cos(k * phase + rng.uniform(0, 6)) / k**0.5 for k in range(1, 60))
        return _level(buzz + coloured_noise(n, 0.3, rng) * 1.5)
    wave = np.zeros(n)
    overtones = (1, 2.76, 5.4, 8.93) if kind == "bells" else (1, 2, 3, 4, 5, 6)
    for start in np.arange(0, seconds - 0.3, rng.uniform(0.2, 0.35)):
        at, base = int(start * SAMPLING_RATE), 220 * 2 ** (rng.integers(0, 25) / 12)
        for k, ratio in enumerate(overtones):
            wave[at:] += np.sin(2 * np.pi * base * ratio * t[: n - at]) * np.exp(-t[: n - at] * (2 + 2 * k)) / (k + 1)
    return _level(wave)


def _level(wave: np.ndarray) -> np.ndarray:
    return (0.7 * wave / np.abs(wave).max()).astype(np.float32)


def examples() -> dict[str, np.ndarray]:
    """The page's examples by name."""
    clips = {f"voice-{v}-{k}": speak(v, 10 * v + k, 2.5) for v in range(4) for k in range(3)}
    rng = np.random.default_rng(0)
    room = reverberate(clips["voice-1-2"], 0.5, rng, direct=0.5)
    clips["voice-1-room"] = _level(add_noise(room, coloured_noise(len(room), 1.0, rng), 10))
    clips["voice-1-line"] = _level(limit_band(clips["voice-1-1"], 300, 3400))
    clips["talk"] = np.concatenate([speak(v, 50 + i, 3.0) for i, v in enumerate((0, 1, 0, 3, 1))])
    clips |= {
        kind.replace(" ", "-"): sound(kind, 3, 5.0)
        for kind in ("rain", "clock tick", "sea waves", "fire crackling", "bells", "strings")
    }
    return clips


if __name__ == "__main__":
    for _name, _clip in examples().items():
        soundfile.write(
            Path(__file__).parents[2] / "demos" / "tabs" / "audio" / "siamese" / "examples" / f"{_name}.ogg",
            _clip,
            SAMPLING_RATE,
            compression_level=0.6,
        )
