"""How our models did on held-out data beside simple baselines: read from their cards, never written twice."""

import re
from typing import NamedTuple

from demos.core.cards import html_table
from demos.core.words import Speaker
from lmdemo.catalog import MODELS

LESS_IS_BETTER = ("nats_per_character",)


class Figures(NamedTuple):
    """A card's validation table: examples judged, the deciding metric, our figure, the baselines' by name, and where
    several seeds were trained how many and their mean."""

    n: str
    metric: str
    ours: float
    baselines: dict[str, float]
    seeds: int
    mean: float


def card_figures(model: str) -> Figures:
    """What stands in ``weights/<model>/README.md``."""
    text = (MODELS[model].folder / "README.md").read_text(encoding="utf-8")
    (n,) = re.findall(r"Validation figures \(n = ([\d,]+)\)", text)
    table = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in text.split("## Validation figures")[1].splitlines()
        if line.startswith("|")
    ]
    (_, metric, *_), _, (_, ours, *_), *rest = table
    seeds = re.search(r"of (\d+) seeds: mean ([\d.]+)", text)
    trained, mean = (int(seeds[1]), float(seeds[2])) if seeds else (1, float(ours))
    return Figures(n, metric, float(ours), {name: float(value) for name, value, *_ in rest}, trained, mean)


def beaten_by(model: str) -> list[str]:
    """The baselines that do better than our network does, averaged over its seeds."""
    f = card_figures(model)
    sign = -1 if f.metric in LESS_IS_BETTER else 1
    return [name for name, value in f.baselines.items() if sign * value > sign * f.mean]


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why."""
    if not (MODELS[model].folder / "README.md").is_file():
        return ""  # a page of missing weights still opens, and says so when asked
    f, better = card_figures(model), beaten_by(model)

    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if f.metric == "accuracy" else f"{value:.3f}"

    seeds = [(say(lang, "figures.mean", model=model, n=f.seeds), shown(f.mean))] if f.seeds > 1 else []
    simple = [(say(lang, f"baseline.{name}"), shown(v)) for name, v in f.baselines.items()]
    head = [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")]
    table = html_table(head, [(model, shown(f.ours)), *seeds, *simple], say(lang, "figures.title", n=f.n))
    reason = say(lang, f"why.{model}" if better else "why.none")
    return f"{table}<p>{reason}</p>"
