"""What every member's page is made of: stage, steps, explanation, folds. ``../style.css`` lays it out.

A page reads from top to bottom: one line that says which model and whose network; a *stage* with what is given at the left and
the answer at the right; *Look inside*, a strip of numbered steps of which one is open; *Learn*; and what is folded.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import gradio as gr

from demos.core import cards
from demos.core.page import Page, Update
from demos.core.sources import Answer, Missing
from demos.core.url import STEP, one_of
from demos.core.wiring import Wired
from demos.core.words import Speaker
from demos.views.guess import Guess, guess


class Frame(Wired):
    """The layout that a member and its parts have in common.

    Attributes:
        facts: The line under the answer; see :meth:`told`.
        guesses: Each step's question, by the step's key; see :meth:`guess`.
    """

    facts: gr.HTML

    def __init__(self, page: Page, name: str, say: Speaker) -> None:
        self.guesses: dict[str, Guess] = {}
        super().__init__(page, name, say)

    # -- stage -------------------------------------------------------------------------------------------------------------

    @staticmethod
    @contextlib.contextmanager
    def stage() -> Iterator[gr.Row]:
        """What is given and what is answered, side by side; on a phone one under the other."""
        with gr.Row(elem_classes="lm-stage") as row:
            yield row

    @staticmethod
    @contextlib.contextmanager
    def given() -> Iterator[gr.Column]:
        """The card of the input: the text box or drop zone first, then examples in one row."""
        with gr.Column(scale=5, min_width=280, elem_classes=["lm-block", "lm-given"]) as column:
            yield column

    @contextlib.contextmanager
    def answered(self) -> Iterator[gr.Column]:
        """The card of the answer; its last line is :attr:`facts`."""
        with gr.Column(scale=7, min_width=280, elem_classes=["lm-block", "lm-answered"]) as column:
            yield column
            self.facts = gr.HTML(elem_classes="lm-facts")

    def told(self, answers: Iterable[Answer | Missing], model: str, lang: str) -> str:
        """What :attr:`facts` shows: size, time, device, how good; and why there is no answer where there is none."""
        return cards.facts(answers, model, self.say, lang)

    def along(self, thread: str = "sentence") -> None:
        """Links to the other members that take what is given here, which goes along."""
        links = gr.HTML(elem_classes="lm-along")
        self.translate(links, lambda lang: {"value": self.page.along(self.name, thread, lang)})

    # -- look inside -------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def inside(self, **options: Any) -> Iterator[gr.Tabs]:
        """The strip of steps, in the order in which data flows; the browser holds the open one alone."""
        with gr.Column(elem_classes="lm-inside", **options):
            self.heading("part.look")
            with gr.Tabs(elem_classes=["lm-steps", "lm-block"], overflow_behavior="wrap") as steps:
                yield steps
            for other in [
                c for c in steps.children if not isinstance(c, gr.Tab)
            ]:  # Gradio would count a State as a tab
                other.unrender()
                other.render()

    @contextlib.contextmanager
    def step(self, key: str, *, wide: bool = False, **options: Any) -> Iterator[gr.Tab]:
        """One step: what is made here, beside what one sees in it and a question.

        Args:
            key: Its label is ``step.<key>``, what one sees ``step.<key>.see``; it stands in the URL.
            wide: The view takes the whole width, the rest stands below it.
            options: Of the tab, such as ``visible``.
        """
        tab = self.text(gr.Tab(id=key, elem_id=f"{STEP}{self.name}-{key}", **options), label=f"step.{key}")
        with tab, gr.Row(elem_classes=["lm-look", "lm-wide"] if wide else "lm-look"):
            with gr.Column(scale=8, min_width=280, elem_classes="lm-canvas"):
                yield tab
            with gr.Column(scale=4, min_width=240, elem_classes="lm-aside"):
                self.text(gr.Markdown(elem_classes="lm-see"), value=f"step.{key}.see")
                self.guesses[key] = Guess()

    def guess(
        self,
        key: str,
        lang: str,
        question: str,
        choices: Sequence[str],
        right: int | Iterable[int],
        told: str,
        about: str = "",
    ) -> Update:
        """Asks before it tells: the question of a step; see :func:`demos.views.guess.guess`."""
        words = self.say.group(lang, "guess")
        return {self.guesses[key]: guess(words, question, choices, right, told, about)}

    # -- learn, and what is folded -----------------------------------------------------------------------------------------

    def heading(self, key: str) -> None:
        """A heading of the page."""
        self.translate(gr.Markdown(elem_classes="lm-heading"), lambda lang: {"value": f"## {self.say(lang, key)}"})

    @contextlib.contextmanager
    def fold(self, key: str, **options: Any) -> Iterator[gr.Accordion]:
        """Something that is there for who opens it."""
        with self.text(gr.Accordion(open=False, elem_classes="lm-fold", **options), label=key) as fold:
            yield fold

    def good(self, models: Sequence[str]) -> None:
        """How good each model is on what it never saw, beside simple methods; its licence and its data."""
        with self.fold("part.good"):
            table = gr.HTML(elem_classes="lm-table")
            self.translate(table, lambda lang: {"value": cards.good(models, self.say, lang)})

    # -- which network -----------------------------------------------------------------------------------------------------

    def source_of(self, sources: Sequence[str], models: Sequence[str]) -> tuple[gr.Radio | gr.State, gr.Radio]:
        """Which of our models, and whose network answers, in one line; both are in the URL.

        Returns:
            The choice of the model (a constant where there is one only) and of the source.
        """
        model: gr.Radio | gr.State
        with gr.Row(elem_classes="lm-sub"):
            if len(models) > 1:
                model = gr.Radio(list(models), value=models[0], elem_classes=["lm-seg", "lm-model"])
                self.text(model, label="model", choices={m: f"model.{m}" for m in models})
                self.keep("model", model, one_of(models), models[0])
            else:
                model = gr.State(models[0])
            source = gr.Radio(list(sources), value=sources[0], elem_classes="lm-seg")
            self.text(source, label="source", choices={s: f"source.{s}" for s in sources})
            self.keep("source", source, one_of(sources), sources[0])
        return model, source
