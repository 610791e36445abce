"""From what the families said of a sentence to words and lanes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from demos.core.words import Speaker, say_error
from demos.tabs.start.families import ENGLISH, FAMILIES, HINGLISH, Family, Lane, Sentence, Tongue, usual_nats
from demos.views.lanes import lane, lanes
from lmdemo.adapters import outputs
from lmdemo.errors import LmdemoError

RARE = 1_000_000  # of what is expected less than once in so many times, no more is said
KINDS = {"rnn": "mood", "lstm": "gates", "transformer": "attention", "bert": "guesses", "gpt": "surprise"}
UNASKED = Tongue(ENGLISH)
OF_ITS_OWN = ("text_unknown", "text_unknown_characters", "text_no_letters")  # what is wrong, said shortly in a lane


@dataclass(frozen=True)
class Said:
    """A sentence, its language, what has been said of it so far, or why nothing can be."""

    sentence: Sentence
    tongue: Tongue = UNASKED
    lanes: tuple[Lane, ...] = ()
    wrong: LmdemoError | None = None

    @property
    def silent(self) -> bool:
        """Whether all were asked and none could say anything."""
        return len(self.lanes) == len(FAMILIES) and all(one.wrong for one in self.lanes)


def href(member: str, lang: str, **state: Any) -> str:
    """A link of a member with its state; ``demos.hosting.delivery`` leads it to its family's page."""
    given = {"tab": member} | {k: v for k, v in state.items() if v} | ({} if lang == "en" else {"lang": lang})
    return f"./?{urlencode(given)}"


def percent(p: float) -> str:
    """A probability as people read it."""
    return f"{100 * p:.0f} %"


def readable(token: str) -> str:
    """A token as it reads; a line's end as a sign."""
    shown = token.replace("\n", "↵").strip() or "␣"
    return shown if shown.isalnum() else f"“{shown}”"


# -- the lanes ---------------------------------------------------------------------------------------------------------


def picture(say: Speaker, said: Said | None, lang: str) -> dict[str, Any]:
    """All lanes; those that have not answered yet keep their places."""
    words = said.sentence.words if said else ()
    answered = {one.member: one for one in said.lanes} if said else {}
    rows = [row(say, family, answered.get(family.member), said, lang) for family in FAMILIES]
    return lanes(words, rows, say.group(lang, "lanes"))


def row(say: Speaker, family: Family, one: Lane | None, said: Said | None, lang: str) -> dict[str, Any]:
    """One family's lane."""
    text = said.sentence.text.strip() if said else ""
    model = one.model if one and one.model != family.models[ENGLISH] else ""
    name = say(lang, f"family.{family.member}")
    about = {
        "kind": KINDS[family.member],
        "colour": family.member,
        "name": name,
        "href": href(family.member, lang, text=text, model=model),
    }
    if one is None:
        return lane(**about, answer="…" if text else "", note=say(lang, f"lane.{family.member}"))
    if one.wrong:
        key = one.wrong.key
        why = say(lang, f"lane.{key}") if key in OF_ITS_OWN else say_error(one.wrong, lang)
        return lane(**about, answer=why, note=say(lang, f"lane.{family.member}"), wrong=True)
    answer, values, told = ANSWERS[family.member](say, one.found, lang)
    assert said is not None
    return lane(**about, answer=answer, note=note(say, family, one, said.tongue, lang), values=values, told=told)


def note(say: Speaker, family: Family, one: Lane, tongue: Tongue, lang: str) -> str:
    """What a lane shows, or how far the sentence is from what its network was trained on."""
    known, count = one.found.get("met", (0, 0))
    if tongue.name == HINGLISH and HINGLISH not in family.models:
        if family.member == "gpt":
            nats = one.found["nats_per_character"]
            return say(lang, "lane.far.gpt", nats=nats, usual=usual_nats(one.model))
        return say(lang, "lane.far", known=known, n=count)
    if 2 * known < count and family.member != "transformer":
        return say(lang, "lane.known", known=known, n=count)
    return say(lang, f"lane.{family.member}")


def decided(say: Speaker, found: Mapping[str, Any], lang: str) -> str:
    """The likeliest label, and whether it leads."""
    label, p = next(iter(found["scores"].items()))
    key = "lane.decided" if outputs.decided(found["scores"]) else "lane.undecided"
    return say(lang, key, label=say(lang, f"mood.{label.lower()}"), p=percent(p))


