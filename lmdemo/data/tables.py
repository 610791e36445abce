"""Tables as people have them: bytes to cells, cells to numbers, and what was understood on the way, as data.

The content decides, not the file's name. What can be read in two ways is asked for (an error that quotes the cell and names
both readings) or told (:class:`Reading`); nothing is guessed in silence, and limits stand before everything that takes long.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from lmdemo.data import dates
from lmdemo.errors import InputError
from lmdemo.notes import Note

MAX_BYTES = 8_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 64  # characters of a number or a date; a longer cell is text, and is looked at no further
SAMPLE = 1_000  # rows that tell what a column holds
SNIFFED = 65_536  # characters that tell how cells are separated
LEADING = 20  # lines before the table, at most
SEPARATORS = (";", "\t", "|", ",", " ")  # of two that fit equally well the first; a space only where no other fits
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "#n/a", "#na", "<na>", "nat"))
GROUPING = " \u00a0\u2009\u202f'’"  # what stands between thousands whatever the decimal sign
BINARY = {
    b"PK\x03\x04": "Excel workbook (XLSX) / ZIP",
    b"\xd0\xcf\x11\xe0": "Excel workbook (XLS)",
    b"\x89PNG": "PNG picture",
    b"\xff\xd8\xff": "JPEG photo",
    b"GIF8": "GIF picture",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP archive",
    b"PAR1": "Parquet",
    b"RIFF": "WAV / AVI / WebP",
    b"SQLite": "SQLite database",
}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def _written(mark: str, thousands: str) -> re.Pattern[str]:
    """Numbers with a decimal mark: 1,100.50 and 1,00,000 or 1.100,50, and 1 100,5 or 1'100.5 with either."""
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?P<t>[{re.escape(thousands + GROUPING)}])(?:\d{{2,3}}(?P=t))*\d{{3}})"
    m = re.escape(mark)
    return re.compile(rf"[+-]?(?:{whole}(?:{m}\d*)?|{m}\d+)(?:[eE][+-]?\d+)?")


WRITTEN = {".": _written(".", ","), ",": _written(",", ".")}
PLAIN = {
    mark: str.maketrans(dict.fromkeys(GROUPING + other, "") | {mark: "."}) for mark, other in ((".", ","), (",", "."))
}
ONE_MARK = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1.065: a thousand, or a little more than one


@dataclass(frozen=True)
class Reading:
    """How a table was understood.

    Attributes:
        rows: Rows of values, without header.
        steps: Even steps that they became, with those that were filled.
        column: The column of values.
        columns: All columns that could be foreseen.
        dates: The columns that dates were made of; () where rows are counted.
        first, last: The first and the last date, on the file's own clock.
        date_order: What stands first in a date, ``day``, ``month`` or ``year``; "" where there is no question of it.
        zone: The offset of the dates' clock, such as +05:30; "" where the file names none.
        decimal: The sign before decimals; "" where no number has one.
        separator: Between cells; "" for one column, and for what came from memory.
        encoding: Of the file; "" for what came from memory.
        header: Whether the first line names the columns.
        notes: What was dropped, changed, or could be read otherwise.
    """

    rows: int
    steps: int
    column: str = "value"
    columns: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    date_order: str = ""
    zone: str = ""
    decimal: str = ""
    separator: str = ""
    encoding: str = ""
    header: bool = True
    notes: tuple[Note, ...] = ()


@dataclass
class Column:
    """One column: cells as they are written, or numbers or dates where they came as such."""

    name: str
    cells: Sequence[str] | None = None
    values: np.ndarray | None = None
    dates: pd.DatetimeIndex | None = None

    def text(self, row: int) -> str:
        """A cell as the table has it."""
        for held in (self.cells, self.values, self.dates):
            if held is not None:
                return str(held[row])
        return ""

    @property
    def sample(self) -> list[str]:
        """Its first cells."""
        return [cell.strip() for cell in islice(self.cells or (), SAMPLE)]


@dataclass
class Table:
    """Columns of equal length, and how they were found."""

    columns: list[Column]
    rows: int
    header: bool = True
    separator: str = ""
    encoding: str = ""
    notes: list[Note] = field(default_factory=list)


def check_length(rows: int) -> None:
    """Refuses a series with too few or too many rows.

    Raises:
        InputError: It is.
    """
    if not 2 <= rows <= MAX_ROWS:
        raise InputError(
            "series_length",
            expected=f"2 - {MAX_ROWS:,}",
            got=f"{rows:,}{'+' if rows > MAX_ROWS else ''}",
            hint="Give a series of this length; average a longer one to hours or days first.",
        )


