"""Dates as people write them: one reading for a whole column, even steps, clocks that change."""

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from lmdemo.notes import Note

ORDERS = ("day", "month", "year")  # what may stand first
EARLIEST, LATEST = 1678, 2262  # what nanoseconds can tell
MAX_STEPS = 2_000_000  # more even steps than could ever be filled
LONGEST = 64  # characters of a date
MONTHS = {
    name: i + 1
    for i, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez")
    )
    for name in names.split()
}
_NAME = rf"(?P<name>(?:{'|'.join(MONTHS)})[^\W\d_]*)\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<y>\d{4})"
FORMS = tuple(
    re.compile(_WEEKDAY + form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<s>[-/. ])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})\.?",  # 2024-03-01
        r"(?P<a>\d{1,2})(?P<s>[-/. ])(?P<b>\d{1,2})(?P=s)(?P<c>\d{4}|\d{2})\.?",  # 01/03/2024, in either order
        rf"{_YEAR}(?P<m>(?:0[1-9]|1[0-2]))(?P<d>(?:0[1-9]|[12]\d|3[01]))",  # 20240301
        rf"{_YEAR}[-/.M](?P<m>\d{{1,2}})",  # 2024-03
        rf"(?P<m>\d{{1,2}})[-/.]{_YEAR}",  # 03/2024
        rf"{_DAY}[-/. ]*{_NAME},?[-/. ]*(?P<y>\d{{4}}|\d{{2}})",  # 1 March 2024, 01-Mar-24
        rf"{_NAME}[-/ ]+{_DAY},?[-/ ]+{_YEAR}",  # March 1st, 2024
        rf"{_NAME}[-/ ]*'?(?P<y>\d{{4}}|\d{{2}})",  # Mar 2024, Mar-24
        rf"{_YEAR}[-/ ]{_NAME}(?:[-/ ]{_DAY})?",  # 2024-Mar-01
        rf"{_YEAR}-?W(?P<w>\d{{1,2}})(?:-?(?P<wd>[1-7]))?",  # 2024-W05
        rf"(?:{_YEAR}[-/ ]?Q(?P<q>[1-4])|Q(?P<q2>[1-4])[-/ ]?(?P<y2>\d{{4}}))",  # 2024-Q1
    )
)
EITHER = 1  # the form whose order is a question
TIME = re.compile(
    r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?(?:\s?(?P<half>[ap])\.?\s?m\.?)?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
COMPACT = re.compile(rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)T?(?P<h>\d\d)(?:(?P<i>\d\d)(?P<s>\d\d)?)?(?P<zone>Z)?")
HOURS = ("hour", "hours", "hr", "stunde", "heure", "hora", "ghanta")  # names of columns beside one of days
# Columns of whole numbers that are dates: the name has to say so where the numbers alone could be anything.
NAMED = re.compile(r"date|day|time|datum|zeit|tag|stamp|fecha|jour|dat[ae]|tarikh|din|samay|ts|epoch", re.IGNORECASE)


class Written(NamedTuple):
    """A date as it was written: its form; year, and month and day, or two numbers in an unknown order."""

    form: int
    year: int
    first: int
    second: int
    sign: str = ""
    short: bool = False  # a year of two digits, which may be a day too


@dataclass
class Dates:
    """Dates of a table's rows.

    Attributes:
        index: One a row; NaT where a cell holds none.
        texts: The cells, for errors that quote them; None where dates came as such.
        names: The columns they were made of.
        order: ``day``, ``month``, ``year``; "" where there was no question.
        zone: The offset of the clock; "" where none was told.
        notes: What could be read otherwise, or was changed.
    """

    index: pd.DatetimeIndex
    texts: Sequence[str] | None
    names: tuple[str, ...]
    order: str = ""
    zone: str = ""
    notes: list[Note] = field(default_factory=list)

    def text(self, row: int) -> str:
        """A row's date as the table has it."""
        return str(self.index[row] if self.texts is None else self.texts[row])


# -- one cell --------------------------------------------------------------------------------------------------------------


def kind_of(cell: str) -> str:
    """``date`` (with a time or without), ``time`` alone, or ""."""
    if len(cell) > LONGEST or not cell[-1:].strip():
        return ""
    day, clock = parted(cell)
    if clock and read_time(clock) is None:
        return ""
    if not day:
        return "time" if clock else ""
    return "date" if read_day(day) else ""


def parted(cell: str) -> tuple[str, str]:
    """A cell's day and time, either of them "" where it has none; they are not looked at yet."""
    at = cell.find(":")
    if at < 0:
        made = COMPACT.fullmatch(cell)
        if made:
            return cell[:8], f"{made['h']}:{made['i'] or '00'}:{made['s'] or '00'}{made['zone'] or ''}"
        return cell, ""
    begin = at - 1
    while begin >= 0 and cell[begin].isdigit():
        begin -= 1
    day = cell[:begin] if begin >= 0 and cell[begin] in "Tt_ " else cell[: begin + 1]
    return day.rstrip(" ,-"), cell[begin + 1 :]


def read_day(day: str) -> Written | None:
    """A day as it is written."""
    for form, pattern in enumerate(FORMS):
        if found := pattern.fullmatch(day):
            g = found.groupdict()
            if form == EITHER:
                return Written(form, int(g["c"]), int(g["a"]), int(g["b"]), g["s"], len(g["c"]) == 2)
            year = _year(g.get("y") or g.get("y2") or "")
            if g.get("w"):
                return _of_week(year, int(g["w"]), int(g.get("wd") or 1))
            if g.get("q") or g.get("q2"):
                return Written(form, year, 3 * int(g.get("q") or g.get("q2") or 1) - 2, 1)
            month = MONTHS[g["name"][:3].casefold()] if g.get("name") else int(g["m"])
            return Written(form, year, month, int(g.get("d") or 1))
    return None


def _year(text: str) -> int:
    return _of_century(int(text)) if len(text) == 2 else int(text)


def _of_century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _of_week(year: int, week: int, day: int) -> Written | None:
    try:
        made = pd.Timestamp.fromisocalendar(year, week, day)
    except ValueError:
        return None
    return Written(9, made.year, made.month, made.day)


def read_time(clock: str) -> tuple[int, int | None] | None:
    """A time: microseconds since midnight, and its offset from UTC in minutes where it tells one."""
    found = TIME.fullmatch(clock.strip())
    if found is None:
        return None
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"] in "pP")
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):  # 24:00 ends a day
        return None
    micro = int((found["f"] or "0").ljust(6, "0")[:6])
    return ((60 * hour + minute) * 60 + second) * 1_000_000 + micro, _offset(found["zone"])


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone[0].isalpha():
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (60 * int(digits[:2]) + int(digits[2:])) * (1 if zone[0] == "+" else -1)


