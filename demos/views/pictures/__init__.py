"""Small pictures in a row, each with its caption; as buttons where they can be chosen."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from demos.views import View


class Pictures(View):
    """Shows pictures made by :func:`picture`; triggers ``choose`` with the item's id where they are choosable."""

    files = "pictures"
    EVENTS = (*View.EVENTS, "choose")


def picture(id: str, pixels: np.ndarray | Image.Image, caption: str, alt: str, side: int = 96) -> dict[str, Any]:
    """One item of a row.

    Args:
        id: What ``choose`` reports.
        pixels: (H, W) or (H, W, 3) uint8, or a PIL picture.
        caption: Words below it.
        alt: What it shows, for those who do not see it.
        side: Its width on the page in pixels.
    """
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.draft("RGB", (2 * side, 2 * side))  # a JPEG file is decoded no larger than needed
    kind = "png" if max(image.size) <= 64 else "jpeg"  # every pixel of a small one counts; a photo may lose a little
    if kind == "jpeg":
        image = image.convert("RGB")
        image.thumbnail((2 * side, 2 * side))
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=85)
    source = f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode()
    return {"id": id, "src": source, "caption": caption, "alt": alt, "side": side}


def row(
    title: str, items: Sequence[dict[str, Any]], *, chosen: str = "", choosable: bool = False, note: str = ""
) -> dict[str, Any]:
    """The JSON of a row of pictures."""
    return {"title": title, "items": list(items), "chosen": chosen, "choosable": choosable, "note": note}


def diverging(values: np.ndarray, over: np.ndarray | None = None) -> np.ndarray:
    """Colours for values from -1 to 1, (H, W) -> (H, W, 3) uint8: orange against, white nothing, blue for.

    Args:
        values: The values.
        over: A grey picture (H, W) uint8 that stays visible below.
    """
    strength = np.abs(values)[..., None].clip(0, 1)
    colour = np.where(values[..., None] >= 0, np.array([0, 114, 178.0]), np.array([213, 94, 0.0]))
    base = (
        np.full((*values.shape, 3), 255.0)
        if over is None
        else np.repeat(255 - 0.6 * over[..., None].astype(float), 3, 2)
    )
    return (base * (1 - strength) + colour * strength).round().astype(np.uint8)
