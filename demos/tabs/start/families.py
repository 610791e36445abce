"""One sentence asked of five families: what each makes of every word, found in one pass each."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from demos.views.lanes import SHOWN
from lmdemo.catalog import MODELS
from lmdemo.errors import InputError, LmdemoError

ENGLISH, HINGLISH = "english", "hinglish"
UNITS = 12  # of an LSTM: those are drawn whose forget gates move most
NEXT = 3  # tokens that may follow
OFFERED = 3  # words for a hidden one

Found = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """One lane: a member, its model by language (the English one where it has no other), and what it finds."""

    member: str
    models: Mapping[str, str]
    ask: Callable[[Any, "Sentence"], Found]

    def model(self, tongue: str) -> str:
        """The model that reads a language."""
        return self.models.get(tongue, self.models[ENGLISH])


@dataclass(frozen=True)
class Sentence:
    """A text and its words, divided by spaces, with their places."""

    text: str
    words: tuple[str, ...] = field(init=False)
    spans: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        text = unicodedata.normalize("NFC", self.text)  # as adapters read it
        spans = tuple(m.span() for m in re.finditer(r"\S+", text))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "spans", spans)
        object.__setattr__(self, "words", tuple(text[a:b] for a, b in spans))

    @property
    def shown(self) -> range:
        """The places of the words that are drawn."""
        return range(max(0, len(self.words) - SHOWN), len(self.words))

    def end(self) -> tuple[int, str]:
        """The words that are drawn and as many before them: where they begin, and they. A network that reads less than the
        whole text reads this.
        """
        begin = self.spans[max(0, len(self.words) - 2 * SHOWN)][0] if self.words else 0
        return begin, self.text[begin:]

    def pieces(self, ends: Sequence[int]) -> list[list[int]]:
        """For each word the pieces of it; a piece belongs to the word that its last character stands in.

        Args:
            ends: Where each piece ends in the text.
        """
        starts = [a for a, _ in self.spans]
        owner = np.searchsorted(starts, np.array(ends, int) - 1, side="right") - 1
        return [np.flatnonzero(owner == w).tolist() for w in range(len(self.spans))]


@dataclass(frozen=True)
class Lane:
    """What a family said.

    Attributes:
        member, model: Whose answer.
        found: By name, see the functions below; empty where something was wrong.
        wrong: Why there is no answer.
    """

    member: str
    model: str
    found: Found = field(default_factory=dict)
    wrong: LmdemoError | None = None


# -- what each finds ---------------------------------------------------------------------------------------------------
# Values by word are lists over the words of `Sentence.shown`.


def mood(labels: Sequence[str], scores: np.ndarray) -> np.ndarray:
    """Praise less blame, -1 to 1, of probabilities (..., labels)."""
    names = [name.lower() for name in labels]
    return scores[..., names.index("positive")] - scores[..., names.index("negative")]


def classified(result: Any, adapter: Any, sentence: Sentence) -> Found:
    """What a classifier of texts told: label, scores, and how many words are known."""
    met = adapter.met(sentence.text)
    known = [k for _, k in met]
    return {"label": result.label, "scores": dict(result.scores), "met": (sum(known), len(known))}


def read_forwards(adapter: Any, sentence: Sentence) -> Found:
    """An RNN or LSTM: the mood after each word, which words it knows, and of an LSTM the forget gates that move most."""
    result = adapter(sentence.text, trace=True)
    trace = result.trace
    pieces = sentence.pieces(trace["offsets"][:, 1])
    shown, last, ends = sentence.shown, 0, []
    for own in pieces:  # a word that is no token of the network's leaves all as it was
        last = own[-1] if own else last
        ends.append(last)
    after = trace["scores_after"][[ends[i] for i in shown]]
    found = classified(result, adapter, sentence) | {
        "mood": [round(float(m), 3) for m in mood(adapter.labels, after)],
        "after": [(adapter.labels[k], round(float(row[k]), 4)) for row, k in zip(after, after.argmax(1), strict=True)],
        "known": [bool(trace["known"][pieces[i]].any()) if pieces[i] else False for i in shown],
    }
    if "gates" in trace:
        forget = trace["gates"][0, 1]  # (T, units) of the first layer
        by_word = np.stack(
            [forget[pieces[i]].mean(0) if pieces[i] else np.full(forget.shape[1], np.nan) for i in shown]
        )
        by_word = np.nan_to_num(by_word, nan=float(forget.mean()))
        most = np.argsort(-by_word.std(0), kind="stable")[:UNITS]
        most = most[np.argsort(by_word[:, most].mean(0), kind="stable")]
        found |= {
            "gates": np.round(100 * by_word[:, most].T).astype(int).tolist(),
            "kept": [round(float(k), 3) for k in by_word.mean(1)],
        }
    return found


def look_around(adapter: Any, sentence: Sentence) -> Found:
    """An encoder: how much each word looks at each, in per cent, averaged over heads and blocks."""
    result = adapter(sentence.text, trace=True)
    weights = result.trace["attention"].mean((0, 1))  # (T, T)
    pieces = sentence.pieces(result.trace["offsets"][:, 1])
    chosen = [pieces[i] for i in sentence.shown]
    rows = [weights[own].mean(0) if own else np.zeros(len(weights)) for own in chosen]
    matrix = [[round(100 * float(row[own].sum())) for own in chosen] for row in rows]
    words = [sentence.words[i] for i in sentence.shown]
    return classified(result, adapter, sentence) | {"weights": matrix, "words": words}


def hide_each(adapter: Any, sentence: Sentence) -> Found:
    """BERT: what it would write for each word if that word were hidden; signs at a word's edge are not asked for."""
    begin, text = sentence.end()
    first = sentence.spans[sentence.shown.start][0] - begin if sentence.words else 0
    all_guesses = adapter.hide_each(text, top_k=OFFERED, begin=first)
    pieces = sentence.pieces([begin + g.end for g in all_guesses])
    rows: list[dict[str, Any]] = []
    for i in sentence.shown:
        found = next((all_guesses[p] for p in pieces[i]), None)
        rows.append(guessed(found, text))
    known = [r["own"] is not None for r in rows if r["word"]]
    if known and not any(known) and not any(c.isascii() and c.isalpha() for c in sentence.text):
        raise InputError("text_unknown", expected="a-z", got=sentence.text.strip()[:30], hint="Use Latin letters.")
    return {"guesses": rows, "hits": sum(r["hit"] for r in rows), "met": (sum(known), len(known))}


