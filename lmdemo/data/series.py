"""Time series: what a visitor uploads, read and checked; ETTh1; windows to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from lmdemo.data import dates, tables
from lmdemo.data.dates import Dates
from lmdemo.data.tables import Column, Reading, Table
from lmdemo.errors import DataError, InputError, OptionError
from lmdemo.notes import Note

MAX_GAP = 0.1  # part of the steps that may be missing; they are filled along a straight line, and that is said
# Data rows of ETTh1, counted from 0: twelve, four and four months of thirty days.
ETTH1 = {"train": (0, 8_640), "val": (8_640, 11_520), "test": (11_520, 14_400), "all": (0, 14_400)}


@dataclass(frozen=True)
class Series:
    """Values at even steps.

    Attributes:
        index: Dates (datetime64) or positions, (N,).
        values: (N,) float64.
        name: The column that was read.
        filled: How many missing steps were filled in.
        reading: How the table was understood that it was read from.
    """

    index: np.ndarray
    values: np.ndarray
    name: str = "value"
    filled: int = 0
    reading: Reading | None = None

    def coming(self, steps: int) -> np.ndarray:
        """The next ``steps`` dates or positions."""
        if not np.issubdtype(self.index.dtype, np.datetime64):
            return self.index[-1] + 1 + np.arange(steps)
        known = pd.DatetimeIndex(self.index)
        freq = dates.infer_freq(known) or known[-1] - known[-2]
        return pd.date_range(known[-1], periods=steps + 1, freq=freq)[1:].to_numpy()


def read_series(
    source: Any,
    column: str | None = None,
    *,
    date_order: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
) -> Series:
    """Reads a list, an array, a DataFrame, a pandas Series or a CSV file's path, and finds the date and the value column.

    What the arguments leave open is found out from the whole of it; ``Series.reading`` tells what was found.

    Args:
        source: What was given.
        column: The value column; by default the last one that holds numbers.
        date_order: What stands first in a date, ``day``, ``month`` or ``year``.
        decimal: The sign before decimals, "." or ",".
        header: Whether the first line names the columns.

    Raises:
        InputError: It is no table, too long or short, holds text among the numbers, dates that repeat, more missing
            steps than can be filled honestly, or numbers that can be read in two ways. The cell is quoted as the table has
            it, with its row, counted from 1 without the header.
        OptionError: An argument is none of these.
    """
    _check_how(date_order, decimal, header)
    if isinstance(source, Series):
        return source
    if isinstance(source, str | Path):
        table = tables.read_table(Path(source), decimal=decimal or "", header=header)
    elif isinstance(source, pd.Series):
        table = tables.from_frame(source.to_frame("value" if source.name is None else str(source.name)))
    elif isinstance(source, pd.DataFrame):
        table = tables.from_frame(source)
    else:
        return _from_array(source)
    return _from_table(table, column, date_order or "", decimal or "")


def _check_how(date_order: Any, decimal: Any, header: Any) -> None:
    """Refuses an option that is neither None nor one of its choices."""
    asked = {
        "date_order": (date_order, dates.ORDERS),
        "decimal": (decimal, (".", ",")),
        "header": (header, (True, False)),
    }
    for name, (value, choices) in asked.items():
        if value is not None and not any(type(value) is type(c) and value == c for c in choices):
            raise OptionError(
                "unknown_choice",
                expected=f"{name}: {', '.join(map(repr, choices))}",
                got=repr(value)[:40],
                hint="Take one of these.",
            )


def _from_array(source: Any) -> Series:
    """Numbers in a row, or in one column."""
    try:
        masked = isinstance(source, np.ma.MaskedArray)
        given = source.astype(np.float64).filled(np.nan) if masked else np.asarray(source)
        if given.dtype.kind in "mMcV":
            raise TypeError(given.dtype)
        values = given.astype(np.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise InputError(
            "series_not_numbers", expected="1.5, 2.0, 3.25", got=_no_number(source), hint="Give numbers only."
        ) from error
    if values.ndim == 0:
        raise InputError(
            "series_not_numbers", expected="1.5, 2.0, 3.25", got=f"{source!r:.40}", hint="Give numbers only."
        )
    if values.shape not in ((len(values),), (len(values), 1)):
        raise InputError(
            "series_shape",
            expected="(N,), (N, 1)",
            got=str(values.shape)[:40],
            hint="Give one value for each step: take one column of the array.",
        )
    values = values.reshape(-1)
    tables.check_length(len(values))
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            "series_not_a_number",
            expected="1.5, 2.0, 3.25",
            got=f"{values[bad[0]]}, row {bad[0] + 1}",
            hint="Fill or remove this value.",
        )
    return Series(np.arange(len(values)), values, reading=Reading(len(values), len(values)))


def _no_number(source: Any) -> str:
    """What stands where a number should, quoted with its row."""
    if isinstance(source, Sequence) and not isinstance(source, str | bytes):
        for row, value in enumerate(source, 1):
            try:
                float(value)
            except (TypeError, ValueError, OverflowError):
                return f"{value!r:.40}, row {row}"
    return type(source).__name__


def _kinds(table: Table) -> dict[str, str]:
    """What each column holds: see :func:`lmdemo.data.tables.column_kind`."""
    return {c.name: "number" if c.values is not None else tables.column_kind(c.sample) for c in table.columns}


def _from_table(table: Table, column: str | None, date_order: str, decimal: str) -> Series:
    """The series in a table, and how it was understood."""
    tables.check_length(table.rows)
    kinds = _kinds(table)
    found = _find_dates(table, kinds, column, date_order)
    names = [c.name for c in table.columns if found is None or c.name not in found.names]
    if column is not None and column not in names:
        raise InputError(
            "series_column", expected=", ".join(names)[:200], got=f"{column!s:.40}", hint="Take one of these."
        )
    usable = [c for c in table.columns if c.name in names and kinds[c.name] == "number" and _mostly(c)]
    if column is None and not usable:
        raise _no_numbers(table, names)
    notes = list(table.notes)
    chosen = next((c for c in table.columns if c.name == column), None) or _last(usable, found is not None, notes)
    mark = ""
    if chosen.cells is not None:
        others = [c.sample for c in table.columns if c is not chosen and kinds[c.name] == "number"]
        dotted = found is not None and "." in dates.parted(found.text(0).strip())[0]
        mark = decimal or tables.decimal_of(chosen.cells, table.separator, others, dotted, notes)
    values = tables.to_numbers(chosen, mark)
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        row = int(infinite[0])
        raise InputError(
            "series_not_a_number",
            expected="1.5, 2.0, 3.25",
            got=f"{chosen.text(row)[:30]!r}, row {row + 1}",
            hint="Mend the number in this row.",
        )
    made = _fill(pd.Series(values), chosen.name) if found is None else _even(values, found, chosen.name, notes)
    reading = Reading(
        rows=table.rows,
        steps=len(made.values),
        column=chosen.name,
        columns=tuple(c.name for c in usable) or (chosen.name,),
        dates=found.names if found else (),
        first=_stamp(made.index[0]) if found else "",
        last=_stamp(made.index[-1]) if found else "",
        date_order=found.order if found else "",
        zone=found.zone if found else "",
        decimal=mark,
        separator=table.separator,
        encoding=table.encoding,
        header=table.header,
        notes=tuple(notes),
    )
    return replace(made, reading=reading)


def _stamp(date: np.datetime64) -> str:
    """A date, with its time where it has one."""
    return str(date.astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00").removesuffix(":00")


def _mostly(column: Column) -> bool:
    """Whether more than half of a column's first rows hold something."""
    if column.values is not None:
        return bool(np.isfinite(column.values).mean() > 0.5)
    sample = column.sample
    return sum(cell.casefold() not in tables.MISSING for cell in sample) > 0.5 * len(sample)


