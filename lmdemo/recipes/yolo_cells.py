"""yolo-cells: red cells, white cells and platelets in microscope pictures of blood."""

from pathlib import Path

import cv2
import numpy as np
import torch

from lmdemo.data.detection import BCCD_LABELS, DetectionData, letterbox, read_picture, read_voc
from lmdemo.models.yolo import YOLO, YOLOConfig
from lmdemo.recipes._detection import Boxes, average_precision, judge, quick_figures
from lmdemo.recipes._detection import curves as _curves
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A YOLO, trained from random weights, that finds red blood cells (RBC), white blood cells (WBC) and platelets.",
    "data": "BCCD (Shenggan), 205 training and 87 validation pictures of 640 x 480 pixels. The weights are those of the "
    "training's end, averaged; none were chosen by the validation pictures.",
    "data_licence": "MIT",
    "limits": "One microscope, one stain, one magnification. Many red cells of the data are not marked, so the figure for "
    "RBC punishes right finds too. It is no medical device.",
    "primary_metric": "mAP50",
    "seeds": 1,
    "table": {
        "data": "BCCD blood cells",
        "figure": "mAP50 {mAP50:.1%} on validation",
        "baseline": ("stain threshold and Hough circles", "stain threshold and Hough circles {mAP50:.1%}"),
    },
}
CONFIG = YOLOConfig(labels=BCCD_LABELS)


def build(data: Path, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    pixels, marked = _framed(data, "train", multiple=1)
    held, held_marked = _framed(data, "val", multiple=32)
    train = DetectionData(pixels, [m.labels for m in marked], [m.boxes for m in marked], size=CONFIG.image_size)
    return Trainer(
        model=YOLO(CONFIG),
        train_data=train,
        validate=lambda model: quick_figures(model, held, held_marked),
        metric="mAP50",
        seed=seed,
        num_epochs=300,
        batch_size=16,
        learning_rate=2e-3,
        weight_decay=0.02,
        warmup=0.03,
        max_grad_norm=10.0,
        precision="bf16",
        average_decay=0.998,
        channels_last=True,
        validate_every=60,
    )


def _framed(data: Path, split: str, multiple: int) -> tuple[torch.Tensor, list[Boxes]]:
    """Pictures at the network's size, (n, 3, H, W) uint8, with what is marked in them."""
    pixels, marked = [], []
    for picture in read_voc(data, split, BCCD_LABELS):
        framed, frame = letterbox(read_picture(picture.path), CONFIG.image_size, multiple=multiple)
        boxes = picture.boxes * ((frame.scale_x, frame.scale_y) * 2) + (frame.left, frame.top) * 2
        pixels.append(torch.from_numpy(framed).permute(2, 0, 1))
        marked.append(Boxes(picture.labels, boxes.astype(np.float32)))
    return torch.stack(pixels), marked


def evaluate(adapter, data: Path, split: str) -> tuple[int, dict[str, float]]:
    """Average precision, in all and for each kind of cell."""
    pictures = read_voc(data, split, BCCD_LABELS)
    return judge(
        adapter, (read_picture(p.path) for p in pictures), [Boxes(p.labels, p.boxes) for p in pictures], BCCD_LABELS
    )


def curves(adapter, data: Path, split: str) -> dict[str, list[float]]:
    """Precision and recall against the least score of a box."""
    pictures = read_voc(data, split, BCCD_LABELS)
    return _curves(adapter, (read_picture(p.path) for p in pictures), [Boxes(p.labels, p.boxes) for p in pictures])


def baselines(data: Path, split: str) -> dict[str, dict[str, float]]:
    """What stain, size and roundness alone find, without learning."""
    pictures = read_voc(data, split, BCCD_LABELS)
    found = [_by_stain_and_shape(read_picture(p.path)) for p in pictures]
    return {
        "stain threshold and Hough circles": average_precision(
            [Boxes(p.labels, p.boxes) for p in pictures], found, BCCD_LABELS
        )
    }


def _by_stain_and_shape(picture: np.ndarray) -> Boxes:
    """White cells and platelets are violet, told apart by size; red cells are circles of about 100 pixels."""
    hue, saturation, _ = cv2.split(cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 2), cv2.COLOR_RGB2HSV))
    violet = cv2.morphologyEx(
        ((hue > 118) & (hue < 160) & (saturation > 45)).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9))
    )
    _, _, parts, _ = cv2.connectedComponentsWithStats(violet)
    labels, boxes, scores = [], [], []
    for x, y, width, height, area in parts[1:]:
        if area < 150:
            continue
        large = area > 4000
        grown = 12 if large else 7  # the cell's body is paler than its core
        labels.append(1 if large else 2)
        boxes.append((x - grown, y - grown, x + width + grown, y + height + grown))
        scores.append(min(1.0, area / 20_000) if large else area / (width * height) * np.exp(-abs(np.log(area / 900))))
    grey = cv2.GaussianBlur(cv2.split(picture)[1], (0, 0), 2)  # red cells are dark in green light
    circles = cv2.HoughCircles(
        grey, cv2.HOUGH_GRADIENT, dp=2, minDist=45, param1=60, param2=28, minRadius=40, maxRadius=64
    )
    for rank, (x, y, radius) in enumerate(circles.reshape(-1, 3)[:40] if circles is not None else ()):  # surest first
        if not any(k == 1 and b[0] < x < b[2] and b[1] < y < b[3] for k, b in zip(labels, boxes, strict=True)):
            labels.append(0)
            boxes.append((x - radius, y - radius, x + radius, y + radius))
            scores.append(1 / (2 + rank))
    edges = np.array(boxes, dtype=np.float64).reshape(-1, 4).clip(0, (picture.shape[1], picture.shape[0]) * 2)
    return Boxes(np.array(labels, dtype=np.int64), edges, np.array(scores))
