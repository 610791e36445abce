"""YOLO against Ultralytics' YOLOv8n and torchvision's operations."""

import numpy as np
import torch
from torch import Tensor

from lmdemo.adapters.object_detection.ultralytics import random_detector, their_suppression
from lmdemo.models import yolo, yolo_loss
from lmdemo.models.yolo import YOLO
from lmdemo.proofs import Check

KEPT = {"score_threshold": 0.25, "iou_threshold": 0.5}


def prove() -> tuple[Check, ...]:
    """Checks the whole network, overlap, suppression and the loss's arithmetic; imports ultralytics, some seconds."""
    from torchvision import ops

    generator = torch.Generator().manual_seed(0)
    theirs = random_detector(generator)
    ours = YOLO.from_hub_weights(theirs.state_dict(), labels=tuple(map(str, range(80))), sppf_activation=True)
    picture = torch.rand(1, 3, 160, 224, generator=generator)
    with torch.inference_mode():
        answer, raw = theirs(picture)
        output = ours(picture)
    checks = [
        _check(
            "YOLO, class logits",
            "Ultralytics YOLOv8n, same weights",
            output.logits[0].T,
            raw["scores"][0],
            1e-4,
            f"{ours.num_parameters:,} parameters, {output.logits.shape[1]} cells, 80 labels",
        ),
        _check(
            "YOLO, edge logits",
            "Ultralytics YOLOv8n, same weights",
            output.edge_logits[0].flatten(1).T,
            raw["boxes"][0],
            1e-4,
            "4 edges of 16 bins a cell",
        ),
    ]
    scores, labels = output.logits[0].sigmoid().max(dim=1)
    likely = scores > KEPT["score_threshold"]
    final = _final(output.boxes[0][likely], scores[likely], labels[likely])
    expected = their_suppression(answer, **KEPT)
    checks.append(
        _check(
            "YOLO, boxes after suppression (pixels, scores, labels)",
            "Ultralytics non_max_suppression",
            final,
            expected,
            1e-3,
            f"{len(expected)} of {int(likely.sum())} candidates kept",
        )
    )

    corner = torch.rand(400, 2, generator=generator) * 100
    boxes = torch.cat((corner, corner + 1 + torch.rand(400, 2, generator=generator) * 60), dim=1)
    grid = yolo.overlap(boxes.numpy()[:, None], boxes.numpy()[None])
    checks.append(
        _check(
            "overlap (IoU)",
            "torchvision.ops.box_iou",
            torch.from_numpy(grid),
            ops.box_iou(boxes, boxes),
            1e-5,
            "400 x 400 boxes",
        )
    )
    certain = torch.rand(400, generator=generator)
    kind = torch.randint(3, (400,), generator=generator)
    winner, _ = yolo.suppress(boxes.numpy(), certain.numpy(), kind.numpy(), iou_threshold=0.4)
    kept = torch.zeros(400)
    kept[ops.batched_nms(boxes, certain, kind, 0.4)] = 1
    checks.append(
        _check(
            "suppress",
            "torchvision.ops.batched_nms",
            torch.from_numpy(winner == np.arange(400)).float(),
            kept,
            0.0,
            "400 boxes, 3 labels",
        )
    )
    checks.append(
        _check(
            "complete_iou",
            "torchvision.ops.complete_box_iou",
            yolo_loss.complete_iou(boxes[:, None], boxes[None]),
            ops.complete_box_iou(boxes, boxes),
            1e-4,
            "400 x 400 boxes",
        )
    )
    logits, distance = torch.randn(50, 4, 16, generator=generator), torch.rand(50, 4, generator=generator) * 14
    soft = torch.zeros(50, 4, 16).scatter_(2, distance.long()[..., None], (1 - distance.frac())[..., None])
    soft.scatter_(2, distance.long()[..., None] + 1, distance.frac()[..., None])
    checks.append(
        _check(
            "edge_distribution_loss",
            "torch.nn.functional.cross_entropy, soft targets",
            yolo_loss.edge_distribution_loss(logits, distance),
            torch.nn.functional.cross_entropy(logits.flatten(0, 1), soft.flatten(0, 1), reduction="none")
            .view(50, 4)
            .mean(1),
            1e-5,
            "50 cells, 4 edges, 16 bins",
        )
    )
    return tuple(checks)


def _final(boxes: Tensor, scores: Tensor, labels: Tensor) -> Tensor:
    """What our suppression keeps, surest first, as Ultralytics writes it: (kept, 6)."""
    winner, _ = yolo.suppress(boxes.numpy(), scores.numpy(), labels.numpy(), iou_threshold=KEPT["iou_threshold"])
    kept = torch.from_numpy(np.flatnonzero(winner == np.arange(len(winner))))
    kept = kept[scores[kept].argsort(descending=True, stable=True)]
    return torch.cat((boxes[kept], scores[kept, None], labels[kept, None].float()), dim=1)


def _check(name: str, reference: str, ours: Tensor, theirs: Tensor, tolerance: float, details: str) -> Check:
    difference = float((ours.double() - theirs.double()).abs().max()) if ours.shape == theirs.shape else float("inf")
    return Check(name, reference, difference, tolerance, details)
