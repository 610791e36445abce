"""What the Encoder's page asks beside the answer: what counted, what other networks say, and what if."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import lmdemo
from demos.tabs.transformers.encoder.decision import Decided, decide
from demos.tabs.transformers.encoder.looks import HINGLISH, SENTIMENT
from demos.tabs.transformers.encoder.three import THREE, answers_of_three
from demos.tabs.transformers.found import Found
from lmdemo.errors import InputError

LONGEST = 200  # words of a text that is read again and again
FEW = 0.5  # up to this share of known words a text is foreign
PASSES = 3  # of each network while one types


@dataclass(frozen=True)
class Misspelt:
    """A word with a letter left out: how much is still there, and what the network says of the text with it."""

    word: str
    wrong: str
    shared: int
    pieces: int
    result: Any


@dataclass(frozen=True)
class Beside:
    """See the module; of a long text most is left out.

    Attributes:
        known: Words that the reviews' vocabulary has, and words in all.
        three: What RNN, LSTM and Transformer say.
        backwards: Of each network that read the text, its label, and its label for the text from end to begin.
        decided: What counted.
        left_out: What is answered without each word, (T, labels).
        misspelt: See :class:`Misspelt`; None where no word is long enough.
        silent: The answer with every head silenced.
        twice: The answer to the text said twice.
        unplaced: The answer without positions.
    """

    known: tuple[int, int]
    three: tuple[dict[str, Any], ...] = ()
    backwards: tuple[tuple[str, str], ...] = ()
    decided: Decided | None = None
    left_out: np.ndarray | None = None
    misspelt: Misspelt | None = None
    silent: Any = None
    twice: Any = None
    unplaced: Any = None

    @property
    def foreign(self) -> bool:
        """Whether so few words are known that it is another language, or nearly."""
        known, total = self.known
        return total > 1 and known <= FEW * total


def beside(adapter: Any, found: Found) -> Beside:
    """Asks what the page needs beside our network's answer."""
    words = adapter.tokenize(found.text).tokens
    text = found.text
    known = known_words(words)
    if len(words) > LONGEST:
        return Beside(known)
    three = networks(found.model, text, Beside(known).foreign)
    return Beside(
        known,
        three=three,
        backwards=tuple(
            (a["label"], lmdemo.load(a["model"])(" ".join(words[::-1])).label) for a in three if a["label"]
        ),
        decided=decide(text, found.model),
        left_out=adapter.without_each(text),
        misspelt=misspell(adapter, text, words),
        silent=adapter(text, heads_off=adapter.heads),
        twice=adapter(f"{text} {text}"),
        unplaced=adapter(text, positions=False),
    )


def known_words(words: list[str]) -> tuple[int, int]:
    """How many of a text's words, signs apart, the English reviews' vocabulary has, and how many there are."""
    said = [word for word in words if any(c.isalpha() for c in word)]
    reader = lmdemo.load("rnn-sentiment")
    try:
        read = reader.tokenize(" ".join(said))
    except InputError:  # none of them
        return 0, len(said)
    return sum(k and t.isalpha() for t, k in zip(read.tokens, reader.known(read), strict=True)), len(read.tokens)


def networks(model: str, text: str, foreign: bool) -> tuple[dict[str, Any], ...]:
    """What the three say; of a text that is foreign to the English ones, those for Hinglish, too."""
    names = THREE[model]
    if model == SENTIMENT and foreign:
        names += THREE[HINGLISH][1:]
    return tuple(answers_of_three(text, model, names, passes=PASSES))


def misspell(adapter: Any, text: str, words: list[str]) -> Misspelt | None:
    """The longest word without the letter in its middle."""
    word = max(words, key=lambda w: len(w) if w.isalpha() else 0)
    if len(word) < 4 or not word.isalpha():
        return None
    middle = len(word) // 2
    wrong = word[:middle] + word[middle + 1 :]
    (_, before), *_ = adapter.cut(word)
    (_, after), *_ = adapter.cut(wrong)
    result = adapter(text.replace(word, wrong, 1))
    return Misspelt(word, wrong, len(set(before) & set(after)), len(set(before)), result)
