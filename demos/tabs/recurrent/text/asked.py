"""What the page asks of the adapters about a text: the answer with what is drawn of its trace, and what would be if."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import lmdemo
from demos.core.tab import Answer, Answers
from demos.tabs.recurrent.text.measures import GATES, Memory, Without, backwards, memory, remembered, without_each
from demos.views.timeline import SHOWN, alike
from lmdemo.adapters.outputs import Classification
from lmdemo.errors import InputError

ALL, MOST = 64, 48  # so many units are all drawn; of more of them those that vary most


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

    @property
    def known(self) -> tuple[int, int]:
        """How many words our network knows, and how many there are; marks are none."""
        if self.own is None:
            return 0, 0
        trace = self.own.result.trace
        known = [k for k, word in zip(trace["known"], trace["tokens"], strict=True) if any(map(str.isalnum, word))]
        return int(sum(known)), len(known)


@dataclass(frozen=True)
class Beside:
    """What the page needs beside our network's answer.

    Attributes:
        labels: The network's.
        gradients: By network, how strongly each word moves the answer.
        memory: What a first word leaves.
        plain: The answer without a held gate, where one is held.
        without: The answers without each word.
        backwards: The answer (labels,) to the words from the last to the first.
        opened: By gate the answer (labels,) if that one were held open.
        units: Numbers of the units that are drawn, alike ones side by side.
        forwards: The same of those that read from the front.
    """

    labels: tuple[str, ...]
    gradients: Mapping[str, np.ndarray]
    memory: Memory
    plain: Classification | None
    without: tuple[Without, ...]
    backwards: np.ndarray
    opened: Mapping[str, np.ndarray]
    units: np.ndarray
    forwards: np.ndarray


@dataclass(frozen=True)
class Step:
    """One unit at one word, taken apart."""

    model: str
    word: str
    step: int
    unit: int
    layer: int
    held: tuple[str, ...]
    made: Any


def read(adapter: Any, text: str, held: tuple[str, ...] = ()) -> Classification:
    """A source's answer; our network's with as much of its trace as is drawn."""
    if adapter.info.source == "hub":
        return adapter(text)
    result = adapter(text, trace=True, open_gates=held)
    last = {"scores_after": result.trace["scores_after"][-SHOWN:].copy()}
    last |= {
        k: result.trace[k][:1, ..., -SHOWN:, :].copy() for k in ("hidden_states", "cells", "gates") if k in result.trace
    }
    return replace(result, trace={key: result.trace[key] for key in ("tokens", "offsets", "known")} | last)


def looked_into(found: Found) -> Found:
    """The same with what the page needs beside our network's answer, where there is one."""
    own = found.own
    if own is None:
        return found
    extra = beside(lmdemo.load(found.model), found, own.result)
    return replace(found, answers=tuple(replace(a, extra=extra) if a is own else a for a in found.answers))


def beside(adapter: Any, found: Found, result: Classification) -> Beside:
    """See :class:`Beside`.

    Args:
        adapter: Our network's.
        found: What was asked.
        result: Its answer.
    """
    plain = read(adapter, found.text) if found.held else result
    trace, states = plain.trace, plain.trace["hidden_states"][0]
    forwards = states[:, : states.shape[1] // adapter.directions]
    gates = GATES if "gates" in trace else ()
    opened = {gate: adapter(found.text, open_gates=(gate,)).scores for gate in gates}
    return Beside(
        adapter.labels,
        memory(found.text, found.model),
        remembered(found.text, found.model, trace["offsets"].tolist()),
        plain if found.held else None,
        without_each(adapter, found.text, trace),
        backwards(adapter, trace),
        {gate: np.array([scores[label] for label in adapter.labels]) for gate, scores in opened.items()},
        alike(states, _most(states)),
        alike(forwards, _most(forwards)),
    )


def _most(states: np.ndarray) -> int:
    return ALL if states.shape[1] <= ALL else MOST


def take_apart(found: Found, step: int, unit: int, layer: int = 0) -> Step:
    """One unit at one word."""
    made = lmdemo.load(found.model).unit_step(found.text, step, unit, layer, open_gates=found.held)
    word = str(found.own.result.trace["tokens"][step]) if found.own else ""
    return Step(found.model, word, step, unit, layer, found.held, made)


def again(chosen: Step | None, found: Found) -> Step | None:
    """What was chosen, taken apart anew in another answer, where that has the same word in the same place."""
    if chosen is None or found.own is None or chosen.model != found.model:
        return None
    tokens = found.own.result.trace["tokens"]
    if chosen.step >= len(tokens) or tokens[chosen.step] != chosen.word:
        return None
    return take_apart(found, chosen.step, chosen.unit, chosen.layer)
