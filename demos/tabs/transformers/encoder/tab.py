"""Transformers · Encoder: a text is read at once, and every word looks at every other."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Update
from demos.tabs.transformers.encoder import decision, looks, three
from demos.tabs.transformers.encoder.beside import Beside, beside
from demos.tabs.transformers.encoder.cost import Cost
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
from demos.tabs.transformers.encoder.looks import EXAMPLES, HINGLISH, MODELS, SENTIMENT
from demos.tabs.transformers.encoder.questions import Questions
from demos.tabs.transformers.found import Found, Inside, left_out
from demos.tabs.transformers.reading import Reading
from demos.views.contributions import Contributions
from lmdemo import catalog
from lmdemo.adapters.outputs import decided

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
    colour = "transformer"

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(("scratch", "hub", "both"), MODELS)
        self.hubless = self.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hubless")
        with self.stage():
            with self.given():
                self.lay_out_text(3, 8)
                self.lay_out_examples()
            with self.answered():
                self.lay_out_answer()
                self.other = self.text(
                    gr.Button(size="sm", visible=False, elem_id="transformer-other"), value="foreign.read"
                )
        with self.inside():
            with self.step("words", wide=True):
                self.lay_out_words()
            self.lay_out_blocks()
            with self.step("rests"):
                self.own()
                self.rests = Contributions(elem_id="transformer-decision")
                self.unread = gr.Markdown(elem_classes="lm-muted", visible=False)
            self.lay_out_switch()
            with self.step("three", wide=True):
                self.own()
                self.table = gr.HTML(elem_classes="lm-table", elem_id="transformer-table")
            with self.step("cost", wide=True):
                Cost(self, self.found)
        self.learn()
        model_file, keras = "lmdemo/models/transformer.py", "tests/keras/transformer.py"
        self.snippet = self.code(model_file, SHOWN_LINES, model=self.model, keras=keras)
        self.proof()
        self.good(MODELS)

    def connect(self) -> None:
        super().connect()
        chosen = [self.model, self.examples, self.source, self.hubless, *self.outputs]
        running = [
            *self.running,
            self.when(self.model.input, self.choose_model, chosen, self.asked, **self.slow),
            self.when(self.other.click, self.read_as_hinglish, chosen, self.asked, **self.slow),
        ]
        self.stops(self.stop, running, self.status)
        self.on_link(self.from_link, [self.box, *chosen], self.asked)

    def others(self) -> list[Any]:
        return [self.other, self.rests, self.unread, self.table]

    def begin(self, lang: str) -> Update:
        """The first example; in Hinglish with the model that reads it."""
        model = SENTIMENT if lang == "en" else HINGLISH
        return {self.model: model, self.box: EXAMPLES[model][0]}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose_model(self, *, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """Another model, which answers the text that is there."""
        yield self.for_model(model, lang)
        yield from self.answer(model=model, lang=lang, **asked)

    def read_as_hinglish(self, *, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The text is no English: the other model reads it."""
        yield {self.model: HINGLISH} | self.for_model(HINGLISH, lang)
        yield from self.answer(model=HINGLISH, lang=lang, **asked)

    def from_link(self, *, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The model and the text that a link names, or with which the page begins."""
        if model != MODELS[0]:
            yield self.for_model(model, lang)
        yield from self.answer(model=model, lang=lang, **asked)

    def for_model(self, model: str, lang: str) -> Update:
        """What goes with a model: its examples, and whether a hub has one like it."""
        hub = bool(catalog.MODELS[model].hub)
        visible = {self.source: gr.update(visible=hub), self.hubless: gr.update(visible=not hub)}
        return self.of_model(model=model, lang=lang) | visible

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def look_into(self, adapter: Any, found: Found) -> Inside | None:
        if adapter.info.source != "scratch":
            return None
        kept, count = adapter.kept(found.text)
        more = {"labels": tuple(adapter.labels), "beside": beside(adapter, found)}
        return Inside(kept, count, adapter.cut(found.text), **more, **left_out(adapter, found))

    def look(self, found: Found, answer: Answer, lang: str) -> Update:
        more: Beside = answer.extra.beside
        asked = {}
        for step, question in Questions(answer, self.say, lang).all().items():
            asked |= self.guess(step, lang, *question, about=found.text)
        return asked | {
            self.cut: looks.word_pieces(answer.extra.cut, self.say, lang),
            self.rests: decision.picture(more.decided, self.say, lang) if more.decided else {},
            self.unread: gr.update(visible=not more.decided, value=self.say(lang, "long")),
            self.table: three.table(more.three, found.model, self.say, lang),
            self.other: gr.update(visible=found.model == SENTIMENT and more.foreign),
        }

    def nothing(self, found: Found | None, lang: str) -> Update:
        hidden = {c: gr.update(visible=False) for c in (self.other, self.unread)}
        return hidden | {self.rests: {}, self.table: ""}

    def sentence(self, answer: Answer, lang: str, *, alone: bool) -> str:
        result = answer.result
        values = {"label": self.say(lang, f"label.{result.label}"), "percent": 100 * result.score}
        said = self.say(lang, "answer" if decided(result.scores) else "undecided", **values)
        return said if alone else f"{self.say(lang, 'source.' + answer.source)}: {said}"

    def groups(self, answer: Answer, lang: str, *, alone: bool) -> list[dict]:
        title = "" if alone else answer.info.name
        return [looks.class_bars(title, answer.result.scores, self.say, lang, colour=answer.source)]

    def remarks(self, found: Found, answer: Answer, lang: str) -> list[str]:
        trace, more = answer.result.trace, answer.extra.beside
        said = super().remarks(found, answer, lang)
        if found.model == SENTIMENT and more.known[0] < more.known[1]:
            key = "foreign" if more.foreign else "known"
            said.append(self.say(lang, key, known=more.known[0], total=more.known[1]))
        words = [f"“{t}”" for t, known in zip(trace["tokens"], trace["known"], strict=True) if not known and letters(t)]
        listed = ", ".join(dict.fromkeys(words[:12]))
        return said + ([self.say(lang, "unread", words=listed)] if words else [])

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
