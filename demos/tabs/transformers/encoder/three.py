"""RNN, LSTM and Transformer on one text."""

import statistics
from typing import Any

import gradio as gr

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Tab, Update
from demos.tabs.transformers.encoder.looks import HINGLISH, SENTIMENT
from demos.tabs.transformers.found import Found
from lmdemo.errors import InputError

THREE = {
    SENTIMENT: ("rnn-sentiment", "lstm-sentiment", SENTIMENT),
    HINGLISH: ("rnn-sentiment", "lstm-hinglish", HINGLISH),
}
PASSES = 9


def answers_of_three(text: str, model: str) -> list[dict[str, Any]]:
    """What each of the three says, with the median time of several passes that take turns."""
    adapters = {name: lmdemo.load(name) for name in THREE[model]}
    read = {name: words_of(adapter, text) for name, adapter in adapters.items()}
    results: dict[str, list[Any]] = {name: [] for name in adapters}
    for _ in range(PASSES):
        for name, adapter in adapters.items():
            if read[name][0]:
                results[name].append(adapter(text))
    total = max(n for _, n in read.values())
    return [
        {
            "model": name,
            "label": results[name][-1].label if results[name] else None,
            "score": results[name][-1].score if results[name] else None,
            "milliseconds": statistics.median(r.milliseconds for r in results[name]) if results[name] else None,
            "parameters": adapter.info.parameters,
            "known": read[name][0],
            "total": read[name][1] or total,
        }
        for name, adapter in adapters.items()
    ]


def words_of(adapter: Any, text: str) -> tuple[int, int]:
    """How many words of a text a network knows, and how many there are; (0, 0) where it knows none."""
    try:
        words = adapter.tokenize(text)
    except InputError as error:
        if error.key != "text_unknown":
            raise
        return 0, 0
    return sum(adapter.known(words)), len(words.tokens)


class Three(Part):
    """Three architectures side by side, at the press of a button."""

    def __init__(self, tab: Tab, found: gr.State) -> None:
        self.asked = found
        super().__init__(tab)

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="three.title")
        self.run = self.text(gr.Button(size="sm", elem_id="transformer-three"), value="three.run")
        self.table = gr.HTML(elem_classes="lm-table", elem_id="transformer-table")
        self.answers = gr.State(())
        self.cleared: Update = {self.answers: (), self.table: ""}

    def connect(self) -> None:
        asked, minimal = {"found": self.asked}, {"show_progress": "minimal"}
        self.when(self.run.click, self.ask, self.cleared, asked, **minimal)
        self.reword(self.show, [self.table], {"answers": self.answers})

    def ask(self, *, found: Found | None, lang: str) -> Update:
        """Asks all three for the text on show, where our network answered it."""
        if not found or all(a.source != "scratch" for a in found.there):
            return {}
        answers = tuple(answers_of_three(found.text, found.model))
        return {self.answers: answers} | self.show(answers=answers, lang=lang)

    def show(self, *, answers: tuple[dict[str, Any], ...], lang: str) -> Update:
        """The three answers as a table."""
        if not answers:
            return {self.table: ""}
        rows = []
        for a in answers:
            known = self.say(lang, "three.of", known=a["known"], total=a["total"])
            said, milliseconds = self.say(lang, "three.nothing"), "–"
            if a["label"] is not None:
                said = f"{self.say(lang, 'label.' + a['label'])} {100 * a['score']:.1f} %"
                milliseconds = f"{a['milliseconds']:.2f}"
            rows.append((a["model"], said, milliseconds, a["parameters"], known))
        keys = ("three.network", "three.answer", "three.ms", "code.parameters", "three.known")
        table = html_table([self.say(lang, k) for k in keys], rows, self.say(lang, "three.table", n=PASSES))
        english = f"<p>{self.say(lang, 'three.english')}</p>" if answers[-1]["model"] == HINGLISH else ""
        return {self.table: table + english}
