"""Tables as people have them: how each kind is read, what is said of it, and what is asked instead of guessed."""

import csv
import io
import resource
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lmdemo.data import dates, series, tables
from lmdemo.errors import InputError, LmdemoError, OptionError

HOURS = pd.date_range("2024-03-01", periods=400, freq="h")
DAYS = pd.date_range("2024-01-25", periods=40)
VALUES = np.round(20 + 5 * np.sin(np.arange(400) / 4), 2)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture
def read(tmp_path):
    """Reads what a file holds."""

    def read(content, column=None, **how):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return series.read_series(path, column, **how)

    return read


@pytest.fixture
def refused(read):
    """The error that reading gives."""

    def refused(content, **how):
        with pytest.raises(InputError) as caught:
            read(content, **how)
        return caught.value

    return refused


def table(dates, values, head="date,value", separator=","):
    lines = [f"{d}{separator}{v}" for d, v in zip(dates, values, strict=False)]
    return "\n".join([head, *lines] if head else lines)


def keys(found):
    return [note.key for note in found.reading.notes]


def alike(found, index=HOURS, values=VALUES):
    return np.array_equal(found.index, index.to_numpy()) and np.array_equal(found.values, values[: len(index)])


# -- dates -----------------------------------------------------------------------------------------------------------------


def test_a_days_hours_are_read_day_first_throughout_whatever_row_tells_it(read):
    found = read(table(HOURS.strftime("%d/%m/%Y %H:%M"), VALUES))
    assert alike(found) and found.reading.date_order == "day" and keys(found) == []
    assert (found.reading.first, found.reading.last) == ("2024-03-01", "2024-03-17 15:00")


@pytest.mark.parametrize(
    "style",
    [
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d.%m.%y",
        "%y-%m-%d",
        "%d %B %Y",
        "%B %d, %Y",
        "%d-%b-%y",
        "%a %d %b %Y",
        "%Y/%m/%d",
        "%Y%m%d",
    ],
)
def test_dates_in_many_styles(read, style):
    assert alike(read(table(DAYS.strftime(style), VALUES, "date;value", ";")), DAYS)


@pytest.mark.parametrize(
    ("style", "index"),
    [
        ("{0.year}-W{1:02}", pd.date_range("2024-01-01", periods=52, freq="W-MON")),
        ("{0.year}Q{0.quarter}", pd.date_range("2015-01-01", periods=30, freq="QS")),
        ("{0:%m}/{0.year}", pd.date_range("2020-01-01", periods=40, freq="MS")),
        ("{0:%b %Y}", pd.date_range("2020-01-01", periods=40, freq="MS")),
        ("{0.day}/{0.month}/{0.year} {0.hour}:{0:%M}", HOURS),
        ("{0:%m/%d/%Y %I:%M %p}", HOURS),
        ("{0:%Y-%m-%dT%H:%M:%S.000}", HOURS),
        ("{0:%Y%m%d%H}", HOURS),
    ],
)
def test_weeks_quarters_months_and_times(read, style, index):
    dates = [style.format(d, d.isocalendar().week) for d in index]
    assert alike(read(table(dates, VALUES, "date;value", ";")), index)


@pytest.mark.parametrize(
    ("made", "key"),
    [
        (lambda d: f"{d:%Y%m%d}", "table_digits"),
        (lambda d: int(d.timestamp()), "table_unix"),
        (lambda d: int(1000 * d.timestamp()), "table_unix"),
        (lambda d: (d - pd.Timestamp("1899-12-30")).days, "table_excel"),
    ],
)
def test_numbers_that_are_dates_are_told_as_such_and_not_foreseen(read, made, key):
    for order in ("value,day", "day,value"):
        rows = [(v, made(d)) if order == "value,day" else (made(d), v) for v, d in zip(VALUES, DAYS, strict=False)]
        found = read(table(*zip(*rows, strict=True), order))
        assert alike(found, DAYS) and found.name == "value" and keys(found) == [key]


def test_what_counts_the_rows_is_not_foreseen(read):
    found = read(table(VALUES, range(400), "value,n"))
    assert found.name == "value" and found.reading.columns == ("value", "n") and keys(found) == ["table_counting"]
    assert read(table(VALUES, range(400), "value,n"), "n").values[-1] == 399


