"""The tab CNN without a browser: its handlers are called as events would."""

import json
import pickle
from functools import reduce
from operator import or_
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import lmdemo
from demos.core.page import Page
from demos.core.tab import Missing
from demos.tabs.vision.cnn.inside import CHECKS, Looks
from demos.tabs.vision.cnn.looks import EXAMPLES as NAMES
from demos.tabs.vision.cnn.looks import Asked
from demos.tabs.vision.cnn.tab import CNN
from demos.views import MAX_BYTES
from demos.views.kernel_toy import output_size
from lmdemo.data import image
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES

OURS = {"model": "cnn-fashion", "source": "scratch", "lang": "en"}
SEVEN = "2i1o5a1o4g3w3m64"
BOOT = str(EXAMPLES["cnn"] / "photo-boot.jpg")
PATHS = ["../../../../app.py", "/etc/passwd", BOOT, "nonsense", ""]
LOOKED = vars(Looks())
LINK = OURS | {"chosen": "", "strokes": "", "way": "draw"} | LOOKED


@pytest.fixture(scope="module")
def tab():
    with gr.Blocks():
        return CNN(Page())


def after(steps) -> dict:
    """What stands on the page when a handler has ended."""
    return reduce(or_, steps, {})


def event(**detail):
    return SimpleNamespace(**detail)


@pytest.fixture(scope="module")
def boot(tab):
    """The page after a click on the boot."""
    return after(tab.choose(event(id="photo-boot.jpg"), **OURS))


@pytest.fixture
def opened(monkeypatch):
    """The files that are opened as pictures."""
    files, decode = [], image._decode
    monkeypatch.setattr(image, "_decode", lambda path: files.append(path.name) or decode(path))
    return files


def test_an_example_is_answered_in_one_call_and_opened_once(tab, opened):
    page = after(tab.choose(event(id="photo-boot.jpg"), **OURS))
    assert "**Ankle boot** 93 % sure" in page[tab.status] and page[tab.chosen] == "photo-boot.jpg"
    assert page[tab.photo] is None and page[tab.camera] is None
    assert page[tab.examples]["chosen"] == "photo-boot.jpg" and page[tab.stop]["visible"] is False
    assert "background removed" in page[tab.seen]["note"] and "172,746" in page[tab.facts]
    assert "vision/cnn/examples/photo-boot.jpg" in page[tab.snippet]
    found, look = page[tab.found], tab.look
    assert len(pickle.dumps(found)) < 200_000
    moved = look.shift.move(event(dx=2, dy=-1), found=found, lang="en")
    assert moved[look.looked["move"]] == "2.-1" and "answer" in moved[look.shift.view]["told"]
    assert "humara" not in tab.show(found=found, lang="hi-Latn", **LOOKED)[tab.status]
    assert opened == ["photo-boot.jpg"]


@pytest.mark.parametrize("source", ["scratch", "both"])
def test_a_picture_is_opened_once_for_all_networks(tab, monkeypatch, source):
    load = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", lambda name, source="scratch", **_: load(name))  # ours stands in for the hub's
    tab.inputs(
        chosen="", strokes="", way="", model="cnn-fashion", lang="en"
    )  # the small pictures are made once for all
    files, really = [], Image.open
    monkeypatch.setattr(Image, "open", lambda file, **how: files.append(Path(file).name) or really(file, **how))
    found = after(tab.choose(event(id="bag.png"), **OURS | {"source": source}))[tab.found]
    assert files == ["bag.png"] and len(found.there) == (2 if source == "both" else 1)


def test_the_first_step_shows_every_map_and_what_fed_it(tab, boot):
    view = boot[tab.look.canvas.stages]
    trace = lmdemo.load("cnn-fashion")(BOOT, trace=True).trace
    assert [c["name"] for c in view["columns"]] == [k for k in trace if k.startswith(("relu", "pool"))]
    assert [c["count"] for c in view["columns"]] == [len(trace[c["name"]]) for c in view["columns"]]
    assert view["number"] is None and view["scores"][0]["label"] == "Ankle boot" and view["deciding"]
    assert all(bool(c["shares"]) == c["name"].startswith("relu") for c in view["columns"])
    assert len(json.dumps(view, separators=(",", ":"))) < MAX_BYTES


