"""From what was written, and the character that is looked at, to words and views."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import lmdemo
from demos.core.tab import Answer
from demos.tabs.recurrent.text.looks import bands
from demos.tabs.recurrent.text.measures import quantities, reach
from demos.tabs.recurrent.text.questions import Question
from demos.views.bars import bars
from demos.views.shaded import shaded, text_row
from demos.views.timeline import SHOWN, alike, lane, timeline
from lmdemo.adapters.outputs import Generation, Info

WRITERS = ("rnn-char", "lstm-char")  # one over the other
WINDOW = 1_500  # characters that are read again to look at one of them
BACK = 160  # characters before the one that is looked at that are shaded
SETTLED = 200  # characters before the drawn ones that let the state settle
MOST = 28  # units that are drawn: two maps stand one over the other
TALL = 84  # pixels of a heat map


@dataclass(frozen=True)
class Passage:
    """What a network did over the last characters: some units' quantities, and how much each character was expected."""

    text: str
    ids: tuple[int, ...]
    units: int
    values: Mapping[str, np.ndarray]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Letter:
    """The character that is looked at: what the writer expected there, and by network from ``start`` on what moved it and
    how much it was expected.
    """

    at: int
    start: int
    expected: Mapping[str, float]
    moved: Mapping[str, np.ndarray]
    shares: Mapping[str, float]
    opened: bool = False  # chosen by the visitor


@dataclass(frozen=True)
class Written:
    """What was written, and how."""

    prompt: str
    text: str
    options: Mapping[str, Any]
    count: int
    seconds: float
    first: float  # seconds until the first character
    info: Info
    passages: Mapping[str, Passage]  # by network
    letter: Letter


# -- asked of the adapters ---------------------------------------------------------------------------------------------


def passage(adapter: Any, text: str) -> Passage:
    """Reads the end of a text once more, and keeps what is drawn."""
    text = text[-(SHOWN + SETTLED) :]
    trace = adapter.read(text)
    vocabulary = {c: i for i, c in enumerate(trace["vocabulary"].tolist())}
    values = {key: v[-SHOWN:] for key, v in quantities(trace).items()}
    ids = alike(values["state"], MOST)
    expected = [1 / len(vocabulary), *(trace["probabilities"][t, vocabulary[c]] for t, c in enumerate(text[1:]))]
    shown = {key: v[:, ids] for key, v in values.items()}
    return Passage(text, tuple(ids.tolist()), values["state"].shape[1], shown, tuple(map(float, expected)))


def passages(text: str) -> dict[str, Passage]:
    """What each of the networks did over the last characters, whoever wrote them."""
    return {name: passage(lmdemo.load(name), text) for name in WRITERS}


def least_expected(text: str, seen: Passage) -> int:
    """The character of the drawn ones that its writer expected least."""
    shown = seen.expected[-SHOWN:]
    return len(text) - len(shown) + max(1, int(np.argmin(shown[1:])) + 1)


def letter(model: str, text: str, at: int, *, opened: bool = False) -> Letter:
    """Looks at one character of a text, as far back as is read again."""
    start = max(0, at - WINDOW)
    part = text[start : at + 1]
    expected = lmdemo.load(model).expected_at(part, at - start)
    moved, shares = {}, {}
    for name in WRITERS:
        adapter: Any = lmdemo.load(name)
        moved[name] = adapter.gradient_of_character(part, at - start)
        shares[name] = float(adapter.expected_at(part, at - start, len(adapter.vocabulary)).get(text[at], 0.0))
    return Letter(at, start, expected, moved, shares, opened)


def answer(wrote: Written) -> Answer:
    """What the frame tells of it: a character's time."""
    return Answer(
        "scratch", Generation(text=wrote.text, tokens=(), milliseconds=1000 * wrote.seconds / wrote.count), wrote.info
    )


# -- words and views ---------------------------------------------------------------------------------------------------


def growing(tab: Any, text: str, lang: str) -> dict:
    """The text while it is written, nothing to click yet."""
    return shaded("", [text_row("", [text], joined=True)], tab.phrases("view.shaded", lang))


