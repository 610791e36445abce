"""Object detection with our YOLO: a picture in, boxes with labels out, and why each stands and others fell."""

import copy
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import cv2
import numpy as np
import torch

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.outputs import IOU_THRESHOLD, SCORE_THRESHOLD, Box, DetectedObject, Detection, Info
from lmdemo.catalog import ModelRow
from lmdemo.data.detection import Frame, letterbox, read_video
from lmdemo.data.image import open_picture
from lmdemo.errors import OptionError
from lmdemo.models.yolo import STRIDES, YOLO, suppress

LEAST_TRACED, MOST_TRACED, MOST_CANDIDATES, MOST_OBJECTS = 0.01, 300, 3000, 300


class Seen(NamedTuple):
    """What a network said about one picture.

    Attributes:
        probabilities: For every cell each label's, (N, K).
        boxes: In pixels of the frame, (N, 4); an array, or what draws those that it is indexed by.
        frame: How the picture was put into the network's frame.
        width, height: Of the picture, in pixels.
        framed: What the network saw, (H, W, 3) uint8.
        edges: Logits of the edges' distributions, (N, 4, R); None where a network has none.
        hidden_states: Feature maps (C, rows, columns) at strides 8, 16, 32: the backbone's, then the neck's.
    """

    probabilities: np.ndarray
    boxes: np.ndarray
    frame: Frame
    width: int
    height: int
    framed: np.ndarray
    edges: np.ndarray | None = None
    hidden_states: tuple[np.ndarray, ...] = ()


class VideoFrame(NamedTuple):
    """One frame of a video with what was found in it.

    Attributes:
        index: Of the frame in the video, from 0.
        seconds: When it is shown.
        done: Part of the video that lies behind, 0 to 1.
        picture: Red, green, blue uint8, (height, width, 3).
        detection: What was found.
    """

    index: int
    seconds: float
    done: float
    picture: np.ndarray
    detection: Detection


