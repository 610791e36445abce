"""Audio & speech · Siamese: one encoder for two clips. Which model, the two clips or the sound, the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import gradio as gr

from demos.core.endpoints import Clip
from demos.core.tab import Answer, Answers, Tab, Update, calling
from demos.core.url import one_of
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.along import Along
from demos.tabs.audio.siamese.classes import Classes, confusion, means
from demos.tabs.audio.siamese.functions import (
    FINGERPRINT,
    MODELS,
    SOUND,
    SPEAKER,
    given,
    siamese_embed,
    siamese_find,
    siamese_sound,
    siamese_verify,
)
from demos.tabs.audio.siamese.inside import Inside
from demos.tabs.audio.siamese.looks import EXAMPLES
from demos.tabs.audio.siamese.people import People
from demos.tabs.audio.siamese.recordings import Recordings
from demos.views.bars import Bars, bars
from demos.views.pictures import Pictures
from demos.views.verdict import Verdict, answer, verdict
from lmdemo.errors import InputError

WAYS = ("two", "many", "along")
SHOWN = ("statistics", "normalize", "Block", "contrast_loss", "ge2e_loss", "additive_margin_loss", "Siamese.forward")


@dataclass(frozen=True)
class Found:
    """What was asked and answered; everything on show is made from it."""

    model: str
    clips: tuple[str, ...]
    source: str
    answers: Answers = ()
    example: str = ""


class Siamese(Tab):
    """Two clips or one sound."""

    name = "siamese"
    functions = (siamese_verify, siamese_embed, siamese_find, siamese_sound)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), MODELS)
        self.text(gr.Markdown(), value="siamese.no_security")
        self.found = gr.State(None)
        with self.part("input"):
            self.lay_out_input()
        with self.part("result"):
            with gr.Column() as self.result:
                self.status = gr.Markdown(elem_classes="lm-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.verdict = Verdict(elem_id="siamese-verdict")
                self.sounds, self.card = Bars(elem_id="siamese-sounds"), gr.HTML()
            with gr.Column(visible=False) as self.result_print:
                self.recordings.render_result()
        with self.part("look"):
            with gr.Column(visible=False) as self.inside_print:
                self.recordings.peaks.render()
            self.inside = Inside(self)
            with gr.Column(visible=False) as self.inside_sound:
                self.show_confusion = self.text(gr.Button(size="sm"), value="siamese.sound.show")
                self.confusion = gr.HTML(elem_classes="lm-table")
        self.explain()
        self.snippet = self.code("lmdemo/models/siamese.py", SHOWN, model=self.model)
        self.proof()

    def lay_out_input(self) -> None:
        """Examples, and what each model is given."""
        self.example = gr.Textbox(visible=False)  # its id, for the URL
        self.keep("example", self.example, one_of(tuple(EXAMPLES)), "")
        self.way = gr.Textbox("two", visible=False)  # the open inner tab's id, for the URL
        self.keep("way", self.way, one_of(WAYS), "two")
        self.examples = Pictures(elem_id="siamese-examples")
        self.translate(self.examples, lambda lang: {"value": looks.example_row(self.say, lang, "")})
        self.text(gr.Markdown(elem_classes="lm-muted"), value="siamese.synthetic")
        with gr.Column() as self.for_speaker, gr.Tabs() as self.ways:
            with self.text(gr.Tab(id="two"), label="siamese.two.tab") as two:
                with gr.Row():
                    self.first = self.clip("siamese.first", "siamese-first")
                    self.second = self.clip("siamese.second", "siamese-second")
                self.compare = self.text(gr.Button(variant="primary"), value="siamese.compare")
            with self.text(gr.Tab(id="many"), label="siamese.many.tab") as many:
                People(self)
            with self.text(gr.Tab(id="along"), label="siamese.along.tab") as along:
                Along(self)
        for tab in (two, many, along):
            tab.select(None, None, self.way, js=f"() => {json.dumps(tab.id)}", api_visibility="private")
        with gr.Column(visible=False) as self.for_print:
            self.recordings = Recordings(self)
        with gr.Column(visible=False) as self.for_sound:
            self.text(gr.Markdown(), value="siamese.sound.help")
            self.heard = self.clip("siamese.sound.clip", "siamese-sound")
            self.classes = Classes(self)
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")

    def connect(self) -> None:
        shown = [self.status, self.verdict, self.sounds, self.card, *self.inside.outputs, self.snippet]
        parts = [self.for_speaker, self.for_print, self.for_sound, self.inside_sound, self.result, self.result_print]
        parts.append(self.inside_print)
        chosen = [self.model, self.example, self.examples, self.first, self.second, self.heard]
        answered = [*shown, self.found, self.stop, *chosen, *parts]
        setting = {"source": self.source, "mine": self.classes.mine}
        clips = setting | {"first": self.first, "second": self.second}
        again = setting | {"found": self.found}
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "concurrency_id": "siamese"}
        running = [
            self.when(self.examples.choose, self.choose, answered, setting, **slow),
            self.when([self.first.input, self.second.input], self.compare_both, answered, clips, **slow),
            self.when(self.compare.click, self.compare_now, answered, clips, **slow),
            self.when(self.heard.input, self.name_sound, answered, setting | {"heard": self.heard}, **slow),
            self.when(self.source.input, self.again, answered, again, **slow),
            *(self.when(changed.success, self.again, answered, again, **slow) for changed in self.classes.changed),
        ]
        self.stops(self.stop, running, self.status)
        link = {"model": self.model, "way": self.way, "example": self.example} | setting
        self.on_link(self.from_link, [*answered, self.ways], link)
        self.when(self.model.input, self.show_parts, parts, {"model": self.model})
        tables = {"mine": self.classes.mine}
        self.when(self.show_confusion.click, self.confusion_tables, [self.confusion], tables, show_progress="minimal")
        self.reword(self.show, shown, {"found": self.found})
        self.reword(self.example_row, [self.examples], {"example": self.example})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """An example that was clicked."""
        yield from self.from_example(self.known(event.id, EXAMPLES), source, mine, lang)

    def from_link(self, *, model: str, way: str, example: str, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """The model, the inner tab and the example that a link names; a visitor may have chosen others meanwhile."""
        yield {self.ways: gr.update(selected=way)} if way != "two" else {}
        yield self.show_parts(model=model, lang=lang) if model != MODELS[0] else {}
        if example:
            yield from self.from_example(example, source, mine, lang)

    def from_example(self, example: str, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """Fills an example in and answers."""
        model, clips = EXAMPLES[example]
        files = tuple(looks.path(c) for c in clips)
        boxes = {self.first: files[0], self.second: files[1]} if model == SPEAKER else {self.heard: files[0]}
        chosen = {self.model: model, self.example: example} | self.example_row(example=example, lang=lang)
        yield chosen | boxes | self.show_parts(model=model, lang=lang)
        yield from self.answer(Found(model, files, source, example=example), mine, lang)

    def compare_both(self, *, first: str, second: str, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """Two clips, once both are there."""
        if first and second:
            yield from self.answer(Found(SPEAKER, (first, second), source), mine, lang)

    def compare_now(self, *, first: str, second: str, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """The button: says what is missing."""
        if not first or not second:
            got = str(int(bool(first)) + int(bool(second)))
            raise InputError("two_clips", expected="(clip, clip)", got=got, hint="Give two clips.")
        yield from self.compare_both(first=first, second=second, source=source, mine=mine, lang=lang)

    def name_sound(self, *, heard: str, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """One sound."""
        if heard:
            yield from self.answer(Found(SOUND, (heard,), source), mine, lang)

    def again(self, *, found: Found | None, source: str, mine: dict, lang: str) -> Iterator[Update]:
        """The same clips, with another source or other classes."""
        if found:
            yield from self.answer(replace(found, source=source), mine, lang)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def answer(self, asked: Found, mine: dict, lang: str) -> Iterator[Update]:
        """Asks the networks and shows what they say."""
        if asked.model == SPEAKER:
            call = calling(tuple(map(given, asked.clips)), trace=True)
        else:
            call = calling(given(asked.clips[0]), trace=True, prototypes=means(mine))
        answers = yield from self.ask(
            asked.model, asked.source, call, lang, status=self.status, stop=self.stop, extra=looks.threshold_of
        )
        found = replace(asked, answers=answers)
        chosen = {self.example: asked.example} | self.example_row(example=asked.example, lang=lang)
        yield {self.found: found, self.stop: gr.update(visible=False)} | chosen | self.show(found=found, lang=lang)

    def show(self, *, found: Found | None, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        there, sound = [a for a in found.answers if isinstance(a, Answer)], found.model == SOUND
        said = (
            looks.said_of_sounds(self.say, found, there, lang) if sound else looks.said_of_voices(self.say, there, lang)
        )
        decided, named = [], {}
        for a in there:
            if sound:
                scores = {looks.sound_name(self.say, k, lang): v for k, v in a.result.scores.items()}
                named = bars(self.say(lang, "siamese.sound.scores"), scores, top=14)
            else:
                decided.append(answer(self.say(lang, f"source.{a.source}"), a.source, a.result.score, a.extra))
        return {
            self.status: "  \n".join(said) or self.say(lang, "siamese.no_answer"),
            self.verdict: verdict(decided, self.phrases("siamese.verdict", lang)),
            self.sounds: named,
            self.card: self.cards(found.answers, lang),
            self.snippet: looks.snippet(found, lang),
        } | self.inside.show(there, sound=sound, lang=lang)

    def example_row(self, *, example: str, lang: str) -> Update:
        """The examples, one of them chosen."""
        return {self.examples: looks.example_row(self.say, lang, example)}

    def show_parts(self, *, model: str, lang: str) -> Update:
        """What belongs to the chosen model."""
        here = {name: gr.update(visible=model == name) for name in MODELS}
        return {
            self.for_speaker: here[SPEAKER],
            self.for_print: here[FINGERPRINT],
            self.for_sound: here[SOUND],
            self.inside_sound: here[SOUND],
            self.result: gr.update(visible=model != FINGERPRINT),
            self.result_print: here[FINGERPRINT],
            self.inside_print: here[FINGERPRINT],
        }

    def confusion_tables(self, *, mine: dict, lang: str) -> Update:
        """Which sounds are taken for which."""
        return {self.confusion: confusion(self.say, mine, lang)}

    def clip(self, key: str, elem_id: str) -> Clip:
        """A place to record or upload a clip."""
        return self.text(Clip(sources=["microphone", "upload"], type="filepath", elem_id=elem_id), label=key)