@pytest.mark.parametrize("pick", ["relu1.0.3.4", "relu2.31.27.27", "relu8.63.6.6", "label.9"])
def test_a_number_unfolds_within_the_budget_and_stands_in_the_link(tab, boot, pick):
    canvas = tab.look.canvas
    made = canvas.pick(event(pick=pick), found=boot[tab.found], scale="map", lang="hi-Latn")
    view = made[canvas.stages]
    assert made[tab.look.looked["pick"]] == pick and view["scale"] == "map" and "jawab" in view["words"]["answer"]
    assert view["number"]["kind"] == ("label" if pick.startswith("label") else "map")
    assert len(json.dumps(view, separators=(",", ":"))) < MAX_BYTES
    again = after(tab.from_link(**LINK | {"chosen": "photo-boot.jpg", "pick": pick, "scale": "map", "lang": "hi-Latn"}))
    assert again[canvas.stages] == view
    assert canvas.at(event(pick=pick), lang="en") == {tab.look.looked["pick"]: pick}


@pytest.mark.parametrize("pick", ["relu9.0.0.0", "relu8.64.0.0", "relu8.0.7.0"])
def test_a_number_that_this_network_has_not_is_left_out(tab, boot, pick):
    canvas = tab.look.canvas
    made = canvas.pick(event(pick=pick), found=boot[tab.found], scale="layer", lang="en")
    assert made[canvas.stages]["number"] is None


def test_another_language_leaves_open_what_was_looked_at(tab, boot):
    looked = LOOKED | {"pick": "relu3.5.4.4", "move": "4.0", "why": "Bag", "grain": "blocks", "kernel": "8.3"}
    look, made = tab.look, tab.show(found=boot[tab.found], lang="hi-Latn", **looked)
    assert made[look.canvas.stages]["number"]["channel"] == 5 and made[look.shift.view]["dx"] == 4
    assert made[look.decision.view]["chosen"] == "Bag" and made[look.decision.view]["grain"] == "blocks"
    assert (made[look.filters.view]["layer"], made[look.filters.view]["channel"]) == (8, 3)
    assert "Jawab" in made[look.shift.view]["told"]


def test_maps_that_moved_along_are_exact_and_the_pixels_say_by_how_much(tab, boot):
    shift = tab.look.shift
    view = shift.move(event(dx=4, dy=0), found=boot[tab.found], lang="en")[shift.view]
    layers = {layer["name"]: layer for layer in view["layers"]}
    assert [layer["step"] for layer in view["layers"]] == [1, 2, 4, 8]
    assert all(layers[name]["aligned"] < 1e-4 < 0.1 < layers[name]["fixed"] for name in ("relu1", "pool2", "pool5"))
    assert layers["pool8"]["aligned"] > 0.1
    with pytest.raises(ValueError):
        shift.move(event(dx=9, dy=0), found=boot[tab.found], lang="en")


def test_reasons_are_there_at_once_and_another_label_has_others(tab, boot):
    decision = tab.look.decision
    view = boot[decision.view]
    assert [item["smooth"] for item in view["items"]] == [True, False] and view["chosen"] == "Ankle boot"
    left, top, right, bottom = view["items"][0]["frame"]
    assert 0 < left < right < 1 and 0 < top < bottom < 1 and view["items"][0]["over"].startswith("data:image/jpeg")
    made = decision.choose(event(label="Sandal"), found=boot[tab.found], grain="blocks", lang="en")
    assert made[tab.look.looked["why"]] == "Sandal" and made[decision.view]["items"][1] != view["items"][1]
    with pytest.raises(InputError):
        decision.choose(event(label="House"), found=boot[tab.found], grain="pixels", lang="en")


