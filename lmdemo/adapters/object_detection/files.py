"""Results to take away: drawn, as rows, as JSON, in COCO's and YOLO's formats."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lmdemo.adapters.outputs import Detection
from lmdemo.data.video import read_video


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
        frames_per_second: How fast it is to be played, where frames come without their seconds.
    """

    def __init__(self, path: Path, frames_per_second: float) -> None:
        self.path, self.rate = path, frames_per_second
        self._container: Any = None
        self._stream: Any = None
        self._last = -1

    def add(self, picture: np.ndarray, detection: Detection, seconds: float | None = None) -> None:
        """One more frame (H, W, 3), red, green, blue uint8, shown from this second on; all have the first one's size."""
        import av

        if self._container is None:
            self._container = av.open(str(self.path), "w", format="webm")
            options = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "4M"}
            self._stream = self._container.add_stream("libvpx", rate=round(self.rate), options=options)
            height, width = picture.shape[:2]
            self._stream.width, self._stream.height = width - width % 2, height - height % 2  # half the colours
            self._stream.pix_fmt = "yuv420p"
            self._stream.codec_context.time_base = Fraction(1, 1000)
        shown = self._last + round(1000 / self.rate) if seconds is None else round(1000 * seconds)
        frame = av.VideoFrame.from_ndarray(draw(picture, detection), format="rgb24")
        frame.pts = self._last = max(shown, self._last + 1)
        frame.time_base = Fraction(1, 1000)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> bool:
        """Ends the file; tells whether there is one."""
        if self._container is not None:
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._container = None
        return self.path.is_file() and self.path.stat().st_size > 0


def frame_at(video: str | Path, index: int, *, max_seconds: float = 30.0, frames_per_second: float = 5.0) -> np.ndarray:
    """One of the frames that ``stream`` looks at, by its position among them; the last one where there are fewer.

    Raises:
        InputError: The video can't be read.
    """
    picture = np.zeros((1, 1, 3), dtype=np.uint8)
    for n, shot in enumerate(read_video(video, max_seconds=max_seconds, frames_per_second=frames_per_second)):
        picture = shot.picture
        if n == index:
            break
    return picture
