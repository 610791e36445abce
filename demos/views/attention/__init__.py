"""A stack of blocks; one unfolds in place into its heads: queries, keys, values, the matrix of weights, and one cell of it
written out: the dot product, the scale, the mask, the softmax.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MAX_TOKENS = 64


class Attention(View):
    """Shows what :func:`attention` makes; triggers ``open`` with ``block`` and ``head`` where other ones are wanted, and with
    ``block`` -1 where the open one is folded up.
    """

    files = "attention"
    EVENTS = (*View.EVENTS, "open")


def attention(
    trace: Mapping[str, np.ndarray],
    words: Mapping[str, str],
    *,
    block: int = -1,
    head: int = 0,
    notes: Sequence[str] = (),
    shown: slice = slice(-MAX_TOKENS, None),
) -> dict[str, Any]:
    """The JSON of the stack; the numbers of the open block and head alone are in it.

    Args:
        trace: ``tokens`` (T,), ``attention`` (L, heads, T, T); where they are had ``queries``, ``keys``, ``values``
            (L, heads, T, D), and ``mask``, broadcast to (T, T), where looking is allowed.
        words: The view's phrases in the visitor's language, those that begin with ``attention.``.
        block, head: Which are open, from 0; block -1 leaves all folded.
        notes: A line beside each block, such as what its output would already answer.
        shown: Which tokens are in view; at most 64 of them, the last.
    """
    weights = trace["attention"]
    shown = slice(*shown.indices(weights.shape[-1]))
    shown = slice(max(shown.start, shown.stop - MAX_TOKENS), shown.stop)
    value = {
        "words": dict(words),
        "tokens": [str(t) for t in trace["tokens"][shown]],
        "first": shown.start,
        "heads": weights.shape[1],
        "blocks": [{"note": notes[n] if n < len(notes) else ""} for n in range(len(weights))],
        "block": block,
        "head": head,
    }
    if not 0 <= block < len(weights):
        return value | {"block": -1}
    # Keys before those in view were looked at too: their scores come along as one number a query, the sum of their exponentials.
    small = np.round(255 * np.sqrt(weights[block][:, shown, shown].clip(0, 1))).astype(np.uint8)
    value["pictures"] = [base64.b64encode(picture.tobytes()).decode() for picture in small]
    value["weights"] = _floats(weights[block, head][shown, shown])
    value["before"] = _floats(weights[block, head][shown, : shown.start].sum(1))
    if "queries" in trace:
        value["size"] = trace["queries"].shape[-1]
        value |= {name: _floats(trace[name][block, head, shown]) for name in ("queries", "keys", "values")}
        mask = trace.get("mask")
        allowed = (
            np.ones((len(value["tokens"]),) * 2, bool)
            if mask is None
            else np.broadcast_to(mask, weights.shape[-2:])[shown, shown]
        )
        value["allowed"] = base64.b64encode(allowed.astype(np.uint8).tobytes()).decode()
    return value


def _floats(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