# -- a column --------------------------------------------------------------------------------------------------------------


def read_column(
    names: tuple[str, ...], cells: Sequence[str], order: str = "", times: Sequence[str] | None = None
) -> Dates:
    """A column's cells as dates, all in one order of day and month.

    Args:
        names: Of the column, and of that of the times.
        cells: The column's cells.
        order: What stands first, where a person said so.
        times: Cells of another column, added to the days.
    """
    days, clocks = [""] * len(cells), [""] * len(cells)
    for i, cell in enumerate(cells):
        days[i], clocks[i] = parted(cell.strip()) if len(cell) <= LONGEST else ("", "")
    if times is not None:
        clocks = [c.strip() if len(c) <= LONGEST else "" for c in times]
    written = {day: read_day(day) for day in set(days)}
    known = {clock: read_time(clock) if clock else (0, None) for clock in set(clocks)}
    form = Counter(w.form for day in days if (w := written[day])).most_common(1)[0][0]
    unlike = {day for day, w in written.items() if w is None or w.form != form}
    offsets = Counter(o for c in clocks if (t := known[c]) and (o := t[1]) is not None)
    bad = np.array(
        [
            d in unlike or (t := known[c]) is None or (bool(offsets) and t[1] is None)
            for d, c in zip(days, clocks, strict=True)
        ]
    )
    micro = np.array([(known[c] or (0, None))[0] for c in clocks], dtype="timedelta64[us]")
    texts = cells if times is None else [f"{a} {b}" for a, b in zip(cells, times, strict=True)]
    made = Dates(pd.DatetimeIndex([]), texts, names)
    parts = {day: w for day, w in written.items() if day not in unlike and w}

    def index(how: str) -> pd.DatetimeIndex:
        midnight = _midnights(parts, how)
        at = np.array([midnight.get(day, np.datetime64("NaT")) for day in days], dtype="datetime64[us]")
        at[bad] = np.datetime64("NaT")
        return pd.DatetimeIndex(at + micro)

    if form == EITHER:
        made.order, made.index = _ordered(parts, order, index, made.notes)
    else:
        made.index = index("")
    if offsets:
        _on_one_clock(made, np.array([(known[c] or (0, 0))[1] or 0 for c in clocks]), offsets)
    return made


