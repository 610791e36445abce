"""Guess first: what becomes of the answer if the text or the network were another; every truth was computed for this text."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.core.tab import Answer
from demos.core.words import Speaker
from demos.tabs.transformers.encoder.beside import Beside
from demos.tabs.transformers.encoder.cost import LENGTHS

Question = tuple[str, list[str], list[int], str]  # question, choices, positions of the right ones, the truth
BOUNDS = (2, 10)  # points of probability


class Questions:
    """The questions about one answer, in a language."""

    def __init__(self, answer: Answer, say: Speaker, lang: str) -> None:
        self.result, self.inside, self._say, self.lang = answer.result, answer.extra, say, lang
        self.beside: Beside = answer.extra.beside

    def say(self, key: str, **values: Any) -> str:
        """A phrase."""
        return self._say(self.lang, key, **values)

    def all(self) -> dict[str, Question]:
        """By step; a text that is too long, or too short, leaves some open."""
        b, made = self.beside, {"cost": self.cost()}
        if b.misspelt:
            m = b.misspelt
            asked = self.say("ask.words", word=m.word, wrong=m.wrong, label=self.label(self.result.label))
            told = self.say("ask.words.told", shared=m.shared, pieces=m.pieces)
            made["words"] = self.moved(asked, m.result, told)
        if b.silent:
            made["looks"] = self.stays(self.say("ask.looks"), b.silent)
        if b.twice:
            made["blocks"] = self.surer(self.say("ask.blocks"), b.twice)
        if b.decided and b.left_out is not None and len(b.left_out) > 2:
            made["rests"] = self.missed(b.left_out, b.decided.integrated_gradients, b.decided.words)
        if b.unplaced:
            asked = self.say("ask.switch", label=self.label(self.result.label))
            made["switch"] = self.moved(asked, b.unplaced, "")
        if b.backwards:
            made["three"] = self.turned(b.backwards)
        return made

    # -- kinds of questions ------------------------------------------------------------------------------------------------

    def moved(self, asked: str, other: Any, told: str) -> Question:
        """By how many points the answer's probability moves."""
        low, high = BOUNDS
        before, after = (100 * r.scores[self.result.label] for r in (self.result, other))
        choices = [self.say("ask.less", n=low), self.say("ask.between", low=low, high=high)]
        right = int(np.digitize(abs(after - before), BOUNDS))
        truth = self.say("ask.moved", before=before, after=after)
        return asked, [*choices, self.say("ask.more", n=high)], [right], f"{truth} {told}".strip()

    def stays(self, asked: str, other: Any) -> Question:
        """Whether the label stays."""
        same = other.label == self.result.label
        values = {"before": self.label(self.result.label), "p": 100 * self.result.score}
        told = self.say("ask.became", after=self.label(other.label), q=100 * other.score, **values)
        return asked, [self.say("ask.stays"), self.say("ask.changes")], [0 if same else 1], told

    def surer(self, asked: str, other: Any) -> Question:
        """Whether it is surer of its label afterwards."""
        before, after = (100 * r.scores[self.result.label] for r in (self.result, other))
        choices = [self.say(f"ask.{key}") for key in ("surer", "same", "unsurer")]
        right = 1 if abs(after - before) < 1 else 0 if after > before else 2
        return asked, choices, [right], self.say("ask.moved", before=before, after=after)

    def missed(self, left_out: np.ndarray, ig: np.ndarray, words: Sequence[str]) -> Question:
        """Which word, if left out, moves the answer most."""
        column = list(self.inside.labels).index(self.result.label)
        change = left_out[:, column] - self.result.score
        most = int(np.abs(change).argmax())
        places = sorted({most, *np.argsort(-np.abs(ig), kind="stable")[:3].tolist(), 0, len(words) - 1} - {-1})
        while len(places) > 4:  # the least moving go
            places.remove(min((p for p in places if p != most), key=lambda p: abs(ig[p])))
        before, after = 100 * self.result.score, 100 * float(left_out[most, column])
        told = self.say("ask.rests.told", word=words[most], before=before, after=after)
        return self.say("ask.rests"), [words[p] for p in places], [places.index(most)], told

    def turned(self, backwards: Sequence[tuple[str, str]]) -> Question:
        """How many networks change their label when the words come from end to begin."""
        n = sum(a != b for a, b in backwards)
        choices = [str(i) for i in range(len(backwards) + 1)]
        return self.say("ask.three", n=len(backwards)), choices, [n], self.say("ask.three.told", n=n)

    def cost(self) -> Question:
        """By what the number of attention weights grows."""
        short, long = LENGTHS[0], LENGTHS[-1]
        times = long // short
        choices = [f"{n:,} ×" for n in (times, 2 * times, times**2)]
        told = self.say("ask.cost.told", short=short, long=long, few=short**2, many=long**2, times=times**2)
        return self.say("ask.cost", short=short, long=long), choices, [2], told

    def label(self, name: str) -> str:
        """A label in words."""
        return self.say(f"label.{name}")
