"""A voice along a longer recording."""

from typing import NamedTuple

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.functions import SPEAKER, given
from demos.views.curves import Curves, curves, line


class Found(NamedTuple):
    """Cosines of the recording's windows with the reference."""

    seconds: np.ndarray
    cosines: np.ndarray
    threshold: float


class Along(Part):
    """Where in a recording a voice speaks."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="siamese.along.help")
        with gr.Row():
            self.reference = self.tab.clip("siamese.along.reference", "siamese-reference")
            self.recording = self.tab.clip("siamese.along.recording", "siamese-recording")
        with gr.Row():
            self.go = self.text(gr.Button(variant="primary"), value="siamese.along.run")
            self.example = self.text(gr.Button(), value="siamese.along.example")
        self.told, self.curve, self.found = (
            gr.Markdown(elem_classes="lm-status"),
            Curves(elem_id="siamese-along"),
            gr.State(None),
        )

    def connect(self) -> None:
        shown = [self.told, self.curve]
        self.when(
            self.go.click,
            self.move,
            [self.found, *shown],
            {"reference": self.reference, "recording": self.recording, "source": self.tab.source},
        )
        self.when(
            self.example.click,
            self.move_example,
            [self.reference, self.recording, self.found, *shown],
            {"source": self.tab.source},
        )
        self.reword(self.show, shown, {"found": self.found})

    def move(self, *, reference: str, recording: str, source: str, lang: str) -> Update:
        adapter = lmdemo.load(SPEAKER, source="hub" if source == "hub" else "scratch")
        found = Found(*adapter.along(given(reference), given(recording)), adapter.threshold)
        return {self.found: found} | self.show(found=found, lang=lang)

    def move_example(self, *, source: str, lang: str) -> Update:
        files = {self.reference: looks.path("voice-0-0"), self.recording: looks.path("talk")}
        return files | self.move(
            reference=files[self.reference], recording=files[self.recording], source=source, lang=lang
        )

    def show(self, *, found: Found | None, lang: str) -> Update:
        if found is None:
            return {self.told: "", self.curve: {}}
        best, limit = int(np.argmax(found.cosines)), found.threshold
        return {
            self.told: self.say(
                lang,
                "siamese.along.said",
                percent=100 * float(np.mean(found.cosines >= limit)),
                threshold=limit,
                second=float(found.seconds[best]),
            ),
            self.curve: curves(
                self.say(lang, "siamese.along.title"),
                self.say(lang, "siamese.moments.x"),
                self.say(lang, "siamese.moments.y"),
                [
                    line(self.say(lang, "siamese.along.line"), "scratch", looks.thin(found.seconds, found.cosines)),
                    line(
                        self.say(lang, "siamese.moments.threshold"),
                        "hub",
                        [(found.seconds[0], limit), (found.seconds[-1], limit)],
                        dashed=True,
                    ),
                ],
                {"numbers": self.say(lang, "siamese.numbers")},
            ),
        }
