"""The learnt kernels of a convolution; of the chosen one the pieces of pictures that excite it most."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class Kernels(View):
    """Triggers ``pick`` with ``layer`` and ``channel``."""

    files = "kernels"
    EVENTS = (*View.EVENTS, "pick")


def kernels(
    values: np.ndarray,
    patches: Sequence[Mapping[str, Any]],
    asked: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    *,
    layer: int,
    layers: int,
    channel: int,
) -> dict[str, Any]:
    """The JSON of a convolution's kernels.

    Args:
        values: Of each filter one slice, (F, k, k).
        patches: Pictures made by :func:`demos.views.pictures.picture` that excite the chosen filter, strongest first.
        asked: Pictures that the step's question is about.
        words: ``title``, ``note``, ``strongest``, ``quiz``, ``layer``, ``filter``, ``scale``, in the visitor's language.
        layer: Which convolution, from 1.
        layers: How many there are.
        channel: The chosen filter.
    """
    most = max(float(np.abs(values).max()), 1e-9)
    data = base64.b64encode(np.round(values / most * 127 + 128).astype(np.uint8).tobytes()).decode()
    shown = {"count": len(values), "side": values.shape[1], "most": round(most, 3), "data": data}
    chosen = {"layer": layer, "layers": layers, "channel": channel}
    return shown | chosen | {"patches": list(patches), "asked": list(asked), "words": dict(words)}
