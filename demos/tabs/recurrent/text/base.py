"""A recurrent network's page of texts: its models that read, and the one that writes."""

from collections.abc import Iterator
from typing import ClassVar

import gradio as gr

from demos.core.tab import Tab, Update
from demos.tabs.recurrent.text.measures import examples
from demos.tabs.recurrent.text.reading import Reading
from demos.tabs.recurrent.text.writing import Writing
from lmdemo.catalog import MODELS

SOURCES = ("scratch", "hub", "both")


class Text(Tab):
    """What RNN and LSTM have in common; a member says which models it has.

    Attributes:
        readers: Its models that classify; the page opens with the first.
        writer: Its model that writes.
        lines: Names in the model's file whose source lines the page shows.
        gated: Whether its networks have gates.
    """

    readers: ClassVar[tuple[str, ...]]
    writer: ClassVar[str]
    lines: ClassVar[tuple[str, ...]]
    gated: ClassVar[bool]
    threads = ("sentence",)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, (*self.readers, self.writer))
        self.hubless = gr.Markdown(elem_classes="lm-muted", visible=False, elem_id=f"{self.name}-hubless")
        self.found = gr.State(None)  # what was read
        with gr.Column() as self.for_reading:
            self.reading = Reading(self)
        with gr.Column(visible=False) as self.for_writing:
            self.writing = Writing(self)
        self.learn()
        twin = f"tests/keras/{self.name}.py"
        self.snippet = self.code(f"lmdemo/models/{self.name}.py", self.lines, model=self.model, keras=twin)
        self.proof()
        self.good((*self.readers, self.writer))

    def connect(self) -> None:
        read, write = self.reading, self.writing
        # -- reading
        asked = {"model": self.model, "source": self.source, "gate": read.look.gate}
        given = asked | {"text": read.box}
        found = [self.found, *read.outputs, read.look.chosen, read.look.unit, self.snippet]
        answered = [*found, read.stop, read.box]
        typed = [read.box.input, self.source.input, read.look.gate.input]
        parts = [self.for_reading, self.for_writing, self.source, self.hubless, read.examples]
        running = [
            self.when(typed, read.answer, answered, given, trigger_mode="always_last"),
            self.when(read.examples.choose, read.choose, answered, asked, trigger_mode="always_last"),
            self.when(self.model.input, self.change_model, [*parts, *answered], given, trigger_mode="always_last"),
        ]
        self.stops(read.stop, running, read.status)
        self.on_link(self.from_link, [*parts, *answered], given)
        self.reword(read.show, [*read.outputs, self.snippet], {"found": self.found})
        # -- writing
        options = {name: getattr(write, name) for name in ("prompt", "temperature", "top_k", "count", "seed")}
        wrote = [write.wrote, *write.outputs, self.snippet]
        writing = self.when(write.start.click, write.write, wrote, options, concurrency_limit=4)
        self.when(self.ends(write.stop, [writing]).then, write.stopped, [write.status], queue=False)
        self.reword(write.show, [*write.outputs, self.snippet], {"wrote": write.wrote})
        # -- what goes with the model
        said = [self.hubless, read.examples]
        self.reword(self.say_of_model, said, {"model": self.model})

    def begin(self, lang: str) -> Update:
        """The first example; in Hinglish with the model that reads it, where there is one."""
        model = next((m for m in self.readers if lang != "en" and m.endswith("hinglish")), self.readers[0])
        return {self.model: model, self.reading.box: examples(model)[0]}

    def from_link(self, *, model: str, source: str, gate: str, text: str | None, lang: str) -> Iterator[Update]:
        """The model and the text that a link names; a visitor may have chosen others meanwhile."""
        if model != self.readers[0]:
            yield self.show_model(model, lang)
        if text and model in self.readers:
            yield from self.reading.answer(text=text, model=model, source=source, gate=gate, lang=lang)

    def change_model(self, *, model: str, source: str, gate: str, text: str | None, lang: str) -> Iterator[Update]:
        """Another model: its part of the page, and its answer to the same text."""
        yield self.show_model(model, lang)
        if model in self.readers:
            yield from self.reading.answer(text=text, model=model, source=source, gate=gate, lang=lang)

    def show_model(self, model: str, lang: str) -> Update:
        """What belongs to a model."""
        return {
            self.for_reading: gr.update(visible=model != self.writer),
            self.for_writing: gr.update(visible=model == self.writer),
            self.source: gr.update(visible=bool(MODELS[model].hub)),
        } | self.say_of_model(model=model, lang=lang)

    def say_of_model(self, *, model: str, lang: str) -> Update:
        """Why a model has no counterpart on the hub, and its examples."""
        row = MODELS[model]
        why = "" if row.hub else self.say(lang, f"no_hub.{row.no_hub}.{row.task}")
        return {self.hubless: gr.update(visible=bool(why), value=why)} | self.reading.for_model(model=model, lang=lang)
