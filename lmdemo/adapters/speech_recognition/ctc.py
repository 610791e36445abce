"""From letters over time to text: collapse, and a beam search that asks which words follow which."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

HELD_BACK = 10.0  # nats, for a word that begins as none of the training


class WordModel(NamedTuple):
    """Which words follow which, counted in the training transcripts."""

    counts: Mapping[str, Mapping[str, int]]  # word before ("" at the start) -> word -> how often

    def log_p(self, before: str, word: str) -> float:
        """Log-probability of a word after another: pairs, backed by single words, and a little for unknown ones."""
        pairs, singles = self.counts.get(before, {}), self.counts["*"]
        total, kinds = sum(pairs.values()), len(pairs)
        everything = sum(singles.values())
        single = (singles.get(word, 0) + 1e-3) / (everything + 1)
        return math.log((pairs.get(word, 0) + kinds * single) / (total + kinds) if total else single)


class Heard(NamedTuple):
    """A text that a beam kept, with its score in nats, and how much of that the word model gave, a bonus a word included."""

    text: str
    score: float
    words: float


def collapse(path: np.ndarray, letters: str) -> str:
    """A CTC path to text: repeats fall together, blanks (0) drop out."""
    kept = [int(p) for p, before in zip(path, [0, *path[:-1]], strict=True) if p and p != before]
    return " ".join("".join(letters[k - 1] for k in kept).split())


def align(log_p: np.ndarray, labels: Sequence[int]) -> np.ndarray:
    """The likeliest path (T,) of those that collapse to ``labels`` (Viterbi); all blanks where there are more than steps.

    Args:
        log_p: Log-probabilities (T, C), the blank first.
        labels: Numbers of letters, none of them the blank.
    """
    states = [0, *(k for label in labels for k in (label, 0))]  # a blank may stand around each letter
    jump = np.array([i > 1 and s != 0 and s != states[i - 2] for i, s in enumerate(states)])  # over the blank before
    best = np.full(len(states), -np.inf)
    best[:2] = log_p[0, states[:2]]
    came = []
    for row in log_p[1:]:
        one = np.concatenate(([-np.inf], best[:-1]))
        two = np.where(jump, np.concatenate(([-np.inf, -np.inf], best[:-2]))[: len(states)], -np.inf)
        ways = np.stack((best, one, two))
        came.append(ways.argmax(0))
        best = ways.max(0) + row[states]
    at = len(states) - 1
    if len(states) > 1 and best[-2] > best[-1]:
        at -= 1
    if not np.isfinite(best[at]):
        return np.zeros(len(log_p), int)
    path = [at]
    for back in reversed(came):
        path.append(path[-1] - int(back[path[-1]]))
    return np.array([states[i] for i in reversed(path)])


def beam_search(
    log_p: np.ndarray, letters: str, words: WordModel, num_beams: int, *, weight: float = 0.8, bonus: float = 1.5
) -> str:
    """The best of :func:`ranked_beams`."""
    return ranked_beams(log_p, letters, words, num_beams, weight=weight, bonus=bonus)[0].text.strip()


def ranked_beams(
    log_p: np.ndarray, letters: str, words: WordModel, num_beams: int, *, weight: float = 0.8, bonus: float = 1.5
) -> list[Heard]:
    """The likeliest texts, each by all its CTC paths together (Hannun et al., arXiv:1408.2873), best first.

    Args:
        log_p: Log-probabilities (T, C), the blank first.
        letters: What the others stand for.
        words: Asked whenever a word ends; a word that begins as none that it knows is held back while it is being spelt.
        num_beams: Beginnings kept at each step.
        weight: How much the word model counts; 0 does without it.
        bonus: Added for each word, since the word model only ever takes away.
    """
    space = letters.index(" ")
    begun = {word[:n] for word in words.counts["*"] for n in range(len(word) + 1)}
    beams = {"": (0.0, -math.inf)}  # text -> log-probability of its paths that end in a blank, and in its last letter
    asked: dict[str, float] = {"": 0.0}

    def finished(text: str) -> float:
        """What the word model says to all words that have ended."""
        if text not in asked:
            asked[text] = finished(text[:-1])
            parts = text.split()
            if text.endswith(" ") and parts:
                asked[text] += weight * words.log_p(parts[-2] if len(parts) > 1 else "", parts[-1]) + bonus
        return asked[text]

    def rank(text: str) -> float:
        strange = weight > 0 and text.rsplit(" ", 1)[-1] not in begun
        return _add(*new[text]) + finished(text) - (HELD_BACK if strange else 0.0)

    for row in log_p.tolist():
        likely = [k for k in range(len(letters)) if row[1 + k] > -7.0]  # letters below e^-7 change nothing
        new: dict[str, list[float]] = defaultdict(lambda: [-math.inf, -math.inf])
        for text, (blank, letter) in beams.items():
            both = _add(blank, letter)
            new[text][0] = _add(new[text][0], both + row[0])
            if text:
                new[text][1] = _add(new[text][1], letter + row[1 + letters.index(text[-1])])
            for k in likely:
                if k == space and (not text or text[-1] == " "):
                    continue
                longer = text + letters[k]
                came = blank if text and text[-1] == letters[k] else both  # a double letter needs a blank between
                new[longer][1] = _add(new[longer][1], came + row[1 + k])
        beams = {t: (new[t][0], new[t][1]) for t in sorted(new, key=rank, reverse=True)[:num_beams]}
    scores = [(t, _add(*beams[t]), finished(t if t.endswith(" ") else t + " ")) for t in beams]
    return [Heard(t, sound + said, said) for t, sound, said in sorted(scores, key=lambda s: -s[1] - s[2])]


def _add(a: float, b: float) -> float:
    """Log of the sum of two probabilities given as logs."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))
