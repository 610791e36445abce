"""One number of a feature map, written out: patch, kernel, products, sum, activation, pooling window."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View

SHOWN = 3  # input maps written out; the others are one sum


class Convolution(View):
    """Shows what :func:`convolution` makes."""

    files = "convolution"


def convolution(step: Any, title: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of one step.

    Args:
        step: What an image classifier's ``convolution_step`` gives.
        title: Which number this is, in the visitor's language.
        words: The view's phrases.
    """
    contributions = step.products.sum(axis=(1, 2))
    order = np.argsort(-np.abs(contributions), kind="stable")
    shown, rest = order[:SHOWN], order[SHOWN:]

    def numbers(values: np.ndarray) -> list[list[float]]:
        return [[round(float(v), 4) for v in line] for line in values]

    return {
        "title": title,
        "words": dict(words),
        "channels": [
            {
                "index": int(c),
                "patch": numbers(step.patch[c]),
                "kernel": numbers(step.kernel[c]),
                "products": numbers(step.products[c]),
                "sum": round(float(contributions[c]), 5),
            }
            for c in shown
        ],
        "rest": {"count": len(rest), "sum": round(float(contributions[rest].sum()), 5)},
        "bias": step.bias,
        "total": step.total,
        "scale": step.scale,
        "shift": step.shift,
        "normalized": step.normalized,
        "activation": step.activation,
        "window": None if step.window is None else numbers(step.window),
        "pooled": step.pooled,
    }
