"""What is inside, step by step: the whole way, one head, what each block knows, parts switched off, tokens."""

import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from demos.core import url
from demos.core.tab import Part, Tab, Update
from demos.tabs.transformers.gpt import guesses, looks
from demos.tabs.transformers.gpt.found import FIRST_HEAD, Found, Read
from demos.tabs.transformers.parts import Switch
from demos.views.attention import Attention
from demos.views.lens import Lens, lens
from demos.views.next_tokens import NextTokens
from demos.views.pieces import Pieces, pieces
from demos.views.shaded import Shaded
from demos.views.strip import Strip

# What is looked at: least, most and first value, and its name in the URL.
PLACE = {"block": (0, 47, 0, "block"), "shown_head": (-1, 63, -1, "head"), "token": (-1, 20_000, -1, "token")}


def head_name(text: str) -> str:
    """A check that admits ``block.head``."""
    if not re.fullmatch(r"\d{1,2}\.\d{1,2}", text):
        raise ValueError(text)
    return text


class Inside(Part):
    """The way from a text to the next token; its tab has ``found``, ``writing`` and ``sampling``."""

    def __init__(self, tab: Tab) -> None:
        self.of: Any = tab
        super().__init__(tab)

    def lay_out(self) -> None:
        self.notes: list[gr.Markdown] = []  # why there is nothing to be seen of the hub's own model
        with self.step("strip", wide=True):
            self.note()
            self.strip = Strip(elem_id="gpt-strip")
            self.place = {name: gr.Number(value=first, visible=False) for name, (_, _, first, _) in PLACE.items()}
        with self.step("head", wide=True):
            self.note()
            self.heads = Attention(elem_id="gpt-blocks")
        with self.step("lens", wide=True):
            self.note()
            self.lens = Lens(elem_id="gpt-lens")
        with self.step("off"):
            self.note()
            self.switch = Switch(self.tab)
            self.off_text = gr.Markdown(elem_id="gpt-off-text")
            self.off_written, self.off_bars = Shaded(elem_id="gpt-off-written"), NextTokens()
        with self.step("four", wide=True):
            self.of.writing.lay_out_several()
        with self.step("cut"):
            self.cut = Pieces(elem_id="gpt-pieces")
        for name, (least, most, first, key) in PLACE.items():
            self.keep(key, self.place[name], url.number(least, most), first)
        self.keep("off_head", self.switch.head, head_name, FIRST_HEAD)
        self.looked_at = [self.strip, self.heads, self.guesses["head"]]
        views = [self.lens, self.cut, self.switch.head, self.off_text, self.off_written, self.off_bars]
        self.outputs = list(dict.fromkeys([*self.notes, *self.looked_at, *views, *self.guesses.values()]))

    def note(self) -> None:
        """Says that the hub's own model shows nothing here."""
        self.notes.append(self.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="look.hub"))

    def connect(self) -> None:
        given = {"found": self.of.found} | self.place | self.of.writing.sampling
        moved = [*self.place.values(), *self.looked_at]
        self.when(self.strip.open, self.unfold, moved, given, trigger_mode="always_last")
        self.when(self.heads.open, self.unfold, moved, given, trigger_mode="always_last")
        self.when(self.strip.pin, self.follow, moved, given, trigger_mode="always_last")

    def unfold(self, event: gr.EventData, *, found: Found | None, lang: str, **given: float) -> Update:
        """Another block, or another of its heads."""
        return self.look_at(found, given | {"block": int(event.block), "shown_head": int(event.head)}, lang)

    def follow(self, event: gr.EventData, *, found: Found | None, lang: str, **given: float) -> Update:
        """Another token."""
        return self.look_at(found, given | {"token": int(event.token)}, lang)

    def look_at(self, found: Found | None, given: Mapping[str, float], lang: str) -> Update:
        """What belongs to a block, a head and a token."""
        place = {name: min(max(given[name], least), most) for name, (least, most, _, _) in PLACE.items()}
        read = found.inside if found and not found.wrong else None
        shown = self.places(read, given | place, lang) if read and read.trace else {}
        return {self.place[name]: value for name, value in place.items()} | shown

    def places(self, read: Read, given: Mapping[str, float], lang: str) -> Update:
        """The views that depend on where one looks."""
        options = {name: given[name] for name in looks.OPTIONS}
        view = looks.heads(self.tab, read, given, lang)
        asked = guesses.unscaled(self.say, read, view["block"], view["head"], lang)
        return {self.strip: looks.whole_way(self.tab, read, given, options, lang), self.heads: view} | self.asked(
            "head", asked, read, lang
        )

    def asked(self, step: str, question: guesses.Question | None, read: Read, lang: str) -> Update:
        """A step's question, where the text is long enough for one."""
        about = f"{len(read.cut)} {read.strip.get('tokens')}"
        return self.guess(step, lang, *question, about=about) if question else {self.guesses[step]: {}}

    def show(self, found: Found | None, given: Mapping[str, float], lang: str) -> Update:
        """All steps; of the hub's own model what can be known of it."""
        read = found.inside if found and not found.wrong else None
        if found is None or read is None:
            return self.nothing() | {note: gr.update(visible=False) for note in self.notes}
        words, note = self.phrases("pieces", lang), self.say(lang, "tokens.note")
        options = {name: given[name] for name in looks.OPTIONS}
        shown = self.nothing() | {note: gr.update(visible=not read.trace) for note in self.notes}
        shown |= {self.cut: pieces(self.say(lang, "tokens.picture"), read.cut, words, note=note)}
        shown |= self.asked("cut", guesses.in_capitals(self.say, read, lang), read, lang)
        shown |= self.asked("four", guesses.different(self.say, read.group, options, lang), read, lang)
        if not read.trace:
            return shown
        sentence, texts, bars = looks.without_part(self.tab, read, found.off, lang)
        shown |= {
            self.lens: lens(read.tokens, read.lenses, self.phrases("lens", lang)),
            self.off_text: sentence,
            self.off_written: texts,
            self.off_bars: bars,
        }
        shown |= self.asked("strip", guesses.looked_at(self.say, read, lang), read, lang)
        shown |= self.asked("lens", guesses.place(self.say, read, lang), read, lang)
        shown |= self.guess("off", lang, *guesses.most_missed(self.say, read, lang), about=found.source)
        return shown | self.switch.show(read.trace, found.off, lang) | self.places(read, given, lang)

    def nothing(self) -> Update:
        """No view."""
        views = [self.strip, self.heads, self.lens, self.cut, self.off_written, self.off_bars, *self.guesses.values()]
        return {view: {} for view in views} | {self.off_text: ""}
