"""How sure a model is, on a scale with what it was on unseen examples of its kind."""

from collections.abc import Mapping
from typing import Any

from demos.views import View


class Sureness(View):
    """Shows what :func:`sureness` makes."""

    files = "sureness"


def sureness(title: str, score: float, tenth: float, median: float, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the scale.

    Args:
        title: In the visitor's language, with what is measured.
        score: How sure it is of this input, 0 to 1.
        tenth, median: Below these it was for a tenth and for half of the unseen examples.
        words: ``tenth`` and ``median``: the marks' names.
    """
    values = {"score": score, "tenth": tenth, "median": median}
    return {"title": title, "words": dict(words)} | {k: round(float(v), 4) for k, v in values.items()}
