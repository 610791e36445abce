"""Results to take away: drawn, as rows, as JSON, in COCO's and YOLO's formats."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lmdemo.adapters.outputs import Detection
from lmdemo.data.detection import read_video


def draw(picture: np.ndarray, detection: Detection) -> np.ndarray:
    """The boxes drawn on a copy of the picture (H, W, 3) by OpenCV."""
    drawn = picture.copy()
    for o in detection.objects:
        corner, opposite = (round(o.box.xmin), round(o.box.ymin)), (round(o.box.xmax), round(o.box.ymax))
        cv2.rectangle(drawn, corner, opposite, (0, 114, 178), 2, cv2.LINE_AA)
        cv2.putText(
            drawn,
            f"{o.label} {o.score:.2f}",
            (corner[0] + 2, max(12, corner[1] - 4)),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.5,
            (213, 94, 0),
            1,
            cv2.LINE_AA,
        )
    return drawn


def to_rows(detection: Detection) -> list[dict[str, Any]]:
    """One dict an object: label, score, and the box's edges in pixels, rounded to what means something."""
    return [
        {
            "label": o.label,
            "score": round(o.score, 4),
            **{edge: round(getattr(o.box, edge), 1) for edge in ("xmin", "ymin", "xmax", "ymax")},
        }
        for o in detection.objects
    ]


def to_json(detection: Detection) -> str:
    """The rows as the hub's object-detection task writes them: label, score, box."""
    rows = [
        {"label": r["label"], "score": r["score"], "box": {e: r[e] for e in ("xmin", "ymin", "xmax", "ymax")}}
        for r in to_rows(detection)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def to_coco(detection: Detection, labels: Sequence[str], *, width: int, height: int, file_name: str = "picture") -> str:
    """A COCO data set of one picture: boxes as x, y, width, height; category ids from 1."""
    annotations = [
        {
            "id": i + 1,
            "image_id": 1,
            "category_id": labels.index(r["label"]) + 1,
            "score": r["score"],
            "iscrowd": 0,
            "bbox": [r["xmin"], r["ymin"], round(r["xmax"] - r["xmin"], 1), round(r["ymax"] - r["ymin"], 1)],
            "area": round((r["xmax"] - r["xmin"]) * (r["ymax"] - r["ymin"]), 1),
        }
        for i, r in enumerate(to_rows(detection))
    ]
    return json.dumps(
        {
            "images": [{"id": 1, "file_name": file_name, "width": width, "height": height}],
            "annotations": annotations,
            "categories": [{"id": i + 1, "name": name} for i, name in enumerate(labels)],
        },
        indent=2,
    )


def to_yolo(detection: Detection, labels: Sequence[str], *, width: int, height: int) -> str:
    """One line an object: index of the label, then centre and size of the box as parts of the picture."""
    lines = []
    for o in detection.objects:
        b = o.box
        numbers = (
            (b.xmin + b.xmax) / 2 / width,
            (b.ymin + b.ymax) / 2 / height,
            (b.xmax - b.xmin) / width,
            (b.ymax - b.ymin) / height,
        )
        lines.append(" ".join((str(labels.index(o.label)), *(f"{n:.6f}" for n in numbers))))
    return "".join(f"{line}\n" for line in lines)


class Film:
    """A video with boxes drawn into it, written frame by frame: WebM (VP8), which browsers play.

    Args:
        path: The file to write, ``*.webm``.
        frames_per_second: How fast it is to be played.
    """

    def __init__(self, path: Path, frames_per_second: float) -> None:
        self.path, self.rate = path, frames_per_second
        self._writer: cv2.VideoWriter | None = None

    def add(self, picture: np.ndarray, detection: Detection) -> None:
        """One more frame (H, W, 3), red, green, blue uint8; all have the first one's size."""
        if self._writer is None:
            size = picture.shape[1], picture.shape[0]
            self._writer = cv2.VideoWriter(str(self.path), cv2.VideoWriter.fourcc(*"VP80"), self.rate, size)
        self._writer.write(cv2.cvtColor(draw(picture, detection), cv2.COLOR_RGB2BGR))

    def close(self) -> bool:
        """Ends the file; tells whether there is one."""
        if self._writer is not None:
            self._writer.release()
        return self.path.is_file() and self.path.stat().st_size > 0


def frame_at(video: str | Path, index: int, *, max_seconds: float = 30.0, frames_per_second: float = 5.0) -> np.ndarray:
    """One of the frames that ``stream`` looks at, by its position among them; the last one where there are fewer.

    Raises:
        InputError: The video can't be read.
    """
    picture = np.zeros((1, 1, 3), dtype=np.uint8)
    for n, (_, _, _, seen) in enumerate(
        read_video(video, max_seconds=max_seconds, frames_per_second=frames_per_second)
    ):
        picture = seen
        if n == index:
            break
    return picture
