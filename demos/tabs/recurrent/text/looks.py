"""From what was read of a text to words and views."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from demos.core.tab import Answer, Answers
from demos.tabs.recurrent.text.measures import EXAMPLES, GATES, examples, memory, quantities, reach
from demos.views.bars import bars
from demos.views.chips import chips
from demos.views.shaded import shaded, text_row
from demos.views.timeline import SHOWN, band, lane, timeline
from demos.views.unrolled import unrolled
from lmdemo.adapters.outputs import Classification
from lmdemo.errors import InputError

TEXTS = tuple(text for texts in EXAMPLES.values() for text in texts)
COLOURS = {"negative": "negative", "neutral": "third", "positive": "positive"}
NETWORKS = {"rnn": "fourth", "lstm": "scratch"}  # colours


@dataclass(frozen=True)
class Found:
    """What was asked and answered, or what is wrong with the text."""

    text: str
    model: str
    gate: str  # that is held open, or none
    answers: Answers = ()
    wrong: InputError | None = None

    @property
    def held(self) -> tuple[str, ...]:
        """The gates that are held open."""
        return () if self.gate == "none" else (self.gate,)

    @property
    def own(self) -> Answer | None:
        """What our network says."""
        return next((a for a in self.answers if isinstance(a, Answer) and a.source == "scratch"), None)


@dataclass(frozen=True)
class Beside:
    """What the page needs beside our network's answer: its labels, gradients by network, the answer without a held gate."""

    labels: tuple[str, ...]
    memory: Mapping[str, np.ndarray]
    plain: Classification | None


@dataclass(frozen=True)
class Step:
    """One unit at one word, taken apart."""

    word: str
    step: int
    unit: int
    held: tuple[str, ...]
    made: Any


# -- asked of an adapter -----------------------------------------------------------------------------------------------


def read(adapter: Any, text: str, held: tuple[str, ...] = ()) -> Classification:
    """A source's answer; our network's with as much of its trace as is drawn."""
    if adapter.info.source == "hub":
        return adapter(text)
    result = adapter(text, trace=True, open_gates=held)
    last = {key: result.trace[key][-SHOWN:].copy() for key in ("scores_after",)}
    last |= {
        k: result.trace[k][:1, ..., -SHOWN:, :].copy() for k in ("hidden_states", "cells", "gates") if k in result.trace
    }
    return replace(result, trace={key: result.trace[key] for key in ("tokens", "known")} | last)


def beside(adapter: Any, found: Found) -> Beside | None:
    """See :class:`Beside`; the hub's model has none."""
    if adapter.info.source == "hub":
        return None
    plain = read(adapter, found.text) if found.held else None
    return Beside(adapter.labels, memory(found.text, found.model), plain)


# -- words and views ---------------------------------------------------------------------------------------------------


def example_chips(tab: Any, model: str, lang: str) -> dict:
    """Texts in the model's language."""
    return chips(tab.say(lang, "examples"), examples(model))


def sentence(tab: Any, found: Found, lang: str) -> str:
    """The answers in words."""
    said = [
        tab.say(
            lang,
            "answer",
            source=tab.say(lang, f"source.{a.source}"),
            label=tab.say(lang, f"label.{a.result.label}"),
            percent=100 * a.result.score,
        )
        for a in found.answers
        if isinstance(a, Answer)
    ]
    return "  \n".join(said) or tab.say(lang, "no_answer")


def score_bars(tab: Any, found: Found, lang: str) -> dict:
    """Each source's probabilities."""
    groups = [
        bars(
            f"{tab.say(lang, f'source.{a.source}')} ({a.info.name})",
            {tab.say(lang, f"label.{label}"): score for label, score in a.result.scores.items()},
            colour=a.source,
        )
        for a in found.answers
        if isinstance(a, Answer)
    ]
    return {"groups": groups}


def bands(tab: Any, values: Mapping[str, np.ndarray], lang: str) -> list[dict]:
    """States, cells and gates as heat maps; gates go from 0 to 1."""
    return [
        band(key, tab.say(lang, f"part.name.{key}"), key, v, **({"low": 0.0, "high": 1.0} if key in GATES else {}))
        for key, v in values.items()
    ]


def word_by_word(tab: Any, found: Found, own: Answer, lang: str) -> dict:
    """Probabilities after each word over the network's insides."""
    trace, labels, plain, lanes = own.result.trace, own.extra.labels, own.extra.plain, []
    for label in labels[1:] if len(labels) == 2 else labels:
        n, name = labels.index(label), tab.say(lang, f"label.{label}")
        lanes.append(lane(name, COLOURS[label], trace["scores_after"][:, n]))
        if plain is not None:
            scores, name = plain.trace["scores_after"][:, n], tab.say(lang, "gate.lane", label=name)
            lanes.append(lane(name, COLOURS[label], scores, dashed=True))
    return timeline(
        tab.say(lang, "watch.picture", model=found.model),
        trace["tokens"].tolist(),
        lanes,
        bands(tab, quantities(trace), lang),
        tab.phrases("view.timeline", lang),
        known=trace["known"].tolist(),
        pickable=True,
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


def reach_guess(tab: Any, own: Answer, lang: str) -> tuple[str, list[str], list[int], str]:
    """Asks which word moves the answer most, before the shades show it."""
    words, weights = own.result.trace["tokens"].tolist(), next(iter(own.extra.memory.values()))
    strongest = int(np.argmax(weights))
    places = sorted({0, len(words) // 2, len(words) - 1, strongest})
    right = [i for i, place in enumerate(places) if place == strongest]
    told = tab.say(lang, "reach.told", word=words[strongest], percent=100 * weights[strongest] / weights.sum())
    return tab.say(lang, "reach.asked"), [words[p] for p in places], right, told


def memory_rows(tab: Any, own: Answer, lang: str) -> dict:
    """Each network's gradients as shades under the words."""
    tokens, rows = own.result.trace["tokens"].tolist(), []
    for name, gradient in own.extra.memory.items():
        strongest = tokens[int(gradient.argmax())]
        note = tab.say(lang, "memory.reach", n=reach(gradient), total=len(gradient), word=strongest)
        rows.append(text_row(name, tokens, gradient, colour=NETWORKS[name.split("-")[0]], note=note))
    note = tab.say(lang, "memory.note") + (" " + tab.say(lang, "memory.alone") if len(rows) == 1 else "")
    return shaded(tab.say(lang, "memory.picture"), rows, tab.phrases("view.shaded", lang), note=note)


def step(tab: Any, chosen: Step, lang: str) -> dict:
    """One unit at one word, written out."""
    return unrolled(
        chosen.made,
        tab.say(lang, "step.title", unit=chosen.unit, n=chosen.step + 1, word=chosen.word),
        {part: tab.say(lang, f"part.name.{part}") for part in chosen.made.parts},
        tab.phrases("view.step", lang),
        {part: part for part in chosen.made.parts},
        held=chosen.held,
    )


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", "", f"text = {found.text!r}"]
    for a in found.answers:
        option = f', source="{a.source}"' if a.source != "scratch" else ""
        call = f', open_gates=("{found.gate}",)' if a.source == "scratch" and found.held else ""
        lines += [f'result = lmdemo.load("{found.model}"{option})(text{call})', "print(result.label, result.score)"]
    return "\n".join(lines)
