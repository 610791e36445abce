"""Classes of sounds that the visitor adds, and which sounds are taken for which."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import functions, looks
from demos.tabs.audio.siamese.functions import LONGEST_NAME, SOUND
from lmdemo.catalog import MODELS
from lmdemo.errors import InputError


class Own(NamedTuple):
    """A class of the visitor's: its clips, and their embeddings (n, D)."""

    paths: tuple[str, ...]
    embeddings: np.ndarray

    @property
    def prototype(self) -> np.ndarray:
        """Their mean at length 1."""
        mean = self.embeddings.mean(0)
        return mean / np.linalg.norm(mean)


class Classes(Part):
    """What the visitor added, by name."""

    def lay_out(self) -> None:
        self.mine = gr.State({})
        with self.step("classes", wide=True):
            self.table = gr.HTML(elem_classes="lm-table", elem_id="siamese-confusion")
            with gr.Row():
                with gr.Column(min_width=240):
                    self.name_of = self.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.sound.class")
                    self.add = self.text(gr.Button(size="sm"), value="siamese.sound.add")
                    self.take = self.text(gr.Button(size="sm"), value="siamese.sound.example")
                    self.clear = self.text(gr.Button(size="sm"), value="siamese.sound.clear")
                files = gr.File(file_count="multiple", type="filepath", height=140, min_width=240)
                self.files = self.text(files, label="siamese.sound.files")
            self.told_mine = gr.Markdown(elem_id="siamese-mine")
        self.shown = [self.told_mine, self.table, self.guesses["classes"]]

    def connect(self) -> None:
        outputs, mine = [self.mine, *self.shown], {"mine": self.mine}
        given = mine | {"name": self.name_of, "files": self.files}
        quick: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.told_mine}
        self.changed = [
            self.when(self.add.click, self.more, [*outputs, self.files], given, **quick),
            self.when(self.take.click, self.synthetic, outputs, mine, **quick),
            self.when(self.clear.click, lambda lang: self.now({}, lang), outputs),
        ]
        self.reword(self.show, self.shown, mine)

    def now(self, mine: dict[str, Own], lang: str) -> Update:
        """Other classes."""
        return {self.mine: mine} | self.show(mine=mine, lang=lang)

    def more(self, *, mine: dict[str, Own], name: str, files: list | None, lang: str) -> Update:
        """Clips of a class."""
        name = (name or "").strip()
        if not name or len(name) > LONGEST_NAME:
            got = str(len(name))
            raise InputError("name_missing", expected=f"1 - {LONGEST_NAME}", got=got, hint="Write a name first.")
        if not files:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        before, e = mine.get(name), lmdemo.load(SOUND).embed_many(files)
        paths = (*(before.paths if before else ()), *files)
        own = Own(paths, np.concatenate((before.embeddings, e)) if before else e)
        return {self.files: None} | self.now(mine | {name: own}, lang)

    def synthetic(self, *, mine: dict[str, Own], lang: str) -> Update:
        """Two classes of one synthetic clip each."""
        adapter = lmdemo.load(SOUND)
        made = {n: Own((functions.path(n),), adapter.embed_many([functions.path(n)])) for n in ("bells", "strings")}
        return self.now(mine | made, lang)

    def show(self, *, mine: dict[str, Own], lang: str) -> Update:
        """What was added, and which sounds are taken for which."""
        listed = ", ".join(
            f"{looks.plain(looks.sound_name(self.say, n, lang))} ({len(own.paths)})" for n, own in mine.items()
        )
        alone = ", ".join(looks.sound_name(self.say, n, lang) for n, own in mine.items() if len(own.paths) < 2)
        told = [self.say(lang, "siamese.sound.mine", list=listed)] if mine else []
        told += [self.say(lang, "siamese.sound.alone", list=looks.plain(alone))] if alone else []
        return {self.told_mine: " ".join(told), self.table: self.confusion(mine, lang)} | self.guess(
            "classes", lang, *self.question(lang)
        )

    def question(self, lang: str) -> tuple[str, list[str], int, str]:
        """How many of the clips a simple method gets right."""
        labels, counts = lmdemo.load(SOUND).confusion
        figures = MODELS[SOUND].figures
        simple = figures.splits["val"].baselines["random forest on MFCCs"]["accuracy_four_folds"] if figures else 0.0
        total, ours = int(counts.sum()), int(np.trace(counts))
        right = round(simple * total)
        choices, at = looks.among(right, (total // len(labels), total * 3 // 10, ours, total - 2))
        told = self.say(lang, "siamese.sound.classes_told", right=right, n=total, ours=ours)
        return self.say(lang, "siamese.sound.classes_ask", n=total), choices, at, told

    def confusion(self, mine: dict[str, Own], lang: str) -> str:
        """The shipped classes over four folds, and the visitor's own by leaving out one clip at a time."""
        from lmdemo.adapters.speaker_verification import leave_one_out

        labels, counts = lmdemo.load(SOUND).confusion
        title = self.say(lang, "siamese.sound.confusion", n=int(counts.sum()), right=int(np.trace(counts)))
        tables = [self.square(labels, counts, title, lang)] if len(labels) else []
        if any(len(own.paths) > 1 for own in mine.values()) and len(mine) > 1:
            judged = leave_one_out({n: own.embeddings for n, own in mine.items()})
            tables.append(self.square(tuple(mine), judged, self.say(lang, "siamese.sound.own"), lang))
        return "".join(tables)

    def square(self, labels: tuple[str, ...], counts: np.ndarray, title: str, lang: str) -> str:
        """Counts with names on both sides; a row without any says nothing."""
        names = [looks.sound_name(self.say, label, lang) for label in labels]
        rows = [(n, *(int(c) if r.sum() else "–" for c in r)) for n, r in zip(names, counts, strict=True)]
        return html_table(["", *names], rows, title)
