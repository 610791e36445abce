"""LSTM · Translation: a sentence in another language, where the network looked, and what the beam kept."""

import html
import operator
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.sources import wanted
from demos.core.tab import Answers, Tab, Update, calling
from demos.core.url import text
from demos.core.words import say_error
from demos.tabs.recurrent.translation import looks
from demos.tabs.recurrent.translation.functions import (
    MODELS,
    translate,
    translate_alignment,
    translate_beam,
    translate_compare,
    translate_look,
    translate_prove,
)
from demos.tabs.recurrent.translation.inside import Inside
from demos.tabs.recurrent.translation.looks import EXAMPLES, Found
from demos.tabs.recurrent.translation.questions import beside
from demos.views.chips import Chips
from demos.views.sureness import Sureness
from lmdemo.catalog import MODELS as ROWS
from lmdemo.errors import InputError

FIRST = EXAMPLES[MODELS[0]][0]
SHOWN_LINES = ("LSTMTranslation.decode", "LSTMTranslation.encode", "LSTMTranslation.forward")


class Translation(Tab):
    """A sentence, from English."""

    name = "lstm-translation"
    functions = (translate, translate_alignment, translate_beam, translate_look, translate_compare, translate_prove)
    threads = ("sentence",)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), MODELS)
        self.hubless = gr.Markdown(elem_classes="lm-muted", visible=False, elem_id="translation-hubless")
        self.found = gr.State(None)
        with self.stage():
            with self.given():
                self.sentence = gr.Textbox(FIRST, lines=3, max_lines=5, elem_id="translation-text")
                self.text(self.sentence, label="text.label")
                self.keep("text", self.sentence, text(1_000), FIRST, thread="sentence")
                self.examples = Chips(looks.example_chips(self.say, MODELS[0], "en"), elem_id="translation-examples")
                self.along()
            with self.answered():
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.sure = Sureness(elem_id="translation-sure")
        with self.inside():
            self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/lstm_translation.py", SHOWN_LINES, model=self.model)
        self.proof()
        self.good(MODELS)

    def connect(self) -> None:
        shown = [self.status, self.sure, self.facts, *self.look.outputs, self.snippet]
        answered = [*shown, self.found, self.stop]
        around = [self.source, self.hubless, self.examples]
        options = {"model": self.model, "source": self.source, "beams": self.look.beams, "attend": self.look.attend}
        asked = options | {"sentence": self.sentence}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "trigger_mode": "always_last"}
        slow |= {"concurrency_id": "translation", "concurrency_limit": 2}
        changed = [self.sentence.input, self.sentence.submit, self.source.input]
        changed += [self.look.beams.release, self.look.attend.input]
        running = [
            self.when(changed, self.answer, answered, asked, **slow),
            self.when(self.model.input, self.choose_model, [*answered, *around], asked, **slow),
            self.when(self.examples.choose, self.choose, [*answered, self.sentence], options, **slow),
        ]
        self.stops(self.stop, running, self.status)
        self.on_link(self.from_link, [*answered, *around], asked)
        self.reword(self.show, shown, {"found": self.found})
        self.reword(self.around, around, {"model": self.model})

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.sentence: FIRST}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(
        self, event: gr.EventData, *, model: str, source: str, beams: float, attend: bool, lang: str
    ) -> Iterator[Update]:
        """An example that was clicked."""
        sentence = self.known(event.text, EXAMPLES[model])
        yield {self.sentence: sentence}
        yield from self.answer(sentence=sentence, model=model, source=source, beams=beams, attend=attend, lang=lang)

    def choose_model(self, *, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """Another language: what belongs to it, and the same sentence."""
        yield self.around(model=model, lang=lang)
        yield from self.answer(model=model, lang=lang, **asked)

    def from_link(self, *, sentence: str, model: str, lang: str, **options: Any) -> Iterator[Update]:
        """The model and the sentence that a link names."""
        if model != MODELS[0]:
            yield self.around(model=model, lang=lang)
        if sentence:
            yield from self.answer(sentence=sentence, model=model, lang=lang, **options)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def answer(
        self, *, sentence: str, model: str, source: str, beams: float, attend: bool, lang: str
    ) -> Iterator[Update]:
        """Translates and shows it, then what else is asked about it; what is wrong is said where the answer would stand."""
        asked = Found(sentence or "", model, source, int(beams), attend)
        if not asked.text.strip():
            yield self.cleared(self.say(lang, "nothing_yet"), lang)
            return
        try:
            found = yield from self.translated(asked, lang)
        except InputError as error:
            yield self.cleared(html.escape(say_error(error, lang), quote=False), lang)
            return
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)
        if found.own is not None and found.own.result.target_tokens:
            found = replace(found, beside=beside(lmdemo.load(model), found))
            yield {self.found: found} | self.look.ask(found, lang)

    def translated(self, asked: Found, lang: str) -> Generator[Update, None, Found]:
        """Asks the networks, telling what is being loaded meanwhile."""
        answers: Answers = ()
        for source in wanted(asked.model, asked.source):
            ours = source == "scratch"
            call = calling(asked.text, trace=True, num_beams=asked.beams, **({"attend": asked.attend} if ours else {}))
            unknown = {"extra": operator.methodcaller("unknown_words", asked.text)} if ours else {}
            answers += yield from self.ask(
                asked.model, source, call, lang, status=self.status, stop=self.stop, **unknown
            )
        return replace(asked, answers=answers)

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        return {
            self.status: looks.said(self.say, found, lang),
            self.sure: looks.sure(self.say, found, self.phrases("view.sureness", lang), lang),
            self.facts: self.told(found.answers, found.model, lang),
            self.snippet: looks.snippet(found),
        } | self.look.show(found, lang)

    def cleared(self, status: str, lang: str) -> Update:
        """No answer, and why."""
        gone = {self.found: None, self.stop: gr.update(visible=False), self.sure: {}, self.facts: "", self.snippet: ""}
        return {self.status: status} | gone | self.look.show(None, lang)

    def around(self, *, model: str, lang: str) -> Update:
        """What belongs to the chosen model: whether a hub has one, and its examples."""
        hub = bool(ROWS[model].hub)
        return {
            self.source: gr.update(visible=hub),
            self.hubless: gr.update(visible=not hub, value="" if hub else self.say(lang, f"no_hub.{model}")),
            self.examples: looks.example_chips(self.say, model, lang),
        }
