"""What vocoders start from: mels, and what can be told from mels alone.

A vocoder gets a log-mel spectrogram and gives the sound back. From the mels follow, without any network, the envelope of the
spectrum (as a linear predictor of order 16 and its gain), the pitch, and where in its period each sample lies. A network that
is told these has only the rest to learn. A source-filter idea, as in LPCNet (Valin, Skoglund, 2019, arXiv:1810.11846) and in
neural source-filter models (Wang, Takaki, Yamagishi, 2019, arXiv:1810.11946).

Shapes: S samples at 16 kHz, F frames of ``HOP`` samples, S = F * HOP; frame f is centred on the middle of its hop.
"""

import functools
from typing import Any, NamedTuple

import numpy as np
import scipy.fft
from scipy.signal import butter, lfilter, sosfilt

from lmdemo.data.audio import SAMPLING_RATE, mel_filters

NUM_MELS, HOP, WINDOW, N_FFT = 80, 200, 800, 1024
FLOOR = 1e-6  # of a mel band's power
ORDER = 16  # of the predictor
PREEMPHASIS = 0.85
LEVELS = 256  # of mu-law
LOWEST, HIGHEST = 70.0, 400.0  # Hz, of the pitch
PITCHES = np.exp(np.linspace(np.log(LOWEST), np.log(HIGHEST), 160))
VOICED = 7.0  # strength of the pitch above which a frame counts as voiced
CLEAR = 14.0  # strength of a pitch that is clear
HARMONIC_BINS = 70  # of the spectrum, in which the pitch is looked for: up to 1.1 kHz
PHASES = 48  # parts of a period


# -- mels --------------------------------------------------------------------------------------------------------------


