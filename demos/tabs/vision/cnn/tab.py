"""Vision · CNN: what a picture shows, and how kernels, pooling and dense layers found out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.endpoints import Photo
from demos.core.tab import Answer, Answers, Tab, Update, calling
from demos.core.url import one_of
from demos.tabs.vision.cnn import functions, looks
from demos.tabs.vision.cnn.functions import MODELS
from demos.tabs.vision.cnn.inside import Inside
from demos.tabs.vision.cnn.looks import EXAMPLES
from demos.views import drawing_pad
from demos.views.bars import Bars
from demos.views.drawing_pad import DrawingPad
from demos.views.pictures import Pictures

SOURCES = ("scratch", "hub", "both")
SHOWN_LINES = ("convolve_at", "max_pooling", "CNN.features", "CNN.forward")


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
        done: What was done to the picture for our network.
        maps: The first answer's maps, as the view draws them.
    """

    asked: Asked
    model: str
    answers: Answers
    done: tuple[str, ...] = ()
    maps: Mapping[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]

    @property
    def ours(self) -> Answer | None:
        """Our network's answer."""
        return next((a for a in self.there if a.source == "scratch"), None)


class CNN(Tab):
    """A photo, an example or a drawing."""

    name = "cnn"
    functions = (
        functions.cnn_classify,
        functions.cnn_compare,
        functions.cnn_classify_drawing,
        functions.cnn_feature_map,
        functions.cnn_convolution_step,
        functions.cnn_shift,
        functions.cnn_decision,
        functions.cnn_filters,
        functions.cnn_layers,
        functions.cnn_prove,
    )

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, MODELS)
        self.asked, self.found = gr.State(None), gr.State(None)
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_input()
            with self.part("result"):
                self.status = gr.Markdown(elem_classes="lm-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.bars, self.card, self.seen = Bars(), gr.HTML(), Pictures()
        with self.part("look"):
            self.inside = Inside(self)
        self.explain()
        self.snippet = self.code("lmdemo/models/cnn.py", SHOWN_LINES, model=self.model, keras="tests/keras/cnn.py")
        self.proof()

    def lay_out_input(self) -> None:
        """Examples, a photo, the pad."""
        self.chosen = gr.Textbox(visible=False)  # the example's id, for the URL
        self.keep("example", self.chosen, one_of(EXAMPLES), "")
        self.strokes = gr.Textbox(visible=False)  # the drawing, for the URL
        self.keep("drawing", self.strokes, drawing_pad.check_strokes, "", drawing_pad.MAX_LENGTH)
        self.examples = Pictures(elem_id="cnn-examples")
        self.translate(self.examples, lambda lang: {"value": looks.example_row(self.say, lang, "")})
        with gr.Tabs():
            with self.text(gr.Tab(), label="cnn.upload"):
                places = ["upload", "webcam", "clipboard"]
                self.photo = Photo(sources=places, type="filepath", height=300, elem_id="cnn-photo")
                self.text(self.photo, label="cnn.photo")
                self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
            with self.text(gr.Tab(), label="cnn.draw"):
                self.pad = DrawingPad(elem_id="cnn-pad")
                self.translate(self.pad, lambda lang: {"value": self.drawn("", lang)})

    def connect(self) -> None:
        shown = [self.status, self.bars, self.card, self.seen, *self.inside.outputs, self.snippet]
        answered = [*shown, self.asked, self.found, self.stop, self.chosen, self.strokes, self.examples, self.photo]
        setting = {"model": self.model, "source": self.source}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "concurrency_id": "cnn"}
        slow |= {"trigger_mode": "always_last"}  # what is given meanwhile is answered next
        again = setting | {"asked": self.asked}
        running = [
            self.when(self.examples.choose, self.choose, answered, setting, **slow),
            self.when(self.photo.input, self.take, answered, setting | {"photo": self.photo}, **slow),
            self.when(self.pad.draw, self.drew, answered, setting, **slow),
            self.when([self.model.input, self.source.input], self.again, answered, again, **slow),
        ]
        self.stops(self.stop, running, self.status)
        given = {"chosen": self.chosen, "strokes": self.strokes}
        self.on_link(self.from_link, [*answered, self.pad], given | setting)
        self.reword(self.show, shown, {"found": self.found})
        self.reword(self.inputs, [self.examples, self.pad], given)

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """An example that was clicked."""
        example = self.known(event.id, EXAMPLES)
        yield self.instead(lang, chosen=example) | {self.photo: None}
        yield from self.answer(Asked("example", example), model, source, lang)

    def take(self, *, photo: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """A photo."""
        if photo:
            yield self.instead(lang)
            yield from self.answer(Asked("photo", photo), model, source, lang)

    def drew(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """A stroke more or less on the pad."""
        strokes = str(event.strokes)[: drawing_pad.MAX_LENGTH + 1]
        yield self.instead(lang, strokes=strokes)
        if strokes:
            yield from self.answer(Asked("drawing", strokes), model, source, lang)

    def again(self, *, asked: Asked | None, model: str, source: str, lang: str) -> Iterator[Update]:
        """The same picture, for another model or source."""
        if asked:
            yield from self.answer(asked, model, source, lang)

    def from_link(self, *, chosen: str, strokes: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """The example or the drawing that a link names."""
        if strokes:
            yield {self.pad: self.drawn(strokes, lang)}
        if chosen:
            example = self.known(chosen, EXAMPLES)
            yield {self.examples: looks.example_row(self.say, lang, example)}
            yield from self.answer(Asked("example", example), model, source, lang)
        elif strokes:
            yield from self.answer(Asked("drawing", strokes), model, source, lang)

    def instead(self, lang: str, *, chosen: str = "", strokes: str = "") -> Update:
        """What the URL holds of a new picture, and the row of examples."""
        row = looks.example_row(self.say, lang, chosen)
        return {self.chosen: chosen, self.strokes: strokes, self.examples: row}

    def opened(self, asked: Asked) -> Any:
        """The picture, opened once for all networks."""
        if asked.kind == "drawing":
            return drawing_pad.picture(asked.value)
        from lmdemo.adapters.image_classification import open_picture

        return open_picture(self.example(asked.value) if asked.kind == "example" else asked.value)

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(self, asked: Asked, model: str, source: str, lang: str) -> Iterator[Update]:
        """Asks the networks and shows what they say."""
        yield {self.asked: asked}
        call = calling(self.opened(asked), trace=True)
        answers = yield from self.ask(model, source, call, lang, status=self.status, stop=self.stop)
        found = Found(asked, model, tuple(map(looks.light, answers)))
        if first := next((a for a in answers if isinstance(a, Answer)), None):
            found = replace(found, maps=looks.maps(first.result.trace))
        if found.ours:
            found = replace(found, done=lmdemo.load(model).see(found.ours.result.trace)[1])
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew but small pictures."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        if not found.there:
            told = {self.status: self.say(lang, "cnn.no_answer"), self.card: self.cards(found.answers, lang)}
            return told | {self.bars: {}, self.seen: {}} | self.inside.hide()
        return {
            self.status: "  \n".join(looks.sentence(self.say, a, lang) for a in found.there),
            self.bars: {"groups": [looks.scores(self.say, a, lang) for a in found.there]},
            self.card: self.cards(found.answers, lang),
            self.seen: looks.seen(self.say, found, lang),
            self.snippet: looks.snippet(found),
        } | self.inside.show(found=found, lang=lang)

    def inputs(self, *, chosen: str, strokes: str, lang: str) -> Update:
        """Examples and pad, in another language."""
        return {self.examples: looks.example_row(self.say, lang, chosen), self.pad: self.drawn(strokes, lang)}

    def drawn(self, strokes: str, lang: str) -> dict:
        """The pad with a drawing."""
        return {"strokes": strokes, "words": self.phrases("cnn.pad", lang)}
