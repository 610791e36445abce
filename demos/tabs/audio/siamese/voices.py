"""Two clips: one voice or two. What is given, the answer, and how it came about."""

from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from demos.core.clips import example_or_clip, file_at
from demos.core.tab import Part, Update, calling
from demos.core.url import number, one_of
from demos.tabs.audio.siamese import functions, looks, quiz
from demos.tabs.audio.siamese.along import Along
from demos.tabs.audio.siamese.functions import SPEAKER, given
from demos.tabs.audio.siamese.people import People
from demos.views.chips import Chips, chips
from demos.views.dot_product import DotProduct
from demos.views.listen import Listen
from demos.views.spectrogram import Spectrogram
from demos.views.threshold import Threshold
from lmdemo.errors import InputError


class Voices(Part):
    """Two clips in, one decision out; it answers as soon as both are there."""

    def lay_out(self) -> None:
        self.found = gr.State(None)
        self.layer = gr.Number(0, visible=False)
        self.keep("layer", self.layer, number(0, 8), 0)
        self.by_size = gr.Textbox("", visible=False)
        self.keep("products", self.by_size, one_of(("size",)), "")
        self.came = gr.Textbox("", visible=False)  # where an upload lies that came along, or goes
        self.keep("clip", self.came, example_or_clip(("",)), "", 0, thread="clip")
        with self.stage():
            with self.given():
                with gr.Row():
                    self.first = self.tab.clip("siamese.first", "siamese-first")
                    self.second = self.tab.clip("siamese.second", "siamese-second")
                self.examples = Chips(elem_id="siamese-examples")
                self.translate(self.examples, lambda lang: {"value": self.example_chips(lang)})
                self.text(gr.Markdown(elem_classes="lm-muted"), value="siamese.no_security")
                self.along("clip")
            with self.answered():
                self.status = gr.Markdown(elem_classes="lm-status", elem_id="siamese-said")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.verdict = Threshold(elem_id="siamese-verdict")
        with self.inside() as self.steps:
            with self.step("pair") as pair:
                self.spectra = Spectrogram(elem_id="siamese-spectra")
                self.product = DotProduct(elem_id="siamese-product")
            with self.guesses["pair"].parent:
                self.quiz = Listen(elem_id="siamese-quiz")
            with self.step("unseen") as unseen:
                self.unseen = Threshold(elem_id="siamese-unseen")
            self.people = People(self.tab)
            self.talk = Along(self.tab)
        self.ways = {pair: "two", unseen: "two", self.people.opened: "many", self.talk.opened: "along"}
        questions = [self.guesses["pair"], self.guesses["unseen"]]
        self.outputs = [self.status, self.verdict, self.facts, self.spectra, self.product, self.quiz, self.unseen]
        self.outputs += questions

    def connect(self) -> None:
        self.when(self.spectra.layer, self.choose_layer, [self.layer])
        self.when(self.product.sort, self.choose_order, [self.by_size])

    def example_chips(self, lang: str) -> dict:
        """The pairs to choose from."""
        return chips(self.say(lang, "examples"), [self.say(lang, f"siamese.example.{e}") for e in looks.PAIRS])

    def named(self, text: str, lang: str) -> str:
        """The example of a chip."""
        names = {self.say(lang, f"siamese.example.{e}"): e for e in looks.PAIRS}
        return names[self.tab.known(text, names)]

    def choose_layer(self, event: gr.EventData, *, lang: str) -> Update:
        """What is drawn of both clips."""
        return {self.layer: int(self.tab.known(event.layer, range(9)))}

    def choose_order(self, event: gr.EventData, *, lang: str) -> Update:
        """The order of the products."""
        return {self.by_size: "size" if event.sorted else ""}

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def fill(self, example: str) -> Update:
        """An example's clips in the boxes."""
        first, second = map(functions.path, looks.PAIRS[example])
        return {self.first: first, self.second: second}

    def from_along(
        self, came: str, *, source: str, threshold: float | None, layer: float, by_size: str, lang: str, **given: object
    ) -> Iterator[Update]:
        """A clip that came along from another member, beside the first example's other one."""
        clips = file_at(came), functions.path(next(iter(looks.PAIRS.values()))[1])
        yield dict(zip((self.first, self.second), clips, strict=True))
        yield from self.answer(looks.Found(clips, source), threshold, layer, by_size, lang)

    def answer(
        self, asked: looks.Found, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Iterator[Update]:
        """Asks the networks; what is wrong with a clip takes the old answer away."""
        call = calling(tuple(map(given, asked.clips)), trace=True)
        try:
            answers = yield from self.tab.ask(
                SPEAKER, asked.source, call, lang, status=self.status, stop=self.stop, extra=looks.threshold_of
            )
        except InputError:
            yield self.nothing(lang)
            raise
        found = replace(asked, answers=answers, quiz=quiz.draw(asked.clips))
        options = {"threshold": threshold, "layer": layer, "by_size": by_size}
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang, **options)

    def nothing(self, lang: str) -> Update:
        """No answer under new clips."""
        emptied = {c: {} for c in self.outputs if c not in (self.status, self.facts)}
        return emptied | {self.found: None, self.status: self.say(lang, "nothing_yet"), self.facts: ""}

    def show(
        self, *, found: looks.Found | None, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        made = self.decided(found, threshold, lang) | {
            self.facts: self.told(found.answers, SPEAKER, lang),
            self.tab.snippet: looks.snippet(found),
        }
        if found.there:
            made[self.spectra] = looks.fingerprints(self, found, threshold, int(layer), lang)
            made[self.product] = looks.product(self, found, by_size == "size", lang)
        else:
            made |= {self.spectra: {}, self.product: {}}
        if found.quiz:
            made[self.quiz] = quiz.clips(self, found.quiz, lang)
            made |= self.guess("pair", lang, *quiz.question(self, found.quiz, lang), about=looks.about(*found.clips))
        asked = looks.unseen_guess(self, found, lang)
        return made | (self.guess("unseen", lang, *asked, about=looks.about(*found.clips)) if asked else {})

    def decided(self, found: looks.Found | None, threshold: float | None, lang: str) -> Update:
        """What depends on the threshold."""
        if found is None:
            return {}
        return {
            self.status: looks.said(self.say, found, threshold, lang),
            self.verdict: looks.verdict(self, found, threshold, lang),
            self.unseen: looks.errors(self, found, threshold, lang),
        }
