"""One sentence through several networks: a lane each, all under the same words."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View

SHOWN = 24  # words drawn; of a longer text the last ones


class Lanes(View):
    """Shows what :func:`lanes` makes; a word that is pointed at is told in every lane."""

    files = "lanes"


def lane(
    kind: str,
    colour: str,
    name: str,
    href: str,
    *,
    answer: str = "",
    note: str = "",
    wrong: bool = False,
    values: Mapping[str, Any] | None = None,
    told: Sequence[str] = (),
) -> dict[str, Any]:
    """One network.

    Args:
        kind: What is drawn, and so how high it is, also while there is nothing to draw: ``mood`` (``mood`` -1 to 1 after each
            word, ``known``), ``gates`` (the same with ``gates``: units by words, in per cent), ``attention`` (``weights``:
            words by words, in per cent), ``guesses`` (``guesses``: a word or "" for each, ``chances`` in per cent, ``hits``),
            ``surprise`` (``nats`` or None for each).
        colour: The network's, a variable of the page's style without ``--lm-``.
        name: In the visitor's language.
        href: Where its page is, with the sentence.
        answer: Its answer in a few words.
        note: What else there is to say of it.
        wrong: Whether the answer says why there is none.
        values: What is drawn, of the words shown.
        told: What it says of each of these words.
    """
    return {
        "kind": kind,
        "colour": colour,
        "name": name,
        "href": href,
        "answer": answer,
        "note": note,
        "wrong": wrong,
        "values": dict(values or {}),
        "told": list(told),
    }


def lanes(tokens: Sequence[str], rows: Sequence[dict[str, Any]], words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the whole.

    Args:
        tokens: All words of the sentence; the last :data:`SHOWN` are drawn.
        rows: What :func:`lane` makes.
        words: The view's phrases.
    """
    return {
        "tokens": list(tokens[-SHOWN:]),
        "before": max(0, len(tokens) - SHOWN),
        "lanes": list(rows),
        "words": dict(words),
    }
