"""What the steps ask before they show, and the truth of it: computed from the picture on show, by the network on show."""

from collections import Counter
from typing import Any

import numpy as np
from PIL import Image

from demos.core.sources import call, calling
from demos.core.tab import Answer
from demos.tabs.vision.yolo import looks
from demos.tabs.vision.yolo.looks import ACROSS, IOU, SCORE, Found

LOW_IOU, HIGH_SCORE = 0.05, 0.6  # what two of the questions move the sliders to
GREY = (114, 114, 114)  # as beside a picture that does not fill the network's frame
SIDES = ("left", "top", "right", "bottom")
Question = tuple[str, list[str], int, str]  # what is asked, choices, which is right, the truth


def measured(answer: Answer, seen: Image.Image, model: str) -> dict[str, Any]:
    """What the questions about an answer need; numbers, in no language.

    Args:
        answer: With its trace.
        seen: The picture.
        model: Our model's name.
    """
    from lmdemo.adapters.object_detection import stand

    trace, most = answer.result.trace, IOU.get(answer.source, 0.7)
    now = stand(trace, score_threshold=SCORE, iou_threshold=most, iou_across=ACROSS)
    found: dict[str, Any] = {
        "now": len(now),
        "low_iou": len(stand(trace, score_threshold=SCORE, iou_threshold=LOW_IOU, iou_across=ACROSS)),
        "high_score": len(stand(trace, score_threshold=HIGH_SCORE, iou_threshold=most, iou_across=ACROSS)),
    }
    if len(now) and "candidate_edges" in trace:
        edges, stride = trace["candidate_edges"][now[0]], int(trace["candidate_strides"][now[0]])
        apart = np.abs(edges.argmax(axis=1) - (edges * np.arange(edges.shape[1])).sum(axis=1)) * stride
        label = answer.extra[int(trace["candidate_scores"][now[0]].argmax())]
        found["edges"] = {"number": int(now[0]) + 1, "label": label, "pixels": apart.round(2).tolist()}
    if "backbone_8" in trace:
        found["numbers"] = [int(trace[f"backbone_{s}"].size) for s in (8, 16)]
        small = call(model, answer.source, calling(_half(seen), trace=True, iou_across=ACROSS)).trace
        kept = np.flatnonzero(small["candidate_winner"] == np.arange(len(small["candidate_winner"])))
        found["half"] = {int(k): v for k, v in Counter(small["candidate_strides"][kept].tolist()).items()}
    return found


def _half(seen: Image.Image) -> Image.Image:
    """The picture half as large, amid grey."""
    frame = Image.new("RGB", seen.size, GREY)
    frame.paste(seen.convert("RGB").resize((seen.width // 2, seen.height // 2)), (seen.width // 4, seen.height // 4))
    return frame


def responsible(
    adapter: Any, seen: Image.Image, answer: Answer, found: Found
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Which cells training would hold responsible for what is marked, or for the network's own boxes where nobody marked;
    and how many of them change where the frame alone counts.
    """
    marked = looks.marks(found.example, adapter.labels)
    own = [(o.label, [o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax]) for o in answer.result.objects[:30]]
    things = marked or own
    if not things:
        return (), {}
    labels, boxes = [name for name, _ in things], [edges for _, edges in things]
    told = adapter.responsible(seen, labels, boxes)
    framed = adapter.responsible(seen, labels, boxes, alpha=0.0)

    def cells(one: Any) -> set[tuple[int, int, int]]:
        return {(c.stride, c.column, c.row) for c in one.cells if c.answers}

    changed = len(cells(told[0]) - cells(framed[0]))
    return told, {"label": labels[0], "cells": len(cells(told[0])), "changed": changed, "own": not marked}


# -- in words ------------------------------------------------------------------------------------------------------------


def questions(tab: Any, answer: Answer, lang: str) -> dict[str, Question]:
    """The question of each step that can be asked of an answer."""
    t, made = answer.extra.truths, {}

    def ask(key: str, options: list[str], right: int, **values: Any) -> None:
        choices = [tab.say(lang, f"yolo.ask.{key}.{o}", **values) if not o.startswith("=") else o[1:] for o in options]
        told = tab.say(lang, f"yolo.ask.{key}.told", **values)
        made[key] = (tab.say(lang, f"yolo.ask.{key}", **values), choices, right, told)

    if t.get("now"):
        n, low, high = t["now"], t["low_iou"], t["high_score"]
        right = 0 if low > n else 1 if low == n else 2 if n - low <= 2 else 3
        ask("suppress", ["more", "same", "few", "many"], right, n=n, then=low, most=LOW_IOU)
        right = 0 if high == n else 1 if high > n / 2 else 2 if high else 3
        ask("threshold", ["all", "most", "few", "none"], right, n=n, then=high, least=HIGH_SCORE, now=SCORE)
    if "half" in t:
        half = t["half"]
        strides = [8, 16, 32]
        right = strides.index(max(half, key=half.__getitem__)) if half else 3
        listed = ", ".join(f"{s}: {half.get(s, 0)}" for s in strides)
        ask("grid", ["=8", "=16", "=32", "none"], right, list=listed)
    if "edges" in t:
        e = t["edges"]
        listed = ", ".join(
            f"{tab.say(lang, f'yolo.edges.{s}')} {v:.1f}" for s, v in zip(SIDES, e["pixels"], strict=True)
        )
        named = looks.name(tab.say, e["label"], lang)
        sides = [f"={tab.say(lang, f'yolo.edges.{s}')}" for s in SIDES]
        ask("edges", sides, int(np.argmax(e["pixels"])), i=e["number"], name=named, list=listed)
    if "cells" in t.get("training", {}):
        c = t["training"]
        right = 0 if not c["changed"] else 1 if c["changed"] <= 3 else 2
        named = looks.name(tab.say, c["label"], lang)
        ask("training", ["none", "few", "many"], right, n=c["cells"], then=c["changed"], name=named)
    if "numbers" in t:
        fine, coarse = t["numbers"]
        share = coarse / fine
        options = [1.0, 0.75, 0.5, 0.375, 0.25]
        near = min(range(len(options)), key=lambda i: abs(options[i] - share))
        shown = [f"={100 * (share if i == near else o):.0f} %" for i, o in enumerate(options)]
        ask("maps", shown, near, fine=f"{fine:,}", coarse=f"{coarse:,}", share=f"{100 * share:.0f} %")
    return made
