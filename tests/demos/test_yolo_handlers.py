"""The YOLO page's handlers, called without a browser: one click one answer, what is kept, what is refused, each step's truth."""

import base64
import io
import pickle
from collections import Counter
from pathlib import Path
from unittest import mock

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import lmdemo
from demos.core import sources
from demos.core.page import Page
from demos.tabs.vision.yolo import looks, truths
from demos.tabs.vision.yolo.looks import Asked, Found
from demos.tabs.vision.yolo.tab import YOLO
from demos.views.camera import SECONDS
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES
from tests.demos.handlers import clicked, event, merged
from tests.demos.test_yolo_page import save_video

ASKED = {"model": "yolo-cells", "source": "scratch", "lang": "en"}
LINK = ASKED | {"drawing": "", "example": ""} | dict.fromkeys(vars(Asked()))
A_SEVEN = "1o1o5k1o.5k1o3c60"  # strokes of the pad


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = YOLO(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


def chosen(page, which: str, **asked) -> dict:
    return merged(page.choose(clicked(id=which), **ASKED | asked))


def jpeg(which: str = "drawing-1.jpg") -> str:
    return "data:image/jpeg;base64," + base64.b64encode((EXAMPLES["yolo"] / which).read_bytes()).decode()


def test_a_click_brings_the_model_and_the_answer_in_one_request(page):
    made = chosen(page, "drawing-1")
    assert made[page.model] == "yolo-drawings" and made[page.source] == "scratch" and made[page.photo] is None
    assert made[page.examples]["chosen"] == made[page.example_id] == "drawing-1"
    assert "**8 found**" in made[page.status] and "2\u00a0×\u00a03" in made[page.status]
    assert made[page.first]["candidates"] and made[page.first]["main"] and made[page.second] == {}
    assert made[page.look.maps]["layers"] and "examples/drawing-1.jpg" in made[page.snippet]
    assert "1,266,029" in made[page.facts]
    assert set(made) <= set(event(page, "YOLO.choose").outputs)


def test_the_number_stands_before_a_label_that_may_be_a_digit(page):
    listed = chosen(page, "drawing-2")[page.status].partition("sure: ")[2].split(", ")
    objects = lmdemo.load("yolo-drawings")(EXAMPLES["yolo"] / "drawing-2.jpg", iou_across=looks.ACROSS).objects
    counts = Counter(o.label for o in objects)
    assert Counter({k: int(n) for n, k in (part.split("\u00a0×\u00a0") for part in listed)}) == counts


def test_what_is_kept_of_an_answer_is_light_and_said_again_in_the_other_language(page):
    found = chosen(page, "cells-1")[page.found]
    assert len(pickle.dumps(found)) < 600_000 and not found.answers[0].result.trace
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        hinglish, english = page.show(found=found, lang="hi-Latn"), page.show(found=found, lang="en")
    assert "mile" in hinglish[page.status] and "found" in english[page.status]
    assert hinglish[page.look.suppression]["words"]["steps"] == "Ek ek step"
    assert hinglish[page.first]["candidates"] == english[page.first]["candidates"]


@pytest.mark.parametrize("source", ["scratch", "both"])
def test_a_picture_is_opened_once_for_all_networks(page, monkeypatch, source):
    load = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", lambda name, source="scratch", **_: load(name))  # ours stands in for the hub's
    monkeypatch.setitem(looks.EXAMPLES, "cells-2", ("yolo-cells", source))
    page.example_row(example="", lang="en")  # the small pictures of the row are made once for all
    files, really = [], Image.open
    monkeypatch.setattr(Image, "open", lambda file, **how: files.append(Path(file).name) or really(file, **how))
    made = chosen(page, "cells-2")
    found = made[page.found]
    assert files == ["cells-2.jpg"] and tuple(a.source for a in found.answers) == sources.wanted("yolo-cells", source)
    assert [made[view].get("main") for view in (page.first, page.second) if made[view]] == [True, False][
        : len(found.answers)
    ]


def test_a_link_answers_by_the_model_that_it_names_and_with_its_thresholds(page):
    made = merged(page.from_link(**LINK | {"example": "bus", "score": 0.4, "off": "WBC", "mode": "both"}))
    assert made[page.found].model == "yolo-cells" and page.model not in made and made[page.example_id] == "bus"
    asked = made[page.first]["asked"]
    assert (asked["score"], asked["off"], asked["mode"], asked["iou"]) == (0.4, "WBC", "both", None)
    assert merged(page.choose(clicked(id="cells-1"), **ASKED))[page.first]["asked"] is None


def test_no_page_is_empty(page):
    assert set(page.begin("en").values()) == {"yolo-drawings", "drawing-2"}
    assert merged(page.from_link(**LINK))[page.example_id] == "cells-1"


def test_a_drawing_of_another_member_is_looked_at_by_the_detector_of_drawings(page):
    made = merged(page.from_link(**LINK | {"drawing": A_SEVEN}))
    assert made[page.model] == "yolo-drawings" and made[page.example_id] == ""
    assert "1\u00a0×\u00a07" in made[page.status] and made[page.found].drawing == A_SEVEN


def test_another_source_answers_the_same_picture_and_one_without_files_says_why(page):
    found = chosen(page, "cells-1")[page.found]
    made = merged(page.again(found=found, **ASKED | {"source": "darknet"}))
    assert "--darknet DIR" in made[page.facts] and "no answer" in made[page.status]
    assert made[page.first] == made[page.look.grid] == {}
    assert list(page.again(found=None, **ASKED)) == list(page.again(found=Found(), **ASKED)) == []


def test_side_by_side_says_above_that_one_is_missing(page, monkeypatch):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    found = chosen(page, "cells-1")[page.found]
    load = lmdemo.load

    def offline(name, source="scratch", **how):
        if source == "hub":
            raise lmdemo.errors.HubError("offline", expected="a network", got="offline", hint="Go online.")
        return load(name, source=source, **how)

    monkeypatch.setattr(lmdemo, "load", offline)
    made = merged(page.again(found=found, **ASKED | {"source": "both"}))
    lines = made[page.status].splitlines()
    assert "23 found" in lines[0] and "no answer from yolov8n" in lines[1] and made[page.first]["main"]


def test_a_picture_that_is_refused_leaves_no_old_answer(page, tmp_path):
    Image.new("RGB", (300, 1)).save(tmp_path / "flat.png")
    made = merged(page.look_at_photo(photo=str(tmp_path / "flat.png"), **ASKED))
    assert "Expected: " in made[page.status] and made[page.first] == made[page.look.suppression] == {}
    assert made[page.example_id] == "" and made[page.facts] == ""


@pytest.mark.parametrize("posted", ["/etc/passwd", "../cells-1", "cells-1.jpg", "", None, 7])
def test_no_posted_name_opens_a_file_of_the_server(page, posted):
    with pytest.raises(InputError) as caught:
        chosen(page, posted)
    assert caught.value.key == "unknown_choice"
    if posted:
        with pytest.raises(InputError):
            list(page.from_link(**LINK | {"example": posted}))


# -- moving pictures -----------------------------------------------------------------------------------------------------


def test_a_cameras_frame_comes_back_as_boxes_alone_that_name_it(page):
    stream = event(page, "Watching.look_at_frame")
    assert stream.concurrency_limit == 2 and SECONDS == 120
    asked = ASKED | {"model": "yolo-drawings"}
    made = page.watching.look_at_frame(clicked(id=7, off=0, jpeg=jpeg()), given=0, **asked)
    view = made[page.first]
    assert view["live"]["id"] == 7 and view["src"] == "" and not view["grids"] and len(view["candidates"]) > 5
    assert "1\u00a0×\u00a0star" in made[page.status] and set(made) <= set(stream.outputs)
    missing = page.watching.look_at_frame(clicked(id=8, off=0, jpeg=jpeg()), given=0, **ASKED | {"source": "darknet"})
    assert "--darknet DIR" in missing[page.status] and page.first not in missing


@pytest.mark.parametrize("posted", [None, 7, "", "data:text/html,x", "data:image/jpeg;base64,AAAA", jpeg()[:-900]])
def test_what_is_no_frame_is_refused(page, posted):
    said = page.watching.look_at_frame(clicked(id=1, off=0, jpeg=posted), given=0, **ASKED)
    assert list(said) == [page.status] and "Expected: " in said[page.status]


def test_a_frame_that_is_held_is_answered_whole(page):
    made = merged(page.watching.hold(clicked(jpeg=jpeg()), **ASKED | {"model": "yolo-drawings"}))
    assert "8 found" in made[page.status] and made[page.first]["grids"] and made[page.example_id] == ""
    again = merged(page.again(found=made[page.found], **ASKED))
    assert again[page.found].model == "yolo-cells"


def test_what_is_chosen_switches_the_camera_off(page):
    made = [chosen(page, which) for which in ("cells-1", "cells-2")]
    off = [m[page.watching.camera]["off"] for m in made]
    assert 0 < off[0] < off[1] == made[1][page.watching.given]
    late = clicked(id=9, off=off[0], jpeg=jpeg())
    assert page.watching.look_at_frame(late, given=off[1], **ASKED) == {}


def test_a_video_becomes_a_film_with_boxes_and_lanes(page, tmp_path):
    import cv2

    save_video(tmp_path / "a.mp4")
    made: dict = {}
    film = 0
    for step in page.watching.watch_video(video=str(tmp_path / "a.mp4"), **ASKED | {"model": "yolo-drawings"}):
        made |= step
        told = step.get(page.watching.film)
        if isinstance(told, dict) and told.get("value"):  # it lies there until the next step
            video = cv2.VideoCapture(told["value"])
            film = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
            path = Path(told["value"])
    assert film == 2 and path.suffix == ".webm" and not path.exists()
    lanes = {lane["name"]: lane["counts"] for lane in made[page.watching.seen]["lanes"]}
    assert lanes["star"] == [1, 1] and "star: 2" in made[page.status] and made[page.first]["grids"]
    found = made[page.found]
    hinglish = page.show(found=found, lang="hi-Latn")
    assert "2 frames mein se" in hinglish[page.status] and page.watching.film not in hinglish
    moment = page.watching.look_at_moment(clicked(index=1), found=found, **ASKED | {"model": "yolo-drawings"})
    assert merged(moment)[page.found].video == found.video
    assert merged(page.choose(clicked(id="cells-1"), **ASKED))[page.watching.seen] == {}
    with pytest.raises(InputError):
        list(page.watching.watch_video(video=None, **ASKED))


# -- the truth of each question --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ["drawing-1", "drawing-2", "cells-1", "cells-2"])
def test_each_questions_truth_is_the_networks(page, example):
    model, path = looks.EXAMPLES[example][0], EXAMPLES["yolo"] / f"{example}.jpg"
    ours, asked = lmdemo.load(model), {"iou_across": looks.ACROSS}
    answer = chosen(page, example)[page.found].answers[0]
    t = answer.extra.truths
    assert t["now"] == len(ours(path, **asked).objects)
    assert t["low_iou"] == len(ours(path, iou_threshold=truths.LOW_IOU, **asked).objects)
    assert t["high_score"] == len(ours(path, score_threshold=truths.HIGH_SCORE, **asked).objects)
    with Image.open(path) as whole:
        frame = np.full((whole.height, whole.width, 3), 114, np.uint8)
        small = np.asarray(whole.convert("RGB").resize((whole.width // 2, whole.height // 2)))
        top, left = whole.height // 4, whole.width // 4
        frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    assert sum(t["half"].values()) == len(ours(frame, **asked).objects)
    trace = ours(path, trace=True, **asked).trace
    edges = trace["candidate_edges"][0]
    mean = (edges * np.arange(edges.shape[1])).sum(axis=1)
    moved = np.abs(edges.argmax(axis=1) - mean) * trace["candidate_strides"][0]
    assert np.allclose(t["edges"]["pixels"], moved, atol=0.01)
    marked = looks.marks(example, ours.labels)
    both = [ours.responsible(path, [marked[0][0]], [marked[0][1]], alpha=a)[0] for a in (0.5, 0.0)]
    cells = [{(c.stride, c.column, c.row) for c in one.cells if c.answers} for one in both]
    if len(marked) == 1:  # alone, no other object takes a cell
        assert t["training"]["changed"] == len(cells[0] - cells[1])
    assert t["training"]["cells"] <= 10 and 0 <= t["training"]["changed"] <= t["training"]["cells"]


def test_each_step_asks_with_choices_of_which_one_is_right(page):
    for lang in ("en", "hi-Latn"):
        made = page.show(found=chosen(page, "drawing-2")[page.found], lang=lang)
        for key, component in page.look.guesses.items():
            asked = made[component]
            assert asked["question"] and asked["told"] and len(set(asked["choices"])) == len(asked["choices"]), key
            assert len(asked["right"]) == 1 and 0 <= asked["right"][0] < len(asked["choices"]), key
            assert "{" not in asked["question"] + asked["told"] + "".join(asked["choices"])


def test_the_marks_of_the_examples_fit_what_is_on_them():
    for example, (model, _) in looks.EXAMPLES.items():
        if not model:
            continue
        ours, marked = lmdemo.load(model), looks.marks(example, lmdemo.load(model).labels)
        objects = ours(EXAMPLES["yolo"] / f"{example}.jpg", score_threshold=0.1, iou_across=looks.ACROSS).objects

        def fits(o, name, edges) -> bool:
            from lmdemo.models.yolo import overlap

            box = np.array([o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax])
            return o.label == name and float(overlap(box, np.array(edges))) >= 0.5

        hits = sum(any(fits(o, name, edges) for o in objects) for name, edges in marked)
        assert len(marked) >= 8 and hits >= 0.8 * len(marked), (example, hits, len(marked))


def test_what_a_chosen_box_rests_on_is_told_for_that_box(page):
    made = chosen(page, "drawing-2")
    x0, y0, x1, y1, _, k, stride, column, row = made[page.first]["candidates"][0]
    asked = {"asked": "x", "stride": stride, "column": column, "row": row, "label": made[page.first]["labels"][k]}
    told = page.look.look(clicked(**asked), found=made[page.found], lang="en")[page.look.edges]["map"]
    data = np.frombuffer(base64.b64decode(told["data"]), np.uint8).reshape(told["rows"], told["columns"])
    y, x = np.unravel_index(data.argmax(), data.shape)
    scale = made[page.first]["frame"][0]
    assert (
        told["asked"] == "x"
        and x0 * scale - 8 <= 8 * x + 4 <= x1 * scale + 8
        and y0 * scale - 8 <= 8 * y + 4 <= y1 * scale + 8
    )
    with pytest.raises(InputError):
        page.look.look(clicked(**asked | {"label": "/etc/passwd"}), found=made[page.found], lang="en")
    with pytest.raises(InputError):
        page.look.look(clicked(**asked | {"column": 4000}), found=made[page.found], lang="en")
    assert page.look.look(clicked(**asked), found=None, lang="en") == {}


def test_the_curves_are_those_that_were_measured(page):
    made = chosen(page, "cells-1")[page.look.precision]
    kept = lmdemo.catalog.MODELS["yolo-cells"].figures.splits["val"].curves
    assert made["curves"]["recall"] == pytest.approx(kept["recall"], abs=1e-4) and "87" in made["words"]["measured"]
    recall, precision = kept["recall"], kept["precision"]
    assert recall == sorted(recall, reverse=True) and precision[0] < precision[-1] and len(recall) == len(kept["score"])


def test_a_frame_is_a_picture_of_the_size_that_was_sent():
    from demos.views.camera import frame

    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "JPEG")
    head = "data:image/jpeg;base64,"
    assert frame(head + base64.b64encode(buffer.getvalue()).decode()).size == (64, 48)
    wide = io.BytesIO()
    Image.new("RGB", (2000, 10)).save(wide, "JPEG")
    with pytest.raises(InputError):
        frame(head + base64.b64encode(wide.getvalue()).decode())
