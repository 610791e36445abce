"""The page of a vocoder: a clip's mels spoken by its network, while one listens, beside others."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import gradio as gr

from demos.core.clips import SHOWN, example_or_clip, file_at, place_of
from demos.core.endpoints import Clip
from demos.core.tab import Answer, Tab, Update
from demos.tabs.audio.vocoding import looks, making
from demos.tabs.audio.vocoding.beside import Beside
from demos.tabs.audio.vocoding.blind import Blind
from demos.tabs.audio.vocoding.found import RECORDING, Found, light, recording, take
from demos.tabs.audio.vocoding.functions import CLASSICAL, EXAMPLES, NETWORKS, path
from demos.tabs.audio.vocoding.mel import Mel
from demos.tabs.audio.vocoding.options import Options, Others
from demos.views.live import Live
from demos.views.players import Players
from lmdemo.errors import InputError

SOURCES = ("scratch", "hub", "both")
SLOW = {"concurrency_id": "vocoding", "concurrency_limit": 2}


class Vocoder(Tab):
    """What WaveNet, WaveRNN and WaveGlow have in common; a member says what is its own.

    Attributes:
        option: How its chance is called: ``temperature`` or ``sigma``.
        bounds: Of it: lowest, highest, and what is taken where nothing is asked for.
        lines: Names in the model's file whose source lines the page shows.
        keras: A file with its textbook form in Keras, or "".
    """

    option: ClassVar[str]
    bounds: ClassVar[tuple[float, float, float]]
    lines: ClassVar[tuple[str, ...]]
    keras: ClassVar[str] = ""
    threads = ("clip",)

    # -- layout --------------------------------------------------------------------------------------------------------

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, (self.name,))
        self.found = gr.State(None)
        with self.stage():
            with self.given():
                self.lay_out_input()
            with self.answered():
                self.status = self.text(
                    gr.Markdown(elem_classes="lm-status", elem_id=f"{self.name}-said"), value="nothing_yet"
                )
                self.players = Players(elem_id=f"{self.name}-players")
                with gr.Row():
                    self.speak = self.text(gr.Button(size="sm", elem_id=f"{self.name}-speak"), value="vocoding.speak")
                    self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.live = Live(elem_id=f"{self.name}-live")
                self.others = Others(self)
        with self.inside():
            self.mel = Mel(self)
            self.lay_out_steps()
            self.beside = Beside(self)
            self.blind = Blind(self)
        self.learn()
        self.snippet = self.code(f"lmdemo/models/{self.name}.py", self.lines, model=self.model, keras=self.keras)
        self.proof()
        with self.fold("part.good"):
            figures = gr.HTML(elem_classes="lm-table")
        self.translate(figures, lambda lang: {"value": looks.good(self.say, self.name, lang)})

    def lay_out_input(self) -> None:
        """A clip, examples, and how it is spoken."""
        self.clip = Clip(
            sources=["microphone", "upload"],
            type="filepath",
            elem_id=f"{self.name}-clip",
            elem_classes=["lm-drop", "lm-clip"],
            buttons=[],
            editable=False,
        )
        self.text(self.clip, label="vocoding.clip")
        self.chosen = gr.Radio(list(EXAMPLES), value=EXAMPLES[0], elem_id=f"{self.name}-example", elem_classes="lm-row")
        self.text(self.chosen, label="vocoding.examples", choices={e: f"vocoding.example.{e}" for e in EXAMPLES})
        self.given_clip = gr.Textbox(EXAMPLES[0], visible=False)  # an example's name, or where an upload lies
        check = example_or_clip(EXAMPLES)
        self.keep("example", self.given_clip, check, EXAMPLES[0], SHOWN, thread="clip")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="vocoding.note")
        self.along("clip")
        self.options = Options(self)

    def lay_out_steps(self) -> None:
        """The member's own steps, as attributes."""
        raise NotImplementedError

    @property
    def own_parts(self) -> tuple[Any, ...]:
        """The member's own steps; each has ``views``, ``outputs`` and ``look``, which is called when the clip was spoken."""
        raise NotImplementedError

    def connect(self) -> None:
        parts = (self.mel, *self.own_parts, self.beside, self.blind)
        shown = [self.status, self.players, self.facts, self.snippet, *(c for p in parts for c in p.outputs)]
        answered = list(dict.fromkeys([*shown, self.found, self.stop, self.live, self.given_clip]))
        asked = {"source": self.source, **self.options.fields}
        asked |= {"others": self.others.group} | self.looked
        slow = {"show_progress_on": self.status, "show_progress": "minimal", "trigger_mode": "always_last"} | SLOW
        again = asked | {"found": self.found}
        changed = [self.source.input, *(slider.release for slider in self.options.fields.values())]
        running = [
            self.when(
                self.chosen.input, self.from_example, [*answered, self.clip], asked | {"example": self.chosen}, **slow
            ),
            self.when(self.clip.input, self.hear, [*answered, self.chosen], asked | {"clip": self.clip}, **slow),
            self.when(changed, self.again, answered, again, **slow),
            self.when(self.speak.click, self.aloud, answered, again, **slow),
            self.when(self.others.group.input, self.beside_others, [*answered, self.others.who], again, **slow),
        ]
        running += self.connect_steps(again, answered, slow)
        self.stops(self.stop, running, self.status)
        linked = asked | {"given": self.given_clip, "who": self.others.who}
        self.on_link(self.from_link, [*answered, self.clip, self.chosen, self.others.group], linked)
        self.reword(self.show, shown, {"found": self.found} | self.looked)

    def connect_steps(self, again: dict[str, Any], answered: list[Any], slow: dict[str, Any]) -> list[Any]:
        """Events of the member's own steps that speak anew."""
        return []

    @property
    def looked(self) -> dict[str, Any]:
        """What a visitor chose inside: name -> component; in the URL, too."""
        return {"left": self.beside.left, "right": self.beside.right}

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.given_clip: EXAMPLES[0]}

    # -- what is given -------------------------------------------------------------------------------------------------

    def asked(self, clip: str, example: str, given: dict[str, Any]) -> Found:
        """What is asked, with the options of the page."""
        options = {self.option: float(given["chance"]), "seed": int(given["seed"]), "hold_mels": int(given["hold"])}
        others = tuple(m for m in (*NETWORKS, *CLASSICAL) if m in (given["others"] or ()) and m != self.name)
        return Found(clip, self.name, self.known(given["source"], SOURCES), options, others, example)

    def from_link(self, *, given: str, who: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The example that a link names, or the clip that came along from another member; who speaks beside it."""
        asked["others"] = self.others.named(who)
        yield {self.others.group: asked["others"]}
        if given in EXAMPLES:
            yield {self.chosen: given}
            yield from self.from_example(example=given, lang=lang, **asked)
        elif given:
            clip = file_at(given)
            yield {self.clip: clip}
            yield from self.hear(clip=clip, lang=lang, **asked)

    def from_example(self, *, example: str | None, lang: str, **given: Any) -> Iterator[Update]:
        """An example that was chosen."""
        if example:
            clip = path(self.known(example, EXAMPLES))
            yield {self.clip: clip, self.given_clip: example}
            yield from self.answer(self.asked(clip, example, given), given, lang)

    def hear(self, *, clip: str, lang: str, **given: Any) -> Iterator[Update]:
        """A clip of the visitor's."""
        if clip:
            yield {self.chosen: None, self.given_clip: place_of(clip)}
            yield from self.answer(self.asked(clip, "", given), given, lang)

    def again(self, *, found: Found | None, lang: str, **given: Any) -> Iterator[Update]:
        """The same clip, spoken in another way."""
        if found:
            yield from self.answer(self.asked(found.clip, found.example, given), given, lang)

    def beside_others(self, *, found: Found | None, lang: str, **given: Any) -> Iterator[Update]:
        """Others beside the same rendering."""
        if found:
            asked = self.asked(found.clip, found.example, given).others
            yield {self.others.who: self.others.written(asked)}
            kept = tuple(t for t in found.takes if t.method in (RECORDING, self.name, "hub", *asked))
            looked = {name: given[name] for name in self.looked}
            own = yield from self.open(self.name, "scratch", lang, status=self.status)
            yield from making.complete(self, replace(found, others=asked, takes=kept), own, lang, looked)

    def aloud(self, *, found: Found | None, lang: str, **given: Any) -> Iterator[Update]:
        """The same clip, heard while it is spoken."""
        if found:
            yield from self.answer(self.asked(found.clip, found.example, given), given, lang, aloud=True)

    def with_chance(self, chance: float, found: Found | None, given: dict[str, Any], lang: str) -> Iterator[Update]:
        """Another temperature or sigma from inside: it is spoken anew, aloud."""
        low, high, _ = self.bounds
        chance = min(max(chance, low), high)
        yield {self.options.chance: chance}
        yield from self.aloud(found=found, lang=lang, **given | {"chance": chance})

    # -- asked, and shown ----------------------------------------------------------------------------------------------

    def answer(self, asked: Found, given: dict[str, Any], lang: str, *, aloud: bool = False) -> Iterator[Update]:
        """Speaks, first this page's network, then the others; of a clip that can't be read nothing is left."""
        looked = {name: given[name] for name in self.looked}
        own = yield from self.open(self.name, "scratch", lang, status=self.status, stop=self.stop)
        try:
            found = replace(asked, takes=(recording(own, asked.clip),))
        except InputError:
            yield self.cleared(lang)
            raise
        yield {self.stop: gr.update(visible=True), self.live: {}} | self.heard(found, lang, waits=True)
        result = yield from making.spoken(self, own, found, lang, aloud=aloud)
        found = found.having(take(self.name, result, found.recording, own))
        answer = Answer("scratch", light(result), own.info)
        found = replace(found, answers=(answer,) if asked.source != "hub" else ())
        if asked.source != "scratch":
            found = yield from making.hub(self, found, own, lang)
        yield {self.found: found} | self.show(found=found, lang=lang, **looked)
        found = yield from making.complete(self, found, own, lang, looked)
        for part in self.own_parts:
            yield part.look(found=found, lang=lang, **looked)

    def heard(self, found: Found, lang: str, *, waits: bool = False) -> Update:
        """The players, with what was made so far."""
        return {self.players: looks.heard(self, found, lang, waits=waits)}

    def show(self, *, found: Found | None, lang: str, **looked: Any) -> Update:
        """What was made, in words and views; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        made: Update = {
            self.status: looks.said(self.say, found, lang),
            self.facts: self.told(found.answers, self.name, lang),
            self.snippet: looks.snippet(found),
        } | self.heard(found, lang)
        pair = {name: looked[name] for name in ("left", "right")}
        for part in (self.mel, self.beside, self.blind):
            made |= part.show(found=found, lang=lang, **pair)
        return made

    def cleared(self, lang: str) -> Update:
        """No answer."""
        parts = (self.mel, *self.own_parts, self.beside, self.blind)
        emptied: Update = {c: gr.update(value=None) for p in parts for c in p.views}
        gone = {self.found: None, self.stop: gr.update(visible=False), self.players: {}, self.live: {}}
        return emptied | gone | {self.status: self.say(lang, "nothing_yet"), self.facts: "", self.snippet: ""}
