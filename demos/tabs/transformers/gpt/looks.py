"""From what was found to words and views."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from demos.core.tab import Answer, Answers
from demos.tabs.transformers.gpt.functions import NAME
from demos.tabs.transformers.gpt.reading import Found, Read, Written
from demos.tabs.transformers.parts import part_name
from demos.views.attention import attention
from demos.views.next_tokens import next_tokens
from demos.views.shaded import shaded, text_row

OPTIONS = {"temperature": 0.8, "top_k": 0, "top_p": 1.0}  # where the sliders of the bars stand at first
PLAIN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}  # the network's own probabilities


def sampling(temperature: float, top_k: float, top_p: float) -> dict[str, float]:
    """Where the sliders stand, as the adapter takes it."""
    return {"temperature": temperature, "top_k": int(top_k), "top_p": top_p}


# -- the result ----------------------------------------------------------------------------------------------------------


def sentences(say: Any, found: Found, lang: str) -> list[str]:
    """What was read or written, and what of the text was not read."""
    said, speeds = [], {row.source: row for row in found.written}
    for answer in found.there:
        read, row, source = answer.result, speeds.get(answer.source), say(lang, f"source.{answer.source}")
        if row:
            speed = {"seconds": row.seconds, "rate": row.n / row.seconds, "first": 1000 * row.first}
            said.append(say(lang, "write.done", source=source, n=row.n, **speed))
            said += [say(lang, "slides")] if read.read + row.n > read.context else []
        else:
            token = read.group["tokens"][0].replace("\n", "↵").replace("*", "\\*")
            said.append(say(lang, "write.ready", source=source, n=read.read, token=token, percent=_likeliest(read)))
        if read.dropped:
            counts = {"count": read.read + read.dropped, "kept": read.read, "dropped": read.dropped}
            said.append(say(lang, "dropped", context=read.context, **counts))
        if read.unknown:
            said.append(say(lang, "unknown", symbols=" ".join(read.unknown[:20])))
    return said


def _likeliest(read: Read) -> float:
    logits, rest = read.group["logits"], read.group["rest"]
    return 100 / (sum(map(math.exp, logits)) + sum(n * math.exp(v) for v, n in rest))


def timed(found: Found) -> Answers:
    """The answers with the time that they took: where they wrote, of one token."""
    speeds = {row.source: 1000 * row.seconds / row.n for row in found.written}
    return tuple(
        replace(a, result=replace(a.result, milliseconds=speeds[a.source]))
        if isinstance(a, Answer) and a.source in speeds
        else a
        for a in found.answers
    )


def candidates(tab: Any, found: Found | None, options: Mapping[str, float], lang: str) -> dict[str, Any]:
    """The bars: after the token that was picked, or after the whole text."""
    words = tab.phrases("next", lang)
    if found is None or found.wrong:
        return next_tokens("", [], options, words)
    picked = found.picked
    groups = [_bars(tab.say, a, lang) for a in ([picked.answer] if picked else found.there)]
    text = picked.before if picked else found.text
    title = tab.say(lang, "next.after", end=text[-40:].replace("\n", "↵"))
    return next_tokens(title, groups, options, words)


def _bars(say: Any, answer: Answer, lang: str) -> dict[str, Any]:
    title = f"{say(lang, 'source.' + answer.source)} ({answer.info.name})"
    return answer.result.group | {"title": title, "colour": _colour(answer.source)}


def growing(tab: Any, rows: Sequence[Written], begin: int, lang: str) -> dict[str, Any]:
    """The texts while they are written; ``begin`` characters were given."""
    made = []
    for i, row in enumerate(rows):
        parts = [row.text[:begin], row.text[begin:]]
        title = _row_title(tab.say, rows, i, lang)
        made.append(text_row(title, parts, [0, 1], joined=True, colour=_colour(row.source)))
    return shaded("", made, tab.phrases("view.shaded", lang))


def text_rows(tab: Any, found: Found, lang: str) -> dict[str, Any]:
    """The texts, each token to be picked."""
    picked, made = found.picked, []
    for i, row in enumerate(found.written):
        chosen = picked.index if picked and picked.row == i else -1
        marked: dict[str, Any] = {"first": row.first_token, "chosen": chosen, "colour": _colour(row.source)}
        title = _row_title(tab.say, found.written, i, lang)
        made.append(text_row(title, row.tokens, row.weights, joined=True, pickable=True, **marked))
    if not made:
        return {}
    words, note = tab.phrases("view.shaded", lang), tab.say(lang, "written.note")
    return shaded(tab.say(lang, "written.title"), made, words, note=note)


def _row_title(say: Any, rows: Sequence[Written], i: int, lang: str) -> str:
    source = rows[i].source
    n = 1 + sum(row.source == source for row in rows[:i])
    return say(lang, "written.row", source=say(lang, f"source.{source}"), n=n)


def _colour(source: str) -> str:
    return "hub" if source == "hub" else "scratch"


# -- inside --------------------------------------------------------------------------------------------------------------


def blocks(tab: Any, read: Read, place: tuple[int, int], lang: str) -> dict[str, Any]:
    """The column of blocks, each with what it would already say."""
    notes = [tab.say(lang, "blocks.note", words=told(layer)) for layer in read.lens[1:]]
    block, head = place
    head = min(head, read.trace["attention"].shape[1] - 1)
    view = attention(read.trace, tab.phrases("attention", lang), block=block, head=head, notes=notes)
    return view | {"first": read.earlier}


def told(layer: Mapping[str, float]) -> str:
    """Tokens with their probabilities."""
    return ", ".join(f"“{token}” {100 * p:.0f} %".replace("\n", "↵") for token, p in layer.items())


def without_part(tab: Any, read: Read, off: str, lang: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """What the network does without one of its parts, beside the whole network: a sentence, texts, bars."""
    say, without = tab.say, read.without
    if without is None:
        return say(lang, "switch.none"), {}, {}
    part = part_name(off, without.head, say, lang)
    if read.surprise is None:
        sentence = say(lang, "switch.short", part=part)
    else:
        sentence = say(lang, "switch.changed", part=part, before=read.surprise, after=without.surprise)
    titles = say(lang, "switch.whole"), say(lang, "switch.without", part=part)
    texts = zip(titles, (read.goes_on or (), without.tokens), strict=True)
    rows = [text_row(title, tokens, joined=True) for title, tokens in texts]
    words = {k: v for k, v in tab.phrases("next", lang).items() if k != "choose"}  # these bars are only looked at
    groups = [g | {"title": title} for g, title in zip((read.group, without.group), titles, strict=True)]
    return (
        f"{say(lang, f'switch.hint.{off}')} {sentence}",
        shaded("", rows, tab.phrases("view.shaded", lang)),
        next_tokens("", groups, PLAIN, words),
    )


def snippet(found: Found, options: Mapping[str, float]) -> str:
    """Python that repeats the result on show."""
    how = ", ".join(f"{k}={v!r}" for k, v in (found.how or {**options, "seed": 1}).items())
    lines = ["import lmdemo", "", f"text = {found.text[:2000]!r}"]
    for answer in found.answers:
        option = f', source="{answer.source}"' if answer.source != "scratch" else ""
        lines += [f'result = lmdemo.load("{NAME}"{option})(text, {how})', "print(result.text)"]
    return "\n".join(lines)
