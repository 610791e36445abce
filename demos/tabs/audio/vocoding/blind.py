"""Blind listening: which one is the recording?"""

import zlib
from typing import Any

from demos.core.tab import Part, Update
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import Found
from demos.views.players import Players, players, track


class Blind(Part):
    """The recording and this page's network without their names; who guesses, sees."""

    def lay_out(self) -> None:
        with self.step("blind"):
            self.two = Players(elem_id=f"{self.name}-blind")
        self.views = [self.two, self.guesses["blind"]]
        self.outputs = self.views

    def show(self, *, found: Found, lang: str, **looked: Any) -> Update:
        """Two clips in an order that only the truth tells; another clip or seed draws another."""
        own = found.own
        if own is None:
            return {self.two: {}, self.guesses["blind"]: {}}
        right = zlib.crc32(f"{looks.about(found)}|{self.name}".encode()) % 2
        pair = (own, found.recording) if right else (found.recording, own)
        names = [self.say(lang, "blind.clip", letter=letter) for letter in "AB"]
        tracks = [track(name, t.path) for name, t in zip(names, pair, strict=True)]
        values = {"name": names[right], "network": looks.name_of(self.say, self.name, lang), "error": own.error}
        shown = {self.two: players(tracks, found.recording.seconds, self.phrases("vocoding.players", lang))}
        told = self.say(lang, "blind.told", **values)
        return shown | self.guess("blind", lang, self.say(lang, "blind.ask"), names, right, told, looks.about(found))
