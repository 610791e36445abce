"""From results to words, views and pictures."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demos.core.tab import Answer, Missing
from demos.views.bars import bars
from demos.views.feature_maps import feature_maps
from demos.views.pictures import picture, row

HERE = Path(__file__).parent / "examples"
PHOTOS = ("photo-tshirt.jpg", "photo-trousers.jpg", "photo-boot.jpg")
EXAMPLES = (*PHOTOS, "sneaker.png", "dress.png", "sandal.png", "bag.png")
LAYERS = ("relu", "pool", "stage")  # begin the names of what is drawn of a trace
KEPT = ("seen", "done")  # of a trace: what the rest can be computed from again


def light(answer: Answer | Missing) -> Answer | Missing:
    """An answer as it is kept: without its layers' maps."""
    if isinstance(answer, Missing):
        return answer
    trace = {key: answer.result.trace[key] for key in KEPT if key in answer.result.trace}
    return replace(answer, result=replace(answer.result, trace=trace))


def maps(trace: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """A trace's maps as the view draws them, still without words; our network's numbers can be chosen."""
    drawn = {name: values for name, values in trace.items() if name.startswith(LAYERS) and values.ndim == 3}
    return feature_maps(drawn, {}, pickable="done" in trace)


def label(say: Any, name: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"label.{name}") if f"label.{name}" in say else name


def named(say: Any, scores: Mapping[str, float], lang: str) -> dict[str, float]:
    """Scores by the labels as the page writes them."""
    return {label(say, name, lang): score for name, score in scores.items()}


def sentence(say: Any, answer: Answer, lang: str) -> str:
    """A network's answer."""
    source, name = say(lang, f"source.{answer.source}"), label(say, answer.result.label, lang)
    return say(lang, "cnn.answer", source=source, label=name, percent=100 * answer.result.score)


def scores(say: Any, answer: Answer, lang: str) -> dict:
    """A network's scores as bars: all of ours, the highest of the hub's thousand."""
    title = f"{say(lang, f'source.{answer.source}')} ({answer.info.name})"
    top = 10 if answer.source == "scratch" else 5
    return bars(title, named(say, answer.result.scores, lang), top=top, colour=answer.source)


def seen(say: Any, found: Any, lang: str) -> dict:
    """The picture as the first network sees it; of ours also what was done to it before."""
    first = found.there[0]
    pixels = first.result.trace["seen"]
    steps = ", ".join(say(lang, f"cnn.done.{d}") for d in found.done) or say(lang, "cnn.done.nothing")
    shown = picture("seen", pixels, "×".join(map(str, pixels.shape[:2])), say(lang, "cnn.seen.alt"), 140)
    note = say(lang, "cnn.seen.note", steps=steps) if first is found.ours else ""
    return row(say(lang, "cnn.seen.title"), [shown], note=note)


@cache
def thumbnail(file: str) -> dict[str, Any]:
    """An example's small picture."""
    with Image.open(HERE / file) as image:
        return picture(file, image, "", "", 84)


def example_row(say: Any, lang: str, chosen: str) -> dict:
    """The examples to choose from."""
    items = [thumbnail(f) | {"caption": say(lang, f"cnn.example.{Path(f).stem}")} for f in EXAMPLES]
    return row(say(lang, "examples"), items, chosen=chosen, choosable=True)


def snippet(found: Any) -> str:
    """Python that repeats the result on show."""
    asked, lines = found.asked, ["import lmdemo", ""]
    opens = {"photo": '"your-picture.jpg"', "drawing": "picture"}
    opens["example"] = f'"demos/tabs/vision/cnn/examples/{asked.value}"'
    if asked.kind == "drawing":
        lines += ["from demos.views.drawing_pad import picture as draw", f'picture = draw("{asked.value}")']
    for answer in found.answers:
        option = "" if answer.source == "scratch" else f', source="{answer.source}"'
        load = f'lmdemo.load("{found.model}"{option})'
        lines += [f"result = {load}({opens[asked.kind]})", "print(result.label, result.score)"]
    return "\n".join(lines)
