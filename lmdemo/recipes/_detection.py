"""What the two detectors' recipes share: average precision as COCO counts it, and judging through the adapter."""

import contextlib
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmdemo.errors import OptionError
from lmdemo.models.yolo import YOLO, overlap, suppress

THRESHOLDS = tuple(round(0.02 * i, 2) for i in range(1, 50))  # where the curves are drawn
RIGHT = 0.5  # overlap with a marked object of its label from which a box counts as right
LEAST_SCORE, IOU_THRESHOLD, MOST_BOXES = 0.001, 0.6, 300  # of every evaluation


class Boxes(NamedTuple):
    """Marked or found objects of a picture: labels (n,), boxes (n, 4) in pixels; scores (n,) where they were found."""

    labels: np.ndarray
    boxes: np.ndarray
    scores: np.ndarray | None = None


def average_precision(marked: Sequence[Boxes], found: Sequence[Boxes], labels: Sequence[str]) -> dict[str, float]:
    """COCO's average precision: ``mAP50`` counts a box as right that overlaps the marked one by half, ``mAP50-95`` is
    the mean over ten stricter and stricter overlaps; then both for each label.

    Args:
        marked: One a picture.
        found: In the same order.
        labels: Names by index. One that is marked nowhere is left out.
    """
    from faster_coco_eval import COCO, COCOeval_faster

    def entries(pictures: Sequence[Boxes]) -> list[dict]:
        rows = []
        for i, picture in enumerate(pictures):
            for j, (label, box) in enumerate(zip(picture.labels, picture.boxes, strict=True)):
                width, height = float(box[2] - box[0]), float(box[3] - box[1])
                rows.append(
                    {
                        "id": len(rows) + 1,
                        "image_id": i,
                        "category_id": int(label),
                        "iscrowd": 0,
                        "area": width * height,
                        "bbox": [float(box[0]), float(box[1]), width, height],
                    }
                )
                if picture.scores is not None:
                    rows[-1]["score"] = float(picture.scores[j])
        return rows

    present = sorted({int(label) for picture in marked for label in picture.labels})
    truth = {
        "images": [{"id": i, "width": 1, "height": 1} for i in range(len(marked))],
        "annotations": entries(marked),
        "categories": [{"id": k, "name": labels[k]} for k in present],
    }
    rows = entries(found)
    figures = {"mAP50": 0.0, "mAP50-95": 0.0}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(truth)
        if rows:
            judge = COCOeval_faster(truth, truth.loadRes(rows), "bbox")
            judge.evaluate()
            judge.accumulate()
    precision = (
        judge.eval["precision"][:, :, :, 0, 2] if rows else np.zeros((10, 101, len(present)))
    )  # (IoU, recall, label)
    figures["mAP50"], figures["mAP50-95"] = float(precision[0].mean()), float(precision.mean())
    for j, k in enumerate(present):
        figures[f"AP50 {labels[k]}"], figures[f"AP50-95 {labels[k]}"] = (
            float(precision[0, :, j].mean()),
            float(precision[..., j].mean()),
        )
    return figures


def quick_figures(model: YOLO, pixels: Tensor, marked: Sequence[Boxes]) -> dict[str, float]:
    """mAP50 and mAP50-95 of a network on pictures that are framed already, for the log of a training.

    Args:
        model: In evaluation mode.
        pixels: (n, 3, H, W) uint8.
        marked: In pixels of the frame.
    """
    found = []
    for chunk in pixels.split(16):
        with torch.autocast("cpu", torch.bfloat16):
            output = model(chunk.float() / 255)
        for logits, boxes in zip(output.logits.sigmoid().numpy(), output.boxes.numpy(), strict=True):
            scores, labels = logits.max(axis=1), logits.argmax(axis=1)
            best = np.argsort(-scores)[:MOST_BOXES]
            best = best[scores[best] > LEAST_SCORE]
            winner, _ = suppress(boxes[best], scores[best], labels[best], iou_threshold=IOU_THRESHOLD)
            best = best[winner == np.arange(len(best))]
            found.append(Boxes(labels[best], boxes[best], scores[best]))
    figures = average_precision(marked, found, model.config.labels)
    return {name: figures[name] for name in ("mAP50", "mAP50-95")}


def judge(
    adapter, pictures: Iterable[np.ndarray], marked: Sequence[Boxes], labels: Sequence[str]
) -> tuple[int, dict[str, float]]:
    """All figures through the adapter: every box with a score of 0.001 or more counts.

    Raises:
        OptionError: The model gives other labels.
    """
    if unknown := [name for name in adapter.labels if name not in labels]:
        raise OptionError(
            "unknown_label",
            expected=", ".join(labels),
            got=f"{unknown[0]} of {adapter.info.name}",
            hint="This model names other kinds of things than this data set marks.",
        )
    found = []
    for picture in pictures:
        result = adapter(picture, score_threshold=LEAST_SCORE, iou_threshold=IOU_THRESHOLD)
        found.append(
            Boxes(
                np.array([labels.index(o.label) for o in result.objects]),
                np.array([(o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax) for o in result.objects]),
                np.array([o.score for o in result.objects]),
            )
        )
    return len(found), average_precision(marked, found, labels)


def curves(adapter, pictures: Iterable[np.ndarray], marked: Sequence[Boxes]) -> dict[str, list[float]]:
    """Precision and recall at each threshold of the score, through the adapter as people use it.

    A surer box takes what is marked first; a box is right that overlaps a marked object of its label by half.

    Returns:
        ``score``, ``precision`` (1 where nothing is found) and ``recall``, one number a threshold.
    """
    scores, right, count = [], [], 0
    for picture, truth in zip(pictures, marked, strict=True):
        taken = np.zeros(len(truth.boxes), dtype=bool)
        count += len(taken)
        for o in adapter(picture, score_threshold=THRESHOLDS[0], iou_across=0.9).objects:
            box = np.array((o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax))
            shared = overlap(box, truth.boxes) * (truth.labels == adapter.labels.index(o.label)) * ~taken
            hit = len(shared) > 0 and shared.max() >= RIGHT
            if hit:
                taken[shared.argmax()] = True
            scores.append(o.score)
            right.append(hit)
    sure, correct = np.array(scores), np.array(right, dtype=bool)
    hits = [int((correct & (sure >= t)).sum()) for t in THRESHOLDS]
    found = [int((sure >= t).sum()) for t in THRESHOLDS]
    return {
        "score": list(THRESHOLDS),
        "precision": [h / n if n else 1.0 for h, n in zip(hits, found, strict=True)],
        "recall": [h / count for h in hits],
    }
