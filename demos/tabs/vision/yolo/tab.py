"""Vision · YOLO: boxes on photos, camera frames and videos; why each stands and others fell."""

import operator
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core import sources
from demos.core.endpoints import Photo, Picture
from demos.core.tab import Answer, Answers, Tab, Update, calling
from demos.core.url import one_of
from demos.core.words import say_error
from demos.tabs.vision.yolo import looks
from demos.tabs.vision.yolo.functions import (
    MODELS,
    yolo_candidates,
    yolo_compare,
    yolo_detect,
    yolo_export,
    yolo_feature_map,
    yolo_grid,
    yolo_layers,
    yolo_prove,
    yolo_video,
)
from demos.tabs.vision.yolo.looks import EXAMPLES, Watched
from demos.views.boxes import Boxes
from demos.views.feature_maps import FeatureMaps
from demos.views.pictures import Pictures
from lmdemo.errors import LmdemoError

SOURCES = ("scratch", "hub-weights", "hub", "both", "darknet")
SHOWN_LINES = ("C2f", "decode", "suppress", "overlap", "YOLO.forward")


@dataclass(frozen=True)
class Found:
    """What was asked and answered: an example or a file that was uploaded; a video's outcome where one came later."""

    model: str = ""
    source: str = ""
    example: str = ""
    file: str = ""
    answers: Answers = ()
    video: Watched | None = None


