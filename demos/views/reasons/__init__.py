"""What an answer rests on: places that speak for it over the visitor's own picture, pixels for and against over what was seen."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Reasons(View):
    """Triggers ``ask`` with the ``label`` that is asked about, and ``regrain`` with ``grain``, ``pixels`` or ``blocks``."""

    files = "reasons"
    EVENTS = (*View.EVENTS, "ask", "regrain")


def reason(
    values: np.ndarray,
    over: str,
    words: Mapping[str, str],
    *,
    frame: Sequence[float] = (0, 0, 1, 1),
    aspect: float = 1,
    smooth: bool = False,
) -> dict[str, Any]:
    """One picture of reasons.

    Args:
        values: From -1 (against) to 1 (for), (h, w).
        over: The picture below, as a ``data:`` address.
        words: ``title``, ``note``, and ``alt``, what it shows for those who do not see it.
        frame: Where the values lie on the picture: left, top, right, bottom as parts of its width and height.
        aspect: Width of the picture / its height.
        smooth: Drawn as a soft field; else every number is a square, which can be averaged in blocks.
    """
    height, width = values.shape
    data = base64.b64encode(np.round(values.clip(-1, 1) * 127 + 128).astype(np.uint8).tobytes()).decode()
    shown = {"height": height, "width": width, "data": data, "frame": [round(float(v), 4) for v in frame]}
    return shown | {"over": over, "aspect": round(aspect, 4), "smooth": smooth, **words}


def reasons(
    items: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    *,
    labels: Sequence[tuple[str, str]],
    chosen: str,
    grain: str = "pixels",
) -> dict[str, Any]:
    """The JSON of all reasons.

    Args:
        items: Made by :func:`reason`.
        words: The view's phrases.
        labels: What can be asked about: name, and how the visitor reads it.
        chosen: Which of them.
        grain: ``pixels`` or ``blocks``.
    """
    return {
        "items": list(items),
        "labels": [list(pair) for pair in labels],
        "chosen": chosen,
        "grain": grain,
        "words": dict(words),
    }
