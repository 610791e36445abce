"""What the views are handed: JSON within its budget, whose numbers add up."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from demos.views import MAX_BYTES
from demos.views.bars import Bars, bars
from demos.views.convolution import SHOWN, convolution
from demos.views.drawing_pad import MAX_LENGTH, SIDE, check_strokes, picture
from demos.views.feature_maps import feature_maps
from demos.views.pictures import diverging
from lmdemo.errors import InputError

LAYERS = {"relu1": (32, 28, 28), "relu2": (32, 28, 28), "pool2": (32, 14, 14), "relu5": (48, 14, 14), "relu8": (64, 7, 7)}


def test_all_layers_of_a_picture_fit_the_budget():
    random = np.random.default_rng(0)
    made = feature_maps({k: random.random(s, np.float32) for k, s in LAYERS.items()}, {"keys": "x"}, pickable=True)
    assert [(x["count"], x["height"], x["width"]) for x in made["layers"]] == list(LAYERS.values())
    assert len(json.dumps(made, separators=(",", ":"))) < MAX_BYTES


def test_a_view_that_outgrew_its_budget_is_refused():
    with pytest.raises(ValueError, match="more than"):
        Bars().postprocess(bars("t", {"x" * MAX_BYTES: 1.0}))


def test_shown_contributions_and_the_rest_make_the_sum():
    random = np.random.default_rng(1)
    patch, kernel = random.normal(size=(2, 16, 3, 3))
    total = float((patch * kernel).sum()) + 0.5
    made = convolution(SimpleNamespace(patch=patch, kernel=kernel, products=patch * kernel, bias=0.5, total=total, scale=1.0, shift=0.0,
                                       normalized=total, activation=max(0, total), window=None, pooled=None), "t", {})
    assert len(made["channels"]) == SHOWN and made["rest"]["count"] == 16 - SHOWN
    assert sum(c["sum"] for c in made["channels"]) + made["rest"]["sum"] + made["bias"] == pytest.approx(total, abs=1e-4)
    sums = [abs(c["sum"]) for c in made["channels"]]
    assert sums == sorted(sums, reverse=True)


def test_bars_start_with_the_most_probable():
    assert [r["label"] for r in bars("t", {"a": 0.1, "b": 0.7, "c": 0.2}, top=2)["rows"]] == ["b", "c"]


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
