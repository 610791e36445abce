"""What happens over time, word by word: probabilities as lines, and units by words as a heat map."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

SHOWN = 110  # words drawn; of a longer text the last ones


class Timeline(View):
    """Shows what :func:`timeline` makes; triggers ``pick`` with ``layer``, ``unit`` and ``step`` for a cell of the map."""

    files = "timeline"
    EVENTS = (*View.EVENTS, "pick")


def band(
    key: str,
    name: str,
    colour: str,
    values: np.ndarray,
    *,
    layer: int = 0,
    low: float | None = None,
    high: float | None = None,
) -> dict[str, Any]:
    """One quantity of all units over time.

    Args:
        key: Its id.
        name: Its name in the visitor's language.
        colour: Of its button, a variable of the page's style without ``--lm-``. Its map has the two colours of a number's sign.
        values: (T, U).
        layer: What ``pick`` reports as ``layer``.
        low, high: Ends of its scale; by default as far as the largest value on either side of zero. What goes from 0 to 1 is
            a gate: its scale is centred at one half, between closed and open.
    """
    values = values[-SHOWN:]
    most = max(float(np.abs(values).max(initial=0)), 1e-6)
    low, high = -most if low is None else low, most if high is None else high
    gate = (low, high) == (0, 1)
    data = np.round((values.T - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)  # (U, T)
    return {
        "key": key,
        "name": name,
        "colour": colour,
        "layer": layer,
        "units": values.shape[1],
        "low": round(low, 3),
        "high": round(high, 3),
        "centre": 0.5 if gate else 0.0,
        "gate": gate,
        "data": base64.b64encode(data.tobytes()).decode(),
    }


def lane(name: str, colour: str, values: Sequence[float], *, dashed: bool = False) -> dict[str, Any]:
    """A probability after each token, (T,)."""
    return {"name": name, "colour": colour, "dashed": dashed, "values": [round(float(v), 4) for v in values[-SHOWN:]]}


def timeline(
    title: str,
    tokens: Sequence[str],
    lanes: Sequence[dict],
    bands: Sequence[dict],
    words: Mapping[str, str],
    *,
    known: Sequence[bool] = (),
    ids: Sequence[int] = (),
    pickable: bool = False,
    tall: int = 300,
    sums: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of the whole.

    Args:
        title: In the visitor's language.
        tokens: Words or characters (T,).
        lanes: What :func:`lane` makes.
        bands: What :func:`band` makes; the eye chooses one, or the mean over all units of each.
        words: The view's phrases.
        known: Whether the network knows each token; none means all.
        ids: Numbers of the units in the bands, where not all are shown.
        pickable: Whether a chosen cell is reported.
        tall: Pixels of the map's height, about.
        sums: Made by :func:`demos.views.unrolled.sums`: a chosen cell written out, to be shown below it.
    """
    made = {
        "title": title,
        "tokens": list(tokens[-SHOWN:]),
        "known": [bool(k) for k in known[-SHOWN:]],
        "first": max(0, len(tokens) - SHOWN),
        "total": len(tokens),
        "ids": [int(i) for i in ids],
        "lanes": list(lanes),
        "bands": list(bands),
        "words": dict(words),
        "pickable": pickable,
        "tall": tall,
    }
    return made | ({"sums": dict(sums)} if sums else {})


def alike(values: np.ndarray, most: int = 64) -> np.ndarray:
    """Units (T, U) in an order in which alike ones stand side by side, at most ``most``: those that vary most.

    The order goes around the plane of their two main components, as a seriation by angle does.
    """
    shown = np.sort(np.argsort(-values.std(0), kind="stable")[:most])
    centred = values[:, shown] - values[:, shown].mean(0)
    if min(centred.shape) < 2:
        return shown
    x, y = np.linalg.svd(centred, full_matrices=False)[2][:2]
    return shown[np.argsort(np.arctan2(y, x), kind="stable")]
