"""From what was read of a text to words and views."""

import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np

from demos.core.tab import Answer
from demos.core.url import MAX_TEXT
from demos.tabs.recurrent.text.asked import Found, Step
from demos.tabs.recurrent.text.measures import EXAMPLES, GATES, HINGLISH, examples, quantities, reach
from demos.views.bars import bars
from demos.views.chips import chips
from demos.views.curves import curves, line
from demos.views.shaded import shaded, text_row
from demos.views.timeline import band, lane, timeline
from demos.views.unrolled import SHOWN as CELLS
from demos.views.unrolled import sums, unrolled

TEXTS = tuple(text for texts in EXAMPLES.values() for text in texts)
COLOURS = {
    "negative": "negative",
    "neutral": "third",
    "positive": "positive",
}  # of the classes, in their order on the page
SURE = 0.65  # of what the two likeliest classes have together: below it they are undecided


def example_chips(tab: Any, model: str, lang: str) -> dict:
    """Texts in the model's language."""
    return chips(tab.say(lang, "examples"), examples(model))


# -- the answer --------------------------------------------------------------------------------------------------------


def sentence(tab: Any, found: Found, lang: str) -> str:
    """The answers in words, how sure they are, and how many words our network knows."""
    said = []
    for a in (a for a in found.answers if isinstance(a, Answer)):
        best, second = sorted(a.result.scores.values(), reverse=True)[:2]
        doubt = best < SURE * (best + second)
        key = "answer.undecided" if doubt else "answer"
        label, source = tab.say(lang, f"label.{a.result.label}"), tab.say(lang, f"source.{a.source}")
        said.append(tab.say(lang, key, source=source, label=label, percent=100 * a.result.score))
    if not said:
        return tab.say(lang, "no_answer")
    known, total = found.known
    if total:
        said.append(tab.say(lang, "known.few" if foreign(found) else "known", n=known, total=total))
    return "  \n".join(said)


def foreign(found: Found) -> bool:
    """Whether most words are unknown to our network."""
    known, total = found.known
    return 2 * known < total


def onward(tab: Any, found: Found, lang: str) -> str:
    """The link with which a text goes on to the page of the network that reads Hinglish."""
    query = urlencode({"tab": "lstm", "model": HINGLISH, "text": found.text[:MAX_TEXT], "lang": lang})
    return f'<a href="./lstm?{html.escape(query)}">{html.escape(tab.say(lang, "switch"))}</a>'


def score_bars(tab: Any, found: Found, lang: str) -> dict:
    """Each source's probabilities; a class keeps its place and its colour."""
    groups = []
    for a in (a for a in found.answers if isinstance(a, Answer)):
        scores = {label: a.result.scores[label] for label in COLOURS if label in a.result.scores}
        named = {tab.say(lang, f"label.{label}"): score for label, score in scores.items()}
        colours = dict(zip(named, (COLOURS[label] for label in scores), strict=True))
        title = f"{tab.say(lang, f'source.{a.source}')} ({a.info.name})"
        groups.append(bars(title, named, colour=a.source, colours=colours, fixed=True))
    return {"groups": groups}


# -- word by word ------------------------------------------------------------------------------------------------------


def bands(tab: Any, values: Mapping[str, np.ndarray], lang: str) -> list[dict]:
    """States, cells and gates as heat maps; gates go from 0 to 1."""
    return [
        band(key, tab.say(lang, f"part.name.{key}"), key, v, **({"low": 0.0, "high": 1.0} if key in GATES else {}))
        for key, v in values.items()
    ]


def word_by_word(tab: Any, found: Found, own: Answer, chosen: Step | None, lang: str) -> dict:
    """Probabilities after each word over the network's insides."""
    trace, labels, plain, units, lanes = own.result.trace, own.extra.labels, own.extra.plain, own.extra.units, []
    for label in labels[1:] if len(labels) == 2 else labels:
        n, name = labels.index(label), tab.say(lang, f"label.{label}")
        lanes.append(lane(name, COLOURS[label], trace["scores_after"][:, n]))
        if plain is not None:
            scores, name = plain.trace["scores_after"][:, n], tab.say(lang, "gate.lane", label=name)
            lanes.append(lane(name, COLOURS[label], scores, dashed=True))
    values = quantities(trace)
    return timeline(
        tab.say(lang, "watch.picture", model=found.model, n=len(units), total=values["state"].shape[1]),
        trace["tokens"].tolist(),
        lanes,
        bands(tab, {key: v[:, units] for key, v in values.items()}, lang),
        tab.phrases("view.timeline", lang),
        known=trace["known"].tolist(),
        ids=units.tolist(),
        pickable=True,
        tall=260,
        sums=written_out(tab, chosen, lang),
    )


