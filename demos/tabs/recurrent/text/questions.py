"""What the page asks its visitor to guess of a text: each answer is computed of this very text."""

from typing import Any, NamedTuple

import numpy as np

from demos.core.tab import Answer
from demos.tabs.recurrent.text.asked import Found
from demos.tabs.recurrent.text.measures import GATES, Without

CHOICES = 4  # words to choose among


class Question(NamedTuple):
    """A question, the answers to choose among, which one is right, what to say then, and what it is about."""

    question: str
    choices: tuple[str, ...]
    right: int
    told: str
    about: str


def which_word(tab: Any, found: Found, own: Answer, lang: str) -> Question | None:
    """Which word, left out, would move the answer most? Asked of texts in which there are several."""
    label, score = own.result.label, own.result.score
    n = own.extra.labels.index(label)

    def moved(w: Without) -> float:
        return abs(float(w.scores[n]) - score)

    once = {w.word: w for w in own.extra.without if any(map(str.isalnum, w.word))}
    strong = sorted(once.values(), key=moved, reverse=True)
    if len(strong) < 2:
        return None
    others = strong[1 :: max(1, (len(strong) - 1) // (CHOICES - 1))][: CHOICES - 1]
    asked = sorted([strong[0], *others], key=lambda w: w.step)
    best = strong[0]
    other = own.extra.labels[int(best.scores.argmax())]
    key = "ask.word.turns" if other != label else "ask.word.stays"
    facts = {"word": best.word, "p": 100 * score, "q": 100 * float(best.scores[n])}
    told = tab.say(lang, key, label=tab.say(lang, f"label.{label}"), other=tab.say(lang, f"label.{other}"), **facts)
    question = tab.say(lang, "ask.word", label=tab.say(lang, f"label.{label}"), p=100 * score)
    return Question(question, tuple(w.word for w in asked), asked.index(best), told, f"word {found.model} {found.text}")


def which_gate(tab: Any, found: Found, own: Answer, lang: str) -> Question:
    """What would the answer be if a gate were held open that is not?"""
    gate = next(g for g in ("forget", "output") if g != found.gate)
    scores = own.extra.opened[gate]
    told = tab.say(lang, "ask.gate.told", gate=tab.say(lang, f"part.name.{gate}"), **_answer(tab, own, scores, lang))
    question = tab.say(lang, "ask.gate", gate=tab.say(lang, f"part.name.{gate}"))
    return Question(question, _labels(tab, own, lang), int(scores.argmax()), told, f"{gate} {found.model} {found.text}")


def the_other_way(tab: Any, found: Found, own: Answer, lang: str) -> Question:
    """What would the answer be to the same words from the last to the first?"""
    told = tab.say(lang, "ask.backwards.told", **_answer(tab, own, own.extra.backwards, lang))
    right = int(own.extra.backwards.argmax())
    question = tab.say(lang, "ask.backwards")
    return Question(question, _labels(tab, own, lang), right, told, f"backwards {found.model} {found.text}")


def most_open(tab: Any, found: Found, own: Answer, lang: str) -> Question:
    """Which gate is, over all units and words, the most open?"""
    plain = own.extra.plain or own.result
    means = plain.trace["gates"][0, :3].mean((1, 2))
    names = tuple(tab.say(lang, f"part.name.{gate}") for gate in GATES)
    figures = ", ".join(f"{name} {mean:.2f}" for name, mean in zip(names, means, strict=True))
    told = tab.say(lang, "ask.open.told", figures=figures, name=names[int(means.argmax())])
    question = tab.say(lang, "ask.open")
    return Question(question, names, int(means.argmax()), told, f"open {found.model} {found.text}")


def whose_answer(tab: Any, found: Found, own: Answer, lang: str) -> Question:
    """Whose answer depends on the word in front?"""
    m = own.extra.memory
    words = {"first": m.words[0], "second": m.words[1]}
    names = {name: name.split("-")[0].upper() for name in m.answers}
    shown = [
        tab.say(lang, "ask.memory.one", name=names[name], a=tab.say(lang, f"label.{a[0]}"), p=100 * a[1],
                b=tab.say(lang, f"label.{b[0]}"), q=100 * b[1])
        for name, (a, b) in m.answers.items()
    ]  # fmt: skip
    choices = (*(f"{name}" for name in names.values()), *(tab.say(lang, f"ask.{k}") for k in ("both", "neither")))
    if len(names) == 1:
        choices = (tab.say(lang, "ask.yes"), tab.say(lang, "ask.no"))
        right = 0 if m.turned else 1
    else:
        right = {0: 3, 2: 2}.get(len(m.turned), list(names).index(m.turned[0]) if m.turned else 3)
    told = " ".join([*shown, tab.say(lang, "ask.memory.told", **words)])
    question = tab.say(lang, "ask.memory" if len(names) > 1 else "ask.memory.alone", **words)
    return Question(question, choices, right, told, f"memory {found.model} {m.text}")


def _labels(tab: Any, own: Answer, lang: str) -> tuple[str, ...]:
    return tuple(tab.say(lang, f"label.{label}") for label in own.extra.labels)


def _answer(tab: Any, own: Answer, scores: np.ndarray, lang: str) -> dict[str, Any]:
    """What it was and what it would be, for a phrase."""
    now, then = own.extra.labels.index(own.result.label), int(scores.argmax())
    names = _labels(tab, own, lang)
    return {"before": names[now], "p": 100 * own.result.score, "after": names[then], "q": 100 * float(scores[then])}
