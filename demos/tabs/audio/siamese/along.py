"""A voice along a longer recording."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import functions, looks
from demos.tabs.audio.siamese.people import People
from demos.views import spectrogram as spectra
from demos.views.spectrogram import Spectrogram

HIGHER = 0.1  # by how much the question raises the threshold


@dataclass(frozen=True)
class Found:
    """Cosines of the recording's windows with the reference, and what is drawn of the recording (F, M)."""

    recording: str
    seconds: np.ndarray
    cosines: np.ndarray
    threshold: float
    log_mel: np.ndarray


class Along(Part):
    """Where in a recording a voice speaks."""

    def lay_out(self) -> None:
        self.found = gr.State(None)
        with self.step("along") as self.opened:
            self.told_where = gr.Markdown(elem_id="siamese-where")
            self.picture = Spectrogram(elem_id="siamese-along")
            with gr.Row():
                self.reference = self.tab.clip("siamese.along.reference", "siamese-reference", 240)
                self.recording = self.tab.clip("siamese.along.recording", "siamese-recording", 240)
        self.shown = [self.told_where, self.picture, self.guesses["along"]]

    def connect(self) -> None:
        given = {"reference": self.reference, "recording": self.recording}
        options = {"source": self.tab.source, "threshold": self.tab.threshold}
        quick: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.told_where}
        boxes, found = [self.reference, self.recording], {"found": self.found}
        self.when(self.opened.select, self.begin_with, [*boxes, self.found, *self.shown], found | options, **quick)
        changed = [self.reference.input, self.recording.input]
        self.when(changed, self.move, [self.found, *self.shown], given | options, **quick)
        again = given | found | {"source": self.tab.source}
        self.when(self.tab.source.input, self.other_network, [self.found, *self.shown], again, **quick)
        self.reword(self.show, self.shown, found | {"threshold": self.tab.threshold})

    def begin_with(self, *, found: Found | None, source: str, threshold: float | None, lang: str) -> Update:
        """The synthetic talk, until a visitor gives another."""
        if found is not None:
            return {}
        files = {self.reference: functions.path("voice-0-0"), self.recording: functions.path("talk")}
        reference, recording = files.values()
        return files | self.move(
            reference=reference, recording=recording, source=source, threshold=threshold, lang=lang
        )

    def move(self, *, reference: str, recording: str, source: str, threshold: float | None, lang: str) -> Update:
        """The reference along the recording, once both are there."""
        if not reference or not recording:
            return {}
        adapter = People.open_network(source)
        seconds, cosines = adapter.along(reference, recording)
        found = Found(recording, seconds, cosines, adapter.threshold, adapter.log_mel(recording))
        return {self.found: found} | self.show(found=found, threshold=threshold, lang=lang)

    def other_network(self, *, reference: str, recording: str, found: Found | None, source: str, lang: str) -> Update:
        """The same recording through another network, whose threshold is its own."""
        if found is None:
            return {}
        return self.move(reference=reference, recording=recording, source=source, threshold=None, lang=lang)

    def show(self, *, found: Found | None, threshold: float | None, lang: str) -> Update:
        """The recording with the similarity below it."""
        if found is None:
            return {}
        best, limit = int(np.argmax(found.cosines)), found.threshold if threshold is None else threshold
        share = 100 * float(np.mean(found.cosines >= limit))
        second = float(found.seconds[best])
        curve = spectra.measured(self.say(lang, "siamese.along.line"), found.seconds, found.cosines, limit=limit)
        drawn = spectra.track(
            self.say(lang, "siamese.along.recording"),
            len(found.log_mel) / 100,
            [looks.log_mel_picture(self, found.log_mel, lang)],
            path=found.recording,
            curves=[curve],
        )
        higher = round(100 * float(np.mean(found.cosines >= limit + HIGHER)))
        choices, at = looks.among(higher, (0, round(share), round(share / 2), 100), " %")
        asked = self.say(lang, "siamese.along.ask", share=share, threshold=limit, higher=limit + HIGHER)
        told = self.say(lang, "siamese.along.told", share=higher, higher=limit + HIGHER)
        about = f"{looks.about(found.recording)}|{limit:.3f}"
        return {
            self.told_where: self.say(
                lang, "siamese.along.said", percent=share, threshold=limit, second=second, n=len(found.seconds)
            ),
            self.picture: spectra.spectrogram([drawn], self.phrases("siamese.spectra", lang)),
        } | self.guess("along", lang, asked, choices, at, told, about)
