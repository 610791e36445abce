"""A model's figures are its adapter's: counted right, reported whole, refused where the question makes no sense."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import lmdemo
from lmdemo.catalog import find
from lmdemo.data import locate
from lmdemo.errors import DataError, OptionError
from lmdemo.evaluation import SPLITS, Report, evaluate
from lmdemo.metrics import bootstrap_interval
from lmdemo.recipes import cnn_digits


class Recipe:
    """Two examples, of which the adapter gets one."""

    def __init__(self) -> None:
        self.asked = []

    def evaluate(self, adapter, data, split):
        self.asked.append((data, split))
        return 2, {"accuracy": sum(adapter(x) == x % 2 for x in (1, 2)) / 2}

    def baselines(self, data, split):
        return {"always 1": {"accuracy": 0.5}}


class Adapter:
    info = SimpleNamespace(name="parity", source="scratch")

    def __call__(self, x):
        return 1


ROW = SimpleNamespace(data="", training_data="whole numbers")


def test_a_report_holds_all_that_was_promised():
    report = evaluate(Recipe(), Adapter(), ROW)
    assert report == Report(
        model="parity",
        source="scratch",
        data="whole numbers",
        split="val",
        n=2,
        metrics={"accuracy": 0.5},
        baselines={"always 1": {"accuracy": 0.5}},
    )
    assert set(json.loads(json.dumps(report.asdict()))) == {
        "model",
        "source",
        "data",
        "split",
        "n",
        "metrics",
        "baselines",
    }
    assert evaluate(Recipe(), Adapter(), ROW, baselines=False).baselines == {}


def test_curves_are_told_where_a_recipe_has_some():
    recipe = Recipe()
    recipe.curves = lambda adapter, data, split: {"right": [1, 0], "wrong": [0, 1]}
    report = evaluate(recipe, Adapter(), ROW)
    assert report.asdict()["curves"] == report.judged.curves == {"right": [1, 0], "wrong": [0, 1]}


@pytest.mark.parametrize("split", SPLITS)
def test_the_recipe_is_asked_for_the_split_in_the_named_folder(split, tmp_path):
    (tmp_path / "numbers").mkdir()
    row = SimpleNamespace(data="numbers", training_data="whole numbers")
    recipe = Recipe()
    assert evaluate(recipe, Adapter(), row, root=tmp_path, split=split).data == "numbers"
    evaluate(recipe, Adapter(), row, root=tmp_path / "numbers", split=split)  # the data set's own folder does as well
    assert recipe.asked == [(tmp_path / "numbers", split)] * 2


def test_unknown_splits_and_folders_are_refused(tmp_path):
    with pytest.raises(OptionError, match="train, val, test, all"):
        evaluate(Recipe(), Adapter(), ROW, split="dev")
    with pytest.raises(DataError):
        evaluate(Recipe(), Adapter(), SimpleNamespace(data="numbers", training_data=""), root=tmp_path / "nowhere")
    assert locate(tmp_path, "") is None


def test_the_adapter_people_use_is_what_is_judged(monkeypatch):
    """A fault planted in the answer reaches the figure."""
    adapter = lmdemo.load("cnn-digits", device="cpu")
    right = evaluate(cnn_digits, adapter, find("cnn-digits"), baselines=False)
    classify = adapter.classify_pixels
    monkeypatch.setattr(adapter, "classify_pixels", lambda pixels: np.roll(np.asarray(classify(pixels)), 1, axis=1))
    wrong = evaluate(cnn_digits, adapter, find("cnn-digits"), baselines=False)
    assert right.n == wrong.n == 360 and right.metrics["accuracy"] >= 0.98 and wrong.metrics["accuracy"] < 0.05


def test_the_interval_is_where_statistics_puts_it():
    """Against the normal approximation of a proportion: 0.8 of 1,000, sqrt(0.8 * 0.2 / 1000) * 1.96 = 0.0248."""
    right = np.arange(1000) % 5 != 0
    low, high = bootstrap_interval(right)
    assert (low, high) == pytest.approx((0.8 - 0.0248, 0.8 + 0.0248), abs=0.004)
    assert bootstrap_interval(right) == (low, high) and bootstrap_interval(np.ones(10)) == (1, 1)


@pytest.mark.data
@pytest.mark.parametrize(
    "name, split, figure, bar", [("cnn-fashion", "val", "accuracy", 0.94), ("cnn-fashion", "test", "accuracy", 0.94)]
)
def test_the_bar_is_held_on_the_real_data(data, name, split, figure, bar):
    from lmdemo.recipes import load_recipe

    row = find(name)
    report = evaluate(load_recipe(row), lmdemo.load(name, device="cpu"), row, root=data, split=split, baselines=False)
    assert report.metrics[figure] >= bar and report.n == {"val": 5_000, "test": 10_000}[split]
