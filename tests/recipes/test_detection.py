"""Average precision, label by label: against COCO's definition by hand, and through the adapter."""

import numpy as np
import pytest

from lmdemo.errors import OptionError
from lmdemo.recipes._detection import Boxes, average_precision, judge

LABELS = ("RBC", "WBC", "Platelets")


def boxes(*rows, scores=None) -> Boxes:
    array = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Boxes(array[:, 0].astype(int), array[:, 1:], None if scores is None else np.array(scores, dtype=np.float64))


def by_hand(hits: list[bool], marked: int) -> float:
    """COCO's mean over 101 recalls of the best precision at that recall or a higher one."""
    right = np.cumsum(hits)
    precision, recall = right / np.arange(1, len(hits) + 1), right / marked
    return float(np.mean([precision[recall >= r - 1e-12].max(initial=0) for r in np.linspace(0, 1, 101)]))


def test_equals_the_definition_written_out() -> None:
    marked = [boxes((0, 0, 0, 10, 10), (0, 20, 20, 30, 30), (1, 50, 50, 90, 90)), boxes((0, 5, 5, 15, 15))]
    found = [
        boxes(
            (0, 0, 0, 10, 10), (0, 70, 0, 80, 10), (0, 20, 20, 30, 30), (1, 50, 50, 90, 82), scores=(0.9, 0.8, 0.7, 0.6)
        ),
        boxes((0, 40, 40, 50, 50), scores=(0.5,)),
    ]
    figures = average_precision(marked, found, LABELS)
    assert figures["AP50 RBC"] == pytest.approx(by_hand([True, False, True, False], 3), abs=1e-9)
    assert figures["AP50 WBC"] == pytest.approx(1.0) and figures["AP50-95 WBC"] == pytest.approx(
        0.7
    )  # IoU 0.8: right up to 0.80
    assert figures["mAP50"] == pytest.approx((figures["AP50 RBC"] + 1) / 2) and "AP50 Platelets" not in figures


def test_nothing_found() -> None:
    figures = average_precision([boxes((0, 0, 0, 10, 10))], [boxes(scores=())], LABELS)
    assert figures["mAP50"] == figures["mAP50-95"] == figures["AP50 RBC"] == 0


def test_a_model_of_other_labels_is_refused() -> None:
    class Adapter:
        labels = ("person",)
        info = type("Info", (), {"name": "yolov8n"})

    with pytest.raises(OptionError, match="person"):
        judge(Adapter(), [], [], LABELS)
