"""The classical way to recognise a recording: spectral peaks, hashed in pairs (Wang, "An industrial-strength audio search
algorithm", ISMIR 2003). Nothing is learnt; the neural way is compared with it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.fft import rfft
from scipy.ndimage import maximum_filter

from lmdemo.data.audio import SAMPLING_RATE

FRAME, HOP = 1024, 256  # samples
PER_SECOND = 40  # peaks that are kept
AHEAD, PARTNERS = (1, 64), 6  # frames that a partner may lie ahead, and how many partners a peak gets


def spectrogram(clip: np.ndarray) -> np.ndarray:
    """Logarithm of the magnitude, (frames, 513)."""
    clip = np.pad(clip, (0, max(0, FRAME - len(clip))))
    frames = np.lib.stride_tricks.sliding_window_view(clip, FRAME)[::HOP]
    return np.log(np.abs(rfft(frames * np.hanning(FRAME).astype(np.float32), axis=-1)) + 1e-6)


def find_peaks(clip: np.ndarray) -> np.ndarray:
    """The loudest local maxima of the spectrogram, as (frame, frequency bin) in the order of time, (N, 2)."""
    level = spectrogram(clip)
    level[:, :8] = level.min()  # below 125 Hz there is mostly hum
    here = np.argwhere((level == maximum_filter(level, size=(7, 15))) & (level > level.max() - 9))
    most = max(5, int(PER_SECOND * len(clip) / SAMPLING_RATE))
    loudest = here[np.argsort(-level[here[:, 0], here[:, 1]], kind="stable")[:most]]
    return loudest[np.lexsort((loudest[:, 1], loudest[:, 0]))]


def hashes(peaks: np.ndarray) -> list[tuple[tuple[int, int, int], int]]:
    """Pairs of peaks as (frequency, frequency, frames between), and when the first comes."""
    found = []
    for i, (t, f) in enumerate(peaks):
        partners = 0
        for u, g in peaks[i + 1 :]:
            if u - t > AHEAD[1] or partners == PARTNERS:
                break
            if u - t >= AHEAD[0] and abs(int(g) - int(f)) < 128:
                found.append(((int(f) // 2, int(g) // 2, int(u - t)), int(t)))
                partners += 1
    return found


def index(
    recordings: Mapping[str, Sequence[tuple[tuple[int, int, int], int]]],
) -> dict[tuple[int, int, int], list[tuple[str, int]]]:
    """Where each pair occurs, from each recording's :func:`hashes`: hash -> (name, frame)."""
    where = defaultdict(list)
    for name, found in recordings.items():
        for key, t in found:
            where[key].append((name, t))
    return where


def look_up(excerpt: np.ndarray, where: Mapping[tuple[int, int, int], list[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Recordings by how many pairs agree on one shift in time, most first."""
    votes: Counter = Counter()
    for key, t in hashes(find_peaks(excerpt)):
        for name, u in where.get(key, ()):
            votes[name, u - t] += 1
    best: dict[str, int] = {}
    for (name, _), n in votes.items():
        best[name] = max(best.get(name, 0), n)
    return sorted(best.items(), key=lambda item: -item[1])


class Agreement(NamedTuple):
    """Pairs of an excerpt's peaks that a recording has, too, all of them ``shift`` seconds later: (N, 4), each as second and Hz
    of its first peak and of its second, in the excerpt.
    """

    shift: float
    pairs: np.ndarray


def agreeing(excerpt: np.ndarray, recording: Sequence[tuple[tuple[int, int, int], int]]) -> Agreement:
    """The pairs behind the number that :func:`look_up` counts for a recording, from its :func:`hashes`."""
    there = defaultdict(list)
    for key, t in recording:
        there[key].append(t)
    by_shift = defaultdict(list)
    for key, t in hashes(find_peaks(excerpt)):
        for u in there.get(key, ()):
            by_shift[u - t].append((key, t))
    if not by_shift:
        return Agreement(0.0, np.zeros((0, 4), np.float32))
    shift, found = max(by_shift.items(), key=lambda item: len(item[1]))
    second, hertz = HOP / SAMPLING_RATE, 2 * SAMPLING_RATE / FRAME  # hashes know every second bin
    rows = [(t * second, f * hertz, (t + after) * second, g * hertz) for (f, g, after), t in found]
    return Agreement(shift * second, np.array(rows, np.float32))
