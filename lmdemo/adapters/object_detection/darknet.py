"""Darknet's files, as people hold them (yolov3.cfg, yolov3.weights, coco.names), read and run by OpenCV."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.object_detection.detector import (
    LEAST_TRACED,
    MOST_OBJECTS,
    MOST_TRACED,
    Detector,
    PreparedScene,
    Seen,
)
from lmdemo.adapters.outputs import DARKNET_IOU_THRESHOLD, SCORE_THRESHOLD, Box, DetectedObject, Detection, Info
from lmdemo.catalog import ModelRow
from lmdemo.data.detection import Frame
from lmdemo.data.image import notes_of, open_picture, shrunk
from lmdemo.errors import WeightsError
from lmdemo.models.yolo import overlap, suppress

HEADER = 20  # bytes before the numbers: three versions of 4 and the pictures seen, of 8


class DarknetDetection(Detector):
    """Finds the things that a Darknet detector was trained on.

    Takes and gives what :class:`Detector` does; default ``iou_threshold`` 0.45. OpenCV prepares the picture
    (stretched to the size that the cfg names), runs the network and suppresses doubles. With ``trace=True`` the result
    holds ``framed``, ``candidate_boxes``, ``candidate_scores``, ``candidate_winner`` and ``candidate_overlap`` as
    described there.
    """

    sources = ("darknet",)

    def __init__(self, net: Any, info: Info, labels: tuple[str, ...], size: tuple[int, int]) -> None:
        Adapter.__init__(self, net, info)
        self._labels, self._size = labels, size
        self._running = threading.Lock()  # a network of OpenCV holds one picture at a time

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a folder with one .cfg, one .weights and one .names file.

        Raises:
            WeightsError: One is missing, or they do not belong together; the bytes are told.
        """
        cfg, weights, names = (_only(Path(folder), ending) for ending in (".cfg", ".weights", ".names"))
        sections = read_cfg(cfg)
        labels = tuple(
            line.strip() for line in names.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()
        )
        classes = {int(s.get("classes", 0)) for kind, s in sections if kind in ("yolo", "region")}
        if classes != {len(labels)}:
            raise WeightsError(
                "darknet_labels",
                expected=f"{cfg.name}: classes = {', '.join(map(str, sorted(classes))) or '-'}",
                got=f"{names.name}: {len(labels)}",
                hint="These files do not belong together; take the names of this cfg.",
            )
        expected, size = HEADER + 4 * count_numbers(sections), weights.stat().st_size
        if size != expected:
            raise WeightsError(
                "darknet_bytes",
                expected=f"{expected:,} bytes",
                got=f"{weights.name}: {size:,} bytes",
                hint="The weights are cut off, or belong to another cfg; download the pair again.",
            )
        try:
            net = cv2.dnn.readNet(str(weights), str(cfg))
        except cv2.error as error:
            raise WeightsError(
                "darknet_cfg",
                expected="cfg of Darknet",
                got=str(error.err)[:120],
                hint="OpenCV can't read this network; take the cfg of yolov3 or yolov3-tiny.",
            ) from error
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        shape = sections[0][1]
        return cls(
            net,
            Info(
                name=cfg.stem,
                member="yolo",
                task="object-detection",
                source=source,
                parameters=(expected - HEADER) // 4,
                bytes=size,
                device="cpu",
                revision="",
                licence="",
                training_data=names.stem.upper(),
            ),
            labels,
            (int(shape["width"]), int(shape["height"])),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The lines of the .names file."""
        return self._labels

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return max(self._size)

    def preprocess(
        self,
        inputs: Any,
        *,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = DARKNET_IOU_THRESHOLD,
        iou_across: float = 1.0,
        labels: Sequence[str] | None = None,
    ) -> PreparedScene:
        """Opens and checks a picture and makes OpenCV's ``blob`` of it: (1, 3, H, W) from 0 to 1; options as for
        :class:`Detector`.
        """
        asked = self.check(
            score_threshold=score_threshold, iou_threshold=iou_threshold, iou_across=iou_across, labels=labels
        )
        picture = open_picture(inputs)
        pixels = np.asarray(shrunk(picture)[0])
        return PreparedScene(
            tensors={"blob": cv2.dnn.blobFromImage(pixels, 1 / 255, self._size, swapRB=False, crop=False)},
            notes=notes_of(picture),
            framed=cv2.resize(pixels, self._size),
            frame=Frame(self._size[0] / picture.width, self._size[1] / picture.height, 0, 0),
            width=picture.width,
            height=picture.height,
            **asked,
        )

    def forward(self, prepared: PreparedScene, *, trace: bool) -> Seen:
        """Looks once. Rows are centre x, centre y, width, height (as parts of the picture), objectness, labels; the boxes
        that are given back are in pixels of the picture.
        """
        with self._running:
            self.model.setInput(prepared.tensors["blob"])
            outputs = self.model.forward(self.model.getUnconnectedOutLayersNames())
        rows = np.concatenate([np.asarray(o).reshape(-1, 5 + len(self._labels)) for o in outputs])
        size = prepared.width, prepared.height
        center, half = rows[:, :2] * size, rows[:, 2:4] * size / 2
        return Seen(rows[:, 5:], np.concatenate((center - half, center + half), axis=1))

    def postprocess(self, output: Seen, prepared: PreparedScene, *, milliseconds: float, trace: bool) -> Detection:
        """Suppresses doubles with OpenCV."""
        scores, named = output.probabilities.max(axis=1), output.probabilities.argmax(axis=1)
        cells = np.flatnonzero(scores >= min(LEAST_TRACED, prepared.score_threshold))
        cells = cells[np.argsort(-scores[cells], kind="stable")]
        boxes, scores, named = output.boxes[cells], scores[cells], named[cells]
        asked = scores >= prepared.score_threshold
        if prepared.labels is not None:
            asked &= np.isin(named, [self._labels.index(n) for n in prepared.labels])
        corner_and_size = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
        standing = np.flatnonzero(asked)
        kept = np.array(
            cv2.dnn.NMSBoxesBatched(
                corner_and_size[standing].tolist(),
                scores[standing].tolist(),
                named[standing].tolist(),
                prepared.score_threshold,
                prepared.iou_threshold,
            ),
            dtype=np.int64,
        ).reshape(-1)
        kept = np.sort(standing[kept])  # surest first; OpenCV leaves doubles of different labels alone
        fell = suppress(boxes[kept], scores[kept], named[kept], iou_threshold=1.0, iou_across=prepared.iou_across)[0]
        kept = kept[fell == np.arange(len(kept))]
        edges = boxes.clip(0, (prepared.width, prepared.height) * 2)
        objects = tuple(
            DetectedObject(self._labels[named[i]], float(scores[i]), Box(*map(float, edges[i])))
            for i in kept
            if (edges[i, 2:] > edges[i, :2]).all()
        )
        internals: dict[str, np.ndarray] = {}
        if trace:
            winner, shared = np.full(len(cells), -1), np.zeros(len(cells))
            for i in standing:  # the surest kept box that overlaps it too much, for one of its label or for any
                rivals = kept[kept <= i]
                shares = overlap(boxes[i], boxes[rivals])
                most = np.where(named[rivals] == named[i], prepared.iou_threshold, prepared.iou_across)
                lost = np.flatnonzero(shares > most)
                if len(lost):
                    winner[i], shared[i] = (i, 1.0) if i in kept else (rivals[lost[0]], shares[lost[0]])
            shown = slice(MOST_TRACED)
            internals = {
                "framed": prepared.framed,
                "candidate_boxes": boxes[shown],
                "candidate_winner": winner[shown],
                "candidate_scores": output.probabilities[cells[shown]],
                "candidate_overlap": shared[shown],
            }
        return Detection(
            objects[:MOST_OBJECTS],
            highest_score=float(output.probabilities.max(initial=0.0)),
            milliseconds=milliseconds,
            trace=internals,
        )


def _only(folder: Path, ending: str) -> Path:
    found = sorted(folder.glob(f"*{ending}")) if folder.is_dir() else []
    if len(found) != 1:
        raise WeightsError(
            "darknet_files",
            expected=f"1 *{ending} in {folder.name}/",
            got=f"{len(found)}",
            hint="Put one cfg, one weights and one names file into a folder, such as yolov3's.",
        )
    return found[0]


def read_cfg(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The sections of a Darknet cfg, in order: kind and options.

    Raises:
        WeightsError: It is no such file.
    """
    sections: list[tuple[str, dict[str, str]]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1].strip(), {}))
        elif "=" in line and sections:
            key, value = line.split("=", 1)
            sections[-1][1][key.strip()] = value.strip()
    if not sections or sections[0][0] not in ("net", "network") or not {"width", "height"} <= sections[0][1].keys():
        raise WeightsError(
            "darknet_cfg",
            expected="[net] width, height",
            got=f"{path.name}, {path.stat().st_size:,} bytes",
            hint="This is no cfg of Darknet; take yolov3.cfg.",
        )
    return sections


def count_numbers(sections: list[tuple[str, dict[str, str]]]) -> int:
    """How many float32 numbers the weights of a cfg hold: kernels, and for each filter a bias and three of its norm."""
    channels: list[int] = []
    numbers, now = 0, int(sections[0][1].get("channels", 3))
    for i, (kind, options) in enumerate(sections[1:]):
        if kind == "convolutional":
            filters, kernel = int(options.get("filters", 1)), int(options.get("size", 1))
            numbers += filters * (
                now // int(options.get("groups", 1)) * kernel**2
                + (4 if options.get("batch_normalize", "0") == "1" else 1)
            )
            now = filters
        elif kind == "route":
            layers = [int(n) for n in options["layers"].split(",")]
            parts = int(options.get("groups", 1))
            now = sum(channels[n if n >= 0 else i + n] // parts for n in layers)
        channels.append(now)
    return numbers
