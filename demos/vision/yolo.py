"""Vision · YOLO: boxes on photos, camera frames and videos; why each stands and others fell."""

import importlib.util
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

import lmdemo
from demos.frame import Member, Page, card, cards, guarded, opened, sorry, wanted
from demos.language import Speaker, say_error
from demos.state import one_of
from demos.views.boxes import Boxes, boxes
from demos.views.feature_maps import FeatureMaps, feature_maps
from demos.views.pictures import Pictures, picture, row
from demos.vision.cnn import phrases as maps_phrases
from demos.vision.cnn_endpoints import Photo
from demos.vision.yolo_endpoints import MODELS, publish
from demos.vision.yolo_words import YOLO as WORDS
from lmdemo.errors import HubError, InputError, LmdemoError, WeightsError

SOURCES = ("scratch", "hub-weights", "hub", "both", "darknet")
HERE = Path(__file__).parent.parent / "examples" / "yolo"
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
IOU = {"darknet": 0.45}  # where the slider of the overlap stands at first, else 0.7: as the adapters' defaults
say = Speaker(WORDS)


# -- the page --------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "yolo", WORDS)
    model, source = me.source(SOURCES, MODELS)
    given, found = gr.State(None), gr.State(None)  # what was given: (kind, value); what was found: see `run`

    with me.part("input"):
        chosen = gr.Textbox(visible=False)  # the example's id, for the URL
        me.keep("example", chosen, one_of(tuple(EXAMPLES)), "")
        examples = Pictures(elem_id="yolo-examples")
        page.translate(examples, lambda lang: {"value": example_row(lang, "")})
        with gr.Tabs():
            with me.text(gr.Tab(), label="yolo.photo.tab"):
                photo = me.text(
                    Photo(sources=["upload", "webcam", "clipboard"], type="filepath", height=260, elem_id="yolo-photo"),
                    label="yolo.photo",
                )
            with me.text(gr.Tab(), label="yolo.camera.tab"):
                me.text(gr.Markdown(elem_classes="lm-muted"), value="yolo.camera.help")
                camera = me.text(
                    gr.Image(sources=["webcam"], streaming=True, type="numpy", height=260, elem_id="yolo-camera"),
                    label="yolo.camera",
                )
            with me.text(gr.Tab(), label="yolo.video.tab"):
                video = me.text(gr.Video(sources=["upload"], height=260, elem_id="yolo-video"), label="yolo.video")
                watch = me.text(gr.Button(size="sm"), value="yolo.video.run")
        me.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
    with me.part("result"):
        status = gr.Markdown(elem_classes="lm-status")
        page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
        stop = me.text(gr.Button(size="sm", visible=False), value="stop")
        with gr.Row():
            first, second = Boxes(elem_id="yolo-boxes"), Boxes(elem_id="yolo-boxes-hub")
        answer_cards = gr.HTML()

    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="yolo.inside")
            me.text(gr.Markdown(), value="yolo.maps.title")
            maps = FeatureMaps(elem_id="yolo-maps")

    me.explain()
    snippet = me.code(
        "lmdemo/models/yolo.py",
        ("C2f", "decode", "suppress", "overlap", "YOLO.forward"),
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
    )
    me.proof()

    shown = [status, first, second, answer_cards, empty, inside, maps, snippet]

    def run(what: tuple[str, str] | None, which: str, where: str, lang: str):
        """Answers what was given, telling what is being loaded meanwhile."""
        if what is None:
            yield (gr.skip(),) * (len(shown) + 2)
            return
        answers: dict[str, tuple[Any, Any, tuple[str, ...]]] = {}
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                answers[one] = adapter(path_of(what), trace=True), adapter.info, adapter.labels
            except (HubError, WeightsError, InputError) as error:
                if isinstance(error, InputError) and error.key != "darknet_folder_missing":
                    raise
                answers[one] = (
                    error,
                    {"hub": "yolov8n", "hub-weights": "yolov8n"}.get(one, one if one == "darknet" else which),
                    (),
                )
        state = {"given": what, "model": which, "answers": answers}
        yield state, *show(state, lang), gr.update(visible=False)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        if "video" in state:
            return (video_sentence(*state["video"], lang), *(gr.skip(),) * (len(shown) - 1))
        sentences, views, made, traced = [], [], [], None
        image = Image.open(path_of(state["given"]))
        for one, (result, info, labels) in state["answers"].items():
            if isinstance(result, Exception):
                made.append(sorry(info, one, result, lang))
                continue
            traced = traced if traced is not None else result.trace
            names = [name(label, lang) for label in labels]
            views.append(
                boxes(
                    upright(image),
                    result.trace,
                    labels,
                    names,
                    phrases(lang),
                    iou=IOU.get(one, 0.7),
                    title=say(lang, f"source.{one}") if len(state["answers"]) > 1 else "",
                )
            )
            made.append(card(info, result.milliseconds, lang))
            sentences.append(sentence(result, one, lang))
        small = {k: v[:8] for k, v in (traced or {}).items() if k.startswith(("backbone_", "neck_"))}
        return (
            "  \n".join(sentences) or say(lang, "yolo.no_answer"),
            views[0] if views else {},
            views[1] if len(views) > 1 else {},
            cards(*made),
            gr.update(visible=traced is None),
            gr.update(visible=traced is not None),
            feature_maps(small, maps_phrases(lang, "maps"), pickable=False) if small else {},
            snippet_text(state),
        )

    running = [
        me.on(
            given.change,
            run,
            [given, model, source],
            [found, *shown, stop],
            show_progress_on=status,
            concurrency_id="yolo",
        )
    ]
    for choice in (model, source):
        running.append(
            me.on(
                choice.input,
                run,
                [given, model, source],
                [found, *shown, stop],
                show_progress_on=status,
                concurrency_id="yolo",
            )
        )

    def from_example(which: str, lang: str):
        return (("example", which), example_row(lang, which), gr.update(value=None)) if which else (gr.skip(),) * 3

    def choose(current: str, lang: str, event: gr.EventData):
        """An example that was clicked brings the model that it is for; one of a link leaves the link's."""
        if event.id not in EXAMPLES:
            return (gr.skip(),) * 4
        ours, where = EXAMPLES[event.id]
        again = (
            "example",
            current,
            uuid.uuid4().hex,
        )  # the same once more is no change of `chosen`, but one of `given`
        return ours or gr.skip(), where, event.id, again if event.id == current else gr.skip()

    examples.choose(
        guarded(choose),
        [chosen, page.language],
        [model, source, chosen, given],
        show_progress="hidden",
        api_visibility="private",
    )
    me.on(chosen.change, from_example, [chosen], [given, examples, photo], show_progress="hidden")
    me.on(
        photo.input,
        lambda path, lang: (("photo", path), "", example_row(lang, "")) if path else (gr.skip(),) * 3,
        [photo],
        [given, chosen, examples],
        show_progress="hidden",
    )

    def frame(pixels: np.ndarray | None, before: float, which: str, where: str, lang: str):
        """One frame of the browser's camera."""
        if pixels is None:
            return (gr.skip(),) * 4
        now = time.monotonic()
        try:
            adapter = lmdemo.load(which, source="scratch" if where == "both" else where)
        except LmdemoError as error:  # said once above the picture, not in a new message each frame
            return gr.skip(), gr.skip(), say_error(error, lang), now
        result = adapter(pixels, trace=True)
        said = say(lang, "yolo.frame", fps=1 / max(now - before, 1e-3), ms=result.milliseconds) if before else gr.skip()
        return small_view(pixels, result, adapter.labels, where, lang), {}, said, now

    last = gr.State(0.0)
    camera.stream(
        guarded(frame),
        [camera, last, model, source, page.language],
        [first, second, status, last],
        stream_every=0.2,
        time_limit=120,
        concurrency_limit=2,
        concurrency_id="yolo-camera",
        show_progress="hidden",
        api_visibility="private",
    )

    def watch_video(path: str | None, which: str, where: str, lang: str):
        """Looks through a video and shows each frame as it is done."""
        adapter = lmdemo.load(which, source="scratch" if where == "both" else where)
        seen, n = Counter(), 0
        for shot in adapter.stream(path or "", trace=True):
            n += 1
            seen.update({o.label for o in shot.detection.objects})
            yield (
                gr.skip(),
                small_view(shot.picture, shot.detection, adapter.labels, where, lang),
                {},
                say(lang, "yolo.progress", seconds=shot.seconds, percent=100 * shot.done),
                gr.update(visible=True),
            )
        yield {"video": (n, seen)}, gr.skip(), gr.skip(), video_sentence(n, seen, lang), gr.update(visible=False)

    running.append(
        me.on(
            watch.click,
            watch_video,
            [video, model, source],
            [found, first, second, status, stop],
            show_progress_on=status,
            concurrency_id="yolo",
        )
    )
    me.stops(stop, running, status)
    page.reword(show, [found], shown)
    page.reword(lambda which, lang: example_row(lang, which), [chosen], [examples])

    publish(page)