def _last(usable: list[Column], dated: bool, notes: list) -> Column:
    """The last column of numbers; without dates none that only numbers its rows, where there is another."""
    if dated or len(usable) == 1:
        return usable[-1]
    counting = [c for c in usable if dates.counts(_first_numbers(c))]
    values = [c for c in usable if c not in counting]
    if values and counting:
        said = "“{name}” numbers the rows; another column is foreseen."
        notes.append(Note("table_counting", said, {"name": counting[0].name}))
    return (values or usable)[-1]


def _first_numbers(column: Column) -> np.ndarray:
    """A column's first numbers, NaN where a cell holds none."""
    if column.values is not None:
        return column.values[: tables.SAMPLE]
    sample = [cell if cell.lstrip("+-").replace(".", "", 1).isdecimal() else "nan" for cell in column.sample]
    return np.array([float(cell) for cell in sample])


def _no_numbers(table: Table, names: list[str]) -> InputError:
    """No column holds numbers: a cell of the last one is quoted."""
    columns = [c for c in table.columns if c.name in names] or table.columns
    last = columns[-1] if columns else Column("-", cells=["-"])
    row = next((i for i, cell in enumerate(last.sample) if cell), 0)
    cell = last.text(row) if last.sample or last.cells is None else ""
    return InputError(
        "series_no_numbers",
        expected="1234.5",
        got=f"{', '.join(c.name for c in table.columns)[:80]}; {cell.strip()[:30]!r}, row {row + 1}",
        hint="One column has to hold numbers, without units beside them.",
    )


