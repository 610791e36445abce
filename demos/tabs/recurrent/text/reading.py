"""Reading: what a text says of itself, and what happens in the network meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import gradio as gr

from demos.core.tab import Part, Update
from demos.core.url import text as short_text
from demos.core.words import say_error
from demos.tabs.recurrent.text import looks
from demos.tabs.recurrent.text.asked import Found, Step, again, looked_into, read
from demos.tabs.recurrent.text.inside import Inside
from demos.tabs.recurrent.text.labs import CopyMemory, Speed
from demos.tabs.recurrent.text.measures import HINGLISH, examples
from demos.views.bars import Bars
from demos.views.chips import Chips
from lmdemo.errors import InputError


class Reading(Part):
    """A text in, its mood out; it answers while one types."""

    def lay_out(self) -> None:
        first = self.tab.readers[0]
        with self.stage():
            with self.given():
                text = examples(first)[0]
                self.box = gr.Textbox(text, lines=3, max_lines=8, elem_id=f"{self.name}-text")
                self.text(self.box, label="text.label", info="text.info")
                self.keep("text", self.box, short_text(), text, thread="sentence")
                self.examples = Chips(looks.example_chips(self, first, "en"), elem_id=f"{self.name}-examples")
                self.along()
            with self.answered():
                self.status = gr.Markdown(self.say("en", "nothing_yet"), elem_classes="lm-status")
                self.switch = gr.Button(size="sm", visible=False, elem_id=f"{self.name}-switch")
                self.text(self.switch, value="switch")
                self.onward = gr.HTML(elem_classes="lm-along", visible=False)
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.bars = Bars()
        with self.inside():
            self.look = Inside(self.tab)
            self.copy_memory, self.speed = CopyMemory(self.tab), Speed(self.tab)
        self.outputs = [self.status, self.switch, self.onward, self.bars, self.facts, *self.look.outputs]

    def choose(
        self, event: gr.EventData, *, model: str, source: str, gate: str, lang: str, chosen: Step | None = None
    ) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.tab.known(event.text, looks.TEXTS)
        yield {self.box: text}
        yield from self.answer(text=text, model=model, source=source, gate=gate, chosen=chosen, lang=lang)

    def answer(
        self, *, text: str | None, model: str, source: str, gate: str, lang: str, chosen: Step | None = None
    ) -> Iterator[Update]:
        """Answers what is typed; what is wrong with it is said where the answer would stand."""
        if not text or not text.strip():
            yield self.done(None, None, lang)
            return
        found = Found(text, model, gate if model.startswith("lstm") else "none")
        try:
            answers = yield from self.tab.ask(
                model, source, partial(read, text=text, held=found.held), lang, status=self.status, stop=self.stop
            )
            found = looked_into(replace(found, answers=answers))
        except InputError as error:
            found = replace(found, wrong=error.with_traceback(None))
        yield self.done(found, again(chosen, found), lang)

    def done(self, found: Found | None, chosen: Step | None, lang: str) -> Update:
        """All is found, or nothing is asked."""
        told = {self.tab.found: found, self.look.chosen: chosen, self.stop: gr.update(visible=False)}
        return told | self.show(found=found, chosen=chosen, lang=lang)

    def show(self, *, found: Found | None, chosen: Step | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        inside = self.look.show(found=found, chosen=chosen, lang=lang)
        if found is None or found.wrong:
            said = say_error(found.wrong, lang) if found and found.wrong else self.say(lang, "nothing_yet")
            hidden = dict.fromkeys((self.switch, self.onward), gr.update(visible=False))
            return {self.status: said, self.bars: {}, self.facts: ""} | hidden | inside
        foreign, here = looks.foreign(found), HINGLISH in self.tab.readers
        return {
            self.status: looks.sentence(self, found, lang),
            self.switch: gr.update(visible=foreign and here),
            self.onward: gr.update(visible=foreign and not here, value=looks.onward(self, found, lang)),
            self.bars: looks.score_bars(self, found, lang),
            self.facts: self.told(found.answers, found.model, lang),
            self.tab.snippet: looks.snippet(found),
        } | inside

    def for_model(self, *, model: str, lang: str) -> Update:
        """Examples in the model's language."""
        if model not in self.tab.readers:
            return {}
        return {self.examples: looks.example_chips(self, model, lang)}
