"""What each layer would already answer after each token ("logit lens"): a map of words, a row a layer, a column a token."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Lens(View):
    """Shows what :func:`lens` makes; a cell that is pointed at or chosen tells of its best answers."""

    files = "lens"


def lens(
    tokens: Sequence[str], answers: Sequence[Sequence[Mapping[str, float]]], words: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON of the map.

    Args:
        tokens: The last tokens that were read.
        answers: After each of them, for each layer, its most probable next tokens with their probabilities.
        words: The view's phrases.
    """
    cells = [[[(t, round(p, 4)) for t, p in layer.items()] for layer in layers] for layers in answers]
    return {"tokens": [str(t) for t in tokens], "cells": cells, "words": dict(words)}