# -- what comes from memory ----------------------------------------------------------------------------------------------


def from_frame(frame: pd.DataFrame) -> Table:
    """A DataFrame's columns, behind its index where that holds dates or periods."""
    names = unique([str(name) for name in frame.columns])
    columns = [_typed(name, frame.iloc[:, i]) for i, name in enumerate(names)]
    index = frame.index.to_timestamp() if isinstance(frame.index, pd.PeriodIndex) else frame.index
    if isinstance(index, pd.DatetimeIndex):
        columns.insert(0, Column(str(index.name or "index"), dates=index))
    return Table(columns, len(frame))


def _typed(name: str, column: pd.Series) -> Column:
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(column):
        return Column(name, dates=pd.DatetimeIndex(column))
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        missing = column.isna().to_numpy()
        return Column(name, cells=["" if gone else str(cell) for cell, gone in zip(column, missing, strict=True)])
    if pd.api.types.is_complex_dtype(column):
        return Column(name, cells=[str(cell) for cell in column])
    return Column(name, values=pd.to_numeric(column).to_numpy(np.float64, na_value=np.nan))


def unique(names: Sequence[str]) -> list[str]:
    """Names of columns, each once: what has none is called by its place, what comes twice is numbered."""
    taken: Counter[str] = Counter()
    made: list[str] = []
    for i, name in enumerate(names):
        name = " ".join(name.split()).lstrip("#").strip()[:MAX_CELL] or f"column {i + 1}"
        taken[name] += 1
        made.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return made if len(set(made)) == len(made) else [f"{name} [{i + 1}]" for i, name in enumerate(made)]


# -- what comes from a file ----------------------------------------------------------------------------------------------


def read_table(path: Path, *, decimal: str = "", header: bool | None = None) -> Table:
    """Reads a file of separated cells.

    Args:
        path: The file.
        decimal: The sign before decimals, where a person named it.
        header: Whether the first line names the columns, where a person said so.

    Raises:
        InputError: It is no such file, too large, or its rows do not fit together.
    """
    text, encoding = _decoded(path)
    notes: list[Note] = []
    if encoding == "Windows-1252":
        notes.append(
            Note("table_encoding", "The file is not in Unicode; it was read as {encoding}.", {"encoding": encoding})
        )
    begin = re.match(r"\ufeff?\"?sep=(.)\"?[ \t]*(?:\r\n|\n|\r|$)", text, re.IGNORECASE)
    if begin:
        text = text[begin.end() :]
    separator = begin[1] if begin else _separator(text)
    return _table(_rows(text, separator), separator, encoding, notes, decimal, header)


def _not_csv(got: str) -> InputError:
    return InputError(
        "series_not_csv",
        expected="CSV: date,value",
        got=got,
        hint="Save the table as CSV with a header line, a date and a value column; Excel, Numbers and Sheets call that "
        "“Save as” or “Export”, on a phone too.",
    )


def _decoded(path: Path) -> tuple[str, str]:
    """A file's text, and how it was written down."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name may hold what no file system takes
        raise _not_csv(f"{path.name[:40]!r}: no such file") from error
    for magic, kind in BINARY.items():
        if content.startswith(magic):
            raise _not_csv(kind)
    if len(content) > MAX_BYTES:
        raise InputError(
            "series_bytes",
            expected=f"<= {MAX_BYTES / 1e6:g} MB",
            got=f"> {MAX_BYTES / 1e6:g} MB",
            hint="Keep the date and the value column only, or average to hours or days first.",
        )
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding, errors="replace" if encoding == "cp1252" else "strict")
        except UnicodeDecodeError:
            continue
        text = text.removeprefix("\ufeff").rstrip("\x1a").replace("\u2212", "-")  # DOS ended its texts so; a minus sign
        if control := CONTROL.search(text):
            raise _not_csv(f"binary data, byte {ord(control[0]):02x}")
        if text.lstrip()[:1] in ("<", "{", "["):
            raise _not_csv("HTML / XML" if text.lstrip()[0] == "<" else "JSON")
        return text, {"utf-8": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper())
    raise _not_csv("binary data")


def _encodings(content: bytes) -> tuple[str, ...]:
    """How bytes may be meant: by their mark, by the zeros between Latin letters of UTF-16, else UTF-8, else Windows' Latin."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return ("utf-32",)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    odd, even = content[1:400:2], content[:400:2]
    if odd and not any(odd):
        return ("utf-16-le",)
    if even and not any(even):
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def _separator(text: str) -> str:
    """What parts the cells: what parts most rows into equally many; "" for one column."""
    sample = text[:SNIFFED]
    found, most = "", 0.0
    for separator in SEPARATORS:
        if separator not in sample or (separator == " " and (found or _whole(sample))):
            continue
        try:
            rows = [r for r in islice(csv.reader(io.StringIO(sample, newline=""), **_dialect(separator)), SAMPLE) if r]
        except csv.Error:
            continue
        widths = Counter(len(r) for r in (rows[:-1] or rows if len(sample) == SNIFFED else rows))
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        if width > 1 and count / widths.total() > most:
            found, most = separator, count / widths.total()
    return found if most > 0.5 else ""


