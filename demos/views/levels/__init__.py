"""One sample of a sound: where it lies, and how likely each level was that a network could have drawn for it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

COLUMNS = 300  # of the whole sound
AROUND = 60  # samples to either side that are drawn one by one


class Levels(View):
    """Shows what :func:`levels` makes; triggers ``pick`` with the sample ``at``, and ``heat`` with the ``temperature`` let go."""

    files = "levels"
    EVENTS = (*View.EVENTS, "pick", "heat")


def levels(
    waveform: np.ndarray,
    at: int,
    logits: Sequence[float],
    level: int,
    words: Mapping[str, str],
    *,
    rate: int,
    temperature: float,
    ease: float,
    floor: float,
    bounds: tuple[float, float],
) -> dict[str, Any]:
    """The JSON of a sample.

    Args:
        waveform: The whole sound.
        at: The sample.
        logits: Of each level.
        level: The one that was drawn.
        words: The view's phrases.
        rate: Samples a second.
        temperature: That was asked for; the visitor may change it, and sees at once what that does.
        ease: The part of it by which logits are really divided here.
        floor: What is taken off each probability before drawing.
        bounds: Of the temperature.
    """
    edges = np.linspace(0, len(waveform), min(COLUMNS, len(waveform)) + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(waveform, edges), np.maximum.reduceat(waveform, edges)
    first = max(0, min(at - AROUND, len(waveform) - 2 * AROUND))
    near = waveform[first : first + 2 * AROUND + 1]
    return {
        "size": len(waveform),
        "low": low.astype(float).round(3).tolist(),
        "high": high.astype(float).round(3).tolist(),
        "first": first,
        "near": near.astype(float).round(5).tolist(),
        "at": at,
        "logits": np.asarray(logits, float).round(3).tolist(),
        "level": level,
        "rate": rate,
        "temperature": temperature,
        "ease": round(ease, 5),
        "floor": floor,
        "bounds": list(bounds),
        "words": dict(words),
    }