def test_two_orders_that_fit_are_said_and_may_be_chosen(read):
    content = table(pd.date_range("2024-01-01", periods=12).strftime("%d/%m/%Y"), VALUES)
    found = read(content)
    assert found.reading.date_order == "month" and keys(found) == ["table_order_taken"]
    found = read(content, date_order="day")
    assert found.index[-1] == np.datetime64("2024-01-12") and keys(found) == []
    assert read(content, date_order="year").reading.date_order == "month"  # the year stands last


def test_a_date_and_a_time_are_joined_in_either_place(read, refused):
    days, times = HOURS.strftime("%d.%m.%Y"), HOURS.strftime("%H:%M:%S")
    for head, first, second in (("Date;Time;Power", days, times), ("Time;Date;Power", times, days)):
        rows = [f"{a};{b};{v}" for a, b, v in zip(first, second, VALUES, strict=True)]
        found = read("\n".join([head, *rows]))
        assert alike(found) and set(found.reading.dates) == {"Date", "Time"}
        twice = refused("\n".join([head, *rows, rows[3]]))
        assert twice.key == "series_date_twice" and "01.03.2024 03:00:00" in twice.got and "row 4, row 401" in twice.got
    found = read("\n".join(["v,hour,day", *(f"{v},{d.hour},{d:%Y-%m-%d}" for v, d in zip(VALUES, HOURS, strict=True))]))
    assert alike(found) and found.name == "v"
    parts = [
        "year,month,day,hour,v",
        *(f"{d.year},{d.month},{d.day},{d.hour},{v}" for v, d in zip(VALUES, HOURS, strict=True)),
    ]
    assert alike(read("\n".join(parts)))


def test_a_time_alone_is_no_date(read):
    found = read(table([f"{h}:00" for h in range(20)], VALUES))
    assert found.index.tolist() == list(range(20)) and keys(found) == ["table_times_alone"]


def test_errors_quote_the_file(refused):
    gone = [d for i, d in enumerate(DAYS) if i not in range(10, 25)]
    told = refused(table([f"{d:%d/%m/%Y}" for d in gone], VALUES))
    assert told.key == "series_uneven" and told.expected == "1 d" and told.got == "03/02/2024 – 19/02/2024, row 11"
    told = refused("date,value\n31/12/2024,1\n12/31/2024,2\n01/01/2025,3\n")
    assert told.key == "series_date" and told.got == "'12/31/2024', row 2"
    told = refused(table(["99/99/2024", "01/02/2024", "01/02/2024"], VALUES))
    assert told.got == "'99/99/2024', row 1"
    told = refused(table(["2024-02-28", "2024-02-29", "2024-02-30"], VALUES))
    assert told.got == "'2024-02-30', row 3"


# -- clocks ----------------------------------------------------------------------------------------------------------------


def test_the_clock_of_the_file_is_kept(read):
    found = read(table(DAYS.strftime("%Y-%m-%dT00:00:00+05:30"), VALUES))
    assert alike(found, DAYS) and found.reading.zone == "+05:30" and str(found.coming(1)[0])[:13] == "2024-03-05T00"


def test_a_clock_that_changes_is_ordered_by_utc_but_not_for_days(read):
    berlin = pd.date_range("2024-03-30", periods=60, freq="h", tz="Europe/Berlin")
    found = read(table([d.isoformat() for d in berlin], VALUES))
    assert found.filled == 0 and len(found.values) == 60 and keys(found) == ["table_clock_changes"]
    assert found.index[-1] == np.datetime64("2024-04-01T12:00") and found.reading.zone == "+02:00"
    days = pd.date_range("2024-03-20", periods=30, tz="Europe/Berlin")
    assert alike(read(table([d.isoformat() for d in days], VALUES)), days.tz_localize(None))
    frame = pd.DataFrame({"t": berlin, "v": range(60)})
    assert np.array_equal(series.read_series(frame).index, found.index)


@pytest.mark.parametrize("freq", ["h", "30min"])
def test_the_hour_that_comes_twice_in_autumn(read, freq):
    local = pd.date_range("2024-10-26", periods=100, freq=freq, tz="Europe/Berlin").strftime("%Y-%m-%d %H:%M")
    found = read(table(local, VALUES))
    assert (
        found.values.tolist() == VALUES[:100].tolist() and found.filled == 0 and keys(found) == ["table_clock_set_back"]
    )
    assert str(found.index[-1])[:16].replace("T", " ") == local[-1]