def small_view(pixels: np.ndarray, result: Any, labels: tuple[str, ...], where: str, lang: str) -> dict:
    """The view of one frame: boxes without the grids, which take long to send."""
    trace = {
        k: v for k, v in result.trace.items() if k.startswith("candidate") and k != "candidate_edges" or k == "frame"
    }
    return boxes(
        Image.fromarray(pixels),
        trace,
        labels,
        [name(label, lang) for label in labels],
        phrases(lang),
        iou=IOU.get(where, 0.7),
        live=True,
    )


def video_sentence(frames: int, seen: Counter, lang: str) -> str:
    """What was seen in a video, and in how many of its frames."""
    listed = ", ".join(f"{name(k, lang)} ({v})" for k, v in seen.most_common(8))
    return say(lang, "yolo.video.done", n=frames, list=listed) if seen else say(lang, "yolo.video.nothing", n=frames)


def sentence(result: Any, one: str, lang: str) -> str:
    """What was found, in words."""
    where = say(lang, f"source.{one}")
    if not result.objects:
        return say(lang, "yolo.answer.none", source=where, score=result.highest_score)
    counts = Counter(name(o.label, lang) for o in result.objects)
    return say(
        lang,
        "yolo.answer",
        source=where,
        n=len(result.objects),
        list=", ".join(f"{k} {v}" for k, v in counts.most_common(8)),
    )


