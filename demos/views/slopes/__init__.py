"""How numbers move from one side to the other: a line for each, on a logarithmic scale, and the same as a table."""

from collections.abc import Mapping
from typing import Any

from demos.views import View


class Slopes(View):
    """Shows what :func:`slopes` makes."""

    files = "slopes"


def slopes(
    title: str,
    left: str,
    right: str,
    moves: Mapping[str, tuple[float, float]],
    words: Mapping[str, str],
    *,
    top: int = 16,
) -> dict[str, Any]:
    """The JSON of the lines.

    Args:
        title: What moves, in the visitor's language.
        left, right: What the sides stand for.
        moves: By name the probability on the left and on the right, 0 to 1.
        words: The view's phrases.
        top: How many are drawn: those with the largest probability on either side.
    """
    kept = sorted(moves.items(), key=lambda m: -max(m[1]))[:top]
    return {
        "title": title,
        "left": left,
        "right": right,
        "words": dict(words),
        "rows": [{"name": name, "left": float(f"{a:.3g}"), "right": float(f"{b:.3g}")} for name, (a, b) in kept],
    }