def test_rows_from_the_newest_are_turned_around_and_that_is_said(read):
    found = read(table(HOURS[::-1], VALUES[::-1]))
    assert alike(found) and keys(found) == ["table_sorted"]


# -- numbers ---------------------------------------------------------------------------------------------------------------


def test_a_column_of_decimal_commas(read, refused):
    cut = [f"{v:.2f}".replace(".", ",") for v in VALUES]
    found = read("value\n" + "\n".join(cut))
    assert found.values.tolist() == VALUES.tolist() and found.reading.decimal == ","
    assert alike(read(table(HOURS, cut, "date\tvalue", "\t")))
    told = refused(table(HOURS, cut))  # date,value over 2024-03-01 00:00,20,00
    assert told.key == "series_fields" and "2024-03-01 00:00:00,20,00" in told.got
    assert alike(read(table(HOURS, cut), decimal=","))


def test_thousands_in_quotes(read):
    quoted = [f'"{1000 + v:,.2f}"' for v in VALUES]
    assert np.allclose(read(table(HOURS, quoted)).values, 1000 + VALUES)


@pytest.mark.parametrize("cells", [["1.065", "759"], ['"1,065"', "759"]])
def test_a_number_that_may_be_a_thousand_is_asked_for(read, refused, cells):
    content = table(DAYS, cells * 20, "date;value", ";")
    told = refused(content)
    assert told.key == "series_ambiguous" and told.expected == "1065 / 1.065" and "row 1" in told.got
    mark = "." if "." in cells[0] else ","
    other = "," if mark == "." else "."
    assert read(content, decimal=mark).values[0] == 1.065 and read(content, decimal=other).values[0] == 1065


def test_points_in_thousands_beside_points_in_dates_are_said(read):
    found = read(table(DAYS.strftime("%d.%m.%Y"), ["1.065", "759"] * 20, "d;v", ";"))
    assert found.values[:2].tolist() == [1065, 759] and keys(found) == ["table_thousands"]


def test_another_column_of_the_same_hand_tells(read):
    rows = [f"{d:%Y-%m-%d};{i},5;1.065" for i, d in enumerate(DAYS)]
    assert read("\n".join(["d;a;b", *rows])).values[0] == 1065
    assert read(table(DAYS, ["1.065", "1.759"] * 20)).values[0] == 1.065  # three decimals throughout, beside commas


def test_pairs_without_a_header_may_be_numbers_cut_in_two(read, refused):
    told = refused("\n".join(f"{20 + i * i % 7},{i * 3 % 90 + 5}" for i in range(30)))
    assert told.key == "series_ambiguous"
    assert read("\n".join(f"{i},{i % 7 + 10}" for i in range(30))).values[0] == 10  # the first counts
    assert read("\n".join(f"{20 + i % 3},{i % 90:02}" for i in range(99))).values[1] == 21.01  # nobody writes 01


def test_numbers_in_other_signs(read):
    found = read(table(DAYS, ["२०,५", "\u22121 100,5", "2\u202f000,25", "1'000", "NA", *["7"] * 35], "a;b", ";"))
    assert found.values[:4].tolist() == [20.5, -1100.5, 2000.25, 1000] and found.filled == 1


# -- the file --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-32", "UTF-32"),
    ],
)
def test_encodings(read, encoding, told):
    found = read(table(HOURS, VALUES, "date\tTemperatur °C", "\t").encode(encoding))
    assert alike(found) and found.name == "Temperatur °C" and found.reading.encoding == told
    assert keys(found) == (["table_encoding"] if encoding == "cp1252" else [])


@pytest.mark.parametrize(
    ("before", "notes"),
    [
        ("sep=,\n", []),
        ("# station 5\n", ["table_lines_before"]),
        ("# a, b\n\n", ["table_lines_before"]),
        ("Station,5\n", ["table_lines_before"]),
        ("My measurements\n\n", ["table_lines_before"]),
        ("\n\n", []),
    ],
)
def test_lines_before_the_header(read, before, notes):
    found = read(before + table(HOURS, VALUES))
    assert alike(found) and found.name == "value" and keys(found) == notes


def test_a_separator_at_each_rows_end(read):
    rows = [f"{d},{v},{100 + i}," for i, (d, v) in enumerate(zip(HOURS, VALUES, strict=True))]
    found = read("\n".join(["date,temperature,load", *rows, ",,,", ""]))
    assert (
        found.name == "load"
        and found.values[:3].tolist() == [100, 101, 102]
        and alike(found, values=100.0 + np.arange(400))
    )
    found = read("\n".join(["date,temperature,load", *rows]), "temperature")
    assert alike(found)


