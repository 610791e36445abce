"""A model's figures: kept whole in its folder, compared the right way round, read without torch."""

import json
import subprocess
import sys

import numpy as np
import pytest

from lmdemo.catalog import MODELS
from lmdemo.figures import LESS_IS_BETTER, Figures, Judged, Training

VAL = Judged(
    data="numbers",
    n=1_869,
    metrics={"accuracy": 0.8, "accuracy_low": 0.77, "accuracy_high": 0.83},
    baselines={"larger class": {"accuracy": 0.5}, "bag of words": {"accuracy": 0.79}},
)
TRAINING = Training(seeds={0: 0.78, 1: 0.76, 2: 0.8}, kept=2, minutes=1, machine="2 cores", date="2026-11-23")
FIGURES = Figures("parity", 42, "accuracy", {"val": VAL}, TRAINING)


def test_they_come_back_as_they_were_written(tmp_path):
    assert Figures.read(tmp_path) is None
    FIGURES.write(tmp_path)
    assert Figures.read(tmp_path) == FIGURES
    told = json.loads((tmp_path / "metrics.json").read_text())
    assert told["splits"]["val"]["metrics"]["accuracy_low"] == 0.77 and told["parameters"] == 42
    Figures("parity", 42, "accuracy").write(tmp_path)
    assert Figures.read(tmp_path) == Figures("parity", 42, "accuracy")


def test_digits_that_change_from_machine_to_machine_are_left_out(tmp_path):
    FIGURES.with_split("test", Judged("numbers", 3, {"accuracy": 2 / 3}, {})).write(tmp_path)
    assert Figures.read(tmp_path).splits["test"].metrics == {"accuracy": 0.666667}


def test_what_is_told_of_them():
    assert (FIGURES.n, FIGURES.metric, FIGURES.ours, FIGURES.seeds) == (1_869, "accuracy", 0.8, 3)
    assert FIGURES.mean == pytest.approx(0.78)
    assert FIGURES.baselines == {"larger class": 0.5, "bag of words": 0.79}


def test_a_mean_over_seeds_is_what_must_win():
    """The kept seed beats the bag of words, the mean does not."""
    assert FIGURES.beaten_by == ["bag of words"]
    alone = Figures("parity", 42, "accuracy", {"val": VAL})
    assert (alone.beaten_by, alone.seeds, alone.mean) == ([], 1, 0.8)


@pytest.mark.parametrize("metric, better", [("mse", "low"), ("accuracy", "high")])
def test_errors_are_better_when_smaller(metric, better):
    judged = Judged("numbers", 1, {metric: 0.5}, {"low": {metric: 0.4}, "high": {metric: 0.6}})
    assert Figures("parity", 42, metric, {"val": judged}).beaten_by == [better]


def test_curves_are_kept_where_there_are_some(tmp_path):
    told = FIGURES.with_split("test", Judged("numbers", 3, {"accuracy": 0.5}, {}, {"same": [0, 2, 1]}))
    told.write(tmp_path)
    assert Figures.read(tmp_path) == told
    assert "curves" not in json.loads((tmp_path / "metrics.json").read_text())["splits"]["val"]


def test_histograms_of_pairs_tell_the_same_errors_as_the_figures():
    judged = MODELS["siamese-speaker"].figures.splits["val"]
    same, other = (np.array(judged.curves[kind]) for kind in ("same", "other"))
    assert same.sum() + other.sum() == judged.metrics["pairs"]
    below = np.arange(-1, 1, 2 / len(same)) + 1 / len(same) < judged.metrics["threshold"]
    assert same[below].sum() / same.sum() == pytest.approx(judged.metrics["eer"], abs=0.03)
    assert other[~below].sum() / other.sum() == pytest.approx(judged.metrics["eer"], abs=0.03)


def test_new_figures_of_a_split_leave_the_rest():
    again = FIGURES.with_split("val", Judged("numbers", 7, {"accuracy": 0.9}, {}))
    assert again.ours == 0.9 and again.baselines == FIGURES.baselines and again.training is TRAINING
    other = FIGURES.with_split("test", Judged("numbers", 7, {"accuracy": 0.9}, {"none": {"accuracy": 0.1}}))
    assert other.splits["val"] is VAL and other.splits["test"].baselines == {"none": {"accuracy": 0.1}}


def test_the_better_seed_was_kept():
    for row in MODELS.values():
        figures = row.figures
        seeds = figures.training.seeds
        best = min(seeds.values()) if figures.primary_metric in LESS_IS_BETTER else max(seeds.values())
        assert seeds[figures.training.kept] == best, row.name


def test_reading_them_costs_no_torch():
    code = "import sys; from lmdemo.catalog import MODELS; print(MODELS['lstm-char'].figures.metric, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["nats_per_character", "False"]