def _whole(sample: str) -> bool:
    """Whether a line from the middle is one number or one date as it stands."""
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    return bool(lines) and kind_of(lines[len(lines) // 2]) not in ("", "missing")


def _dialect(separator: str) -> dict:
    return {"delimiter": separator or "\x1f", "skipinitialspace": separator != "\t"}


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """Row by row, without empty cells at its end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, **_dialect(separator))
    count = 0
    try:
        for row in reader:
            count += 1
            if len(row) > MAX_COLUMNS:
                raise InputError(
                    "series_columns",
                    expected=f"<= {MAX_COLUMNS}",
                    got=f"{len(row):,}, row {count}",
                    hint="Give one date a row; keep the date and the value columns only.",
                )
            while row and not row[-1].strip():
                row.pop()
            yield row
            if count > MAX_ROWS + LEADING:
                check_length(count)
    except csv.Error as error:
        raise InputError(
            "series_cell",
            expected='"a";"b"',
            got=f"{_line(text, reader.line_num)!r}, line {reader.line_num:,}",
            hint="A cell is far too long, or a quotation mark was opened and not closed; mend it, or write the table anew.",
        ) from error


def _line(text: str, number: int) -> str:
    """A line's beginning."""
    line = next(islice(io.StringIO(text), max(0, number - 1), None), "")
    return line.strip()[:30]


def _table(
    lines: Iterator[list[str]], separator: str, encoding: str, notes: list[Note], decimal: str, header: bool | None
) -> Table:
    """Rows as columns: the lines before the table are told from it, and the header from the values."""
    top = list(islice(lines, SAMPLE))
    head, begin = _header(top, header)
    if before := [row for i, row in enumerate(top[:begin]) if row and i != head]:
        text = (separator or " ").join(before[0])[:40]
        said = "Left out before the table: {n} lines, first {text}."
        notes.append(Note("table_lines_before", said, {"n": len(before), "text": text}))
    names, top = (top[head] if head is not None else []), top[begin:]
    usual = max(Counter(map(len, filter(None, top))).items(), key=lambda item: item[::-1], default=(1, 0))[0]
    width = len(names) or usual
    join = separator == "," and _is_cut(top, names, decimal)
    width = width - 1 if join and not names else width
    cells, rows = _cells(chain(top, lines), width, join, separator)
    if not rows:
        raise InputError(
            "series_length", expected=f"2 - {MAX_ROWS:,}", got="0", hint="The file holds no rows below its header."
        )
    if head is None:
        names = ["value"] if width == 1 else [f"column {i + 1}" for i in range(width)]
        text = (separator or " ").join(cells[:width])[:40]
        notes.append(
            Note("table_no_header", "No line names the columns; the first holds values: {text}.", {"text": text})
        )
    columns = [Column(name, cells=cells[i::width]) for i, name in enumerate(unique(names))]
    if head is None and width > 1:
        _name_the_only(columns)
    return Table(columns, rows, head is not None, separator if width > 1 else "", encoding, notes)


def _cells(lines: Iterable[list[str]], width: int, join: bool, separator: str) -> tuple[list[str], int]:
    """All cells, row after row, and how many rows; one list, since the collector would go over many again and again."""
    cells: list[str] = []
    blank: list[int] = []
    count = 0
    for row in lines:
        if join and len(row) == width + 1:
            row[-2:] = [f"{row[-2]},{row[-1]}"]
        if len(row) > width:
            raise InputError(
                "series_fields",
                expected=f"{width}",
                got=f"{len(row)}: {separator.join(row)[:60]!r}, row {count + 1}",
                hint="A row has more cells than the header. Where a comma stands before decimals, choose decimal comma; "
                "else put cells that hold the separator in quotes.",
            )
        if not row:
            blank.append(count)
            if width > 1:
                continue
        cells += row
        if len(row) < width:
            cells += [""] * (width - len(row))
        count += 1
    if (
        width == 1
    ):  # an empty line in one column is a gap, but for those at the end, and where each second line is empty
        while blank and blank[-1] == count - 1:
            blank.pop()
            cells.pop()
            count -= 1
        if len(blank) > 0.1 * count:
            cells = [cell for cell in cells if cell]
            count = len(cells)
    return cells, count


def _name_the_only(columns: list[Column]) -> None:
    """A table without a header and with one column of numbers: that is ``value``."""
    numbers = [c for c in columns if column_kind(c.sample) == "number"]
    if len(numbers) == 1:
        numbers[0].name = "value"


def _is_cut(rows: list[list[str]], names: list[str], decimal: str) -> bool:
    """Whether a decimal comma cut a number in two: 20,00 below a header of one name.

    Raises:
        InputError: 1,20 may be one number or two.
    """
    rows = [row for row in rows if row]
    width = (len(names) or 1) + 1
    if not rows or decimal == "." or (len(names) > 1 and decimal != ","):
        return False
    if not all(len(r) == width and re.fullmatch(r"[+-]?\d+", r[-2]) and r[-1].isdigit() for r in rows):
        return False
    if names or decimal:
        return True
    first = [int(r[0]) for r in rows]
    if {b - a for a, b in pairwise(first)} in ({1}, {-1}):
        return False  # it counts, and the second is the value
    lengths = {len(r[1]) for r in rows}
    if not any(len(r[1]) > 1 and r[1][0] == "0" for r in rows) or len(lengths) > 1:
        raise ambiguous(",".join(rows[0]), ".".join(rows[0]), "; ".join(rows[0]), 1)
    return True


def ambiguous(cell: str, first: str, second: str, row: int) -> InputError:
    """A number that can be read in two ways."""
    return InputError(
        "series_ambiguous",
        expected=f"{first} / {second}",
        got=f"{cell!r}, row {row}",
        hint="Say which sign stands before decimals, point or comma.",
    )


# -- which line names the columns ----------------------------------------------------------------------------------------


def _header(rows: list[list[str]], wanted: bool | None) -> tuple[int | None, int]:
    """The line that names the columns, or None, and where values begin.

    A line that holds none of what its columns hold below, numbers, dates or times, names them. Lines before it, and shorter
    ones, do not belong to the table.
    """
    filled = [row for row in islice(rows, SAMPLE) if row]
    if not filled:
        return None, len(rows)
    width = max(Counter(map(len, filled)).items(), key=lambda item: (item[1], item[0]))[0]
    full = [row for row in filled if len(row) == width]
    below = full[len(full) // 2 :][-200:]  # surely no header
    kinds = [column_kind([row[i].strip() for row in below]) for i in range(width)]
    always = [all(row[i].strip() for row in below) for i in range(width)]
    lines = [_line_is(row, kinds, always) for row in rows[:LEADING]]
    first = next((i for i, row in enumerate(rows) if row), 0)
    if (
        "values" not in lines
    ):  # no column holds numbers, or nearly each line has a fault: what comes first is the header
        return (None, first) if wanted is False else (first, first + 1)
    begin = lines.index("values")
    names = [i for i in range(begin) if lines[i] == "names"] or [i for i in range(begin) if lines[i] == "partly"]
    if wanted is False:
        return None, min([i for i in range(begin) if lines[i]] + [begin])
    if names:
        return names[-1], names[-1] + 1
    return (begin, begin + 1) if wanted else (None, begin)


def _line_is(row: list[str], kinds: list[str], always: list[bool]) -> str:
    """``values``, ``names`` of the columns, ``partly`` both, or "" for what is no line of the table."""
    width = len(kinds)
    if not row:
        return ""
    cells = [cell.strip() for cell in row[:width]] + [""] * (width - len(row))
    typed = [(kind_of(cell), kind, full) for cell, kind, full in zip(cells, kinds, always, strict=True) if kind]
    if typed and all(found == kind or (found == "missing" and not full) for found, kind, full in typed):
        return "values"
    if any(found == kind for found, kind, _ in typed):
        return "partly"
    if len(row) == width - 1 and (
        width > 2 or kinds[0] == "number"
    ):  # the row below has a cell too many, which is told
        return "" if row[0].startswith("#") else "names"
    return "names" if len(row) >= width else ""


def kind_of(cell: str) -> str:
    """What a cell holds: ``number``, ``date``, ``time``, ``missing``, or "" for other text."""
    if len(cell) > MAX_CELL:
        return ""
    if cell.casefold() in MISSING:
        return "missing"
    if WRITTEN["."].fullmatch(cell) or WRITTEN[","].fullmatch(cell):
        return "number"
    return dates.kind_of(cell)


def column_kind(cells: Sequence[str]) -> str:
    """What most of the cells that are not missing hold."""
    kinds = Counter(kind_of(cell) for cell in cells)
    del kinds["missing"]
    kind, count = max(kinds.items(), key=lambda item: item[1], default=("", 0))
    return kind if count > 0.5 * kinds.total() else ""


# -- numbers -------------------------------------------------------------------------------------------------------------


def decimal_of(
    cells: Sequence[str],
    separator: str,
    others: Sequence[Sequence[str]] = (),
    dotted: bool = False,
    notes: list[Note] | None = None,
) -> str:
    """The sign before decimals in a column, "" where it has none.

    A cell with both signs, one with one of them twice, or one with other than three digits behind it tells; 1.065 beside 759
    does not.

    Args:
        cells: The column.
        separator: Of the file: who parts cells with commas hardly writes a point between thousands.
        others: Samples of other columns, of the same hand.
        dotted: Whether its dates have points, as where a comma stands before decimals.
        notes: Where what was taken is told, if it was a question.

    Raises:
        InputError: 1.065 may be a thousand or a little more than one, and nothing in the table tells which.
    """
    told = _marks(islice(cells, SAMPLE)) or _marks(islice(cells, SAMPLE, None), first=True)
    if told:
        return told.most_common(1)[0][0]
    doubtful = [(i, c.strip()) for i, c in enumerate(cells) if ONE_MARK.fullmatch(c.strip())]
    if not doubtful:
        return ""
    row, cell = doubtful[0]
    mark = "." if "." in cell else ","
    bare = [len(c.strip().lstrip("+-")) for c in cells if c.strip().lstrip("+-").isdigit()]
    if any(length > 3 for length in bare):  # 1065 beside 1.065: thousands are not marked here
        return mark
    for other in others:
        if told := _marks(iter(other)):
            return told.most_common(1)[0][0]
    if mark == "." and separator != ";" and not bare:  # three decimals throughout, as programs write them
        return mark
    if mark == "." and separator == ";" and dotted and notes is not None:
        said = "{cell} was read as {value}: a point between thousands. Choose decimal point if that is wrong."
        notes.append(Note("table_thousands", said, {"cell": cell, "value": cell.replace(".", "")}))
        return ","
    raise ambiguous(cell, cell.replace(mark, ""), cell.replace(mark, "."), row + 1)


def _marks(cells, first: bool = False) -> Counter[str]:
    """How many cells tell that a point or a comma stands before decimals."""
    told: Counter[str] = Counter()
    for cell in cells:
        point, comma = cell.count("."), cell.count(",")
        if not (point or comma) or len(cell) > MAX_CELL:
            continue
        cell = cell.strip()
        for mark in (".", ","):
            other = "," if mark == "." else "."
            if WRITTEN[mark].fullmatch(cell) and not WRITTEN[other].fullmatch(cell):
                told[mark] += 1
        if first and told:
            break
    return told


def to_numbers(column: Column, decimal: str) -> np.ndarray:
    """A column's numbers, NaN where one is missing.

    Raises:
        InputError: A cell holds no number; it is quoted.
    """
    if column.values is not None:
        return column.values
    written, plain = WRITTEN[decimal or "."], PLAIN[decimal or "."]
    values = np.full(len(column.cells or ()), np.nan)
    for i, cell in enumerate(column.cells or ()):
        cell = cell.strip()
        if len(cell) <= MAX_CELL and written.fullmatch(cell):
            values[i] = float(cell.translate(plain))
        elif cell.casefold() not in MISSING:
            raise InputError(
                "series_text",
                expected="1,5; 2,0; 3,25" if decimal == "," else "1.5, 2.0, 3.25",
                got=f"{cell[:30]!r}, row {i + 1}",
                hint="Mend the number in this row.",
            )
    return values
