"""Lines over one axis, drawn with titles and units, and told as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Curves(View):
    """Shows what :func:`curves` makes."""

    files = "curves"


def line(name: str, colour: str, points: Sequence[tuple[float, float]], *, dashed: bool = False) -> dict[str, Any]:
    """One line.

    Args:
        name: What it is, in the visitor's language.
        colour: A variable of the page's style without ``--lm-``, such as ``scratch``.
        points: (x, y) pairs from left to right.
        dashed: Whether it is drawn dashed, to be told apart from its solid twin.
    """
    return {
        "name": name,
        "colour": colour,
        "dashed": dashed,
        "points": [[round(float(x), 4), round(float(y), 4)] for x, y in points],
    }


def curves(
    title: str,
    x: str,
    y: str,
    lines: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    *,
    percent: bool = False,
    log: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """The JSON of the lines.

    Args:
        title, x, y: Titles of the picture and of the axes, with units.
        lines: What :func:`line` makes.
        words: The view's phrases.
        percent: The upright axis goes from 0 to 100 %, values are 0 to 1.
        log: The level axis is logarithmic.
        note: A sentence below.
    """
    return {
        "title": title,
        "x": x,
        "y": y,
        "lines": list(lines),
        "words": dict(words),
        "percent": percent,
        "log": log,
        "note": note,
    }
