"""An index of recordings, and excerpts to find again."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.core.url import number
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.functions import FINGERPRINT, index_of
from demos.views.pictures import Pictures, picture, row
from lmdemo.errors import InputError

RECORDINGS = ("bells", "strings", "rain", "sea-waves", "clock-tick", "fire-crackling", "talk")


@dataclass(frozen=True)
class Found:
    """The nearest recordings by embeddings, by peaks, and the spectra of excerpt and best."""

    matches: tuple
    classic: list
    excerpt: Any
    recording: Any


class Recordings(Part):
    """What is indexed, and what was found."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="siamese.print.help")
        self.index, self.found = gr.State({}), gr.State(None)  # name -> (path, embeddings of windows, pairs of peaks)
        with gr.Row():
            self.files = self.text(
                gr.File(file_count="multiple", type="filepath", height=140), label="siamese.print.files"
            )
            with gr.Column():
                self.add = self.text(gr.Button(variant="primary"), value="siamese.print.add")
                self.take = self.text(gr.Button(), value="siamese.print.example")
        self.told = gr.Markdown(elem_classes="lm-status")
        self.translate(self.told, lambda lang: {"value": self.say(lang, "siamese.print.empty")})
        with gr.Row():
            self.which = self.text(gr.Dropdown(choices=[], filterable=False), label="siamese.print.which")
            self.start = self.text(gr.Slider(0, 30, 1.0, step=0.1), label="siamese.print.start")
            self.noise = self.text(gr.Slider(-5, 30, 5, step=1), label="siamese.print.noise")
            self.keep("noise", self.noise, number(-5, 30), 5)
        self.cut = self.text(gr.Button(variant="primary"), value="siamese.print.cut")
        with gr.Row():
            self.own = self.tab.clip("siamese.print.own", "siamese-excerpt")
            self.heard = self.text(gr.Audio(interactive=False, elem_id="siamese-heard"), label="siamese.print.heard")
        self.answer = gr.Markdown(elem_classes="lm-status", elem_id="siamese-found", render=False)
        self.translate(self.answer, lambda lang: {"value": self.say(lang, "nothing_yet")})
        self.table, self.peaks = (
            gr.HTML(elem_classes="lm-table", render=False),
            Pictures(elem_id="siamese-peaks", render=False),
        )

    def render_result(self) -> None:
        """Answer and table, in the result's part of the page."""
        self.answer.render()
        self.table.render()

    def connect(self) -> None:
        shown, excerpt = [self.answer, self.table, self.peaks], {"index": self.index, "noise": self.noise}
        known = [self.index, self.told, self.which, self.files]
        options = {"show_progress": "minimal"}
        self.when(self.add.click, self.more, known, {"index": self.index, "files": self.files}, **options)
        self.when(self.take.click, self.synthetic, [*known, self.heard, self.found, *shown], excerpt, **options)
        self.when(
            self.cut.click,
            self.excerpt,
            [self.heard, self.found, *shown],
            excerpt | {"which": self.which, "start": self.start},
            **options,
        )
        self.when(
            self.own.input, self.look_up, [self.found, *shown], {"index": self.index, "clip": self.own}, **options
        )
        self.reword(self.status, [self.told], {"index": self.index})
        self.reword(self.show, shown, {"found": self.found})

    def status(self, *, index: dict, lang: str) -> Update:
        listed = ", ".join(map(looks.plain, index))
        return {
            self.told: self.say(lang, "siamese.print.status", n=len(index), list=listed)
            if index
            else self.say(lang, "siamese.print.empty")
        }

    def more(self, *, index: dict, files: list | None, lang: str) -> Update:
        if not files:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        index = index | index_of(lmdemo.load(FINGERPRINT), files)
        return {
            self.index: index,
            self.which: gr.update(choices=list(index), value=next(iter(index))),
            self.files: None,
        } | self.status(index=index, lang=lang)

    def synthetic(self, *, index: dict, noise: float, lang: str) -> Update:
        made = self.more(index=index, files=[looks.path(n) for n in RECORDINGS], lang=lang) | {
            self.which: gr.update(choices=[*index, *RECORDINGS], value=RECORDINGS[0])
        }
        return made | self.excerpt(index=made[self.index], which=RECORDINGS[0], start=1.0, noise=noise, lang=lang)

    def excerpt(self, *, index: dict, which: str | None, start: float, noise: float, lang: str) -> Update:
        if which not in index:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Add a recording first.")
        rate, wave = clip = lmdemo.load(FINGERPRINT).excerpt(index[which][0], start=start, decibels=noise)
        return {self.heard: (rate, np.round(wave * 32767).astype(np.int16))} | self.look_up(
            index=index, clip=clip, lang=lang
        )

    def look_up(self, *, index: dict, clip: Any, lang: str) -> Update:
        if not clip:
            return {}
        adapter = lmdemo.load(FINGERPRINT)
        matches = adapter.find(clip, {n: rows for n, (_, rows, _) in index.items()})
        found = Found(
            matches,
            adapter.find_by_peaks(clip, {n: pairs for n, (_, _, pairs) in index.items()}),
            adapter.peaks(clip),
            adapter.peaks(index[matches[0].name][0]),
        )
        return {self.found: found} | self.show(found=found, lang=lang)

    def show(self, *, found: Found | None, lang: str) -> Update:
        if found is None:
            return {self.answer: self.say(lang, "nothing_yet"), self.table: "", self.peaks: {}}
        best, classic = found.matches[0], found.classic
        said = (
            self.say(lang, "siamese.print.classic", name=looks.plain(classic[0][0]), n=classic[0][1])
            if classic
            else self.say(lang, "siamese.print.nothing")
        )
        rows = [(m.name, f"{m.score:.3f}", f"{m.seconds:.2f}", dict(classic).get(m.name, 0)) for m in found.matches]
        head = [self.say(lang, "siamese.print.scores"), self.say(lang, "siamese.moments.y"), "s", "peaks"]
        drawn = [
            picture(
                who,
                looks.spectrum_picture(*seen),
                caption,
                self.say(lang, "siamese.print.peaks_alt", n=len(seen[1])),
                300,
            )
            for who, seen, caption in (
                ("excerpt", found.excerpt, self.say(lang, "siamese.print.excerpt")),
                ("recording", found.recording, best.name),
            )
        ]
        return {
            self.answer: self.say(
                lang,
                "siamese.print.found",
                name=looks.plain(best.name),
                score=best.score,
                second=best.seconds,
                classic=said,
            ),
            self.table: html_table(head, rows),
            self.peaks: row(self.say(lang, "siamese.print.peaks"), drawn),
        }
