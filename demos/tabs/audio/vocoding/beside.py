"""Any two renderings under one another, and what differs between them."""

from itertools import pairwise
from typing import Any

import gradio as gr
import numpy as np

from demos.core.tab import Part, Update
from demos.core.url import one_of
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import RECORDING, Found, Take
from demos.tabs.audio.vocoding.functions import CLASSICAL, NETWORKS
from demos.views import spectrogram as spectra
from demos.views.spectrogram import Spectrogram

METHODS = (RECORDING, *NETWORKS, "hub", *CLASSICAL)
BOUNDS = ("0.5", "2", "4")  # kHz, between the bands that are asked about
WORST = 20.0  # dB, the end of the scale of differences


class Beside(Part):
    """Two of those who spoke, compared."""

    def lay_out(self) -> None:
        with self.step("beside", wide=True):
            with gr.Row():
                self.left = self.chooser("left", RECORDING)
                self.right = self.chooser("right", self.name)
            self.picture = Spectrogram(elem_id=f"{self.name}-spectra")
        self.views = [self.picture, self.guesses["beside"]]
        self.outputs = self.views

    def chooser(self, key: str, first: str) -> gr.Dropdown:
        """Whose rendering is shown."""
        box = gr.Dropdown(list(METHODS), value=first, filterable=False, elem_id=f"{self.name}-{key}")
        self.text(box, label=f"vocoding.{key}", choices={m: f"vocoding.method.{m}" for m in METHODS})
        self.keep(key, box, one_of(METHODS), first)
        return box

    def connect(self) -> None:
        given = {"found": self.tab.found, "left": self.left, "right": self.right}
        self.when([self.left.input, self.right.input], self.pair, [self.picture], given)

    def pair(self, *, found: Found | None, left: str, right: str, lang: str) -> Update:
        """Two renderings, each with its sound, and their difference; of what was not made nothing is drawn."""
        if found is None:
            return {}
        two = [t for t in (found.take(left), found.take(right)) if t is not None]
        top = looks.loudest(found)
        tracks = [looks.drawn(self, t, top, lang) for t in two]
        if len(two) == 2 and two[0] is not two[1]:
            tracks.append(self.difference(*two, top, lang))
        return {self.picture: spectra.spectrogram(tracks, self.phrases("vocoding.spectra", lang))}

    def difference(self, left: Take, right: Take, top: float, lang: str) -> dict:
        """By how much the right one is louder, band by band."""
        size = min(len(left.mel), len(right.mel))
        values = looks.level(right.mel[:size], top) - looks.level(left.mel[:size], top)
        names = {
            "left": looks.name_of(self.say, left.method, lang),
            "right": looks.name_of(self.say, right.method, lang),
        }
        axis, ticks = self.say(lang, "vocoding.spectra.kilohertz"), spectra.mel_ticks(looks.LOWEST)
        called = self.say(lang, "vocoding.spectra.louder", **names)
        shown = spectra.picture(called, values, "dB", axis, ticks, ends=(-WORST, WORST), signed=True)
        return spectra.track(self.say(lang, "vocoding.spectra.difference"), left.seconds, [shown])

    def show(self, *, found: Found, left: str, right: str, lang: str, **looked: Any) -> Update:
        """The pair, and a question about the network of this page."""
        made = self.pair(found=found, left=left, right=right, lang=lang)
        return made | self.question(found, lang)

    def question(self, found: Found, lang: str) -> Update:
        """In which bands this page's network differs most from the recording."""
        own = found.own
        if own is None:
            return {self.guesses["beside"]: {}}
        size = min(len(own.mel), len(found.recording.mel))
        off = spectra.DECIBELS * np.abs(own.mel[:size] - found.recording.mel[:size]).mean(0)
        marks = [round(at * len(off)) for at, text in spectra.mel_ticks(looks.LOWEST) if text in BOUNDS]
        means = [float(part.mean()) for part in np.split(off, marks)]
        ends = ["0", *BOUNDS, "8"]
        bands = [self.say(lang, "beside.band", low=a, high=b) for a, b in pairwise(ends)]
        name, right = looks.name_of(self.say, self.name, lang), int(np.argmax(means))
        listed = "; ".join(f"{band}: {mean:.1f} dB" for band, mean in zip(bands, means, strict=True))
        told = self.say(lang, "beside.told", band=bands[right], list=listed)
        return self.guess(
            "beside", lang, self.say(lang, "beside.ask", name=name), bands, right, told, looks.about(found)
        )
