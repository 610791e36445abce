"""The tab Forecasting without a browser: its handlers are called as events would."""

import pickle
from functools import reduce
from operator import or_

import gradio as gr
import pytest

from demos.core.page import Page
from demos.tabs.recurrent.forecast.foresee import Foreseen
from demos.tabs.recurrent.forecast.tab import Forecast
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES

UNNAMED = {"way": "shipped", "horizon": 12, "season": 0}
HOURLY = str(EXAMPLES["lstm-forecast"] / "hourly.csv")


@pytest.fixture(scope="module")
def tab():
    with gr.Blocks():
        return Forecast(Page())


def after(steps) -> dict:
    """What stands on the page when a handler has ended."""
    return reduce(or_, steps, {})


def test_an_example_sets_what_suits_it_and_is_answered_in_one_call(tab):
    steps = list(tab.choose(example="monthly", lang="en"))
    first, page = steps[0], after(steps)
    assert first[tab.way] == "own" and first[tab.horizon] == 12 and first[tab.own]["visible"]
    assert "Trained in" in page[tab.status] and "2024-12-01" in page[tab.chart]["labels"]
    assert page[tab.loss]["lines"] and page[tab.stop]["visible"] is False
    assert "forecast/examples/monthly.csv" in page[tab.snippet]


def test_what_was_found_is_light_and_said_again_in_the_other_language(tab):
    page = after(tab.run(example=None, file=HOURLY, column=None, **UNNAMED, lang="en"))
    found = page[tab.found]
    assert isinstance(found, Foreseen) and len(pickle.dumps(found)) < 300_000
    assert "In 96 steps" in page[tab.status] and "your-series.csv" in page[tab.snippet]
    again = tab.show(found=found, lang="hi-Latn", step=3)
    assert "96 steps baad" in again[tab.status] and again[tab.inside.step]["value"] == 3
    assert tab.inside.sum(found=found, step=3, lang="hi-Latn")[tab.inside.summed] == again[tab.inside.summed]
    assert tab.inside.sum(found=None, step=3, lang="en") == {}


def test_a_sum_is_the_forecast(tab):
    found = after(tab.run(example="hourly", file=None, column=None, **UNNAMED, lang="en"))[tab.found]
    for step, made in enumerate(found.sums):
        assert made.last + made.products.sum() + made.rest + made.correction == pytest.approx(found.result.mean[step])


def test_a_file_lists_its_columns_before_it_is_read(tab, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("day;a;b\n" + "\n".join(f"2024-01-{d:02};{d},5;{d % 7}" for d in range(1, 32)))
    steps = tab.uploaded(file=str(path), **UNNAMED, lang="en")
    listed = next(steps)
    assert listed[tab.chosen] is None and listed[tab.column]["choices"] == ["a", "b"]
    with pytest.raises(InputError) as caught:  # too short for the shipped network
        list(steps)
    assert caught.value.key == "series_too_short"
    assert list(tab.uploaded(file=None, **UNNAMED, lang="en")) == []


def test_a_link_changes_only_what_it_names(tab):
    assert list(tab.from_link(example=None, **UNNAMED, lang="en")) == []
    own = list(tab.from_link(example=None, **UNNAMED | {"way": "own"}, lang="en"))
    assert list(map(list, own)) == [[tab.own]]
    page = after(tab.from_link(example="hourly", **UNNAMED, lang="hi-Latn"))
    assert "96 steps baad" in page[tab.status] and tab.way not in page and tab.chosen not in page


@pytest.mark.parametrize("name", ["../../../core/words.en", "/etc/passwd", "nonsense", None, HOURLY])
def test_a_posted_path_is_no_example(tab, name):
    with pytest.raises(InputError):
        list(tab.choose(example=name, lang="en"))
    with pytest.raises(InputError):
        list(tab.run(example=name, file=None, column=None, **UNNAMED, lang="en"))
    if name:
        with pytest.raises(InputError):
            list(tab.from_link(example=name, **UNNAMED, lang="en"))
