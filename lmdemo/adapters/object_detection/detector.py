"""What every detector shares: a picture in, boxes with labels out, and why each stands and others fell."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared
from lmdemo.adapters.options import checked
from lmdemo.adapters.outputs import IOU_THRESHOLD, SCORE_THRESHOLD, Box, DetectedObject, Detection
from lmdemo.data.detection import Frame, letterbox
from lmdemo.data.image import open_small
from lmdemo.data.media import VideoFacts
from lmdemo.data.video import read_video
from lmdemo.errors import OptionError
from lmdemo.models.yolo import STRIDES, suppress

LEAST_TRACED, MOST_TRACED, MOST_CANDIDATES, MOST_OBJECTS = 0.01, 300, 3000, 300


@dataclass(frozen=True, kw_only=True)
class PreparedScene(Prepared):
    """A picture in a detector's frame, and which of what is found in it was asked for.

    Attributes:
        framed: What the network sees, (H, W, 3) uint8.
        frame: How the picture was put into the frame.
        width, height: Of the picture, in pixels.
        score_threshold: The least score of a box.
        iou_threshold: The overlap above which a box falls to a surer one of its label.
        iou_across: The overlap above which it falls even to one of another label.
        labels: The only ones to keep; None keeps all.
    """

    framed: np.ndarray
    frame: Frame
    width: int
    height: int
    score_threshold: float
    iou_threshold: float
    iou_across: float
    labels: tuple[str, ...] | None


class Cells(Protocol):
    """Boxes (n, 4) in pixels of the frame of the cells that it is indexed by: an array, or what draws them when asked."""

    def __getitem__(self, cells: np.ndarray, /) -> np.ndarray: ...


class Seen(NamedTuple):
    """What a network said about one picture.

    Attributes:
        probabilities: For every cell each label's, (N, K).
        boxes: Of every cell.
        edges: Logits of the edges' distributions, (N, 4, R); None where a network has none.
        hidden_states: Feature maps (C, rows, columns) at strides 8, 16, 32: the backbone's, then the neck's.
    """

    probabilities: np.ndarray
    boxes: Cells
    edges: np.ndarray | None = None
    hidden_states: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class VideoFrame:
    """One frame of a video with what was found in it.

    Attributes:
        index: Of the frame in the video, from 0.
        seconds: When it is shown.
        done: Part of the video that lies behind, 0 to 1.
        picture: Red, green, blue uint8, (height, width, 3).
        detection: What was found.
        facts: What was understood of the whole video.
    """

    index: int
    seconds: float
    done: float
    picture: np.ndarray
    detection: Detection
    facts: VideoFacts


class Detector(Adapter[PreparedScene, Detection]):
    """Finds things in a picture.

    Takes a file's path, a PIL picture or an array and gives a :class:`Detection`. Options: ``score_threshold`` (0.25),
    the least score of a box; ``iou_threshold`` (0.7), the overlap above which a box falls to a surer one of its label;
    ``iou_across`` (1, that is never), the overlap above which it falls even to one of another label; ``labels``, the only
    ones to keep.

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

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""

    @property
    @abstractmethod
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""

    def preprocess(
        self,
        inputs: Any,
        *,
        score_threshold: float = SCORE_THRESHOLD,
        iou_threshold: float = IOU_THRESHOLD,
        iou_across: float = 1.0,
        labels: Sequence[str] | None = None,
    ) -> PreparedScene:
        """Opens and checks a picture and puts it into a grey frame: ``pixel_values`` (1, 3, H, W) from 0 to 1.

        Args:
            inputs: The picture.
            score_threshold: The least score of a box, 0 to 1.
            iou_threshold: The overlap above which a box falls to a surer one of its label, 0 to 1.
            iou_across: The overlap above which it falls even to one of another label, 0 to 1.
            labels: The only ones to keep.

        Raises:
            InputError: It is no picture.
            OptionError: A threshold is not within 0 and 1, or a label is unknown.
        """
        asked = self.check(
            score_threshold=score_threshold, iou_threshold=iou_threshold, iou_across=iou_across, labels=labels
        )
        seen = open_small(inputs)
        framed, frame = letterbox(np.asarray(seen.picture), self.image_size)
        # NumPy does it on one thread: torch's others would stay awake for a while, in the way of another runtime's.
        pixels = np.divide(np.ascontiguousarray(framed.transpose(2, 0, 1))[None], np.float32(255))
        return PreparedScene(
            tensors={"pixel_values": torch.from_numpy(pixels).to(self.device)},
            notes=seen.notes,
            framed=framed,
            frame=frame._replace(scale_x=frame.scale_x / seen.side, scale_y=frame.scale_y / seen.side),
            width=seen.width,
            height=seen.height,
            **asked,
        )

    def check(self, *, labels: Sequence[str] | None, **thresholds: float) -> dict[str, Any]:
        """The options, if they are right; else an OptionError."""
        for name, value in thresholds.items():
            if not 0 <= value <= 1:
                raise OptionError(
                    "threshold_range", expected=f"{name} 0 - 1", got=str(value)[:20], hint="Give a number from 0 to 1."
                )
        if labels is not None and (unknown := [name for name in labels if name not in self.labels]):
            raise OptionError(
                "unknown_label",
                expected=", ".join(self.labels)[:300],
                got=str(unknown[0])[:40],
                hint="Take one of these.",
            )
        asked = None if labels is None else tuple(labels)
        return {**thresholds, "labels": asked}

    def postprocess(self, output: Seen, prepared: PreparedScene, *, milliseconds: float, trace: bool) -> Detection:
        """Suppresses doubles and brings the boxes back into the picture; the same arithmetic for every source."""
        scores = output.probabilities.max(axis=1)
        least = min(LEAST_TRACED, prepared.score_threshold) if trace else prepared.score_threshold
        cells = np.flatnonzero(scores >= least)
        cells = cells[np.argsort(-scores[cells], kind="stable")][:MOST_CANDIDATES]
        named = np.zeros(len(scores), dtype=np.int64)
        named[cells] = output.probabilities[cells].argmax(axis=1)
        only = self.labels if prepared.labels is None else prepared.labels
        allowed = np.isin(np.arange(len(self.labels)), [self.labels.index(n) for n in only])
        # Positions in cells.
        standing = np.flatnonzero((scores[cells] >= prepared.score_threshold) & allowed[named[cells]])
        in_frame = output.boxes[cells]
        drawn = prepared.frame.to_picture(in_frame)
        boxes = drawn.clip(0, (prepared.width, prepared.height) * 2)
        # Suppression looks at boxes as the network drew them, before the picture's border cuts them.
        winner, shared = suppress(
            in_frame[standing],
            scores[cells[standing]],
            named[cells[standing]],
            iou_threshold=prepared.iou_threshold,
            iou_across=prepared.iou_across,
        )
        kept = standing[winner == np.arange(len(winner))]
        sides = boxes[:, 2:] - boxes[:, :2]
        kept = kept[(sides[kept] > 0).all(axis=1)][:MOST_OBJECTS]
        objects = tuple(
            DetectedObject(self.labels[named[cells[i]]], float(scores[cells[i]]), Box(*map(float, boxes[i])))
            for i in kept
        )
        internals: dict[str, np.ndarray] = {}
        if trace:
            winners, overlaps = np.full(len(cells), -1), np.zeros(len(cells))
            winners[standing], overlaps[standing] = standing[winner], shared
            shown = slice(MOST_TRACED)  # a winner stands before those that lost to it, so that none is cut off alone
            internals = _internals(output, prepared, cells[shown]) | {
                "candidate_boxes": drawn[shown],
                "candidate_winner": winners[shown],
                "candidate_overlap": overlaps[shown],
            }
        return Detection(
            objects, highest_score=float(scores.max(initial=0.0)), milliseconds=milliseconds, trace=internals
        )

    @checked
    def stream(
        self, video: str | Path, *, max_seconds: float = 30.0, frames_per_second: float = 5.0, **options: Any
    ) -> Iterator[VideoFrame]:
        """Looks through a short video, frame by frame.

        Args:
            video: A file: MP4, MOV, WebM, Matroska, AVI, GIF or OGG.
            max_seconds: A longer one is refused.
            frames_per_second: How many frames of a second to look at.
            options: As for a picture.

        Raises:
            InputError: It is no video, broken, too long or large, or without frames.
        """
        for index, seconds, done, picture, facts in read_video(
            video, max_seconds=max_seconds, frames_per_second=frames_per_second
        ):
            yield VideoFrame(index, seconds, done, picture, self(picture, **options), facts)


