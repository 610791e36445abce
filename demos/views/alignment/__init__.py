"""Two sentences and how much each written token looked at each read one, as a matrix of cells that can be chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Alignment(View):
    """Shows what :func:`alignment` makes; a cell is chosen with pointer or arrows, its row lights up both sentences, and ``pick``
    is triggered with ``step`` and ``place``.
    """

    files = "alignment"
    EVENTS = (*View.EVENTS, "pick")


def alignment(
    title: str,
    source: Sequence[str],
    target: Sequence[str],
    weights: np.ndarray,
    words: Mapping[str, str],
    *,
    known: Sequence[bool] = (),
    colour: str = "scratch",
    pickable: bool = False,
) -> dict[str, Any]:
    """The JSON of the matrix.

    Args:
        title: In the visitor's language.
        source: What was read (S,).
        target: What was written (T,).
        weights: Attention, rows sum to 1, (T, S).
        words: The view's phrases.
        known: Whether the word of each source token was met in training; none means all.
        colour: ``scratch`` or ``hub``: whose attention it is.
        pickable: Whether a chosen cell is reported.
    """
    return {
        "title": title,
        "source": list(source),
        "target": list(target),
        "weights": np.round(weights, 3).tolist(),
        "words": dict(words),
        "known": [bool(k) for k in known],
        "colour": colour,
        "pickable": pickable,
    }
