"""Reading: what a text says of itself, and what happens in the network meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import gradio as gr

from demos.core.cards import beside_baselines
from demos.core.tab import Part, Update
from demos.core.url import text as short_text
from demos.core.words import say_error
from demos.tabs.recurrent.text import looks
from demos.tabs.recurrent.text.inside import Inside
from demos.tabs.recurrent.text.labs import CopyMemory, Speed
from demos.views.bars import Bars
from demos.views.chips import Chips
from lmdemo.errors import InputError


class Reading(Part):
    """A text in, its mood out; it answers while one types."""

    def lay_out(self) -> None:
        first = self.tab.readers[0]
        with gr.Row(elem_classes="lm-columns"):
            with self.tab.part("input"):
                self.examples = Chips(looks.example_chips(self, first, "en"), elem_id=f"{self.name}-examples")
                self.box = gr.Textbox(lines=4, max_lines=10, elem_id=f"{self.name}-text")
                self.text(self.box, label="text.label", info="text.info")
                self.keep("text", self.box, short_text(), "")
            with self.tab.part("result"):
                self.status = gr.Markdown(self.say("en", "nothing_yet"), elem_classes="lm-status")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.bars, self.cards = Bars(), gr.HTML()
                self.figures = gr.HTML(beside_baselines(first, self.say, "en"), elem_classes="lm-table")
        with self.tab.part("look"):
            self.inside = Inside(self.tab)
            self.copy_memory, self.speed = CopyMemory(self.tab), Speed(self.tab)
        self.outputs = [self.status, self.bars, self.cards, *self.inside.outputs]

    def choose(self, event: gr.EventData, *, model: str, source: str, gate: str, lang: str) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.tab.known(event.text, looks.TEXTS)
        yield {self.box: text}
        yield from self.answer(text=text, model=model, source=source, gate=gate, lang=lang)

    def answer(self, *, text: str | None, model: str, source: str, gate: str, lang: str) -> Iterator[Update]:
        """Answers what is typed; what is wrong with it is said where the answer would stand."""
        if not text or not text.strip():
            yield self.done(None, lang)
            return
        found = looks.Found(text, model, gate if model.startswith("lstm") else "none")
        try:
            answers = yield from self.tab.ask(
                model,
                source,
                partial(looks.read, text=text, held=found.held),
                lang,
                status=self.status,
                stop=self.stop,
                extra=partial(looks.beside, found=found),
            )
            found = replace(found, answers=answers)
        except InputError as error:
            found = replace(found, wrong=error.with_traceback(None))
        yield self.done(found, lang)

    def done(self, found: looks.Found | None, lang: str) -> Update:
        """All is found, or nothing is asked."""
        told = {self.tab.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)
        return told | self.inside.forget()

    def show(self, *, found: looks.Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        inside = self.inside.show(found=found, lang=lang)
        if found is None or found.wrong:
            said = say_error(found.wrong, lang) if found and found.wrong else self.say(lang, "nothing_yet")
            return {self.status: said, self.bars: {}, self.cards: ""} | inside
        return {
            self.status: looks.sentence(self, found, lang),
            self.bars: looks.score_bars(self, found, lang),
            self.cards: self.tab.cards(found.answers, lang),
            self.tab.snippet: looks.snippet(found),
        } | inside

    def for_model(self, *, model: str, lang: str) -> Update:
        """Examples in the model's language, and its figures."""
        if model not in self.tab.readers:
            return {}
        figures = beside_baselines(model, self.say, lang)
        return {self.examples: looks.example_chips(self, model, lang), self.figures: figures}
