"""Views are folders of a script and a style that come once; what they are handed is JSON within its budget, whose numbers add up."""

import base64
import importlib
import json
import re
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import demos
from demos.core import assets
from demos.views import MAX_BYTES, View
from demos.views.bars import Bars, bars
from demos.views.chips import chips
from demos.views.convolution import of_label, of_map
from demos.views.curves import curves, line
from demos.views.drawing_pad import MAX_LENGTH, SIDE, check_strokes, picture
from demos.views.feature_maps import feature_maps
from demos.views.kernel_toy import kernel_toy, output_size
from demos.views.kernels import kernels
from demos.views.pictures import diverging
from demos.views.reasons import reason
from demos.views.shaded import shaded, text_row
from demos.views.shift import shift
from demos.views.stages import stages
from demos.views.timeline import SHOWN as STEPS
from demos.views.timeline import alike, band, lane, timeline
from demos.views.unrolled import SHOWN as CELLS
from demos.views.unrolled import sums, unrolled
from lmdemo.errors import InputError
from tests.conftest import PROJECT

LAYERS = {
    "relu1": (32, 28, 28),
    "relu2": (32, 28, 28),
    "pool2": (32, 14, 14),
    "relu5": (48, 14, 14),
    "relu8": (64, 7, 7),
}


VIEWS = sorted(path.parent for path in (PROJECT / "demos" / "views").glob("*/__init__.py"))
SCRIPTS = sorted((PROJECT / "tests" / "views").glob("*.test.mjs"))


