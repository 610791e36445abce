"""Perceptron: whether a text is calm or loud."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import gradio as gr

from demos.core.tab import Answer, Answers, Tab, Update, calling
from demos.core.url import one_of, text
from demos.tabs.perceptron.functions import MODEL, perceptron_classify, perceptron_prove

EXAMPLES = ("calm", "loud")
CALM = "the sea was quiet today"


class Perceptron(Tab):
    """A text, or an example."""

    name = "perceptron"
    functions = (perceptron_classify, perceptron_prove)
    threads = ("sentence",)

    def lay_out(self) -> None:
        self.answers = gr.State(())
        with self.stage():
            with self.given():
                self.box = self.text(gr.Textbox(CALM), label="perceptron.text")
                self.keep("text", self.box, text(), CALM, thread="sentence")
                self.chosen = gr.Radio(list(EXAMPLES))
                self.text(self.chosen, label="perceptron.example", choices={e: f"perceptron.{e}" for e in EXAMPLES})
                self.keep("example", self.chosen, one_of(EXAMPLES))
                self.along()
            with self.answered():
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
        with self.inside(), self.step("counts"):
            self.counts = gr.Markdown()
        self.learn()
        self.code("lmdemo/models/perceptron.py", ("Perceptron.forward",), model=gr.State(MODEL))
        self.proof()
        self.good((MODEL,))

    def connect(self) -> None:
        shown = [self.status, self.facts, self.counts, self.guesses["counts"]]
        answered = [*shown, self.answers]
        self.when(self.chosen.input, self.choose, [*answered, self.box], {"example": self.chosen})
        self.when(self.box.submit, self.answer, answered, {"given": self.box})
        self.on_link(self.answer, answered, {"given": self.box})
        self.reword(self.show, shown, {"answers": self.answers})

    def choose(self, *, example: str, lang: str) -> Iterator[Update]:
        """An example."""
        given = Path(self.example(f"{self.known(example, EXAMPLES)}.txt")).read_text(encoding="utf-8").strip()
        yield {self.box: given}
        yield from self.answer(given=given, lang=lang)

    def answer(self, *, given: str, lang: str) -> Iterator[Update]:
        """Asks the network and shows what it says."""
        if given:
            answers = yield from self.ask(
                MODEL, "scratch", calling(given), lang, status=self.status, extra=lambda _: given
            )
            yield {self.answers: answers} | self.show(answers=answers, lang=lang)

    def show(self, *, answers: Answers, lang: str) -> Update:
        """What was found, in words."""
        there = [a for a in answers if isinstance(a, Answer)]
        if not there:
            return {self.status: self.say(lang, "nothing_yet")}
        result = there[0].result
        letters = Counter(c for c in there[0].extra.lower() if c.isalpha()).most_common(3)
        shown = {
            self.status: self.say(lang, f"perceptron.is.{result.label}", score=result.score),
            self.facts: self.told(answers, MODEL, lang),
            self.counts: " · ".join(f"**{letter}** {n}" for letter, n in letters),
        }
        loud = int(result.label == "loud")
        choices = [self.say(lang, f"perceptron.{e}") for e in EXAMPLES]
        return shown | self.guess("counts", lang, self.say(lang, "perceptron.guess"), choices, loud, shown[self.status])
