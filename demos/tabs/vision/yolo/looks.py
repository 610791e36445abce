"""From results to words, views and pictures."""

import functools
import importlib.util
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from demos.core.tab import Answer, Answers
from demos.views.boxes import boxes
from demos.views.feature_maps import feature_maps
from demos.views.pictures import picture, row

# Example -> (model, source) that it is for.
EXAMPLES = {
    "drawing-2": ("yolo-drawings", "scratch"),
    "drawing-1": ("yolo-drawings", "scratch"),
    "drawing-3": ("yolo-drawings", "scratch"),
    "cells-1": ("yolo-cells", "scratch"),
    "cells-2": ("yolo-cells", "scratch"),
    "bus": ("", "hub"),
    "zidane": ("", "hub"),
}
PACKAGED = ("bus", "zidane")  # pictures inside the ultralytics package
FOLDER = Path(__file__).parent / "examples"
SCORE = 0.25  # where the slider of the least score stands at first
IOU = {"darknet": 0.45}  # where that of the overlap stands at first, else 0.7: as the adapters' defaults
ACROSS = 0.9  # overlap from which two boxes are one thing, whatever their labels; the view of boxes has it too
MAPS = 8  # of each layer
SHEET = 2.5  # a sheet's side by that of the pad whose drawing lies on it
SIDE = 36  # pixels of an example in the row


@dataclass(frozen=True)
class Asked:
    """What a link says of how the answer is shown."""

    score: float | None = None
    iou: float | None = None
    across: str = ""
    off: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Drawn:
    """What is kept of an answer's internals: its labels, its picture with boxes, feature maps, and what its questions need,
    in no language.
    """

    labels: tuple[str, ...]
    boxes: dict[str, Any]
    maps: dict[str, Any]
    truths: dict[str, Any] = field(default_factory=dict)
    responsible: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Watched:
    """A video that was looked through: when each frame is shown, how often each label was seen in it, and its length."""

    file: str
    times: tuple[float, ...]
    counts: tuple[Mapping[str, int], ...]
    seconds: float

    @property
    def fullest(self) -> int:
        """The position of the frame in which most was seen."""
        return max(range(len(self.counts)), key=lambda i: sum(self.counts[i].values()), default=0)


@dataclass(frozen=True)
class Found:
    """What was asked and answered: an example, a file that was uploaded, a drawing of another member, or a frame.

    Attributes:
        model, source: What was asked.
        example, file, drawing, frame: The picture; one of them. A frame comes from a camera or a video.
        answers: What came.
        wrong: Why nothing could.
        video: The video that a frame is of.
        asked: What a link says of how it is shown.
    """

    model: str = ""
    source: str = ""
    example: str = ""
    file: str = ""
    drawing: str = ""
    frame: Image.Image | None = None
    answers: Answers = ()
    wrong: Exception | None = None
    video: Watched | None = None
    asked: Asked | None = None

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]


def example_path(which: str) -> Path:
    """Ours, or a picture inside the ultralytics package, which is found without importing it."""
    if which not in PACKAGED:
        return FOLDER / f"{which}.jpg"
    package = importlib.util.find_spec("ultralytics")
    assert package is not None and package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "assets" / f"{which}.jpg"