@pytest.mark.parametrize("folder", VIEWS, ids=lambda folder: folder.name)
def test_a_view_is_a_folder_of_a_class_a_script_and_a_style(folder):
    module = importlib.import_module(f"demos.views.{folder.name}")
    classes = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, View) and v is not View]
    assert [cls.files for cls in classes if cls.__module__ == module.__name__] == [folder.name]
    files = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert {"__init__.py", "view.js"} <= files <= {"__init__.py", "view.js", "view.css"}
    assert "export default function draw(" in (folder / "view.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("sheet", sorted(PROJECT.glob("demos/views/*/view.css")), ids=lambda sheet: sheet.parent.name)
def test_a_style_is_its_views_alone(sheet):
    rules = re.sub(r"/\*.*?\*/|@\w+[^{]*\{", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    selectors = [s.strip() for part in re.findall(r"([^{}]+)\{", rules) for s in re.split(r",(?![^(]*\))", part)]
    found = [s for s in selectors if not re.match(rf"(\.dark )?\.lm-{sheet.parent.name}\b", s)]
    assert selectors and not found, f"{sheet}: {found}"


def test_a_script_comes_once_and_is_kept_until_the_next_release():
    client = TestClient(Starlette(routes=assets.routes()))
    address = assets.address("views/bars/view.js").removeprefix(".")
    assert re.fullmatch(r"/lmdemo/[0-9a-f]{12}/views/bars/view\.js", address)
    answer = client.get(address)
    assert answer.text == (PROJECT / "demos/views/bars/view.js").read_text(encoding="utf-8")
    assert (
        answer.headers["content-type"].startswith("text/javascript") and "immutable" in answer.headers["cache-control"]
    )
    for path in [*re.findall(r'from "([^"]+)"', answer.text), "../../page.css"]:  # as the browser asks on
        assert client.get(str(answer.url.join(path))).status_code == 200
    for other in ("0" * 12, "../" + assets.version()):
        assert client.get(f"/lmdemo/{other}/views/bars/view.js").status_code == 404
    for path in ("views/bars/__init__.py", "views/../core/url.js", "views/%2e%2e/core/url.js"):
        assert client.get(f"/lmdemo/{assets.version()}/{path}").status_code == 404
    scripts = {Bars(label=str(i)).js_on_load for i in range(2)}
    assert len(scripts) == 1 and len(scripts.pop()) < 200  # an instance names its module, and holds nothing of it


@pytest.mark.skipif(not shutil.which("node"), reason="node is not here")
def test_the_scripts_pass_their_own_tests():
    done = subprocess.run(["node", "--test", *map(str, SCRIPTS)], cwd=PROJECT, capture_output=True, text=True)
    assert SCRIPTS and done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_all_layers_of_a_picture_fit_the_budget():
    random = np.random.default_rng(0)
    made = feature_maps({k: random.random(s, np.float32) for k, s in LAYERS.items()}, {"keys": "x"}, pickable=True)
    assert [(x["count"], x["height"], x["width"]) for x in made["layers"]] == list(LAYERS.values())
    assert len(json.dumps(made, separators=(",", ":"))) < MAX_BYTES


def test_a_view_that_outgrew_its_budget_is_refused():
    with pytest.raises(ValueError, match="more than"):
        Bars().postprocess(bars("t", {"x" * MAX_BYTES: 1.0}))


def numbers(text: str, kind: str = "u1") -> np.ndarray:
    """What a view was handed as text."""
    return np.frombuffer(base64.b64decode(text), kind).astype(float)


def test_the_stages_hold_every_map_on_its_own_scale_within_the_budget():
    random = np.random.default_rng(0)
    maps = {k: random.random(s, np.float32) * random.uniform(0.1, 5) for k, s in LAYERS.items()}
    shares = {"relu1": random.normal(size=(32, 1)), "relu2": random.normal(size=(32, 32))}
    made = stages(
        np.zeros((28, 28), np.uint8),
        maps,
        {},
        scores={"a": 0.9, "b": 0.1},
        shares=shares,
        fields={"relu1": (3, 1, -1)},
        deciding=random.normal(size=(2, 64)),
    )
    assert [(c["count"], c["height"], c["width"]) for c in made["columns"]] == list(LAYERS.values())
    column, values = made["columns"][1], maps["relu2"]
    back = (numbers(column["data"]).reshape(values.shape) / 255) ** 2 * np.array(column["highs"])[:, None, None]
    assert np.abs(back - values).max() < 0.01 * values.max()
    assert column["order"][0] == values.mean((1, 2)).argmax()
    fed = (numbers(column["shares"]["data"]) - 128) / 127 * column["shares"]["most"]
    assert np.abs(fed.reshape(32, 32) - shares["relu2"]).max() < 0.01 * column["shares"]["most"]
    assert len(json.dumps(made, separators=(",", ":"))) < MAX_BYTES


def test_what_unfolds_says_the_numbers_as_exactly_as_they_are_shown():
    random = np.random.default_rng(1)
    below, kernel = random.normal(size=(16, 6, 6)).astype(np.float32), random.normal(size=(16, 3, 3))
    step = SimpleNamespace(kernel=kernel, bias=0.5, scale=1.5, shift=-0.2)
    made = of_map("relu3", 5, (2, 1), below, step, field=(9, 2, -4), padding=1, pool=2)
    low, high = (np.array(made["inputs"][k])[:, None, None] for k in ("low", "high"))
    back = low + (high - low) * numbers(made["inputs"]["data"], "<u2").reshape(below.shape) / 65535
    wanted = (below[:, 1:4, 0:3] * kernel).sum()
    assert (back[:, 1:4, 0:3] * np.array(made["kernel"]).reshape(kernel.shape)).sum() == pytest.approx(wanted, abs=5e-4)


def test_a_labels_logit_is_weights_times_values():
    random = np.random.default_rng(2)
    given, weights, bias = random.random(36), random.normal(size=(3, 36)), random.normal(size=3)
    made = of_label(1, given, weights, bias, weights @ given + bias, 3)
    assert np.dot(made["values"], made["weights"]) + made["bias"] == pytest.approx(made["logits"][1], abs=0.01)


def test_a_moved_map_is_told_where_it_can_be_compared():
    before = np.arange(16.0).reshape(4, 4)
    layer = {"name": "relu1", "step": 1, "channel": 0, "fixed": 0.5, "aligned": 0.0, "before": before}
    layer |= {"after": before, "back": before + 4, "there": (slice(1, 3), slice(0, 4))}
    made = shift(np.zeros((28, 28), np.uint8), (1, -2), [layer], {}, farthest=8, told="")
    left = numbers(made["layers"][0]["difference"]).reshape(4, 4)
    assert made["layers"][0]["there"] == [1, 3, 0, 4] and (left[[0, 3]] == 128).all() and (left[1:3] > 128).all()


def test_reasons_and_kernels_keep_their_sign():
    values = np.array([[-1, 0], [0.5, 1]])
    assert (numbers(reason(values, "", {})["data"]) - 128).tolist() == [-127, 0, 64, 127]
    made = kernels(np.array([[[-2.0]], [[1.0]]]), [], [], {}, layer=1, layers=8, channel=0)
    assert made["most"] == 2 and (numbers(made["data"]) - 128).tolist() == [-127, 64]


def test_the_toys_result_is_as_wide_as_torch_makes_it():
    torch = pytest.importorskip("torch")
    for side, stride, padding in ((1, 1, 0), (3, 2, 1), (5, 4, 2), (5, 3, 0)):
        made = torch.nn.functional.conv2d(
            torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, side, side), None, stride, padding
        )
        assert output_size(28, side, stride, padding) == made.shape[-1]
    assert kernel_toy(np.zeros((28, 28), np.uint8), "blur.3.1.1", {})["picture"]["width"] == 28


def test_bars_start_with_the_most_probable_or_stay_in_their_places():
    scores = {"a": 0.1, "b": 0.7, "c": 0.2}
    assert [r["label"] for r in bars("t", scores, top=2)["rows"]] == ["b", "c"]
    made = bars("t", scores, fixed=True, colours=dict.fromkeys("abc", "positive"))["rows"]
    assert [r["label"] for r in made] == ["a", "b", "c"] and {r["colour"] for r in made} == {"positive"}


def test_strokes_become_a_drawing():
    drawn = np.asarray(picture("0a0a7q7q").convert("L"))
    assert drawn.shape == (SIDE, SIDE) and drawn[140, 140] == 0 and drawn[20, 250] == 255


@pytest.mark.parametrize("strokes", ["", "abc", "<script>", "0a0a..0b0b", "0a0a" * MAX_LENGTH])
def test_what_is_no_drawing_is_refused(strokes):
    with pytest.raises(InputError):
        picture(strokes)
    with pytest.raises(ValueError):
        check_strokes(strokes)


def test_colours_tell_for_from_against():
    red, _, blue = diverging(np.array([[1.0, -1.0]]))[0].T
    assert blue[0] > red[0] and red[1] > blue[1]


def test_the_page_is_data_only():
    """What a component keeps for itself, such as the handlers of its events, would be copied whole at every visit."""
    found = []

    def look(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, f"{path}.{key}")
        elif isinstance(value, list | tuple):
            for inner in value:
                look(inner, path)
        elif (
            not isinstance(value, str | int | float | bool | None)
            and getattr(value, "__name__", "") != "default_delete_callback"
        ):
            found.append((path, type(value).__name__))

    look(demos.build_app().config, "")
    assert found == []


def test_a_timeline_of_a_long_text_fits_the_budget_and_keeps_its_end():
    random = np.random.default_rng(0)
    bands = [band(str(i), "q", "state", random.normal(size=(500, 192))) for i in range(6)]
    made = timeline(
        "t",
        [f"word{i}" for i in range(500)],
        [lane("p", "positive", random.random(500))],
        bands,
        {},
        known=[True] * 500,
    )
    assert len(json.dumps(made, separators=(",", ":"))) < MAX_BYTES
    assert (
        made["tokens"][-1] == "word499"
        and len(made["tokens"]) == STEPS
        and made["first"] == 500 - STEPS
        and made["total"] == 500
    )


def test_a_band_gives_its_numbers_back():
    values = np.array([[-0.5, 1.0], [0.25, 0.0]])
    made = band("state", "state", "state", values)
    data = np.frombuffer(base64.b64decode(made["data"]), np.uint8).reshape(2, 2)
    assert made["low"] + (made["high"] - made["low"]) * data / 255 == pytest.approx(values.T, abs=0.01)
    assert (made["centre"], made["gate"]) == (0, False)
    gate = band("forget", "forget gate", "forget", np.abs(values), low=0.0, high=1.0)
    assert (gate["centre"], gate["gate"]) == (0.5, True)


def test_alike_units_stand_side_by_side_and_those_that_vary_most_are_kept():
    time = np.linspace(0, 6, 40)
    kinds = np.stack([np.sin(time), np.cos(time), np.sin(time + 2.4)], 1)
    values = np.repeat(kinds, 4, axis=1)[:, [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]]  # mixed
    order = alike(values)
    assert sorted(order) == list(range(12))
    assert sum(a != b for a, b in zip(order % 3, order[1:] % 3, strict=False)) <= 3
    values[:, 5] = 0
    assert 5 not in alike(values, 11) and list(alike(values[:1])) == list(range(12))


def test_products_of_an_unrolled_step_make_its_sums():
    random = np.random.default_rng(2)
    step = SimpleNamespace(
        parts=("state",),
        inputs=random.normal(size=6),
        state=random.normal(size=4),
        input_weights=random.normal(size=(1, 6)),
        state_weights=random.normal(size=(1, 4)),
        biases=np.array([0.3]),
        sums=np.zeros(1),
        values=np.zeros(1),
        cell_before=None,
        cell=None,
        output=0.0,
    )
    made = sums(step, "t", {"state": "s"}, {}, step=7, unit=2)
    assert (made["step"], made["unit"], made["cell"]) == (7, 2, None)
    part = made["parts"][0]
    for side, expected in (
        ("input", step.inputs @ step.input_weights[0]),
        ("state", step.state @ step.state_weights[0]),
    ):
        assert part[side]["sum"] == pytest.approx(expected, abs=1e-4)
        assert sum(term[3] for term in part[side]["terms"]) == pytest.approx(expected, abs=1e-3)
        assert [abs(t[3]) for t in part[side]["terms"]] == sorted(
            (abs(t[3]) for t in part[side]["terms"]), reverse=True
        )


def test_a_long_text_unrolled_keeps_its_last_cells_within_the_budget():
    random = np.random.default_rng(0)
    strips = [band(key, key, key, random.normal(size=(CELLS, 64))) for key in ("cell", "state")]
    words = [f"word{i}" for i in range(500)]
    made = unrolled("t", words, strips, [("positive", "positive", 0.51234)] * 500, {}, known=[True] * 500)
    assert made["tokens"] == words[-CELLS:] and made["first"] == 500 - CELLS and made["total"] == 500
    assert made["answers"][0] == ["positive", "positive", 0.5123] and len(made["answers"]) == CELLS
    assert "sums" not in made and len(json.dumps(made, separators=(",", ":"))) < MAX_BYTES


def test_texts_lines_and_chips_say_what_they_were_given():
    row = text_row("t", ["a", "b"], [0.5, 1 / 3], pickable=True, first=1)
    assert shaded("t", [row], {})["rows"][0]["weights"] == [0.5, 0.333] and row["first"] == 1
    assert curves("t", "x", "y", [line("l", "scratch", [(1, 0.12345)])], {})["lines"][0]["points"] == [[1.0, 0.1235]]
    assert chips("t", ("a",)) == {"title": "t", "texts": ["a"]}
