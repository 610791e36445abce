"""The YOLO page's handlers, called without a browser: one click one answer, what is kept, what is refused."""

import pickle
from pathlib import Path
from unittest import mock

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import lmdemo
from demos.core import sources
from demos.core.page import Page
from demos.tabs.vision.yolo import looks
from demos.tabs.vision.yolo.tab import YOLO, Found
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES
from tests.demos.handlers import merged
from tests.demos.test_yolo_page import save_video

ASKED = {"model": "yolo-cells", "source": "scratch", "lang": "en"}


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = YOLO(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


def clicked(which: str) -> gr.EventData:
    return gr.EventData(None, {"id": which})


def event(tab, handler: str):
    return next(f for f in tab.app.fns.values() if getattr(f.fn, "__qualname__", "") == f"YOLO.{handler}")


def test_a_click_brings_the_model_and_the_answer_in_one_request(page):
    made = merged(page.choose(clicked("drawing-1"), **ASKED))
    assert made[page.model] == "yolo-drawings" and made[page.source] == "scratch" and made[page.photo] is None
    assert made[page.examples]["chosen"] == made[page.example_id] == "drawing-1"
    assert "found" in made[page.status] and made[page.first]["candidates"] and made[page.second] == {}
    assert made[page.maps]["layers"] and "examples/drawing-1.jpg" in made[page.snippet]
    assert set(made) <= set(event(page, "choose").outputs)


def test_what_is_kept_of_an_answer_is_light_and_said_again_in_the_other_language(page):
    found = merged(page.choose(clicked("cells-1"), **ASKED))[page.found]
    assert len(pickle.dumps(found)) < 600_000 and not found.answers[0].result.trace
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        hinglish, english = page.show(found=found, lang="hi-Latn"), page.show(found=found, lang="en")
    assert "mile" in hinglish[page.status] and "found" in english[page.status]
    assert hinglish[page.first]["words"]["steps"] == "Ek ek step"
    assert hinglish[page.first]["candidates"] == english[page.first]["candidates"]


@pytest.mark.parametrize("source", ["scratch", "both"])
def test_a_picture_is_opened_once_for_all_networks(page, monkeypatch, source):
    load = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", lambda name, source="scratch", **_: load(name))  # ours stands in for the hub's
    monkeypatch.setitem(looks.EXAMPLES, "cells-2", ("yolo-cells", source))
    page.example_row(example="", lang="en")  # the small pictures of the row are made once for all
    files, really = [], Image.open
    monkeypatch.setattr(Image, "open", lambda file, **how: files.append(Path(file).name) or really(file, **how))
    found = merged(page.choose(clicked("cells-2"), **ASKED))[page.found]
    assert files == ["cells-2.jpg"] and tuple(a.source for a in found.answers) == sources.wanted("yolo-cells", source)


def test_a_link_answers_by_the_model_that_it_names(page):
    made = merged(page.from_link(example="bus", **ASKED))
    assert made[page.found].model == "yolo-cells" and page.model not in made and made[page.example_id] == "bus"
    assert list(page.from_link(example="", **ASKED)) == []


def test_another_source_answers_the_same_picture_and_one_without_files_says_why(page):
    found = merged(page.choose(clicked("cells-1"), **ASKED))[page.found]
    made = merged(page.again(found=found, **ASKED | {"source": "darknet"}))
    assert "--darknet DIR" in made[page.card] and made[page.inside]["visible"] is False
    assert list(page.again(found=None, **ASKED)) == list(page.again(found=Found(), **ASKED)) == []


@pytest.mark.parametrize("posted", ["/etc/passwd", "../cells-1", "cells-1.jpg", "", None, 7])
def test_no_posted_name_opens_a_file_of_the_server(page, posted):
    with pytest.raises(InputError) as caught:
        list(page.choose(clicked(posted), **ASKED))
    assert caught.value.key == "unknown_choice"
    if posted:
        with pytest.raises(InputError):
            list(page.from_link(example=posted, **ASKED))


def test_camera_frames_replace_each_other(page):
    """Gradio hands a stream's newest frame over when the one before it is done; what is asked of it is told here."""
    stream = event(page, "look_at_frame")
    assert stream.connection == "stream" and stream.concurrency_limit == 2 and stream.time_limit == 120
    pixels = np.asarray(Image.open(EXAMPLES["yolo"] / "cells-1.jpg"))
    first = page.look_at_frame(pixels=pixels, last=0.0, **ASKED)
    assert first[page.first]["live"] and not first[page.first]["grids"] and page.status not in first
    second = page.look_at_frame(pixels=pixels, last=first[page.last], **ASKED)
    assert "frames per second" in second[page.status] and set(second) <= set(stream.outputs)
    assert page.look_at_frame(pixels=None, last=0.0, **ASKED) == {}
    missing = page.look_at_frame(pixels=pixels, last=0.0, **ASKED | {"source": "darknet"})
    assert "--darknet DIR" in missing[page.status] and page.first not in missing


def test_a_video_keeps_the_picture_for_another_model(page, tmp_path):
    save_video(tmp_path / "a.mp4")
    found = merged(page.choose(clicked("drawing-1"), **ASKED))[page.found]
    asked = ASKED | {"model": "yolo-drawings"}
    made = merged(page.watch_video(video=str(tmp_path / "a.mp4"), found=found, **asked))
    assert "2 frames looked at" in made[page.status] and made[page.found].example == "drawing-1"
    assert "2 frames dekhe" in page.show(found=made[page.found], lang="hi-Latn")[page.status]
    assert merged(page.again(found=made[page.found], **ASKED))[page.found].video is None
    with pytest.raises(InputError):
        list(page.watch_video(video=None, found=None, **asked))
