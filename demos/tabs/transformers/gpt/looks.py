"""From what was found to words and views."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from demos.core.tab import Answer, Answers
from demos.tabs.transformers.gpt.found import Found, Read, Written
from demos.tabs.transformers.gpt.functions import NAME
from demos.tabs.transformers.parts import part_name
from demos.views.attention import attention
from demos.views.next_tokens import next_tokens, probabilities
from demos.views.shaded import shaded, text_row
from demos.views.strip import strip
from lmdemo.catalog import MODELS

OPTIONS = {"temperature": 0.8, "top_k": 0, "top_p": 1.0}  # where the sliders of the bars stand at first
PLAIN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}  # the network's own probabilities
FAR = 1.4  # times as surprised a character as by unseen text of its kind: then the text is of another kind
BARS = 8
BESIDE = 12  # tokens that were given are shown before what was written


def sampling(temperature: float, top_k: float, top_p: float) -> dict[str, float]:
    """Where the sliders stand, as the adapter takes it."""
    return {"temperature": temperature, "top_k": int(top_k), "top_p": top_p}


# -- the answer ----------------------------------------------------------------------------------------------------------


def sentences(say: Any, found: Found, options: Mapping[str, float], lang: str) -> list[str]:
    """What most likely comes next, with the probability that its bar has; and what was written, or of the text not read."""
    said, rows = [], {row.source: row for row in found.written}
    shown, several = {id(a): a for a, _ in found.on_show}, len(found.there) > 1
    for answer, _ in found.on_show:
        read, whose = answer.result, f"{say(lang, f'source.{answer.source}')}: " if several else ""
        percent = 100 * float(probabilities(read.group, options)[0][0])
        said.append(whose + say(lang, "likeliest", token=visible(read.group["tokens"][0]), percent=percent))
    for answer in found.there:
        read, row, source = answer.result, rows.get(answer.source), say(lang, f"source.{answer.source}")
        if row:
            speed = {"seconds": row.seconds, "rate": row.n / row.seconds, "first": 1000 * row.first}
            said.append(say(lang, "write.done", source=source, n=row.n, **speed))
            said += [say(lang, "slides")] if read.read + row.n > read.context else []
        elif id(answer) in shown:
            said.append(say(lang, "write.ready", n=read.read, source=source))
        said += _reservations(say, answer, lang)
    return said


def _reservations(say: Any, answer: Answer, lang: str) -> list[str]:
    """What was not read, not known, or is far from what the network was trained on."""
    read, said = answer.result, []
    if read.dropped:
        counts = {"count": read.read + read.dropped, "kept": read.read, "dropped": read.dropped}
        said.append(say(lang, "dropped", context=read.context, **counts))
    if read.unknown:
        said.append(say(lang, "unknown", symbols=" ".join(read.unknown[:20])))
    figures = MODELS[NAME].figures
    if figures and answer.source == "scratch" and read.strange is not None and read.strange > FAR * figures.ours:
        said.append(say(lang, "far", nats=read.strange, unseen=figures.ours))
    return said


def visible(token: str) -> str:
    """A token as Markdown shows it, with what can't be seen made visible."""
    return token.replace("\n", "↵").replace(" ", "␣").replace("*", "\\*").replace("<", "&lt;")


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
    """The bars: at the token that was picked, after what was written, or after the text that was given."""
    words = tab.phrases("next", lang)
    if found is None or found.wrong or not found.on_show:
        return next_tokens("", [], options, words)
    groups = [_bars(tab.say, answer, lang) for answer, _ in found.on_show]
    title = tab.say(lang, "next.after", end=found.on_show[0][1][-24:].replace("\n", "↵"))
    return next_tokens(title, groups, options, words, shown=BARS)


def _bars(say: Any, answer: Answer, lang: str) -> dict[str, Any]:
    title = f"{say(lang, 'source.' + answer.source)} ({answer.info.name})"
    return answer.result.group | {"title": title, "colour": _colour(answer.source)}


# -- what was written ----------------------------------------------------------------------------------------------------


