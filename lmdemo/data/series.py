"""Time series: what a visitor uploads, read and checked; ETTh1; windows to learn from."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from lmdemo.errors import DataError, InputError

MAX_ROWS = 200_000
MAX_GAP = 0.1  # part of the steps that may be missing; they are filled along a straight line, and that is said
DAY_OR_MONTH_FIRST = r"\s*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
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
    """

    index: np.ndarray
    values: np.ndarray
    name: str = "value"
    filled: int = 0

    def coming(self, steps: int) -> np.ndarray:
        """The next ``steps`` dates or positions."""
        if not np.issubdtype(self.index.dtype, np.datetime64):
            return self.index[-1] + 1 + np.arange(steps)
        dates = pd.DatetimeIndex(self.index)
        return pd.date_range(dates[-1], periods=steps + 1, freq=_infer_freq(dates) or dates[-1] - dates[-2])[
            1:
        ].to_numpy()


def read_series(source: Any, column: str | None = None) -> Series:
    """Reads a list, an array, a DataFrame or a CSV file's path, and finds the date and the value column.

    Args:
        source: What was given.
        column: The value column; by default the last one that holds numbers.

    Raises:
        InputError: It is no table, too long or short, holds text among the numbers, dates that repeat, or more missing
            steps than can be filled honestly. The row is named, counted from 1 without the header.
    """
    if isinstance(source, Series):
        return source
    if isinstance(source, str | Path):
        source = _read_csv(Path(source))
    if isinstance(source, pd.DataFrame):
        return _from_table(source, column)
    try:
        values = np.asarray(source, dtype=np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise InputError(
            "series_not_numbers", expected="1.5, 2.0, 3.25", got=str(error)[:60], hint="Give numbers only."
        ) from error
    _check_length(len(values))
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            "series_not_a_number",
            expected="1.5, 2.0, 3.25",
            got=f"{values[bad[0]]}, row {bad[0] + 1}",
            hint="Fill or remove this value.",
        )
    return Series(np.arange(len(values)), values)


