"""Every layer's feature maps; a map and a pixel of it can be chosen with pointer or arrows."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View


class FeatureMaps(View):
    """Triggers ``pick`` with ``layer``, ``channel``, ``y`` and ``x``."""

    files = "feature_maps"
    EVENTS = (*View.EVENTS, "pick")


def feature_maps(maps: Mapping[str, np.ndarray], words: Mapping[str, str], *, pickable: bool) -> dict[str, Any]:
    """The JSON of the maps.

    Args:
        maps: By layer name, in order, each (F, H, W). Each layer is drawn on one scale, from its smallest to its largest
            number; brightness is the square root, so that faint answers can be seen too.
        words: The view's phrases in the visitor's language.
        pickable: Whether a chosen pixel is reported.
    """
    layers = []
    for name, values in maps.items():
        low, high = float(values.min()), float(values.max())
        scaled = np.round(np.sqrt((values - low) / max(high - low, 1e-9)) * 255).astype(np.uint8)
        layers.append(
            {
                "name": name,
                "count": values.shape[0],
                "height": values.shape[1],
                "width": values.shape[2],
                "low": round(low, 4),
                "high": round(high, 4),
                "data": base64.b64encode(scaled.tobytes()).decode(),
            }
        )
    return {"layers": layers, "words": dict(words), "pickable": pickable}