def on_a_sheet(drawing: Image.Image) -> Image.Image:
    """A drawing of another member's pad amid white paper: the network never saw a thing that fills its picture."""
    side = int(SHEET * max(drawing.size))
    sheet = Image.new("RGB", (side, side), "white")
    sheet.paste(drawing, ((side - drawing.width) // 2, (side - drawing.height) // 2))
    return sheet


def first_example(model: str) -> str:
    """The example that a page opens with."""
    return next(which for which, (ours, _) in EXAMPLES.items() if ours == model)


@functools.cache
def _all_marks() -> dict[str, list[list[Any]]]:
    return json.loads((FOLDER / "marks.json").read_text(encoding="utf-8"))


def marks(example: str, labels: Sequence[str]) -> list[tuple[str, list[float]]]:
    """What a person marked in an example: labels and boxes; nothing where nobody did, or the network names other things."""
    found = [(name, edges) for name, *edges in _all_marks().get(example, [])]
    return found if all(name in labels for name, _ in found) else []


@functools.cache
def _thumbnail(which: str) -> dict[str, Any]:
    with Image.open(example_path(which)) as small:
        small.thumbnail((2 * SIDE, 2 * SIDE))
        return picture(which, small, "", "", SIDE)


def example_row(say: Any, lang: str, current: str) -> dict[str, Any]:
    """The examples as pictures to choose."""
    items = [_thumbnail(which) | {"caption": say(lang, f"yolo.example.{which}")} for which in EXAMPLES]
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def drawn(answer: Answer, seen: Image.Image, asked: Found) -> Answer:
    """An answer without its internals, which are large; what the page shows of them is drawn now."""
    trace, labels = answer.result.trace, answer.extra
    marked = [(labels.index(name), *edges) for name, edges in marks(asked.example, labels)]
    key = f"{asked.model}|{answer.source}|{asked.example}|{asked.drawing}|{id(seen)}"
    view = boxes(seen, trace, labels, labels, {}, iou=IOU.get(answer.source, 0.7), key=key, marks=marked)
    layers = {k: v[:MAPS] for k, v in trace.items() if k.startswith(("backbone_", "neck_"))}
    maps = feature_maps(layers, {}, pickable=False) if layers else {}
    return replace(answer, result=replace(answer.result, trace={}), extra=Drawn(labels, view, maps))


def box_view(tab: Any, answer: Answer, found: Found, lang: str, *, main: bool) -> dict[str, Any]:
    """The picture with boxes, worded."""
    heading = tab.say(lang, f"source.{answer.source}") if len(found.answers) > 1 else ""
    asked = vars(found.asked) if found.asked else None
    return (
        answer.extra.boxes | {"title": heading, "main": main, "asked": asked} | worded(tab, answer.extra.labels, lang)
    )


def worded(tab: Any, labels: Sequence[str], lang: str) -> dict[str, Any]:
    """What of a picture with boxes is in a language."""
    names = [name(tab.say, label, lang) for label in labels]
    return {"names": names, "words": tab.phrases("yolo.box", lang), "member": tab.name}


def frame_view(
    tab: Any, seen: Image.Image, result: Any, labels: Sequence[str], source: str, lang: str, live: dict[str, Any] | None
) -> dict[str, Any]:
    """One frame of a camera or a video: boxes without the grids, which take long to send."""
    kept = {"frame", *(k for k in result.trace if k.startswith("candidate") and k != "candidate_edges")}
    trace = {k: v for k, v in result.trace.items() if k in kept}
    view = boxes(seen, trace, labels, labels, {}, iou=IOU.get(source, 0.7), key="frame", live=live)
    return view | worded(tab, labels, lang)


def counted(say: Any, objects: Sequence[Any], lang: str) -> str:
    """``3 × star, 2 × 0``: labels may be digits, so that the number stands in front."""
    counts = Counter(name(say, o.label, lang) for o in objects)
    return ", ".join(f"{n}\u00a0×\u00a0{k}" for k, n in counts.most_common(8))


def sentence(say: Any, found: Found, lang: str) -> str:
    """What each network found, in words; and which gave no answer."""
    lines = []
    for a in found.answers:
        source = say(lang, f"source.{a.source}")
        if not isinstance(a, Answer):
            lines.append(say(lang, "yolo.missing", name=a.name, source=source))
        elif a.result.objects:
            listed = counted(say, a.result.objects, lang)
            lines.append(say(lang, "yolo.answer", source=source, n=len(a.result.objects), list=listed, score=SCORE))
        else:
            known = ", ".join(name(say, label, lang) for label in a.extra.labels[:20])
            score = a.result.highest_score
            lines.append(say(lang, "yolo.answer.none", source=source, score=score, least=SCORE, known=known))
    return "  \n".join(lines) or say(lang, "nothing_yet")


def video_sentence(say: Any, video: Watched, lang: str) -> str:
    """What was seen in a video, and in how many of its frames."""
    frames = Counter(label for c in video.counts for label in c)
    if not frames:
        return say(lang, "yolo.video.nothing", n=len(video.times))
    listed = ", ".join(f"{name(say, k, lang)}: {v}" for k, v in frames.most_common(8))
    return say(lang, "yolo.video.done", n=len(video.times), list=listed)


def name(say: Any, label: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"label.{label}") if f"label.{label}" in say else label


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    packaged = found.example in PACKAGED
    if packaged:
        file = f'ASSETS / "{found.example}.jpg"'
    else:
        file = f'"demos/tabs/vision/yolo/examples/{found.example}.jpg"' if found.example else '"your-picture.jpg"'
    lines = ["import lmdemo", *(["from ultralytics.utils import ASSETS"] if packaged else []), ""]
    for a in found.answers:
        model = "your-darknet-folder" if a.source == "darknet" else found.model
        option = "" if a.source == "scratch" else f', source="{a.source}"'
        thresholds = f"score_threshold={SCORE}, iou_threshold={IOU.get(a.source, 0.7)}, iou_across={ACROSS}"
        lines += [
            f'found = lmdemo.load("{model}"{option})({file}, {thresholds})',
            "for thing in found.objects:",
            "    print(thing.label, thing.score, thing.box)",
        ]
    return "\n".join(lines)
