"""Two sentences and how much each written token looked at each read one: bent lines, a matrix, and the writing replayed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Alignment(View):
    """Shows what :func:`alignment` makes; a cell is chosen with pointer or arrows, and ``pick`` is triggered with ``step`` and
    ``place``. The writing is replayed with its buttons, the space bar, or a step at a time.
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
    steps: Sequence[Mapping[str, Any]] = (),
    colour: str = "ours",
    matrix: bool = True,
    pickable: bool = False,
) -> dict[str, Any]:
    """The JSON of the view.

    Args:
        title: In the visitor's language.
        source: What was read (S,).
        target: What was written (T,).
        weights: Attention, rows sum to 1, (T, S).
        words: The view's phrases.
        known: Whether the word of each source token was met in training; none means all.
        steps: What :func:`candidates` makes: what the writer chose from; none leaves the replay out.
        colour: ``ours`` or ``hub``: whose attention it is.
        matrix: Whether the matrix is drawn below the bent lines.
        pickable: Whether a chosen cell is reported.
    """
    return {
        "title": title,
        "source": list(source),
        "target": list(target),
        "weights": np.round(weights, 3).tolist(),
        "words": dict(words),
        "known": [bool(k) for k in known],
        "steps": [dict(s) for s in steps],
        "colour": colour,
        "matrix": matrix,
        "pickable": pickable,
    }


def candidates(names: np.ndarray, scores: np.ndarray, written: Sequence[float]) -> list[dict[str, Any]]:
    """What the writer chose from at each step.

    Args:
        names: The likeliest tokens (steps, K) str.
        scores: Their probabilities (steps, K).
        written: The probability of the token that was written (steps,); its end comes last.
    """
    return [
        {"from": [[str(n), round(float(p), 3)] for n, p in zip(*row, strict=True)], "p": round(float(p), 3)}
        for *row, p in zip(names, scores, written, strict=True)
    ]
