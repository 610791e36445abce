"""Series: what is read from lists and tables, and what is refused with its row."""

import numpy as np
import pandas as pd
import pytest

from lmdemo.data import series
from lmdemo.errors import InputError


def table(tmp_path, lines):
    path = tmp_path / "s.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("lines", "key", "row"),
    [
        (["date,value", "2024-01-01,1", "2024-01-02,much", "2024-01-03,2"], "series_text", "2"),
        (["date,value", "2024-01-01,1"], "series_length", "1"),
        (["date,value"], "series_length", "0"),
        (["date,value", "2024-01-01,1", "2024-01-01,2", "2024-01-02,2"], "series_date_twice", "2024-01-01"),
        (["date,value", "2024-01-01,1", "2024-01-02,2", "2024-01-09,2", "2024-01-10,2"], "series_uneven", "3"),
        (["date,value", "2024-01-01,1", "soon,2", "2024-01-03,2"], "series_date", "2"),
        (["a,b", "x,y", "x,y"], "series_no_numbers", "a, b"),
    ],
)
def test_bad_tables_are_refused(tmp_path, lines, key, row):
    with pytest.raises(InputError) as caught:
        series.read_series(table(tmp_path, lines))
    assert caught.value.key == key and row in caught.value.got


def test_a_million_rows_are_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        series.read_series(table(tmp_path, ["value", *["1"] * 1_000_000]))
    assert caught.value.key == "series_length"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ([1, "a"], "series_not_numbers"),
        ([1.0], "series_length"),
        ([1.0, float("nan")], "series_not_a_number"),
        (object(), "series_not_numbers"),
    ],
)
def test_bad_lists_are_refused(given, key):
    with pytest.raises(InputError) as caught:
        series.read_series(given)
    assert caught.value.key == key


def test_small_gaps_are_filled_and_said(tmp_path):
    days = [d for d in pd.date_range("2024-01-01", periods=30) if d.day != 10]
    read = series.read_series(table(tmp_path, ["date;value", *[f"{d:%Y-%m-%d};{d.day}" for d in days]]))
    assert read.filled == 1 and read.values.tolist() == list(range(1, 31)) and read.name == "value"
    assert read.coming(2).astype("datetime64[D]").astype(str).tolist() == ["2024-01-31", "2024-02-01"]


def test_months_go_on_as_months():
    frame = pd.DataFrame(
        {"month": pd.date_range("2024-01-01", periods=12, freq="MS").strftime("%Y-%m"), "n": range(12)}
    )
    assert series.read_series(frame).coming(2).astype("datetime64[D]").astype(str).tolist() == [
        "2025-01-01",
        "2025-02-01",
    ]


def test_windows_stay_inside_their_rows():
    windows = series.Windows(np.arange(20.0), 4, 3, 10, 17)
    past, coming = windows.all()
    assert coming.min() == 10 and coming.max() == 16 and len(windows) == 5
    assert (past[:, -1] + 1 == coming[:, 0]).all()
