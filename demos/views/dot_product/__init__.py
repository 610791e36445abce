"""Two embeddings, their products number by number, and the sum that is the score."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View


class DotProduct(View):
    """Shows what :func:`dot_product` makes; triggers ``sort`` with ``sorted`` when another order was chosen."""

    files = "dot_product"
    EVENTS = (*View.EVENTS, "sort")


def dot_product(
    title: str, a: np.ndarray, b: np.ndarray, words: Mapping[str, str], *, by_size: bool = False
) -> dict[str, Any]:
    """The JSON of two embeddings.

    Args:
        title: In the visitor's language.
        a, b: (D,) each.
        words: The view's phrases.
        by_size: Whether the strongest products come first.
    """
    return {
        "title": title,
        "a": [round(float(v), 5) for v in a],
        "b": [round(float(v), 5) for v in b],
        "words": dict(words),
        "by_size": by_size,
    }
