"""How the pages of Encoder and BERT are laid out alike: a text, its answer, and the steps between them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gradio as gr

from demos.core import url
from demos.core.tab import Tab, Update
from demos.tabs.transformers.found import FIRST_HEAD
from demos.tabs.transformers.looking import Column, Looking, check_place
from demos.tabs.transformers.parts import Switch
from demos.views.addition import Addition
from demos.views.bars import Bars
from demos.views.chips import Chips, chips
from demos.views.pieces import Pieces


class Layout(Tab):
    """The components of such a page; a member puts them together.

    Attributes:
        ours: The sources whose network is ours, so that parts of it can be switched off.
        unit: What is counted: ``words`` or ``pieces``.
        texts: The examples of each model.
        printed: What of a result the snippet prints.
        colour: Of the architecture: a variable of the page's style without ``--lm-``.
        apart: Steps whose question is about something else than the text.
    """

    ours: ClassVar[tuple[str, ...]]
    unit: ClassVar[str]
    texts: ClassVar[Mapping[str, Sequence[str]]]
    printed: ClassVar[str]
    colour: ClassVar[str]
    apart: ClassVar[tuple[str, ...]] = ()
    threads = ("sentence",)
    # What a member lays out itself: who is asked, and the Python that repeats the answer.
    model: Any
    source: gr.Radio
    snippet: gr.Code

    # -- laid out ----------------------------------------------------------------------------------------------------------

    def lay_out_text(self, lines: int, longest: int) -> None:
        """The box to type in; it begins with the first example."""
        self.found = gr.State(None)
        self.foreign: list[gr.Markdown] = []  # what is said in each step of our network's where another answered
        first = next(iter(self.texts.values()))[0]
        self.box = gr.Textbox(first, lines=lines, max_lines=longest, elem_id=f"{self.name}-text")
        self.text(self.box, label="text.label")
        self.keep("text", self.box, url.text(), first, thread="sentence")

    def lay_out_examples(self) -> None:
        """Examples, and the way to other members with the same sentence."""
        self.examples = Chips(elem_id=f"{self.name}-examples")
        self.examples.value = self.of_model(model=next(iter(self.texts)), lang="en")[self.examples]
        self.along()

    def lay_out_answer(self) -> None:
        """The answers: in words, and as bars."""
        self.status = gr.Markdown(
            self.say("en", "nothing_yet"), elem_classes="lm-status", elem_id=f"{self.name}-status"
        )
        self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
        self.bars = Bars(elem_id=f"{self.name}-bars")
        self.more = gr.Markdown(elem_classes="lm-muted", elem_id=f"{self.name}-more")

    def own(self) -> None:
        """Where a step has nothing to show of another's network, it says so."""
        self.foreign.append(gr.Markdown(elem_classes="lm-muted", visible=False))

    def lay_out_words(self) -> None:
        """The text in pieces, and the first state."""
        self.own()
        self.cut = Pieces(elem_id=f"{self.name}-pieces")
        self.embedded = Addition(elem_id=f"{self.name}-embeddings")

    def lay_out_blocks(self) -> None:
        """The steps of attention: who looks at whom, and block by block."""
        with self.step("looks", wide=True):
            self.looking = Looking(self)
        with self.step("blocks", wide=True):
            self.column = Column(self)

    def lay_out_switch(self) -> None:
        """The step in which something is switched off."""
        with self.step("switch"):
            self.own()
            self.switch = Switch(self)
            self.keep("off_head", self.switch.head, check_place, FIRST_HEAD)
            self.off_text, self.off_bars = gr.Markdown(elem_id=f"{self.name}-off-text"), Bars()

    def of_model(self, *, model: str, lang: str) -> Update:
        """Texts in a model's language."""
        return {self.examples: chips(self.say(lang, "examples"), self.texts[model])}
