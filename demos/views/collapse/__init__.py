"""From a path of letters to text: repeats fall together, then blanks drop out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Collapse(View):
    """Shows what :func:`collapse` makes; a run is pointed at or focused, and its letter and time are said."""

    files = "collapse"


def path(title: str, steps: np.ndarray, letters: Sequence[str], *, text: str, marked: bool = False) -> dict[str, Any]:
    """One path.

    Args:
        title: Whose it is, in the visitor's language.
        steps: A letter's number at each step (T,).
        letters: What they stand for, "" the blank and " " the space.
        text: What it collapses to.
        marked: Whether it is the answer's.
    """
    return {"title": title, "letters": [letters[i] for i in steps.tolist()], "text": text, "marked": marked}


def collapse(title: str, paths: Sequence[dict[str, Any]], seconds: float, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the whole.

    Args:
        title: In the visitor's language.
        paths: What :func:`path` makes.
        seconds: A step takes.
        words: The view's phrases.
    """
    return {"title": title, "paths": list(paths), "seconds": seconds, "words": dict(words)}
