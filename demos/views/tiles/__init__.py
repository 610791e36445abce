"""Ways in: pictures that lead to a running example."""

from collections.abc import Sequence
from typing import Any

from demos.views import View


class Tiles(View):
    """Shows what :func:`tiles` makes."""

    files = "tiles"


def tile(picture: str, title: str, by: str, href: str, data: Any = None) -> dict[str, Any]:
    """One of them.

    Args:
        picture: Which picture: ``digit`` (``data``: the drawing pad's strokes), ``camera``, ``voice``, ``sound``, ``speech``,
            ``german``, ``series`` (``data``: numbers, the last third foreseen) or ``train``.
        title: What one does there.
        by: Which family does it.
        href: Where it runs, with its example.
        data: What the picture is drawn from.
    """
    return {"picture": picture, "title": title, "by": by, "href": href, "data": data}


def tiles(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The JSON of all that :func:`tile` made."""
    return {"tiles": list(rows)}
