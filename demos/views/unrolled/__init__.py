"""One unit at one step, written out: every product, their sums, the squashing, and what becomes of the cell."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

SHOWN = 3  # products written out of the input and of the state; the others are one sum, and a table


class Unrolled(View):
    """Shows what :func:`unrolled` makes."""

    files = "unrolled"


def _side(values: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    """Products of one side, largest first."""
    products = values * weights
    order = np.argsort(-np.abs(products), kind="stable")
    return {
        "sum": round(float(products.sum()), 5),
        "terms": [[int(i), *(round(float(v[i]), 4) for v in (values, weights, products))] for i in order],
    }


def unrolled(
    step: Any,
    title: str,
    names: Mapping[str, str],
    words: Mapping[str, str],
    colours: Mapping[str, str],
    *,
    held: Sequence[str] = (),
) -> dict[str, Any]:
    """The JSON of one step.

    Args:
        step: A text classifier's ``UnitStep``.
        title: Which unit and word this is, in the visitor's language.
        names: Names of the parts.
        words: The view's phrases.
        colours: Variables of the page's style without ``--lm-``, by part.
        held: Parts that are held at 1.
    """
    parts: Sequence[dict] = [
        {
            "key": part,
            "name": names[part],
            "colour": colours[part],
            "squash": "tanh" if part in ("state", "candidate") else "σ",
            "input": _side(step.inputs, step.input_weights[i]),
            "state": _side(step.state, step.state_weights[i]),
            "bias": round(float(step.biases[i]), 5),
            "sum": round(float(step.sums[i]), 5),
            "value": round(float(step.values[i]), 5),
            "held": part in held,
        }
        for i, part in enumerate(step.parts)
    ]
    return {
        "title": title,
        "parts": parts,
        "shown": SHOWN,
        "words": dict(words),
        "output": round(step.output, 5),
        "before": None if step.cell_before is None else round(step.cell_before, 5),
        "cell": None if step.cell is None else round(step.cell, 5),
    }
