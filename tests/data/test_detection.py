"""Marked pictures from files, frames, and batches: what has no area is left out, what is broken is told."""

import numpy as np
import pytest
import torch
from PIL import Image

from lmdemo.data.detection import BCCD_LABELS, DetectionData, letterbox, read_voc
from lmdemo.errors import DataError


def write_voc(folder, *boxes, name="a", label="RBC") -> None:
    for part in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (60, 40), "white").save(folder / "JPEGImages" / f"{name}.jpg")
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox></object>"
        for a, b, c, d in boxes
    )
    (folder / "Annotations" / f"{name}.xml").write_text(f"<annotation>{objects}</annotation>")
    (folder / "ImageSets" / "Main" / "val.txt").write_text(f"{name}\n")


def test_boxes_without_area_are_left_out(tmp_path) -> None:
    write_voc(tmp_path, (1, 2, 20, 30), (5, 5, 5, 9), (5, 9, 8, 9), (9, 9, 3, 20))
    (marked,) = read_voc(tmp_path, "val", BCCD_LABELS)
    assert marked.boxes.tolist() == [[1, 2, 20, 30]] and marked.labels.tolist() == [0]


def test_a_picture_with_nothing_marked(tmp_path) -> None:
    write_voc(tmp_path, (5, 5, 5, 9))
    assert read_voc(tmp_path, "all", BCCD_LABELS)[0].boxes.shape == (0, 4)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: (f / "Annotations" / "a.xml").write_text("<annotation><object>"),
        lambda f: (f / "Annotations" / "a.xml").unlink(),
        lambda f: (f / "JPEGImages" / "a.jpg").unlink(),
        lambda f: (f / "ImageSets" / "Main" / "val.txt").unlink(),
        lambda f: write_voc(f, (1, 2, 20, 30), label="dog"),
        lambda f: write_voc(f, ("x", 2, 20, 30)),
    ],
)
def test_a_broken_data_set_is_told(tmp_path, spoil) -> None:
    write_voc(tmp_path, (1, 2, 20, 30))
    spoil(tmp_path)
    with pytest.raises(DataError):
        read_voc(tmp_path, "val", BCCD_LABELS)


@pytest.mark.parametrize("size", [(60, 40), (33, 97), (8, 500), (640, 640)])
def test_boxes_find_back_out_of_the_frame(size) -> None:
    width, height = size
    framed, frame = letterbox(np.zeros((height, width, 3), np.uint8), 320)
    assert max(framed.shape[:2]) == 320 and not any(s % 32 for s in framed.shape[:2])
    boxes = np.array([[0, 0, width, height], [1, 2, width / 2, height / 3]], dtype=np.float64)
    inside = boxes * ((frame.scale_x, frame.scale_y) * 2) + (frame.left, frame.top) * 2
    np.testing.assert_allclose(frame.to_picture(inside), boxes, atol=1e-9)


def test_batches_hold_boxes_with_an_area_inside_the_picture() -> None:
    torch.manual_seed(0)
    pictures = torch.zeros(4, 3, 64, 64, dtype=torch.uint8)
    labels = [np.array([0, 1])] * 3 + [np.zeros(0, int)]
    boxes = [np.array([[0, 0, 30, 30], [40, 40, 64, 64]], np.float32)] * 3 + [np.zeros((0, 4), np.float32)]
    data = DetectionData(pictures, labels, boxes, size=64)
    for _ in range(5):
        batch = data[range(4)]
        real = batch["boxes"][batch["labels"] >= 0]
        assert (
            batch["pixel_values"].shape == (4, 3, 64, 64)
            and 0 <= batch["pixel_values"].min()
            and batch["pixel_values"].max() <= 1
        )
        assert (real >= 0).all() and (real <= 64).all() and (real[:, 2:] > real[:, :2]).all()