def _midnights(parts: dict[str, Written], order: str) -> dict[str, np.datetime64]:
    """Each day as a date; what is none, such as 31 February, is left out."""
    made = {}
    for text, (_, year, a, b, _sign, short) in parts.items():
        month, day = (b, a) if order == "day" else (a, b)
        if order == "year" and short:  # 24-03-01: what stood last is the day
            year, month, day = a, b, year
        year = _of_century(year) if short else year
        if EARLIEST <= year < LATEST and 1 <= month <= 12 and 1 <= day <= 31:
            try:
                made[text] = np.datetime64(f"{year:04}-{month:02}-{day:02}", "us")
            except ValueError:
                continue
    return made


def _ordered(parts: dict[str, Written], wanted: str, index, notes: list) -> tuple[str, pd.DatetimeIndex]:
    """What stands first in a date, and the dates read so.

    A number above 12 tells; points between the parts mean the day; else the order whose steps are even. Where both are, it
    is said which was taken.
    """
    values = list(parts.values())
    if wanted and (wanted != "year" or all(w.short for w in values)):  # 2024 at the end stays the year
        return wanted, index(wanted)
    firsts, seconds = max((w.first for w in values), default=0), max((w.second for w in values), default=0)
    days, years = len({w.first for w in values}), len({w.year for w in values})
    short = values and all(w.short and 1 <= w.year <= 31 for w in values) and seconds <= 12
    if short and (years > days or firsts > 31):
        read_so = index("year")  # 24-03-01: what changes least is the year
        if firsts > 31 or not unevenness(read_so)[0]:
            return "year", read_so
    if firsts > 12:
        return "day", index("day")
    if values and values[0].sign == "." and seconds <= 12:
        return "day", index("day")
    if seconds > 12:
        return "month", index("month")
    read = {order: index(order) for order in ("day", "month")}
    how = {order: unevenness(dates) for order, dates in read.items()}
    best = min(read, key=lambda order: how[order])
    begins = read[best].dropna()
    if how["day"][:2] == how["month"][:2] and len(begins) and not read["day"].equals(read["month"]):
        said = "Day and month could stand either way; read so that it begins on {first}. Choose the other if that is wrong."
        notes.append(Note("table_order_taken", said, {"first": f"{begins[0]:%Y-%m-%d}"}))
    return best, read[best]


def _on_one_clock(made: Dates, offsets: np.ndarray, told: Counter[int]) -> None:
    """Dates with offsets from UTC on one clock: the file's own where that is even, else the last one's, in the order of UTC."""
    last = int(offsets[-1])
    made.zone = zone_name(last)
    if len(told) == 1:
        return
    by_utc = made.index + pd.to_timedelta(last - offsets, unit="min")
    if unevenness(made.index)[:2] <= unevenness(by_utc)[:2]:  # days, say, which are not as long as each other
        made.zone = ""
        return
    made.index = by_utc
    zones = ", ".join(zone_name(o) for o in sorted(told))
    said = "The clock changes ({zones}): ordered by UTC, dates are told at {zone}."
    made.notes.append(Note("table_clock_changes", said, {"zones": zones, "zone": made.zone}))


def zone_name(minutes: int) -> str:
    """An offset from UTC as dates have it."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def from_zoned(index: pd.DatetimeIndex, name: str) -> Dates:
    """Dates with a zone, from memory, on the clock that they show; where that jumps, on its last offset."""
    if index.tz is None:
        return Dates(index, None, (name,))
    naive = index.tz_localize(None)
    gone = index.isna()
    offsets = np.where(gone, 0, (naive - index.tz_convert(None)).total_seconds().fillna(0) // 60).astype(int)
    made = Dates(naive, None, (name,))
    if len(index):
        _on_one_clock(made, offsets, Counter(offsets[~gone].tolist()))
    return made


# -- numbers that are dates ------------------------------------------------------------------------------------------------


def from_numbers(name: str, values: np.ndarray) -> Dates | None:
    """A column of whole numbers as dates: 20240301, years, seconds since 1970, or the days of Excel's calendar."""
    if len(values) < 3 or not np.isfinite(values).all() or np.abs(values).max() > 1e15:
        return None
    steps = np.diff(values)
    ordered = bool((steps > 0).all() or (steps < 0).all())
    low, high = values.min(), values.max()

    def made(index: pd.DatetimeIndex, note: Note) -> Dates:
        told = {"name": name, "cell": f"{values[0]:.16g}", "first": f"{index[0]:%Y-%m-%d %H:%M}"}
        return Dates(index, None, (name,), notes=[replace(note, values=told)])

    if (values == values.round()).all():
        if (index := _digits(values)) is not None:
            said = "“{name}” was read as dates: {cell} as {first}."
            return made(index, Note("table_digits", said, {"name": "", "cell": "", "first": ""}))
        if ordered and 1700 <= low and high <= 2200 and np.median(np.abs(steps)) == 1:
            said = "“{name}” was read as years: {cell} as {first}."
            index = pd.DatetimeIndex([f"{int(v)}-01-01" for v in values])
            return made(index, Note("table_years", said, {"name": "", "cell": "", "first": ""}))
        for unit, scale in (("s", 1), ("ms", 1000)):
            if ordered and 5e8 * scale <= low and high <= 4e9 * scale:
                said = "“{name}” was read as time since 1970, in UTC: {cell} as {first}."
                index = pd.to_datetime(values.astype(np.int64), unit=unit)
                return made(index, Note("table_unix", said, {"name": "", "cell": "", "first": ""}))
    if ordered and 20_000 <= low and high <= 80_000 and NAMED.search(name):
        minutes = np.round((values - 25_569) * 1440).astype(np.int64)  # Excel's day 25,569 is the first of 1970
        said = "“{name}” was read as Excel counts days: {cell} as {first}."
        index = pd.DatetimeIndex(minutes.astype("datetime64[m]").astype("datetime64[s]"))
        return made(index, Note("table_excel", said, {"name": "", "cell": "", "first": ""}))
    return None


