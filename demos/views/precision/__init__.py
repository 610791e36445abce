"""What a threshold costs: precision and recall, measured, and what it does to the picture that the view of boxes shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Precision(View):
    """Shows what :func:`precision` makes."""

    files = "precision"


def precision(words: dict[str, str], curves: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """The JSON.

    Args:
        words: The view's phrases.
        curves: ``score``, and at each ``precision`` and ``recall``; empty where nothing was measured.
    """
    rounded = {name: [round(float(v), 4) for v in values] for name, values in curves.items()}
    return {"words": words, "curves": rounded or None}