class ObjectDetection(Adapter):
    """Finds things in a picture.

    Takes a file's path, a PIL picture or an array and gives a :class:`Detection`. Options: ``score_threshold`` (0.25),
    the least score of a box; ``iou_threshold`` (0.7), the overlap above which a box falls to a surer one of its label;
    ``labels``, the only ones to keep.

    With ``trace=True`` the result holds these arrays. ``framed`` (H, W, 3) uint8, what the network saw, and ``frame``
    (4,), its x scale, y scale, left and top padding. The n candidates before suppression, surest first, those of score
    0.01 or more and at most 300: ``candidate_boxes`` (n, 4) in pixels of the picture, as drawn by the network, which may
    reach over the borders; ``candidate_scores`` (n, K),
    ``candidate_strides`` (n,), ``candidate_cells`` (n, 2) as column and row, ``candidate_edges`` (n, 4, R), the
    distributions of the distances left, top, right, bottom in cells. What suppression did: ``candidate_winner`` (n,),
    the index of the candidate that a box lost to, its own where it was kept, -1 below the threshold or with a label
    that was not asked for; ``candidate_overlap`` (n,), their IoU. For the strides s = 8, 16, 32: ``grid_{s}`` (K, rows,
    columns), the probabilities of the labels; ``backbone_{s}`` and ``neck_{s}`` (C, rows, columns), feature maps.
    """

    sources = ("scratch", "hub-weights")
    model: YOLO

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>``, or for ``hub-weights`` the checked yolov8n.pt."""
        if source == "hub-weights":
            from lmdemo.adapters.hub_ultralytics import open_checkpoint  # AGPL-3.0 and slow: only when chosen

            theirs = open_checkpoint(folder)
            model = YOLO.from_hub_weights(theirs.state, labels=theirs.labels, sppf_activation=theirs.sppf_activation)
            name, size, licence, data = "yolov8n", theirs.bytes, "AGPL-3.0", "COCO"
        else:
            model = YOLO.from_pretrained(folder)
            name, size = row.name if row else folder.name, (folder / "model.safetensors").stat().st_size
            licence, data = (row.licence, row.training_data) if row else ("", "")
        return cls(
            model.to(device),
            Info(
                name=name,
                member="yolo",
                task="object-detection",
                source=source,
                parameters=model.num_parameters,
                bytes=size,
                device=device,
                revision="",
                licence=licence,
                training_data=data,
            ),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return tuple(self.model.config.labels)

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return self.model.config.image_size

    def layers(self) -> list[tuple[str, str, str, int]]:
        """The parts in order: name, kind, shape of what they give for a square picture, parameters."""
        model, rows = copy.deepcopy(self.model).cpu(), []  # a copy, so that hooks touch nobody else's call
        parts = (model.backbone, model.neck, model.head.boxes, model.head.classes)
        for name, module in model.named_modules():
            depth = name.count(".")
            leaf = depth == 1 or (
                depth == 2 and isinstance(model.get_submodule(name.rsplit(".", 1)[0]), torch.nn.ModuleList)
            )
            if leaf and not isinstance(module, torch.nn.ModuleList) and any(module in set(p.modules()) for p in parts):
                module.register_forward_hook(
                    lambda m, _, out, name=name: rows.append(
                        (
                            name,
                            type(m).__name__,
                            " x ".join(map(str, out.shape[1:])),
                            sum(p.numel() for p in m.parameters()),
                        )
                    )
                )
        with torch.inference_mode():
            model(torch.zeros(1, 3, self.image_size, self.image_size))
        return rows

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Opens and checks a picture and puts it into a grey frame: ``pixel_values`` (1, 3, H, W) from 0 to 1."""
        picture = np.asarray(open_picture(inputs))
        framed, frame = letterbox(picture, self.image_size)
        # NumPy does it on one thread: torch's others would stay awake for a while, in the way of another runtime's.
        pixels = torch.from_numpy(np.divide(np.ascontiguousarray(framed.transpose(2, 0, 1))[None], np.float32(255))).to(
            self.device
        )
        return {"pixel_values": pixels, "framed": framed, "frame": frame, "size": picture.shape[1::-1]}

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Seen:
        """Looks once."""
        output = self.model(tensors["pixel_values"], trace=trace)
        width, height = tensors["size"]
        return Seen(
            output.logits[0].sigmoid().cpu().numpy(),
            output.boxes[0].cpu().numpy(),
            tensors["frame"],
            width,
            height,
            tensors["framed"],
            output.edge_logits[0].cpu().numpy() if trace else None,
            tuple(maps[0].cpu().numpy() for maps in output.hidden_states),
        )

    def postprocess(
        self,
        output: Seen,
        *,
        milliseconds: float,
        trace: bool,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
        labels: Sequence[str] | None = None,
    ) -> Detection:
        """Suppresses doubles and brings the boxes back into the picture.

        Raises:
            OptionError: A threshold is not within 0 and 1, or a label is unknown.
        """
        return detect(
            output,
            self.labels,
            milliseconds=milliseconds,
            trace=trace,
            score_threshold=score_threshold,
            iou_threshold=iou_threshold,
            only=labels,
        )

    def stream(
        self, video: str | Path, *, max_seconds: float = 30.0, frames_per_second: float = 5.0, **options: Any
    ) -> Iterator[VideoFrame]:
        """Looks through a short video, frame by frame.

        Args:
            video: A file that OpenCV can read, such as MP4, WebM or AVI.
            max_seconds: A longer one is refused.
            frames_per_second: How many frames of a second to look at.
            options: As for a picture.

        Raises:
            InputError: It is no video, broken, too long, or without frames.
        """
        for index, seconds, done, picture in read_video(
            video, max_seconds=max_seconds, frames_per_second=frames_per_second
        ):
            yield VideoFrame(index, seconds, done, picture, self(picture, **options))


