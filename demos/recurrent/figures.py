"""How our models did on held-out data beside simple baselines: read from their figures, never written twice."""

from typing import NamedTuple

from demos.frame import html_table
from demos.language import Speaker
from lmdemo.catalog import MODELS


class Figures(NamedTuple):
    """What a page tells: examples judged, the deciding metric, our figure, the baselines' by name, and where several
    seeds were trained how many and their mean."""

    n: str
    metric: str
    ours: float
    baselines: dict[str, float]
    seeds: int
    mean: float


def card_figures(model: str) -> Figures:
    """What stands in ``weights/<model>/metrics.json``."""
    f = MODELS[model].figures
    assert f is not None, f"{model} was never judged"
    return Figures(f"{f.n:,}", f.metric, f.ours, f.baselines, f.seeds, f.mean)


def beaten_by(model: str) -> list[str]:
    """The baselines that do better than our network does, averaged over its seeds."""
    f = MODELS[model].figures
    return f.beaten_by if f else []


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why."""
    if MODELS[model].figures is None:  # a page of missing weights still opens, and says so when asked
        return ""
    f, better = card_figures(model), beaten_by(model)

    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if f.metric == "accuracy" else f"{value:.3f}"

    seeds = [(say(lang, "figures.mean", model=model, n=f.seeds), shown(f.mean))] if f.seeds > 1 else []
    rows = [
        (model, shown(f.ours)),
        *seeds,
        *((say(lang, f"baseline.{name}"), shown(v)) for name, v in f.baselines.items()),
    ]
    table = html_table(
        [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")], rows, say(lang, "figures.title", n=f.n)
    )
    reason = say(lang, f"why.{model}" if better else "why.none")
    return f"{table}<p>{reason}</p>"
