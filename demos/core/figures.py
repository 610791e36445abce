"""How our models did on held-out data beside simple baselines: read from their figures, never written twice."""

from demos.core.cards import html_table
from demos.core.words import Speaker
from lmdemo.catalog import MODELS


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why."""
    f = MODELS[model].figures
    if f is None:
        return ""  # a page of missing weights still opens, and says so when asked

    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if f.metric == "accuracy" else f"{value:.3f}"

    seeds = [(say(lang, "figures.mean", model=model, n=f.seeds), shown(f.mean))] if f.seeds > 1 else []
    simple = [(say(lang, f"baseline.{name}"), shown(v)) for name, v in f.baselines.items()]
    head = [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")]
    table = html_table(head, [(model, shown(f.ours)), *seeds, *simple], say(lang, "figures.title", n=f"{f.n:,}"))
    reason = say(lang, f"why.{model}" if f.beaten_by else "why.none")
    return f"{table}<p>{reason}</p>"
