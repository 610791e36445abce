"""Each word of a text hidden in turn: under every word what would have been said in its place."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Turns(View):
    """Shows what :func:`turns` makes; a word that is pointed at or chosen shows its candidates."""

    files = "turns"


def turn(text: str, candidates: Mapping[str, float], score: float, rank: int | None) -> dict[str, Any]:
    """One word that was hidden.

    Args:
        text: The word.
        candidates: What may stand there, with probabilities, the best first.
        score: Its own probability.
        rank: Its own place among the candidates, from 1; None where the vocabulary has no such word.
    """
    made = [[word, float(f"{p:.4g}")] for word, p in candidates.items()]
    return {"text": text, "candidates": made, "score": float(f"{score:.4g}"), "rank": rank}


def turns(
    title: str, items: Sequence[dict[str, Any] | str], words: Mapping[str, str], *, note: str = ""
) -> dict[str, Any]:
    """The JSON of the words.

    Args:
        title: What is shown, in the visitor's language.
        items: What :func:`turn` makes; or a str, which stands as it is.
        words: The view's phrases, those that begin with ``turns.``.
        note: A sentence below.
    """
    shown = [item if isinstance(item, dict) else {"text": item} for item in items]
    return {"title": title, "items": shown, "words": dict(words), "note": note}
