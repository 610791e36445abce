"""The mel spectrogram: all that a vocoder is told."""

from typing import Any

from demos.core.tab import Part, Update
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import RATE, Found
from demos.views import spectrogram as spectra
from demos.views.spectrogram import Spectrogram


class Mel(Part):
    """The one mel that all of them speak."""

    def lay_out(self) -> None:
        with self.step("mel"):
            self.picture = Spectrogram(elem_id=f"{self.name}-mel")
        self.views = [self.picture, self.guesses["mel"]]
        self.outputs = self.views

    def show(self, *, found: Found, lang: str, **looked: Any) -> Update:
        """The recording's, and how much of it that is."""
        drawn = looks.drawn(self, found.recording, looks.loudest(found), lang)
        frames, bands = found.recording.mel.shape
        samples, numbers = round(found.recording.seconds * RATE), frames * bands
        values = {"samples": f"{samples:,}", "numbers": f"{numbers:,}", "frames": f"{frames:,}", "bands": bands}
        shares = sorted({round(100 * numbers / samples), 100, 5, 15, 200})
        return {self.picture: spectra.spectrogram([drawn], self.phrases("vocoding.spectra", lang))} | self.guess(
            "mel",
            lang,
            self.say(lang, "mel.ask", **values),
            [f"{share} %" for share in shares],
            shares.index(round(100 * numbers / samples)),
            self.say(lang, "mel.told", **values),
            looks.about(found),
        )
