"""What each word adds to an answer, as bars to either side, beside how much it was looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MAX_WORDS = 24


class Contributions(View):
    """Shows what :func:`contributions` makes."""

    files = "contributions"


def contributions(
    title: str,
    tokens: Sequence[str],
    added: np.ndarray,
    looked: np.ndarray,
    words: Mapping[str, str],
    *,
    colour: str,
    note: str = "",
) -> dict[str, Any]:
    """The JSON of the bars; of a long text the 24 words that add most either way, in their order.

    Args:
        title: What is added to, in the visitor's language.
        tokens: T words.
        added: What each adds, (T,); its sign is its colour.
        looked: How much each was looked at, (T,), 0 to 1.
        words: The view's phrases, those that begin with ``contributions.``.
        colour: Of the looks: a variable of the page's style without ``--lm-``.
        note: A sentence below.
    """
    kept = sorted(np.argsort(-np.abs(added), kind="stable")[:MAX_WORDS].tolist())
    return {
        "title": title,
        "words": dict(words),
        "colour": colour,
        "note": note,
        "left": len(tokens) - len(kept),
        "rows": [
            {"word": tokens[n], "added": round(float(added[n]), 3), "looked": round(float(looked[n]), 4)} for n in kept
        ],
    }
