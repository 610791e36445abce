"""From results to words, views and pictures."""

import functools
import importlib.util
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demos.core.tab import Answer
from demos.views.boxes import boxes
from demos.views.feature_maps import feature_maps
from demos.views.pictures import picture, row

# Example -> (model, source) that it is for.
EXAMPLES = {
    "cells-1": ("yolo-cells", "scratch"),
    "cells-2": ("yolo-cells", "scratch"),
    "drawing-1": ("yolo-drawings", "scratch"),
    "drawing-2": ("yolo-drawings", "scratch"),
    "drawing-3": ("yolo-drawings", "scratch"),
    "bus": ("", "hub"),
    "zidane": ("", "hub"),
}
PACKAGED = ("bus", "zidane")  # pictures inside the ultralytics package
FOLDER = Path(__file__).parent / "examples"
IOU = {"darknet": 0.45}  # where the slider of the overlap stands at first, else 0.7: as the adapters' defaults
MAPS = 8  # of each layer


@dataclass(frozen=True)
class Drawn:
    """What is kept of an answer's internals: its labels, its picture with boxes, and feature maps, in no language."""

    labels: tuple[str, ...]
    boxes: dict[str, Any]
    maps: dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """A video that was looked through: its frames, and in how many of them each label was seen."""

    frames: int
    seen: Counter[str]


def example_path(which: str) -> Path:
    """Ours, or a picture inside the ultralytics package, which is found without importing it."""
    if which not in PACKAGED:
        return FOLDER / f"{which}.jpg"
    package = importlib.util.find_spec("ultralytics")
    assert package is not None and package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "assets" / f"{which}.jpg"


@functools.cache
def _thumbnail(which: str) -> dict[str, Any]:
    with Image.open(example_path(which)) as small:
        small.thumbnail((100, 100))
        return picture(which, small, "", "", 92)


def example_row(say: Any, lang: str, current: str) -> dict[str, Any]:
    """The examples as pictures to choose."""
    items = [_thumbnail(which) | {"caption": say(lang, f"yolo.example.{which}")} for which in EXAMPLES]
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def drawn(answer: Answer, seen: Image.Image) -> Answer:
    """An answer without its internals, which are large; what the page shows of them is drawn now."""
    trace = answer.result.trace
    view = boxes(seen, trace, answer.extra, answer.extra, {}, iou=IOU.get(answer.source, 0.7))
    layers = {k: v[:MAPS] for k, v in trace.items() if k.startswith(("backbone_", "neck_"))}
    maps = feature_maps(layers, {}, pickable=False) if layers else {}
    return replace(answer, result=replace(answer.result, trace={}), extra=Drawn(answer.extra, view, maps))


def box_view(tab: Any, answer: Answer, lang: str, *, title: bool) -> dict[str, Any]:
    """The picture with boxes, worded."""
    names = [name(tab.say, label, lang) for label in answer.extra.labels]
    heading = tab.say(lang, f"source.{answer.source}") if title else ""
    return answer.extra.boxes | {"names": names, "words": tab.phrases("yolo.box", lang), "title": heading}


def frame_view(
    tab: Any, pixels: np.ndarray, result: Any, labels: Sequence[str], source: str, lang: str
) -> dict[str, Any]:
    """One frame of a camera or a video: boxes without the grids, which take long to send."""
    kept = {"frame", *(k for k in result.trace if k.startswith("candidate") and k != "candidate_edges")}
    trace = {k: v for k, v in result.trace.items() if k in kept}
    names, words = [name(tab.say, label, lang) for label in labels], tab.phrases("yolo.box", lang)
    return boxes(Image.fromarray(pixels), trace, labels, names, words, iou=IOU.get(source, 0.7), live=True)


def sentence(say: Any, answer: Answer, lang: str) -> str:
    """What was found, in words."""
    source, objects = say(lang, f"source.{answer.source}"), answer.result.objects
    if not objects:
        return say(lang, "yolo.answer.none", source=source, score=answer.result.highest_score)
    counts = Counter(name(say, o.label, lang) for o in objects)
    listed = ", ".join(f"{k} {v}" for k, v in counts.most_common(8))
    return say(lang, "yolo.answer", source=source, n=len(objects), list=listed)


def video_sentence(say: Any, video: Watched, lang: str) -> str:
    """What was seen in a video, and in how many of its frames."""
    if not video.seen:
        return say(lang, "yolo.video.nothing", n=video.frames)
    listed = ", ".join(f"{name(say, k, lang)} ({v})" for k, v in video.seen.most_common(8))
    return say(lang, "yolo.video.done", n=video.frames, list=listed)


def name(say: Any, label: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"label.{label}") if f"label.{label}" in say else label


def snippet(found: Any) -> str:
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
        thresholds = f"score_threshold=0.25, iou_threshold={IOU.get(a.source, 0.7)}"
        lines += [
            f'found = lmdemo.load("{model}"{option})({file}, {thresholds})',
            "for thing in found.objects:",
            "    print(thing.label, thing.score, thing.box)",
        ]
    return "\n".join(lines)
