"""From what was written, and the character that is looked at, to words and views."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.core.tab import Answer
from demos.tabs.recurrent.text.looks import bands
from demos.tabs.recurrent.text.measures import quantities
from demos.views.bars import bars
from demos.views.shaded import shaded, text_row
from demos.views.timeline import SHOWN, lane, timeline
from lmdemo.adapters.outputs import Generation, Info

UNITS = 48  # shown in the heat map: those that vary most
WINDOW = 1_500  # characters that are read again to look at one of them
SETTLED = 200  # characters before the drawn ones that let the state settle


@dataclass(frozen=True)
class Passage:
    """What the network did over the last characters: some units' quantities, and how much each character was expected."""

    text: str
    ids: tuple[int, ...]
    units: int
    values: Mapping[str, np.ndarray]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class Letter:
    """The character that is looked at: what was expected there, and from ``start`` on what moved it."""

    at: int
    start: int
    expected: Mapping[str, float]
    moved: np.ndarray


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
    passage: Passage
    letter: Letter | None = None


# -- asked of the adapter ----------------------------------------------------------------------------------------------


def passage(adapter: Any, text: str) -> Passage:
    """Reads the end of a text once more, and keeps what is drawn."""
    text = text[-(SHOWN + SETTLED) :]
    trace = adapter.read(text)
    vocabulary = {c: i for i, c in enumerate(trace["vocabulary"].tolist())}
    values = {key: v[-SHOWN:] for key, v in quantities(trace).items()}
    ids = np.sort(np.argsort(-values["state"].std(0))[:UNITS])
    expected = [1 / len(vocabulary), *(trace["probabilities"][t, vocabulary[c]] for t, c in enumerate(text[1:]))]
    shown = {key: v[:, ids] for key, v in values.items()}
    return Passage(text, tuple(ids.tolist()), values["state"].shape[1], shown, tuple(map(float, expected)))


def letter(adapter: Any, text: str, at: int) -> Letter:
    """Looks at one character of a text, as far back as is read again."""
    start = max(0, at - WINDOW)
    part = text[start : at + 1]
    return Letter(at, start, adapter.expected_at(part, at - start), adapter.gradient_of_character(part, at - start))


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
    """The text with its characters to choose, the chosen one's past shaded."""
    chosen, title = wrote.letter, tab.say(lang, "letter.row")
    weights = [0.0] * chosen.start + chosen.moved.tolist() if chosen else []
    at = chosen.at if chosen else -1
    row = text_row(title, list(wrote.text), weights, joined=True, pickable=True, first=1, chosen=at)
    note = tab.say(lang, "letter.note" if chosen else "letter.help")
    return shaded("", [row], tab.phrases("view.shaded", lang), note=note)


def sentence(tab: Any, wrote: Written, lang: str) -> str:
    """What was expected at the chosen character, in words."""
    chosen = wrote.letter
    if chosen is None:
        return ""
    came, (top, likely) = wrote.text[chosen.at], next(iter(chosen.expected.items()))
    strongest = [visible(wrote.text[chosen.start + int(i)]) for i in np.argsort(-chosen.moved)[:3]]
    return tab.say(
        lang,
        "letter.sentence",
        i=chosen.at,
        came=visible(came),
        percent=100 * chosen.expected.get(came, 0.0),
        top=visible(top),
        likely=100 * likely,
        moved=" ".join(strongest),
    )


def expected_bars(tab: Any, wrote: Written, lang: str) -> dict:
    """What was expected at the chosen character, as bars."""
    chosen = wrote.letter
    if chosen is None:
        return {}
    came = wrote.text[chosen.at]
    before = "".join(visible(c) for c in wrote.text[max(0, chosen.at - 20) : chosen.at])
    scores = {visible(c) + (" ◂" if c == came else ""): p for c, p in chosen.expected.items()}
    return bars(tab.say(lang, "letter.bars", before=before), scores)


def insides(tab: Any, wrote: Written, lang: str) -> dict:
    """State and gates over the last characters, and how much each of these had been expected."""
    seen = wrote.passage
    return timeline(
        tab.say(lang, "letters.picture", model=wrote.info.name, n=UNITS, total=seen.units),
        list(seen.text),
        [lane(tab.say(lang, "letters.lane"), "positive", seen.expected)],
        bands(tab, seen.values, lang),
        tab.phrases("view.timeline", lang),
        ids=seen.ids,
    )


def visible(character: str) -> str:
    """A character that can be seen."""
    return {" ": "␣", "\n": "↵"}.get(character, character)


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
