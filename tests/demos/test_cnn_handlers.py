"""The tab CNN without a browser: its handlers are called as events would."""

import pickle
from functools import reduce
from operator import or_
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

import lmdemo
from demos.core.page import Page
from demos.core.tab import Missing
from demos.tabs.vision.cnn.tab import CNN, Asked
from lmdemo.data import image
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES

OURS = {"model": "cnn-fashion", "source": "scratch", "lang": "en"}
SEVEN = "2i1o5a1o4g3w3m64"
BOOT = str(EXAMPLES["cnn"] / "photo-boot.jpg")
PATHS = ["../../../../app.py", "/etc/passwd", BOOT, "nonsense", ""]


@pytest.fixture(scope="module")
def tab():
    with gr.Blocks():
        return CNN(Page())


def after(steps) -> dict:
    """What stands on the page when a handler has ended."""
    return reduce(or_, steps, {})


def event(**detail):
    return SimpleNamespace(**detail)


@pytest.fixture
def opened(monkeypatch):
    """The files that are opened as pictures."""
    files, decode = [], image._decode
    monkeypatch.setattr(image, "_decode", lambda path: files.append(path.name) or decode(path))
    return files


def test_an_example_is_answered_in_one_call_and_opened_once(tab, opened):
    page = after(tab.choose(event(id="photo-boot.jpg"), **OURS))
    assert "Ankle boot" in page[tab.status] and page[tab.chosen] == "photo-boot.jpg" and page[tab.photo] is None
    assert page[tab.examples]["chosen"] == "photo-boot.jpg" and page[tab.stop]["visible"] is False
    assert "background removed" in page[tab.seen]["note"] and page[tab.inside.maps]["pickable"]
    assert "vision/cnn/examples/photo-boot.jpg" in page[tab.snippet]
    found, inside = page[tab.found], tab.inside
    assert len(pickle.dumps(found)) < 200_000
    step = inside.pick(event(layer="relu3", channel=5, y=4, x=4), found=found, lang="en")
    assert step[inside.step]["title"] == "Convolution 3, map 5, row 4, column 4"
    moved = inside.shift.move(found=found, dx=2, dy=-1, lang="en")
    assert "answer" in moved[inside.shift.told] and "logits" in moved[inside.shift.table]
    drawn = inside.decision.explain(found=found, lang="en")[inside.decision.pictures]["items"]
    assert [item["id"] for item in drawn] == ["cam-scratch", "ig-scratch"]
    assert "humara network" in tab.show(found=found, lang="hi-Latn")[tab.status]
    assert opened == ["photo-boot.jpg"]


@pytest.mark.parametrize("source", ["scratch", "both"])
def test_a_picture_is_opened_once_for_all_networks(tab, monkeypatch, source):
    load = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", lambda name, source="scratch", **_: load(name))  # ours stands in for the hub's
    tab.inputs(chosen="", strokes="", lang="en")  # the small pictures of the row are made once for all
    files, really = [], Image.open
    monkeypatch.setattr(Image, "open", lambda file, **how: files.append(Path(file).name) or really(file, **how))
    found = after(tab.choose(event(id="bag.png"), **OURS | {"source": source}))[tab.found]
    assert files == ["bag.png"] and len(found.there) == (2 if source == "both" else 1)


def test_the_traces_picture_answers_as_the_file_did(tab):
    page = after(tab.take(photo=BOOT, **OURS))
    adapter_result = page[tab.found].ours.result
    still = tab.inside.shift.move(found=page[tab.found], dx=0, dy=0, lang="en")[tab.inside.shift.told]
    assert still.count(f"{100 * adapter_result.score:.1f} %") == 2
    assert page[tab.chosen] == "" and '"your-picture.jpg"' in page[tab.snippet]
    assert list(tab.take(photo="", **OURS)) == []


def test_a_drawing_and_another_source_for_it(tab, monkeypatch, tmp_path):
    page = after(tab.drew(event(strokes=SEVEN), **OURS | {"model": "cnn-digits"}))
    assert "**7**" in page[tab.status] and page[tab.strokes] == SEVEN and f'draw("{SEVEN}")' in page[tab.snippet]
    assert page[tab.asked] == Asked("drawing", SEVEN)
    wiped = after(tab.drew(event(strokes=""), **OURS))
    assert wiped[tab.strokes] == "" and tab.status not in wiped
    with pytest.raises(InputError):
        list(tab.drew(event(strokes="<script>"), **OURS))
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    hub = after(tab.again(asked=page[tab.asked], model="cnn-fashion", source="hub", lang="en"))
    assert isinstance(hub[tab.found].answers[0], Missing) and "resnet-50" in hub[tab.card]
    assert list(tab.again(asked=None, **OURS)) == []


def test_a_link_changes_only_what_it_names(tab):
    assert after(tab.from_link(chosen="", strokes="", **OURS)) == {}
    page = after(tab.from_link(chosen="", strokes=SEVEN, **OURS | {"model": "cnn-digits"}))
    assert page[tab.pad]["strokes"] == SEVEN and "**7**" in page[tab.status]
    assert tab.chosen not in page and tab.examples not in page
    page = after(tab.from_link(chosen="bag.png", strokes="", **OURS))
    assert "Bag" in page[tab.status] and page[tab.examples]["chosen"] == "bag.png" and tab.pad not in page


@pytest.mark.parametrize("path", PATHS)
def test_a_posted_path_is_no_example(tab, opened, path):
    for steps in (tab.choose(event(id=path), **OURS), tab.answer(Asked("example", path), **OURS)):
        with pytest.raises(InputError):
            list(steps)
    if path:
        with pytest.raises(InputError):
            list(tab.from_link(chosen=path, strokes="", **OURS))
    assert opened == []


def test_filters_and_what_excites_them(tab):
    filters = tab.inside.filters
    shown = filters.show(model="cnn-fashion", layer=1, lang="en")[filters.kernels]
    assert len(shown["items"]) == 32 and shown["choosable"]
    found = filters.exciting(event(id=shown["items"][2]["id"]), model="cnn-fashion", lang="en")[filters.patches]
    assert len(found["items"]) == 8


def test_nothing_was_asked_yet(tab):
    inside = tab.inside
    assert tab.show(found=None, lang="en") == {tab.status: tab.say("en", "nothing_yet")}
    assert inside.pick(event(layer="relu1", channel=0, y=0, x=0), found=None, lang="en") == {}
    assert inside.shift.move(found=None, dx=1, dy=0, lang="en") == {}
    assert inside.decision.explain(found=None, lang="en") == {}