def guessed(guess: Any, text: str) -> dict[str, Any]:
    """One hidden word: it, the candidates with their probabilities, its own, whether the first guess is it."""
    if guess is None:
        return {"word": "", "candidates": {}, "own": None, "hit": False}
    word = text[guess.start : guess.end]
    own = None if guess.rank is None else guess.score  # of a word in pieces it has no probability
    candidates = {w: round(p, 4) for w, p in guess.candidates.items()}
    return {"word": word, "candidates": candidates, "own": own, "hit": next(iter(candidates), "") == word.lower()}


def go_on(adapter: Any, sentence: Sentence) -> Found:
    """GPT: how unexpected each word was, in nats, and which tokens may come next."""
    read = adapter.read(sentence.text, trace=False)
    prompt = read.prompt
    letters = [c for c in sentence.text if c.isalnum()]
    unknown = sum(c in prompt.unknown for c in letters)
    if 2 * unknown > len(letters) > 0:
        raise InputError("text_unknown_characters", expected="a-z", got=prompt.unknown[:40], hint="Use Latin letters.")
    starts = adapter.token_starts(prompt.text)[prompt.dropped :]
    pieces = sentence.pieces([*starts[1:], len(prompt.text)])
    nats = [read.nats[pieces[i]] if pieces[i] else np.array([np.nan]) for i in sentence.shown]
    p = np.exp(read.following.logits - read.following.logits.max())
    p = p[:NEXT] / p.sum()
    return {
        "nats": [None if np.isnan(n).all() else round(float(np.nansum(n)), 2) for n in nats],
        "next": [(t, round(float(q), 4)) for t, q in zip(read.following.tokens, p, strict=False)],
        "nats_per_character": float(np.nansum(read.nats)) / max(1, len(prompt.text) - 1),
    }


FAMILIES = (
    Family("rnn", {ENGLISH: "rnn-sentiment"}, read_forwards),
    Family("lstm", {ENGLISH: "lstm-sentiment", HINGLISH: "lstm-hinglish"}, read_forwards),
    Family("transformer", {ENGLISH: "transformer-sentiment", HINGLISH: "transformer-hinglish"}, look_around),
    Family("bert", {ENGLISH: "bert-captions"}, hide_each),
    Family("gpt", {ENGLISH: "gpt-shakespeare"}, go_on),
)


# -- which language ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tongue:
    """The language in which a sentence is read, and what tells it: how many words it has, how many of them the English
    model has not met, and how many of these the Hinglish one has.
    """

    name: str
    words: int = 0
    strange: int = 0
    met: int = 0


def tongue(text: str, load: Callable[[str], Any]) -> Tongue:
    """Hinglish is what the English model mostly has not met, and the Hinglish one mostly has.

    Args:
        text: The sentence.
        load: Gives a model's adapter; the Hinglish one is asked for only where it is needed.
    """
    english = load(FAMILIES[0].model(ENGLISH)).met(text)
    strange = {word for word, known in english if not known}
    count = sum(not known for _, known in english)
    if 2 * count <= len(english):
        return Tongue(ENGLISH, len(english), count)
    hinglish = [known for word, known in load(FAMILIES[1].model(HINGLISH)).met(text) if word in strange]
    name = HINGLISH if 2 * sum(hinglish) > len(hinglish) else ENGLISH
    return Tongue(name, len(english), count, sum(hinglish))


def ask(family: Family, adapter: Any, sentence: Sentence, model: str) -> Lane:
    """A family's answer, or why there is none."""
    try:
        return Lane(family.member, model, family.ask(adapter, sentence))
    except InputError as error:
        return Lane(family.member, model, wrong=error.with_traceback(None))


def usual_nats(model: str) -> float:
    """Of a model that writes: its mean surprise a character on what it never saw."""
    figures = MODELS[model].figures
    return figures.splits["val"].metrics["nats_per_character"] if figures else float("nan")
