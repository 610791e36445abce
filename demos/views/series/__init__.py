"""A series over time: what was, what is foreseen with its interval, and what simple ways foresee."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View


class SeriesChart(View):
    """Shows what :func:`series` makes; a place can be chosen with pointer or arrows, and its values are said."""

    files = "series"


def track(
    name: str, colour: str, start: int, values: Sequence[float], *, dash: str = "", main: bool = False
) -> dict[str, Any]:
    """One line.

    Args:
        name: What it is, in the visitor's language.
        colour: A variable of the page's style without ``--lm-``, or "" for the colour of text.
        start: Place of the first value among the labels.
        values: In the unit of the series.
        dash: An SVG dash pattern; "" draws it solid.
        main: Whether it is what the chart is about; it is drawn thicker.
    """
    return {"name": name, "colour": colour, "start": start, "values": _rounded(values), "dash": dash, "main": main}


def series(
    title: str,
    x: str,
    y: str,
    labels: Sequence[str],
    tracks: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    *,
    band: tuple[str, int, Sequence[float], Sequence[float]] | None = None,
    now: int = -1,
    note: str = "",
) -> dict[str, Any]:
    """The JSON of the chart.

    Args:
        title, x, y: Titles of the picture and of the axes, with units.
        labels: Dates or positions, one a place.
        tracks: What :func:`track` makes.
        words: The view's phrases.
        band: Name, place of the first value, lower and upper bounds.
        now: Place of the last value that was known.
        note: A sentence below.
    """
    shown = (
        None
        if band is None
        else {"name": band[0], "start": band[1], "lower": _rounded(band[2]), "upper": _rounded(band[3])}
    )
    return {
        "title": title,
        "x": x,
        "y": y,
        "labels": list(labels),
        "tracks": list(tracks),
        "band": shown,
        "now": now,
        "note": note,
        "words": dict(words),
    }


def _rounded(values: Sequence[float]) -> list[float]:
    """Five digits of the series' spread: more would not be seen."""
    values = np.asarray(values, dtype=float)
    spread = float(np.ptp(values)) if len(values) > 1 else abs(float(values[0]))
    digits = 5 - int(np.floor(np.log10(spread))) if spread > 0 else 5
    return [float(v) for v in np.round(values, min(max(digits, 0), 12))]