def phrases(lang: str) -> dict[str, str]:
    """The view's words."""
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith("yolo.box.")}


def name(label: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"label.{label}") if f"label.{label}" in WORDS else label


def upright(opened: Image.Image) -> Image.Image:
    """As the adapter saw it: turned by what the camera noted."""
    from lmdemo.adapters.object_detection import open_picture

    return open_picture(opened)


def example_path(which: str) -> Path:
    """Ours, or a picture inside the ultralytics package, which is found without importing it."""
    if which in ("bus", "zidane"):
        return Path(importlib.util.find_spec("ultralytics").submodule_search_locations[0]) / "assets" / f"{which}.jpg"
    return HERE / f"{which}.jpg"


def example_row(lang: str, current: str) -> dict:
    """The examples as pictures to choose."""
    items = []
    for which in EXAMPLES:
        small = Image.open(example_path(which))
        small.thumbnail((100, 100))
        items.append(picture(which, small, say(lang, f"yolo.example.{which}"), "", 92))
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def path_of(what: tuple[str, str]) -> str:
    """The file that was given."""
    kind, value, *_ = what
    return str(example_path(value)) if kind == "example" else value


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    kind, value, *_ = state["given"]
    inside = kind == "example" and value in ("bus", "zidane")
    opens = (
        f'ASSETS / "{value}.jpg"'
        if inside
        else f'"demos/examples/yolo/{value}.jpg"'
        if kind == "example"
        else '"your-picture.jpg"'
    )
    lines = ["import lmdemo", *(["from ultralytics.utils import ASSETS"] if inside else []), ""]
    for one in state["answers"]:
        model = "your-darknet-folder" if one == "darknet" else state["model"]
        option = "" if one == "scratch" else f', source="{one}"'
        lines += [
            f'found = lmdemo.load("{model}"{option})({opens}, score_threshold=0.25, iou_threshold={IOU.get(one, 0.7)})',
            "for thing in found.objects:",
            "    print(thing.label, thing.score, thing.box)",
        ]
    return "\n".join(lines)
