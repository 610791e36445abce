"""How our YOLO would learn from a picture with marks, and what a box looks at: the network asked beyond its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lmdemo.data.detection import Frame
from lmdemo.models.yolo import STRIDES, YOLO, cell_centers
from lmdemo.models.yolo_loss import assign, complete_iou

ALPHA, BETA = 0.5, 6.0  # how much name and frame count, as in training
TOLD = 24  # cells of an object, best first


@dataclass(frozen=True)
class Cell:
    """One cell whose centre lies in a marked object.

    Attributes:
        stride, column, row: Where it is.
        score: Its probability of the object's label.
        iou: How well its box fits, complete IoU, at least 0.
        fit: ``score ** alpha * iou ** beta``, by which cells are chosen.
        answers: Whether training holds it responsible for this object.
        target: The score that it should have given this label; 0 where it does not answer.
    """

    stride: int
    column: int
    row: int
    score: float
    iou: float
    fit: float
    answers: bool
    target: float


@dataclass(frozen=True)
class Responsible:
    """Which cells training would hold responsible for one marked object.

    Attributes:
        label: The object's.
        box: xmin, ymin, xmax, ymax in pixels of the picture.
        inside: How many cells have their centre in it.
        cells: The best of them, at most ``TOLD``.
    """

    label: str
    box: tuple[float, float, float, float]
    inside: int
    cells: tuple[Cell, ...]


def responsible(
    model: YOLO, pixels: Tensor, frame: Frame, labels: Sequence[int], boxes: np.ndarray, *, alpha: float, beta: float
) -> tuple[Responsible, ...]:
    """Looks once and assigns as training does.

    Args:
        model: Ours.
        pixels: (1, 3, H, W).
        frame: How the picture was put into them.
        labels: Of the marked objects, (M,).
        boxes: Of the marked objects, in pixels of the picture, (M, 4).
        alpha, beta: How much the name and the frame count.
    """
    output = model(pixels)
    shapes = [(pixels.shape[2] // s, pixels.shape[3] // s) for s in STRIDES]
    centers, strides = cell_centers(shapes, pixels.device)
    centers, strides = centers * strides, strides[:, 0].long()
    scores, found = output.logits.sigmoid(), output.boxes
    marked = torch.tensor(boxes * ((frame.scale_x, frame.scale_y) * 2) + (frame.left, frame.top) * 2).float()
    marked, kinds = marked.to(pixels.device), torch.tensor(labels, device=pixels.device)
    given = assign(scores, found, centers, kinds[None], marked[None], alpha=alpha, beta=beta)
    told = []
    for m, (kind, box) in enumerate(zip(labels, marked, strict=True)):
        inside = (torch.cat((centers - box[:2], box[2:] - centers), dim=1).amin(dim=1) > 1e-9).nonzero()[:, 0]
        iou = complete_iou(found[0, inside], box).clamp(min=0)
        score = scores[0, inside, kind]
        fit = score**alpha * iou**beta
        answers = given.answers[0, inside] & (given.object_index[0, inside] == m)
        order = torch.argsort(fit + answers * 2, descending=True)[:TOLD]  # those that answer stand in front
        cells = []
        for i in order.tolist():
            n = int(inside[i])
            stride = int(strides[n])
            column, row = (int(v // stride) for v in centers[n])
            target = float(given.target_scores[0, n, kind]) if answers[i] else 0.0
            values = float(score[i]), float(iou[i]), float(fit[i])
            cells.append(Cell(stride, column, row, *values, bool(answers[i]), target))
        x0, y0, x1, y1 = map(float, boxes[m])
        told.append(Responsible(model.config.labels[kind], (x0, y0, x1, y1), len(inside), tuple(cells)))
    return tuple(told)


def saliency(model: YOLO, pixels: Tensor, cell: tuple[int, int, int], label: int) -> np.ndarray:
    """What one cell's name rests on: at each place of the backbone's finest maps, gradient times activation, if positive.

    HiResCAM (Draelos and Carin 2020, https://arxiv.org/abs/2011.08891): unlike Grad-CAM it keeps gradients apart by place,
    for a cell looks at a part of the picture only.

    Args:
        model: Ours.
        pixels: (1, 3, H, W).
        cell: Stride, column, row.
        label: Index of the name.

    Returns:
        (H/8, W/8), at most 1; all 0 where nothing speaks for it.
    """
    stride, column, row = cell
    shapes = [(pixels.shape[2] // s, pixels.shape[3] // s) for s in STRIDES]
    level = STRIDES.index(stride)
    n = sum(rows * columns for rows, columns in shapes[:level]) + row * shapes[level][1] + column
    with torch.inference_mode(False), torch.enable_grad():
        output = model(pixels.clone().requires_grad_(), trace=True)
        maps = output.hidden_states[0]
        (slope,) = torch.autograd.grad(output.logits[0, n, label], maps)
    found = (slope * maps).detach().sum(dim=1)[0].relu().cpu().numpy()
    return found / max(float(found.max()), 1e-9)
