"""Transformers · BERT: the encoder fills in hidden words from both sides."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Update
from demos.tabs.transformers.bert.beside import Asked, Beside, beside, usual
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
from demos.tabs.transformers.bert.hiding import EXAMPLES, Hiding, hidden, masked, toggle, words_of
from demos.tabs.transformers.bert.questions import questions
from demos.tabs.transformers.found import Found, Inside, left_out
from demos.tabs.transformers.reading import Reading
from demos.views.bars import bars
from demos.views.pieces import pieces
from demos.views.turns import Turns, turn, turns
from lmdemo.errors import LmdemoError

SOURCES = ("scratch", "hub-weights", "hub", "both")
SHOWN_LINES = ("FillMaskHead", "Bert.forward", "translate", "Bert.from_hub_weights")
MANY = 1 / 3  # from this share of hidden pieces on, a word is said
TOP = 6
MOST = 20  # masks whose best word is named


class Bert(Reading):
    """Hidden words, filled in."""

    name = "bert"
    functions = (bert_fill, bert_pieces, bert_compare, bert_attention, bert_layer_answers, bert_layers, bert_prove)
    ours, unit, printed, colour = ("scratch", "hub-weights"), "pieces", "result.candidates", "bert"
    texts, apart = {NAME: tuple(EXAMPLES)}, ("compare",)

    def lay_out(self) -> None:
        self.model, self.source = self.source_of(SOURCES, (NAME,))
        with self.stage():
            with self.given():
                self.lay_out_text(2, 6)
                self.hiding = Hiding(self)
                self.lay_out_examples()
            with self.answered():
                self.lay_out_answer()
        with self.inside():
            with self.step("hide", wide=True):
                self.lay_out_words()
            with self.step("turns"):
                self.own()
                self.turns = Turns(elem_id="bert-turns")
            self.lay_out_blocks()
            with self.step("compare", wide=True):
                self.compare = Compare(self, self.source)
            self.lay_out_switch()
        self.learn()
        layers = {"model": self.model, "source": self.source, "having": SOURCES[:3]}
        self.snippet = self.code("lmdemo/models/bert.py", SHOWN_LINES, **layers)
        self.proof()
        self.good((NAME,))

    def connect(self) -> None:
        super().connect()
        self.compare.wire(self.guesses["compare"])
        clicked = [self.hiding.hide, *self.outputs]
        picked = self.when(self.hiding.view.pick, self.click, clicked, self.asked, **self.slow)
        self.stops(self.stop, [*self.running, picked], self.status)
        linked = self.asked | {"first": self.compare.first, "second": self.compare.second}
        self.on_link(self.from_link, [*self.outputs, *self.compare.outputs], linked)

    def options(self) -> dict[str, Any]:
        return {"hide": self.hiding.hide}

    def others(self) -> list[Any]:
        return [self.hiding.view, self.turns]

    # -- what is given -----------------------------------------------------------------------------------------------------

    def click(self, event: gr.EventData, *, text: str, hide: str, lang: str, **asked: Any) -> Iterator[Update]:
        """A word that was clicked."""
        hide = toggle(text or "", hide, int(event.index))
        yield {self.hiding.hide: hide}
        yield from self.answer(text=text, hide=hide, lang=lang, **asked)

    def from_link(self, *, source: str, first: str, second: str, lang: str, **asked: Any) -> Iterator[Update]:
        """The text that a link names, or with which the page begins, and the two sentences."""
        yield from self.answer(source=source, lang=lang, **asked)
        yield self.compare.compare(first=first, second=second, source=source, lang=lang)

    def wanted(self, found: Found, *, hide: str = "", **more: Any) -> Found:
        places = hidden(found.text, hide)
        text = masked(found.text, places)
        return Asked(found.model, text, found.source, found.off, found.head, whole=found.text, hidden=places)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def look_into(self, adapter: Any, found: Found) -> Inside:
        read = adapter.pieces(found.text)
        places = [place for token, place in zip(read.tokens, read.offsets, strict=True) if token == "[UNK]"]
        unread, more = tuple(found.text[a:b] for a, b in places), {}
        if adapter.info.source in self.ours and isinstance(found, Asked):
            more = left_out(adapter, found) | {"beside": beside(adapter, found)}
        return Inside(len(read.ids), read.count, adapter.cut(found.text), unread=unread, **more)

    def look(self, found: Found, answer: Answer, lang: str) -> Update:
        asked: Update = {}
        for step, question in questions(answer, self.say, lang).items():
            asked |= self.guess(step, lang, *question, about=found.text)
        cut = pieces(self.say(lang, "tokens.picture"), answer.extra.cut, self.phrases("pieces", lang))
        return asked | {self.cut: cut, self.turns: self.in_turn(found, answer.extra.beside, lang)}

    def in_turn(self, found: Found, more: Beside, lang: str) -> dict:
        """Each word of the text, and what would have been said in its place."""
        text, at, items = getattr(found, "whole", found.text), 0, []
        for word in more.words:
            items += words_of(text[at : word.start])
            items.append(turn(text[word.start : word.end], word.candidates, word.score, word.rank))
            at = word.end
        title = self.say(lang, "turns.title", right=sum(w.rank == 1 for w in more.words), total=len(more.words))
        return turns(title, [*items, *words_of(text[at:])], self.phrases("turns", lang))

    def nothing(self, found: Found | None, lang: str) -> Update:
        if not isinstance(found, Asked):
            return {self.turns: {}, self.hiding.view: {}}
        there = found.there
        filled = [next(iter(c)) for c in there[0].result.candidates] if there else []
        return {self.turns: {}} | self.hiding.show(found.whole, found.hidden, filled, lang)

    def sentence(self, answer: Answer, lang: str, *, alone: bool) -> str:
        best = (next(iter(c.items())) for c in answer.result.candidates[:MOST])
        words = ", ".join(self.say(lang, "answer", word=word, percent=100 * p) for word, p in best)
        return words if alone else f"{self.say(lang, f'source.{answer.source}')}: {words}"

    def groups(self, answer: Answer, lang: str, *, alone: bool) -> list[dict]:
        source, colour = self.say(lang, f"source.{answer.source}"), "hub" if answer.source == "hub" else "scratch"
        masks = answer.result.candidates
        made = []
        for n, candidates in enumerate(masks, start=1):
            said = [self.say(lang, "mask", n=n)] * (len(masks) > 1) + [source] * (not alone)
            made.append(bars(" · ".join(said), candidates, top=TOP, colour=colour))
        return made

    def remarks(self, found: Found, answer: Answer, lang: str) -> list[str]:
        inside, masks = answer.extra, len(answer.result.candidates)
        said = super().remarks(found, answer, lang)
        more: Beside | None = inside.beside
        if more and more.words and answer.source == "scratch" and more.nats > usual():
            said.insert(0, self.say(lang, "far", nats=more.nats, usual=usual()))
        if more and more.piece:
            said.append(self.say(lang, "whole_first", piece=more.piece))
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