def detect(
    seen: Seen,
    labels: Sequence[str],
    *,
    milliseconds: float,
    trace: bool,
    score_threshold: float,
    iou_threshold: float,
    only: Sequence[str] | None,
) -> Detection:
    """From what a network said to a result; the same arithmetic for every source."""
    check_thresholds(score_threshold=score_threshold, iou_threshold=iou_threshold)
    if only is not None and (unknown := [name for name in only if name not in labels]):
        raise OptionError(
            "unknown_label", expected=", ".join(labels)[:300], got=str(unknown[0])[:40], hint="Take one of these."
        )
    scores = seen.probabilities.max(axis=1)
    cells = np.flatnonzero(scores >= (min(LEAST_TRACED, score_threshold) if trace else score_threshold))
    cells = cells[np.argsort(-scores[cells], kind="stable")][:MOST_CANDIDATES]
    named = np.zeros(len(scores), dtype=np.int64)
    named[cells] = seen.probabilities[cells].argmax(axis=1)
    allowed = np.isin(np.arange(len(labels)), [labels.index(n) for n in labels if only is None or n in only])
    standing = np.flatnonzero((scores[cells] >= score_threshold) & allowed[named[cells]])  # positions in cells
    in_frame = seen.boxes[cells]
    drawn = seen.frame.to_picture(in_frame)
    boxes = drawn.clip(0, (seen.width, seen.height) * 2)
    # Suppression looks at boxes as the network drew them, before the picture's border cuts them.
    winner, shared = suppress(
        in_frame[standing], scores[cells[standing]], named[cells[standing]], iou_threshold=iou_threshold
    )
    kept = standing[winner == np.arange(len(winner))]
    sides = boxes[:, 2:] - boxes[:, :2]
    kept = kept[(sides[kept] > 0).all(axis=1)][:MOST_OBJECTS]
    objects = tuple(
        DetectedObject(labels[named[cells[i]]], float(scores[cells[i]]), Box(*map(float, boxes[i]))) for i in kept
    )
    internals = {}
    if trace:
        winners, overlaps = np.full(len(cells), -1), np.zeros(len(cells))
        winners[standing], overlaps[standing] = standing[winner], shared
        shown = slice(MOST_TRACED)  # a winner stands before those that lost to it, so that none is cut off alone
        internals = _internals(seen, cells[shown]) | {
            "candidate_boxes": drawn[shown],
            "candidate_winner": winners[shown],
            "candidate_overlap": overlaps[shown],
        }
    return Detection(objects, highest_score=float(scores.max(initial=0.0)), milliseconds=milliseconds, trace=internals)


def check_thresholds(**thresholds: float) -> None:
    """Raises an OptionError for one that is not within 0 and 1."""
    for name, value in thresholds.items():
        if not 0 <= value <= 1:
            raise OptionError(
                "threshold_range", expected=f"{name} 0 - 1", got=str(value)[:20], hint="Give a number from 0 to 1."
            )


def _internals(seen: Seen, cells: np.ndarray) -> dict[str, np.ndarray]:
    height, width = seen.framed.shape[:2]
    shapes = [(height // s, width // s) for s in STRIDES]
    starts = np.cumsum([0] + [rows * columns for rows, columns in shapes])
    level = np.searchsorted(starts, cells, side="right") - 1
    columns = np.array([c for _, c in shapes])[level]
    place = cells - starts[level]
    found = {
        "framed": seen.framed,
        "frame": np.array(seen.frame, dtype=np.float64),
        "candidate_scores": seen.probabilities[cells],
        "candidate_strides": np.array(STRIDES)[level],
        "candidate_cells": np.stack((place % columns, place // columns), axis=1),
    }
    if seen.edges is not None:
        edges = np.exp(seen.edges[cells] - seen.edges[cells].max(axis=-1, keepdims=True))
        found["candidate_edges"] = edges / edges.sum(axis=-1, keepdims=True)
    for i, (stride, shape) in enumerate(zip(STRIDES, shapes)):
        found[f"grid_{stride}"] = seen.probabilities[starts[i] : starts[i + 1]].T.reshape(-1, *shape)
        if seen.hidden_states:
            found[f"backbone_{stride}"], found[f"neck_{stride}"] = seen.hidden_states[i], seen.hidden_states[i + 3]
    return found


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


# -- results to take away ---------------------------------------------------------------------------------------------------


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
