"""From results to words and views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.core.cards import html_table
from demos.core.tab import Answer, Answers
from demos.core.words import Speaker
from demos.tabs.recurrent.translation.functions import GERMAN, HINDI
from demos.views.alignment import alignment
from demos.views.chips import chips
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


def said(say: Speaker, answers: Sequence[Answer], lang: str) -> str:
    """What each network wrote, and the words that ours never met."""
    lines = []
    for a in answers:
        written = a.result.translation_text.replace("*", r"\*").replace("_", r"\_") or say(lang, "nothing_said")
        lines.append(say(lang, "said", source=say(lang, f"source.{a.source}"), text=written))
    unknown = [
        say(lang, "unknown.one", word=word, pieces=" · ".join(pieces))
        for a in answers
        for word, pieces in a.extra or ()
    ]
    if unknown:
        lines.append(say(lang, "unknown", words=", ".join(unknown)))
    return "  \n".join(lines) or say(lang, "no_answer")


def matrix(say: Speaker, answer: Answer, words: Mapping[str, str], pickable: bool, lang: str) -> dict:
    """Where a network looked; nothing where it wrote nothing."""
    result = answer.result
    if result.alignment is None or not result.target_tokens:
        return {}
    return alignment(
        say(lang, "alignment.title", source=say(lang, f"source.{answer.source}")),
        result.source_tokens,
        result.target_tokens,
        result.alignment,
        words,
        colour=answer.source,
        pickable=pickable,
        known=result.trace["known"].tolist() if "known" in result.trace else (),
    )


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


def figures_table(say: Speaker, model: str, lang: str) -> str:
    """A network's figures beside a table's."""
    f = MODELS[model].figures
    if f is None:  # a page of missing weights still opens, and says so when asked
        return ""
    rows = [(model, f"{f.ours:.1f}"), *((say(lang, f"baseline.{k}"), f"{v:.1f}") for k, v in f.baselines.items())]
    head = [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")]
    why = f"<p>{say(lang, 'figures.why')}</p>" if model == HINDI else ""
    return html_table(head, rows, say(lang, "figures.title", model=model, n=f"{f.n:,}")) + why


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
