"""Two embeddings, their products number by number, and the sum that is the score."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View


class DotProduct(View):
    """Shows what :func:`dot_product` makes."""

    files = "dot_product"


def dot_product(title: str, a: np.ndarray, b: np.ndarray, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of two embeddings.

    Args:
        title: In the visitor's language.
        a, b: (D,) each.
        words: The view's phrases.
    """
    return {
        "title": title,
        "a": [round(float(v), 5) for v in a],
        "b": [round(float(v), 5) for v in b],
        "words": dict(words),
    }
