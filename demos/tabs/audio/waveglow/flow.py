"""From noise to voice, step by step; each can be heard."""

from itertools import pairwise
from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import Found, Take, take
from demos.views import spectrogram as spectra
from demos.views.spectrogram import Spectrogram


class Flow(Part):
    """The sound after each step."""

    def lay_out(self) -> None:
        self.steps = gr.State(())
        with self.step("flow", wide=True):
            self.picture = Spectrogram(elem_id="waveglow-flow")
        self.views = [self.picture, self.guesses["flow"]]
        self.outputs = [self.steps, *self.views]

    def connect(self) -> None:
        self.reword(self.show, self.views, {"found": self.tab.found, "steps": self.steps})

    def look(self, *, found: Found, lang: str, **looked: Any) -> Update:
        """Runs the flow on the clip's mels."""
        adapter = lmdemo.load("waveglow")
        options = {name: found.options[name] for name in ("sigma", "seed")}
        made = adapter.flow(found.clip, **options)
        steps = tuple(take(str(i), audio, found.recording, adapter) for i, audio in enumerate(made))
        return {self.steps: steps} | self.show(found=found, steps=steps, lang=lang)

    def show(self, *, found: Found | None, steps: tuple[Take, ...], lang: str) -> Update:
        """All steps under one another, on the recording's scale."""
        if found is None or not steps:
            return {}
        top = looks.loudest(found)
        names = [self.say(lang, "flow.step" if i else "flow.noise", n=i) for i in range(len(steps))]
        tracks = [
            looks.drawn(self, step, top, lang, most=looks.COLUMNS, name=name)
            for step, name in zip(steps, names, strict=True)
        ]
        gains = [before.error - after.error for before, after in pairwise(steps)]
        right = max(range(len(gains)), key=lambda i: gains[i])
        choices = [self.say(lang, "flow.choice", n=i + 1) for i in range(len(gains))]
        listed = " → ".join(f"{step.error:.2f}" for step in steps)
        values = {"list": listed, "n": right + 1, "before": steps[right].error, "after": steps[right + 1].error}
        asked, told = self.say(lang, "flow.ask"), self.say(lang, "flow.told", **values)
        return {self.picture: spectra.spectrogram(tracks, self.phrases("vocoding.spectra", lang))} | self.guess(
            "flow", lang, asked, choices, right, told, looks.about(found)
        )