def value_columns(
    path: str | Path, *, date_order: str | None = None, decimal: str | None = None, header: bool | None = None
) -> list[str]:
    """The columns of a CSV file that may be foreseen: those that hold numbers. Options as :func:`read_series` has them."""
    _check_how(date_order, decimal, header)
    table = tables.read_table(Path(path), decimal=decimal or "", header=header)
    kinds = _kinds(table)
    found = _find_dates(table, kinds, None, date_order or "")
    hidden = found.names if found else ()
    return [c.name for c in table.columns if c.name not in hidden and kinds[c.name] == "number" and _mostly(c)]


# -- dates ---------------------------------------------------------------------------------------------------------------


def _find_dates(table: Table, kinds: dict[str, str], column: str | None, order: str) -> Dates | None:
    """The dates of a table: of the first column that holds some, joined by one of times; or of numbers that are dates."""
    for c in table.columns:
        if c.name == column:
            continue
        if c.dates is not None:
            return _whole(dates.from_zoned(c.dates, c.name))
        if kinds[c.name] == "date":
            day_alone = not any(dates.parted(cell)[1] for cell in c.sample)
            names, times = _times(table, kinds, column) if day_alone else ((), None)
            return _whole(dates.read_column((c.name, *names), c.cells or (), order, times))
    if made := _from_parts(table, kinds, column):
        return _whole(made)
    numbers = [c for c in table.columns if kinds[c.name] == "number"]
    for c in numbers if len(numbers) > 1 else ():
        if c.name == column or not _first_numbers(c).size:
            continue
        values = _datelike(c)
        if values is not None and (made := dates.from_numbers(c.name, values)) is not None:
            return replace(made, texts=c.cells)
    if alone := [c.name for c in table.columns if kinds[c.name] == "time"]:
        said = "“{name}” holds times without days, which are no dates; rows are counted."
        table.notes.append(Note("table_times_alone", said, {"name": alone[0]}))
    return None


def _times(table: Table, kinds: dict[str, str], column: str | None) -> tuple[tuple[str, ...], Sequence[str] | None]:
    """A column of times that belongs to one of days: of times, or of hours that is named so."""
    for c in table.columns:
        if kinds[c.name] == "time" and c.name != column:
            return (c.name,), c.cells
    for c in table.columns:
        if c.name.casefold() in dates.HOURS and c.name != column and (hours := _whole_numbers(c, 24)) is not None:
            return (c.name,), [f"{int(hour)}:00" for hour in hours]
    return (), None


