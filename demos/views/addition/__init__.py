"""Two maps of numbers that are added to a third: what stands there, where it stands, and the first state."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MAX_ROWS = 24


class Addition(View):
    """Shows what :func:`addition` makes; a chosen number is written out as its sum."""

    files = "addition"


def addition(
    tokens: Sequence[str], parts: Sequence[tuple[str, np.ndarray]], words: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON of the maps; the first 24 tokens are shown.

    Args:
        tokens: T of them, a line each.
        parts: Title and numbers (T, E) of the first map, of the second, and of their sum.
        words: The view's phrases, those that begin with ``addition.``.
    """
    made = []
    for title, values in parts:
        rows = np.asarray(values[:MAX_ROWS], np.float32)
        largest = float(np.abs(rows).max()) or 1.0
        small = np.round(32_000 * rows / largest).astype("<i2")
        made.append({"title": title, "largest": largest, "values": base64.b64encode(small.tobytes()).decode()})
    return {
        "words": dict(words),
        "tokens": list(tokens[:MAX_ROWS]),
        "left": max(0, len(tokens) - MAX_ROWS),
        "size": int(parts[0][1].shape[1]),
        "parts": made,
    }
