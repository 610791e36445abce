"""Vision · CNN: what a picture shows, and how kernels, pooling and dense layers found out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.endpoints import Photo
from demos.core.tab import Tab, Update, calling
from demos.core.url import one_of
from demos.core.words import say_error
from demos.tabs.vision.cnn import functions, looks
from demos.tabs.vision.cnn.functions import MODELS
from demos.tabs.vision.cnn.inside import Inside, Looks
from demos.tabs.vision.cnn.looks import ALL_EXAMPLES, EXAMPLES, Asked, Found
from demos.views import drawing_pad
from demos.views.bars import Bars
from demos.views.drawing_pad import DrawingPad
from demos.views.pictures import Pictures
from lmdemo.errors import InputError

SOURCES = ("scratch", "hub", "both")
WAYS = ("draw", "photo", "camera")
SHOWN_LINES = ("convolve_at", "max_pooling", "CNN.features", "CNN.forward", "class_activation")


class CNN(Tab):
    """A photo, an example or a drawing."""

    name = "cnn"
    threads = ("picture",)
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
        with self.stage():
            with self.given():
                self.lay_out_input()
            with self.answered():
                self.status = gr.Markdown(elem_classes="lm-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.bars, self.seen = Bars(), Pictures()
        self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/cnn.py", SHOWN_LINES, model=self.model, keras="tests/keras/cnn.py")
        self.proof()
        self.good(MODELS)

    def lay_out_input(self) -> None:
        """The pad, a photo, the camera; examples below."""
        self.chosen = gr.Textbox(visible=False)  # the example's id, for the URL
        self.keep("example", self.chosen, one_of(ALL_EXAMPLES), "", thread="picture")
        self.strokes = gr.Textbox(visible=False)  # the drawing, for the URL
        limit = drawing_pad.MAX_LENGTH
        self.keep("drawing", self.strokes, drawing_pad.check_strokes, "", limit, thread="picture")
        self.way = gr.Textbox(WAYS[0], visible=False)
        self.keep("way", self.way, one_of(WAYS), WAYS[0])
        self.tabs: dict[str, gr.Tab] = {}
        with gr.Tabs(selected=WAYS[0]) as self.ways:
            for way in WAYS:
                with self.text(gr.Tab(id=way), label=f"cnn.way.{way}") as self.tabs[way]:
                    self.lay_out_way(way)
        self.examples = Pictures(elem_id="cnn-examples")
        self.translate(self.examples, lambda lang: {"value": looks.example_row(self.say, lang, "")})
        self.along("picture")

    def lay_out_way(self, way: str) -> None:
        """One way to give a picture."""
        if way == "draw":
            self.pad = DrawingPad(elem_id="cnn-pad")
            self.translate(self.pad, lambda lang: {"value": self.drawn("", lang)})
            return
        sources = ["upload", "clipboard"] if way == "photo" else ["webcam"]
        box = Photo(sources=sources, type="filepath", height=220, elem_id=f"cnn-{way}", elem_classes="lm-drop")
        setattr(self, way, self.text(box, label=f"cnn.{way}", placeholder="cnn.drop"))
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")

    photo: Photo
    camera: Photo

    def connect(self) -> None:
        shown = [self.status, self.bars, self.facts, self.seen, *self.look.outputs, self.snippet]
        given = [self.chosen, self.strokes, self.examples, self.photo, self.camera, self.pad]
        answered = [*shown, self.asked, self.found, self.stop, *given, *self.look.looked.values()]
        setting = {"model": self.model, "source": self.source}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "concurrency_id": "cnn"}
        slow |= {"trigger_mode": "always_last"}  # what is given meanwhile is answered next
        again = setting | {"asked": self.asked}
        running = [
            self.when(self.examples.choose, self.choose, answered, setting, **slow),
            self.when(self.photo.input, self.take, answered, setting | {"photo": self.photo}, **slow),
            self.when(self.camera.input, self.take, answered, setting | {"photo": self.camera}, **slow),
            self.when(self.pad.draw, self.drew, answered, setting, **slow),
            self.when([self.model.input, self.source.input], self.again, answered, again, **slow),
        ]
        self.when([self.photo.clear, self.camera.clear], self.wipe, answered, trigger_mode="always_last")
        self.stops(self.stop, running, self.status)
        for way, tab in self.tabs.items():
            tab.select(None, None, self.way, js=f"() => '{way}'", api_visibility="private")
        linked = {"chosen": self.chosen, "strokes": self.strokes, "way": self.way}
        self.on_link(self.from_link, [*answered, self.ways], linked | setting | self.look.looked)
        self.reword(self.show, shown, {"found": self.found} | self.look.looked)
        self.reword(self.inputs, [self.examples, self.pad], linked | {"model": self.model})

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.chosen: EXAMPLES[MODELS[0]][0]}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """An example that was clicked."""
        example = self.known(event.id, EXAMPLES[model])
        yield self.instead(model, lang, chosen=example) | {self.photo: None, self.camera: None}
        yield from self.answer(Asked("example", example), model, source, lang)

    def take(self, *, photo: str, model: str, source: str, lang: str) -> Iterator[Update]:
        """A photo."""
        if photo:
            yield self.instead(model, lang)
            yield from self.answer(Asked("photo", photo), model, source, lang)

    def drew(self, event: gr.EventData, *, model: str, source: str, lang: str) -> Iterator[Update]:
        """A stroke more or less on the pad; an empty pad asks nothing."""
        strokes = str(event.strokes)[: drawing_pad.MAX_LENGTH + 1]
        given = self.instead(model, lang, strokes=strokes)
        del given[self.pad]  # it shows its strokes already
        if strokes:
            yield given | {self.photo: None, self.camera: None}
            yield from self.answer(Asked("drawing", strokes), model, source, lang)
        else:
            yield given | self.wipe(lang=lang)

    def again(self, *, asked: Asked | None, model: str, source: str, lang: str) -> Iterator[Update]:
        """The same picture, for another source or another model; an example of the other model makes way for one of this."""
        if asked is None or (asked.kind == "example" and asked.value not in EXAMPLES[model]):
            asked = Asked("example", EXAMPLES[model][0])
        values = {"chosen": asked.value} if asked.kind == "example" else {}
        values |= {"strokes": asked.value} if asked.kind == "drawing" else {}
        yield self.instead(model, lang, **values)
        yield from self.answer(asked, model, source, lang)

    def from_link(
        self, *, chosen: str, strokes: str, way: str, model: str, source: str, lang: str, **looked: str
    ) -> Iterator[Update]:
        """The example or the drawing that a link names; without either the model's first example."""
        if way != WAYS[0]:
            yield {self.ways: gr.update(selected=self.known(way, WAYS))}
        chosen = self.known(chosen, ALL_EXAMPLES) if chosen else ""
        if chosen not in EXAMPLES[model] and not strokes:
            chosen = EXAMPLES[model][0]
        asked = Asked("example", chosen) if chosen in EXAMPLES[model] else Asked("drawing", strokes)
        shown = {"chosen": chosen} if asked.kind == "example" else {"strokes": strokes}
        yield self.instead(model, lang, **shown)
        yield from self.answer(asked, model, source, lang, Looks(**looked))

    def instead(self, model: str, lang: str, *, chosen: str = "", strokes: str = "") -> Update:
        """What the URL and the input hold of a new picture."""
        row = looks.example_row(self.say, lang, chosen, model)
        return {self.chosen: chosen, self.strokes: strokes, self.examples: row, self.pad: self.drawn(strokes, lang)}

    def wipe(self, *, lang: str) -> Update:
        """Nothing is asked any more."""
        told = {self.asked: None, self.found: None, self.stop: gr.update(visible=False), self.snippet: ""}
        return told | self.look.fresh() | self.show(found=None, lang=lang)

    def opened(self, asked: Asked) -> Any:
        """The picture, opened once for all networks."""
        if asked.kind == "drawing":
            return drawing_pad.picture(asked.value)
        from lmdemo.adapters.image_classification import open_picture

        return open_picture(asked.value)

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(self, asked: Asked, model: str, source: str, lang: str, looked: Looks | None = None) -> Iterator[Update]:
        """Asks the networks and shows what they say; a picture that can't be taken leaves no old answer behind."""
        file = replace(asked, value=self.example(asked.value)) if asked.kind == "example" else asked
        yield {self.asked: asked} | ({} if looked else self.look.fresh())
        try:
            opened = self.opened(file)
            call = calling(opened, trace=True)
            answers = yield from self.ask(model, source, call, lang, status=self.status, stop=self.stop)
        except InputError as error:
            yield self.wipe(lang=lang) | {self.status: say_error(error, lang)}
            return
        found = Found(
            asked, model, tuple(map(looks.light, answers)), looks.photo(opened), looks.of_hub(answers, model, opened)
        )
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.told_of(found, lang)
        yield from self.look.each(found=found, lang=lang, looks=looked or Looks())

    def show(self, *, found: Found | None, lang: str, **looked: str) -> Update:
        """What was found, in words and views."""
        return self.told_of(found, lang) | self.look.show(found=found, lang=lang, looks=Looks(**looked))

    def told_of(self, found: Found | None, lang: str) -> Update:
        """The answer itself."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet"), self.facts: "", self.bars: {}, self.seen: {}}
        facts = {self.facts: self.told(found.answers, found.model, lang)}
        if not found.there:
            return facts | {self.status: self.say(lang, "cnn.no_answer"), self.bars: {}, self.seen: {}}
        done = lmdemo.load(found.model).see(found.ours.result.trace)[1] if found.ours else ()
        return facts | {
            self.status: "  \n".join(
                looks.sentence(self.say, a, lang, alone=len(found.there) == 1) for a in found.there
            ),
            self.bars: {"groups": [looks.scores(self.say, a, lang) for a in found.there]},
            self.seen: looks.seen(self.say, found, done, lang),
            self.snippet: looks.snippet(found),
        }

    def inputs(self, *, chosen: str, strokes: str, way: str, model: str, lang: str) -> Update:
        """Examples and pad, in another language."""
        row = looks.example_row(self.say, lang, chosen, model)
        return {self.examples: row, self.pad: self.drawn(strokes, lang)}

    def drawn(self, strokes: str, lang: str) -> dict:
        """The pad with a drawing."""
        return {"strokes": strokes, "words": self.phrases("cnn.pad", lang)}
