"""Scores of pairs as histograms under a threshold that can be moved; both kinds of errors; the clips on a plane."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MOST = 60  # clips; 1,770 pairs


class Threshold(View):
    """Shows what :func:`threshold` makes."""

    files = "threshold"


def threshold(
    names: Sequence[str],
    clips: Sequence[str],
    cosines: np.ndarray,
    plane: np.ndarray,
    start: float,
    words: Mapping[str, str],
) -> dict[str, Any]:
    """The JSON of enrolled clips.

    Args:
        names: Whose each clip is, (N,).
        clips: What each clip is called, (N,).
        cosines: (N, N).
        plane: Where each clip lies, (N, 2).
        start: The threshold to begin with.
        words: The view's phrases.
    """
    n = len(names)
    pairs = [[i, j, round(float(cosines[i, j]), 4)] for i in range(n) for j in range(i + 1, n)]
    return {
        "names": list(names),
        "clips": list(clips),
        "pairs": pairs,
        "plane": np.asarray(plane, float).round(4).tolist(),
        "start": round(start, 3),
        "words": dict(words),
    }