def _digits(values: np.ndarray) -> pd.DatetimeIndex | None:
    texts = [str(int(v)) for v in values]
    if len({len(t) for t in texts}) != 1 or len(texts[0]) not in (8, 10, 12, 14):
        return None
    if not 1800e4 < int(texts[0][:8]) < 2200e4 or kind_of(texts[0]) != "date":
        return None
    made = read_column((), texts).index
    return None if made.isna().any() else made


def counts(values: np.ndarray) -> bool:
    """Whether whole numbers go up or down in even steps, as a column that only numbers its rows."""
    steps = np.diff(values)
    return (
        len(steps) > 1
        and bool(np.isfinite(values).all() and steps[0] and (steps == steps[0]).all())
        and values[0] % 1 == 0
    )


# -- even steps ------------------------------------------------------------------------------------------------------------


def unevenness(dates: pd.DatetimeIndex) -> tuple[bool, float, float]:
    """Less is better: whether the steps are refused as uneven, the part that is missing, and how short a step is."""
    index = dates.dropna().sort_values()
    if len(index) < 3 or index.has_duplicates:
        return True, 1.0, 0.0
    even, astray = steps_of(index)
    missing = 1 - len(index) / len(even)
    shortest = -float((index[1:] - index[:-1]).to_series().median().total_seconds())
    return astray or missing > 0.1, missing, shortest


def steps_of(index: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, bool]:
    """The even steps that dates in order lie on, and whether some lie beside them."""
    if len(index) < 3 or infer_freq(index) is not None:
        return index, False
    step = common(index)
    monthly = "MS" if (index.day == 1).all() else "ME"
    freq = monthly if step >= pd.Timedelta(days=28) else step  # months and years differ in length
    if freq is step and (index[-1] - index[0]) / step > MAX_STEPS:
        return index[:1].append(index[-1:]).repeat(len(index)), True
    even = pd.date_range(index[0], index[-1], freq=freq)
    return even, len(index.difference(even)) > 0


def common(index: pd.DatetimeIndex) -> pd.Timedelta:
    """The step between dates that occurs most."""
    return pd.Series(index[1:] - index[:-1]).mode()[0]


def said(step: pd.Timedelta) -> str:
    """A step in days, hours, minutes or seconds."""
    seconds = step.total_seconds()
    unit, size = next(((u, s) for u, s in (("d", 86_400), ("h", 3_600), ("min", 60)) if seconds >= s), ("s", 1))
    return f"{seconds / size:.4g} {unit}"


def clock_set_back(index: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, int]:
    """Dates of a local clock in the file's order, counted through where it was set back or forward by an hour, and how often.

    In autumn an hour comes twice, in spring one is missing. The last date stays as it is.
    """
    hour = pd.Timedelta(hours=1)
    steps = index[1:] - index[:-1]
    usual = common(index)
    if usual > hour or usual <= pd.Timedelta(0):
        return index, 0
    then = index[1:].month.isin((3, 4, 9, 10, 11)) & (index[1:].hour <= 4)
    back, forward = then & (steps == usual - hour), then & (steps == usual + hour)
    shift = np.concatenate(([0], np.cumsum(back.astype(int) - forward.astype(int))))
    return index + pd.to_timedelta(shift - shift[-1], unit="h"), int(back.sum() + forward.sum())


def infer_freq(index: pd.DatetimeIndex) -> str | None:
    """The step of regular dates in pandas' words, or None; pandas 3 announces another return type, which serves as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pd.infer_freq(index)