def _from_parts(table: Table, kinds: dict[str, str], column: str | None) -> Dates | None:
    """Dates from columns that are named year, month and so on."""
    named = {c.name.casefold(): c for c in table.columns if kinds[c.name] == "number" and c.name != column}
    if not {"year", "month"} <= named.keys():
        return None
    used = [part for part in ("year", "month", "day", "hour", "minute") if part in named]
    values = {part: _whole_numbers(named[part], 9_999) for part in used}
    if any(v is None for v in values.values()):
        return None
    made = pd.to_datetime(pd.DataFrame({"day": 1} | values), errors="coerce")
    texts = [" ".join(f"{int(v[i])}" for v in values.values()) for i in range(table.rows)]
    return Dates(pd.DatetimeIndex(made), texts, tuple(named[part].name for part in used))


def _whole_numbers(column: Column, most: int) -> np.ndarray | None:
    """A column's whole numbers from 0 to ``most``; None where it holds others."""
    try:
        values = tables.to_numbers(column, ".")
    except InputError:
        return None
    with np.errstate(invalid="ignore"):
        right = (values >= 0) & (values <= most) & (values % 1 == 0)
    return values if right.all() else None


def _datelike(column: Column) -> np.ndarray | None:
    """All numbers of a column that might be dates; None where its first ones are none."""
    first = _first_numbers(column)
    if not np.isfinite(first).all() or dates.from_numbers(column.name, first) is None:
        return None
    try:
        return tables.to_numbers(column, ".")
    except InputError:
        return None


def _whole(found: Dates) -> Dates:
    """Dates of which none is missing, but for rows without anything."""
    bad = np.flatnonzero(found.index.isna())
    if len(bad):
        row = int(bad[0])
        raise InputError(
            "series_date",
            expected="2024-12-31 23:00",
            got=f"{found.text(row).strip()[:30]!r}, row {row + 1}",
            hint="Mend the date in this row.",
        )
    return found


def _even(values: np.ndarray, found: Dates, name: str, notes: list) -> Series:
    """Values at even steps, in the order of their dates; the few that are missing are filled."""
    index = found.index
    if index.has_duplicates and not found.zone:
        counted, times = dates.clock_set_back(index)
        if times and not counted.has_duplicates:
            index = counted
            said = "The local clock was changed {n} times; its hours were counted through."
            found.notes.append(Note("table_clock_set_back", said, {"n": times}))
    notes += found.notes
    order = np.argsort(index.to_numpy(), kind="stable")
    if (np.diff(order) != 1).any():
        notes.append(Note("table_sorted", "The rows were put in the order of their dates."))
    ordered = index[order]
    twice = np.flatnonzero(ordered.duplicated())
    if len(twice):
        rows = [int(order[twice[0] + k]) for k in (-1, 0)]
        raise InputError(
            "series_date_twice",
            expected="1",
            got=f"2 x {found.text(rows[1]).strip()[:40]!r}, row {rows[0] + 1}, row {rows[1] + 1}",
            hint="Keep one value for each date.",
        )
    even, astray = dates.steps_of(ordered)
    if astray or len(even) > tables.MAX_ROWS or 1 - len(values) / len(even) > MAX_GAP:
        common = dates.common(ordered)
        at = int(np.argmax(np.diff(ordered.to_numpy()) != common.to_timedelta64()))
        texts = [found.text(int(order[at + k])).strip()[:30] for k in (0, 1)]
        raise InputError(
            "series_uneven",
            expected=dates.said(common),
            got=f"{texts[0]} – {texts[1]}, row {int(order[at + 1]) + 1}",
            hint="Bring the series to even steps; up to a tenth of the steps may be missing.",
        )
    return _fill(pd.Series(values[order], index=ordered).reindex(even), name)


def _fill(series: pd.Series, name: str) -> Series:
    missing = series.isna()
    if missing.mean() > MAX_GAP:
        raise InputError(
            "series_gaps",
            expected=f"0 - {MAX_GAP:.0%}",
            got=f"{missing.mean():.0%}, first in row {int(np.argmax(missing)) + 1}",
            hint="Too many values are missing; fill them or give a part without gaps.",
        )
    filled = series.interpolate(limit_direction="both")
    return Series(filled.index.to_numpy(), filled.to_numpy(np.float64), name, int(missing.sum()))


