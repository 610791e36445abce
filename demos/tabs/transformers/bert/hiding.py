"""Words to click: a click hides one behind a mask, another brings it back."""

import re
from collections.abc import Sequence

import gradio as gr

from demos.core.tab import Part, Update
from demos.views.shaded import Shaded, shaded, text_row

MASK = "[MASK]"
MOST = 200  # words to click
LONGEST = 2_000  # characters of them


def split(text: str) -> list[tuple[int, int]]:
    """Where the words, signs and masks of a text stand: what can be clicked."""
    return [m.span() for m in re.finditer(r"\[MASK\]|\w+(?:['’]\w+)*|[^\w\s]", text)]


def toggle(text: str, index: int, before: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Hides the word at ``index``, or brings it back if it is hidden; ``before`` are the words as they were."""
    spans = split(text)
    words = [text[a:b] for a, b in spans]
    if not 0 <= index < len(spans):
        return text, tuple(before)
    # What was hidden before is known as long as the text around it is the same.
    same = len(before) == len(words) and all(w in (MASK, b) for w, b in zip(words, before, strict=True))
    known = tuple(before if same else words)
    start, end = spans[index]
    if words[index] != MASK:
        return text[:start] + MASK + text[end:], known
    return text[:start] + known[index] + text[end:], known


class Hiding(Part):
    """The words of the text below its box."""

    def lay_out(self) -> None:
        self.view = Shaded(elem_id="bert-hide")
        self.before = gr.State(())  # the words as they were before any was hidden

    def show(self, *, text: str, lang: str) -> Update:
        """The text's words, each to be clicked; masks are shaded."""
        text = (text or "")[:LONGEST]
        words = [text[a:b] for a, b in split(text)][:MOST]
        if not words:
            return {self.view: {}}
        title, note = self.say(lang, "hide.title"), self.say(lang, "hide.note")
        row = text_row(title, words, [float(w == MASK) for w in words], pickable=True, note=note)
        return {self.view: shaded("", [row], self.phrases("view.shaded", lang))}
