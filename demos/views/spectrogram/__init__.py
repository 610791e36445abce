"""Spectrograms that can be heard: low tones at the bottom, a cursor that goes along, what was measured of each moment below."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View
from demos.views.listen import sound

COLUMNS = 500  # most that are sent of one picture
DECIBELS = 4.343  # of a natural logarithm of power
FLOOR = -70.0  # dB below the loudest: the lowest level that is told apart


class Spectrogram(View):
    """Shows what :func:`spectrogram` makes; triggers ``layer`` with the ``layer`` chosen."""

    files = "spectrogram"
    EVENTS = (*View.EVENTS, "layer")


def picture(
    name: str,
    values: np.ndarray,
    unit: str,
    axis: str,
    ticks: Sequence[tuple[float, str]],
    *,
    most: int = COLUMNS,
    ends: tuple[float, float] | None = None,
    signed: bool = False,
) -> dict[str, Any]:
    """One picture of a track, such as its spectrogram or what a layer makes of it.

    Args:
        name: What it is.
        values: (time, rows), the lowest row first; where there are too many times, neighbours are averaged.
        unit: Of the values.
        axis: Title of the upright axis, with its unit.
        ticks: Marks on it, each where (0 at the bottom, 1 at the top) and its text.
        most: Columns that are sent at the most.
        ends: The lowest and the highest value of the scale, so that pictures can be compared; the picture's own by default.
        signed: Whether numbers are coloured by their sign, zero in the middle of the scale.
    """
    if len(values) > most:
        edges = np.linspace(0, len(values), most + 1).astype(int)[:-1]
        values = np.add.reduceat(values, edges, 0) / np.diff(edges, append=len(values))[:, None]
    low, high = ends or (float(values.min()), float(values.max()))
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    scaled = np.round((np.clip(values, low, high) - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
    return {
        "name": name,
        "columns": scaled.shape[0],
        "rows": scaled.shape[1],
        "data": base64.b64encode(scaled.T.tobytes()).decode(),
        "low": round(low, 3),
        "high": round(high, 3),
        "signed": signed,
        "unit": unit,
        "axis": axis,
        "ticks": [[round(at, 4), text] for at, text in ticks],
    }


def loudness(logarithms: np.ndarray, scale: float = DECIBELS) -> np.ndarray:
    """Natural logarithms of power (of magnitude: twice the scale) as dB below the loudest, not below ``FLOOR``."""
    level = scale * logarithms
    return np.maximum(level - level.max(), FLOOR)


def mel_ticks(lowest: float = 20.0, highest: float = 8000.0) -> list[tuple[float, str]]:
    """Marks of a mel axis."""

    def mel(hertz: float) -> float:
        return float(np.log1p(hertz / 700))

    low, high = mel(lowest), mel(highest)
    return [((mel(f) - low) / (high - low), f"{f / 1000:g}") for f in (500, 1000, 2000, 4000, 8000)]


def measured(
    name: str, seconds: np.ndarray, values: np.ndarray, *, limit: float | None = None, bottom: float = 0.0
) -> dict[str, Any]:
    """What was measured along a track.

    Args:
        name: What it is.
        seconds, values: (N,) each, on the track's own clock; of many every second, third, ... .
        limit: A level line, such as a threshold.
        bottom: The lowest value drawn, where none is below.
    """
    step = -(-len(seconds) // COLUMNS)
    points = [[round(float(s), 3), round(float(v), 4)] for s, v in zip(seconds[::step], values[::step], strict=True)]
    return {"name": name, "points": points, "limit": limit, "bottom": min([bottom, *(p[1] for p in points)])}


def track(
    name: str,
    seconds: float,
    pictures: Sequence[dict[str, Any]],
    *,
    path: str = "",
    source: str = "",
    start: float = 0.0,
    curves: Sequence[dict[str, Any]] = (),
    peaks: Sequence[tuple[float, float]] = (),
    pairs: Sequence[tuple[float, float, float, float]] = (),
) -> dict[str, Any]:
    """One clip.

    Args:
        name: Of the clip.
        seconds: How long it is.
        pictures: What :func:`picture` makes; the visitor chooses one for all tracks.
        path: Its file, to be played; or ``source``, a data URL.
        start: Where on the common axis of time it begins.
        curves: What :func:`measured` makes, drawn below.
        peaks: Points (second, 0 to 1 upwards).
        pairs: Lines between two points.
    """
    return {
        "name": name,
        "seconds": round(seconds, 3),
        "pictures": list(pictures),
        "file": sound(path) if path else None,
        "source": source,
        "start": round(start, 3),
        "curves": list(curves),
        "peaks": [[round(float(v), 4) for v in p] for p in peaks],
        "pairs": [[round(float(v), 4) for v in p] for p in pairs],
    }


def spectrogram(
    tracks: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    *,
    span: tuple[float, float] | None = None,
    linked: bool = False,
    layer: int = 0,
) -> dict[str, Any]:
    """The JSON of tracks one below the other, on one axis of time.

    Args:
        tracks: What :func:`track` makes.
        words: The view's phrases.
        span: The seconds that are shown; all by default.
        linked: Whether the first track's pairs are joined with the second's, where they are the same moment.
        layer: The picture that is shown first.
    """
    ends = (0.0, max((t["start"] + t["seconds"] for t in tracks), default=1.0))
    low, high = span or ends
    return {
        "tracks": list(tracks),
        "words": dict(words),
        "span": [round(low, 3), round(high, 3)],
        "linked": linked,
        "layer": layer,
    }
