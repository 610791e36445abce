"""From what was foreseen to sentences, charts and tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.core.cards import html_table
from demos.tabs.recurrent.forecast.foresee import PAST, Foreseen, Point, stamps
from demos.views.curves import curves, line
from demos.views.series import series, track

EXAMPLES = {"hourly": 0, "monthly": 12, "daily": 28, "chaos": 40, "walk": 20}  # steps ahead; 0 what suits
LINES = {
    "lstm": ("ours", ""),
    "naive": ("third", "2 4"),
    "seasonal": ("fourth", "8 4"),
    "nlinear": ("", "12 3 3 3"),
}  # colour, dashes
MOST_POINTS = 120  # of a loss curve


def short(value: float) -> str:
    """A value as it stands in a sentence."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def words(say: Any, lang: str) -> dict[str, str]:
    """The phrases of a series' chart."""
    return {key: say(lang, f"view.{key}") for key in ("keys", "now", "numbers")}


def axes(say: Any, read: Any, lang: str) -> tuple[str, str]:
    """Titles of a chart's axes."""
    dated = np.issubdtype(read.index.dtype, np.datetime64)
    return say(lang, "chart.x" if dated else "chart.x.position"), say(lang, "chart.y", name=read.name)


def step_said(say: Any, step: str, lang: str) -> str:
    """The time from one value to the next, in words where its length differs."""
    days = float(step.removesuffix(" d")) if step.endswith(" d") else 0.0
    key = "month" if 28 <= days <= 31 else "year" if 365 <= days <= 366 else ""
    return say(lang, f"step_said.{key}") if key else step


def sentence(say: Any, found: Foreseen, lang: str) -> str:
    """What comes, and why another network than the shipped one says so."""
    result = found.result
    end = {key: short(getattr(result, key)[-1]) for key in ("mean", "lower", "upper")}
    said = [say(lang, "said", steps=len(result.mean), **end)]
    step = step_said(say, found.step, lang)
    if found.training and found.why:
        said.append(say(lang, f"why_own.{found.why}", step=step))
    elif not found.training and found.step != "1 h":
        said.append(say(lang, "not_hours", step=step))
    return "  \n".join(said)


def note(say: Any, found: Foreseen, lang: str) -> str:
    """What was read, how it was learnt, and what speaks against believing it."""
    filled = say(lang, "filled", n=found.recent.filled) if found.recent.filled else ""
    said = [say(lang, "read", n=found.count, name=found.recent.name, season=found.season, filled=filled)]
    if found.training:
        said.append(say(lang, "trained", seconds=found.training.seconds, steps=found.training.steps))
    if found.held is None:
        said.append(say(lang, "too_short_to_judge"))
    elif found.stretched != 1:
        said.append(say(lang, "stretched", percent=100 * found.held.coverage, factor=found.stretched))
    return " ".join(said)


def ways(say: Any, forecasts: Mapping[str, Any], start: int, lang: str) -> list[dict]:
    """A line for each way of foreseeing; ours is drawn last, over the others."""
    lines = [
        track(say(lang, f"series.{k}"), LINES[k][0], start, v, dash=LINES[k][1], main=k == "lstm")
        for k, v in forecasts.items()
    ]
    return sorted(lines, key=lambda line: line["main"])


def within_a_year(title: str, starts: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Dates without the year that they have in common, which the title tells: shorter ones leave room for more of them."""
    year = starts[0][:4]
    if any(len(start) < len("2024-01-01") or not start.startswith(f"{year}-") for start in starts):
        return title, starts
    return f"{title}, {year}", [start[5:] for start in starts]


def coming_chart(say: Any, found: Foreseen, lang: str) -> dict:
    """The last rounds of the past, and what is foreseen of the future."""
    read, result, n = found.recent, found.result, found.drawn
    past = track(say(lang, "series.truth"), "", 0, read.values[-n:])
    return series(
        say(lang, "chart.title", name=read.name),
        *axes(say, read, lang),
        stamps(np.concatenate((read.index[-n:].astype(result.index.dtype), result.index))),
        [past, *ways(say, {"lstm": result.mean, **found.simple}, n, lang)],
        words(say, lang),
        band=(say(lang, "series.interval"), n, result.lower, result.upper),
        now=n - 1,
    )


def held_chart(say: Any, found: Foreseen, lang: str) -> dict:
    """The hidden end, and what each way foresaw of it."""
    read, held = found.recent, found.held
    horizon = len(held.truth)
    cut = len(read.values) - horizon
    before = min(cut, max(2 * horizon, min(PAST, found.drawn)))
    return series(
        say(lang, "held.title", n=horizon),
        *axes(say, read, lang),
        stamps(read.index[cut - before :]),
        [
            track(say(lang, "series.truth"), "", 0, read.values[cut - before :]),
            *ways(say, held.forecasts, before, lang),
        ],
        words(say, lang),
        band=(say(lang, "series.interval"), before, held.lower, held.upper),
        now=before - 1,
    )


def error_table(say: Any, held: Any, lang: str) -> str:
    """Each way's errors on the hidden end, least first."""
    ways = sorted(held.errors.items(), key=lambda item: item[1]["rmse"])
    rows = [(say(lang, f"series.{k}"), short(e["mae"]), short(e["rmse"])) for k, e in ways]
    head = [say(lang, f"errors.{k}") for k in ("who", "mae", "rmse")]
    return html_table(head, rows, say(lang, "errors.title"))


def verdict(say: Any, held: Any, lang: str) -> str:
    """Who foresaw the hidden end best, and what that is worth."""
    best = min(held.errors, key=lambda k: held.errors[k]["rmse"])
    said = say(lang, "errors.best", best=say(lang, f"series.{best}"), percent=100 * held.coverage)
    return f"{said} {say(lang, 'errors.one')}"


def loss_curve(say: Any, points: Sequence[Point], lang: str) -> dict:
    """Training and held-out error up to now."""
    points = points[:: max(1, len(points) // MOST_POINTS)]
    lines = [
        line(say(lang, "loss.train"), "ours", [(s, v) for s, v, _ in points]),
        line(say(lang, "loss.held"), "third", [(s, v) for s, _, v in points if v is not None], dashed=True),
    ]
    titles = [say(lang, f"loss.{k}") for k in ("title", "x", "y")]
    return curves(*titles, [x for x in lines if x["points"]], {"numbers": say(lang, "view.numbers")})


def snippet(found: Foreseen, model: str) -> str:
    """Python that repeats the result on show."""
    name, steps = found.recent.name, len(found.result.mean)
    file = f"demos/tabs/recurrent/forecast/examples/{found.example}.csv" if found.example else "your-series.csv"
    if found.training is None:
        call = f'result = lmdemo.load("{model}")("{file}", column="{name}")'
        return f"import lmdemo\n\n{call}\nprint(result.index[-1], result.mean[-1])"
    return "\n".join(
        (
            "import lmdemo",
            "from lmdemo.recipes.lstm_forecast import build_own, scale_of",
            "",
            f'forecasting = lmdemo.load("{model}")',
            f'read = forecasting.read("{file}", "{name}")',
            f"trainer = build_own(read, horizon={steps}, season={found.season})",
            "for progress in trainer.run():",
            "    pass",
            f"result = forecasting.of(trainer.model, read.name, scale_of(read, {steps}))(read)",
            "print(result.index[-1], result.mean[-1])",
        )
    )
