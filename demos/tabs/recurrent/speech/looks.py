"""From results to words and views."""

import functools
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from demos.core.cards import heard, html_table
from demos.core.tab import Answer, Answers, Missing
from demos.core.words import Speaker
from demos.tabs.recurrent.speech.functions import MODEL
from demos.views.collapse import collapse, path
from demos.views.ctc import MOST_FRAMES, ctc
from demos.views.sureness import sureness
from lmdemo.catalog import MODELS

EXAMPLES = ("enter-sixty-four", "one-two-three", "repeat", "help", "spelt")
READ = (
    "one two three",
    "enter sixty four",
    "repeat",
    "m a r y",
    "rubout g m e f three nine",
    "five five eight eight one four two",
    "yes",
    "stop",
)
MOST_TEXTS = 8  # of those that the beam kept


@dataclass(frozen=True)
class Found:
    """What was asked and answered; everything on show is made from it."""

    clip: str
    source: str
    beams: int
    word_model: bool
    example: str = ""
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


def light(answer: Answer | Missing) -> Answer | Missing:
    """An answer with what is shown of its trace: the top layer, and the frames that are drawn."""
    if isinstance(answer, Missing) or "hidden_states" not in answer.result.trace:
        return answer
    trace = answer.result.trace
    drawn = trace["log_mel"][:: -(-len(trace["log_mel"]) // MOST_FRAMES)]
    kept = {**trace, "log_mel": drawn.copy(), "hidden_states": trace["hidden_states"][-1:].copy()}
    return replace(answer, result=replace(answer.result, trace=kept))


@functools.cache
def words_known() -> tuple[str, ...]:
    """The words of the training, read from beside the weights."""
    return tuple(sorted(json.loads((MODELS[MODEL].folder / "words.json").read_text(encoding="utf-8"))["*"]))


def read_aloud(say: Speaker, lang: str) -> str:
    """What to say: some sentences, and every word there is."""
    sentences = html.escape(" · ".join(f"“{s}”" for s in READ))
    words, known = html.escape(say(lang, "words", n=len(words_known()))), html.escape(", ".join(words_known()))
    return (
        f'<p class="lm-read lm-muted"><b>{html.escape(say(lang, "read"))}</b> {sentences} {html.escape(say(lang, "read.help"))}</p>'
        f"<details><summary>{words}</summary><p>{known}</p></details>"
    )


def said(say: Speaker, found: Found, lang: str) -> str:
    """What each network heard; of ours also what it had heard without a beam, and what speaks against believing it."""
    lines, nothing = [], say(lang, "nothing_said")
    for a in found.there:
        text = a.result.text
        lines.append(say(lang, "said", source=say(lang, f"source.{a.source}"), text=text or nothing))
        if a.source != "scratch":
            continue
        lines.append(say(lang, "greedy", text=str(a.result.trace["greedy"]) or nothing))
        strange = [w for w in text.split() if w not in words_known()]
        lines += [say(lang, "strange", words=", ".join(strange))] if strange else []
        lines += [say(lang, "far")] if is_far(a) else []
    for a in found.there[:1]:
        lines += heard(say, a.result.heard, lang, own=not found.example)
    return "  \n".join(lines) or say(lang, "no_answer")


def reference() -> tuple[float, float] | None:
    """How sure the network was of unseen speakers' clips: below the first of a tenth, below the second of half of them."""
    figures = MODELS[MODEL].figures
    known = figures.splits["val"].metrics if figures else {}
    return (known["sureness_tenth"], known["sureness"]) if "sureness" in known else None


def is_far(answer: Answer) -> bool:
    """Whether our network is less sure of a clip than of nine in ten of unseen speakers, or heard nothing."""
    known, score = reference(), answer.result.score
    return known is not None and (score is None or score < known[0])


def sure(say: Speaker, found: Found, words: Mapping[str, str], lang: str) -> dict:
    """How sure our network is, beside how sure it was of speakers it never heard."""
    own, known = found.own, reference()
    if own is None or known is None or own.result.score is None:
        return {}
    return sureness(say(lang, "sure.title"), own.result.score, *known, words)


def letter_names(trace: Mapping[str, np.ndarray]) -> list[str]:
    """What the numbers of a path stand for: "" the blank, " " the space."""
    return [{"|": " ", "<pad>": ""}.get(letter, letter.lower()) for letter in trace["letters"].tolist()]


def letters_over_time(say: Speaker, answer: Answer | None, words: Mapping[str, str], lang: str, clip: str = "") -> dict:
    """How probable each letter was, step by step, while the clip plays."""
    if answer is None:
        return {}
    trace = answer.result.trace
    return ctc(
        say(lang, "path.title", source=say(lang, f"source.{answer.source}")),
        trace["probabilities"],
        letter_names(trace),
        trace["path"],
        float(trace["step_seconds"]),
        words,
        log_mel=trace.get("log_mel"),
        hertz=trace.get("hertz"),
        clip=clip,
        colour="hub" if answer.source == "hub" else "ours",
        pickable=answer.source == "scratch",
    )


def collapsed(say: Speaker, answer: Answer | None, words: Mapping[str, str], lang: str) -> dict:
    """The likeliest letters' path to its text, and, where the beam wrote another, the likeliest path to that."""
    if answer is None:
        return {}
    trace, text, greedy = answer.result.trace, answer.result.text, str(answer.result.trace["greedy"])
    names = letter_names(trace)
    paths = [path(say(lang, "collapse.greedy"), trace["path"], names, text=greedy, marked=text == greedy)]
    if text != greedy:
        paths.append(path(say(lang, "collapse.beam"), trace["said_path"], names, text=text, marked=True))
    return collapse(say(lang, "collapse.title"), paths, float(trace["step_seconds"]), words)


def letter_table(say: Speaker, made: Any, trace: Mapping[str, np.ndarray], step: int, letter: int, lang: str) -> str:
    """One probability as products, their sum, and its share."""
    half = trace["hidden_states"].shape[-1] // 2
    units = [say(lang, "letter.forwards" if u < half else "letter.backwards", n=int(u % half)) for u in made.units]
    rows = [
        (unit, f"{s:+.3f}", f"{w:+.3f}", f"{p:+.3f}")
        for unit, s, w, p in zip(units, made.states, made.weights, made.products, strict=True)
    ]
    rows += [
        (say(lang, "letter.rest"), "", "", f"{made.rest:+.3f}"),
        (say(lang, "letter.sum"), "", "", f"{made.logits[letter]:+.3f}"),
    ]
    name = str(trace["letters"][letter])
    shown = {"": say(lang, "view.ctc.blank"), " ": say(lang, "view.ctc.space")}.get(name, name)
    share = say(
        lang,
        "letter.share",
        n=len(made.logits),
        logit=f"{made.logits[letter]:.2f}",
        total=f"{np.exp(made.logits).sum():.3g}",
        percent=f"{100 * made.probabilities[letter]:.2g}",
    )
    head = [say(lang, f"letter.{k}") for k in ("unit", "state", "weight", "product")]
    title = say(lang, "letter.title", letter=shown, seconds=step * float(trace["step_seconds"]))
    return f"{html_table(head, rows, title)}<p>{share}</p>"


def beam_table(say: Speaker, answer: Answer | None, lang: str) -> str:
    """The texts that the beam kept in the end, what sound and words gave each; none where there was no beam."""
    if answer is None or not len(answer.result.trace["beam_texts"]):
        return ""
    trace = answer.result.trace
    kept = zip(trace["beam_texts"].tolist(), trace["beam_scores"], trace["beam_words"], strict=True)
    best = {text: (score, words) for text, score, words in reversed(list(kept))}  # a space at the end is told as none
    rows = [
        (text or say(lang, "nothing_said"), f"{score - words:.2f}", f"{words:+.2f}", f"{score:.2f}")
        for text, (score, words) in sorted(best.items(), key=lambda item: -item[1][0])[:MOST_TEXTS]
    ]
    head = [say(lang, f"beams.{k}") for k in ("text", "sound", "words", "score")]
    return html_table(head, rows, say(lang, "beams.title"))


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    clip = f"demos/tabs/recurrent/speech/examples/{Path(found.clip).name}" if found.example else "your-clip.wav"
    lines = ["import lmdemo", ""]
    for a in found.answers:
        ours = a.source == "scratch"
        source = "" if ours else f', source="{a.source}"'
        options = f", num_beams={found.beams}" if ours else ""
        options += ", word_model=False" if ours and not found.word_model else ""
        lines += [f'result = lmdemo.load("{MODEL}"{source})("{clip}"{options})', "print(result.text)"]
    return "\n".join(lines)
