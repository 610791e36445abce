"""From results to words and views."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.core.cards import html_table
from demos.core.tab import Answer, Answers
from demos.core.words import Speaker
from demos.tabs.recurrent.translation.functions import GERMAN, HINDI
from demos.views.alignment import alignment, candidates
from demos.views.chips import chips
from demos.views.sureness import sureness
from lmdemo.catalog import MODELS

EXAMPLES = {
    GERMAN: (
        "Two young men are playing football in the park.",
        "A little girl in a red dress is climbing a wooden fence.",
        "A brown dog jumps over the water and catches a ball.",
        "A woman sells fruit at a market while a flamingo watches her.",
        "The parliament will raise the interest rate next year.",
    ),
    HINDI: (
        "I am very happy.",
        "Where is my book?",
        "He lives in this house.",
        "She likes tea.",
        "The parliament rejected the amendment.",
    ),
}


@dataclass(frozen=True)
class Found:
    """What was asked and answered; everything on show is made from it."""

    text: str
    model: str
    source: str
    beams: int
    attend: bool
    answers: Answers = ()
    beside: Any = None  # what the questions need; see `questions`

    @property
    def there(self) -> list[Answer]:
        """The networks that answered."""
        return [a for a in self.answers if isinstance(a, Answer)]

    @property
    def own(self) -> Answer | None:
        """Our network's answer."""
        return next((a for a in self.there if a.source == "scratch"), None)


def example_chips(say: Speaker, model: str, lang: str) -> dict:
    """A model's example sentences, each a button."""
    return chips(say(lang, "examples"), EXAMPLES[model])


def said(say: Speaker, found: Found, lang: str) -> str:
    """What each network wrote, how near the sentence is to what ours learnt from, and the words that it never met."""
    lines = []
    for a in found.there:
        written = a.result.translation_text.replace("*", r"\*").replace("_", r"\_") or say(lang, "nothing_said")
        lines.append(say(lang, "said", source=say(lang, f"source.{a.source}"), text=written))
    own = found.own
    unknown = [say(lang, "unknown.one", word=w, pieces=" · ".join(p)) for w, p in (own.extra or () if own else ())]
    if unknown:
        lines.append(say(lang, "unknown", words=", ".join(unknown)))
    if own and is_far(own, found.model):
        lines.append(say(lang, f"far.{found.model}"))
    return "  \n".join(lines) or say(lang, "no_answer")


def reference(model: str) -> tuple[float, float] | None:
    """How sure a network was of unseen sentences of its kind: below the first of a tenth, below the second of half of them."""
    figures = MODELS[model].figures
    known = figures.splits["val"].metrics if figures else {}
    return (known["sureness_tenth"], known["sureness"]) if "sureness" in known else None


def is_far(answer: Answer, model: str) -> bool:
    """Whether our network is less sure of a sentence than of nine in ten unseen ones of its kind."""
    known = reference(model)
    return known is not None and answer.result.score is not None and answer.result.score < known[0]


def sure(say: Speaker, found: Found, words: Mapping[str, str], lang: str) -> dict:
    """How sure our network is, beside how sure it was of what it never saw."""
    own, known = found.own, reference(found.model)
    if own is None or known is None:
        return {}
    return sureness(say(lang, "sure.title"), own.result.score, *known, words)


def matrix(
    say: Speaker, answer: Answer, words: Mapping[str, str], pickable: bool, lang: str, *, attend: bool | None = None
) -> dict:
    """Where a network looked; nothing where it wrote nothing. With ``attend`` bent lines alone, said with or without attention."""
    result, trace = answer.result, answer.result.trace
    if result.alignment is None or not result.target_tokens:
        return {}
    key = "alignment.title" if attend is None else f"alignment.{'on' if attend else 'off'}"
    steps = ()
    if "candidates" in trace:
        steps = candidates(trace["candidates"], trace["candidate_scores"], trace["token_scores"])
    return alignment(
        say(lang, key, source=say(lang, f"source.{answer.source}")),
        result.source_tokens,
        result.target_tokens,
        result.alignment,
        words,
        colour="hub" if answer.source == "hub" else "ours",
        matrix=attend is None,
        pickable=pickable,
        known=trace["known"].tolist() if "known" in trace else (),
        steps=steps,
    )


def compared(say: Speaker, found: Found, lang: str) -> str:
    """The translation with attention and without, one under the other."""
    texts = [found.own.result.translation_text, found.beside.switched.translation_text]
    on, off = texts if found.attend else reversed(texts)
    return say(lang, "compared", on=on, off=off)


def look_table(say: Speaker, look: Any, target: str, source: str, place: int, lang: str) -> str:
    """One cell of the alignment as products, their sum, and its share."""
    rows = [
        (f"{say(lang, 'look.unit')} {u}", f"{a:+.3f}", f"{b:+.3f}", f"{p:+.3f}")
        for u, a, b, p in zip(look.units, look.asked, look.there, look.products, strict=True)
    ]
    rows += [
        (say(lang, "look.rest"), "", "", f"{look.rest:+.3f}"),
        (say(lang, "look.score"), "", "", f"{look.scores[place]:+.3f}"),
    ]
    share = say(
        lang,
        "look.share",
        n=len(look.scores),
        score=f"{look.scores[place]:.2f}",
        total=f"{np.exp(look.scores).sum():.3g}",
        percent=f"{100 * look.shares[place]:.1f}",
    )
    head = [say(lang, f"look.{k}") for k in ("unit", "asked", "there", "product")]
    return f"{html_table(head, rows, say(lang, 'look.title', target=target, source=source))}<p>{share}</p>"


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", ""]
    for a in found.answers:
        option = "" if a.source == "scratch" else f', source="{a.source}"'
        switched = ", attend=False" if a.source == "scratch" and not found.attend else ""
        lines += [
            f'result = lmdemo.load("{found.model}"{option})({found.text!r}, num_beams={found.beams}{switched})',
            "print(result.translation_text)",
        ]
    return "\n".join(lines)