def test_a_table_without_a_header_loses_no_row(read):
    found = read(table(HOURS, VALUES, None))
    assert (
        alike(found)
        and (found.name, found.reading.dates) == ("value", ("column 1",))
        and keys(found) == ["table_no_header"]
    )
    found = read("\n".join(map(str, VALUES)))
    assert found.values.tolist() == VALUES.tolist() and keys(found) == ["table_no_header"]
    assert len(read(table(HOURS, VALUES, None), header=True).values) == 399
    assert read(table(range(400), VALUES, ",0")).values.tolist() == VALUES.tolist()  # as pandas writes a Series


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\r\r\n", "\n\n"])
def test_ends_of_lines(read, ends):
    assert alike(read(table(HOURS, VALUES).replace("\n", ends)))
    found = read("\n".join(["value", *map(str, VALUES)]).replace("\n", ends))
    assert found.values.tolist() == VALUES.tolist()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html>", "HTML"),
        (b'{"a": 1}', "JSON"),
        (b"\x89PNG\r\n", "PNG"),
        (bytes(range(256)), "binary"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(refused, content, told):
    error = refused(content)
    assert error.key == "series_not_csv" and told in error.got


def test_names_that_come_twice_or_are_none(read):
    rows = [f"{i},{d},{v},{v + 1}" for i, (d, v) in enumerate(zip(HOURS, VALUES, strict=True))]
    found = read("\n".join([",date,v,v", *rows]))
    assert (
        found.reading.columns == ("column 1", "v", "v (2)")
        and read("\n".join([",date,v,v", *rows]), "v").values[0] == VALUES[0]
    )


def test_a_quotation_mark_that_is_not_closed_swallows_nothing(refused):
    told = refused(table(HOURS, VALUES) + '\n"2024-03-18 00:00,5\n2024-03-18 01:00,6')
    assert told.key == "series_cell" and "line 403" in told.got


# -- from memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pd.DataFrame({"value": VALUES}, index=HOURS),
        pd.Series(VALUES, index=HOURS),
        pd.Series(VALUES, index=HOURS.to_period("h")),
        pd.DataFrame({"d": HOURS.strftime("%d/%m/%Y %H:%M"), "v": VALUES.astype(str)}),
    ],
)
def test_an_index_of_dates_is_taken(given):
    assert alike(series.read_series(given))


@pytest.mark.parametrize("given", [np.ones((400, 2)), np.ones((1, 400)), [[1, 2], [3, 4]], np.ones((2, 2, 1))])
def test_an_array_of_another_shape_is_refused_with_it(given):
    with pytest.raises(InputError) as caught:
        series.read_series(given)
    assert caught.value.key == "series_shape" and str(np.shape(given)) in caught.value.got


def test_an_array_of_one_column_is_a_series():
    assert series.read_series(VALUES[:, None]).values.tolist() == VALUES.tolist()
    assert series.read_series(pd.DataFrame([[1, 2], [3, 4.0], [5, 6]], columns=["a", "a"])).name == "a (2)"
    with pytest.raises(InputError) as caught:
        series.read_series(np.ma.array([1.0, 2, 3], mask=[0, 1, 0]))
    assert "row 2" in caught.value.got


@pytest.mark.parametrize(
    "how", [{"date_order": "x"}, {"decimal": 1}, {"decimal": ";"}, {"header": "yes"}, {"header": 1}]
)
def test_an_option_that_is_none_is_refused(how):
    with pytest.raises(OptionError):
        series.read_series([1.0, 2.0], **how)


# -- limits ----------------------------------------------------------------------------------------------------------------

