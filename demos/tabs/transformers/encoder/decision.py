"""What a decision rests on: integrated gradients beside attention."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import lmdemo
from demos.core.words import Speaker
from demos.views.contributions import contributions


@dataclass(frozen=True)
class Decided:
    """A label, and for each word what it adds to the label's log-odds and how much attention it gets."""

    label: str
    words: list[str]
    integrated_gradients: np.ndarray
    attention: np.ndarray


def decide(text: str, model: str) -> Decided:
    """Integrated gradients and attention behind a decision."""
    adapter = lmdemo.load(model)
    result = adapter(text, trace=True)
    attention = result.trace["attention"][-1].mean((0, 1))
    return Decided(result.label, result.trace["tokens"].tolist(), adapter.integrated_gradients(text), attention)


def picture(decided: Decided, say: Speaker, lang: str) -> dict[str, Any]:
    """What speaks for the label and what against it, word by word, beside what was looked at."""
    ig, most = decided.integrated_gradients, int(np.abs(decided.integrated_gradients).argmax())
    note = say(lang, "decision.sum", total=ig.sum(), word=decided.words[most], most=ig[most])
    title = say(lang, "decision.picture", label=say(lang, f"label.{decided.label}"))
    words = say.group(lang, "contributions")
    return contributions(title, decided.words, ig, decided.attention, words, colour="transformer", note=note)
