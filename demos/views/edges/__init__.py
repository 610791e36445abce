"""One box: the distributions of its four edges, and what its name rests on. It looks at what the view of boxes shows."""

import base64
from typing import Any

import numpy as np

from demos.views import View


class Edges(View):
    """Shows what :func:`edges` makes.

    Triggers ``look`` with ``asked``, ``stride``, ``column``, ``row`` and ``label`` where it wants to know what a box rests on.
    """

    files = "edges"
    EVENTS = (*View.EVENTS, "look")


def edges(words: dict[str, str], *, asks: bool, asked: str = "", rests: np.ndarray | None = None) -> dict[str, Any]:
    """The JSON.

    Args:
        words: The view's phrases.
        asks: Whether the network can tell what a box rests on.
        asked: What ``rests`` answers, as ``look`` named it.
        rests: What the box rests on, in cells of stride 8 of the frame, (rows, columns) from 0 to 1.
    """
    made: dict[str, Any] = {"words": words, "asks": asks, "map": None}
    if rests is not None:
        data = base64.b64encode((rests * 255).round().astype(np.uint8).tobytes()).decode()
        made["map"] = {"asked": asked, "rows": rests.shape[0], "columns": rests.shape[1], "data": data}
    return made
