"""Who looks at whom: arcs between the words of a sentence, and the same numbers as a matrix with its words on both sides."""

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View

MAX_TOKENS = 28
MAX_WEIGHTS = 180_000


class Arcs(View):
    """Shows what :func:`arcs` makes; triggers ``look`` with ``block`` and ``head`` where others are chosen."""

    files = "arcs"
    EVENTS = (*View.EVENTS, "look")


def arcs(
    trace: Mapping[str, np.ndarray], words: Mapping[str, str], *, colour: str, block: int = 0, head: int = -1
) -> dict[str, Any]:
    """The JSON of the arcs: the weights of all blocks and heads among the first words.

    Args:
        trace: ``tokens`` (T,) and ``attention`` (L, heads, T, T).
        words: The view's phrases, those that begin with ``arcs.``.
        colour: A variable of the page's style without ``--lm-``.
        block, head: Which are shown at first, from 0; head -1 is the mean of all.
    """
    weights = trace["attention"]
    layers, heads, total = weights.shape[:3]
    size = min(total, MAX_TOKENS, math.isqrt(MAX_WEIGHTS // (layers * heads)))
    small = np.round(255 * np.sqrt(weights[:, :, :size, :size].clip(0, 1))).astype(np.uint8)
    return {
        "words": dict(words),
        "colour": colour,
        "tokens": [str(t) for t in trace["tokens"][:size]],
        "left": len(trace["tokens"]) - size,
        "layers": layers,
        "heads": heads,
        "block": min(max(0, block), layers - 1),
        "head": min(max(-1, head), heads - 1),
        "weights": base64.b64encode(small.tobytes()).decode(),
    }