BOMBS = {
    "a cell of 1.6 MB": lambda: 'a,b\n1,"' + "x" * 1_600_000 + '"\n2,3\n',
    "a cell of digits": lambda: 'a,b\n1,"' + "1" * 7_000_000,
    "a cell of dates": lambda: "a,b\n1," + "2024-01-01 " * 11_000 + "\n2,3\n",
    "100,000 columns": lambda: ",".join("1" * 100_000) + "\n2",
    "2,000 wide rows": lambda: (",".join("1" * 2_000) + "\n") * 2_000,
    "too many bytes": lambda: "1.5\n" * 3_000_000,
    "a million rows": lambda: "value\n" + "1.5\n" * 1_000_000,
    "quotes": lambda: '"' * 7_000_000,
    "empty lines": lambda: "\n" * 7_000_000,
    "separators": lambda: ";" * 7_000_000,
    "all that is allowed": lambda: "value\n" + "1234.5678\n" * tables.MAX_ROWS,
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_large_is_refused_or_read_within_a_second_and_200_mb(tmp_path, name):
    path = tmp_path / "bomb.csv"
    path.write_text(BOMBS[name]())
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        series.read_series(path)
    except LmdemoError as error:
        assert len(error.got) < 200
    assert time.process_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


# -- whatever comes --------------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.sampled_from(
        ["", "1", "2024-01-01", "01/02/2024", "31.12.99", "1.065", "1,5", '"', '"a"', "12:30", "NA", "x", "1e999", "-"]
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.text(max_size=12),
)


def outcome(what, **how):
    """A value or an LmdemoError, soon."""
    started = time.process_time()
    try:
        found = series.read_series(what, **how)
        assert np.isfinite(found.values).all() and len(found.values) == len(found.index)
        found.coming(3)
        series.season_of(found)
    except LmdemoError:
        pass
    assert time.process_time() - started < 1


@QUICK
@given(
    content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
)
def test_whatever_bytes_come(tmp_path, content):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    outcome(path)


@QUICK
@given(
    rows=st.lists(st.lists(CELLS, max_size=4), max_size=12),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    how=st.fixed_dictionaries(
        {},
        optional={
            "date_order": st.sampled_from(dates.ORDERS),
            "decimal": st.sampled_from(".,"),
            "header": st.booleans(),
        },
    ),
)
def test_whatever_table_comes(tmp_path, rows, separator, how):
    path = tmp_path / "any.csv"
    path.write_bytes("\n".join(separator.join(row) for row in rows).encode("utf-8", "replace"))
    outcome(path, **how)


@QUICK
@given(rows=st.lists(st.tuples(CELLS, CELLS, st.floats(width=32) | st.none()), max_size=12))
def test_whatever_frame_comes(rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "b"])
    outcome(frame)
    outcome(frame.set_index("a"))


@QUICK
@given(
    what=st.one_of(
        st.lists(st.one_of(st.floats(), st.none(), st.text(max_size=3), st.integers()), max_size=9),
        st.none(),
        st.text(),
    )
)
def test_whatever_list_comes(what):
    outcome(what)


# -- written and read back ---------------------------------------------------------------------------------------------------

STYLES = [
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d %b %Y %H:%M",
]


@QUICK
@given(
    values=st.lists(st.integers(-9_999_999, 9_999_999).map(lambda n: n / 100), min_size=28, max_size=60),
    start=st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2040-01-01")),
    freq=st.sampled_from(["h", "D", "15min", "MS"]),
    style=st.sampled_from(STYLES),
    zone=st.sampled_from(["", "Z", "+05:30", "-0800"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    thousands=st.booleans(),
    header=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    crlf=st.booleans(),
)
def test_what_is_written_in_a_common_dialect_is_read_back(
    tmp_path, values, start, freq, style, zone, separator, decimal, thousands, header, encoding, crlf
):
    assume(decimal != separator or thousands)  # a bare comma between commas is asked for, above
    assume(not (zone and "%p" in style))
    index = pd.date_range(pd.Timestamp(start).floor("D"), periods=len(values), freq=freq)

    def number(value):
        text = f"{value:,.2f}" if thousands else f"{value:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text

    made = io.StringIO()
    writer = csv.writer(made, delimiter=separator, lineterminator="\r\n" if crlf else "\n", quoting=csv.QUOTE_MINIMAL)
    if header:
        writer.writerow(["Zeit", "Größe"])
    writer.writerows([d.strftime(style) + zone, number(v)] for d, v in zip(index, values, strict=True))
    path = tmp_path / "written.csv"
    path.write_bytes(made.getvalue().encode(encoding))
    found = series.read_series(path)
    assert found.values.tolist() == values and found.reading.header is header
    told = {note.key for note in found.reading.notes} - {"table_no_header", "table_encoding"}
    if told:  # both orders fit, and that is said; the right one may be chosen
        assert told == {"table_order_taken"}
        found = series.read_series(path, date_order="day" if style.startswith("%d") else "month")
    assert np.array_equal(found.index, index.to_numpy())
