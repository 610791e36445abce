"""Darknet's files, as people hold them (yolov3.cfg, yolov3.weights, coco.names), read and run by OpenCV."""

import codecs
import re
import struct
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

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
from lmdemo.data.image import open_small
from lmdemo.errors import WeightsError
from lmdemo.models.yolo import overlap, suppress

SIDES = range(8, 2049)  # of the pictures that a network takes, in pixels
UNKNOWN = ("connected", "local", "crnn", "rnn", "lstm", "gru", "conv_lstm", "deconvolutional", "batchnorm")
"""Layers that have weights, and that are not counted here."""


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
        labels = tuple(line.strip() for line in _text(names).splitlines() if line.strip())
        classes = {s.number("classes", 20) for s in sections if s.kind in ("yolo", "region")}
        if classes != {len(labels)}:
            raise WeightsError(
                "darknet_labels",
                expected=f"{cfg.name}: classes = {', '.join(map(str, sorted(classes))) or '-'}",
                got=f"{names.name}: {len(labels)}",
                hint="These files do not belong together; take the names of this cfg.",
            )
        numbers, header, size = count_numbers(sections), _header(weights), weights.stat().st_size
        expected = header + 4 * numbers
        if size != expected:
            raise WeightsError(
                "darknet_bytes",
                expected=f"{expected:,} bytes",
                got=f"{weights.name}: {size:,} bytes",
                hint="The weights are cut off, or belong to another cfg; download the pair again.",
            )
        net = _read(weights, sections)
        return cls(
            net,
            Info(
                name=cfg.stem,
                member="yolo",
                task="object-detection",
                source=source,
                parameters=numbers,
                bytes=size,
                device="cpu",
                revision="",
                licence="",
                training_data=names.stem.upper(),
            ),
            labels,
            _size(sections),
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
        seen = open_small(inputs)
        pixels = np.asarray(seen.picture)
        return PreparedScene(
            tensors={"blob": cv2.dnn.blobFromImage(pixels, 1 / 255, self._size, swapRB=False, crop=False)},
            notes=seen.notes,
            framed=cv2.resize(pixels, self._size),
            frame=Frame(self._size[0] / seen.width, self._size[1] / seen.height, 0, 0),
            width=seen.width,
            height=seen.height,
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


class Section(NamedTuple):
    """A part of a cfg: what it is, its options, and the lines that both stand in, counted from 1."""

    kind: str
    options: dict[str, str]
    line: int
    lines: dict[str, int]

    def number(self, key: str, default: int, *, least: int | None = None) -> int:
        """An option that is a whole number.

        Raises:
            WeightsError: It is none, or too small; its line is told.
        """
        return self.numbers(key, str(default), least=least)[0]

    def numbers(self, key: str, default: str, *, least: int | None = None) -> list[int]:
        """An option that is whole numbers, parted by commas."""
        text = self.options.get(key, default)
        parts = [part.strip() for part in text.rstrip(" ,").split(",")]
        if all(re.fullmatch(r"[+-]?[0-9]{1,9}", part) for part in parts):
            found = [int(part) for part in parts]
            if least is None or min(found) >= least:
                return found
        raise self.wrong(key, f"{key} = {'number' if least is None else f'{least} or more'}", f"{key} = {text[:40]}")

    def wrong(self, key: str, expected: str, got: str) -> WeightsError:
        """What to raise about an option."""
        return WeightsError(
            "darknet_number",
            expected=f"[{self.kind}] {expected}",
            got=f"{got} (line {self.lines.get(key, self.line)})",
            hint="Mend this line of the cfg, or take the cfg that came with the weights.",
        )


def _only(folder: Path, ending: str) -> Path:
    files = folder.iterdir() if folder.is_dir() else ()
    found = sorted(p for p in files if p.suffix.lower() == ending and not p.name.startswith("."))
    if len(found) != 1:
        raise WeightsError(
            "darknet_files",
            expected=f"1 *{ending} in {folder.name}/",
            got=f"{len(found)}",
            hint="Put one cfg, one weights and one names file into a folder, such as yolov3's.",
        )
    return found[0]


def _text(path: Path) -> str:
    """A text file, by whichever editor it was saved."""
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if 0 in data[:2]:  # the same, its mark left out
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _header(weights: Path) -> int:
    """Bytes before the numbers: three versions of 4, and the pictures seen, of 4 in files before version 0.2, else of 8."""
    with weights.open("rb") as file:
        begin = file.read(8)
    major, minor = struct.unpack("<ii", begin) if len(begin) == 8 else (0, 2)
    return 12 + (8 if 10 * major + minor >= 2 else 4)


def _read(weights: Path, sections: list[Section]) -> Any:
    """The network as OpenCV reads it, tried once on an empty picture: OpenCV finds some mistakes only when it runs."""
    cfg = "".join(f"[{s.kind}]\n" + "".join(f"{k}={v}\n" for k, v in s.options.items()) for s in sections)
    width, height = _size(sections)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.cfg"
            path.write_text(cfg, encoding="utf-8")
            net = cv2.dnn.readNet(str(weights), str(path))
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        net.setInput(np.zeros((1, 3, height, width), np.float32))
        net.forward(net.getUnconnectedOutLayersNames())
    except cv2.error as error:
        raise WeightsError(
            "darknet_cfg",
            expected="cfg of Darknet",
            got=" ".join(str(error.err).split())[:120],
            hint="OpenCV can't read this network; take the cfg of yolov3 or yolov3-tiny.",
        ) from error
    return net


def _size(sections: list[Section]) -> tuple[int, int]:
    """Width and height of the pictures that the network takes."""
    width, height = (sections[0].number(side, 0) for side in ("width", "height"))
    for side, value in (("width", width), ("height", height)):
        if value not in SIDES:
            raise sections[0].wrong(side, f"{side} = {SIDES[0]} - {SIDES[-1]}", f"{side} = {value}")
    return width, height


def read_cfg(path: Path) -> list[Section]:
    """The sections of a Darknet cfg, in order. A comment begins with ``#`` or ``;``.

    Raises:
        WeightsError: It is no such file.
    """
    sections: list[Section] = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        line = re.split("[#;]", line)[0].strip()
        if line.startswith("[") and line.endswith("]"):
            sections.append(Section(line[1:-1].strip(), {}, number, {}))
        elif "=" in line and sections:
            key, value = (part.strip() for part in line.split("=", 1))
            sections[-1].options[key], sections[-1].lines[key] = value, number
    if (
        not sections
        or sections[0].kind not in ("net", "network")
        or not {"width", "height"} <= sections[0].options.keys()
    ):
        raise WeightsError(
            "darknet_cfg",
            expected="[net] width, height",
            got=f"{path.name}, {path.stat().st_size:,} bytes",
            hint="This is no cfg of Darknet; take yolov3.cfg.",
        )
    return sections


def count_numbers(sections: list[Section]) -> int:
    """How many float32 numbers the weights of a cfg hold: kernels, and for each filter a bias and three of its norm.

    Raises:
        WeightsError: The cfg does not fit together: a number is none, a layer is not there, or the filters in front of
            [yolo] or [region] are not as many as it reads.
    """
    _size(sections)
    channels: list[int] = []
    numbers, now, before = 0, sections[0].number("channels", 3), sections[0]
    if now != 3:
        raise sections[0].wrong("channels", "channels = 3", f"channels = {now}")
    for i, section in enumerate(sections[1:]):

        def at(n: int, key: str, i: int = i, section: Section = section) -> int:
            """Channels of a layer that is named by its number, or by how far it lies before this one."""
            place = n if n >= 0 else i + n
            if not 0 <= place < i:
                raise section.wrong(key, f"{key} = {-i} - {i - 1}", f"{key} = {n}")
            return channels[place]

        for key in {"size", "stride", "groups"} & section.options.keys():  # OpenCV would divide by them
            section.number(key, 1, least=1)
        if section.kind == "convolutional":
            filters, kernel = section.number("filters", 1, least=1), section.number("size", 1, least=1)
            norm = 4 if section.number("batch_normalize", 0) else 1
            numbers += filters * (now // section.number("groups", 1, least=1) * kernel**2 + norm)
            now = filters
        elif section.kind == "route":
            parts = section.number("groups", 1, least=1)
            now = sum(at(n, "layers") // parts for n in section.numbers("layers", ""))
        elif section.kind in ("shortcut", "scale_channels", "sam"):
            named = [at(n, "from") for n in section.numbers("from", "-1")]
            now = now if section.kind == "shortcut" else named[0]
        elif section.kind == "reorg":
            now *= section.number("stride", 1, least=1) ** 2
        elif section.kind in ("yolo", "region"):
            _check_filters(section, before, now)
        elif section.kind in UNKNOWN:
            raise section.wrong("", "no layer of this kind", f"[{section.kind}]")
        channels.append(now)
        before = section
    return numbers


def _check_filters(section: Section, before: Section, filters: int) -> None:
    """Darknet's commonest mistake: other classes, and the filters in front as they were."""
    classes = section.number("classes", 20, least=1)
    anchors = section.number("num", 1, least=1)
    given = section.options.get("anchors", "").rstrip(" ,").split(",")
    if len(given) != 2 * anchors or not all(re.fullmatch(r"\s*[0-9]{1,6}(\.[0-9]*)?\s*", part) for part in given):
        raise section.wrong("anchors", f"anchors = {2 * anchors} numbers", f"{len(given)}: {', '.join(given)[:40]}")
    if section.kind == "yolo" and "mask" in section.options:
        mask = section.numbers("mask", "0", least=0)
        if max(mask) >= anchors:
            raise section.wrong("mask", f"mask = 0 - {anchors - 1}", f"mask = {max(mask)}")
        anchors = len(mask)
    each = classes + 1 + section.number("coords", 4)
    if filters != anchors * each:
        used = f", mask: {anchors}" if "mask" in section.options else f", num = {anchors}"
        raise WeightsError(
            "darknet_filters",
            expected=f"filters = {anchors * each} = {anchors} x ({classes} + {each - classes})",
            got=f"[{before.kind}] filters = {filters} (line {before.lines.get('filters', before.line)}), "
            f"[{section.kind}] classes = {classes}{used} (line {section.line})",
            hint="In front of [yolo] stand as many filters as anchors of its mask times classes and 5; mend the cfg.",
        )
