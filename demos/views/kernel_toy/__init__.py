"""A kernel of one's own over the visitor's picture: its numbers, its size, stride and padding, computed in the browser."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View

PRESETS = ("upright", "level", "blur", "sharpen", "outline")
SIDES, STRIDES, PADDINGS = (1, 3, 5), (1, 2, 3, 4), (0, 1, 2)
FIRST = "upright.3.1.1"
_OWN = 99  # largest number of a kernel of one's own, in tenths


class KernelToy(View):
    """Triggers ``turn`` with ``toy``: preset or numbers in tenths joined by commas, side, stride and padding, joined by dots."""

    files = "kernel_toy"
    EVENTS = (*View.EVENTS, "turn")


def check_toy(text: str) -> str:
    """Admits what the view writes.

    Raises:
        ValueError: It is something else.
    """
    kernel, side, stride, padding = text.split(".")
    if int(side) not in SIDES or int(stride) not in STRIDES or int(padding) not in PADDINGS:
        raise ValueError(text)
    if kernel not in PRESETS:
        numbers = [int(v) for v in kernel.split(",")]
        if len(numbers) != int(side) ** 2 or max(map(abs, numbers)) > _OWN:
            raise ValueError(text)
    return text


def output_size(size: int, side: int, stride: int, padding: int) -> int:
    """How many numbers a row of the result has."""
    return (size + 2 * padding - side) // stride + 1


def kernel_toy(picture: np.ndarray, toy: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the toy.

    Args:
        picture: (H, W) uint8.
        toy: What :func:`check_toy` admits.
        words: The view's phrases.
    """
    data = base64.b64encode(picture.tobytes()).decode()
    shown = {"height": picture.shape[0], "width": picture.shape[1], "data": data}
    choices = {"presets": PRESETS, "sides": SIDES, "strides": STRIDES, "paddings": PADDINGS}
    return {"picture": shown, "toy": toy, **{k: list(v) for k, v in choices.items()}, "words": dict(words)}
