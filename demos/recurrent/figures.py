"""How our models did on held-out data beside simple baselines: read from their cards, never written twice."""

import re
from typing import NamedTuple

from demos.frame import html_table
from demos.language import Speaker
from lmdemo.catalog import MODELS

LESS_IS_BETTER = ("nats_per_character",)


class Figures(NamedTuple):
    """A card's validation table: examples judged, the deciding metric, our figure, and the baselines' by name."""

    n: str
    metric: str
    ours: float
    baselines: dict[str, float]


def card_figures(model: str) -> Figures:
    """What stands in ``weights/<model>/README.md``."""
    text = (MODELS[model].folder / "README.md").read_text(encoding="utf-8")
    n = re.search(r"Validation figures \(n = ([\d,]+)\)", text)[1]
    table = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.split("## Validation figures")[1].splitlines()
             if line.startswith("|")]
    (_, metric, *_), _, (_, ours, *_), *rest = table
    return Figures(n, metric, float(ours), {name: float(value) for name, value, *_ in rest if name and _number(value)})


def beaten_by(model: str) -> list[str]:
    """The baselines that do better than our model."""
    f = card_figures(model)
    sign = -1 if f.metric in LESS_IS_BETTER else 1
    return [name for name, value in f.baselines.items() if sign * value > sign * f.ours]


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why."""
    if not (MODELS[model].folder / "README.md").is_file():  # a page of missing weights still opens, and says so when asked
        return ""
    f, better = card_figures(model), beaten_by(model)

    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if f.metric == "accuracy" else f"{value:.3f}"

    rows = [(model, shown(f.ours)), *((say(lang, f"baseline.{name}"), shown(v)) for name, v in f.baselines.items())]
    table = html_table([say(lang, "figures.who"), say(lang, f"metric.{f.metric}")], rows, say(lang, "figures.title", n=f.n))
    reason = say(lang, f"why.{model}" if better else "why.none")
    return f"{table}<p>{reason}</p>"


def _number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+", text) is not None
