"""Scores of pairs as histograms under a threshold that is moved on their own axis, and both kinds of errors."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from demos.views import View


class Threshold(View):
    """Shows what :func:`threshold` makes; triggers ``move`` with ``at`` when the first row's handle was let go."""

    files = "threshold"
    EVENTS = (*View.EVENTS, "move")


def spread(counts: Sequence[int]) -> list[list[float]]:
    """A histogram of equal parts of -1 to 1 as [middle of the part, count], empty parts left out."""
    width = 2 / len(counts)
    return [[round(width * (i + 0.5) - 1, 4), n] for i, n in enumerate(counts) if n]


def exact(scores: Iterable[float]) -> list[list[float]]:
    """Scores one by one, as [score, 1]."""
    return [[round(float(s), 4), 1] for s in scores]


def levels(
    name: str,
    colour: str,
    at: float,
    same: Sequence[Sequence[float]] = (),
    other: Sequence[Sequence[float]] = (),
    *,
    width: float = 0.0,
    score: float | None = None,
) -> dict[str, Any]:
    """One row: a network's scores.

    Args:
        name: Whose they are, in the visitor's language.
        colour: ``ours`` or ``hub``.
        at: The threshold: from where on it says "the same".
        same, other: Pairs of one origin and of two, from :func:`spread` or :func:`exact`; none where they are not known.
        width: Of the parts of the histogram; 0 for exact scores.
        score: The pair that is asked about.
    """
    return {
        "name": name,
        "colour": colour,
        "at": round(at, 3),
        "same": [list(p) for p in same],
        "other": [list(p) for p in other],
        "width": width,
        "score": None if score is None else round(score, 4),
    }


def threshold(rows: Sequence[dict[str, Any]], words: Mapping[str, str], *, curve: bool = False) -> dict[str, Any]:
    """The JSON of networks' scores.

    Args:
        rows: What :func:`levels` makes.
        words: The view's phrases.
        curve: Whether both errors are drawn against the threshold, too, and their equal point can be gone to.
    """
    return {"rows": list(rows), "words": dict(words), "curve": curve}
