"""Classes of sounds that the visitor adds: name -> embeddings (n, D)."""

from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.functions import LONGEST_NAME, SOUND
from lmdemo.errors import InputError


class Classes(Part):
    """What the visitor added."""

    def lay_out(self) -> None:
        self.mine = gr.State({})
        with gr.Row():
            self.name_of = self.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.sound.class")
            self.files = self.text(
                gr.File(file_count="multiple", type="filepath", height=140), label="siamese.sound.files"
            )
        with gr.Row():
            self.add = self.text(gr.Button(variant="primary"), value="siamese.sound.add")
            self.take = self.text(gr.Button(), value="siamese.sound.example")
            self.clear = self.text(gr.Button(), value="siamese.sound.clear")
        self.told = gr.Markdown(elem_classes="lm-status")

    def connect(self) -> None:
        outputs, mine = [self.mine, self.told], {"mine": self.mine}
        given = mine | {"name": self.name_of, "files": self.files}
        self.changed = [
            self.when(self.add.click, self.more, [*outputs, self.files], given, show_progress="minimal"),
            self.when(self.take.click, self.synthetic, outputs, mine, show_progress="minimal"),
            self.when(self.clear.click, lambda lang: self.now({}, lang), outputs),
        ]
        self.reword(lambda mine, lang: {self.told: self.now(mine, lang)[self.told]}, [self.told], mine)

    def now(self, mine: dict, lang: str) -> Update:
        listed = ", ".join(f"{looks.plain(looks.sound_name(self.say, n, lang))} ({len(e)})" for n, e in mine.items())
        return {self.mine: mine, self.told: self.say(lang, "siamese.sound.mine", list=listed) if mine else ""}

    def more(self, *, mine: dict, name: str, files: list | None, lang: str) -> Update:
        name = (name or "").strip()
        if not name or len(name) > LONGEST_NAME:
            raise InputError(
                "name_missing", expected=f"1 - {LONGEST_NAME}", got=str(len(name)), hint="Write a name first."
            )
        if not files:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        e = lmdemo.load(SOUND).embed_many(files)
        return {self.files: None} | self.now(
            mine | {name: np.concatenate((mine[name], e)) if name in mine else e}, lang
        )

    def synthetic(self, *, mine: dict, lang: str) -> Update:
        adapter = lmdemo.load(SOUND)
        return self.now(mine | {n: adapter.embed_many([looks.path(n)]) for n in ("bells", "strings")}, lang)


def means(mine: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Prototypes of the visitor's classes."""
    return {name: e.mean(0) / np.linalg.norm(e.mean(0)) for name, e in mine.items()}


def confusion(say: Any, mine: dict, lang: str) -> str:
    """The shipped classes over four folds, and the visitor's own by leaving out one clip at a time."""
    from lmdemo.adapters.speaker_verification import leave_one_out

    labels, counts = lmdemo.load(SOUND).confusion
    names = [looks.sound_name(say, label, lang) for label in labels]
    tables = (
        [
            html_table(
                ["", *names],
                [(n, *map(int, r)) for n, r in zip(names, counts, strict=True)],
                say(lang, "siamese.sound.confusion", n=int(counts.sum()), right=int(np.trace(counts))),
            )
        ]
        if len(labels)
        else []
    )
    if len(mine) > 1:
        own = [looks.sound_name(say, n, lang) for n in mine]
        tables.append(
            html_table(
                ["", *own],
                [(n, *map(int, r)) for n, r in zip(own, leave_one_out(mine), strict=True)],
                say(lang, "siamese.sound.own"),
            )
        )
    return "".join(tables)
