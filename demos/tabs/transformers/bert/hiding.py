"""Words to click: a click hides one behind a mask, another brings it back. A text in which none is hidden has one chosen."""

import re
from collections.abc import Sequence

import gradio as gr

from demos.core.tab import Part, Update
from demos.views.cloze import Cloze, cloze

MASK = "[MASK]"
MOST = 200  # words to click
LONGEST = 2_000  # characters of them
NONE = "-"  # of hidden words: the visitor wants none; nothing at all means that the page chooses

EXAMPLES = {
    "A man in a blue shirt is riding a bike down the street.": 4,
    "Two dogs are playing in the snow.": 1,
    "A little girl is eating an ice cream cone.": 4,
    "The dog runs along the beach with a ball in its mouth.": 1,
}
"""Captions, and which word of each is hidden at first."""


def split(text: str) -> list[tuple[int, int]]:
    """Where the words, signs and masks of a text stand: what can be clicked."""
    return [m.span() for m in re.finditer(r"(?i)\[mask\]|\w+(?:['’]\w+)*|[^\w\s]", text)]


def words_of(text: str) -> list[str]:
    """The words, signs and masks themselves."""
    return [text[a:b] for a, b in split(text)]


def is_mask(word: str) -> bool:
    """Whether a mask is written there."""
    return word.upper() == MASK


def check_hide(text: str) -> str:
    """A check that admits the numbers of words, or :data:`NONE`."""
    if not re.fullmatch(r"-|(\d{1,3}(,\d{1,3}){0,39})?", text):
        raise ValueError(text)
    return text


def hidden(text: str, hide: str) -> tuple[int, ...]:
    """Which words are to be hidden beside the masks that are written: those that were chosen, else one of the page's choice."""
    words = words_of(text)
    if hide == NONE:
        return ()
    chosen = tuple(i for i in map(int, filter(None, hide.split(","))) if i < len(words) and not is_mask(words[i]))
    if chosen or any(map(is_mask, words)) or not any(any(c.isalnum() for c in w) for w in words):
        return chosen
    longest = max(range(len(words)), key=lambda i: len(words[i]) if words[i].isalpha() else 0)
    return (EXAMPLES.get(text.strip(), longest),)


def masked(text: str, places: Sequence[int]) -> str:
    """The text with some of its words behind masks."""
    for i, (a, b) in reversed(list(enumerate(split(text)))):
        if i in places:
            text = text[:a] + MASK + text[b:]
    return text


def toggle(text: str, hide: str, index: int) -> str:
    """Hides the word at ``index``, or brings it back; the first word that a visitor hides takes the page's choice's place."""
    now = hidden(text, hide)
    if not 0 <= index < len(split(text)) or is_mask(words_of(text)[index]):
        return hide  # what was never seen can't come back
    if index in now:
        return ",".join(str(i) for i in now if i != index) or NONE
    return ",".join(map(str, sorted({index, *(now if hide else ())})))


class Hiding(Part):
    """The words of the text below its box; which are hidden stands in the link."""

    def lay_out(self) -> None:
        self.view = Cloze(elem_id="bert-hide")
        self.hide = gr.Textbox("", visible="hidden", show_label=False)
        self.keep("hide", self.hide, check_hide, "")

    def show(self, text: str, places: Sequence[int], filled: Sequence[str], lang: str) -> Update:
        """The text's words, each to be clicked, and the best candidates of those behind masks."""
        words = words_of((text or "")[:LONGEST])[:MOST]
        if not words:
            return {self.view: {}}
        behind = [i in places or is_mask(word) for i, word in enumerate(words)]
        shown = [MASK if mask else word for mask, word in zip(behind, words, strict=True)]
        title, note = self.say(lang, "hide.title"), self.say(lang, "hide.note")
        return {self.view: cloze(title, shown, behind, filled, note=note)}
