"""Two sentences: how the whole vocabulary moves at a mask when a word around it changes."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Tab, Update
from demos.core.url import text
from demos.core.words import say_error
from demos.tabs.transformers.bert.functions import NAME
from demos.tabs.transformers.bert.questions import near_numbers
from demos.views.chips import Chips, chips
from demos.views.guess import Guess
from demos.views.slopes import Slopes, slopes
from demos.views.vocabulary import Vocabulary, vocabulary
from lmdemo.errors import LmdemoError

PAIR = ("A man is playing the [MASK].", "A boy is playing in the [MASK].")
CONTRASTS = {
    "man / boy, + in": PAIR,
    "man / woman": ("A young man in a [MASK].", "A young woman in a [MASK]."),
    "beach / snow": ("A man is [MASK] on the beach.", "A man is [MASK] in the snow."),
    "street / mountain": ("People [MASK] on a street.", "People [MASK] on a mountain."),
    "child / dog": ("A child with a [MASK] in its hand.", "A dog with a [MASK] in its mouth."),
}
LIKELY = 0.005  # from here on, on either side, a word is named
DRAWN = 16  # slopes


@dataclass(frozen=True)
class Moved:
    """Of each word of the vocabulary how probable it is in the first and in the second sentence, (V, 2)."""

    names: list[str]
    p: np.ndarray
    source: str
    about: str

    @property
    def ratios(self) -> np.ndarray:
        """How many times as probable each is in the second."""
        return self.p[:, 1] / self.p[:, 0].clip(1e-9)

    @property
    def likely(self) -> np.ndarray:
        """Those that are likely on a side, the most pulled to the second first."""
        found = np.flatnonzero(self.p.max(1) >= LIKELY)
        return found[np.argsort(-self.ratios[found], kind="stable")]


class Compare(Part):
    """Two boxes, and all words as a map and as slopes; it answers while one types."""

    def __init__(self, tab: Tab, source: gr.Radio) -> None:
        self.source = source
        super().__init__(tab)

    def lay_out(self) -> None:
        with gr.Row():
            self.first = self.text(gr.Textbox(PAIR[0], elem_id="bert-first"), label="compare.first")
            self.second = self.text(gr.Textbox(PAIR[1], elem_id="bert-second"), label="compare.second")
        self.keep("first", self.first, text(), PAIR[0])
        self.keep("second", self.second, text(), PAIR[1])
        self.contrasts = Chips(chips(self.say("en", "compare.contrasts"), list(CONTRASTS)), elem_id="bert-contrasts")
        self.differs = gr.Markdown(elem_id="bert-compare-text")
        with gr.Row():  # both at once in view, on a phone one below the other
            with gr.Column(min_width=420):
                self.slopes = Slopes(elem_id="bert-slopes")
            with gr.Column(min_width=420):
                self.map = Vocabulary(elem_id="bert-vocabulary")
        self.moved = gr.State(None)

    def wire(self, question: Guess) -> None:
        """Connects the part, once its step has its question."""
        self.question = question
        self.asked = {"first": self.first, "second": self.second, "source": self.source}
        shown = [self.differs, self.slopes, self.map, question]
        self.outputs = [self.moved, *shown]
        live = {"trigger_mode": "always_last"}
        typed = [self.first.input, self.second.input, self.source.input]
        self.when(typed, self.compare, self.outputs, self.asked, **live)
        chosen = [self.first, self.second, *self.outputs]
        self.when(self.contrasts.choose, self.choose, chosen, {"source": self.source}, **live)
        self.reword(self.show, shown, {"moved": self.moved})
        self.reword(self.offer, [self.contrasts])

    def offer(self, *, lang: str) -> Update:
        """The prepared contrasts."""
        return {self.contrasts: chips(self.say(lang, "compare.contrasts"), list(CONTRASTS))}

    def choose(self, event: gr.EventData, *, source: str, lang: str) -> Iterator[Update]:
        """A contrast that was clicked."""
        first, second = CONTRASTS[self.tab.known(event.text, CONTRASTS)]
        yield {self.first: first, self.second: second}
        yield self.compare(first=first, second=second, source=source, lang=lang)

    def compare(self, *, first: str, second: str, source: str, lang: str) -> Update:
        """Asks for both sentences; what is wrong with one is said."""
        try:
            adapter = lmdemo.load(NAME, source="scratch" if source == "both" else source)
            names, p = adapter.likelihoods(first, second)
        except LmdemoError as error:
            return {self.moved: None} | self.show(moved=None, lang=lang) | {self.differs: say_error(error, lang)}
        moved = Moved(names, p, adapter.info.source, f"{first} {second}")
        return {self.moved: moved} | self.show(moved=moved, lang=lang)

    def show(self, *, moved: Moved | None, lang: str) -> Update:
        """Which words were pulled most, and all of them."""
        if moved is None:
            return {self.differs: "", self.slopes: {}, self.map: {}, self.question: {}}
        likely, ratios = moved.likely, moved.ratios
        told = ""
        if len(likely):
            up, down = likely[0], likely[-1]
            pulled = {"up": moved.names[up], "up_ratio": times(ratios[up]), "down": moved.names[down]}
            told = self.say(lang, "compare.differs", **pulled, down_ratio=times(1 / max(ratios[down], 1e-9)))
        rest = sorted(likely, key=lambda n: -moved.p[n].max())
        kept = dict.fromkeys([*likely[:4], *likely[-4:], *rest])
        moves = {moved.names[n]: (float(moved.p[n, 0]), float(moved.p[n, 1])) for n in list(kept)[:DRAWN]}
        title, left, right = (self.say(lang, f"compare.{k}") for k in ("picture", "left", "right"))
        words = self.phrases("vocabulary", lang)
        made = vocabulary(self.say(lang, "compare.map", n=len(moved.names)), moved.names, moved.p, words, colour="bert")
        view = slopes(title, left, right, moves, self.phrases("view.slopes", lang))
        return {self.differs: told, self.slopes: view, self.map: made} | self.asks(moved, lang)

    def asks(self, moved: Moved, lang: str) -> Update:
        """How much of the vocabulary is moved."""
        n, total = int((moved.ratios >= 2).sum()), len(moved.names)
        choices, right = near_numbers(n, total)
        told = self.say(lang, "ask.compare.told", n=n, total=total)
        question = self.say(lang, "ask.compare", total=total)
        return self.tab.guess("compare", lang, question, choices, right, told, about=moved.about)


def times(ratio: float) -> str:
    """A ratio with two digits that count."""
    return f"{float(f'{ratio:.2g}'):,g}"
