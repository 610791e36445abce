"""A recurrent network unrolled: a cell for each word, the state handed on from cell to cell, and a chosen unit's sums beside its cell."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

SHOWN = 60  # words drawn; of a longer text the last ones


class Unrolled(View):
    """Shows what :func:`unrolled` makes; triggers ``pick`` with ``layer``, ``unit`` and ``step`` for a cell's unit."""

    files = "unrolled"
    EVENTS = (*View.EVENTS, "pick")


def _side(values: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    """Products of one side, largest first."""
    products = values * weights
    order = np.argsort(-np.abs(products), kind="stable")
    return {
        "sum": round(float(products.sum()), 5),
        "terms": [[int(i), *(round(float(v[i]), 4) for v in (values, weights, products))] for i in order],
    }


def sums(
    made: Any,
    title: str,
    names: Mapping[str, str],
    words: Mapping[str, str],
    *,
    step: int = 0,
    unit: int = 0,
    held: Sequence[str] = (),
) -> dict[str, Any]:
    """One unit at one step, written out: every product, their sums, the squashing, and what becomes of the cell.

    Args:
        made: A text classifier's ``UnitStep``.
        title: Which unit and word this is, in the visitor's language.
        names: Names of the parts.
        words: The view's phrases.
        step, unit: Which these are, to be marked.
        held: Parts that are held at 1.
    """
    parts: Sequence[dict] = [
        {
            "key": part,
            "name": names[part],
            "squash": "tanh" if part in ("state", "candidate") else "σ",
            "input": _side(made.inputs, made.input_weights[i]),
            "state": _side(made.state, made.state_weights[i]),
            "bias": round(float(made.biases[i]), 5),
            "sum": round(float(made.sums[i]), 5),
            "value": round(float(made.values[i]), 5),
            "held": part in held,
        }
        for i, part in enumerate(made.parts)
    ]
    return {
        "title": title,
        "step": step,
        "unit": unit,
        "parts": parts,
        "words": dict(words),
        "output": round(made.output, 5),
        "before": None if made.cell_before is None else round(made.cell_before, 5),
        "cell": None if made.cell is None else round(made.cell, 5),
    }


def unrolled(
    title: str,
    tokens: Sequence[str],
    strips: Sequence[dict[str, Any]],
    answers: Sequence[tuple[str, str, float]],
    words: Mapping[str, str],
    *,
    known: Sequence[bool] = (),
    ids: Sequence[int] = (),
    sums: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of the row of cells.

    Args:
        title: In the visitor's language.
        tokens: Words (T,); the last :data:`SHOWN` are drawn.
        strips: What is handed on, made by :func:`demos.views.timeline.band` of the last ``SHOWN`` words: the state, and of an
            LSTM the cell before it.
        answers: After each word: label, colour, probability.
        words: The view's phrases.
        known: Whether the network knows each word; none means all.
        ids: Numbers of the units in the strips, where not all are shown or they are in another order.
        sums: Made by :func:`sums`, to be shown beside its cell.
    """
    made = {
        "title": title,
        "tokens": list(tokens[-SHOWN:]),
        "first": max(0, len(tokens) - SHOWN),
        "total": len(tokens),
        "strips": list(strips),
        "answers": [[name, colour, round(float(p), 4)] for name, colour, p in answers[-SHOWN:]],
        "words": dict(words),
        "known": [bool(k) for k in known[-SHOWN:]],
        "ids": [int(i) for i in ids],
    }
    return made | ({"sums": dict(sums)} if sums else {})
