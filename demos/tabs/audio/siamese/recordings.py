"""An index of recordings, and excerpts to find again."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.core.url import number, one_of
from demos.tabs.audio.siamese import functions, looks, search_looks, searched
from demos.tabs.audio.siamese.functions import FINGERPRINT, index_of
from demos.tabs.audio.siamese.searched import EXCERPTS, RECORDINGS, Asked, Found
from demos.views.chips import Chips, chips
from demos.views.curves import Curves
from demos.views.spectrogram import Spectrogram
from lmdemo.errors import InputError

FIRST = EXCERPTS["rain"]


class Recordings(Part):
    """What is indexed, and what was found; another excerpt, second or noise is looked up at once."""

    def lay_out(self) -> None:
        self.index, self.found = gr.State({}), gr.State(None)
        with self.stage():
            with self.given():
                self.own = self.tab.clip("siamese.print.own", "siamese-excerpt")
                self.examples = Chips(elem_id="siamese-excerpts")
                self.translate(self.examples, lambda lang: {"value": self.example_chips(lang)})
                self.which = gr.Dropdown(choices=list(RECORDINGS), value=FIRST[0], filterable=False)
                self.translate(self.which, self.dropdown)
                self.keep("which", self.which, one_of(RECORDINGS), FIRST[0])
                with gr.Row():
                    self.start = self.text(gr.Slider(0, 30, FIRST[1], step=0.1), label="siamese.print.start")
                    self.keep("start", self.start, number(0, 30), FIRST[1])
                    self.noise = self.text(gr.Slider(-15, 30, FIRST[2], step=1), label="siamese.print.noise")
                    self.keep("noise", self.noise, number(-15, 30), FIRST[2])
            with self.answered():
                self.answer = gr.Markdown(elem_classes="lm-status", elem_id="siamese-found")
                self.heard = self.text(
                    gr.Audio(interactive=False, elem_id="siamese-heard"), label="siamese.print.heard"
                )
                self.table = gr.HTML(elem_classes="lm-table")
        with self.inside():
            with self.step("pairs"):
                self.pairs = Spectrogram(elem_id="siamese-pairs")
            with self.step("noise", wide=True), gr.Row():
                with gr.Column(min_width=280):
                    self.cosines = Curves(elem_id="siamese-cosines")
                with gr.Column(min_width=280):
                    self.counts = Curves(elem_id="siamese-counts")
            with self.step("index"):
                self.told_index = gr.Markdown(elem_id="siamese-index")
                files = gr.File(file_count="multiple", type="filepath", height=140)
                self.files = self.text(files, label="siamese.print.files")
                self.add = self.text(gr.Button(size="sm"), value="siamese.print.add")
        questions = [self.guesses[k] for k in ("pairs", "noise", "index")]
        self.outputs = [
            self.answer,
            self.heard,
            self.table,
            self.facts,
            self.pairs,
            self.cosines,
            self.counts,
            *questions,
        ]

    def connect_answers(self, snippet: gr.Code) -> None:
        """What is looked up when; the snippet repeats it."""
        known = [self.index, self.told_index, self.which]
        options: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.answer}
        cut, index = {"which": self.which, "start": self.start, "noise": self.noise}, {"index": self.index}
        answered = [*known, self.found, *self.outputs, snippet]
        changed = [self.which.input, self.start.release, self.noise.release]
        self.when(changed, self.excerpt, answered, index | cut, **options)
        sliders = [self.start, self.noise]
        self.when(self.examples.choose, self.choose, [*sliders, *answered], index, **options)
        self.when(self.own.input, self.own_excerpt, answered, index | {"clip": self.own}, **options)
        adding = {"show_progress": "minimal", "show_progress_on": self.told_index}
        self.when(self.add.click, self.more, [*known, self.files], index | {"files": self.files}, **adding)
        self.reword(self.status, [self.told_index, self.which], index)
        self.reword(self.show, [*self.outputs, snippet], {"found": self.found} | index)

    # -- what is indexed, and looked up --------------------------------------------------------------------------------------

    def example_chips(self, lang: str) -> dict:
        """Excerpts to choose from."""
        return chips(self.say(lang, "examples"), [self.say(lang, f"siamese.excerpt.{e}") for e in EXCERPTS])

    def dropdown(self, lang: str) -> dict:
        """The words of the choice of a recording."""
        return {"label": self.say(lang, "siamese.print.which"), "choices": self.choices({}, lang)}

    def choices(self, index: dict, lang: str) -> list[tuple[str, str]]:
        """Recordings to cut from, in the page's language."""
        return [(search_looks.name_of(self.say, n, lang), n) for n in dict.fromkeys((*RECORDINGS, *index))]

    def status(self, *, index: dict, lang: str) -> Update:
        """What is indexed."""
        names = [search_looks.name_of(self.say, n, lang) for n in index or RECORDINGS]
        listed = ", ".join(map(looks.plain, names))
        return {
            self.told_index: self.say(lang, "siamese.print.status", n=len(names), list=listed),
            self.which: gr.update(choices=self.choices(index, lang)),
        }

    def whole(self, index: dict) -> dict:
        """The index, with the synthetic recordings in it."""
        return index or index_of(lmdemo.load(FINGERPRINT), [functions.path(n) for n in RECORDINGS])

    def more(self, *, index: dict, files: list | None, lang: str) -> Update:
        """Recordings of the visitor's beside the synthetic ones."""
        if not files:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        index = self.whole(index) | index_of(lmdemo.load(FINGERPRINT), files)
        return {self.index: index, self.files: None} | self.status(index=index, lang=lang)

    def choose(self, event: gr.EventData, *, index: dict, lang: str) -> Update:
        """An example that was clicked."""
        names = {self.say(lang, f"siamese.excerpt.{e}"): e for e in EXCERPTS}
        which, start, noise = EXCERPTS[names[self.tab.known(event.text, names)]]
        made = self.excerpt(index=index, which=which, start=start, noise=noise, lang=lang)
        chosen = gr.update(value=which, choices=self.choices(made[self.index], lang))
        return made | {self.which: chosen, self.start: start, self.noise: noise}

    def excerpt(self, *, index: dict, which: str | None, start: float, noise: float, lang: str) -> Update:
        """A piece of an indexed recording under noise."""
        index = self.whole(index)
        if which not in index:
            raise InputError("index_empty", expected=">= 1", got="0", hint="Add a recording first.")
        return self.look_up(index, Asked(which, index[which][0], start, noise), lang)

    def own_excerpt(self, *, index: dict, clip: str, lang: str) -> Update:
        """The visitor's own excerpt."""
        return self.look_up(self.whole(index), Asked("", clip, 0.0, None), lang) if clip else {}

    def look_up(self, index: dict, asked: Asked, lang: str) -> Update:
        """Finds an excerpt, and shows it."""
        found = searched.look_up(lmdemo.load(FINGERPRINT), index, asked)
        made = {self.index: index, self.found: found} | self.status(index=index, lang=lang)
        return made | self.show(found=found, index=index, lang=lang)

    # -- shown ---------------------------------------------------------------------------------------------------------------

    def show(self, *, found: Found | None, index: dict, lang: str) -> Update:
        """What both ways found."""
        if found is None:
            return {self.answer: self.say(lang, "nothing_yet")}
        head = [self.say(lang, f"siamese.print.{k}") for k in ("name", "cosine", "from", "agree")]
        cosines, counts = search_looks.noise_views(self, found, lang)
        about = f"{looks.about(found.asked.path)}|{found.asked.start}|{found.asked.decibels}"
        faster = search_looks.who_finds(self, "faster", found.faster, lang, percent=round(100 * (searched.FASTER - 1)))
        loudest = search_looks.who_finds(
            self, "loud", found.loudest, lang, decibels=searched.LOUDEST, times=round(10 ** (-searched.LOUDEST / 10))
        )
        return {
            self.answer: search_looks.said(self.say, found, lang),
            self.heard: search_looks.wave(found.excerpt),
            self.table: html_table(head, search_looks.table_rows(self, found, lang)),
            self.facts: self.told([found.answer], FINGERPRINT, lang),
            self.pairs: search_looks.pairs_view(self, found, index[found.paired][0], lang),
            self.cosines: cosines,
            self.counts: counts,
            self.tab.snippet: search_looks.snippet(found),
            **self.guess("pairs", lang, *faster, about=about),
            **self.guess("noise", lang, *loudest, about=about),
            **self.guess("index", lang, *self.sizes(found, index, lang), about=about),
        }

    def sizes(self, found: Found, index: dict, lang: str) -> tuple[str, list[str], int, str]:
        """How many embeddings are compared for one excerpt."""
        total = sum(len(rows) for _, rows, _ in index.values())
        choices, at = looks.among(total, (len(index), 10 * total, 3 * len(index)))
        seconds = lmdemo.load(FINGERPRINT).HOP
        told = self.say(lang, "siamese.print.index_told", n=total, hop=seconds)
        return self.say(lang, "siamese.print.index_ask", n=len(index)), choices, at, told
