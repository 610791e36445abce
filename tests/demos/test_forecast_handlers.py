"""The tab Forecasting without a browser: its handlers are called as events would."""

import pickle
from dataclasses import replace
from functools import reduce
from operator import or_

import gradio as gr
import numpy as np
import pandas as pd
import pytest

import lmdemo
from demos.core.page import Page
from demos.tabs.recurrent.forecast.foresee import Foreseen
from demos.tabs.recurrent.forecast.tab import Forecast
from lmdemo.errors import InputError
from tests.demos.conftest import EXAMPLES

UNNAMED = {"way": "shipped", "horizon": 0, "season": 0}
AUTO = UNNAMED | {"way": "auto"}
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
    assert first[tab.way] == "auto" and first[tab.look.horizon] == 12
    assert "knows hours" in page[tab.status] and "a month" in page[tab.status] and "Trained in" in page[tab.note]
    assert "2024-12-01" in page[tab.chart]["labels"]
    assert page[tab.look.loss]["lines"] and page[tab.stop]["visible"] is False
    assert "forecast/examples/monthly.csv" in page[tab.snippet]


def test_what_was_found_is_light_and_said_again_in_the_other_language(tab):
    page = after(tab.run(example=None, file=HOURLY, column=None, **UNNAMED, lang="en"))
    found = page[tab.found]
    assert isinstance(found, Foreseen) and len(pickle.dumps(found)) < 300_000
    assert "In 96 steps" in page[tab.status] and "your-series.csv" in page[tab.snippet]
    again = tab.show(found=found, lang="hi-Latn", step=3)
    assert "96 steps baad" in again[tab.status] and again[tab.look.ahead]["value"] == 3
    assert tab.look.sum(found=found, step=3, lang="hi-Latn")[tab.look.summed] == again[tab.look.summed]
    assert tab.look.sum(found=None, step=3, lang="en") == {}


def test_a_sum_is_the_forecast(tab):
    found = after(tab.run(example="hourly", file=None, column=None, **UNNAMED, lang="en"))[tab.found]
    for step, made in enumerate(found.sums):
        assert made.last + made.products.sum() + made.rest + made.correction == pytest.approx(found.result.mean[step])


