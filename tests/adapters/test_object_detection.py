"""Pictures in, boxes out: suppression, traces, results to take away, bad input, video."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

import lmdemo
from lmdemo.adapters.object_detection import ObjectDetection, to_coco, to_json, to_rows, to_yolo
from lmdemo.adapters.object_detection import ultralytics as hub_ultralytics
from lmdemo.catalog import HubFile, find
from lmdemo.errors import HubFileError, InputError, OptionError
from lmdemo.models.yolo import YOLO, YOLOConfig, overlap, suppress
from tests.conftest import PROJECT

SMALL = YOLOConfig(hidden_sizes=(8, 8, 16, 16, 16), box_channels=16, class_channels=16, image_size=96)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory) -> ObjectDetection:
    """A detector with random weights that believes in much."""
    torch.manual_seed(0)
    model = YOLO(SMALL)
    for branch in model.head.classes:
        torch.nn.init.normal_(branch[-1].weight, std=1.0)
        torch.nn.init.constant_(branch[-1].bias, -0.5)
    folder = tmp_path_factory.mktemp("yolo")
    model.save_pretrained(folder)
    return ObjectDetection.open(folder, row=find("yolo-cells"), source="scratch", device="cpu")


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 120, 3), dtype=np.uint8)


def test_suppression_equals_brute_force() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 50, (120, 2))
    boxes = np.concatenate((corner, corner + rng.uniform(1, 30, (120, 2))), axis=1)
    scores, labels = rng.random(120), rng.integers(0, 3, 120)
    kept = []
    for i in np.argsort(-scores):

        def iou(j: int, i: int = i) -> float:
            w = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0])
            h = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1])
            both = max(0, w) * max(0, h)
            area = sum((boxes[k, 2] - boxes[k, 0]) * (boxes[k, 3] - boxes[k, 1]) for k in (i, j))
            return both / (area - both)

        if all(labels[i] != labels[j] or iou(j) <= 0.3 for j in kept):
            kept.append(i)
    winner, shared = suppress(boxes, scores, labels, iou_threshold=0.3)
    assert sorted(kept) == np.flatnonzero(winner == np.arange(120)).tolist()
    for i, w in enumerate(winner):
        assert w == i or (scores[w] >= scores[i] and labels[w] == labels[i] and shared[i] > 0.3 and w in kept)
        assert w == i or shared[i] == pytest.approx(overlap(boxes[i], boxes[w]))


def test_a_box_of_another_label_falls_where_that_is_asked() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10.5], [0, 0, 10, 13]], dtype=float)
    scores, labels = np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1])
    assert suppress(boxes, scores, labels, iou_threshold=0.7)[0].tolist() == [0, 1, 1]
    assert suppress(boxes, scores, labels, iou_threshold=0.7, iou_across=0.9)[0].tolist() == [0, 0, 2]


def test_no_boxes() -> None:
    winner, shared = suppress(np.zeros((0, 4)), np.zeros(0), np.zeros(0), iou_threshold=0.5)
    assert winner.shape == shared.shape == (0,)


def test_what_is_traced_is_what_was_found(adapter, picture) -> None:
    plain, traced = adapter(picture, score_threshold=0.3), adapter(picture, score_threshold=0.3, trace=True)
    assert plain.objects == traced.objects and plain.objects
    t = traced.trace
    n = len(t["candidate_boxes"])
    kept = np.flatnonzero(t["candidate_winner"] == np.arange(n))
    assert len(kept) == len(traced.objects)
    assert np.all(np.diff(t["candidate_scores"].max(axis=1)) <= 0)
    assert t["framed"].shape == (64, 96, 3) and t["grid_8"].shape == (3, 8, 12) and t["neck_32"].shape == (16, 2, 3)
    for i in range(n):  # the cell that answers for a candidate holds its score
        column, row = t["candidate_cells"][i]
        np.testing.assert_array_equal(t[f"grid_{t['candidate_strides'][i]}"][:, row, column], t["candidate_scores"][i])
        left, top, right, bottom = (t["candidate_edges"][i] * np.arange(16)).sum(axis=1) * t["candidate_strides"][i]
        x, y = (np.array([column, row]) + 0.5) * t["candidate_strides"][i]
        sx, sy, padx, pady = t["frame"]
        edges = np.array([x - left - padx, y - top - pady, x + right - padx, y + bottom - pady]) / [sx, sy, sx, sy]
        np.testing.assert_allclose(edges, t["candidate_boxes"][i], atol=1e-3)


def test_options(adapter, picture) -> None:
    all_of_them = adapter(picture, score_threshold=0.2)
    assert {o.label for o in adapter(picture, score_threshold=0.2, labels=["WBC"]).objects} <= {"WBC"}
    assert len(adapter(picture, score_threshold=0.2, iou_threshold=0.1).objects) < len(all_of_them.objects)
    nothing = adapter(picture, score_threshold=1.0)
    assert nothing.objects == () and nothing.highest_score == all_of_them.objects[0].score
    for wrong in ({"score_threshold": 1.5}, {"iou_threshold": -0.1}, {"labels": ["dog"]}):
        with pytest.raises(OptionError):
            adapter(picture, **wrong)


def test_boxes_stay_inside_the_picture(adapter, picture) -> None:
    for o in adapter(picture, score_threshold=0.05, iou_threshold=1.0).objects:
        assert 0 <= o.box.xmin < o.box.xmax <= 120 and 0 <= o.box.ymin < o.box.ymax <= 60


@pytest.mark.parametrize("shape", [(1, 80, 3), (80, 1, 3), (0, 80, 3), (80, 80, 5)])
def test_pictures_that_are_none(adapter, shape) -> None:
    with pytest.raises(InputError):
        adapter(np.zeros(shape, np.uint8))


def test_the_cells_that_training_would_hold_responsible(adapter, picture) -> None:
    """As ``assign`` says; each object's cells lie in it, none answers for two, and the best is asked for what it fits."""
    boxes = [(5, 5, 60, 50), (70, 10, 118, 55)]
    told = adapter.responsible(picture, ["RBC", "WBC"], boxes)
    taken = []
    for one, (x0, y0, x1, y1) in zip(told, boxes, strict=True):
        mine = [c for c in one.cells if c.answers]
        assert 0 < len(mine) <= 10 and one.inside >= len(one.cells) and mine == list(one.cells[: len(mine)])
        taken += [(c.stride, c.column, c.row) for c in mine]
        best = max(mine, key=lambda c: c.fit)
        assert best.target == pytest.approx(max(c.iou for c in mine), rel=1e-2)
        for c in one.cells:
            assert c.fit == pytest.approx(c.score**0.5 * c.iou**6, rel=1e-3)
            x, y = ((v + 0.5) * c.stride for v in (c.column, c.row))
            scale, top = 96 / 120, 8  # 48 rows of the frame are the picture, of 64
            assert x0 * scale < x < x1 * scale and y0 * scale + top < y < y1 * scale + top
    assert len(taken) == len(set(taken))
    with pytest.raises(OptionError):
        adapter.responsible(picture, ["dog"], boxes[:1])


