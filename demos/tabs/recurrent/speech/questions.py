"""What is asked before it is told: the visitor's own clip played faster, collapsed in another order, read without the word model."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from demos.core.words import Speaker
from demos.tabs.recurrent.speech.looks import Found
from lmdemo.errors import InputError

FASTER = 1.25
Asked = tuple[str, list[str], int, str]  # question, choices, the right one, the truth in a sentence


@dataclass(frozen=True)
class Beside:
    """The clip heard in other ways.

    Attributes:
        faster: What is written of it played faster; "" where it then is too short.
        wordless: What the beam reads with the word model the other way round.
    """

    faster: str
    wordless: str


def beside(adapter: Any, found: Found) -> Beside:
    """Hears the clip in the other ways that the page asks about."""
    options = {"num_beams": found.beams, "word_model": found.word_model}
    try:
        faster = adapter(found.clip, speed=FASTER, **options).text
    except InputError:
        faster = ""
    wordless = adapter(found.clip, num_beams=max(2, found.beams), word_model=not found.word_model).text
    return Beside(faster, wordless)


def faster(say: Speaker, found: Found, lang: str) -> Asked:
    """Whether the clip, played faster, is still written the same."""
    text, percent = found.beside.faster, round(100 * (FASTER - 1))
    choices = [say(lang, f"asked.{k}") for k in ("same", "other")]
    told = say(lang, "told.sound", percent=percent, text=text or say(lang, "nothing_said"))
    return say(lang, "asked.sound", percent=percent), choices, 0 if text == found.own.result.text else 1, told


def reordered(say: Speaker, found: Found, lang: str) -> Asked:
    """What is left of the path to the text if blanks drop out before repeats fall together."""
    trace = found.own.result.trace
    steps = [str(trace["letters"][k]) for k in trace["said_path"]]
    texts = [merged(steps), merged([s for s in steps if s]), tidy("".join(steps))]
    choices = [t or say(lang, "asked.text.nothing") for t in dict.fromkeys(texts)]
    right = list(dict.fromkeys(texts)).index(texts[1])
    if len(choices) == 1:  # no letter lasts more than a step
        choices.append(say(lang, "asked.other"))
    key = "told.text.same" if texts[0] == texts[1] else "told.text"
    return say(lang, "asked.text"), choices, right, say(lang, key, text=choices[right])


def wordless(say: Speaker, found: Found, lang: str) -> Asked:
    """Whether the word model changes what is read."""
    text, side = found.beside.wordless, "off" if found.word_model else "on"
    choices = [say(lang, f"asked.{k}") for k in ("same", "other")]
    told = say(lang, f"told.beam.{side}", text=text or say(lang, "nothing_said"))
    return say(lang, f"asked.beam.{side}"), choices, 0 if text == found.own.result.text else 1, told


def merged(steps: list[str]) -> str:
    """Repeats fall together, then blanks drop out."""
    return tidy("".join(letter for letter, _ in groupby(steps)))


def tidy(text: str) -> str:
    """Single spaces between words."""
    return " ".join(text.split())


QUESTIONS: dict[str, Callable[[Speaker, Found, str], Asked]] = {"sound": faster, "text": reordered, "beam": wordless}
