"""The functions of LSTM · Forecasting: endpoints of the API, tools of MCP."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import gradio as gr
import numpy as np

import lmdemo
from demos.core.endpoints import check_rows
from demos.core.words import say_note
from demos.tabs.recurrent.forecast.foresee import Foreseen, stamps, train
from demos.tabs.recurrent.forecast.table import how
from lmdemo.errors import InputError

MODEL = "lstm-forecast"
SUFFIXES = (".csv", ".tsv", ".txt")


class Table(gr.File):
    """A table's file of an endpoint."""

    is_template = True  # drawn by Gradio's own File

    def __init__(self, **options: Any) -> None:
        super().__init__(file_types=list(SUFFIXES), **options)


TableFile = Annotated[str, Table]
Order, Decimal = Literal["auto", "day", "month", "year"], Literal["auto", "point", "comma"]
Header = Literal["auto", "names", "values"]


def forecast_series(
    file: TableFile,
    column: str = "",
    date_order: Order = "auto",
    decimal: Decimal = "auto",
    header: Header = "auto",
    lang: str = "en",
) -> dict:
    """Foresees how an hourly series goes on, 96 steps, by the network that was trained on a transformer's oil.

    Args:
        file: A CSV table with a header line, a date column (or none) and a column of numbers; 336 to 200,000 rows.
        column: The column of values; "" takes the last one with numbers.
        date_order: What stands first in a date; auto finds it.
        decimal: The sign before decimals; auto finds it.
        header: Whether the first line holds names or values; auto finds it.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        index, mean, lower and upper of each coming step, how many missing steps were filled, and reading: how the table was
        understood.
    """
    adapter = lmdemo.load(MODEL)
    read = adapter.read(given(file), column or None, **how(date_order, decimal, header))
    return told(adapter(read), read, lang)


def forecast_own(
    file: TableFile,
    column: str = "",
    horizon: int = 12,
    season: int = 0,
    date_order: Order = "auto",
    decimal: Decimal = "auto",
    header: Header = "auto",
    lang: str = "en",
) -> dict:
    """Trains a small network on a series, here and now, and lets it foresee how the series goes on.

    Args:
        file: A CSV table with a header line, a date column (or none) and a column of numbers; up to 200,000 rows.
        column: The column of values; "" takes the last one with numbers.
        horizon: Steps to foresee, 1 to 500.
        season: Steps of one round, such as 12 months; 0 finds it.
        date_order: What stands first in a date; auto finds it.
        decimal: The sign before decimals; auto finds it.
        header: Whether the first line holds names or values; auto finds it.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        index, mean, lower and upper of each coming step, the bounds stretched until they would have held 80 % of the series' last
        ``horizon`` steps, which the training did not see; and on these steps the errors (mae, rmse) of this and of straight
        methods, and the part that the bounds held before (coverage); and reading: how the table was understood.
    """
    adapter = lmdemo.load(MODEL)
    read = adapter.read(given(file), column or None, **how(date_order, decimal, header))
    (made,) = (m for m in train(adapter, read, horizon, season) if isinstance(m, Foreseen))
    judged = {"errors": made.held.errors, "coverage": made.held.coverage, "season": made.season}
    return told(made.result, read, lang) | judged


def forecast_sum(
    file: TableFile,
    column: str = "",
    step: int = 1,
    date_order: Order = "auto",
    decimal: Decimal = "auto",
    header: Header = "auto",
    lang: str = "en",
) -> dict:
    """Writes out how lstm-forecast came to one of its numbers: last value, products, and what the LSTM adds.

    Args:
        file: A CSV table, as for forecast_series.
        column: The column of values; "" takes the last one with numbers.
        step: Which step ahead, 1 to 96.
        date_order: What stands first in a date; auto finds it.
        decimal: The sign before decimals; auto finds it.
        header: Whether the first line holds names or values; auto finds it.
        lang: Language of error messages, en or hi-Latn.
    """
    adapter = lmdemo.load(MODEL)
    made = adapter.take_apart(adapter.read(given(file), column or None, **how(date_order, decimal, header)), step)
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in made._asdict().items()}


def forecast_prove(lang: str = "en") -> list:
    """Runs the checks of the forecaster against torch's and scikit-learn's, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(MODEL)


def told(result: Any, read: Any, lang: str) -> dict[str, Any]:
    """A forecast as JSON."""
    values = {key: getattr(result, key).tolist() for key in ("mean", "lower", "upper")}
    reading = asdict(read.reading) | {"notes": [say_note(note, lang) for note in read.reading.notes]}
    return {"index": stamps(result.index), **values, "column": read.name, "filled": read.filled, "reading": reading}


def given(file: str | None) -> str:
    """A table's path, which must be there."""
    if not file:
        raise InputError("file_missing", expected="CSV", got="-", hint="Choose a file first.")
    return file
