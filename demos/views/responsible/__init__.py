"""Which cells training would hold responsible for a marked object. It looks at what the view of boxes shows."""

from collections.abc import Iterable, Sequence
from typing import Any

from demos.views import View


class Responsible(View):
    """Shows what :func:`responsible` makes."""

    files = "responsible"


def responsible(words: dict[str, str], objects: Iterable[Any], labels: Sequence[str]) -> dict[str, Any]:
    """The JSON.

    Args:
        words: The view's phrases.
        objects: What the adapter's ``responsible`` gives: ``label``, ``box``, ``inside`` and ``cells`` of each.
        labels: The network's labels, whose positions are told.
    """
    made = [
        {
            "k": labels.index(o.label),
            "box": [round(v, 1) for v in o.box],
            "inside": o.inside,
            "cells": [
                [
                    c.stride,
                    c.column,
                    c.row,
                    *(round(v, 4) for v in (c.score, c.iou, c.fit)),
                    int(c.answers),
                    round(c.target, 4),
                ]
                for c in o.cells
            ],
        }
        for o in objects
    ]
    return {"words": words, "objects": made}
