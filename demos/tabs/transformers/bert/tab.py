"""Transformers · BERT: the encoder fills in hidden words from both sides."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Update
from demos.tabs.transformers.bert.compare import Compare
from demos.tabs.transformers.bert.functions import (
    NAME,
    bert_attention,
    bert_compare,
    bert_fill,
    bert_layer_answers,
    bert_layers,
    bert_pieces,
    bert_prove,
)
from demos.tabs.transformers.bert.hiding import Hiding, toggle
from demos.tabs.transformers.found import Found, Inside, left_out
from demos.tabs.transformers.reading import Reading
from demos.views.bars import bars
from demos.views.pieces import pieces
from lmdemo.errors import LmdemoError

SOURCES = ("scratch", "hub-weights", "hub", "both")
EXAMPLES = (
    "A man in a [MASK] shirt is riding a bike down the street.",
    "Two [MASK] are playing in the snow.",
    "A little girl is [MASK] an ice cream [MASK].",
    "The [MASK] runs along the beach with a ball in its mouth.",
)
SHOWN_LINES = ("FillMaskHead", "Bert.forward", "translate", "Bert.from_hub_weights")
MANY = 1 / 3  # from this share of hidden pieces on, a word is said
TOP = 8
MOST = 20  # masks whose best word is named


class Bert(Reading):
    """Hidden words, filled in."""

    name = "bert"
    functions = (bert_fill, bert_pieces, bert_compare, bert_attention, bert_layer_answers, bert_layers, bert_prove)
    ours, unit, texts, printed = ("scratch", "hub-weights"), "pieces", {NAME: EXAMPLES}, "result.candidates"

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, (NAME,))
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_text(3, 8)
                self.hiding = Hiding(self)
            with self.part("result"):
                self.lay_out_result("bert-bars")
        with self.part("look"):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            with gr.Column(visible=False) as self.inside:
                self.lay_out_pieces()
                with gr.Column() as self.own:
                    self.lay_out_parts()
                self.lay_out_blocks()
            Compare(self, self.source)
        self.more = (self.hiding.view,)
        self.explain()
        layers = {"model": self.model, "source": self.source, "having": SOURCES[:3]}
        self.snippet = self.code("lmdemo/models/bert.py", SHOWN_LINES, **layers)
        self.proof()

    def connect(self) -> None:
        super().connect()
        hidden = [self.given, self.hiding.before, *self.answered]
        words = self.asked | {"before": self.hiding.before}
        picked = self.when(self.hiding.view.pick, self.hide, hidden, words, trigger_mode="multiple", **self.slow)
        self.stops(self.stop, [*self.running, picked], self.status)
        self.on_link(self.from_link, self.answered, self.asked)
        self.reword(self.hiding.show, [self.hiding.view], {"text": self.given})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def typed(self, *, text: str, lang: str, **asked: Any) -> Iterator[Update]:
        """A text, whose words can be clicked at once."""
        yield self.hiding.show(text=text, lang=lang)
        yield from self.answer(text=text, lang=lang, **asked)

    def hide(
        self, event: gr.EventData, *, text: str, before: tuple[str, ...], lang: str, **asked: Any
    ) -> Iterator[Update]:
        """A word that was clicked."""
        text, before = toggle(text or "", int(event.index), before)
        yield {self.given: text, self.hiding.before: before}
        yield from self.typed(text=text, lang=lang, **asked)

    def from_link(self, *, text: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The text that a link names."""
        if text:
            yield from self.typed(text=text, lang=lang, **asked)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def look_into(self, adapter: Any, found: Found) -> Inside:
        read = adapter.pieces(found.text)
        places = [place for token, place in zip(read.tokens, read.offsets, strict=True) if token == "[UNK]"]
        unread = tuple(found.text[a:b] for a, b in places)
        switched = left_out(adapter, found) if adapter.info.source in self.ours else {}
        return Inside(len(read.ids), read.count, adapter.cut(found.text), unread=unread, **switched)

    def look(self, found: Found, answer: Answer, place: tuple[int, int], lang: str) -> Update:
        title, note = self.say(lang, "tokens.picture"), self.say(lang, "tokens.note")
        cut = pieces(title, answer.extra.cut, self.phrases("pieces", lang), note=note)
        return super().look(found, answer, place, lang) | {self.cut: cut}

    def sentence(self, answer: Answer, lang: str) -> str:
        best = (next(iter(c.items())) for c in answer.result.candidates[:MOST])
        words = ", ".join(f"**{word}** ({100 * p:.1f} %)" for word, p in best)
        return self.say(lang, "answers", source=self.say(lang, f"source.{answer.source}"), words=words)

    def groups(self, answer: Answer, lang: str) -> list[dict]:
        source, colour = self.say(lang, f"source.{answer.source}"), "hub" if answer.source == "hub" else "scratch"
        masks = enumerate(answer.result.candidates, start=1)
        return [bars(f"{self.say(lang, 'mask', n=n)} · {source}", c, top=TOP, colour=colour) for n, c in masks]

    def remarks(self, answer: Answer, lang: str) -> list[str]:
        inside, masks, said = answer.extra, len(answer.result.candidates), super().remarks(answer, lang)
        if inside.unread:
            listed = ", ".join(dict.fromkeys(f"“{word}”" for word in inside.unread[:12]))
            said.append(self.say(lang, "unknown", words=listed))
        if masks > 1 and masks >= MANY * (inside.kept - 2):
            said.append(self.say(lang, "masks.many", n=masks, total=inside.kept - 2))
        return said

    def early(self, answer: Answer, layer: int, lang: str) -> dict[str, Any]:
        trace = answer.result.trace
        best = zip(trace["layer_tokens"][layer, 0, :3], trace["layer_scores"][layer, 0, :3], strict=True)
        return {"words": ", ".join(f"{word} {100 * p:.0f} %" for word, p in best)}

    def changed(self, answer: Answer, part: str, lang: str) -> tuple[dict[str, Any], list[dict]]:
        whole, other = answer.result.candidates[0], answer.extra.without.candidates[0]
        (before, p), (after, q) = (next(iter(c.items())) for c in (whole, other))
        titles = self.say(lang, "switch.whole"), self.say(lang, "switch.without", part=part)
        groups = [bars(title, c, top=TOP) for title, c in zip(titles, (whole, other), strict=True)]
        return {"before": before, "p": 100 * p, "after": after, "q": 100 * q}, groups

    def what_is_wrong(self, error: LmdemoError, lang: str) -> str:
        return self.say(lang, "hide.need") if error.key == "mask_missing" else super().what_is_wrong(error, lang)
