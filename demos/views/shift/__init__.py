"""A picture that can be pushed aside, and what its feature maps do then."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Shift(View):
    """Triggers ``move`` with ``dx`` and ``dy``, whole pixels to the right and down, a few times a second."""

    files = "shift"
    EVENTS = (*View.EVENTS, "move")


def shift(
    picture: np.ndarray,
    at: tuple[int, int],
    layers: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    *,
    farthest: int,
    told: str,
) -> dict[str, Any]:
    """The JSON of a pushed picture.

    Args:
        picture: As it was before, (H, W) uint8.
        at: How far it is pushed: right, down.
        layers: Each ``name``; ``step``, the pixels of the picture between two of its numbers; ``fixed`` and ``aligned``, how far
            its numbers differ at the same places and after shifting back; and, where it is drawn, one map's ``before``,
            ``after`` and ``back``, (h, w), with ``there``, the part that can be compared, as slices.
        words: The view's phrases in the visitor's language.
        farthest: Most pixels to any side.
        told: What became of the answer.
    """
    rows = []
    for layer in layers:
        row: dict[str, Any] = {k: layer[k] for k in ("name", "step", "channel")}
        row |= {"fixed": round(layer["fixed"], 4), "aligned": round(layer["aligned"], 4)}
        if "before" in layer:
            most = max(float(max(layer[k].max() for k in ("before", "after"))), 1e-9)
            row["height"], row["width"] = layer["before"].shape
            row |= {k: _text(np.sqrt(layer[k].clip(0) / most) * 255) for k in ("before", "after", "back")}
            outside = np.ones(layer["before"].shape, bool)
            outside[layer["there"]] = False
            difference = np.where(outside, 0, layer["back"] - layer["before"])
            row["difference"] = _text(difference / most * 127 + 128)
            row["there"] = [n for s in layer["there"] for n in (s.start, s.stop)]
        rows.append(row)
    height, width = picture.shape
    shown = {"height": height, "width": width, "data": _text(picture)}
    return {
        "picture": shown,
        "dx": at[0],
        "dy": at[1],
        "layers": rows,
        "farthest": farthest,
        "told": told,
        "words": dict(words),
    }


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.round(values).clip(0, 255).astype(np.uint8).tobytes()).decode()
