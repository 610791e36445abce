"""Texts to begin with, and what is measured of a network beside its answer."""

import statistics
from collections.abc import Mapping

import numpy as np

import lmdemo

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
LENGTHS = (8, 16, 32, 64, 128, 256, 512)  # words, for the time against the length


def quantities(trace: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """State, and of an LSTM cell, gates and candidate, of the first layer, (T, units) each."""
    found = {"state": trace["hidden_states"][0]}
    if "gates" in trace:
        found["cell"] = trace["cells"][0]
        found |= dict(zip((*GATES, "candidate"), trace["gates"][0], strict=True))
    return found


def peers(model: str) -> tuple[str, ...]:
    """The networks that can be held against one another on the same text."""
    return (model,) if model == "lstm-hinglish" else ("rnn-sentiment", "lstm-sentiment")


def memory(text: str, model: str) -> dict[str, np.ndarray]:
    """By network, how strongly each word still moves the answer, (T,)."""
    return {name: lmdemo.load(name).gradient_of_answer(text) for name in peers(model)}


def reach(gradient: np.ndarray, share: float = 0.9) -> int:
    """How many of the last words hold this share of the gradient."""
    summed = np.cumsum(gradient[::-1])
    return int(np.searchsorted(summed, share * summed[-1]) + 1)


def examples(model: str) -> tuple[str, ...]:
    """Texts in the language that a network reads."""
    return EXAMPLES["hinglish" if model == "lstm-hinglish" else "english"]


def milliseconds(model: str, times: int = 5) -> tuple[tuple[int, float], ...]:
    """Median milliseconds of a network on texts of :data:`LENGTHS` words."""
    adapter, words = lmdemo.load(model), examples(model)[-1].split()
    texts = {n: " ".join((words * (n // len(words) + 1))[:n]) for n in LENGTHS}
    adapter(texts[LENGTHS[0]])  # the first call is slower
    return tuple((n, statistics.median(adapter(t).milliseconds for _ in range(times))) for n, t in texts.items())
