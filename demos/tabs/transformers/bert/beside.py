"""What BERT's page asks beside the answer: every word hidden in turn, and what if."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.tabs.transformers.bert.functions import NAME
from demos.tabs.transformers.bert.hiding import MASK, is_mask, masked, split, words_of
from demos.tabs.transformers.found import Found
from lmdemo.catalog import MODELS
from lmdemo.errors import InputError

WINDOW = 2  # words on either side of the mask
LONGEST = 60  # words of a text that is read again and again


@dataclass(frozen=True)
class Asked(Found):
    """What was asked: the text with its masks, and the text as it was written.

    Attributes:
        whole: As the visitor wrote it.
        hidden: Which of its words were put behind masks.
    """

    whole: str = ""
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class Beside:
    """See the module; of a long text most is left out.

    Attributes:
        words: Each word of the text, hidden in turn.
        alone: The best candidate where only two words on either side are left.
        second: Of every second word, all hidden at once, how many are guessed right, and how many they are.
        looked: The word that the mask looks at most, and the best candidate when that is hidden, too.
        turned: The best candidate when the words on one side of the mask are turned round.
        piece: The piece that goes on inside a word and would be more probable than the best candidate, or "".
        spared: How many blocks can be silenced one at a time so that the best candidate stays, and how many there are.
    """

    words: tuple[Any, ...] = ()
    alone: str = ""
    second: tuple[int, int] = (0, 0)
    looked: tuple[str, str] = ("", "")
    turned: str = ""
    spared: tuple[int, int] = (0, 0)
    piece: str = ""

    @property
    def nats(self) -> float:
        """How surprised the network is at the text's words, on average."""
        return -sum(math.log(max(w.score, 1e-12)) for w in self.words) / len(self.words) if self.words else 0.0


def usual() -> float:
    """How surprised the network is at the words of captions: 95 of 100 stay below."""
    figures = MODELS[NAME].figures
    return figures.splits["val"].metrics["nats_per_word_95"] if figures else math.inf


def beside(adapter: Any, found: Asked) -> Beside:
    """Asks what the page needs beside our network's answer."""
    words, text = tuple(adapter.hide_each(found.whole)), found.text
    masks = [i for i, word in enumerate(words_of(text)) if is_mask(word)]
    if len(words_of(text)) > LONGEST or not masks:
        return Beside(words)
    return Beside(
        words,
        alone=best(adapter, near(text, masks[0])),
        second=every_second(adapter, found.whole),
        looked=without_most(adapter, text),
        turned=best(adapter, turned(text, masks[0])),
        spared=spared(adapter, text),
        piece=more_probable(adapter, text),
    )


def best(adapter: Any, text: str, **options: Any) -> str:
    """The best candidate for the first mask; "" where the network reads none."""
    try:
        return next(iter(adapter(text, top_k=1, **options).candidates[0]))
    except InputError:
        return ""


def more_probable(adapter: Any, text: str) -> str:
    """The most probable piece at the first mask, where it is none that a word may begin with."""
    names, p = adapter.likelihoods(text, text)
    piece = names[int(p[:, 0].argmax())]
    return piece if piece.startswith("##") and piece != best(adapter, text) else ""


def near(text: str, mask: int) -> str:
    """The mask and two words on either side."""
    spans = split(text)[max(0, mask - WINDOW) : mask + WINDOW + 1]
    return text[spans[0][0] : spans[-1][1]]


def turned(text: str, mask: int) -> str:
    """The words on the longer side of the mask in reverse."""
    words = words_of(text)
    left, right = words[:mask], words[mask + 1 :]
    if len(left) >= len(right):
        left = left[::-1]
    else:
        signs = right[-1:] if not right[-1].isalnum() else []  # the full stop stays at the end
        right = right[: len(right) - len(signs)][::-1] + signs
    return " ".join([*left, MASK, *right])


def every_second(adapter: Any, text: str) -> tuple[int, int]:
    """Of every second word, all hidden at once, how many are guessed right, and how many they are."""
    words = words_of(text)
    readable = [i for i, word in enumerate(words) if word.isalpha()]
    places = readable[1::2]
    if not places:
        return 0, 0
    among = [i for i, word in enumerate(words) if i in places or is_mask(word)]
    candidates = adapter(masked(text, places), top_k=1).candidates
    found = zip(among, candidates, strict=False)  # of a long text not all masks are read
    return sum(next(iter(c)) == words[i].lower() for i, c in found if i in places), len(places)


def without_most(adapter: Any, text: str) -> tuple[str, str]:
    """The word that the first mask looks at most in the last block, and its best candidate when that word is hidden, too."""
    trace = adapter(text, trace=True, top_k=1).trace
    mask = trace["masks"][0]
    weights, begins = trace["attention"][-1].mean(0)[mask], trace["offsets"][:, 0]
    spans, words = split(text), words_of(text)
    for n in np.argsort(-weights, kind="stable"):
        at = next((i for i, (a, b) in enumerate(spans) if a <= begins[n] < b), None)
        if n != mask and at is not None and words[at].isalpha():
            both = adapter(masked(text, [at]), top_k=1).candidates
            return words[at], next(iter(both[0 if begins[n] > begins[mask] else 1]))
    return "", ""


def spared(adapter: Any, text: str) -> tuple[int, int]:
    """How many blocks can be silenced one at a time so that the best candidate stays, and how many there are."""
    first, blocks = best(adapter, text), dict.fromkeys(layer for layer, _ in adapter.heads)
    stay = [best(adapter, text, heads_off=[h for h in adapter.heads if h[0] == block]) == first for block in blocks]
    return sum(stay), len(stay)
