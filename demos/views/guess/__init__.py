"""Guess first: a question, answers to choose from, and the truth once the visitor has chosen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from demos.views import View


class Guess(View):
    """Shows what :func:`guess` makes; who guesses it right is counted in this browser tab."""

    files = "guess"


def guess(
    words: Mapping[str, str],
    question: str,
    choices: Sequence[str],
    right: int | Iterable[int],
    told: str,
    about: str = "",
) -> dict[str, Any]:
    """The JSON of a question.

    Args:
        words: ``title``, ``right``, ``wrong``, ``show``, ``score``: the phrases ``guess.*``.
        question: What is asked.
        choices: What may be answered.
        right: The position of the right answer, or of several.
        told: The truth, in a sentence; computed from the visitor's input, or measured on the shipped weights.
        about: What the question is about, such as the visitor's text: another one asks anew.
    """
    rights = [right] if isinstance(right, int) else list(right)
    return {
        "words": dict(words),
        "question": question,
        "choices": list(choices),
        "right": rights,
        "told": told,
        "about": f"{about}|{question}|{'|'.join(choices)}",
    }
