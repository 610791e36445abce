"""Who looks at whom, and the column of blocks: what is open in them stands in the link."""

import re
from typing import Any

import gradio as gr

from demos.core.tab import Part, Tab, Update
from demos.views.arcs import Arcs
from demos.views.attention import Attention

Place = tuple[int, int]  # block and head, from 0; block -1 leaves all folded, head -1 is the mean of all


def check_place(text: str) -> str:
    """A check that admits ``block.head``."""
    if not re.fullmatch(r"-?\d{1,2}\.-?\d{1,2}", text):
        raise ValueError(text)
    return text


def place_of(text: str) -> Place:
    """Block and head of ``block.head``."""
    block, head = (int(part) for part in text.split("."))
    return block, head


class Kept(Part):
    """A view and, in the link, which block and head it shows.

    Its tab has ``found``, the state of what was answered.
    """

    key: str
    first: str

    def __init__(self, tab: Tab) -> None:
        self.of: Any = tab
        super().__init__(tab)

    def keep_place(self) -> None:
        """The component that holds ``block.head``: the browser has it, and nobody sees it."""
        self.place = gr.Textbox(self.first, visible="hidden", show_label=False)
        self.keep(self.key, self.place, check_place, self.first)

    def placed(self, event: gr.EventData) -> Update:
        """What the view was asked to show."""
        return {self.place: f"{max(-1, int(event.block))}.{max(-1, int(event.head))}"}


class Looking(Kept):
    """Arcs between the words, and the matrix; the browser has the numbers of all heads."""

    key, first = "look", "0.-1"

    def lay_out(self) -> None:
        self.view = Arcs(elem_id=f"{self.name}-arcs")
        self.keep_place()

    def connect(self) -> None:
        self.when(self.view.look, self.chosen, [self.place])

    def chosen(self, event: gr.EventData, *, lang: str) -> Update:
        """Another block or head, which the browser shows already."""
        return self.placed(event)


class Column(Kept):
    """The column of blocks, one of which is open.

    Its tab has ``blocks(found, place, lang)``, which makes the view.
    """

    key, first = "block", "0.0"

    def lay_out(self) -> None:
        self.before = gr.Markdown(elem_classes="lm-muted")
        self.view = Attention(elem_id=f"{self.name}-blocks")
        self.keep_place()

    def connect(self) -> None:
        self.when(self.view.open, self.unfold, [self.place, self.view], {"found": self.of.found})

    def unfold(self, event: gr.EventData, *, found: Any, lang: str) -> Update:
        """Opens a block and one of its heads, or folds it up."""
        place = self.placed(event)
        view = self.of.blocks(found, place_of(place[self.place]), lang) if found else None
        return place | ({self.view: view} if view else {})
