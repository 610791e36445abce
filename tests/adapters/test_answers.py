"""Every shipped model is asked something with a known answer: a row of ASKED each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import lmdemo
from lmdemo.catalog import MODELS
from lmdemo.data import vocoding
from tests.conftest import PROJECT

TABS = PROJECT / "demos" / "tabs"
CLIPS, SPEECH = TABS / "audio" / "siamese" / "examples", TABS / "recurrent" / "speech" / "examples"
HOURS = np.arange(896)
DAILY = 10 + 5 * np.sin(2 * np.pi * HOURS / 24)  # the last 96 are kept back


@dataclass(frozen=True)
class Asked:
    """What a model is asked, and what must hold of its answer."""

    inputs: Any
    holds: Callable[[Any], bool]
    method: str = "__call__"
    options: tuple[tuple[str, Any], ...] = ()


def praised(label: str, least: float) -> Callable[[Any], bool]:
    return lambda r: r.label == label and r.score >= least


def first_digit() -> np.ndarray:
    from sklearn.datasets import load_digits

    return (load_digits().images[0] * 255 / 16).astype(np.uint8).repeat(12, 0).repeat(12, 1)


def recording(name: str) -> Any:
    """An excerpt under noise, to be found among three recordings."""
    adapter = lmdemo.load("siamese-fingerprint", device="cpu")
    known = {n: adapter.enroll(CLIPS / f"{n}.ogg") for n in ("bells", "strings", "talk")}
    return adapter.excerpt(CLIPS / f"{name}.ogg", start=2.0, decibels=5.0), known


def speaks(result: Any) -> bool:
    """The sound has the mels that were asked for, and is voiced where they are."""
    mel, made = result.trace["log_mel"], vocoding.mels(result.waveform)
    voiced = vocoding.pitch(mel).strength > vocoding.VOICED
    return np.abs(made - mel).mean() < 1.5 and vocoding.pitch(made).strength[voiced].mean() > vocoding.VOICED


PRAISE, HINGLISH = "A wonderful, moving and very funny film.", "kya mast movie thi bhai , dil khush ho gaya"
GREEDY = (("temperature", 0), ("max_new_tokens", 12))
ASKED = {
    "cnn-fashion": Asked(TABS / "vision" / "cnn" / "examples" / "sneaker.png", praised("Sneaker", 0.8)),
    "cnn-digits": Asked(first_digit, praised("0", 0.8)),
    "yolo-cells": Asked(
        TABS / "vision" / "yolo" / "examples" / "cells-1.jpg",
        lambda r: 14 <= Counter(o.label for o in r.objects)["RBC"] <= 24 and "WBC" in {o.label for o in r.objects},
        options=(("score_threshold", 0.4),),
    ),
    "yolo-drawings": Asked(
        TABS / "vision" / "yolo" / "examples" / "drawing-1.jpg",
        lambda r: {o.label for o in r.objects if o.score > 0.8} >= {"3", "6", "7", "9", "square", "star"},
    ),
    "rnn-sentiment": Asked(PRAISE, praised("positive", 0.9)),
    "lstm-sentiment": Asked(PRAISE, praised("positive", 0.9)),
    "transformer-sentiment": Asked(PRAISE, praised("positive", 0.8)),
    "lstm-hinglish": Asked(HINGLISH, praised("positive", 0.4)),
    "transformer-hinglish": Asked(HINGLISH, praised("positive", 0.4)),
    "rnn-char": Asked("ROMEO:\n", lambda r: r.text == "ROMEO:\nI will not s", options=GREEDY),
    "lstm-char": Asked("ROMEO:\n", lambda r: r.text == "ROMEO:\nI will not s", options=GREEDY),
    "gpt-shakespeare": Asked("ROMEO:\n", lambda r: r.text.startswith("ROMEO:\nI'll not be a bawd"), options=GREEDY),
    "lstm-forecast": Asked(DAILY[:-96].tolist(), lambda r: np.abs(r.mean - DAILY[-96:]).mean() < 1),
    "lstm-speech": Asked(SPEECH / "repeat.flac", lambda r: r.text == "repeat"),
    "lstm-translation": Asked("A man is riding a bike.", lambda r: r.translation_text == "Ein Mann fährt Fahrrad."),
    "lstm-translation-hindi": Asked("I am tired.", lambda r: r.translation_text == "मैं थक गया हूँ।"),
    "bert-captions": Asked(
        "A man is riding a [MASK] down the street.",
        lambda r: {"bike", "bicycle", "motorcycle"} <= set(list(r.candidates[0])[:4]),
    ),
    "waveglow": Asked(CLIPS / "voice-0-0.ogg", speaks, options=(("trace", True),)),
    "siamese-speaker": Asked(
        (CLIPS / "voice-0-0.ogg", CLIPS / "voice-0-1.ogg"), lambda r: r.same and 0.8 <= r.score <= 1
    ),
    "siamese-fingerprint": Asked(
        lambda: recording("bells"), lambda r: r[0].name == "bells" and abs(r[0].seconds - 2) <= 0.5, method="find"
    ),
    "siamese-sound": Asked(CLIPS / "sea-waves.ogg", praised("sea waves", 0.3)),
}


def test_every_model_is_asked():
    assert set(ASKED) == set(MODELS)


@pytest.mark.parametrize("name", ASKED)
def test_a_model_answers_what_is_known(name):
    asked, adapter = ASKED[name], lmdemo.load(name, device="cpu")
    given = asked.inputs() if callable(asked.inputs) else asked.inputs
    arguments = given if asked.method == "find" else (given,)
    result = getattr(adapter, asked.method)(*arguments, **dict(asked.options))
    assert asked.holds(result), result


def test_two_people_are_told_apart():
    result = lmdemo.load("siamese-speaker", device="cpu").verify(CLIPS / "voice-0-0.ogg", CLIPS / "voice-1-0.ogg")
    assert not result.same
