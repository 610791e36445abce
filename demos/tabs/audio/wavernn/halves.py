"""16 bits in two halves: what the paper's dual softmax draws, the coarse half first, and what each half alone sounds like."""

from typing import Any

import gradio as gr
import numpy as np

from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import RATE, Found, waveform_of
from demos.views.listen import kept
from demos.views.players import Players, players, track

LOUD = 0.3  # to which the fine half, which is soft, is brought: else it would not be heard


class Halves(Part):
    """The recording's samples, cut in two."""

    def lay_out(self) -> None:
        with self.step("halves"):
            self.table = gr.HTML(elem_classes="lm-table", elem_id="wavernn-halves")
            self.two = Players(elem_id="wavernn-halves-heard")
        self.views = [self.table, self.two, self.guesses["halves"]]
        self.outputs = self.views

    def connect(self) -> None:
        self.reword(self.reworded, self.views, {"found": self.tab.found})

    def reworded(self, *, found: Found | None, lang: str) -> Update:
        """The same in the other language."""
        return self.look(found=found, lang=lang) if found else {}

    def look(self, *, found: Found, lang: str, **looked: Any) -> Update:
        """The loudest sample written out, and both halves to be heard."""
        waveform = waveform_of(found.recording)
        bits = np.clip(np.round(waveform * 32768) + 32768, 0, 65535).astype(int)
        coarse, fine = bits // 256, bits % 256
        at = int(np.abs(waveform).argmax())
        rows = [
            (
                f"{self.say(lang, 'halves.sample')} {n:,}",
                f"{waveform[n]:+.5f}",
                int(bits[n]),
                int(coarse[n]),
                int(fine[n]),
            )
            for n in range(at, min(at + 4, len(bits)))
        ]
        head = [self.say(lang, f"halves.{k}") for k in ("which", "value", "bits", "coarse", "fine")]
        steps = (coarse * 256 + 128) / 32768 - 1
        rest = (fine - 128) / 128 * LOUD
        shown = (("whole", waveform), ("coarse", steps), ("fine", rest))
        tracks = [track(self.say(lang, f"halves.heard.{k}"), kept(w.astype(np.float32), RATE)) for k, w in shown]
        error = steps - waveform
        decibels = 10 * np.log10(max(float(np.mean(waveform**2)), 1e-12) / max(float(np.mean(error**2)), 1e-12))
        choices = sorted({round(decibels), round(decibels) + 24, max(0, round(decibels) - 20), round(decibels) + 48})
        told = self.say(lang, "halves.told", decibels=decibels)
        return {
            self.table: html_table(head, rows, self.say(lang, "halves.title")),
            self.two: players(tracks, found.recording.seconds, self.phrases("vocoding.players", lang)),
        } | self.guess(
            "halves",
            lang,
            self.say(lang, "halves.ask"),
            [f"{c} dB" for c in choices],
            choices.index(round(decibels)),
            told,
            looks.about(found),
        )
