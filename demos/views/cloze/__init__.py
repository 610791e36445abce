"""A text whose words can be hidden: a click puts one behind a mask, another brings it back."""

from collections.abc import Sequence
from typing import Any

from demos.views import View


class Cloze(View):
    """Shows what :func:`cloze` makes; triggers ``pick`` with the ``index`` of a word that was chosen."""

    files = "cloze"
    EVENTS = (*View.EVENTS, "pick")


def cloze(
    title: str, words: Sequence[str], hidden: Sequence[bool], filled: Sequence[str] = (), *, note: str = ""
) -> dict[str, Any]:
    """The JSON of the words.

    Args:
        title: What a click does, in the visitor's language.
        words: Words and signs of the text.
        hidden: Which stand behind a mask.
        filled: The best candidate of each mask, in their order, where it is known.
        note: How to do it by keyboard.
    """
    best = iter(filled)
    return {
        "title": title,
        "note": note,
        "words": [
            {"text": w, "hidden": bool(is_hidden)} | ({"filled": next(best, "")} if is_hidden else {})
            for w, is_hidden in zip(words, hidden, strict=True)
        ],
    }