def whole_hops(waveform: np.ndarray) -> np.ndarray:
    """A clip cut to whole frames, without what is below speech (70 Hz)."""
    clean = sosfilt(butter(2, 70, "highpass", fs=SAMPLING_RATE, output="sos"), waveform).astype(np.float32)
    return clean[: len(clean) // HOP * HOP]


def _frames(waveform: np.ndarray) -> np.ndarray:
    """(S,) -> windows (F, N_FFT), each centred on the middle of its hop."""
    padded = np.pad(waveform, ((N_FFT - HOP) // 2, N_FFT))
    count = len(waveform) // HOP
    return np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][:count] * window()


@functools.cache
def window() -> np.ndarray:
    """The Hann window in the middle of the transform, (N_FFT,)."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return np.pad(hann, (N_FFT - WINDOW) // 2)


def filters() -> np.ndarray:
    """Triangles on the mel scale, (N_FFT // 2 + 1, NUM_MELS), from 0 Hz to the half of the sampling rate."""
    return mel_filters(NUM_MELS, N_FFT, SAMPLING_RATE, 0.0)


def spectrum(waveform: np.ndarray) -> np.ndarray:
    """What the mels are made of: (S,) -> (F, N_FFT // 2 + 1), complex."""
    return scipy.fft.rfft(_frames(waveform), axis=1)


def from_spectrum(frames: np.ndarray) -> np.ndarray:
    """The sound whose :func:`spectrum` comes nearest (Griffin, Lim, 1984): windows added up, (F, N_FFT // 2 + 1) -> (S,)."""
    edge, hops = (N_FFT - WINDOW) // 2, WINDOW // HOP
    inside = window()[edge : edge + WINDOW]
    parts = scipy.fft.irfft(frames, N_FFT, axis=1)[:, edge : edge + WINDOW] * inside
    total, weight = np.zeros((len(frames) + hops - 1, HOP)), np.zeros((len(frames) + hops - 1, HOP))
    for k in range(hops):
        total[k : k + len(frames)] += parts[:, k * HOP : (k + 1) * HOP]
        weight[k : k + len(frames)] += inside[k * HOP : (k + 1) * HOP] ** 2
    start = (WINDOW - HOP) // 2
    return (total / np.maximum(weight, 1e-3)).ravel()[start : start + len(frames) * HOP]


def mels(waveform: np.ndarray) -> np.ndarray:
    """Natural logarithm of the mel power spectrogram: (S,) -> (F, NUM_MELS), float32."""
    found = spectrum(waveform)
    power = found.real**2 + found.imag**2
    return np.log(np.maximum(power @ filters(), FLOOR)).astype(np.float32)


def power(mel: np.ndarray, steps: int) -> np.ndarray:
    """A power spectrum (F, N_FFT // 2 + 1) that has these mels: the bands interpolated, then shared out again and again in
    proportion to what each bin has (Lee, Seung, 1999), which keeps every bin above zero.
    """
    area, between = _between()
    wanted, weights = np.exp(mel.astype(float)), filters().astype(float)
    made = np.exp((mel - np.log(area)) @ between)
    whole = weights.sum(1)
    for _ in range(steps):
        made[:, whole > 0] *= ((wanted / (made @ weights)) @ weights.T / np.maximum(whole, 1e-9))[:, whole > 0]
    return made


def held(waveform: np.ndarray, mel: np.ndarray) -> np.ndarray:
    """A sound (S,) brought nearer to the mels (F, NUM_MELS) that it was made from, band by band."""
    off = np.clip((mel - mels(waveform)) / 2, -4, 4)  # of the size, not of the power
    return from_spectrum(spectrum(waveform) * np.exp(off @ _between()[1]))


# -- the envelope ------------------------------------------------------------------------------------------------------


class Envelope(NamedTuple):
    """What shapes the sound: predictor (F, ORDER), in which row k weighs the sample k + 1 back, and gain (S,)."""

    predictor: np.ndarray
    gain: np.ndarray


@functools.cache
def _between() -> tuple[np.ndarray, np.ndarray]:
    """Each band's area, and the matrix that interpolates bands to bins, (NUM_MELS, N_FFT // 2 + 1)."""
    area = filters().sum(0).astype(float)
    centre = (filters() * np.arange(N_FFT // 2 + 1)[:, None]).sum(0) / area
    bins = np.arange(N_FFT // 2 + 1)
    return area, np.stack([np.interp(bins, centre, row) for row in np.eye(NUM_MELS)])


def envelope(mel: np.ndarray) -> Envelope:
    """The linear predictor of the pre-emphasised signal that the mels describe, by Levinson and Durbin."""
    area, between = _between()
    power = np.exp((mel - np.log(area)) @ between)
    turn = np.exp(-2j * np.pi * np.arange(N_FFT // 2 + 1) / N_FFT)
    correlation = scipy.fft.irfft(power * np.abs(1 - PREEMPHASIS * turn) ** 2, axis=1)[:, : ORDER + 1]
    smooth = correlation.copy()
    smooth[:, 0] = smooth[:, 0] * 1.0001 + 1e-5
    smooth *= np.exp(-0.5 * (2 * np.pi * 30 / SAMPLING_RATE * np.arange(ORDER + 1)) ** 2)  # a lag window of 30 Hz
    weights, error = np.zeros((len(mel), ORDER)), smooth[:, 0].copy()
    for i in range(ORDER):
        reflection = (smooth[:, i + 1] - (weights[:, :i] * smooth[:, i:0:-1]).sum(1)) / error
        weights[:, :i] -= reflection[:, None] * weights[:, :i][:, ::-1]
        weights[:, i] = reflection
        error *= 1 - reflection**2
    left = np.maximum(correlation[:, 0] - (weights * correlation[:, 1:]).sum(1), 1e-12)
    return Envelope(weights.astype(np.float32), _to_samples(np.sqrt(left / (window() ** 2).sum())) + 1e-4)


def _to_samples(values: np.ndarray) -> np.ndarray:
    """Values at the middle of each frame, interpolated: (F,) -> (S,)."""
    middles = np.arange(len(values)) * HOP + HOP / 2
    return np.interp(np.arange(len(values) * HOP), middles, values)


def preemphasis(waveform: np.ndarray) -> np.ndarray:
    """Lifts high tones: y_t = x_t - PREEMPHASIS x_(t-1)."""
    return lfilter([1, -PREEMPHASIS], [1], waveform).astype(np.float32)


def deemphasis(signal: np.ndarray) -> np.ndarray:
    """Takes :func:`preemphasis` back."""
    return Mouth().deemphasis(signal)


def residual(signal: np.ndarray, predictor: np.ndarray) -> np.ndarray:
    """What the predictor leaves of a pre-emphasised signal: (S,), (F, ORDER) -> (S,)."""
    history = np.lib.stride_tricks.sliding_window_view(np.pad(signal, (ORDER, 0)), ORDER)[:-1, ::-1]
    return (signal - (history * np.repeat(predictor, HOP, 0)).sum(1)).astype(np.float32)


class Mouth:
    """The way from an excitation to a waveform, piece by piece: it goes on from the samples before."""

    def __init__(self) -> None:
        self.before, self.last = np.zeros(ORDER), 0.0

    def predicted(self, excitation: np.ndarray, predictor: np.ndarray) -> np.ndarray:
        """Takes :func:`residual` back: (S,), (F, ORDER) -> (S,)."""
        made = np.empty_like(excitation, dtype=np.float64)
        for f, weights in enumerate(predictor.astype(np.float64)):
            part = slice(f * HOP, (f + 1) * HOP)
            feedback = np.concatenate([[1.0], -weights])
            # lfilter's state of an all-pole filter follows from the last ORDER outputs, newest first.
            start = np.array([(weights[k:] * self.before[: ORDER - k]).sum() for k in range(ORDER)])
            made[part], _ = lfilter([1.0], feedback, excitation[part], zi=start)
            self.before = made[part][::-1][:ORDER]
        return made

    def deemphasis(self, signal: np.ndarray) -> np.ndarray:
        """Takes :func:`preemphasis` back, (S,), float32."""
        made, _ = lfilter([1.0], [1.0, -PREEMPHASIS], signal, zi=[PREEMPHASIS * self.last])
        self.last = made[-1]
        return made.astype(np.float32)

    def spoken(self, excitation: np.ndarray, shape: Envelope) -> np.ndarray:
        """The waveform of an excitation of unit size: times the gain, through the predictor, de-emphasised."""
        return self.deemphasis(self.predicted(excitation * shape.gain, shape.predictor))


def spoken(excitation: np.ndarray, shape: Envelope) -> np.ndarray:
    """A whole clip: see :meth:`Mouth.spoken`."""
    return Mouth().spoken(excitation, shape)


# -- the pitch ---------------------------------------------------------------------------------------------------------


class Pitch(NamedTuple):
    """Hz and strength of each frame, (F,); the strength tells voice from noise, see :data:`VOICED`."""

    hertz: np.ndarray
    strength: np.ndarray


@functools.cache
def _harmonics() -> np.ndarray:
    """How much each bin speaks for each pitch, (HARMONIC_BINS, pitches): its first five harmonics, less what lies between."""

    def at(bins: np.ndarray) -> np.ndarray:
        below = np.clip(bins.astype(int), 0, HARMONIC_BINS - 2)
        share, inside = bins - below, bins < HARMONIC_BINS - 1
        rows = np.arange(HARMONIC_BINS)[:, None]
        return ((rows == below) * (1 - share) + (rows == below + 1) * share) * inside

    total = np.zeros((HARMONIC_BINS, len(PITCHES)))
    for harmonic in range(1, 6):
        bins = PITCHES * harmonic / SAMPLING_RATE * N_FFT
        total += 0.8 ** (harmonic - 1) * (
            at(bins) - at(bins - PITCHES / 2 / SAMPLING_RATE * N_FFT) * (bins < HARMONIC_BINS - 1)
        )
    return total


def pitch(mel: np.ndarray) -> Pitch:
    """The pitch that the lowest bands tell: a sum over harmonics, and the smoothest way through the frames."""
    low = mel.astype(float) @ _between()[1][:, :HARMONIC_BINS]
    padded = np.pad(low, ((0, 0), (12, 12)), mode="edge")
    flat = low - np.lib.stride_tricks.sliding_window_view(padded, 25, axis=1).mean(2)
    flat[:, :4] = 0
    score = np.clip(flat @ _harmonics(), -3, 30)
    path = _best_path(score, penalty=0.4, reach=12)
    return Pitch(PITCHES[path], score[np.arange(len(path)), path])


def _best_path(score: np.ndarray, penalty: float, reach: int) -> np.ndarray:
    """Viterbi's way through (F, C) that loses ``penalty`` a step to a neighbour, at most ``reach`` of them a frame."""
    frames, count = score.shape
    total, back = score[0].copy(), np.zeros((frames, count), int)
    moves = np.arange(-reach, reach + 1)
    for f in range(1, frames):
        padded = np.pad(total, reach, constant_values=-np.inf)
        options = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1) - penalty * np.abs(moves)
        best = options.argmax(1)
        back[f] = np.arange(count) + moves[best]
        total = options[np.arange(count), best] + score[f]
    path = np.empty(frames, int)
    path[-1] = total.argmax()
    for f in range(frames - 1, 0, -1):
        path[f - 1] = back[f, path[f]]
    return path


def sharpness(strength: np.ndarray) -> np.ndarray:
    """By how much a sound drawn by chance is drawn the less freely, the clearer its pitch is, (F,), 1 to 2 (as in LPCNet)."""
    return 1 + np.maximum(0, 1.5 * np.minimum(strength / CLEAR, 1) - 0.5)


def features(mel: np.ndarray, found: Pitch | None = None) -> np.ndarray:
    """The mels, and beside them the logarithm of the pitch and its strength: (F, NUM_MELS) -> (F, NUM_MELS + 2), float32."""
    found = found or pitch(mel)
    beside = np.stack((np.log(found.hertz), np.clip(found.strength, 0, 20)), 1)
    return np.concatenate((mel, beside), 1).astype(np.float32)


# -- the phase ---------------------------------------------------------------------------------------------------------


def phase_from_mels(mel: np.ndarray, found: Pitch | None = None) -> np.ndarray:
    """Where in the pitch's period each sample lies, 0 to 1, and -1 where there is no voice, (S,): the pitch, summed up."""
    found = found or pitch(mel)
    turns = np.cumsum(_to_samples(found.hertz) / SAMPLING_RATE) % 1
    return np.where(np.repeat(found.strength > VOICED, HOP), turns, -1.0)


def phase_from_sound(waveform: np.ndarray, mel: np.ndarray) -> np.ndarray:
    """The same, told from the sound itself, for training: between the peaks of the residual, one a period."""
    left = residual(preemphasis(waveform), envelope(mel).predictor).astype(np.float64)
    left = np.convolve(left, np.hanning(13) / 6, "same")
    left *= -1 if (left**3).mean() < 0 else 1
    left /= np.sqrt(np.convolve(left**2, np.full(801, 1 / 801), "same")) + 1e-6
    found = pitch(mel)
    return _between_epochs(left, _to_samples(SAMPLING_RATE / found.hertz), np.repeat(found.strength > VOICED, HOP))


def _between_epochs(peaks: np.ndarray, period: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """The phase between epochs: in each voiced stretch first the highest peak of a period, then the best one a period on."""
    phase = np.full(len(peaks), -1.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    for start, end in edges.reshape(-1, 2):
        length = int(period[start])
        if min(end, start + length) - start < 8:
            continue
        now = start + int(peaks[start : min(end, start + length)].argmax())
        before = now - length
        while True:
            length = max(1, now - before)
            inside = np.arange(max(start, before), min(now, end))
            phase[inside] = (inside - before) / length
            if now >= end:
                break
            wanted = period[min(now, len(period) - 1)]
            low, high = now + int(wanted * 0.8), min(len(peaks), now + int(wanted * 1.25) + 1)
            if low >= len(peaks):
                rest = np.arange(now, end)
                phase[rest] = np.minimum(0.999, (rest - now) / wanted)
                break
            off = np.abs(np.arange(low, high) - now - wanted) / wanted
            before, now = now, low + int((peaks[low:high] - 0.15 * off * abs(peaks[now])).argmax())
    return phase


def phase_parts(phase: np.ndarray) -> np.ndarray:
    """The phase as one of ``PHASES`` parts of the period, and ``PHASES`` where there is no voice, int64."""
    parts = np.minimum((phase * PHASES).astype(np.int64), PHASES - 1)
    return np.where(phase < 0, PHASES, parts)


# -- levels ------------------------------------------------------------------------------------------------------------


def to_levels(values: Any) -> np.ndarray:
    """Mu-law: -1 to 1 as one of ``LEVELS`` whole numbers, finer near zero."""
    curved = np.sign(values) * np.log1p((LEVELS - 1) * np.minimum(np.abs(values), 1)) / np.log(LEVELS)
    return np.clip(np.round((curved + 1) / 2 * (LEVELS - 1)), 0, LEVELS - 1).astype(np.int64)


def from_levels(levels: Any) -> np.ndarray:
    """Takes :func:`to_levels` back, up to its rounding."""
    curved = 2 * np.asarray(levels, np.float64) / (LEVELS - 1) - 1
    return (np.sign(curved) * (float(LEVELS) ** np.abs(curved) - 1) / (LEVELS - 1)).astype(np.float32)