def cells(tab: Any, found: Found, own: Answer, chosen: Step | None, lang: str) -> dict:
    """The network unrolled: what each word's cell hands on."""
    trace, labels, units = own.result.trace, own.extra.labels, own.extra.forwards
    values, best = quantities(trace), trace["scores_after"].argmax(1)
    handed = {key: values[key][-CELLS:, units] for key in ("cell", "state") if key in values}
    answers = [
        (tab.say(lang, f"label.{labels[n]}"), COLOURS[labels[n]], p[n])
        for n, p in zip(best, trace["scores_after"], strict=True)
    ]
    shown = chosen if chosen and chosen.unit in units else None
    return unrolled(
        tab.say(lang, "cells.picture", model=found.model, n=len(units)),
        trace["tokens"].tolist(),
        bands(tab, handed, lang),
        answers,
        tab.phrases("view.step", lang),
        known=trace["known"].tolist(),
        ids=units.tolist(),
        sums=written_out(tab, shown, lang),
    )


def written_out(tab: Any, chosen: Step | None, lang: str) -> dict | None:
    """The chosen unit at the chosen word."""
    if chosen is None:
        return None
    return sums(
        chosen.made,
        tab.say(lang, "step.title", unit=chosen.unit, n=chosen.step + 1, word=chosen.word),
        {part: tab.say(lang, f"part.name.{part}") for part in chosen.made.parts},
        tab.phrases("view.step", lang),
        step=chosen.step,
        unit=chosen.unit,
        held=chosen.held,
    )


def gate_sentence(tab: Any, found: Found, own: Answer, lang: str) -> str:
    """What changed since a gate is held open."""
    held, plain = own.result, own.extra.plain
    if plain is None:
        return ""
    before, after = (float(np.abs(r.trace["cells"][0, -1]).mean()) for r in (plain, held))
    return tab.say(
        lang,
        "gate.changed",
        gate=tab.say(lang, f"gate.{found.gate}"),
        before=tab.say(lang, f"label.{plain.label}"),
        p=100 * plain.score,
        after=tab.say(lang, f"label.{held.label}"),
        q=100 * held.score,
        cell=before,
        other=after,
    )


# -- memory ------------------------------------------------------------------------------------------------------------


def fading(tab: Any, own: Answer, lang: str) -> dict:
    """How much of a first word is left in each network's state while the text goes on."""
    m = own.extra.memory
    lines = [line(name, name.split("-")[0], list(enumerate(left))) for name, left in m.left.items()]
    note = tab.say(lang, "memory.text" if m.own else "memory.long", text=m.text, first=m.words[0], second=m.words[1])
    titles = (tab.say(lang, f"memory.{key}", first=m.words[0], second=m.words[1]) for key in ("picture", "x", "y"))
    return curves(*titles, lines, tab.phrases("view.curves", lang), note=note)


def memory_rows(tab: Any, own: Answer, lang: str) -> dict:
    """Each network's gradients as shades under the words."""
    tokens, rows = own.result.trace["tokens"].tolist(), []
    for name, gradient in own.extra.gradients.items():
        strongest = tokens[int(gradient.argmax())]
        note = tab.say(lang, "memory.reach", n=reach(gradient), total=len(gradient), word=strongest)
        rows.append(text_row(name, tokens, gradient, colour=name.split("-")[0], note=note))
    note = tab.say(lang, "memory.note") + (" " + tab.say(lang, "memory.alone") if len(rows) == 1 else "")
    return shaded(tab.say(lang, "memory.shades"), rows, tab.phrases("view.shaded", lang), note=note)


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", "", f"text = {found.text!r}"]
    for a in found.answers:
        option = f', source="{a.source}"' if a.source != "scratch" else ""
        call = f', open_gates=("{found.gate}",)' if a.source == "scratch" and found.held else ""
        lines += [f'result = lmdemo.load("{found.model}"{option})(text{call})', "print(result.label, result.score)"]
    return "\n".join(lines)
