"""Transformers · Encoder: a text is read at once, and every word looks at every other."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Update
from demos.tabs.transformers.encoder import looks
from demos.tabs.transformers.encoder.cost import Cost
from demos.tabs.transformers.encoder.decision import Decision
from demos.tabs.transformers.encoder.functions import (
    transformer_attention,
    transformer_classify,
    transformer_cost,
    transformer_decision,
    transformer_layer_answers,
    transformer_layers,
    transformer_prove,
    transformer_three,
    transformer_tokens,
)
from demos.tabs.transformers.encoder.looks import EXAMPLES, MODELS
from demos.tabs.transformers.encoder.three import Three
from demos.tabs.transformers.found import Found, Inside, left_out
from demos.tabs.transformers.reading import Reading
from demos.views.bars import bars
from lmdemo import catalog

SHOWN_LINES = ("attend", "MultiHeadAttention", "EncoderLayer", "sinusoids", "Transformer.forward")


class Encoder(Reading):
    """Praise or blame, English or Hinglish."""

    name = "transformer"
    functions = (
        transformer_classify,
        transformer_attention,
        transformer_layer_answers,
        transformer_decision,
        transformer_tokens,
        transformer_three,
        transformer_cost,
        transformer_layers,
        transformer_prove,
    )
    ours, unit, texts, printed = ("scratch",), "words", EXAMPLES, "result.label, result.score"

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), MODELS)
        self.hubless = self.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hubless")
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_text(4, 10)
            with self.part("result"):
                self.lay_out_result()
        with self.part("look"):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            with gr.Column(visible=False) as self.inside:
                with gr.Column() as self.own:
                    self.lay_out_pieces()
                    self.lay_out_parts()
                self.lay_out_blocks()
                with gr.Column() as self.own_too:
                    self.decision, self.three = Decision(self, self.found), Three(self, self.found)
                    Cost(self, self.found)
        self.more = (self.own_too,)
        self.explain()
        model_file, keras = "lmdemo/models/transformer.py", "tests/keras/transformer.py"
        self.snippet = self.code(model_file, SHOWN_LINES, model=self.model, keras=keras)
        self.proof()

    def connect(self) -> None:
        self.cleared = self.decision.cleared | self.three.cleared  # what belonged to the text before
        super().connect()
        chosen = [self.examples, self.figures, self.source, self.hubless, *self.answered]
        running = [*self.running, self.when(self.model.input, self.choose_model, chosen, self.asked, **self.slow)]
        self.stops(self.stop, running, self.status)
        self.on_link(self.from_link, [self.given, *chosen], self.asked)

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose_model(self, *, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """Another model, which answers the text that is there."""
        yield self.for_model(model, lang)
        yield from self.answer(model=model, lang=lang, **asked)

    def from_link(self, *, text: str, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The model and the text that a link names."""
        if model != MODELS[0]:
            yield self.for_model(model, lang)
        if text:
            yield from self.answer(text=text, model=model, lang=lang, **asked)

    def for_model(self, model: str, lang: str) -> Update:
        """What goes with a model: its examples and figures, and whether a hub has one like it."""
        hub = bool(catalog.MODELS[model].hub)
        visible = {self.source: gr.update(visible=hub), self.hubless: gr.update(visible=not hub)}
        return self.of_model(model=model, lang=lang) | visible

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def look_into(self, adapter: Any, found: Found) -> Inside | None:
        if adapter.info.source != "scratch":
            return None
        kept, count = adapter.kept(found.text)
        cut, labels = adapter.cut(found.text), tuple(adapter.labels)
        return Inside(kept, count, cut, labels=labels, **left_out(adapter, found))

    def look(self, found: Found, answer: Answer, place: tuple[int, int], lang: str) -> Update:
        ours = answer.source in self.ours
        pieces = looks.word_pieces(answer.extra.cut, self.say, lang) if ours else {}
        own = {self.cut: pieces, self.own_too: gr.update(visible=ours)}
        return super().look(found, answer, place, lang) | own

    def sentence(self, answer: Answer, lang: str) -> str:
        values = {"source": self.say(lang, f"source.{answer.source}"), "percent": 100 * answer.result.score}
        return self.say(lang, "answer", label=self.say(lang, f"label.{answer.result.label}"), **values)

    def groups(self, answer: Answer, lang: str) -> list[dict]:
        title = f"{self.say(lang, 'source.' + answer.source)} ({answer.info.name})"
        return [bars(title, looks.named(answer.result.scores, self.say, lang), colour=answer.source)]

    def remarks(self, answer: Answer, lang: str) -> list[str]:
        trace = answer.result.trace
        words = [f"“{t}”" for t, known in zip(trace["tokens"], trace["known"], strict=True) if not known and letters(t)]
        listed = ", ".join(dict.fromkeys(words[:12]))
        return super().remarks(answer, lang) + ([self.say(lang, "unread", words=listed)] if words else [])

    def early(self, answer: Answer, layer: int, lang: str) -> dict[str, Any]:
        row = answer.result.trace["layer_scores"][layer]
        label = self.say(lang, f"label.{answer.extra.labels[int(row.argmax())]}")
        return {"label": label, "percent": 100 * row.max()}

    def changed(self, answer: Answer, part: str, lang: str) -> tuple[dict[str, Any], list[dict]]:
        whole, other = answer.result, answer.extra.without
        before, after = (self.say(lang, f"label.{r.label}") for r in (whole, other))
        values = {"before": before, "p": 100 * whole.score, "after": after, "q": 100 * other.score}
        return values, looks.two_answers(whole, other, part, self.say, lang)


def letters(word: str) -> bool:
    """Whether there are letters in a word."""
    return any(c.isalpha() for c in word)