def test_a_file_lists_its_columns_before_it_is_read(tab, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("day;a;b\n" + "\n".join(f"2024-01-{d:02};{d},5;{d % 7}" for d in range(1, 32)))
    steps = tab.uploaded(file=str(path), **AUTO, lang="en")
    assert next(steps)[tab.chosen] is None
    listed = next(step for step in steps if tab.table.column in step)
    assert listed[tab.table.column]["choices"] == ["a", "b"]
    page = after(steps)  # too short for the shipped network, so one is trained on it
    assert page[tab.table.column]["value"] == "b"
    assert page[tab.found].why == "steps" and len(page[tab.found].result.mean) > 0
    assert list(tab.uploaded(file=None, **UNNAMED, lang="en")) == []


def test_a_link_changes_only_what_it_names(tab):
    assert list(tab.from_link(example=None, **UNNAMED, lang="en")) == []
    page = after(tab.from_link(example="hourly", **UNNAMED, lang="hi-Latn"))
    assert "96 steps baad" in page[tab.status] and tab.way not in page and tab.chosen not in page
    assert tab.begin("en") == {tab.chosen: "hourly"}


def table(path, dates, values):
    path.write_text("date;value\n" + "\n".join(f"{d};{v}" for d, v in zip(dates, values, strict=True)))
    return str(path)


def test_a_short_series_is_learnt_at_once_whatever_its_dates_look_like(tab, tmp_path):
    days = pd.date_range("2024-01-01", periods=200)
    rising = [f"{1000 + n + 40 * (n % 7):,}".replace(",", ".") for n in range(200)]
    file = table(tmp_path / "days.csv", days.strftime("%d.%m.%Y"), rising)
    page = after(tab.uploaded(file=file, **AUTO, lang="en"))
    found = page[tab.found]
    assert (
        found.why == "steps" and found.season == 7 and found.training and "yours are steps of 1 d" in page[tab.status]
    )
    assert found.result.mean == pytest.approx([1000 + n + 40 * (n % 7) for n in range(200, 214)], rel=0.02)
    months = pd.date_range("2023-01-01", periods=12, freq="MS").strftime("%d/%m/%Y")
    found = after(tab.uploaded(file=table(tmp_path / "y.csv", months, range(12)), **AUTO, lang="en"))[tab.found]
    assert len(found.result.mean) == 3 and str(found.result.index[0])[:10] == "2024-01-01"


def test_what_no_network_can_learn_is_told_where_the_answer_would_stand(tab, tmp_path):
    file = table(tmp_path / "few.csv", ["2024-01-01", "2024-01-02", "2024-01-03"], [1, 2, 3])
    page = after(tab.uploaded(file=file, **AUTO, lang="en"))
    assert (
        "Expected" in page[tab.status] and page[tab.found] is None and page[tab.chart] == {} and page[tab.facts] == ""
    )


def test_the_last_rounds_are_drawn_with_simple_ways_and_an_interval_that_held(tab):
    page = after(tab.run(example="hourly", file=None, column=None, **UNNAMED, lang="en"))
    found, chart = page[tab.found], page[tab.chart]
    assert chart["now"] == 8 * 24 - 1 and len(chart["labels"]) == 8 * 24 + 96
    assert [t["name"] for t in chart["tracks"] if t["main"]] == ["our LSTM"] and len(chart["tracks"]) == 5
    held = found.held
    mean = held.forecasts["lstm"]
    low, high = (mean + found.stretched * (bound - mean) for bound in (held.lower, held.upper))
    assert 0.8 <= ((low <= held.truth + 1e-6) & (held.truth <= high + 1e-6)).mean() < 0.83
    assert (found.result.lower < found.result.mean).all() and (found.result.mean < found.result.upper).all()


def test_what_is_told_after_a_guess_is_true(tab):
    """Each truth is found again by asking the network."""
    page = after(tab.run(example="hourly", file=None, column=None, **UNNAMED, lang="en"))
    asked, found = {key: page[guess] for key, guess in tab.look.guesses.items()}, page[tab.found]
    adapter = lmdemo.load("lstm-forecast")
    read = adapter.read(HOURLY)
    plain, values = adapter(read), read.values.copy()
    values[-1] += found.beside.bump
    share = (adapter(replace(read, values=values)).mean[-1] - plain.mean[-1]) / found.beside.bump
    assert asked["parts"]["right"] == [2 if share > 0.75 else 1 if share > 0.25 else 0]
    moved = []
    for patch in range(14):
        values = read.values.copy()
        part = slice(len(values) - 336 + 24 * patch, len(values) - 336 + 24 * (patch + 1))
        values[part] = values[part].mean()
        moved.append(np.abs(adapter(replace(read, values=values)).mean - plain.mean).mean())
    start = str(read.index[-336 + 24 * int(np.argmax(moved))])[:10]
    assert asked["looked"]["choices"][asked["looked"]["right"][0]] == f"from {start}"
    held = adapter.hold_out(read)
    errors = {k: ((v - held.truth)[:48] ** 2).mean() for k, v in held.forecasts.items()}
    assert asked["end"]["right"] == [list(errors).index(min(errors, key=errors.get))]
    before = replace(read, index=read.index[:-96], values=read.values[:-96])
    straight = np.sqrt(((adapter(before, trace=True).trace["linear"] - held.truth) ** 2).mean())
    ratio = straight / held.errors["lstm"]["rmse"]
    assert asked["train"]["right"] == [0 if ratio < 0.95 else 2 if ratio > 1.05 else 1]


def test_how_a_table_was_read_is_said_in_both_languages_and_may_be_set_right(tab, tmp_path):
    days = pd.date_range("2024-01-01", periods=12).strftime("%d/%m/%Y")  # or the first of twelve months
    file = table(tmp_path / "days.csv", days, [f"{n},5" for n in range(12)])
    page = after(tab.uploaded(file=file, **UNNAMED, lang="en"))  # too short for that network, but it was read
    assert page[tab.table.row]["visible"] and page[tab.table.order] == "auto" and page[tab.found] is None
    said = page[tab.table.understood]
    assert "Read as: month first, decimal comma, 12 steps of a month" in said and "Choose the other" in said
    asked = UNNAMED | {"column": None, "order": "day", "decimal": "comma", "header": "names"}
    page = after(tab.reread(file=file, **asked, lang="hi-Latn"))
    said = page[tab.table.understood]
    assert "Aise padha: pehle din, decimal comma, 2024-01-01 se 2024-01-12 tak 12 steps" in said and "<br>" not in said
    with pytest.raises(InputError):
        list(tab.reread(file=file, **asked | {"order": "nonsense"}, lang="en"))
    assert list(tab.reread(file=None, **asked, lang="en")) == []
    gone = next(tab.choose(example="hourly", lang="en"))
    assert gone[tab.table.row]["visible"] is False and gone[tab.table.column]["choices"] == []


def test_what_can_be_read_in_two_ways_is_asked(tab, tmp_path):
    hours = pd.date_range("2024-03-01", periods=400, freq="h").strftime("%Y-%m-%d %H:%M")
    file = table(tmp_path / "t.csv", hours, ["1.065", "759"] * 200)
    page = after(tab.uploaded(file=file, **UNNAMED, lang="en"))
    assert "1065 / 1.065" in page[tab.status] and page[tab.table.row]["visible"] and page[tab.table.understood] == ""
    asked = UNNAMED | {"column": "value", "order": "auto", "decimal": "comma", "header": "auto"}
    page = after(tab.reread(file=file, **asked, lang="en"))
    assert page[tab.found].recent.values[-2] == 1065 and "decimal=','" in page[tab.snippet]
    assert "decimal comma" in tab.show(found=page[tab.found], lang="en")[tab.table.understood]


def test_a_columns_name_is_no_html_and_no_python(tab, tmp_path):
    path = tmp_path / "n.csv"
    rows = "\n".join(f"{d:%Y-%m-%d %H:%M};{d.hour}" for d in pd.date_range("2024-01-01", periods=400, freq="h"))
    path.write_text(f'x <b>y</b>;"a""b\\"\n{rows}')
    page = after(tab.uploaded(file=str(path), **UNNAMED, lang="en"))
    assert "x &lt;b&gt;y&lt;/b&gt;" in page[tab.table.understood]
    compile(page[tab.snippet], "snippet", "exec")


@pytest.mark.parametrize("name", ["../../../core/words.en", "/etc/passwd", "nonsense", None, HOURLY])
def test_a_posted_path_is_no_example(tab, name):
    with pytest.raises(InputError):
        list(tab.choose(example=name, lang="en"))
    with pytest.raises(InputError):
        list(tab.run(example=name, file=None, column=None, **UNNAMED, lang="en"))
    if name:
        with pytest.raises(InputError):
            list(tab.from_link(example=name, **UNNAMED, lang="en"))
