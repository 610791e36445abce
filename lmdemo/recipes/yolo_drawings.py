"""yolo-drawings: digits and shapes that somebody drew on paper and holds to the camera."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch

from lmdemo.data.detection import DetectionData
from lmdemo.data.drawings import LABELS, draw_scene
from lmdemo.models.yolo import YOLO, YOLOConfig
from lmdemo.recipes._detection import Boxes, average_precision, judge, quick_figures
from lmdemo.recipes._detection import curves as _curves
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A YOLO, trained from random weights, that finds digits, circles, triangles, squares, stars and arrows drawn "
    "on paper.",
    "data": "2,400 generated scenes: digits of scikit-learn (UCI Optical Recognition of Handwritten Digits) and strokes drawn "
    "by a program, on paper, light and lens drawn by a program too. Validation: 300 scenes with digits of writers "
    "that training never saw; test: 300 with stronger perspective, blur, shadow and camera noise.",
    "data_licence": "digits CC-BY-4.0 (UCI Machine Learning Repository); the rest is generated",
    "limits": "No real photo was tried: every figure here is about generated scenes. It knows outlines drawn with a pen or "
    "marker, one thing beside another; filled shapes, letters and crossed-out things get wrong names.",
    "primary_metric": "mAP50",
    "seeds": 1,
    "table": {
        "data": "generated scenes",
        "figure": "mAP50 {mAP50:.1%} on generated validation scenes; no real photo was tried",
        "baseline": ("adaptive threshold and SVM", "threshold and support vectors {mAP50:.1%}"),
    },
}
CONFIG = YOLOConfig(labels=LABELS)
SCENES = {"train": (2400, {}), "val": (300, {"held_out": True}), "test": (300, {"held_out": True, "hard": True})}


@cache
def _scenes(split: str) -> tuple[torch.Tensor, list[Boxes]]:
    """The scenes of a split, (n, 3, 320, 320) uint8, with what is on them."""
    if split == "all":
        parts = [_scenes("val"), _scenes("test")]
        return torch.cat([pixels for pixels, _ in parts]), [m for _, marked in parts for m in marked]
    count, options = SCENES[split]
    drawn = [draw_scene(seed, size=CONFIG.image_size, **options) for seed in range(count)]
    pixels = torch.stack([torch.from_numpy(picture).permute(2, 0, 1) for picture, _, _ in drawn])
    return pixels, [Boxes(labels, boxes) for _, labels, boxes in drawn]


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    (pixels, marked), (held, held_marked) = _scenes("train"), _scenes("val")
    train = DetectionData(
        pixels,
        [m.labels for m in marked],
        [m.boxes for m in marked],
        size=CONFIG.image_size,
        mosaic=0.6,
        mosaic_until=0.8,
        mirror=False,
        zoom=(0.6, 1.4),
        visible=0.5,
        tint=(0.3, 0.5, 0.3, 0.3),
    )
    return Trainer(
        model=YOLO(CONFIG),
        train_data=train,
        validate=lambda model: quick_figures(model, held, held_marked),
        metric="mAP50",
        seed=seed,
        num_epochs=14,
        batch_size=16,
        learning_rate=2e-3,
        weight_decay=0.02,
        warmup=0.05,
        max_grad_norm=10.0,
        precision="bf16",
        average_decay=0.998,
        channels_last=True,
        validate_every=7,
    )


def evaluate(adapter, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Average precision, in all and for each label."""
    pixels, marked = _scenes(split)
    return judge(adapter, (p.permute(1, 2, 0).numpy() for p in pixels), marked, LABELS)


def curves(adapter, data: Path | None, split: str) -> dict[str, list[float]]:
    """Precision and recall against the least score of a box."""
    pixels, marked = _scenes(split)
    return _curves(adapter, (p.permute(1, 2, 0).numpy() for p in pixels), marked)


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Ink found by adaptive threshold, named by a support vector machine on its pixels."""
    from sklearn.svm import SVC

    crops, names = [], []
    for pixels, marked in zip(*(part[:800] for part in _scenes("train")), strict=True):
        picture = pixels.permute(1, 2, 0).numpy()
        ink = _ink(picture)
        crops += [_crop(ink, box) for box in marked.boxes]
        names += marked.labels.tolist()
    machine = SVC(C=10).fit(np.stack(crops), names)
    found = []
    for pixels in _scenes(split)[0]:
        ink = _ink(pixels.permute(1, 2, 0).numpy())
        _, _, parts, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, np.ones((5, 5))))
        boxes = np.array(
            [(x, y, x + w, y + h) for x, y, w, h, _ in parts[1:] if min(w, h) > 8 and max(w, h) < 200]
        ).reshape(-1, 4)
        if not len(boxes):
            found.append(Boxes(np.zeros(0, int), boxes, np.zeros(0)))
            continue
        margins = machine.decision_function(np.stack([_crop(ink, box) for box in boxes]))
        found.append(Boxes(machine.classes_[margins.argmax(axis=1)], boxes, np.sort(margins, axis=1)[:, -1]))
    return {"adaptive threshold and SVM": average_precision(_scenes(split)[1], found, LABELS)}


def _ink(picture: np.ndarray) -> np.ndarray:
    """1 where something is darker than its surroundings, (height, width)."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1)
    return cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, 14)


def _crop(ink: np.ndarray, box: np.ndarray) -> np.ndarray:
    """A box's ink as 20 x 20 pixels and its proportions, (401,)."""
    x0, y0, x1, y1 = np.round(box).astype(int)
    part = ink[max(0, y0) : max(y1, y0 + 1), max(0, x0) : max(x1, x0 + 1)].astype(np.float32)
    return np.append(cv2.resize(part, (20, 20), interpolation=cv2.INTER_AREA).ravel(), (x1 - x0) / max(1, y1 - y0))