def growing(tab: Any, rows: Sequence[Written], begin: int, lang: str, *, columns: bool = False) -> dict[str, Any]:
    """The texts while they are written; ``begin`` characters were given, of which the end is shown."""
    made = []
    for i, row in enumerate(rows):
        parts = [row.text[max(0, begin - 4 * BESIDE) : begin], row.text[begin:]]
        title = _row_title(tab.say, rows, i, lang)
        made.append(text_row(title, parts, [0, 0.4], joined=True, colour=_colour(row.source), follow=True))
    return shaded("", made, tab.phrases("view.shaded", lang), columns=columns)


def first_shown(row: Written) -> int:
    """The first of a text's tokens that is shown: of what was given the last ones."""
    return max(0, row.first_token - BESIDE)


def text_rows(tab: Any, found: Found, lang: str) -> dict[str, Any]:
    """What was written, each token to be picked."""
    picked, made = found.picked, []
    for i, row in enumerate(found.written):
        begin = first_shown(row)
        chosen = picked.index - begin if picked and picked.row == i else -1
        marked: dict[str, Any] = {"first": row.first_token - begin, "chosen": chosen, "colour": _colour(row.source)}
        title = _row_title(tab.say, found.written, i, lang) if len(found.written) > 1 else ""
        made.append(text_row(title, row.tokens[begin:], row.weights[begin:], joined=True, pickable=True, **marked))
    if not made:
        return {}
    return shaded("", made, tab.phrases("view.shaded", lang), note=tab.say(lang, "written.note"))


def columns(tab: Any, found: Found, lang: str) -> dict[str, Any]:
    """Several continuations side by side."""
    made = []
    for i, row in enumerate(found.several):
        begin, title = row.first_token, _row_title(tab.say, found.several, i, lang)
        made.append(text_row(title, row.tokens[begin:], row.weights[begin:], joined=True, colour=_colour(row.source)))
    if not made:
        return {}
    return shaded("", made, tab.phrases("view.shaded", lang), note=tab.say(lang, "four.note"), columns=True)


def _row_title(say: Any, rows: Sequence[Written], i: int, lang: str) -> str:
    source = rows[i].source
    n = 1 + sum(row.source == source for row in rows[:i])
    return say(lang, "written.row", source=say(lang, f"source.{source}"), n=n)


def _colour(source: str) -> str:
    return "hub" if source == "hub" else "scratch"


# -- inside --------------------------------------------------------------------------------------------------------------


def whole_way(
    tab: Any, read: Read, place: Mapping[str, float], options: Mapping[str, float], lang: str
) -> dict[str, Any]:
    """The strip; what comes next has the probabilities that the bars have."""
    says = []
    for end in read.ends:
        p, _ = probabilities(end, options)
        says.append(list(zip(end["tokens"], p.tolist(), strict=False)))
    at = {"block": int(place["block"]), "head": int(place["shown_head"]), "token": int(place["token"])}
    return strip(read.strip, says, tab.phrases("strip", lang), **at)


def heads(tab: Any, read: Read, place: Mapping[str, float], lang: str) -> dict[str, Any]:
    """One block's heads, one of them written out."""
    blocks, count = read.trace["attention"].shape[:2]
    at = {"block": min(int(place["block"]), blocks - 1), "head": min(max(0, int(place["shown_head"])), count - 1)}
    return attention(read.trace, tab.phrases("attention", lang), **at) | {"first": read.earlier}


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
        shaded("", rows, tab.phrases("view.shaded", lang), columns=True),
        next_tokens("", groups, PLAIN, words, shown=BARS),
    )


def snippet(found: Found, options: Mapping[str, float]) -> str:
    """Python that repeats the result on show."""
    how = ", ".join(f"{k}={v!r}" for k, v in (found.how or {**options, "seed": 1}).items())
    lines = ["import lmdemo", "", f"text = {found.text[:2000]!r}"]
    for answer in found.answers:
        option = f', source="{answer.source}"' if answer.source != "scratch" else ""
        lines += [f'result = lmdemo.load("{NAME}"{option})(text, {how})', "print(result.text)"]
    return "\n".join(lines)
