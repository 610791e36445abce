"""From results to words, views and pictures."""

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demos.core import sources
from demos.core.tab import Answer, Answers, Missing
from demos.views.bars import bars
from demos.views.pictures import picture, row
from demos.views.stages import stages

HERE = Path(__file__).parent / "examples"
PHOTOS = ("photo-tshirt.jpg", "photo-trousers.jpg", "photo-boot.jpg")
EXAMPLES = {
    "cnn-fashion": (*PHOTOS, "sneaker.png", "dress.png", "sandal.png", "bag.png"),
    "cnn-digits": ("digit-2.png", "digit-5.png", "digit-9.png"),
}
ALL_EXAMPLES = tuple(name for names in EXAMPLES.values() for name in names)
KEPT = ("seen", "done", "frame")  # of a trace: what the rest can be computed from again
PHOTO_SIDE = 360  # pixels of the visitor's picture below what speaks for the answer


@dataclass(frozen=True)
class Asked:
    """A picture: an example's file name, the path of an uploaded photo, or a drawing's strokes."""

    kind: str
    value: str


@dataclass(frozen=True)
class Found:
    """What was asked and answered; everything on show is made from it.

    Attributes:
        asked: The picture.
        model: Which of our models.
        answers: Traces hold what was seen, and no layer's maps.
        photo: The visitor's picture, small, as :func:`demos.views.pictures.picture` makes it; ``aspect`` beside it.
        hub: What the hub's network showed of its inside: ``stages``, and ``heat``, what speaks for its answer.
    """

    asked: Asked
    model: str
    answers: Answers
    photo: Mapping[str, Any] = field(default_factory=dict)
    hub: Mapping[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]

    @property
    def ours(self) -> Answer | None:
        """Our network's answer."""
        return next((a for a in self.there if a.source == "scratch"), None)


def light(answer: Answer | Missing) -> Answer | Missing:
    """An answer as it is kept: without its layers' maps."""
    if isinstance(answer, Missing):
        return answer
    trace = {key: answer.result.trace[key] for key in KEPT if key in answer.result.trace}
    return replace(answer, result=replace(answer.result, trace=trace))


def of_hub(answers: Answers, model: str, opened: Image.Image) -> dict[str, Any]:
    """What the hub's network showed, if it answered: its stages as the view draws them, and what speaks for its answer."""
    answer = next((a for a in answers if isinstance(a, Answer) and a.source != "scratch"), None)
    if answer is None:
        return {}
    trace = answer.result.trace
    maps = {name: np.maximum(v, 0) for name, v in trace.items() if re.fullmatch(r"stage\d", name)}
    seen = np.asarray(Image.fromarray(trace["seen"]).resize((56, 56)))
    drawn = stages(seen, maps, {}, scores=dict(list(answer.result.scores.items())[:7]))
    heat = sources.call(model, answer.source, operator.methodcaller("grad_cam", opened))
    return {"stages": drawn, "heat": heat[::4, ::4]}


def photo(opened: Image.Image) -> dict[str, Any]:
    """The visitor's picture below what speaks for the answer, and its width by its height."""
    return picture("photo", opened.copy(), "", "", PHOTO_SIDE // 2) | {"aspect": opened.width / opened.height}


def label(say: Any, name: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"label.{name}") if f"label.{name}" in say else name


def named(say: Any, scores: Mapping[str, float], lang: str) -> dict[str, float]:
    """Scores by the labels that the page writes."""
    return {label(say, name, lang): score for name, score in scores.items()}


def sentence(say: Any, answer: Answer, lang: str, *, alone: bool) -> str:
    """An answer and how sure it is; whose it is, unless it stands alone."""
    result = answer.result
    first, second = [label(say, name, lang) for name in list(result.scores)[:2]]
    values = {"label": first, "percent": 100 * result.score, "other": second}
    values["share"] = 100 * list(result.scores.values())[1]
    told = say(lang, "cnn.answer", **values)
    return told if alone else f"{told} ({say(lang, f'source.{answer.source}')})"


def scores(say: Any, answer: Answer, lang: str) -> dict:
    """The bars of an answer."""
    title = say(lang, "cnn.scores", source=say(lang, f"source.{answer.source}"))
    shown = named(say, answer.result.scores, lang)
    return bars(title, shown, top=5, colour="hub" if answer.source == "hub" else "scratch")


def seen(say: Any, found: Found, done: tuple[str, ...], lang: str) -> dict:
    """The picture, and what the first network sees of it; of ours also what was done to it before."""
    first = found.there[0]
    pixels = first.result.trace["seen"]
    steps = ", ".join(say(lang, f"cnn.done.{d}") for d in done) or say(lang, "cnn.done.nothing")
    size = "×".join(map(str, pixels.shape[:2]))
    shown = [found.photo | {"caption": say(lang, "cnn.seen.given"), "alt": say(lang, "cnn.seen.given"), "side": 92}]
    shown.append(picture("seen", pixels, say(lang, "cnn.seen.size", size=size), say(lang, "cnn.seen.alt"), 92))
    note = say(lang, "cnn.seen.note", steps=steps) if first is found.ours else ""
    return row(say(lang, "cnn.seen.title"), shown, note=note)


@cache
def thumbnail(file: str) -> dict[str, Any]:
    """An example's small picture."""
    with Image.open(HERE / file) as image:
        return picture(file, image, "", "", 56)


def example_row(say: Any, lang: str, chosen: str, model: str = "cnn-fashion") -> dict:
    """The examples of a model to choose from."""
    items = [thumbnail(f) | {"caption": say(lang, f"cnn.example.{Path(f).stem}")} for f in EXAMPLES[model]]
    return row(say(lang, "examples"), items, chosen=chosen, choosable=True)


def snippet(found: Found) -> str:
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
