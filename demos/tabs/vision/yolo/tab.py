"""Vision · YOLO: boxes on photos, camera frames and videos; why each stands and others fell."""

import operator
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
from PIL import Image

import lmdemo
from demos.core.endpoints import Photo
from demos.core.tab import Answer, Tab, Update, calling
from demos.core.url import number, one_of, text
from demos.core.words import say_error
from demos.tabs.vision.yolo import functions, looks, truths
from demos.tabs.vision.yolo.functions import MODELS
from demos.tabs.vision.yolo.inside import TELLS, Inside
from demos.tabs.vision.yolo.looks import ACROSS, EXAMPLES, Asked, Found
from demos.tabs.vision.yolo.moving import Watching
from demos.views import drawing_pad
from demos.views.boxes import Boxes
from demos.views.pictures import Pictures
from lmdemo.errors import InputError

SOURCES = ("scratch", "hub-weights", "hub", "both", "darknet")
SHOWN_LINES = ("C2f", "decode", "suppress", "overlap", "YOLO.forward")
FIRST = "yolo-drawings"  # the model with whose first example the page opens


class YOLO(Tab):
    """A photo, the browser's camera, or a video."""

    name = "yolo"
    threads = ("picture",)
    functions = (
        functions.yolo_detect,
        functions.yolo_compare,
        functions.yolo_candidates,
        functions.yolo_grid,
        functions.yolo_feature_map,
        functions.yolo_export,
        functions.yolo_video,
        functions.yolo_layers,
        functions.yolo_prove,
    )

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, MODELS)
        self.found = gr.State(None)
        with self.stage():
            with self.given():
                self.lay_out_given()
            with self.answered():
                self.status = gr.Markdown(self.say("en", "nothing_yet"), elem_classes="lm-status")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.watching.lay_out_answer()
                with gr.Row():
                    self.first, self.second = Boxes(elem_id="yolo-boxes"), Boxes(elem_id="yolo-boxes-hub")
        self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/yolo.py", SHOWN_LINES, model=self.model)
        self.proof()
        self.good(MODELS)

    def lay_out_given(self) -> None:
        """The three ways to give a picture, and examples."""
        with gr.Tabs():
            with self.text(gr.Tab(), label="yolo.photo.tab"):
                photo = Photo(
                    sources=["upload", "clipboard"],
                    type="filepath",
                    height=180,
                    elem_id="yolo-photo",
                    elem_classes="lm-drop",
                    show_label=False,
                )
                self.photo = self.text(photo, label="yolo.photo", placeholder="yolo.photo.drop")
            self.watching = Watching(self)
        self.example_id = gr.Textbox(visible=False)  # its id, for the URL
        self.keep("example", self.example_id, one_of(tuple(EXAMPLES)), "")
        self.drawing = gr.Textbox(visible=False)  # strokes of another member's pad
        self.keep("drawing", self.drawing, drawing_pad.check_strokes, "", drawing_pad.MAX_LENGTH, thread="picture")
        self.asked = {
            name: gr.Textbox(visible=False) for name in vars(Asked())
        }  # the view of boxes keeps them in the URL
        checks = {"score": number(0.01, 1), "iou": number(0.01, 1), "across": one_of(("no",)), "off": text(300)}
        for name, component in self.asked.items():
            self.keep(name, component, checks.get(name, one_of(("steps", "both"))))
        self.examples = Pictures(elem_id="yolo-examples")
        self.translate(self.examples, lambda lang: {"value": looks.example_row(self.say, lang, "")})
        self.along("picture")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")

    def connect(self) -> None:
        film = [self.watching.film, self.watching.seen, self.watching.camera, self.watching.given]
        shown = [self.status, self.first, self.second, self.facts, self.snippet, *self.look.outputs, *film[:2]]
        self.outputs = [
            *shown,
            self.found,
            self.stop,
            self.example_id,
            self.drawing,
            self.examples,
            self.photo,
            *film[2:],
        ]
        chosen = [*self.outputs, self.model, self.source]
        asked = {"model": self.model, "source": self.source}
        slow = {"show_progress": "minimal", "show_progress_on": self.status, "concurrency_id": "yolo"}
        running = [
            self.when(self.examples.choose, self.choose, chosen, asked, **slow),
            self.when(self.photo.input, self.look_at_photo, self.outputs, {"photo": self.photo} | asked, **slow),
            self.when(
                [self.model.input, self.source.input], self.again, self.outputs, {"found": self.found} | asked, **slow
            ),
            *self.watching.connect_to(self),
        ]
        self.stops(self.stop, running, self.status)
        link = {"example": self.example_id, "drawing": self.drawing} | asked | self.asked
        self.on_link(self.from_link, chosen, link)
        self.reword(self.show, shown, {"found": self.found})
        self.reword(self.example_row, [self.examples], {"example": self.example_id})

    def begin(self, lang: str) -> Update:
        """The first example of drawings."""
        return {self.model: FIRST, self.example_id: looks.first_example(FIRST)}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """An example that was clicked; it brings the model and the source that it is for."""
        example = self.known(event.id, EXAMPLES)
        ours, source = EXAMPLES[example]
        model = ours or model
        yield {self.model: model, self.source: source, self.photo: None} | self.chosen(example, lang)
        yield from self.answer(Found(model, source, example=example), lang)

    def from_link(
        self, *, example: str, drawing: str, model: str, source: str, lang: str, **asked: Any
    ) -> Iterator[Update]:
        """Answers what a link names, or another member handed on; else the first example."""
        how = Asked(**{name: value or getattr(Asked(), name) for name, value in asked.items()})
        if drawing:
            yield {self.model: FIRST, **self.example_row(example="", lang=lang), self.example_id: ""}
            yield from self.answer(Found(FIRST, source, drawing=drawing, asked=how), lang)
            return
        example = self.known(example or looks.first_example(model), EXAMPLES)
        yield self.chosen(example, lang)
        yield from self.answer(Found(model, source, example=example, asked=how), lang)

    def look_at_photo(self, *, photo: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """A photo that was uploaded or pasted."""
        if photo:
            yield self.chosen("", lang)
            yield from self.answer(Found(model, source, file=photo), lang)

    def again(self, *, found: Found | None, model: str, source: str, lang: str) -> Iterator[Update]:
        """The same picture, by another model or source."""
        if found and (found.example or found.file or found.drawing or found.frame):
            yield from self.answer(replace(found, model=model, source=source), lang)

    @staticmethod
    def picture(found: Found) -> Image.Image:
        """What was given, opened.

        Raises:
            InputError: It can't be read.
        """
        from lmdemo.adapters.object_detection import open_picture

        if found.frame is not None:
            return found.frame
        if found.drawing:
            return looks.on_a_sheet(drawing_pad.picture(found.drawing))
        return open_picture(str(looks.example_path(found.example)) if found.example else found.file)

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(self, asked: Found, lang: str) -> Iterator[Update]:
        """Opens the picture once, asks the networks and shows what they say."""
        try:
            picture = self.picture(asked)
            answers = yield from self.ask(
                asked.model,
                asked.source,
                calling(picture, trace=True, iou_across=ACROSS),
                lang,
                status=self.status,
                stop=self.stop,
                extra=operator.attrgetter("labels"),
            )
            kept = [self.drawn(a, picture, asked) if isinstance(a, Answer) else a for a in answers]
            found = replace(asked, answers=tuple(kept), wrong=None)
        except InputError as error:
            found = replace(asked, answers=(), wrong=error.with_traceback(None))
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)

    @staticmethod
    def drawn(answer: Answer, picture: Image.Image, asked: Found) -> Answer:
        """An answer as it is kept, with what the steps need beside it."""
        known = truths.measured(answer, picture, asked.model) if answer.source in TELLS else {}
        responsible: tuple[Any, ...] = ()
        if answer.source in TELLS:
            adapter = lmdemo.load(asked.model, source=answer.source)
            responsible, known["training"] = truths.responsible(adapter, picture, answer, asked)
        made = looks.drawn(answer, picture, asked)
        return replace(made, extra=replace(made.extra, truths=known, responsible=responsible))

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        views = [looks.box_view(self, a, found, lang, main=i == 0) for i, a in enumerate(found.there)]
        if found.wrong:
            said = say_error(found.wrong, lang)  # type: ignore[arg-type]
        else:
            said = (
                looks.video_sentence(self.say, found.video, lang)
                if found.video
                else looks.sentence(self.say, found, lang)
            )
        return {
            self.status: said,
            self.first: views[0] if views else {},
            self.second: views[1] if len(views) > 1 else {},
            self.facts: self.told(found.answers, found.model, lang),
            self.snippet: looks.snippet(found),
            **self.watching.show(found=found, lang=lang),
            **self.look.show(found=found, lang=lang),
        }

    def chosen(self, example: str, lang: str) -> Update:
        """Which example is on show, for the row and for the URL; the camera is switched off."""
        off = self.watching.off(lang, time.monotonic_ns() // 1_000_000)
        return {self.example_id: example, self.drawing: ""} | off | self.example_row(example=example, lang=lang)

    def example_row(self, *, example: str, lang: str) -> Update:
        """The examples, one of them chosen."""
        return {self.examples: looks.example_row(self.say, lang, example)}
