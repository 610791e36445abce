"""The functions of LSTM · Translation: endpoints of the API, tools of MCP."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

import lmdemo
from demos.core.endpoints import check_rows, side_by_side
from demos.core.words import noted
from demos.views.beam import beam
from lmdemo.adapters.outputs import TRANSLATION_BEAMS

GERMAN, HINDI = MODELS = ("lstm-translation", "lstm-translation-hindi")
SHOWN_STEPS = 40  # of the tree


def translate(
    text: str,
    model: Literal["lstm-translation", "lstm-translation-hindi"] = GERMAN,
    source: Literal["scratch", "hub"] = "scratch",
    num_beams: int = TRANSLATION_BEAMS,
    lang: str = "en",
) -> dict:
    """Translates an English sentence.

    Args:
        text: The sentence; up to 1,000 characters.
        model: lstm-translation (to German) or lstm-translation-hindi.
        source: scratch: our network; hub: T5-small (German only).
        num_beams: Beginnings that are kept at each step, 1 to 32; 1 takes the likeliest piece every time.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        translation_text, words that did not occur in the training with their pieces, score (how sure it is: the mean probability of
        the written pieces; null for the hub's model), milliseconds, facts about the model, and notes: what was changed in the
        sentence before.
    """
    adapter = lmdemo.load(model, source=source)
    result = adapter(text, num_beams=num_beams)
    return {
        "translation_text": result.translation_text,
        "unknown_words": dict(adapter.unknown_words(text)) if source == "scratch" else {},
        "score": result.score,
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": source,
        "parameters": adapter.info.parameters,
    } | noted(result, lang)


def translate_alignment(
    text: str,
    model: Literal["lstm-translation", "lstm-translation-hindi"] = GERMAN,
    source: Literal["scratch", "hub"] = "scratch",
    num_beams: int = TRANSLATION_BEAMS,
    lang: str = "en",
) -> dict:
    """Tells how much each written piece of a translation looked at each read one.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        source: scratch or hub.
        num_beams: As for translate.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        source_tokens, target_tokens, and alignment: a row for each written piece, a number from 0 to 1 for each read one.
    """
    result = lmdemo.load(model, source=source)(text, num_beams=num_beams)
    return {
        "source_tokens": result.source_tokens,
        "target_tokens": result.target_tokens,
        "alignment": result.alignment.round(5).tolist(),
    }


def translate_beam(
    text: str,
    model: Literal["lstm-translation", "lstm-translation-hindi"] = GERMAN,
    num_beams: int = TRANSLATION_BEAMS,
    lang: str = "en",
) -> dict:
    """Gives the tree of a beam search: every beginning that was kept, and the likeliest that were dropped.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        num_beams: Beginnings that are kept at each step, 1 to 32.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        nodes (step, parent, piece, log-probability, and what a finished sentence is compared by), the index of the best, and
        dropped: continuations (step, parent, piece, log-probability) that the beam had no room for.
    """
    made = tree(lmdemo.load(model)(text, num_beams=num_beams, trace=True).trace, "", {})
    return {key: made[key] for key in ("nodes", "best", "dropped")}


def translate_look(
    text: str,
    model: Literal["lstm-translation", "lstm-translation-hindi"] = GERMAN,
    step: int = 0,
    place: int = 0,
    num_beams: int = TRANSLATION_BEAMS,
    lang: str = "en",
) -> dict:
    """Takes one cell of the alignment apart: products, their sum, and the softmax over all read pieces.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        step: Which written piece, from 0.
        place: Which read piece, from 0.
        num_beams: As for translate.
        lang: Language of error messages, en or hi-Latn.
    """
    made = lmdemo.load(model).take_apart(text, step, place, num_beams=num_beams)
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in made._asdict().items()}


def translate_compare(text: str, num_beams: int = TRANSLATION_BEAMS, lang: str = "en") -> dict:
    """Lets our network and the hub's T5-small translate the same sentence to German, side by side.

    Args:
        text: The sentence.
        num_beams: Beginnings that are kept at each step, 1 to 32.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By source what translate gives, or error: a sentence that says why the hub's model can't be had here.
    """
    return side_by_side(lambda source: translate(text, source=source, num_beams=num_beams), lang)


def translate_prove(lang: str = "en") -> list:
    """Runs the checks of the translator against torch's layers, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("lstm-translation")


def tree(trace: Mapping[str, np.ndarray], title: str, words: Mapping[str, str]) -> dict:
    """The search as the view draws it; of a very long one the beginning."""
    kept = (trace[f"beam_{k}"][:SHOWN_STEPS] for k in ("tokens", "parents", "scores", "endings"))
    dropped = tuple(trace[f"dropped_{k}"][:SHOWN_STEPS] for k in ("tokens", "parents", "scores"))
    return beam(title, *kept, words, dropped=dropped)
