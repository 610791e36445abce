"""What is asked before it is told: counterfactuals of the visitor's own sentence, each found by translating once more."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from demos.core.words import Speaker
from demos.tabs.recurrent.translation.looks import Found
from lmdemo.adapters.outputs import TRANSLATION_BEAMS, Translation
from lmdemo.errors import InputError

Asked = tuple[str, list[str], int, str]  # question, choices, the right one, the truth in a sentence


@dataclass(frozen=True)
class Beside:
    """Translations beside the one that was asked for.

    Attributes:
        switched: Attention the other way round.
        word: The word that is left out; "" where there is but one.
        without: The translation without it.
        beams: Another width of the beam.
        narrowed: The translation with it.
        begun: The sentence's first words.
        beginning: Their translation with attention and without.
    """

    switched: Translation
    word: str
    without: Translation | None
    beams: int
    narrowed: Translation
    begun: str
    beginning: tuple[Translation, Translation]


def beside(adapter: Any, found: Found) -> Beside:
    """Translates the sentence in the other ways that the page asks about."""
    options = {"num_beams": found.beams, "attend": found.attend}
    words = list(re.finditer(r"[^\W\d_]+", found.text))
    longest = max(words, key=lambda m: len(m[0])) if len(words) > 1 else None
    without = None
    if longest:
        try:
            without = adapter(found.text[: longest.start()] + found.text[longest.end() :], **options)
        except InputError:  # what is left can't be translated
            longest = None
    first = words[min(3, (len(words) - 1) // 2)] if words else None
    begun = found.text[: first.end()] if first else found.text
    beams = 1 if found.beams > 1 else TRANSLATION_BEAMS
    return Beside(
        switched=light(adapter(found.text, num_beams=found.beams, attend=not found.attend, trace=True)),
        word=longest[0] if longest else "",
        without=without,
        beams=beams,
        narrowed=adapter(found.text, num_beams=beams, attend=found.attend),
        begun=begun,
        beginning=tuple(adapter(begun, num_beams=found.beams, attend=attend) for attend in (True, False)),
    )


def light(result: Translation) -> Translation:
    """A translation with as much of its trace as is drawn beside another."""
    return replace(result, trace={"known": result.trace["known"]})


def left_out(say: Speaker, found: Found, lang: str) -> Asked | None:
    """How many written pieces change when a word is left out."""
    made = found.beside
    if made.without is None:
        return None
    before, after = found.own.result.target_tokens, made.without.target_tokens
    changed = len(before) - kept(before, after)
    choices = [say(lang, f"asked.write.{k}") for k in ("none", "few", "many")]
    told = say(lang, "told.write", word=made.word, text=made.without.translation_text, changed=changed, n=len(before))
    return say(lang, "asked.write", word=made.word), choices, 0 if not changed else 1 if changed <= 2 else 2, told


def narrowed(say: Speaker, found: Found, lang: str) -> Asked:
    """Whether another beam writes the same."""
    made = found.beside
    same = made.narrowed.translation_text == found.own.result.translation_text
    choices = [say(lang, f"asked.{k}") for k in ("same", "other")]
    told = say(lang, "told.beam", beams=made.beams, text=made.narrowed.translation_text)
    return say(lang, "asked.beam", beams=made.beams), choices, 0 if same else 1, told


def begun(say: Speaker, found: Found, lang: str) -> Asked:
    """Whether the first words alone do without attention."""
    made = found.beside
    attending, blind = (t.translation_text for t in made.beginning)
    choices = [say(lang, f"asked.{k}") for k in ("same", "other")]
    told = say(lang, "told.off", attending=attending, blind=blind)
    return say(lang, "asked.off", text=made.begun), choices, 0 if attending == blind else 1, told


def kept(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pieces stand in both, in the same order."""
    blocks = difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_matching_blocks()
    return sum(b.size for b in blocks)


QUESTIONS: dict[str, Callable[[Speaker, Found, str], Asked | None]] = {
    "write": left_out,
    "beam": narrowed,
    "off": begun,
}
