"""Guess first: what becomes of the answer if the text or the network were another; every truth was computed for this text."""

from collections.abc import Sequence

from demos.core.tab import Answer
from demos.core.words import Speaker
from demos.tabs.transformers.bert.beside import Beside

Question = tuple[str, list[str], list[int], str]  # question, choices, positions of the right ones, the truth


def questions(answer: Answer, say: Speaker, lang: str) -> dict[str, Question]:
    """The questions about one answer, by step; a text that is too long, or too short, leaves some open."""
    b: Beside = answer.extra.beside
    candidates = list(answer.result.candidates[0])
    best = candidates[0]
    made: dict[str, Question] = {}

    def then(after: str) -> str:
        return say(lang, "ask.stayed" if after == best else "ask.then", best=best, after=after)

    def stays(key: str, after: str) -> Question:
        choices = [say(lang, "ask.stays"), say(lang, "ask.changes")]
        return say(lang, key, best=best), choices, [int(after != best)], then(after)

    if b.alone:
        made["hide"] = stays("ask.hide", b.alone)
    if b.second[1]:
        right, total = b.second
        told = say(lang, "ask.turns.told", right=right, total=total)
        made["turns"] = counted(say(lang, "ask.turns", total=total), right, total, told)
    if b.looked[1]:
        made["looks"] = stays("ask.looks", b.looked[1])
        asked, choices, place, told = made["looks"]
        made["looks"] = asked, choices, place, f"{say(lang, 'ask.looks.told', word=b.looked[0])} {told}"
    if b.turned:
        choices = sorted(dict.fromkeys([best, b.turned, *candidates[1:3]]))
        made["blocks"] = say(lang, "ask.blocks"), choices, [choices.index(b.turned)], then(b.turned)
    if b.spared[1]:
        n, total = b.spared
        told = say(lang, "ask.switch.told", n=n, total=total)
        made["switch"] = counted(say(lang, "ask.switch", total=total, best=best), n, total, told)
    return made


def counted(asked: str, right: int, total: int, told: str) -> Question:
    """How many of some: each number, or where they are many a range."""
    if total <= 5:
        return asked, [str(n) for n in range(total + 1)], [right], told
    step = -(-(total + 1) // 4)
    starts = range(0, total + 1, step)
    choices = [f"{a} – {b}" if a < (b := min(a + step - 1, total)) else str(a) for a in starts]
    return asked, choices, [right // step], told


def near_numbers(right: int, most: int) -> tuple[list[str], int]:
    """A number among others that are clearly smaller and larger, and its place."""
    others = {right // 8, right // 3, *(n for n in (5 * right // 2 + 9, 6 * right + 40) if n < 0.95 * most)}
    values: Sequence[int] = sorted({right, *others})
    return [f"{n:,}" for n in values], values.index(right)
