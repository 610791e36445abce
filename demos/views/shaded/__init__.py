"""Texts whose words or characters are shaded by a weight; one of them can be chosen with pointer or arrows."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Shaded(View):
    """Shows rows made by :func:`text_row`; triggers ``pick`` with ``row`` and ``index`` where a row can be picked from."""

    files = "shaded"
    EVENTS = (*View.EVENTS, "pick")


def text_row(
    title: str,
    tokens: Sequence[str],
    weights: Sequence[float] = (),
    *,
    note: str = "",
    chosen: int = -1,
    first: int = 0,
    joined: bool = False,
    pickable: bool = False,
    colour: str = "scratch",
    follow: bool = False,
) -> dict[str, Any]:
    """One text.

    Args:
        title: Whose weights these are.
        tokens: Words, or characters.
        weights: 0 to 1 for each token; none leaves the text plain. Fewer than tokens leave the last ones plain.
        note: What the shading says, in words.
        chosen: The token that is marked.
        first: Index of the first token that can be picked.
        joined: Tokens follow one another without spaces, line ends are kept: characters.
        pickable: Whether a token can be picked.
        follow: Whether its end is kept in view: it grows.
        colour: The shade, a variable of the page's style without ``--lm-``.
    """
    return {
        "title": title,
        "tokens": list(tokens),
        "weights": [round(float(w), 3) for w in weights],
        "note": note,
        "chosen": chosen,
        "first": first,
        "joined": joined,
        "pickable": pickable,
        "colour": colour,
        "follow": follow,
    }


def shaded(
    title: str,
    rows: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    *,
    note: str = "",
    columns: bool = False,
    opened: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of the texts.

    Args:
        title: In the visitor's language.
        rows: Made by :func:`text_row`.
        words: The view's phrases.
        note: A sentence below.
        columns: Whether the texts stand side by side rather than one under the other.
        opened: Bars (:func:`demos.views.bars.bars`) that open next to the chosen token of the first row that has one.
    """
    made = {"title": title, "rows": list(rows), "words": dict(words), "note": note, "columns": columns}
    return made | ({"opened": dict(opened)} if opened else {})
