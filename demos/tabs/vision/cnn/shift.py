"""The picture is moved: the maps move along, the answer should stay."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.vision.cnn import looks
from demos.tabs.vision.cnn.functions import changes
from demos.views.bars import Bars, bars
from demos.views.pictures import Pictures, picture, row

FARTHEST = 8  # pixels


class Shift(Part):
    """What our network makes of a moved picture."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="cnn.shift.title")
        with gr.Row():
            self.dx = self.text(gr.Slider(-FARTHEST, FARTHEST, 0, step=1), label="cnn.shift.dx")
            self.dy = self.text(gr.Slider(-FARTHEST, FARTHEST, 0, step=1), label="cnn.shift.dy")
        with gr.Row(elem_classes="lm-columns"):
            self.moved, self.bars = Pictures(), Bars()
        self.told, self.table = gr.Markdown(), gr.HTML(elem_classes="lm-table")
        self.outputs = [self.dx, self.dy, self.moved, self.bars, self.told, self.table]

    def connect(self) -> None:
        asked = {"found": self.tab.found, "dx": self.dx, "dy": self.dy}
        shown = [self.moved, self.bars, self.told, self.table]
        self.when([self.dx.input, self.dy.input], self.move, shown, asked, trigger_mode="always_last")

    def clear(self) -> Update:
        """The picture is where it was."""
        return {self.dx: 0, self.dy: 0, self.moved: {}, self.bars: {}, self.told: "", self.table: ""}

    def move(self, *, found: Any, dx: float, dy: float, lang: str) -> Update:
        """The moved picture, its answer, and which layers noticed."""
        if not found or not found.ours:
            return {}
        adapter, taken = lmdemo.load(found.model), found.ours.result.trace
        before, after = adapter(taken, trace=True), adapter(adapter.shifted(taken, int(dx), int(dy)), trace=True)
        where = self.say(lang, "cnn.shift.where", dx=int(dx), dy=int(dy))
        scores = looks.named(self.say, after.scores, lang)
        said = {
            "before": looks.label(self.say, before.label, lang),
            "after": looks.label(self.say, after.label, lang),
            "p": 100 * before.score,
            "q": 100 * after.score,
        }
        rows = [(layer, f"{100 * part:.0f} %") for layer, part in changes(before.trace, after.trace).items()]
        head = [self.say(lang, "code.layer"), self.say(lang, "cnn.shift.change")]
        shown = picture("moved", after.trace["seen"], where, where, 140)
        return {
            self.moved: row(self.say(lang, "cnn.shift.seen"), [shown]),
            self.bars: {"groups": [bars(self.say(lang, "cnn.shift.scores"), scores, top=4)]},
            self.told: self.say(lang, f"cnn.shift.{'same' if after.label == before.label else 'other'}", **said),
            self.table: html_table(head, rows, self.say(lang, "cnn.shift.table")),
        }
