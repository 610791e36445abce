"""Perceptron: whether a text is calm or loud."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from demos.core.tab import Answer, Answers, Tab, Update, calling
from demos.core.url import one_of, text
from demos.tabs.perceptron.functions import MODEL, perceptron_classify, perceptron_prove

EXAMPLES = ("calm", "loud")


class Perceptron(Tab):
    """A text, or an example."""

    name = "perceptron"
    functions = (perceptron_classify, perceptron_prove)

    def lay_out(self) -> None:
        self.answers = gr.State(())
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.chosen = gr.Radio(list(EXAMPLES))
                self.text(self.chosen, label="perceptron.example", choices={e: f"perceptron.{e}" for e in EXAMPLES})
                self.keep("example", self.chosen, one_of(EXAMPLES))
                self.given = self.text(gr.Textbox(""), label="perceptron.text")
                self.keep("text", self.given, text(), "")
            with self.part("result"):
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
                self.card = gr.HTML()
        self.explain()
        self.code("lmdemo/models/perceptron.py", ("Perceptron.forward",), model=gr.State(MODEL))
        self.proof()

    def connect(self) -> None:
        shown = [self.status, self.card]
        answered = [*shown, self.answers]
        self.when(self.chosen.input, self.choose, [*answered, self.given], {"example": self.chosen})
        self.when(self.given.submit, self.answer, answered, {"given": self.given})
        self.on_link(self.answer, answered, {"given": self.given})
        self.reword(self.show, shown, {"answers": self.answers})

    def choose(self, *, example: str, lang: str) -> Iterator[Update]:
        """An example."""
        given = Path(self.example(f"{self.known(example, EXAMPLES)}.txt")).read_text(encoding="utf-8").strip()
        yield {self.given: given}
        yield from self.answer(given=given, lang=lang)

    def answer(self, *, given: str, lang: str) -> Iterator[Update]:
        """Asks the network and shows what it says."""
        if given:
            answers = yield from self.ask(MODEL, "scratch", calling(given), lang, status=self.status)
            yield {self.answers: answers} | self.show(answers=answers, lang=lang)

    def show(self, *, answers: Answers, lang: str) -> Update:
        """What was found, in words."""
        if not answers:
            return {self.status: self.say(lang, "nothing_yet")}
        there = [a for a in answers if isinstance(a, Answer)]
        told = [self.say(lang, f"perceptron.is.{a.result.label}", score=a.result.score) for a in there]
        return {self.status: "  \n".join(told), self.card: self.cards(answers, lang)}
