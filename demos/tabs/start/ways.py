"""Ways on from Start: tiles that lead to a running example, and for each task the page that does it."""

import csv
from pathlib import Path
from typing import Any

from demos.core.cards import figure
from demos.core.words import Speaker
from demos.tabs.start.looks import href
from demos.views.tasks import model, tasks
from demos.views.tiles import tile, tiles
from lmdemo.catalog import MODELS, ModelRow

SERIES = Path(__file__).parents[1] / "recurrent" / "forecast" / "examples" / "monthly.csv"
DRAWN = 60  # months
# A three, as the drawing pad writes it.
THREE = "2j242v1o3e1e401c4m1h521u5b2c5a2v4z3c4h3n3w3s463u4q41574e5g4w5h5f595y4u6c4a6k3n6l326f2l622b5k"
# Tile -> its member, and the state of the example that runs there.
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "digit": ("cnn", {"model": "cnn-digits", "drawing": THREE}),
    "camera": ("yolo", {"model": "yolo-drawings", "example": "drawing-1"}),
    "voice": ("siamese", {"model": "siamese-speaker", "example": "two"}),
    "sound": ("siamese", {"model": "siamese-sound", "example": "rain"}),
    "speech": ("lstm-speech", {"example": "one-two-three"}),
    "german": ("lstm-translation", {"text": "A dog runs through the snow."}),
    "series": ("lstm-forecast", {"example": "monthly"}),
    "train": ("lstm", {"step": "memory"}),
}
# Tasks that have a page of their own; others are done on the page of the model's member.
PAGES = {
    "translation": "lstm-translation",
    "automatic-speech-recognition": "lstm-speech",
    "time-series-forecasting": "lstm-forecast",
}


def ways(say: Speaker, lang: str) -> dict[str, Any]:
    """The tiles."""
    with SERIES.open(encoding="utf-8", newline="") as file:
        series = [float(row[1]) for row in list(csv.reader(file))[-DRAWN:]]
    drawn = {"digit": THREE, "series": series}
    return tiles(
        [
            tile(
                key, say(lang, f"tile.{key}"), say(lang, f"tile.{key}.by"), href(member, lang, **state), drawn.get(key)
            )
            for key, (member, state) in WAYS.items()
        ]
    )


def page_of(name: str, lang: str) -> str:
    """The page that shows a model, with the model chosen where it has several."""
    page = _page(MODELS[name])
    alone = sum(_page(row) == page for row in MODELS.values()) == 1
    return href(page, lang, model="" if alone else name)


def _page(row: ModelRow) -> str:
    return PAGES.get(row.task, row.member)


def for_each_task(say: Speaker, lang: str) -> dict[str, Any]:
    """What each task of the catalog is done with, best first; what has no phrase of its own is told by the model's purpose."""
    rows: dict[str, list[ModelRow]] = {}
    for row in MODELS.values():
        key = next((k for k in (f"task.{row.name}", f"task.{row.task}") if k in say), "")
        rows.setdefault(say(lang, key) if key else row.purpose, []).append(row)
    told = [(task, [judged(say, row, lang) for row in best_first(found)]) for task, found in rows.items()]
    return tasks(say(lang, "tasks.note"), told, say.group(lang, "tasks"))


def best_first(rows: list[ModelRow]) -> list[ModelRow]:
    """Models in the order of their figures, where these were found on the same examples."""
    figures = [row.figures for row in rows]
    if any(f is None for f in figures) or len({(f.metric, f.splits["val"].data) for f in figures if f}) > 1:
        return rows
    sign = 1 if figures[0] and figures[0].less_is_better else -1
    return sorted(rows, key=lambda row: sign * row.figures.ours if row.figures else 0.0)


def judged(say: Speaker, row: ModelRow, lang: str) -> dict[str, Any]:
    """A model with its figure and the best simple method's."""
    found, where = row.figures, page_of(row.name, lang)
    name = say(lang, f"name.{row.name}") if f"name.{row.name}" in say else row.name
    if found is None:
        return model(name, where, "", "", beaten=False)
    key = f"metric.{found.metric}"
    named = say(lang, key) if key in say else found.metric.replace("_", " ")
    less = found.less_is_better
    best = (min if less else max)(found.baselines.values(), default=None)
    simple = "" if best is None else figure(found.metric, best)
    beaten = best is not None and (best < found.ours if less else best > found.ours)
    return model(name, where, f"{figure(found.metric, found.ours)} {named}", simple, beaten=beaten)
