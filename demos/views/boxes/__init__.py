"""Boxes over a picture, with names. Thresholds act at once, here and in the steps that look into the same answer: views of
suppression, grid, edges, precision and responsibility draw what the ``main`` view of boxes was given.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from demos.views import View

DETAILED = 40  # candidates whose edges are written out
LABELS = 6  # labels whose probability maps are sent


class Boxes(View):
    """Shows a picture made by :func:`boxes`."""

    files = "boxes"


def boxes(
    picture: Image.Image,
    trace: Mapping[str, np.ndarray],
    labels: Sequence[str],
    names: Sequence[str],
    words: dict[str, str],
    *,
    iou: float = 0.7,
    file: str = "picture",
    title: str = "",
    main: bool = True,
    key: str = "",
    marks: Sequence[tuple[int, float, float, float, float]] = (),
    live: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The view's JSON.

    Args:
        picture: What was given.
        trace: Of a result of object detection.
        labels: The labels' names in files, by index.
        names: Their names on the page.
        words: The view's phrases.
        iou: Where the slider of the overlap stands, unless the visitor moved it.
        file: The picture's name in what is downloaded.
        title: Stands above, where there are two.
        main: Whether it has the controls, and the steps look into it.
        key: Whatever identifies picture and network, so that what was chosen in another one is forgotten.
        marks: What a person marked: index of the label, xmin, ymin, xmax, ymax.
        live: The ``id`` of a camera's frame, which the browser still has; no picture is sent then.
    """
    width, height = picture.size
    scores = trace["candidate_scores"]
    named = scores.argmax(axis=1) if len(scores) else np.zeros(0, int)
    cells = trace.get("candidate_cells", np.zeros((len(scores), 2), int))
    strides = trace.get("candidate_strides", np.zeros(len(scores), int))
    candidates = [
        [*(round(float(v), 2) for v in box), round(float(s.max()), 4), int(k), int(stride), *map(int, cell)]
        for box, s, k, stride, cell in zip(trace["candidate_boxes"], scores, named, strides, cells, strict=True)
    ]
    edges = trace["candidate_edges"][:DETAILED].round(3).tolist() if "candidate_edges" in trace else []
    shown = list(dict.fromkeys(named.tolist()))[:LABELS] or [0]
    return {
        "src": "" if live else _address(picture),
        "width": width,
        "height": height,
        "candidates": candidates,
        "edges": edges,
        "labels": list(labels),
        "names": list(names),
        "shown": shown,
        "grids": _grids(trace, shown),
        "frame": np.asarray(trace.get("frame", [1, 1, 0, 0]), float).tolist(),
        "words": words,
        "iou": iou,
        "file": file,
        "title": title,
        "main": main,
        "key": key,
        "marks": [list(mark) for mark in marks],
        "live": live,
    }


def _grids(trace: Mapping[str, np.ndarray], shown: list[int]) -> dict[str, dict]:
    """The scores of each stride's cells, as bytes on a scale of square roots."""
    grids = {}
    for stride in (8, 16, 32):
        if (grid := trace.get(f"grid_{stride}")) is not None:
            maps = (np.sqrt(grid[shown]) * 255).round().astype(np.uint8)
            data = base64.b64encode(maps.tobytes()).decode()
            grids[str(stride)] = {"rows": grid.shape[1], "columns": grid.shape[2], "data": data}
    return grids


def _address(picture: Image.Image) -> str:
    """A picture as an address that holds it, small enough for a page."""
    small = picture.convert("RGB")
    small.thumbnail((760, 760))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
