"""A pad to draw on with finger, mouse, pen or keyboard; its strokes are a short text that fits into a link."""

import re

from PIL import Image, ImageDraw

from demos.views import View
from lmdemo.errors import InputError

SIDE = 280  # the pad's own pixels; coordinates go from 0 to 279
PEN = 16
MAX_LENGTH = 4_096
_STROKES = re.compile(r"[0-9a-z]{4}(?:[0-9a-z]{4})*(?:\.[0-9a-z]{4}(?:[0-9a-z]{4})*)*")


class DrawingPad(View):
    """Triggers ``draw`` with the strokes after each of them.

    Strokes are joined by dots; each is a run of points, a point two coordinates, a coordinate two digits to base 36.
    """

    files = "drawing_pad"
    EVENTS = (*View.EVENTS, "draw")


def check_strokes(strokes: str) -> str:
    """Admits what the pad writes.

    Raises:
        ValueError: It is something else, or too long.
    """
    if len(strokes) > MAX_LENGTH or not _STROKES.fullmatch(strokes):
        raise ValueError(strokes[:40])
    return strokes


def picture(strokes: str) -> Image.Image:
    """The drawing, black on white, 280 x 280 pixels.

    Raises:
        InputError: There is no stroke, or the text is none of the pad's.
    """
    if not strokes:
        raise InputError("drawing_empty", expected="1 stroke", got="0 strokes", hint="Draw something first.")
    try:
        check_strokes(strokes)
    except ValueError as error:
        raise InputError(
            "drawing_unknown",
            expected=f"strokes of the pad, <= {MAX_LENGTH:,} characters",
            got=f"{len(strokes):,} characters: {error}"[:80],
            hint="Draw it again.",
        ) from error
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    for stroke in strokes.split("."):
        numbers = [min(int(stroke[i : i + 2], 36), SIDE - 1) for i in range(0, len(stroke), 2)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        pen.line(points, fill="black", width=PEN, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse([x - PEN / 2, y - PEN / 2, x + PEN / 2, y + PEN / 2], fill="black")
    return image
