"""All stages of a convolutional network side by side; a chosen number unfolds where it stands."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View


class Stages(View):
    """Triggers ``pick`` with what is to be unfolded, ``layer.channel.y.x``, ``label.number`` or nothing; ``at`` when another
    number of the same map is looked at; ``rescale`` with ``scale``, ``layer`` or ``map``.
    """

    files = "stages"
    EVENTS = (*View.EVENTS, "pick", "at", "rescale")


def stages(
    picture: np.ndarray,
    maps: Mapping[str, np.ndarray],
    words: Mapping[str, str],
    *,
    scores: Mapping[str, float],
    scale: str = "layer",
    shares: Mapping[str, np.ndarray] | None = None,
    fields: Mapping[str, tuple[int, int, int]] | None = None,
    deciding: np.ndarray | None = None,
    number: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON of the canvas: ``columns`` hold each layer's maps as bytes, a map's own largest number (``highs``) being 255; what
    is stored is the square root, so that faint answers keep their differences.

    Args:
        picture: What the network sees, (H, W) or (H, W, 3) uint8.
        maps: By layer, in order, each (F, H, W), none of them negative.
        words: The view's phrases in the visitor's language.
        scores: Probability by label, as the visitor reads it, most probable first.
        scale: Whether brightness is by ``layer`` or by ``map``.
        shares: By layer, what each input map adds to each map's largest number, (F, C).
        fields: By layer, the square of the picture behind one number: side, pixels between neighbours, where the first begins.
        deciding: What each of the last maps adds to each label's logit, (labels, F), in the order of ``scores``.
        number: What is unfolded; :func:`demos.views.convolution.of_map` or ``of_label``.
    """
    columns = []
    for name, values in maps.items():
        highs = values.max((1, 2))
        scaled = np.round(np.sqrt(values / np.maximum(highs, 1e-9)[:, None, None]) * 255).astype(np.uint8)
        columns.append(
            {
                "name": name,
                "count": len(values),
                "height": values.shape[1],
                "width": values.shape[2],
                "highs": [round(float(v), 4) for v in highs],
                "order": np.argsort(-values.mean((1, 2)), kind="stable").tolist(),
                "data": _text(scaled),
                "shares": _signed(shares[name]) if shares and name in shares else None,
                "field": list(fields[name]) if fields and name in fields else None,
            }
        )
    return {
        "picture": {
            "height": picture.shape[0],
            "width": picture.shape[1],
            "data": _text(picture),
            "depth": picture.ndim,
        },
        "columns": columns,
        "scores": [{"label": k, "p": round(float(v), 5)} for k, v in scores.items()],
        "deciding": None if deciding is None else _signed(deciding),
        "scale": scale,
        "number": dict(number) if number else None,
        "words": dict(words),
    }


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _signed(values: np.ndarray) -> dict[str, Any]:
    """Numbers of either sign as bytes around 128, the largest of them 127 away."""
    most = max(float(np.abs(values).max()), 1e-9)
    return {"most": round(most, 4), "data": _text(np.round(values / most * 127 + 128).astype(np.uint8))}