@pytest.mark.parametrize(("model", "file"), [(model, name) for model, names in NAMES.items() for name in names])
def test_grad_cam_is_drawn_for_every_example(tab, model, file):
    page = after(tab.choose(event(id=file), **OURS | {"model": model}))
    item = page[tab.look.decision.view]["items"][0]
    assert "speak for" in item["note"] and "No place" not in item["note"]
    assert model == "cnn-fashion" or f"**{file[6]}**" in page[tab.status]


def test_questions_are_answered_by_what_is_computed(tab, boot):
    look, adapter = tab.look, lmdemo.load("cnn-fashion")
    trace = boot[tab.found].ours.result.trace

    def right(step):
        (question,) = step.guesses.values()
        asked = boot[question]
        return asked, [asked["choices"][i] for i in asked["right"]]

    spare = adapter.maps_to_spare(trace)[0]
    asked, answer = right(look.canvas)
    low, high = (int(v) for v in answer[0].split(" to ")) if " to " in answer[0] else (31, 99)
    assert low <= spare <= high and str(spare) in asked["told"]
    assert right(look.shift)[1] == [adapter(adapter.shifted(trace, 3, 3)).label]
    y, x = np.unravel_index(adapter.grad_cam(trace).argmax(), (28, 28))
    assert right(look.decision)[1] == [adapter(adapter.covered(trace, int(y), int(x), 8)).label]
    asked, answer = right(look.filters)
    shown = [float(item["caption"].split()[-1]) for item in boot[look.filters.view]["asked"]]
    assert answer == ["ABCD"[int(np.argmax(shown))]] and f"{max(shown):.2f}" in asked["told"]
    assert right(look.toy)[1] == [str(output_size(28, 3, 2, 2))]


def test_the_traces_picture_answers_as_the_file_did(tab):
    page = after(tab.take(photo=BOOT, **OURS))
    shift = tab.look.shift
    still = shift.move(event(dx=0, dy=0), found=page[tab.found], lang="en")[shift.view]["told"]
    assert still.count(f"{100 * page[tab.found].ours.result.score:.1f} %") == 2
    assert page[tab.chosen] == "" and '"your-picture.jpg"' in page[tab.snippet]
    assert list(tab.take(photo="", **OURS)) == []


def test_a_drawing_and_another_source_for_it(tab, monkeypatch, tmp_path):
    page = after(tab.drew(event(strokes=SEVEN), **OURS | {"model": "cnn-digits"}))
    assert "**7**" in page[tab.status] and page[tab.strokes] == SEVEN and f'draw("{SEVEN}")' in page[tab.snippet]
    assert page[tab.asked] == Asked("drawing", SEVEN) and tab.pad not in page
    refused = after(tab.drew(event(strokes="<script>"), **OURS))
    assert "Expected" in refused[tab.status] and refused[tab.found] is None and refused[tab.bars] == {}
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    hub = after(tab.again(asked=page[tab.asked], model="cnn-fashion", source="hub", lang="en"))
    assert isinstance(hub[tab.found].answers[0], Missing) and "resnet-50" in hub[tab.facts]
    assert hub[tab.look.canvas.stages] == {} and hub[tab.strokes] == SEVEN


def test_a_wiped_pad_and_a_refused_picture_leave_no_answer_behind(tab, tmp_path):
    (tmp_path / "text.png").write_text("I am text")
    for steps in (tab.drew(event(strokes=""), **OURS), tab.take(photo=str(tmp_path / "text.png"), **OURS)):
        page = after(steps)
        assert page[tab.found] is None and page[tab.bars] == {} == page[tab.seen] and page[tab.facts] == ""
        assert page[tab.look.canvas.stages] == {} == page[tab.look.decision.view] and page[tab.snippet] == ""
    assert "Expected" in page[tab.status]


def test_a_new_picture_is_looked_at_anew(tab):
    page = after(tab.take(photo=BOOT, **OURS))
    assert [page[tab.look.looked[k]] for k in ("pick", "move", "why")] == ["", "0.0", ""]


def test_each_model_has_its_own_examples(tab):
    shown = Asked("example", "bag.png")
    page = after(tab.again(asked=shown, model="cnn-digits", source="scratch", lang="en"))
    assert page[tab.chosen] == NAMES["cnn-digits"][0] and "**2**" in page[tab.status]
    assert [item["id"] for item in page[tab.examples]["items"]] == list(NAMES["cnn-digits"])
    with pytest.raises(InputError):
        list(tab.choose(event(id="bag.png"), **OURS | {"model": "cnn-digits"}))