def mood(say: Speaker, found: Mapping[str, Any], lang: str) -> tuple[str, dict[str, Any], list[str]]:
    """The answer of an RNN, what is drawn, and what it says of each word."""
    told = [
        say(lang, "told.after", label=say(lang, f"mood.{label.lower()}"), p=percent(p)) for label, p in found["after"]
    ]
    return decided(say, found, lang), {"mood": found["mood"], "known": found["known"]}, told


def gates(say: Speaker, found: Mapping[str, Any], lang: str) -> tuple[str, dict[str, Any], list[str]]:
    """An LSTM's: with its forget gates."""
    answer, values, told = mood(say, found, lang)
    kept = [say(lang, "told.kept", p=percent(k)) for k in found["kept"]]
    both = [f"{a}, {b}" for a, b in zip(told, kept, strict=True)]
    return answer, values | {"gates": found["gates"]}, both


def attention(say: Speaker, found: Mapping[str, Any], lang: str) -> tuple[str, dict[str, Any], list[str]]:
    """An encoder's: where each word looks."""
    rows, names = found["weights"], found["words"]
    told = []
    for weights in rows:
        best = sorted(range(len(weights)), key=lambda j: -weights[j])[:2]
        told.append(say(lang, "told.looks", where=", ".join(f"“{names[j]}” {weights[j]} %" for j in best)))
    return decided(say, found, lang), {"weights": rows}, told


def guesses(say: Speaker, found: Mapping[str, Any], lang: str) -> tuple[str, dict[str, Any], list[str]]:
    """BERT's: the word it would write for each."""
    rows, told = found["guesses"], []
    for r in rows:
        offered = ", ".join(f"“{w}” {percent(p)}" for w, p in r["candidates"].items())
        own = say(lang, "told.own.pieces") if r["own"] is None else say(lang, "told.own", p=percent(r["own"]))
        told.append(say(lang, "told.guess", words=offered, own=own) if r["word"] else "")
    best = [next(iter(r["candidates"].items()), ("", 0.0)) for r in rows]
    values = {"guesses": [w for w, _ in best], "chances": [round(100 * p) for _, p in best]}
    answer = say(lang, "lane.hits", n=found["hits"], total=sum(bool(r["word"]) for r in rows))
    return answer, values | {"hits": [r["hit"] for r in rows]}, told


def surprise(say: Speaker, found: Mapping[str, Any], lang: str) -> tuple[str, dict[str, Any], list[str]]:
    """GPT's: how unexpected each word was, and what may come next."""

    def told(nats: float | None) -> str:
        if nats is None:
            return say(lang, "told.first")
        if nats > math.log(RARE):
            return say(lang, "told.rare", nats=nats, times=RARE)
        return say(lang, "told.nats", nats=nats, times=max(1, round(math.exp(nats))))

    after = "  ".join(f"{readable(t)} {100 * p:.0f}" for t, p in found["next"]) + " %"
    return say(lang, "lane.next", tokens=after), {"nats": found["nats"]}, [told(nats) for nats in found["nats"]]


ANSWERS: Mapping[str, Callable[[Speaker, Mapping[str, Any], str], tuple[str, dict[str, Any], list[str]]]] = {
    "rnn": mood,
    "lstm": gates,
    "transformer": attention,
    "bert": guesses,
    "gpt": surprise,
}


# -- the line under the box --------------------------------------------------------------------------------------------


def status(say: Speaker, said: Said | None, lang: str) -> str:
    """In which language it is read, or what to write."""
    if said is None:
        return say(lang, "read.nothing")
    if said.wrong:
        return say_error(said.wrong, lang)
    if said.silent:
        devanagari = any("\u0900" <= c <= "\u097f" for c in said.sentence.text)
        return say(lang, "read.devanagari" if devanagari else "read.silent")
    t = said.tongue
    if t.name == HINGLISH:
        return say(lang, "read.hinglish", strange=t.strange, words=t.words, met=t.met)
    return (
        say(lang, "read.strange", strange=t.strange, words=t.words)
        if 2 * t.strange > t.words
        else say(lang, "read.point")
    )
