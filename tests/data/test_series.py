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


@pytest.mark.parametrize("style", ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y %H:%M"])
@pytest.mark.parametrize("freq", ["D", "MS", "h"])
def test_the_whole_column_decides_whether_the_day_or_the_month_comes_first(tmp_path, style, freq):
    if freq == "h" and "%H" not in style:
        return
    dates = pd.date_range("2024-01-01", periods=24, freq=freq)
    read = series.read_series(
        table(tmp_path, ["date;value", *[f"{d.strftime(style)};{n}" for n, d in enumerate(dates)]])
    )
    assert (read.index == dates.to_numpy()).all()


@pytest.mark.parametrize("style", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_year_of_months_is_no_twelve_days(tmp_path, style):
    dates = pd.date_range("2024-01-01", periods=12, freq="MS")
    read = series.read_series(table(tmp_path, ["date,value", *[f"{d.strftime(style)},{d.month}" for d in dates]]))
    assert (read.index == dates.to_numpy()).all() and read.values.tolist() == list(range(1, 13))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.100,50", "2.000", "999,5"], [1100.5, 2000, 999.5]),
        (['"1,100.50"', '"2,000"', "999.5"], [1100.5, 2000, 999.5]),
        (['"1,00,000"', '"12,34,567.5"', "7"], [100_000, 1_234_567.5, 7]),
        (["1 100,5", "2 000,25", "3"], [1100.5, 2000.25, 3]),
        (["1'100.5", "-2'000", "3e2"], [1100.5, -2000, 300]),
        (["1,5", "2,25", "-3"], [1.5, 2.25, -3]),
        (["1.000", "2.050", "900.123.456"], [1000, 2050, 900_123_456]),
        (["1.065", "1065", "900"], [1.065, 1065, 900]),
        (["1.000", "0.050", "2.5"], [1, 0.05, 2.5]),
    ],
)
def test_thousands_and_decimals_are_read_as_they_are_marked(tmp_path, cells, values):
    read = series.read_series(table(tmp_path, ["day;value", *[f"{n};{c}" for n, c in enumerate(cells)]]))
    assert read.values.tolist() == values
    assert series.value_columns(tmp_path / "s.csv") == ["day", "value"]


def test_text_among_marked_numbers_is_still_told_with_its_row(tmp_path):
    with pytest.raises(InputError) as caught:
        series.read_series(
            table(tmp_path, ["date;value", "01.01.2024;1.100,5", "02.01.2024;about 3", "03.01.2024;2.000,5"])
        )
    assert caught.value.key == "series_text" and caught.value.got == "'about 3', row 2"