def _check_length(rows: int) -> None:
    if not 2 <= rows <= MAX_ROWS:
        raise InputError(
            "series_length",
            expected=f"2 - {MAX_ROWS:,}",
            got=f"{rows:,}{'+' if rows > MAX_ROWS else ''}",
            hint="Give a series of this length; average a longer one to hours or days first.",
        )


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig") as file:
            head = file.readline(4_096)
        separator = max(",;\t|", key=head.count)  # a column alone has none, and the first of these does no harm
        told = {"dtype": str} if separator == ";" else {}  # there 1.000 may be a thousand
        table = pd.read_csv(
            path, nrows=MAX_ROWS + 1, sep=separator, skipinitialspace=True, encoding="utf-8-sig", **told
        )
    except (OSError, ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(
            "series_not_csv",
            expected="CSV: date,value",
            got=f"{path.name}: {str(error)[:80]}",
            hint="Save the table as CSV with a header line, a date and a value column.",
        ) from error
    if not len(table.columns) or not len(table):
        raise InputError(
            "series_length", expected=f"2 - {MAX_ROWS:,}", got="0", hint="The file holds no rows below its header."
        )
    return table.apply(_numbers, decimals=",." if separator == ";" else ".,")


def _numbers(column: pd.Series, decimals: str) -> pd.Series:
    """A column with its numbers as numbers, whichever way they are written: 1,100.50, 1.100,50, 1 100,5 or 1,00,000.

    Args:
        column: As it was read; cells that are no numbers stay as they are.
        decimals: The marks that may stand before decimals; of two that fit equally many cells the first.
    """
    if pd.api.types.is_numeric_dtype(column):
        return column
    cells = column.astype("string").str.replace(r"[\s'’]", "", regex=True)
    read = []
    for mark in decimals:
        thousands = "." if mark == "," else ","
        m, t = re.escape(mark), re.escape(thousands)
        whole = rf"(\d+|[1-9]\d{{0,2}}({t}\d{{2,3}})*{t}\d{{3}})?"
        fits = cells.str.fullmatch(rf"[+-]?{whole}({m}\d*)?(e[+-]?\d+)?", case=False)
        plain = cells.where(fits.fillna(False)).str.replace(thousands, "").str.replace(mark, ".")
        read.append(pd.to_numeric(plain, errors="coerce").astype("float64"))
    best = max(read, key=pd.Series.count)
    return (
        best if best.count() == column.count() else best.astype("string").where(best.notna(), column.astype("string"))
    )


def _from_table(table: pd.DataFrame, column: str | None) -> Series:
    _check_length(len(table))
    dates = _find_dates(table)
    names = [c for c in table.columns if dates is None or c != dates.name]
    if column is not None and column not in names:
        raise InputError(
            "series_column", expected=", ".join(map(str, names))[:200], got=str(column)[:40], hint="Take one of these."
        )
    numbers = {c: pd.to_numeric(table[c], errors="coerce") for c in names}
    usable = [c for c in names if numbers[c].notna().mean() > 0.5]
    if column is None and not usable:
        raise InputError(
            "series_no_numbers",
            expected="date,value",
            got=", ".join(map(str, table.columns))[:100],
            hint="One column has to hold numbers, with a point before the decimals.",
        )
    column = column if column is not None else usable[-1]
    values = numbers[column]
    texts = np.flatnonzero(values.isna() & table[column].notna())
    if len(texts):
        row = int(texts[0])
        raise InputError(
            "series_text",
            expected="1.5, 2.0, 3.25",
            got=f"{str(table[column].iloc[row])[:30]!r}, row {row + 1}",
            hint="Mend the number in this row.",
        )
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise InputError(
            "series_not_a_number",
            expected="1.5, 2.0, 3.25",
            got=f"inf, row {infinite[0] + 1}",
            hint="Mend the number in this row.",
        )
    if dates is None:
        return _fill(pd.Series(values.to_numpy(np.float64)), str(column))
    return _even(pd.Series(values.to_numpy(np.float64), index=pd.DatetimeIndex(dates)), str(column))


def value_columns(path: str | Path) -> list[str]:
    """The columns of a CSV file that may be foreseen: those that mostly hold numbers; by default the last one is."""
    table = _read_csv(Path(path)).head(1_000)
    dates = _find_dates(table)
    return [
        str(c)
        for c in table.columns
        if (dates is None or c != dates.name) and pd.to_numeric(table[c], errors="coerce").notna().mean() > 0.5
    ]


def _find_dates(table: pd.DataFrame) -> pd.Series | None:
    """The first column that holds dates, or None."""
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            return column.dt.tz_localize(None) if getattr(column.dt, "tz", None) is not None else column
        if pd.api.types.is_numeric_dtype(column):
            continue
        parsed = _parse_dates(column)
        if parsed.notna().mean() > 0.5:
            bad = np.flatnonzero(parsed.isna())
            if len(bad):
                raise InputError(
                    "series_date",
                    expected="2024-12-31 23:00",
                    got=f"{str(column.iloc[bad[0]])[:30]!r}, row {bad[0] + 1}",
                    hint="Mend the date in this row.",
                )
            return parsed.dt.tz_localize(None).rename(name)
    return None


def _parse_dates(column: pd.Series) -> pd.Series:
    """Cells as dates, NaT where there is none. 01/02/2024 may be January or February: the whole column decides, by which order
    gives even steps; where both do, by the longer ones, since months are counted so, and hardly twelve days.
    """
    read = [pd.to_datetime(column, errors="coerce", format="mixed", utc=True)]
    if column.astype("string").str.match(DAY_OR_MONTH_FIRST).mean() > 0.5:
        read.append(pd.to_datetime(column, errors="coerce", format="mixed", utc=True, dayfirst=True))
    return min(read, key=_unevenness) if len(read) > 1 else read[0]


def _unevenness(dates: pd.Series) -> tuple[bool, float, float]:
    """Less is better: whether the steps are refused as uneven, the part that is missing, and how short a step is."""
    index = pd.DatetimeIndex(dates.dropna()).sort_values()
    if len(index) < 3 or index.has_duplicates:
        return True, 1.0, 0.0
    even, astray = _steps(index)
    missing = 1 - len(index) / len(even)
    return astray or missing > MAX_GAP, missing, -float((index[1:] - index[:-1]).to_series().median().total_seconds())


def _steps(index: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, bool]:
    """The even steps that dates in order lie on, and whether some lie beside them."""
    if len(index) < 3 or _infer_freq(index) is not None:
        return index, False
    common = _common(index)
    monthly = "MS" if (index.day == 1).all() else "ME"
    step = monthly if common >= pd.Timedelta(days=28) else common  # months and years differ in length
    if step is common and (index[-1] - index[0]) / common > 10 * MAX_ROWS:  # more steps than could ever be filled
        return index[:1].append(index[-1:]).repeat(len(index)), True
    even = pd.date_range(index[0], index[-1], freq=step)
    return even, len(index.difference(even)) > 0


def _common(index: pd.DatetimeIndex) -> pd.Timedelta:
    """The step between dates that occurs most."""
    return pd.Series(index[1:] - index[:-1]).mode()[0]


def _even(series: pd.Series, name: str) -> Series:
    """Dates in order, at even steps; the few that are missing are filled."""
    series = series.sort_index()
    twice = np.flatnonzero(series.index.duplicated())
    if len(twice):
        raise InputError(
            "series_date_twice", expected="1", got=f"2 x {series.index[twice[0]]}", hint="Keep one value for each date."
        )
    even, astray = _steps(series.index)
    if astray or len(even) > MAX_ROWS or 1 - len(series) / len(even) > MAX_GAP:
        common, gaps = _common(series.index), np.diff(series.index.to_numpy())
        row = int(np.argmax(gaps != common.to_timedelta64())) + 1
        raise InputError(
            "series_uneven",
            expected=f"{common}",
            got=f"{series.index[row - 1]} - {series.index[row]}, row {row + 1}",
            hint="Bring the series to even steps; up to a tenth of the steps may be missing.",
        )
    series = series.reindex(even)
    return _fill(series, name)


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
        if str(_infer_freq(pd.DatetimeIndex(read.index))).startswith("B"):
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


def _infer_freq(index: pd.DatetimeIndex) -> str | None:
    """The step of regular dates in pandas' words, or None; pandas 3 announces another return type, which serves as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pd.infer_freq(index)
