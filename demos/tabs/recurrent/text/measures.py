"""Texts to begin with, and what is measured of a network beside its answer."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import lmdemo

HINGLISH = "lstm-hinglish"
GATES = ("input", "forget", "output")
EXAMPLES = {
    "english": (
        "a warm , funny film that never loses its way .",
        "it begins well , but after two hours i only wanted it to end .",
        "not bad at all : the ending is a real surprise .",
        "this is a wonderful film , and i say so although the man beside me slept and the sound was far too loud in the second half of it .",
    ),
    "hinglish": (
        "kya mast movie thi bhai , dil khush ho gaya",
        "bahut bura laga yeh sunkar , sab bekar hai",
        "bohot burra laga ye sunke , sb bekaar h",
        "kal match kitne baje hai ?",
    ),
}
LONG = {  # so long that a memory can fade over it
    "english": "the story begins in a small town by the sea , where two sisters run a shop , then it moves to the city , where one of "
    "them finds work and the other one waits for her letters .",
    "hinglish": "subah se trip ki taiyari chal rahi thi , phir raste mein gaadi ruk gayi aur hum teen ghante dhoop mein khade rahe , "
    "lekin shaam ko jab sab dost mile toh gaana hua , khana hua aur raat tak baatein chalti rahi",
}
BEGINNINGS = {"english": ("wonderful", "awful"), "hinglish": ("mast", "bekar")}  # words that speak for opposite answers
ENOUGH, FAR = 16, 200  # words of a text over which a memory can be seen to fade, and how far it is followed
REMOVABLE = 60  # words of which each is left out in turn; of a longer text the last ones
LENGTHS = (8, 16, 32, 64, 128, 256, 512)  # words, for the time against the length


def language(model: str) -> str:
    """The language that a network reads, a key of :data:`EXAMPLES`."""
    return "hinglish" if model == HINGLISH else "english"


def examples(model: str) -> tuple[str, ...]:
    """Texts in the language that a network reads."""
    return EXAMPLES[language(model)]


def peers(model: str) -> tuple[str, ...]:
    """The networks that can be held against one another on the same text."""
    return (model,) if model == HINGLISH else ("rnn-sentiment", "lstm-sentiment")


def quantities(trace: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """State, and of an LSTM cell, gates and candidate, of the first layer, (T, units) each."""
    found = {"state": trace["hidden_states"][0]}
    if "gates" in trace:
        found["cell"] = trace["cells"][0]
        found |= dict(zip((*GATES, "candidate"), trace["gates"][0], strict=True))
    return found


# -- memory --------------------------------------------------------------------------------------------------------------


def memory(text: str, model: str) -> dict[str, np.ndarray]:
    """By network, how strongly each word still moves the answer, (T,)."""
    return {name: lmdemo.load(name).gradient_of_answer(text) for name in peers(model)}


def reach(gradient: np.ndarray, share: float = 0.9) -> int:
    """How many of the last words hold this share of the gradient."""
    summed = np.cumsum(gradient[::-1])
    return int(np.searchsorted(summed, share * summed[-1]) + 1)


@dataclass(frozen=True)
class Memory:
    """What a first word leaves in each network while a text follows.

    Attributes:
        text: The text that follows: the visitor's, or a longer one.
        own: Whether it is the visitor's.
        words: The two words that were put in front.
        left: By network, (T + 1,), see :class:`lmdemo.adapters.text_classification.Remembered`.
        answers: By network the label and its score with each of the two words in front.
    """

    text: str
    own: bool
    words: tuple[str, str]
    left: Mapping[str, np.ndarray]
    answers: Mapping[str, tuple[tuple[str, float], ...]]

    @property
    def turned(self) -> tuple[str, ...]:
        """The networks whose answer depends on the word."""
        return tuple(name for name, (a, b) in self.answers.items() if a[0] != b[0])


def remembered(text: str, model: str, places: Sequence[Sequence[int]] = ()) -> Memory:
    """Puts either of two words before a text, or before a longer one where it is too short.

    Args:
        text: The visitor's.
        model: Which networks' :func:`peers`.
        places: Where each of its words begins and ends.
    """
    own, (first, second) = len(places) >= ENOUGH, BEGINNINGS[language(model)]
    text = text[: places[:FAR][-1][1]] if own else LONG[language(model)]
    found: dict[str, Any] = {name: lmdemo.load(name).remembered(text, first, second) for name in peers(model)}
    left, answers = ({name: getattr(f, part) for name, f in found.items()} for part in ("left", "answers"))
    return Memory(text, own, (first, second), left, answers)


# -- what would be -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Without:
    """The answer if one word were left out: which word (of all), and the scores (labels,)."""

    step: int
    word: str
    scores: np.ndarray


def without_each(adapter: Any, text: str, trace: Mapping[str, np.ndarray]) -> tuple[Without, ...]:
    """The answer without each word, of as many words as :data:`REMOVABLE`."""
    tokens, places = trace["tokens"].tolist(), trace["offsets"].tolist()
    steps = range(max(0, len(tokens) - REMOVABLE), len(tokens))
    texts = [text[: places[i][0]] + " " + text[places[i][1] :] for i in steps]
    scores = adapter.classify_many(texts)
    return tuple(Without(i, tokens[i], s) for i, s in zip(steps, scores, strict=True))


def backwards(adapter: Any, trace: Mapping[str, np.ndarray]) -> np.ndarray:
    """The answer (labels,) to the same words, the last one first."""
    return adapter.classify_many([" ".join(reversed(trace["tokens"].tolist()))])[0]


# -- time ----------------------------------------------------------------------------------------------------------------


def milliseconds(model: str, times: int = 5) -> tuple[tuple[int, float], ...]:
    """Median milliseconds of a network on texts of :data:`LENGTHS` words."""
    adapter, words = lmdemo.load(model), examples(model)[-1].split()
    texts = {n: " ".join((words * (n // len(words) + 1))[:n]) for n in LENGTHS}
    adapter(texts[LENGTHS[0]])  # the first call is slower
    return tuple((n, statistics.median(adapter(t).milliseconds for _ in range(times))) for n, t in texts.items())
