"""How near every clip is to every other: a cell that is chosen plays both."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View
from demos.views.listen import sound


class Matrix(View):
    """Shows what :func:`matrix` makes."""

    files = "matrix"


def matrix(
    names: Sequence[str],
    groups: Sequence[str],
    cosines: np.ndarray,
    threshold: float,
    paths: Sequence[str],
    words: Mapping[str, str],
) -> dict[str, Any]:
    """The JSON of a similarity matrix.

    Args:
        names: What each clip is called, (N,).
        groups: Whose it is, (N,).
        cosines: (N, N).
        threshold: From where on two count as the same; cells on the wrong side of it are marked.
        paths: The clips' files, (N,).
        words: The view's phrases.
    """
    return {
        "names": list(names),
        "groups": list(groups),
        "cosines": np.asarray(cosines, float).round(3).tolist(),
        "threshold": round(threshold, 3),
        "files": [sound(p) for p in paths],
        "words": dict(words),
    }
