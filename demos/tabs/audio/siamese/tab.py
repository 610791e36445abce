"""Audio & speech · Siamese: one encoder for two clips. Which model, and what each of them is given."""

from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from demos.core.clips import place_of
from demos.core.endpoints import Clip
from demos.core.tab import Tab, Update
from demos.core.url import number, one_of
from demos.tabs.audio.siamese import functions, looks, sounds
from demos.tabs.audio.siamese.functions import FINGERPRINT, MODELS, SOUND, SPEAKER
from demos.tabs.audio.siamese.recordings import Recordings
from demos.tabs.audio.siamese.sounds import Sounds
from demos.tabs.audio.siamese.voices import Voices

WAYS = ("two", "many", "along")
SHOWN = ("statistics", "normalize", "Block", "contrast_loss", "ge2e_loss", "additive_margin_loss", "Siamese.forward")


class Siamese(Tab):
    """Two clips, an excerpt, or one sound."""

    name = "siamese"
    threads = ("clip",)
    functions = (
        functions.siamese_verify,
        functions.siamese_embed,
        functions.siamese_enrol,
        functions.siamese_along,
        functions.siamese_find,
        functions.siamese_sound,
        functions.siamese_prove,
    )

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), MODELS)
        self.chosen = gr.Textbox("", visible=False)  # its id, for the URL
        self.keep("example", self.chosen, one_of((*looks.PAIRS, *sounds.EXAMPLES)), "")
        self.way = gr.Textbox("two", visible=False)  # what the open step asks for, for the URL
        self.keep("way", self.way, one_of(WAYS), "two")
        self.threshold = gr.Number(None, visible=False)  # the visitor's own, for all that voices are asked
        self.keep("threshold", self.threshold, number(-1, 1))
        with gr.Column() as self.for_voices:
            self.voices = Voices(self)
        with gr.Column(visible=False) as self.for_recordings:
            self.recordings = Recordings(self)
        with gr.Column(visible=False) as self.for_sounds:
            self.sounds = Sounds(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/siamese.py", SHOWN, model=self.model)
        self.proof()
        self.good(MODELS)

    def connect(self) -> None:
        voices, recordings, heard = self.voices, self.recordings, self.sounds
        parts = [self.for_voices, self.for_recordings, self.for_sounds, self.source]
        options = {"threshold": self.threshold, "layer": voices.layer, "by_size": voices.by_size}
        setting = options | {"source": self.source}
        clips = {"first": voices.first, "second": voices.second}
        compared = [*voices.outputs, voices.found, voices.stop, self.snippet, self.chosen, voices.came]
        slow = {"show_progress": "minimal", "show_progress_on": voices.status, "concurrency_id": "siamese"}
        boxes = [voices.first, voices.second]
        running = [
            self.when(voices.examples.choose, self.choose, [*compared, *boxes], setting, **slow),
            self.when([b.input for b in boxes], self.compare, compared, setting | clips, **slow),
            self.when(
                self.source.input, self.again, [*compared, self.threshold], setting | {"found": voices.found}, **slow
            ),
        ]
        self.stops(voices.stop, running, voices.status)
        self.connect_threshold()
        # -- recordings and sounds
        mine = {"mine": heard.classes.mine}
        named = [*heard.outputs, heard.found, self.snippet, self.chosen]
        naming = {"show_progress": "minimal", "show_progress_on": heard.status}
        self.when(heard.examples.choose, self.choose_sound, [*named, heard.heard], mine, **naming)
        self.when(heard.heard.input, self.name_sound, named, mine | {"heard": heard.heard}, **naming)
        again = mine | {"found": heard.found}
        for changed in heard.classes.changed:
            self.when(changed.success, self.name_again, named, again, **naming)
        # -- words, model, link
        self.reword(voices.show, [*voices.outputs, self.snippet], {"found": voices.found} | options)
        recordings.connect_answers(self.snippet)
        self.reword(heard.show, [*heard.outputs, self.snippet], again)
        cut = {name: getattr(recordings, name) for name in ("which", "start", "noise", "index")}
        states = {"found": voices.found, "searched": recordings.found, "named": heard.found}
        link = setting | cut | mine | states | {"model": self.model, "example": self.chosen}
        known = [recordings.index, recordings.found, recordings.told_index, recordings.which, *recordings.outputs]
        classes = heard.classes.shown
        answered = [*parts, *compared, *boxes, *named, heard.heard, *known, *classes, self.model]
        every = list(dict.fromkeys(answered))
        self.when(self.model.input, self.change_model, every, link, show_progress_on=voices.status)
        self.on_link(self.from_link, [*every, voices.steps], link | {"way": self.way, "came": voices.came})
        for tab, way in voices.ways.items():
            tab.select(None, None, self.way, js=f"() => '{way}'", api_visibility="private")

    def connect_threshold(self) -> None:
        """A handle that was let go moves the threshold everywhere."""
        voices = self.voices
        people, talk = voices.people, voices.talk
        shown = [voices.status, voices.verdict, voices.unseen, *people.shown, *talk.shown]
        states = {"found": voices.found, "known": people.known, "asked": people.asked, "talk": talk.found}
        for view in (voices.verdict, voices.unseen, people.levels):
            self.when(view.move, self.move_threshold, [self.threshold, *shown], states, trigger_mode="multiple")

    # -- voices --------------------------------------------------------------------------------------------------------------

    def choose(
        self, event: gr.EventData, *, source: str, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Iterator[Update]:
        """A pair that was clicked."""
        example = self.voices.named(event.text, lang)
        yield from self.from_pair(example, source, threshold, layer, by_size, lang)

    def from_pair(
        self, example: str, source: str, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Iterator[Update]:
        """Fills an example in and answers."""
        yield {self.chosen: example} | self.voices.fill(example)
        clips = tuple(map(functions.path, looks.PAIRS[example]))
        yield from self.voices.answer(looks.Found(clips, source, example=example), threshold, layer, by_size, lang)

    def compare(
        self, *, first: str, second: str, source: str, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Iterator[Update]:
        """Two clips, once both are there; until then the answer of the pair before goes."""
        yield {self.chosen: "", self.voices.came: place_of(first or "")}
        if first and second:
            yield from self.voices.answer(looks.Found((first, second), source), threshold, layer, by_size, lang)
        else:
            yield self.voices.nothing(lang)

    def again(
        self, *, found: looks.Found | None, source: str, threshold: float | None, layer: float, by_size: str, lang: str
    ) -> Iterator[Update]:
        """The same clips with another network, whose threshold is its own."""
        yield {self.threshold: None}
        if found:
            yield from self.voices.answer(replace(found, source=source), None, layer, by_size, lang)

    def move_threshold(
        self, event: gr.EventData, *, found: looks.Found | None, known: object, asked: object, talk: object, lang: str
    ) -> Update:
        """Another threshold, for all but the view whose handle it was."""
        at = max(-1.0, min(1.0, float(event.at)))
        voices = self.voices
        made = voices.decided(found, at, lang) | voices.people.show(known=known, asked=asked, threshold=at, lang=lang)
        made |= voices.talk.show(found=talk, threshold=at, lang=lang)
        moved = getattr(event.target, "elem_id", None)
        return {self.threshold: at} | {c: v for c, v in made.items() if c.elem_id is None or c.elem_id != moved}

    # -- sounds --------------------------------------------------------------------------------------------------------------

    def choose_sound(self, event: gr.EventData, *, mine: dict, lang: str) -> Iterator[Update]:
        """A sound that was clicked."""
        yield from self.from_sound(self.sounds.named(event.text, lang), mine, lang)

    def from_sound(self, example: str, mine: dict, lang: str) -> Iterator[Update]:
        """Fills an example in and answers."""
        file = functions.path(example)
        yield {self.chosen: example, self.sounds.heard: file}
        yield from self.sounds.answer(sounds.Found(file, example), mine, lang)

    def name_sound(self, *, heard: str, mine: dict, lang: str) -> Iterator[Update]:
        """The visitor's sound."""
        yield {self.chosen: ""}
        if heard:
            yield from self.sounds.answer(sounds.Found(heard), mine, lang)

    def name_again(self, *, found: sounds.Found | None, mine: dict, lang: str) -> Iterator[Update]:
        """The same sound, with other classes."""
        if found:
            yield from self.sounds.answer(found, mine, lang)

    # -- model and link ------------------------------------------------------------------------------------------------------

    def begin(self, lang: str) -> Update:
        """Two clips of one voice."""
        return {self.model: SPEAKER}

    def from_link(self, *, way: str, model: str, example: str, came: str, **given: object) -> Iterator[Update]:
        """What a link names; the inner mode is chosen here and nowhere else."""
        if example in sounds.EXAMPLES:  # such a link may name the sound alone
            model = SOUND
        opened = next((tab for tab, w in self.voices.ways.items() if w == way), None)
        if way != "two" and opened is not None:
            yield {self.voices.steps: gr.update(selected=opened.id)}
        if came and not example and model == SPEAKER:
            yield from self.voices.from_along(came, **given)  # type: ignore[arg-type]
            return
        yield from self.change_model(model=model, example=example, **given)  # type: ignore[arg-type]

    def change_model(
        self,
        *,
        model: str,
        example: str,
        source: str,
        threshold: float | None,
        layer: float,
        by_size: str,
        which: str,
        start: float,
        noise: float,
        index: dict,
        mine: dict,
        found: object,
        searched: object,
        named: object,
        lang: str,
    ) -> Iterator[Update]:
        """A model's part of the page, and its answer to an example."""
        answered = {SPEAKER: found, FINGERPRINT: searched, SOUND: named}
        yield self.show_model(model)
        if answered[model] is not None:  # who comes back finds it as it was left
            return
        if model == SPEAKER:
            pair = example if example in looks.PAIRS else next(iter(looks.PAIRS))
            yield from self.from_pair(pair, source, threshold, layer, by_size, lang)
        elif model == FINGERPRINT:
            yield self.recordings.excerpt(index=index, which=which, start=start, noise=noise, lang=lang)
        else:
            yield self.sounds.classes.show(mine=mine, lang=lang)
            sound = example if example in sounds.EXAMPLES else sounds.EXAMPLES[0]
            yield from self.from_sound(sound, mine, lang)

    def show_model(self, model: str) -> Update:
        """What belongs to a model; the hub has one for voices alone."""
        return {
            self.model: model,
            self.for_voices: gr.update(visible=model == SPEAKER),
            self.for_recordings: gr.update(visible=model == FINGERPRINT),
            self.for_sounds: gr.update(visible=model == SOUND),
            self.source: gr.update(visible=model == SPEAKER),
        }

    def clip(self, key: str, elem_id: str, min_width: int = 130) -> Clip:
        """A place to record or upload a clip, the microphone first."""
        box = Clip(
            sources=["microphone", "upload"],
            type="filepath",
            elem_id=elem_id,
            elem_classes="lm-clip",
            buttons=[],
            editable=False,
            min_width=min_width,
        )
        return self.text(box, label=key)