def stand(
    trace: Mapping[str, np.ndarray], *, score_threshold: float, iou_threshold: float, iou_across: float = 1.0
) -> np.ndarray:
    """Which candidates of a trace would be kept with other thresholds: their numbers, surest first."""
    scores = trace["candidate_scores"].max(axis=1, initial=0.0)
    open_ = np.flatnonzero(scores >= score_threshold)
    winner, _ = suppress(
        trace["candidate_boxes"][open_],
        scores[open_],
        trace["candidate_scores"][open_].argmax(axis=1),
        iou_threshold=iou_threshold,
        iou_across=iou_across,
    )
    return open_[winner == np.arange(len(open_))]


def _internals(seen: Seen, prepared: PreparedScene, cells: np.ndarray) -> dict[str, np.ndarray]:
    height, width = prepared.framed.shape[:2]
    shapes = [(height // s, width // s) for s in STRIDES]
    starts = np.cumsum([0] + [rows * columns for rows, columns in shapes])
    level = np.searchsorted(starts, cells, side="right") - 1
    columns = np.array([c for _, c in shapes])[level]
    place = cells - starts[level]
    found = {
        "framed": prepared.framed,
        "frame": np.array(prepared.frame, dtype=np.float64),
        "candidate_scores": seen.probabilities[cells],
        "candidate_strides": np.array(STRIDES)[level],
        "candidate_cells": np.stack((place % columns, place // columns), axis=1),
    }
    if seen.edges is not None:
        edges = np.exp(seen.edges[cells] - seen.edges[cells].max(axis=-1, keepdims=True))
        found["candidate_edges"] = edges / edges.sum(axis=-1, keepdims=True)
    for i, (stride, shape) in enumerate(zip(STRIDES, shapes, strict=True)):
        found[f"grid_{stride}"] = seen.probabilities[starts[i] : starts[i + 1]].T.reshape(-1, *shape)
        if seen.hidden_states:
            found[f"backbone_{stride}"], found[f"neck_{stride}"] = seen.hidden_states[i], seen.hidden_states[i + 3]
    return found
