"""How YOLO learns: which cells have to answer for a marked object, and how wrong their answers are.

Papers: task-aligned assignment (TOOD, Feng et al. 2021, https://arxiv.org/abs/2108.07755), complete IoU (Zheng et al.
2020, https://arxiv.org/abs/1911.08287), distribution focal loss (Li et al. 2020, https://arxiv.org/abs/2006.04388).

Shapes as in ``yolo.py``: B pictures, N cells, K labels, M marked objects at most, R bins.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Assignment(NamedTuple):
    """What every cell should have said.

    Attributes:
        answers: Whether a cell has to answer for an object, (B, N).
        object_index: For which one, (B, N); 0 where it has not.
        target_scores: The probability it should give each label, (B, N, K): how well it fits, 0 for cells without object.
    """

    answers: Tensor
    object_index: Tensor
    target_scores: Tensor


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU less what the centres are apart and what the shapes differ: at most 1, also telling for boxes that do not meet.

    Args:
        a: xmin, ymin, xmax, ymax, (..., 4).
        b: The same, broadcast against ``a``. Only ``a`` gets a gradient through the term of the shape.
    """
    tiny = 1e-7
    size_a, size_b = a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2]
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(dim=-1)
    iou = shared / (size_a.prod(dim=-1) + size_b.prod(dim=-1) - shared + tiny)
    around = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = ((a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) ** 2).sum(dim=-1) / 4
    angle_a = torch.atan(size_a[..., 0] / (size_a[..., 1] + tiny))
    angle_b = torch.atan(size_b[..., 0] / (size_b[..., 1] + tiny))
    shape = 4 / math.pi**2 * (angle_b - angle_a) ** 2
    with torch.no_grad():
        weight = shape / (shape - iou + 1 + tiny)
    return iou - apart / ((around**2).sum(dim=-1) + tiny) - weight * shape


@torch.no_grad()
def assign(
    scores: Tensor,
    found: Tensor,
    centers: Tensor,
    labels: Tensor,
    boxes: Tensor,
    *,
    cells_per_object: int = 10,
    alpha: float = 0.5,
    beta: float = 6.0,
) -> Assignment:
    """Gives each object the cells inside it that already name and frame it best: score^alpha * IoU^beta.

    Args:
        scores: The network's probabilities, (B, N, K).
        found: Its boxes in pixels, (B, N, 4).
        centers: Of the cells, in pixels, (N, 2).
        labels: (B, M), -1 for no object.
        boxes: (B, M, 4) in pixels; one without area gets no cell.
        cells_per_object: How many cells an object gets at most.
        alpha, beta: How much the name and the frame count.
    """
    count = labels.shape[1]
    if count == 0:
        return Assignment(
            torch.zeros_like(scores[..., 0], dtype=torch.bool),
            torch.zeros_like(scores[..., 0], dtype=torch.long),
            torch.zeros_like(scores),
        )
    inside = torch.cat((centers - boxes[:, :, None, :2], boxes[:, :, None, 2:] - centers), dim=-1)  # (B, M, N, 4)
    inside = (inside.amin(dim=-1) > 1e-9) & (labels >= 0)[..., None]  # (B, M, N)
    named = labels.clamp(min=0)
    iou = torch.zeros_like(inside, dtype=found.dtype)
    b, m, n = inside.nonzero(as_tuple=True)  # only the pairs that can count: a few in a hundred
    iou[b, m, n] = complete_iou(found[b, n], boxes[b, m]).clamp(min=0)
    fit = torch.zeros_like(iou)
    fit[b, m, n] = scores[b, n, named[b, m]] ** alpha * iou[b, m, n] ** beta

    best = fit.topk(min(cells_per_object, fit.shape[-1]), dim=-1).indices
    chosen = torch.zeros_like(inside).scatter_(-1, best, True) & inside  # (B, M, N)
    # A cell that several objects want goes to the one it overlaps most.
    rival = chosen.sum(dim=1, keepdim=True) > 1
    closest = torch.zeros_like(chosen).scatter_(1, iou.argmax(dim=1, keepdim=True), True)
    chosen = torch.where(rival, closest & chosen.any(dim=1, keepdim=True), chosen)

    answers, object_index = chosen.any(dim=1), chosen.int().argmax(dim=1)  # (B, N)
    # The best cell of an object should be as sure as its box is good, the others less in proportion.
    fit, iou = fit * chosen, iou * chosen
    target = fit * iou.amax(dim=-1, keepdim=True) / (fit.amax(dim=-1, keepdim=True) + 1e-9)
    target = target.amax(dim=1)  # (B, N)
    label = named.gather(1, object_index)
    target_scores = F.one_hot(label, scores.shape[-1]) * (target * answers)[..., None]
    return Assignment(answers, object_index, target_scores)


class DetectionLoss(nn.Module):
    """The sum of three wrongs, weighted: the name (cross-entropy), the frame (complete IoU), its edges' distributions.

    Args:
        box_weight, label_weight, edge_weight: What each counts.
    """

    def __init__(self, box_weight: float = 7.5, label_weight: float = 0.5, edge_weight: float = 1.5) -> None:
        super().__init__()
        self.box_weight, self.label_weight, self.edge_weight = box_weight, label_weight, edge_weight

    def forward(
        self,
        logits: Tensor,
        edge_logits: Tensor,
        found: Tensor,
        centers: Tensor,
        strides: Tensor,
        labels: Tensor,
        boxes: Tensor,
    ) -> Tensor:
        """Shapes as the network gives them: logits (B, N, K), edge_logits (B, N, 4, R), found (B, N, 4); see YOLO."""
        pixels = centers * strides
        assignment = assign(logits.detach().sigmoid(), found.detach(), pixels, labels, boxes)
        total = assignment.target_scores.sum().clamp(min=1)
        label_loss = F.binary_cross_entropy_with_logits(logits, assignment.target_scores, reduction="sum") / total
        b, n = assignment.answers.nonzero(as_tuple=True)
        if len(b) == 0:
            return self.label_weight * label_loss + 0 * edge_logits.sum()
        goal = boxes[b, assignment.object_index[b, n]]  # (cells that answer, 4)
        weight = assignment.target_scores[b, n].sum(dim=-1)
        box_loss = ((1 - complete_iou(found[b, n], goal)) * weight).sum() / total
        distances = torch.cat((pixels[n] - goal[:, :2], goal[:, 2:] - pixels[n]), dim=-1) / strides[n]
        edge_loss = (edge_distribution_loss(edge_logits[b, n], distances) * weight).sum() / total
        return self.box_weight * box_loss + self.label_weight * label_loss + self.edge_weight * edge_loss


def edge_distribution_loss(edge_logits: Tensor, distances: Tensor) -> Tensor:
    """Cross-entropy with the two bins around the true distance, the nearer one counting more.

    Args:
        edge_logits: (cells, 4, R).
        distances: (cells, 4) in cells; beyond the last bin they are cut.

    Returns:
        The mean over the four edges, (cells,).
    """
    distances = distances.clamp(0, edge_logits.shape[-1] - 1 - 0.01)
    below = distances.long()
    share = distances - below  # of the bin above
    log_p = edge_logits.log_softmax(dim=-1)
    lower, upper = log_p.gather(-1, below[..., None])[..., 0], log_p.gather(-1, below[..., None] + 1)[..., 0]
    return -(lower * (1 - share) + upper * share).mean(dim=-1)