class YOLO(Tab):
    """A photo, the browser's camera, or a video."""

    name = "yolo"
    functions = (
        yolo_detect,
        yolo_compare,
        yolo_candidates,
        yolo_grid,
        yolo_feature_map,
        yolo_export,
        yolo_video,
        yolo_layers,
        yolo_prove,
    )

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, MODELS)
        self.found, self.last = gr.State(None), gr.State(0.0)  # `last`: when the camera's last frame was seen
        with self.part("input"):
            self.lay_out_input()
        with self.part("result"):
            self.status = gr.Markdown(elem_classes="lm-status")
            self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
            self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
            with gr.Row():
                self.first, self.second = Boxes(elem_id="yolo-boxes"), Boxes(elem_id="yolo-boxes-hub")
            self.card = gr.HTML()
        with self.part("look"):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            with gr.Column(visible=False) as self.inside:
                self.text(gr.Markdown(), value="yolo.inside")
                self.text(gr.Markdown(), value="yolo.maps.title")
                self.maps = FeatureMaps(elem_id="yolo-maps")
        self.explain()
        self.snippet = self.code("lmdemo/models/yolo.py", SHOWN_LINES, model=self.model)
        self.proof()

    def lay_out_input(self) -> None:
        """Examples, and the three ways to give a picture."""
        self.example_id = gr.Textbox(visible=False)  # its id, for the URL
        self.keep("example", self.example_id, one_of(tuple(EXAMPLES)), "")
        self.examples = Pictures(elem_id="yolo-examples")
        self.translate(self.examples, lambda lang: {"value": looks.example_row(self.say, lang, "")})
        with gr.Tabs():
            with self.text(gr.Tab(), label="yolo.photo.tab"):
                photo = Photo(
                    sources=["upload", "webcam", "clipboard"], type="filepath", height=260, elem_id="yolo-photo"
                )
                self.photo = self.text(photo, label="yolo.photo")
            with self.text(gr.Tab(), label="yolo.camera.tab"):
                self.text(gr.Markdown(elem_classes="lm-muted"), value="yolo.camera.help")
                camera = Picture(sources=["webcam"], streaming=True, type="numpy", height=260, elem_id="yolo-camera")
                self.camera = self.text(camera, label="yolo.camera")
            with self.text(gr.Tab(), label="yolo.video.tab"):
                video = gr.Video(sources=["upload"], height=260, elem_id="yolo-video")
                self.video = self.text(video, label="yolo.video")
                self.watch = self.text(gr.Button(size="sm"), value="yolo.video.run")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")

    def connect(self) -> None:
        shown = [self.status, self.first, self.second, self.card, self.empty, self.inside, self.maps, self.snippet]
        answered = [*shown, self.found, self.stop, self.example_id, self.examples]
        chosen = [*answered, self.model, self.source, self.photo]
        seen = [self.first, self.second, self.status]
        asked = {"model": self.model, "source": self.source}
        slow = {"show_progress": "minimal", "show_progress_on": self.status, "concurrency_id": "yolo"}
        again, video = {"found": self.found} | asked, {"video": self.video, "found": self.found} | asked
        running = [
            self.when(self.examples.choose, self.choose, chosen, asked, **slow),
            self.when(self.photo.input, self.look_at_photo, answered, {"photo": self.photo} | asked, **slow),
            self.when([self.model.input, self.source.input], self.again, answered, again, **slow),
            self.when(self.watch.click, self.watch_video, [self.found, self.stop, *seen], video, **slow),
        ]
        self.stops(self.stop, running, self.status)
        # A stream: of the frames that come while one is looked at, Gradio hands over the newest only.
        live = {"stream_every": 0.2, "time_limit": 120, "concurrency_limit": 2, "concurrency_id": "yolo-camera"}
        frame = {"pixels": self.camera, "last": self.last} | asked
        self.when(self.camera.stream, self.look_at_frame, [*seen, self.last], frame, **live)
        self.on_link(self.from_link, chosen, {"example": self.example_id} | asked)
        self.reword(self.show, shown, {"found": self.found})
        self.reword(self.example_row, [self.examples], {"example": self.example_id})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """An example that was clicked; it brings the model and the source that it is for."""
        example = self.known(event.id, EXAMPLES)
        ours, source = EXAMPLES[example]
        model = ours or model
        yield {self.model: model, self.source: source}
        yield from self.from_link(example=example, model=model, source=source, lang=lang)

    def from_link(self, *, example: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """Fills an example in and answers, by the model and the source that a link names."""
        if example:
            yield {self.photo: None} | self.chosen(self.known(example, EXAMPLES), lang)
            yield from self.answer(Found(model, source, example=example), lang)

    def look_at_photo(self, *, photo: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """A photo that was uploaded, pasted or taken."""
        if photo:
            yield self.chosen("", lang)
            yield from self.answer(Found(model, source, file=photo), lang)

    def again(self, *, found: Found | None, model: str, source: str, lang: str) -> Iterator[Update]:
        """The same picture, by another model or source."""
        if found and (found.example or found.file):
            yield from self.answer(replace(found, model=model, source=source), lang)

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(self, asked: Found, lang: str) -> Iterator[Update]:
        """Opens the picture once, asks the networks and shows what they say."""
        from lmdemo.adapters.object_detection import open_picture

        picture = open_picture(str(looks.example_path(asked.example)) if asked.example else asked.file)
        answers = yield from self.ask(
            asked.model,
            asked.source,
            calling(picture, trace=True),
            lang,
            status=self.status,
            stop=self.stop,
            extra=operator.attrgetter("labels"),
        )
        kept = tuple(looks.drawn(a, picture) if isinstance(a, Answer) else a for a in answers)
        found = replace(asked, answers=kept, video=None)
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        if found.video:
            return {self.status: looks.video_sentence(self.say, found.video, lang)}
        there = [a for a in found.answers if isinstance(a, Answer)]
        views = [looks.box_view(self, a, lang, title=len(found.answers) > 1) for a in there]
        maps = there[0].extra.maps if there else {}
        said = [looks.sentence(self.say, a, lang) for a in there]
        return {
            self.status: "  \n".join(said) or self.say(lang, "yolo.no_answer"),
            self.first: views[0] if views else {},
            self.second: views[1] if len(views) > 1 else {},
            self.card: self.cards(found.answers, lang),
            self.empty: gr.update(visible=not there),
            self.inside: gr.update(visible=bool(there)),
            self.maps: maps and maps | {"words": self.phrases("maps", lang)},
            self.snippet: looks.snippet(found),
        }

    def chosen(self, example: str, lang: str) -> Update:
        """Which example is on show, for the row and for the URL."""
        return {self.example_id: example} | self.example_row(example=example, lang=lang)

    def example_row(self, *, example: str, lang: str) -> Update:
        """The examples, one of them chosen."""
        return {self.examples: looks.example_row(self.say, lang, example)}

    # -- moving pictures ---------------------------------------------------------------------------------------------------

    def look_at_frame(self, *, pixels: np.ndarray | None, last: float, model: str, source: str, lang: str) -> Update:
        """One frame of the browser's camera."""
        if pixels is None:
            return {}
        now, source = time.monotonic(), sources.wanted(model, source)[0]
        try:
            adapter: Any = lmdemo.load(model, source=source)
            result = sources.call(model, source, calling(pixels, trace=True))
        except LmdemoError as error:  # said once above the picture, not in a new message each frame
            return {self.status: say_error(error, lang), self.last: now}
        view = looks.frame_view(self, pixels, result, adapter.labels, source, lang)
        rate = {"fps": 1 / max(now - last, 1e-3), "ms": result.milliseconds}
        said = {self.status: self.say(lang, "yolo.frame", **rate)} if last else {}
        return {self.first: view, self.second: {}, self.last: now} | said

    def watch_video(
        self, *, video: str | None, found: Found | None, model: str, source: str, lang: str
    ) -> Iterator[Update]:
        """Looks through a video and shows each frame as it is done."""
        source = sources.wanted(model, source)[0]
        adapter = yield from self.open(model, source, lang, status=self.status, stop=self.stop)
        seen: Counter[str] = Counter()
        frames = 0
        for shot in sources.stream(model, source, operator.methodcaller("stream", video or "", trace=True)):
            frames += 1
            seen.update({o.label for o in shot.detection.objects})
            yield {
                self.first: looks.frame_view(self, shot.picture, shot.detection, adapter.labels, source, lang),
                self.second: {},
                self.status: self.say(lang, "yolo.progress", seconds=shot.seconds, percent=100 * shot.done),
                self.stop: gr.update(visible=True),
            }
        watched = replace(found or Found(), video=Watched(frames, seen))
        yield {self.found: watched, self.stop: gr.update(visible=False)} | self.show(found=watched, lang=lang)
