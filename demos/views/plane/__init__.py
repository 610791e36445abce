"""Embeddings on a plane; a dot that is chosen plays its clip and says what is nearest."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View
from demos.views.listen import sound


class Plane(View):
    """Shows what :func:`plane` makes."""

    files = "plane"


def dot(
    name: str, group: str, at: Sequence[float], told: str, *, path: str = "", written: bool = False, asked: bool = False
) -> dict[str, Any]:
    """One embedding.

    Args:
        name: What it is called.
        group: Whose it is: one shape and colour a group.
        at: (x, y).
        told: What is said of it when it is chosen.
        path: Its clip.
        written: Whether its name stands beside it.
        asked: Whether it is what the visitor asks about.
    """
    return {
        "name": name,
        "group": group,
        "at": [round(float(v), 4) for v in at],
        "told": told,
        "file": sound(path) if path else None,
        "written": written,
        "asked": asked,
    }


def plane(
    dots: Sequence[dict[str, Any]], shares: np.ndarray, axes: Sequence[str], words: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON of embeddings on a plane.

    Args:
        dots: What :func:`dot` makes.
        shares: The part of all differences that each direction shows, (2,).
        axes: Titles of the two directions, with ``{share}``.
        words: ``keys``.
    """
    titles = [title.format(share=100 * float(s)) for title, s in zip(axes, shares, strict=True)]
    return {"dots": list(dots), "axes": titles, "words": dict(words)}
