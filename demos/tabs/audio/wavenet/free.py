"""What WaveNet says when nothing is asked of it: one frame, held on and on."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number, one_of
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import Found, Take, take, whole
from demos.views import spectrogram as spectra
from demos.views.spectrogram import Spectrogram

FRAMES = ("mean", "loudest")
FIRST, LONGEST = 0.5, 3.0  # seconds: what the page opens with, and the most
ALIKE = (0.3, 0.9)  # correlations between which two sounds count as strangers, kin, or the same


@dataclass(frozen=True)
class Said:
    """Two of them, from two seeds, and how alike they are."""

    takes: tuple[Take, Take]
    correlation: float
    about: str


class Free(Part):
    """Free generation."""

    def lay_out(self) -> None:
        self.said = gr.State(None)
        with self.step("free") as self.opened:
            with gr.Row():
                self.frame = gr.Radio(list(FRAMES), value=FRAMES[0], elem_id="wavenet-frame")
                self.text(self.frame, label="free.frame", choices={f: f"free.frame.{f}" for f in FRAMES})
                self.keep("frame", self.frame, one_of(FRAMES), FRAMES[0])
                self.seconds = self.text(gr.Slider(FIRST, LONGEST, FIRST, step=0.5), label="free.seconds")
                self.keep("seconds", self.seconds, number(FIRST, LONGEST), FIRST)
            self.start = self.text(gr.Button(size="sm", elem_id="wavenet-free-start"), value="free.start")
            self.told = self.text(gr.Markdown(elem_id="wavenet-free-said"), value="free.nothing")
            self.picture = Spectrogram(elem_id="wavenet-free")
        self.views = [self.told, self.picture, self.guesses["free"]]
        self.outputs = [self.said, *self.views]

    def connect(self) -> None:
        given = {"found": self.tab.found, "frame": self.frame, "seconds": self.seconds}
        slow: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.told}
        self.when(self.start.click, self.speak, self.outputs, given, **slow)
        self.when(self.opened.select, self.first, self.outputs, given | {"said": self.said}, **slow)
        self.reword(self.show, self.views, {"said": self.said})

    def look(self, *, found: Found, lang: str, **looked: Any) -> Update:
        """Nothing before it is looked at: it takes its time."""
        return {self.said: None} | self.show(said=None, lang=lang)

    def first(self, *, found: Found | None, said: Said | None, frame: str, seconds: float, lang: str) -> Update:
        """What it says when the step is opened."""
        return {} if said else self.speak(found=found, frame=frame, seconds=seconds, lang=lang)

    def speak(self, *, found: Found | None, frame: str, seconds: float, lang: str) -> Update:
        """Two sounds that differ by chance alone."""
        if found is None:
            return {}
        adapter, recording = lmdemo.load("wavenet"), found.recording
        loudest = int(recording.mel.sum(1).argmax())
        mel = recording.mel[loudest] if self.tab.known(frame, FRAMES) == "loudest" else None
        seed, temperature = found.options["seed"], found.options["temperature"]
        made = [
            whole(list(adapter.free(float(seconds), mel=mel, temperature=temperature, seed=s)))
            for s in (seed, seed + 1)
        ]
        first, second = (take("wavenet", r, recording, adapter) for r in made)
        deviation = min(float(np.std(r.waveform)) for r in made)
        alike = float(np.corrcoef(made[0].waveform, made[1].waveform)[0, 1]) if deviation > 0 else 0.0
        said = Said((first, second), alike, f"{frame}|{seconds}|{looks.about(found)}")
        return {self.said: said} | self.show(said=said, lang=lang)

    def show(self, *, said: Said | None, lang: str) -> Update:
        """Both, to be seen and heard."""
        if said is None:
            return {self.told: self.say(lang, "free.nothing"), self.picture: {}, self.guesses["free"]: {}}
        top = max(spectra.DECIBELS * float(t.mel.max()) for t in said.takes)
        names = [self.say(lang, "free.take", n=n) for n in (1, 2)]
        tracks = [looks.drawn(self, t, top, lang, name=name) for t, name in zip(said.takes, names, strict=True)]
        times = looks.written(said.takes[0].times_real_time)
        right = sum(abs(said.correlation) >= bound for bound in ALIKE)
        choices = [self.say(lang, f"free.{k}") for k in ("strangers", "kin", "same")]
        told = self.say(lang, "free.told", correlation=said.correlation)
        return {
            self.told: self.say(lang, "free.said", times=times, seconds=said.takes[0].seconds),
            self.picture: spectra.spectrogram(tracks, self.phrases("vocoding.spectra", lang)),
        } | self.guess("free", lang, self.say(lang, "free.ask"), choices, right, told, said.about)
