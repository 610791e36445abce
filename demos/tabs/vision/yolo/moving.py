"""Moving pictures: the browser's camera, frame by frame, and a video that is looked through."""

import contextlib
import operator
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

import lmdemo
from demos.core import sources
from demos.core.tab import Part, Update, calling
from demos.core.words import say_error
from demos.tabs.vision.yolo import looks
from demos.tabs.vision.yolo.looks import ACROSS, Found, Watched
from demos.views.camera import Camera, camera, frame
from demos.views.seen import Seen, seen
from lmdemo.errors import LmdemoError

RATE = 5.0  # frames a second that are looked at, and of the film that is made of them
FILM = "yolo-film"


class Watching(Part):
    """A camera and a video, given; what they show is drawn by the tab's own view of boxes."""

    def lay_out(self) -> None:
        self.given = gr.State(0)  # rises whenever something else is given; a frame of before is late
        with self.text(gr.Tab(), label="yolo.camera.tab"):
            self.camera = Camera(elem_id="yolo-camera")
            self.translate(self.camera, lambda lang: {"value": self.off(lang, 0)[self.camera]})
        with self.text(gr.Tab(), label="yolo.video.tab"):
            video = gr.Video(sources=["upload"], height=180, elem_id="yolo-video", elem_classes="lm-drop")
            self.video = self.text(video, label="yolo.video")
            self.watch = self.text(gr.Button(variant="primary"), value="yolo.video.run")

    def lay_out_answer(self) -> None:
        """The film and its lanes; they stand with the answer."""
        self.film = gr.Video(
            visible=False, interactive=False, elem_id=FILM, height=300, buttons=["download"], show_label=False
        )
        self.seen = Seen(elem_id="yolo-seen")

    def connect_to(self, tab: Any) -> list[Any]:
        """Says what runs on which event; gives those that can be stopped."""
        asked = {"model": tab.model, "source": tab.source}
        live = {"concurrency_limit": 2, "concurrency_id": "yolo-camera", "trigger_mode": "always_last"}
        frame = {"given": self.given} | asked
        self.when(self.camera.frame, self.look_at_frame, [tab.first, tab.second, tab.status], frame, **live)
        slow = {"show_progress": "minimal", "show_progress_on": tab.status, "concurrency_id": "yolo"}
        moment = {"found": tab.found} | asked
        video = {"video": self.video} | asked
        return [
            self.when(self.camera.still, self.hold, tab.outputs, asked, **slow),
            self.when(self.watch.click, self.watch_video, tab.outputs, video, **slow),
            self.when(self.seen.moment, self.look_at_moment, tab.outputs, moment, **slow),
        ]

    def off(self, lang: str, token: int) -> Update:
        """Switches the camera off, since something else was given."""
        return {self.camera: camera(self.phrases("yolo.camera", lang), token), self.given: token}

    def show(self, *, found: Found, lang: str) -> Update:
        """A film's lanes, worded; nothing where there is none."""
        if found.video is None:
            return {self.seen: {}, self.film: gr.update(visible=False)}
        v = found.video
        names = {label: looks.name(self.say, label, lang) for c in v.counts for label in c}
        return {self.seen: seen(self.phrases("yolo.seen", lang), v.times, v.counts, names, v.seconds, FILM)}

    # -- camera ------------------------------------------------------------------------------------------------------------

    def look_at_frame(self, event: gr.EventData, *, given: int, model: str, source: str, lang: str) -> Update:
        """One frame of the browser's camera; the browser has it, so that boxes alone are sent back."""
        if event.off < given:
            return {}
        tab, source = self.tab, sources.wanted(model, source)[0]
        try:
            picture = frame(event.jpeg)
            result = sources.call(model, source, calling(picture, trace=True, iou_across=ACROSS))
        except LmdemoError as error:  # said once above the picture, not in a new message each frame
            return {tab.status: say_error(error, lang)}
        labels = lmdemo.load(model, source=source).labels
        live = {"id": int(event.id), "milliseconds": result.milliseconds}
        found = looks.counted(self.say, result.objects, lang)
        said = self.say(lang, "yolo.frame", list=found) if found else self.say(lang, "yolo.frame.none")
        return {
            tab.first: looks.frame_view(tab, picture, result, labels, source, lang, live),
            tab.second: {},
            tab.status: said,
        }

    def hold(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """The camera's last frame, held: answered whole, so that the steps look into it."""
        yield self.tab.chosen("", lang)
        yield from self.tab.answer(Found(model, source, frame=frame(event.jpeg)), lang)

    # -- video -------------------------------------------------------------------------------------------------------------

    def watch_video(self, *, video: str | None, model: str, source: str, lang: str) -> Iterator[Update]:
        """Looks through a video, shows each frame as it is done, and makes a film of them."""
        from lmdemo.adapters.object_detection import Film

        tab, source = self.tab, sources.wanted(model, source)[0]
        adapter = yield from tab.open(model, source, lang, status=tab.status, stop=tab.stop)
        yield tab.chosen("", lang)
        times: list[float] = []
        counts: list[Counter[str]] = []
        facts = None
        with tempfile.TemporaryDirectory() as folder:
            film = Film(Path(folder) / "lmdemo-boxes.webm", RATE)
            with contextlib.closing(film):
                look = operator.methodcaller("stream", video or "", trace=True, iou_across=ACROSS)
                for shot in sources.stream(model, source, look):
                    facts = shot.facts
                    times.append(shot.seconds)
                    counts.append(Counter(o.label for o in shot.detection.objects))
                    film.add(shot.picture, shot.detection, shot.seconds)
                    picture = Image.fromarray(shot.picture)
                    view = looks.frame_view(tab, picture, shot.detection, adapter.labels, source, lang, None)
                    told = self.say(lang, "yolo.progress", seconds=shot.seconds, percent=100 * shot.done)
                    yield {tab.first: view, tab.second: {}, tab.status: told, tab.stop: gr.update(visible=True)}
            seconds = (times[-1] if times else 0.0) + 1 / RATE
            watched = Watched(video or "", tuple(times), tuple(map(dict, counts)), seconds, facts)
            if film.close():
                yield {self.film: gr.update(value=str(film.path), visible=True)}
        found = Found(model, source, video=watched)
        yield from self.at(found, watched.fullest, lang)

    def look_at_moment(
        self, event: gr.EventData, *, found: Found | None, model: str, source: str, lang: str
    ) -> Iterator[Update]:
        """A moment that was chosen, answered whole."""
        if found and found.video and found.video.times:
            index = max(0, min(int(event.index), len(found.video.times) - 1))
            yield from self.at(replace(found, model=model, source=source), index, lang)

    def at(self, found: Found, index: int, lang: str) -> Iterator[Update]:
        """One frame of a video that was looked through."""
        from lmdemo.adapters.object_detection import frame_at

        assert found.video is not None
        picture = Image.fromarray(frame_at(found.video.file, index, frames_per_second=RATE))
        yield from self.tab.answer(replace(found, frame=picture), lang)
