"""One sample of what was spoken: where it lies, and how likely each level was."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import RATE, Found, waveform_of
from demos.views.levels import Levels, levels

FLOOR = 0.002  # what is taken off each probability before drawing
BOUNDS = (0.1, 2.0)  # of the temperature
MOST = 30 * RATE  # samples of a clip
SHARE = 0.9  # of the probability that is asked about


@dataclass(frozen=True)
class Seen:
    """A sample, and what the network told of it."""

    at: int
    temperature: float
    told: Any

    @property
    def drawn(self) -> Any:
        """The distribution."""
        return self.told

    def holding(self, heat: float = 1.0) -> int:
        """How many levels hold nine tenths of the probability, were it drawn at so many times the temperature."""
        logits = self.drawn.logits / (heat * self.drawn.temperature)
        p = np.exp(logits - logits.max())
        p = np.maximum(p / p.sum() - FLOOR, 0)
        if not p.any():
            return len(p)
        return int(np.searchsorted(np.cumsum(np.sort(p / p.sum())[::-1]), SHARE - 1e-9)) + 1


class Sample(Part):
    """Any sample can be chosen; the temperature is felt at once, and heard when it is let go."""

    key = "levels"

    def lay_out(self) -> None:
        self.seen = gr.State(None)
        with self.step(self.key, wide=True):
            self.at = gr.Number(-1, visible=False)  # -1: the loudest
            self.keep("at", self.at, lambda given: int(number(-1, MOST)(given)), -1)
            self.levels = Levels(elem_id=f"{self.name}-levels")
            self.lay_out_more()
        self.views = [self.levels, self.guesses[self.key], *self.more]
        self.outputs = [self.seen, self.at, *self.views]

    def lay_out_more(self) -> None:
        """What else is told of the sample."""
        self.more: list[Any] = []

    def connect(self) -> None:
        given = {"found": self.tab.found}
        self.when(self.levels.pick, self.pick, self.outputs, given | self.looked, trigger_mode="always_last")
        self.reword(self.show, self.views, {"found": self.tab.found, "seen": self.seen} | self.looked)

    @property
    def looked(self) -> dict[str, Any]:
        """What else a visitor chose here."""
        return {}

    def ask(self, found: Found, at: int) -> Seen:
        """What the network tells of a sample of what it spoke."""
        mel, options = self.asked(found)
        return Seen(at, found.options["temperature"], lmdemo.load(self.name).distribution(mel, at, **options))

    @staticmethod
    def asked(found: Found) -> tuple[np.ndarray, dict[str, Any]]:
        """The mels, and what was heard of them."""
        own = found.own
        assert own is not None
        options = {"temperature": found.options["temperature"], "seed": found.options["seed"]}
        return found.recording.mel, options | {"waveform": waveform_of(own)}

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str, **looked: Any) -> Update:
        """A sample that was chosen."""
        return self.look(found=found, at=int(event.at), lang=lang, **looked) if found else {}

    def look(self, *, found: Found, at: float, lang: str, **looked: Any) -> Update:
        """A sample; where none was chosen, or the clip has none there, the loudest."""
        if found.own is None:
            return {}
        waveform = waveform_of(found.own)
        chosen = int(at) if 0 <= at < len(waveform) else int(np.abs(waveform).argmax())
        seen = self.ask(found, chosen)
        kept = chosen if 0 <= at < len(waveform) else -1
        return {self.seen: seen, self.at: kept} | self.show(found=found, seen=seen, lang=lang, **looked)

    def show(self, *, found: Found | None, seen: Seen | None, lang: str, **looked: Any) -> Update:
        """The sample that was looked at."""
        if found is None or seen is None or found.own is None:
            return {}
        words, drawn = self.phrases("vocoding.levels", lang), seen.drawn
        shown = levels(
            waveform_of(found.own),
            seen.at,
            drawn.logits,
            drawn.level,
            words,
            rate=RATE,
            temperature=seen.temperature,
            ease=drawn.temperature / seen.temperature,
            floor=FLOOR,
            bounds=BOUNDS,
        )
        return {self.levels: shown} | self.question(found, seen, lang)

    def question(self, found: Found, seen: Seen, lang: str) -> Update:
        """How many levels hold nine tenths of the probability when the temperature is halved."""
        now, right = seen.holding(), seen.holding(0.5)
        choices = sorted({right, now, 2 * now, max(1, right // 2), 256})
        values = {"now": now, "half": right, "at": f"{seen.at:,}"}
        asked, told = (self.say(lang, f"levels.{k}", **values) for k in ("ask", "told"))
        about = f"{looks.about(found)}|{seen.at}"
        return self.guess(self.key, lang, asked, list(map(str, choices)), choices.index(right), told, about)