def test_what_a_box_rests_on(adapter, picture) -> None:
    trace = adapter(picture, trace=True).trace
    stride, (column, row) = int(trace["candidate_strides"][0]), trace["candidate_cells"][0].tolist()
    label = adapter.labels[int(trace["candidate_scores"][0].argmax())]
    found = adapter.saliency(picture, stride, column, row, label)
    assert found.shape == tuple(s // 8 for s in trace["framed"].shape[:2]) and found.min() >= 0 and found.max() == 1
    assert adapter.saliency(picture, stride, column, row, label).tolist() == found.tolist()
    with pytest.raises(InputError):
        adapter.saliency(picture, stride, 99, row, label)


def test_the_shipped_boxes_rest_on_what_they_frame() -> None:
    """Most of the map lies in the box or close by, which covers a small part of the picture."""
    ours = lmdemo.load("yolo-drawings", device="cpu")
    picture = PROJECT / "demos" / "tabs" / "vision" / "yolo" / "examples" / "drawing-2.jpg"
    trace = ours(picture, trace=True).trace
    for i in np.flatnonzero(trace["candidate_winner"] == np.arange(len(trace["candidate_winner"])))[:8]:
        label = ours.labels[int(trace["candidate_scores"][i].argmax())]
        found = ours.saliency(picture, int(trace["candidate_strides"][i]), *trace["candidate_cells"][i].tolist(), label)
        x0, y0, x1, y1 = trace["candidate_boxes"][i] * 320 / 480  # the frame's side by the picture's
        y, x = np.mgrid[: found.shape[0], : found.shape[1]] * 8 + 4
        near = (np.abs(x - (x0 + x1) / 2) < 0.75 * (x1 - x0)) & (np.abs(y - (y0 + y1) / 2) < 0.75 * (y1 - y0))
        assert found[near].sum() > 0.6 * found.sum() and near.mean() < 0.2


def test_results_to_take_away(adapter, picture) -> None:
    found = adapter(picture, score_threshold=0.3)
    rows, coco = to_rows(found), json.loads(to_coco(found, adapter.labels, width=120, height=60))
    assert (
        [r["label"] for r in json.loads(to_json(found))]
        == [r["label"] for r in rows]
        == [o.label for o in found.objects]
    )
    for line, note, o in zip(
        to_yolo(found, adapter.labels, width=120, height=60).splitlines(),
        coco["annotations"],
        found.objects,
        strict=True,
    ):
        k, x, y, w, h = map(float, line.split())
        assert adapter.labels[int(k)] == o.label and coco["categories"][note["category_id"] - 1]["name"] == o.label
        np.testing.assert_allclose(
            [(x - w / 2) * 120, (y - h / 2) * 60, w * 120, h * 60],
            [o.box.xmin, o.box.ymin, o.box.xmax - o.box.xmin, o.box.ymax - o.box.ymin],
            atol=1e-3,
        )
        np.testing.assert_allclose(note["bbox"], [x * 120 - w * 60, y * 60 - h * 30, w * 120, h * 60], atol=0.11)


def write_video(path, frames: int, rate: float = 10) -> None:
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (96, 64))
    for i in range(frames):
        video.write(np.full((64, 96, 3), i * 5 % 256, np.uint8))
    video.release()


