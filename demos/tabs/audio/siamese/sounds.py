"""One sound: which class's prototype is nearest, and where it lands among them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import heard
from demos.core.tab import Answer, Answers, Part, Update, calling
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.classes import Classes, Own
from demos.tabs.audio.siamese.functions import SOUND, given
from demos.views import spectrogram as spectra
from demos.views.bars import Bars, bars
from demos.views.chips import Chips, chips
from demos.views.plane import Plane, dot, plane
from demos.views.spectrogram import Spectrogram
from lmdemo.errors import InputError

EXAMPLES = ("rain", "sea-waves", "clock-tick", "fire-crackling", "bells", "strings")
LEAST = 0.001  # of a probability that is drawn
RATE = 16_000  # Hz of what the adapter reads


@dataclass(frozen=True)
class Found:
    """Which sound was asked about, what was answered, and what it is called when played backwards."""

    clip: str
    example: str = ""
    answers: Answers = ()
    backwards: str = ""

    @property
    def own(self) -> Answer | None:
        """Our network's answer."""
        return next((a for a in self.answers if isinstance(a, Answer)), None)


class Sounds(Part):
    """A sound in, a class out."""

    def lay_out(self) -> None:
        self.found = gr.State(None)
        with self.stage():
            with self.given():
                self.heard = self.tab.clip("siamese.sound.clip", "siamese-sound")
                self.examples = Chips(elem_id="siamese-sound-examples")
                self.translate(self.examples, lambda lang: {"value": self.example_chips(lang)})
            with self.answered():
                self.status = gr.Markdown(elem_classes="lm-status", elem_id="siamese-named")
                self.bars = Bars(elem_id="siamese-sounds")
        with self.inside():
            with self.step("prototypes"):
                self.plane = Plane(elem_id="siamese-prototypes")
                self.spectra = Spectrogram(elem_id="siamese-sound-spectra")
            self.classes = Classes(self.tab)
        self.outputs = [self.status, self.bars, self.facts, self.plane, self.spectra, self.guesses["prototypes"]]

    def example_chips(self, lang: str) -> dict:
        """Sounds to choose from."""
        return chips(self.say(lang, "examples"), [looks.sound_name(self.say, e, lang) for e in EXAMPLES])

    def named(self, text: str, lang: str) -> str:
        """The example of a chip."""
        names = {looks.sound_name(self.say, e, lang): e for e in EXAMPLES}
        return names[self.tab.known(text, names)]

    def answer(self, asked: Found, mine: dict[str, Own], lang: str) -> Iterator[Update]:
        """Asks the network; what is wrong with a clip takes the old answer away."""
        prototypes = {name: own.prototype for name, own in mine.items()}
        call = calling(given(asked.clip), trace=True, prototypes=prototypes)
        try:
            answers = yield from self.tab.ask(SOUND, "scratch", call, lang, status=self.status)
        except InputError:
            emptied = {c: {} for c in self.outputs if c not in (self.status, self.facts)}
            yield emptied | {self.found: None, self.status: self.say(lang, "nothing_yet"), self.facts: ""}
            raise
        adapter = lmdemo.load(SOUND)
        turned = adapter((RATE, adapter.read(asked.clip)[::-1]), prototypes=prototypes)
        found = replace(asked, answers=answers, backwards=turned.label)
        yield {self.found: found} | self.show(found=found, mine=mine, lang=lang)

    def show(self, *, found: Found | None, mine: dict[str, Own], lang: str) -> Update:
        """What was found, in words and views."""
        if found is None or found.own is None:
            return {self.status: self.say(lang, "nothing_yet")}
        result = found.own.result
        cosines = dict(zip(result.trace["labels"].tolist(), result.trace["cosines"].tolist(), strict=True))
        label = looks.sound_name(self.say, result.label, lang)
        scores = {looks.sound_name(self.say, k, lang): v for k, v in result.scores.items() if v >= LEAST}
        picture = looks.log_mel_picture(self, result.trace["log_mel"], lang)
        name = self.say(lang, "siamese.sound.heard")
        track = spectra.track(name, len(result.trace["log_mel"]) / 100, [picture], path=found.clip)
        values = {"label": label, "percent": 100 * result.score, "cosine": cosines[result.label]}
        lines = heard(self.say, result.heard, lang, own=not found.example)
        return {
            self.status: "  \n".join((self.say(lang, "siamese.sound.said", **values), *lines)),
            self.bars: bars(self.say(lang, "siamese.sound.scores"), scores, top=6),
            self.facts: self.told(found.answers, SOUND, lang),
            self.plane: self.on_plane(found.clip, result.trace, mine, lang),
            self.spectra: spectra.spectrogram([track], self.phrases("siamese.spectra", lang)),
            self.tab.snippet: snippet(found),
        } | self.question(found, label, lang)

    def question(self, found: Found, label: str, lang: str) -> Update:
        """Whether the sound played backwards is still the same class."""
        turned = looks.sound_name(self.say, found.backwards, lang)
        same = turned == label
        told = self.say(lang, "siamese.sound.backwards_same" if same else "siamese.sound.backwards_other", label=turned)
        choices = [self.say(lang, f"siamese.sound.backwards_{k}") for k in ("yes", "no")]
        asked = self.say(lang, "siamese.sound.backwards_ask", label=label)
        return self.guess("prototypes", lang, asked, choices, 0 if same else 1, told, about=looks.about(found.clip))

    def on_plane(self, clip: str, trace: dict[str, Any], mine: dict[str, Own], lang: str) -> dict:
        """The prototypes, and the sound where it lands among them."""
        from lmdemo.adapters.speaker_verification import plane as laid

        labels, cosines = trace["labels"].tolist(), trace["cosines"]
        flat = laid(trace["prototypes"], trace["embedding"][None])
        dots = []
        for i, label in enumerate(labels):
            name = looks.sound_name(self.say, label, lang)
            told = self.say(lang, "siamese.plane.prototype", name=name, cosine=float(cosines[i]))
            group, path = ("own", mine[label].paths[0]) if label in mine else ("shipped", "")
            dots.append(dot(name, group, flat.points[i], told, path=path, written=True))
        order = np.argsort(-cosines)[:3]
        listed = "; ".join(f"{dots[i]['name']} {cosines[i]:.2f}" for i in order)
        name = self.say(lang, "siamese.plane.sound")
        told = self.say(lang, "siamese.plane.told", who=name, list=listed)
        dots.append(dot(name, "", flat.others[0], told, path=clip, written=True, asked=True))
        axes = [self.say(lang, "siamese.plane.x"), self.say(lang, "siamese.plane.y")]
        return plane(dots, flat.shares, axes, self.phrases("siamese.plane", lang))


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    file = f"demos/tabs/audio/siamese/examples/{found.example}.ogg" if found.example else "your-clip.wav"
    lines = ("import lmdemo", "", f'result = lmdemo.load("{SOUND}")("{file}")', "print(result.label, result.score)")
    return "\n".join(lines)
