"""The receptive field as a tree: which samples meet at one, block by block."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Reach(View):
    """Shows what :func:`reach` makes; arrow keys go through the blocks."""

    files = "reach"


def reach(
    kernel_size: int, dilations: Sequence[int], rate: int, words: Mapping[str, str], *, period: float = 0.0
) -> dict[str, Any]:
    """The JSON of the tree.

    Args:
        kernel_size: Samples that a block reads.
        dilations: How far apart they are, the first block first.
        rate: Samples a second.
        words: The view's phrases.
        period: Of the voice's pitch in milliseconds, drawn as a measure; 0 leaves it out.
    """
    return {
        "kernel": kernel_size,
        "dilations": list(dilations),
        "rate": rate,
        "period": round(period, 3),
        "words": dict(words),
    }