def whole(tab: Any, wrote: Written, lang: str) -> dict:
    """The text with its characters to choose, the chosen one's alternatives beside it."""
    chosen, title = wrote.letter, tab.say(lang, "letter.row")
    at = chosen.at if chosen.opened else -1
    row = text_row(title, list(wrote.text), joined=True, pickable=True, first=1, chosen=at)
    opened = expected_bars(tab, wrote, lang) if chosen.opened else None
    return shaded("", [row], tab.phrases("view.shaded", lang), note=tab.say(lang, "letter.help"), opened=opened)


def sentence(tab: Any, wrote: Written, lang: str) -> str:
    """What was expected at the chosen character, in words."""
    chosen = wrote.letter
    came, (top, likely) = wrote.text[chosen.at], next(iter(chosen.expected.items()))
    facts = {"i": chosen.at, "came": visible(came), "percent": 100 * chosen.expected.get(came, 0.0)}
    return tab.say(lang, "letter.sentence", top=visible(top), likely=100 * likely, **facts)


def expected_bars(tab: Any, wrote: Written, lang: str) -> dict:
    """What was expected at the chosen character, as bars."""
    chosen = wrote.letter
    came = wrote.text[chosen.at]
    before = "".join(visible(c) for c in wrote.text[max(0, chosen.at - 20) : chosen.at])
    scores = {visible(c) + (" ◂" if c == came else ""): p for c, p in chosen.expected.items()}
    return bars(tab.say(lang, "letter.bars", before=before), scores)


def moved_by(tab: Any, wrote: Written, lang: str) -> dict:
    """Which earlier characters moved the chosen one: the plain network over the LSTM."""
    chosen, rows = wrote.letter, []
    first = max(0, chosen.at - BACK)
    shown = list(wrote.text[first : chosen.at + 1])
    for name, moved in chosen.moved.items():
        weights = moved[first - chosen.start :].tolist()
        note = tab.say(lang, "letter.reach", n=reach(moved), total=len(moved))
        colour = name.split("-")[0]
        rows.append(text_row(name, shown, weights, joined=True, note=note, chosen=len(shown) - 1, colour=colour))
    return shaded("", rows, tab.phrases("view.shaded", lang), note=tab.say(lang, "letter.note"))


def insides(tab: Any, wrote: Written, name: str, lang: str) -> dict:
    """A network's state and gates over the last characters, and how much it had expected each of these."""
    seen = wrote.passages[name]
    return timeline(
        tab.say(lang, "letters.picture", model=name, n=len(seen.ids), total=seen.units),
        list(seen.text),
        [lane(tab.say(lang, "letters.lane"), name.split("-")[0], seen.expected)],
        bands(tab, seen.values, lang),
        tab.phrases("view.timeline", lang),
        ids=seen.ids,
        tall=TALL,
    )


def visible(character: str) -> str:
    """A character that can be seen."""
    return {" ": "␣", "\n": "↵"}.get(character, character)


# -- questions ---------------------------------------------------------------------------------------------------------


def who_expected(tab: Any, wrote: Written, lang: str) -> Question:
    """Which network had expected the chosen character more?"""
    shares = [wrote.letter.shares[name] for name in WRITERS]
    facts = {"a": 100 * shares[0], "b": 100 * shares[1]}
    came = visible(wrote.text[wrote.letter.at])
    question = tab.say(lang, "ask.letter", i=wrote.letter.at, came=came)
    told = tab.say(lang, "ask.letter.told", **facts)
    return Question(question, ("RNN", "LSTM"), int(np.argmax(shares)), told, wrote.text)


def who_is_surprised(tab: Any, wrote: Written, lang: str) -> Question:
    """Which network is less surprised by the drawn characters?"""
    nats = [-float(np.log(np.maximum(wrote.passages[name].expected[-SHOWN:], 1e-12)).mean()) for name in WRITERS]
    told = tab.say(lang, "ask.surprise.told", a=nats[0], b=nats[1], writer=wrote.info.name)
    question = tab.say(lang, "ask.surprise", writer=wrote.info.name)
    return Question(question, ("RNN", "LSTM"), int(np.argmin(nats)), told, wrote.text)


def snippet(wrote: Written) -> str:
    """Python that repeats the text on show."""
    options = ", ".join(f"{k}={v!r}" for k, v in wrote.options.items())
    lines = [
        "import lmdemo",
        "",
        f'write = lmdemo.load("{wrote.info.name}")',
        f"for text in write.stream({wrote.prompt!r}, {options}):",
        "    pass",
        "print(text)",
    ]
    return "\n".join(lines)
