"""What is asked before it is told: the visitor's own series changed, and its hidden end judged in another way."""

from collections.abc import Callable

import numpy as np

from demos.core.words import Speaker
from demos.tabs.recurrent.forecast.foresee import Foreseen, patch_of, stamps
from demos.tabs.recurrent.forecast.looks import short

Asked = tuple[str, list[str], int, str]  # question, choices, the right one, the truth in a sentence
ALIKE = 0.05  # of an error: nearer than this two of them are called the same


def levelled(say: Speaker, found: Foreseen, lang: str) -> Asked | None:
    """Which patch of the past the forecast hangs on most: one of the last two, the oldest, or the one that does."""
    moved = found.beside.patches
    if len(moved) < 2 or patch_of(found) < 2:  # a value alone is level already
        return None
    strongest, patch = int(np.argmax(moved)), patch_of(found)
    places = sorted({0, len(moved) - 2, len(moved) - 1, strongest})
    starts = stamps(found.recent.index[-len(found.result.trace["past"]) :: patch])
    choices = [say(lang, "asked.levelled.from", start=starts[i]) for i in places]
    facts = {"start": starts[strongest], "moved": short(moved[strongest]), "last": short(moved[-1])}
    told = say(lang, "told.levelled.last" if strongest == len(moved) - 1 else "told.levelled", **facts)
    return say(lang, "asked.levelled", patch=patch), choices, places.index(strongest), told


def raised(say: Speaker, found: Foreseen, lang: str) -> Asked:
    """How far the end of the forecast follows, if the last value were higher."""
    made = found.beside
    part = made.moved / made.bump
    right = 2 if part > 0.75 else 1 if part > 0.25 else 0
    choices = [say(lang, f"asked.raised.{k}") for k in ("hardly", "half", "wholly")]
    told = say(lang, "told.raised", bump=short(made.bump), moved=short(made.moved), percent=100 * part)
    return say(lang, "asked.raised", bump=short(made.bump), steps=len(found.result.mean)), choices, right, told


def early(say: Speaker, found: Foreseen, lang: str) -> Asked | None:
    """Who foresaw the first half of the hidden end best."""
    held = found.held
    if held is None or len(held.truth) < 2:
        return None
    half = len(held.truth) // 2
    error = {k: float(np.sqrt(((v - held.truth)[:half] ** 2).mean())) for k, v in held.forecasts.items()}
    best = min(error, key=error.__getitem__)
    choices = [say(lang, f"series.{k}") for k in error]
    told = say(lang, "told.early", best=say(lang, f"series.{best}"), error=short(error[best]))
    return say(lang, "asked.early", n=half), choices, list(error).index(best), told


def straight(say: Speaker, found: Foreseen, lang: str) -> Asked | None:
    """What becomes of the error on the hidden end if the LSTM is switched off."""
    if found.held is None or found.beside.linear is None:
        return None
    whole, linear = found.held.errors["lstm"]["rmse"], found.beside.linear
    choices = [say(lang, f"asked.straight.{k}", percent=round(100 * ALIKE)) for k in ("less", "same", "more")]
    right = 0 if linear < (1 - ALIKE) * whole else 2 if linear > (1 + ALIKE) * whole else 1
    told = say(lang, "told.straight", whole=short(whole), linear=short(linear))
    return say(lang, "asked.straight"), choices, right, told


QUESTIONS: dict[str, Callable[[Speaker, Foreseen, str], Asked | None]] = {
    "looked": levelled,
    "parts": raised,
    "end": early,
    "train": straight,
}
