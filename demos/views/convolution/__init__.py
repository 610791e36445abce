"""One number of a network, written out: patch, kernel, products, sum and what follows; or weights times values and softmax.

It stands alone, or unfolds in :mod:`demos.views.stages`.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.views import View


class Convolution(View):
    """Shows ``number``, made by :func:`of_map` or :func:`of_label`, with the ``picture`` and ``words`` of
    :func:`demos.views.stages.stages`; triggers ``pick`` and ``at`` as that does.
    """

    files = "convolution"
    EVENTS = (*View.EVENTS, "pick", "at")


def of_map(
    layer: str,
    channel: int,
    at: tuple[int, int],
    below: np.ndarray,
    step: Any,
    *,
    field: Sequence[int],
    padding: int,
    pool: int,
) -> dict[str, Any]:
    """All that is needed to write out any number of one map: the input maps as 16 bits, the kernel, what follows.

    Args:
        layer: Whose map, such as ``relu3``.
        channel: Which of them.
        at: Row and column that are looked at first.
        below: The input maps, (C, H, W).
        step: What an image classifier's ``convolution_step`` gives for the map.
        field: The square of the picture behind one number: side, pixels between neighbours, where the first begins.
        padding: Zeros around the input maps.
        pool: Side of the pooling window that follows; 0 where none does.
    """
    low, high = below.min((1, 2)), below.max((1, 2))
    span = np.maximum(high - low, 1e-9)[:, None, None]
    scaled = np.round((below - low[:, None, None]) / span * 65535).astype("<u2")
    return {
        "kind": "map",
        "layer": layer,
        "channel": channel,
        "y": at[0],
        "x": at[1],
        "inputs": {
            "count": len(below),
            "height": below.shape[1],
            "width": below.shape[2],
            "low": [round(float(v), 6) for v in low],
            "high": [round(float(v), 6) for v in high],
            "data": base64.b64encode(scaled.tobytes()).decode(),
        },
        "kernel": [[round(float(v), 6) for v in one.ravel()] for one in step.kernel],
        "side": step.kernel.shape[-1],
        "bias": step.bias,
        "scale": step.scale,
        "shift": step.shift,
        "field": list(field),
        "padding": padding,
        "pool": pool,
    }


def of_label(
    label: int, given: np.ndarray, weights: np.ndarray, bias: Sequence[float], logits: np.ndarray, side: int
) -> dict[str, Any]:
    """One label's logit, written out: weights times values, and what softmax makes of all logits.

    Args:
        label: Its place among the scores.
        given: What the last layer is given, (features,).
        weights: Of the labels in the order of the scores, (labels, features).
        bias: Of the labels, in this order.
        logits: In this order.
        side: Height and width of the last maps that were laid out in a row.
    """
    return {
        "kind": "label",
        "label": label,
        "side": side,
        "values": [round(float(v), 4) for v in given],
        "weights": [round(float(v), 4) for v in weights[label]],
        "bias": round(float(bias[label]), 4),
        "logits": [round(float(v), 4) for v in logits],
    }