# -- simple ways to foresee: what a network has to beat ------------------------------------------------------------------


def season_of(read: Series) -> int:
    """Steps of one round: 24 hours, 7 days, 52 weeks, 12 months, 4 quarters; else where the series resembles itself most."""
    if np.issubdtype(read.index.dtype, np.datetime64) and len(read.index) > 2:
        if str(dates.infer_freq(pd.DatetimeIndex(read.index))).startswith("B"):
            return 5  # working days
        step = pd.Timedelta(np.median(np.diff(read.index.astype("datetime64[s]").astype(np.int64))), unit="s")
        for low, high, season in (
            ("59min", "61min", 24),
            ("23h", "25h", 7),
            ("6D", "8D", 52),
            ("28D", "31D", 12),
            ("89D", "92D", 4),
        ):
            if pd.Timedelta(low) <= step <= pd.Timedelta(high):
                return season
    values = read.values[-4_000:]
    x = np.diff(values)
    most = min(len(x) // 3, 400)
    if most < 3 or not np.ptp(x):
        return 1
    x = x - x.mean()
    alike = np.array([float(x[k:] @ x[:-k]) for k in range(1, most + 1)]) / float(x @ x)
    peaks = [k for k in range(1, most - 1) if alike[k] > max(alike[k - 1], alike[k + 1], 0.2)]
    return max(peaks, key=lambda k: alike[k]) + 1 if peaks else 1


def seasonal(past: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """As one round ago, (windows, L) -> (windows, horizon); a season of 1 is the naive forecast, "as now"."""
    season = min(season, past.shape[1])
    return past[:, -season:][:, np.arange(horizon) % season]


def nlinear(x: np.ndarray, y: np.ndarray, past: np.ndarray) -> np.ndarray:
    """Foresees ``past`` (windows, L) by a ridge regression on values that count from the last one (Zeng et al., arXiv:2205.13504).

    Args:
        x, y: Windows to learn from, (N, L) and (N, horizon); their last tenth chooses the ridge.
        past: What is read.
    """
    from sklearn.linear_model import Ridge

    x, y = x - x[:, -1:], y - x[:, -1:]
    cut = max(1, len(x) * 9 // 10)
    errors = {1.0: 0.0}
    if cut < len(x):
        errors = {
            alpha: float(((Ridge(alpha).fit(x[:cut], y[:cut]).predict(x[cut:]) - y[cut:]) ** 2).mean())
            for alpha in (1.0, 10.0, 100.0, 1e3, 1e4)
        }
    return Ridge(min(errors, key=errors.get)).fit(x, y).predict(past - past[:, -1:]) + past[:, -1:]


def read_etth1(folder: Path | None) -> Series:
    """ETTh1's oil temperature, hour by hour."""
    path = None if folder is None else folder / "ETTh1.csv"
    if path is None or not path.is_file():
        raise DataError(
            "data_missing", expected="ETTh1.csv", got=f"no such file in {folder}", hint="Name the folder that holds it."
        )
    return read_series(path, "OT")


class Windows:
    """Pieces of a series: ``context`` values to read and ``horizon`` to foresee.

    Args:
        values: The series, already scaled, (N,).
        context: Values to read.
        horizon: Values to foresee.
        begin, end: Every foreseen value lies in these rows; what is read may come from before.
    """

    def __init__(self, values: np.ndarray, context: int, horizon: int, begin: int = 0, end: int | None = None) -> None:
        self.values = torch.tensor(np.asarray(values), dtype=torch.float32)
        self.context, self.horizon = context, horizon
        end = len(values) if end is None else min(end, len(values))
        self.first = max(context, begin)
        self.count = max(0, end - horizon - self.first + 1)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        at = (torch.as_tensor(indices) + self.first)[:, None]
        return {
            "values": self.values[at + torch.arange(-self.context, 0)],
            "labels": self.values[at + torch.arange(self.horizon)],
        }

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        """All windows: (windows, context) and (windows, horizon)."""
        both = self[range(self.count)]
        return both["values"].numpy(), both["labels"].numpy()