def test_a_link_is_answered_whatever_its_fields_hold(tab):
    page = after(tab.from_link(**LINK))
    assert "**T-shirt or top**" in page[tab.status] and page[tab.examples]["chosen"] == NAMES["cnn-fashion"][0]
    assert tab.begin("en") == tab.begin("hi-Latn") == {tab.chosen: NAMES["cnn-fashion"][0]}
    page = after(tab.from_link(**LINK | {"strokes": SEVEN, "model": "cnn-digits"}))
    assert page[tab.pad]["strokes"] == SEVEN and "**7**" in page[tab.status] and tab.ways not in page
    page = after(tab.from_link(**LINK | {"chosen": "bag.png", "way": "camera"}))
    assert "Bag" in page[tab.status] and page[tab.examples]["chosen"] == "bag.png"
    assert page[tab.ways]["selected"] == "camera"
    page = after(tab.from_link(**LINK | {"chosen": "bag.png", "model": "cnn-digits"}))
    assert "**2**" in page[tab.status]


@pytest.mark.parametrize("path", PATHS)
def test_a_posted_path_is_no_example(tab, opened, path):
    for steps in (tab.choose(event(id=path), **OURS), tab.answer(Asked("example", path), **OURS)):
        with pytest.raises(InputError):
            list(steps)
    if path:
        with pytest.raises(InputError):
            list(tab.from_link(**LINK | {"chosen": path}))
    assert opened == []


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("pick", ["relu3", "label.10", "relu3.1.2", "x.1.2.3", "relu3.-1.2.3"]),
        ("move", ["9.0", "1", "a.b", "1.2.3"]),
        ("kernel", ["0.1", "1", "1.-1", "a.b"]),
        ("toy", ["upright.2.1.1", "none.3.1.1", "1,2.3.1.1", "upright.3.9.1", "upright"]),
        ("scale", ["both"]),
        ("grain", ["sand"]),
    ],
)
def test_what_is_looked_at_is_checked_in_a_link(name, bad):
    assert CHECKS[name](LOOKED[name]) == LOOKED[name]
    for text in bad:
        with pytest.raises(ValueError):
            CHECKS[name](text)


def test_filters_and_what_excites_them(tab):
    filters = tab.look.filters
    made = filters.pick(event(layer=2, channel=3), model="cnn-fashion", lang="en")
    view = made[filters.view]
    assert made[tab.look.looked["kernel"]] == "2.3" and view["count"] == 32 and len(view["patches"]) == 8
    values = [float(p["caption"].split()[-1]) for p in view["patches"]]
    assert values == sorted(values, reverse=True) and len(view["asked"]) == 4
    assert "912,237,312" in made[filters.dense]
    assert filters.pick(event(layer=8, channel=63), model="cnn-digits", lang="en")[filters.view]["layer"] == 6


def test_a_kernel_of_ones_own_stays_in_the_link(tab, boot):
    toy = tab.look.toy
    made = toy.change(event(toy="1,0,-1,2,0,-2,1,0,-1.3.2.0"), found=boot[tab.found], lang="en")
    assert made[tab.look.looked["toy"]].endswith(".3.2.0") and made[toy.guesses["toy"]]["question"]
    with pytest.raises(ValueError):
        toy.change(event(toy="<b>.3.1.1"), found=None, lang="en")


def test_nothing_was_asked_yet(tab):
    look = tab.look
    made = tab.show(found=None, lang="en", **LOOKED)
    assert made[tab.status] == tab.say("en", "nothing_yet") and made[look.canvas.stages] == {}
    assert look.canvas.pick(event(pick=""), found=None, scale="layer", lang="en") == {}
    assert look.shift.move(event(dx=1, dy=0), found=None, lang="en") == {}
    assert look.decision.choose(event(label="Bag"), found=None, grain="pixels", lang="en") == {}
