"""YOLO equals Ultralytics' and torchvision's, and the check turns red when a formula is wrong."""

import numpy as np
import pytest

from lmdemo.models import yolo, yolo_loss
from lmdemo.proofs import prove


def failed() -> set[str]:
    return {check.name for check in prove("yolo") if not check.passed}


def test_equals_ultralytics_and_torchvision() -> None:
    checks = prove("yolo")
    assert len(checks) == 7
    for check in checks:
        assert check.passed, check


@pytest.mark.parametrize(
    ("place", "name", "wrong", "red"),
    [
        (
            yolo.C2f,
            "forward",
            lambda self, x: self.mix(self.split(x).repeat(1, 2, 1, 1)[:, : self.mix.conv.in_channels]),
            "YOLO, class logits",
        ),
        (
            yolo,
            "decode",
            lambda edges, centers, strides: yolo_decode(edges, centers + 0.5, strides),
            "YOLO, boxes after suppression",
        ),
        (yolo, "overlap", lambda a, b: np.sqrt(yolo_overlap(a, b)), "overlap (IoU)"),
        (yolo_loss, "complete_iou", lambda a, b: yolo_ciou(a, b) * 0.99, "complete_iou"),
    ],
)
def test_a_planted_fault_turns_it_red(monkeypatch, place, name, wrong, red) -> None:
    monkeypatch.setattr(place, name, wrong)
    assert any(check.startswith(red) for check in failed())


yolo_decode, yolo_overlap, yolo_ciou = yolo.decode, yolo.overlap, yolo_loss.complete_iou
