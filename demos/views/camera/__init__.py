"""The browser's camera, a frame at a time: as it is, not mirrored, the back one first."""

import base64
import binascii
import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from demos.views import View
from lmdemo.errors import InputError

SECONDS = 120  # after which it is switched off
MAX_LENGTH, MAX_SIDE = 1_500_000, 1_280  # of a frame: characters, pixels
_HEAD = "data:image/jpeg;base64,"


class Camera(View):
    """Shows what :func:`camera` makes.

    Triggers ``frame`` with ``id``, ``off`` and ``jpeg`` (a data URL) for each frame: the answer is a picture of
    :func:`demos.views.boxes.boxes` whose ``live`` names that id, and the next frame follows when it is on show. Triggers
    ``still`` with ``jpeg``, the last frame, when the camera is stopped and the frame held.
    """

    files = "camera"
    EVENTS = (*View.EVENTS, "frame", "still")


def camera(words: dict[str, str], off: int = 0) -> dict[str, Any]:
    """The JSON.

    Args:
        words: The view's phrases.
        off: A larger number than before switches the camera off, since something else was given.
    """
    return {"words": words, "off": off, "seconds": SECONDS}


def frame(jpeg: Any) -> Image.Image:
    """A frame that a browser sent.

    Raises:
        InputError: It is none.
    """
    got = f"{len(jpeg):,} characters" if isinstance(jpeg, str) else type(jpeg).__name__
    broken = InputError(
        "picture_broken", expected=f"a JPEG frame, <= {MAX_SIDE} pixels", got=got, hint="Start the camera again."
    )
    if not isinstance(jpeg, str) or len(jpeg) > MAX_LENGTH or not jpeg.startswith(_HEAD):
        raise broken
    try:
        with Image.open(io.BytesIO(base64.b64decode(jpeg[len(_HEAD) :], validate=True)), formats=("JPEG",)) as picture:
            if max(picture.size) > MAX_SIDE:
                raise broken
            return picture.convert("RGB")
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError) as error:
        raise broken from error