def test_video(adapter, tmp_path) -> None:
    write_video(tmp_path / "a.avi", 20)
    seen = list(adapter.stream(tmp_path / "a.avi", frames_per_second=5, score_threshold=0.9))
    assert [f.index for f in seen] == list(range(0, 20, 2)) and seen[-1].seconds == pytest.approx(1.8)
    assert seen[0].picture.shape == (64, 96, 3) and seen[-1].done > 0.9


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda p: write_video(p, 40), "video_too_long"),
        (lambda p: p.write_bytes(b"no video"), "video_unknown"),
        (lambda p: p.write_bytes(b""), "video_unknown"),
        (lambda p: write_video(p, 0), "video_empty"),
        (lambda p: None, "video_missing"),
    ],
)
def test_videos_that_can_not_be_read(adapter, tmp_path, make, key) -> None:
    make(tmp_path / "a.avi")
    with pytest.raises(InputError) as error:
        list(adapter.stream(tmp_path / "a.avi", max_seconds=3))
    assert error.value.key == key


def test_a_video_that_was_cut_off(adapter, tmp_path) -> None:
    write_video(tmp_path / "a.avi", 25)
    whole = (tmp_path / "a.avi").read_bytes()
    (tmp_path / "b.avi").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError):
        list(adapter.stream(tmp_path / "b.avi"))


def test_the_hubs_network_ours_with_its_weights_and_the_exported_graph_agree(tmp_path, monkeypatch) -> None:
    import hashlib

    theirs = hub_ultralytics.random_detector(torch.Generator().manual_seed(0))
    path = tmp_path / "yolov8n.pt"
    torch.save({"model": theirs, "train_args": {}}, path)
    with pytest.raises(HubFileError):  # not the pinned file: not opened
        hub_ultralytics.open_checkpoint(tmp_path)
    monkeypatch.setattr(
        hub_ultralytics, "PINNED", HubFile(name="yolov8n.pt", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    )
    hub = hub_ultralytics.UltralyticsDetection.open(tmp_path, row=find("yolo"), source="hub", device="cpu")
    ours = ObjectDetection.open(tmp_path, row=find("yolo"), source="hub-weights", device="cpu")
    assert (
        hub.labels == ours.labels
        and len(hub.labels) == 80
        and hub.info.parameters == pytest.approx(ours.info.parameters, abs=16)
    )
    picture = np.random.default_rng(1).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    a, b, c = (
        hub(picture, score_threshold=0.6),
        hub(picture, score_threshold=0.6, trace=True),
        ours(picture, score_threshold=0.6, trace=True),
    )
    assert len(a.objects) == len(b.objects) == len(c.objects) > 0
    for x, y, z in zip(a.objects, b.objects, c.objects, strict=True):
        assert x.label == y.label == z.label
        for edge in ("xmin", "ymin", "xmax", "ymax"):
            assert (
                getattr(x.box, edge)
                == pytest.approx(getattr(y.box, edge), abs=0.05)
                == pytest.approx(getattr(z.box, edge), abs=0.05)
            )
    for name in ("grid_8", "neck_16", "backbone_32", "candidate_edges"):
        np.testing.assert_allclose(b.trace[name], c.trace[name], atol=1e-3)


def test_ultralytics_leaves_the_reading_of_pictures_alone(tmp_path):
    """In a process of its own, where nothing has imported it yet: a bad file is still refused in our words."""
    code = (
        "from lmdemo.adapters.object_detection.ultralytics import import_ultralytics; import_ultralytics()\n"
        "from ultralytics.nn.tasks import DetectionModel\n"
        "from PIL import Image\n"
        "from lmdemo.data.image import open_picture\n"
        "from lmdemo.errors import InputError\n"
        f"open({str(tmp_path / 'a.png')!r}, 'w').write('text')\n"
        "try:\n"
        f"    open_picture({str(tmp_path / 'a.png')!r})\n"
        "except InputError as error:\n"
        "    print(error.key, Image.open.__module__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == ["picture_unknown", "PIL.Image"]


def test_boxes_are_told_in_the_pixels_of_a_large_picture(tmp_path) -> None:
    """It is made smaller before anything is computed from it; its boxes lie where they lie on the picture as it was given."""
    adapter = lmdemo.load("yolo-drawings", device="cpu")
    with Image.open(PROJECT / "demos/tabs/vision/yolo/examples/drawing-2.jpg") as picture:
        small = adapter(picture)
        picture.resize((picture.width * 6, picture.height * 6)).save(tmp_path / "large.png")
        assert picture.width * picture.height * 36 > 4_000_000
    large = adapter(tmp_path / "large.png")
    assert [o.label for o in large.objects] == [o.label for o in small.objects] != []
    for a, b in zip(large.objects, small.objects, strict=True):
        np.testing.assert_allclose(np.array(list(vars(a.box).values())) / 6, list(vars(b.box).values()), atol=4)
