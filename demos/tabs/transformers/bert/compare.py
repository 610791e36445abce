"""Two sentences: how the candidates for a mask move when a word around it changes."""

from dataclasses import dataclass

import gradio as gr

import lmdemo
from demos.core.tab import Part, Tab, Update
from demos.core.url import text
from demos.tabs.transformers.bert.functions import NAME
from demos.views.slopes import Slopes, slopes

PAIR = ("A man is playing the [MASK].", "A boy is playing in the [MASK].")


@dataclass(frozen=True)
class Moved:
    """Whose candidates, and of each how probable it is in the first and in the second sentence."""

    model: str
    moves: dict[str, tuple[float, float]]


class Compare(Part):
    """Two boxes, and the candidates as slopes."""

    def __init__(self, tab: Tab, source: gr.Radio) -> None:
        self.source = source
        super().__init__(tab)

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="compare.title")
        with gr.Row():
            self.first = self.text(gr.Textbox(PAIR[0], elem_id="bert-first"), label="compare.first")
            self.second = self.text(gr.Textbox(PAIR[1], elem_id="bert-second"), label="compare.second")
        self.keep("first", self.first, text(), PAIR[0])
        self.keep("second", self.second, text(), PAIR[1])
        self.run = self.text(gr.Button(size="sm", elem_id="bert-compare"), value="compare.run")
        self.told, self.view = gr.Markdown(elem_id="bert-compare-text"), Slopes(elem_id="bert-slopes")
        self.moved = gr.State(None)

    def connect(self) -> None:
        asked = {"first": self.first, "second": self.second, "source": self.source}
        shown = [self.told, self.view]
        self.when(self.run.click, self.compare, [self.moved, *shown], asked, show_progress="minimal")
        self.reword(self.show, shown, {"moved": self.moved})

    def compare(self, *, first: str, second: str, source: str, lang: str) -> Update:
        """Asks for both sentences."""
        adapter = lmdemo.load(NAME, source="scratch" if source == "both" else source)
        moved = Moved(f"{adapter.info.name}, {adapter.info.source}", adapter.compare(first, second))
        return {self.moved: moved} | self.show(moved=moved, lang=lang)

    def show(self, *, moved: Moved | None, lang: str) -> Update:
        """Which candidates were pulled most, and all as slopes."""
        if moved is None:
            return {self.told: "", self.view: {}}
        ratios = {w: q / max(p, 1e-9) for w, (p, q) in moved.moves.items()}
        up, down = max(ratios, key=lambda w: ratios[w]), min(ratios, key=lambda w: ratios[w])
        pulled = {"up": up, "up_ratio": ratios[up], "down": down, "down_ratio": 1 / max(ratios[down], 1e-9)}
        title = self.say(lang, "compare.picture", model=moved.model)
        left, right = self.say(lang, "compare.left"), self.say(lang, "compare.right")
        view = slopes(title, left, right, moved.moves, self.phrases("view.slopes", lang))
        return {self.told: self.say(lang, "compare.differs", **pulled), self.view: view}
