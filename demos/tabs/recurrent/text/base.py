"""A recurrent network's page of texts: its models that read, and the one that writes."""

from collections.abc import Generator, Iterator
from typing import Any, ClassVar

import gradio as gr

from demos.core.tab import Tab, Update
from demos.tabs.recurrent.text.asked import Step
from demos.tabs.recurrent.text.looks import TEXTS
from demos.tabs.recurrent.text.measures import HINGLISH, examples
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
        asked = {"model": self.model, "source": self.source, "gate": read.look.gate, "chosen": read.look.chosen}
        given = asked | {"text": read.box}
        options = {name: getattr(write, name) for name in ("prompt", "temperature", "top_k", "count", "seed")}
        answered = [self.found, *read.outputs, read.look.chosen, self.snippet, read.stop, read.box]
        wrote = [write.wrote, *write.outputs, write.stop, self.snippet]
        parts = [self.for_reading, self.for_writing, self.source, self.hubless, read.examples]
        every = list(dict.fromkeys([*parts, *answered, *wrote, self.model]))
        last = {"trigger_mode": "always_last"}
        # -- reading
        typed = [read.box.input, self.source.input, read.look.gate.input]
        changed = self.when(self.model.input, self.change_model, every, given | options, **last)
        running = [
            self.when(typed, read.answer, answered, given, **last),
            self.when(read.examples.choose, read.choose, answered, asked, **last),
            self.when(read.switch.click, self.to_hinglish, every, given, **last),
            changed,
        ]
        self.stops(read.stop, running, read.status)
        self.on_link(self.from_link, every, given | options)
        self.reword(read.show, [*read.outputs, self.snippet], {"found": self.found, "chosen": read.look.chosen})
        # -- writing
        without = {name: component for name, component in options.items() if name != "prompt"}
        writing = [
            self.when(write.start.click, write.write, wrote, options, concurrency_limit=4),
            self.when(write.examples.choose, write.choose, [*wrote, write.prompt], without, concurrency_limit=4),
            changed,
        ]
        self.when(self.ends(write.stop, writing).then, write.stopped, [write.status, write.stop], queue=False)
        self.reword(write.show, [*write.outputs, self.snippet], {"wrote": write.wrote})
        # -- what goes with the model
        self.reword(self.say_of_model, [self.hubless, read.examples], {"model": self.model})

    def begin(self, lang: str) -> Update:
        """The first example; in Hinglish with the model that reads it, where there is one."""
        model = next((m for m in self.readers if lang != "en" and m == HINGLISH), self.readers[0])
        return {self.model: model, self.reading.box: examples(model)[0]}

    def from_link(self, *, model: str, text: str | None, **given: Any) -> Iterator[Update]:
        """The model and the text that a link names; a visitor may have chosen others meanwhile."""
        if model != self.readers[0]:
            yield self.show_model(model, given["lang"])
        if text == examples(self.readers[0])[0]:  # it names none
            text = yield from self.suited(text, model)
        yield from self.run(model=model, text=text, **given)

    def change_model(self, *, model: str, text: str | None, **given: Any) -> Iterator[Update]:
        """Another model: its part of the page, and its answer to the same text."""
        yield self.show_model(model, given["lang"])
        text = yield from self.suited(text, model)
        yield from self.run(model=model, text=text, **given)

    def to_hinglish(
        self, *, model: str, source: str, gate: str, text: str | None, chosen: Step | None, lang: str
    ) -> Iterator[Update]:
        """The model that reads Hinglish answers to the same text."""
        yield {self.model: HINGLISH} | self.show_model(HINGLISH, lang)
        yield from self.reading.answer(text=text, model=HINGLISH, source=source, gate=gate, lang=lang)

    def run(
        self,
        *,
        model: str,
        source: str,
        gate: str,
        text: str | None,
        lang: str,
        chosen: Step | None = None,
        **options: Any,
    ) -> Iterator[Update]:
        """A model's answer to the text, or what it writes."""
        if model in self.readers:
            yield from self.reading.answer(text=text, model=model, source=source, gate=gate, chosen=chosen, lang=lang)
        else:
            yield from self.writing.write(**options, lang=lang)

    def suited(self, text: str | None, model: str) -> Generator[Update, None, str | None]:
        """An example in another language makes way for one in the model's; what a visitor wrote stays."""
        if model in self.readers and text in TEXTS and text not in examples(model):
            text = examples(model)[0]
            yield {self.reading.box: text}
        return text

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
