"""A voice as noise, and back."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import Found, Take, take
from demos.views import spectrogram as spectra
from demos.views.curves import Curves, curves, line
from demos.views.spectrogram import Spectrogram

BINS = np.linspace(-4, 4, 41)
ERRORS = (1e-5, 1e-3, 1e-1)  # between which the visitor chooses


@dataclass(frozen=True)
class Became:
    """The noise that a clip became.

    Attributes:
        density: Of its values in :data:`BINS`.
        mean, deviation, error, nats: What is told of it.
        back: The sound that it becomes again, shrunk or stretched by ``scale``.
        scale: See ``back``.
    """

    density: np.ndarray
    mean: float
    deviation: float
    error: float
    nats: float
    back: Take
    scale: float


class Noise(Part):
    """The latent of the visitor's own voice."""

    def lay_out(self) -> None:
        self.became = gr.State(None)
        with self.step("latent", wide=True):
            self.told = gr.Markdown(elem_id="waveglow-latent-said")
            self.density = Curves(elem_id="waveglow-latent")
            self.scale = gr.Slider(0, 2, 1.0, step=0.05, elem_id="waveglow-scale")
            self.text(self.scale, label="latent.scale", info="latent.scale.info")
            self.keep("scale", self.scale, number(0, 2), 1.0)
            self.picture = Spectrogram(elem_id="waveglow-back")
        self.views = [self.told, self.density, self.picture, self.guesses["latent"]]
        self.outputs = [self.became, *self.views]

    def connect(self) -> None:
        given = {"found": self.tab.found, "scale": self.scale}
        quick: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.told}
        self.when(self.scale.input, self.again, self.outputs, given, **quick, trigger_mode="always_last")
        self.reword(self.show, self.views, {"found": self.tab.found, "became": self.became})

    def again(self, *, found: Found | None, scale: float, lang: str) -> Update:
        """Another scale."""
        return self.look(found=found, scale=scale, lang=lang) if found else {}

    def look(self, *, found: Found, scale: float, lang: str, **looked: Any) -> Update:
        """There and back."""
        adapter = lmdemo.load("waveglow")
        latent = adapter.latent(found.clip)
        back = take("back", adapter.back(latent, scale=float(scale)), found.recording, adapter)
        values = latent.values
        density = np.histogram(values, BINS)[0] / values.size / np.diff(BINS)
        became = Became(
            density, float(values.mean()), float(values.std()), latent.error, latent.nats, back, float(scale)
        )
        return {self.became: became} | self.show(found=found, became=became, lang=lang)

    def show(self, *, found: Found | None, became: Became | None, lang: str) -> Update:
        """How the noise is spread, and what becomes of it again."""
        if found is None or became is None:
            return {}
        middles = (BINS[1:] + BINS[:-1]) / 2
        normal = np.exp(-(middles**2) / 2) / np.sqrt(2 * np.pi)
        lines = [
            line(self.say(lang, "latent.own"), "ours", list(zip(middles, became.density, strict=True))),
            line(self.say(lang, "latent.normal"), "third", list(zip(middles, normal, strict=True)), dashed=True),
        ]
        titles = [self.say(lang, f"latent.{k}") for k in ("title", "x", "y")]
        values = {"mean": became.mean, "deviation": became.deviation, "nats": became.nats}
        top, name = looks.loudest(found), self.say(lang, "latent.back", scale=became.scale, error=became.back.error)
        tracks = [looks.drawn(self, found.recording, top, lang), looks.drawn(self, became.back, top, lang, name=name)]
        right = sum(became.error >= bound for bound in ERRORS)
        choices = [self.say(lang, f"latent.choice{k}") for k in range(len(ERRORS) + 1)]
        asked, told = self.say(lang, "latent.ask"), self.say(lang, "latent.answer", error=f"{became.error:.1e}")
        return {
            self.told: self.say(lang, "latent.told", **values),
            self.density: curves(*titles, lines, self.phrases("latent.curves", lang)),
            self.picture: spectra.spectrogram(tracks, self.phrases("vocoding.spectra", lang)),
        } | self.guess("latent", lang, asked, choices, right, told, looks.about(found))
