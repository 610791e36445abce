"""A text cut into tokens step by step: the merges of byte pairs, or the search for word pieces."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from demos.views import View

MAX_WORDS = 80


class Pieces(View):
    """Shows what :func:`pieces` makes; a slider goes through the steps where there are any, a chosen word shows all of its own."""

    files = "pieces"


def pieces(
    title: str,
    cuts: Iterable[tuple[Sequence[Sequence[str]], Sequence[int]]],
    words: Mapping[str, str],
    *,
    note: str = "",
    folded: bool = False,
) -> dict[str, Any]:
    """The JSON of a text's words; the first 80 are shown.

    Args:
        title: What is cut, in the visitor's language.
        cuts: For each word its pieces after each step, and the ids of the last ones.
        words: The view's phrases, those that begin with ``pieces.``.
        note: A sentence below.
        folded: Whether words stand whole, and one shows its pieces when it is chosen.
    """
    cuts = list(cuts)
    return {
        "title": title,
        "words": dict(words),
        "note": note,
        "folded": folded,
        "left": max(0, len(cuts) - MAX_WORDS),
        "cuts": [{"steps": [list(step) for step in steps], "ids": list(ids)} for steps, ids in cuts[:MAX_WORDS]],
    }
