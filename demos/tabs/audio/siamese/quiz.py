"""Listen first: a pair of synthetic clips, of one voice or of two."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import lmdemo
from demos.tabs.audio.siamese.functions import SPEAKER, path
from demos.views.listen import listen

VOICES, CLIPS = 4, 3  # synthetic ones


@dataclass(frozen=True)
class Quiz:
    """Two synthetic clips to be heard: (voice, clip) each, and their cosine."""

    first: tuple[int, int]
    second: tuple[int, int]
    cosine: float
    threshold: float

    @property
    def same(self) -> bool:
        """Whether one voice speaks in both."""
        return self.first[0] == self.second[0]


def draw(about: Sequence[str]) -> Quiz:
    """A pair of synthetic clips, another one for other clips; every second time of one voice."""
    number = zlib.crc32("|".join(about).encode())
    every = [(v, k) for v in range(VOICES) for k in range(CLIPS)]
    pairs = [p for p in combinations(every, 2) if (p[0][0] == p[1][0]) == bool(number % 2)]
    first, second = pairs[number // 2 % len(pairs)]
    adapter = lmdemo.load(SPEAKER)
    a, b = adapter.embed_many([path(f"voice-{v}-{k}") for v, k in (first, second)])
    return Quiz(first, second, float(a @ b), adapter.threshold)


def clips(tab: Any, asked: Quiz, lang: str) -> dict:
    """The pair, to be heard."""
    named = [
        (tab.say(lang, "siamese.quiz.clip", n=i + 1), path(f"voice-{v}-{k}"))
        for i, (v, k) in enumerate((asked.first, asked.second))
    ]
    return listen(named, tab.phrases("siamese.play", lang))


def question(tab: Any, asked: Quiz, lang: str) -> tuple[str, list[str], int, str]:
    """One person, or two: the question, and the truth with what the network says."""
    says = tab.say(lang, "siamese.same" if asked.cosine >= asked.threshold else "siamese.different")
    told = tab.say(
        lang,
        "siamese.quiz.same" if asked.same else "siamese.quiz.other",
        first=asked.first[0] + 1,
        second=asked.second[0] + 1,
        cosine=asked.cosine,
        threshold=asked.threshold,
        says=says,
    )
    right = tab.say(
        lang, "siamese.quiz.wrong" if (asked.cosine >= asked.threshold) != asked.same else "siamese.quiz.right"
    )
    choices = [tab.say(lang, f"siamese.quiz.{k}") for k in ("one", "two")]
    return tab.say(lang, "siamese.quiz.ask"), choices, 0 if asked.same else 1, f"{told} {right}"
