"""The question of each step, and its answer: computed from what was read, or measured on the network that read it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.core.words import Speaker
from demos.tabs.transformers.gpt.found import Read
from demos.tabs.transformers.parts import part_name
from demos.views.next_tokens import probabilities

Question = tuple[
    str, list[str], int | list[int], str
]  # what is asked, answers to choose from, the right one, the truth
SEVERAL = 4


def shown(token: str) -> str:
    """A token with what can't be seen made visible."""
    return f"“{token.replace(chr(10), '↵').replace(' ', '␣')}”"


def looked_at(say: Speaker, read: Read, lang: str) -> Question | None:
    """At which token the last one looks most, over all heads of all blocks."""
    weights = read.trace["attention"].mean((0, 1))[-1]
    begin = 1 if read.earlier else 0  # the first one stands for all before
    tokens, weights = read.trace["tokens"][begin:], weights[begin:]
    if len(tokens) < 3:
        return None
    best = np.argsort(-weights, kind="stable")[:4]
    places = sorted(best.tolist())
    names = [f"{shown(str(tokens[i]))} ({read.earlier + i + 1})" for i in places]
    told = say(lang, "ask.strip.told", token=shown(str(tokens[best[0]])), percent=100 * weights[best[0]])
    return say(lang, "ask.strip", token=shown(str(tokens[-1]))), names, places.index(int(best[0])), told


def unscaled(say: Speaker, read: Read, block: int, head: int, lang: str) -> Question | None:
    """What the favourite of the last token would get if scores were not divided by √D."""
    begin = 1 if read.earlier else 0
    q, k = (read.trace[name][block, head] for name in ("queries", "keys"))
    if len(q) - begin < 3:
        return None
    dots = k[begin:] @ q[-1]
    now, then = (_softmax(dots / scale) for scale in (np.sqrt(q.shape[-1]), 1.0))
    favourite = int(now.argmax())
    gained = then[favourite] - now[favourite]
    right = 0 if gained < 0.05 else 1 if then[favourite] < 0.9 else 2
    name, shares = shown(str(read.trace["tokens"][begin + favourite])), {"now": 100 * now[favourite]}
    question = say(
        lang, "ask.head", token=shown(str(read.trace["tokens"][-1])), size=q.shape[-1], favourite=name, **shares
    )
    choices = [say(lang, f"ask.head.{i}") for i in range(3)]
    return question, choices, right, say(lang, "ask.head.told", then=100 * then[favourite], **shares)


def place(say: Speaker, read: Read, lang: str) -> Question:
    """At which place the answer of the end stands after the first block."""
    before, after = read.ranks[:2]
    right = 0 if after == 1 else 1 if after <= 10 else 2 if after <= 100 else 3
    choices = [say(lang, f"ask.lens.{i}") for i in range(4)]
    final = shown(next(iter(read.lenses[-1][-1])))
    told = say(lang, "ask.lens.told", token=final, after=after, before=before)
    return say(lang, "ask.lens", token=final, blocks=len(read.ranks) - 1), choices, right, told


def most_missed(say: Speaker, read: Read, lang: str) -> Question:
    """Which part a text is hardest to read without."""
    parts = [off for off in read.missed if off != "nothing"]
    names = [part_name(off, "0.0", say, lang) for off in parts]
    told = ", ".join(f"{name}: {read.missed[off]:.1f}" for off, name in zip(parts, names, strict=True))
    right = int(np.argmax([read.missed[off] for off in parts]))
    return say(lang, "ask.off"), names, right, say(lang, "ask.off.told", whole=read.missed["nothing"], parts=told)


def different(say: Speaker, group: Mapping[str, Any], options: Mapping[str, float], lang: str) -> Question:
    """With how many different tokens four continuations begin, on average."""
    p, rest = probabilities(group, options)
    mean = float((1 - (1 - p) ** SEVERAL).sum() + rest[:, 0] @ (1 - (1 - rest[:, 1]) ** SEVERAL))
    right = min(SEVERAL, max(1, round(mean))) - 1
    told = say(lang, "ask.four.told", mean=mean, percent=100 * float(p.max()))
    return say(lang, "ask.four", n=SEVERAL), [str(n + 1) for n in range(SEVERAL)], right, told


def in_capitals(say: Speaker, read: Read, lang: str) -> Question:
    """Whether the text would be more tokens in capitals."""
    now = sum(len(cut.ids) for cut in read.cut)
    right = 0 if read.capitals < now else 1 if read.capitals == now else 2 if read.capitals < 2 * now else 3
    choices = [say(lang, f"ask.cut.{i}") for i in range(4)]
    return say(lang, "ask.cut", n=now), choices, right, say(lang, "ask.cut.told", capitals=read.capitals, n=now)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max())
    return e / e.sum()
