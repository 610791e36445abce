"""One score against a threshold that can be moved: the answer changes at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Verdict(View):
    """Shows what :func:`verdict` makes."""

    files = "verdict"


def answer(name: str, colour: str, score: float, threshold: float) -> dict[str, Any]:
    """One network's answer.

    Args:
        name: Whose it is, in the visitor's language.
        colour: ``scratch`` or ``hub``.
        score: Cosine, -1 to 1.
        threshold: From where on it says "the same".
    """
    return {"name": name, "colour": colour, "score": round(score, 4), "threshold": round(threshold, 3)}


def verdict(answers: Sequence[dict[str, Any]], words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the answers.

    Args:
        answers: What :func:`answer` makes.
        words: The view's phrases.
    """
    return {"answers": list(answers), "words": dict(words)}
