"""Every adapter answers the protocol of its task, methods and arguments alike; the shipped models answer what is known."""

import inspect
import subprocess
import sys

import pytest

import lmdemo
from lmdemo.adapters import protocols
from lmdemo.catalog import HUB, MODELS
from lmdemo.loading import DARKNET_ADAPTER, adapter_class
from tests.conftest import PROJECT

VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
# What instances alone have.
SET_WHEN_MADE = {"info", "labels", "context", "vocabulary"}


def members(protocol: type) -> set[str]:
    """The names that a protocol asks for, those of the protocols that it builds on included."""
    names: set[str] = set()
    for base in protocol.__mro__:
        if getattr(base, "_is_protocol", False):
            names |= {n for n in vars(base) if n == "__call__" or not n.startswith("_")}
            names |= set(getattr(base, "__annotations__", {}))
    return names


def faults(adapter: type, protocol: type) -> list[str]:
    """What a class lacks of a protocol, with whose arguments it could not be called."""
    found = []
    for name in sorted(members(protocol)):
        asked = next((vars(b)[name] for b in protocol.__mro__ if name in vars(b)), None)
        given = inspect.getattr_static(adapter, name, None)
        if given is None:
            if name not in SET_WHEN_MADE:
                found.append(f"no {name}")
            continue
        if not inspect.isfunction(asked):
            continue
        if not callable(getattr(adapter, name)):
            found.append(f"{name} is no method")
            continue
        own = inspect.signature(getattr(adapter, name)).parameters
        own = {n: p for n, p in own.items() if n != "self"}
        takes_any = any(p.kind is p.VAR_KEYWORD for p in own.values())
        wanted = {n: p for n, p in inspect.signature(asked).parameters.items() if n != "self"}
        for n, p in wanted.items():
            if p.kind in VARIABLE:
                found += [] if takes_any else [f"{name}: no **{n}"]
            elif n not in own and not (takes_any and p.kind is p.KEYWORD_ONLY):
                found.append(f"{name}: no {n}")
            elif n in own and p.default is not p.empty and own[n].default is p.empty:
                found.append(f"{name}: {n} has no default")
        found += [
            f"{name}: {n} must be given"
            for n, p in own.items()
            if n not in wanted and p.default is p.empty and p.kind not in VARIABLE
        ]
    return found


ADAPTERS = {
    **{row.adapter: row.task for row in MODELS.values()},
    **{row.adapter: row.task for row in HUB.values() if row.adapter},
    DARKNET_ADAPTER: "object-detection",
}


@pytest.mark.parametrize("dotted", ADAPTERS)
def test_an_adapter_answers_the_protocol_of_its_task(dotted):
    adapter = adapter_class(dotted)
    assert faults(adapter, protocols.TASKS[ADAPTERS[dotted]]) == []
    assert faults(adapter, protocols.OURS.get(adapter.__name__, protocols.Answers)) == []


def test_the_hubs_answer_what_pages_ask_of_both():
    for dotted, protocol in (
        (HUB["gpt2"].adapter, protocols.GeneratesTokens),
        (HUB["ecapa-voxceleb"].adapter, protocols.Verifies),
        (MODELS["siamese-speaker"].adapter, protocols.ShowsEmbedding),
    ):
        assert faults(adapter_class(dotted), protocol) == []


@pytest.mark.parametrize("row", MODELS.values(), ids=lambda r: r.name)
def test_an_opened_model_is_one(row):
    adapter = lmdemo.load(row.name, device="cpu")
    assert isinstance(adapter, protocols.TASKS[row.task])
    assert isinstance(adapter, protocols.OURS.get(type(adapter).__name__, protocols.Answers))


def test_a_renamed_method_and_another_argument_are_found():
    class Renamed(adapter_class(MODELS["gpt-shakespeare"].adapter)):
        lens = None
        token_starts = property()

        def surprise(self, given):
            return given

    assert faults(Renamed, protocols.ShowsDecoder) == [
        "no lens",
        "surprise: no inputs",
        "surprise: no **switches",
        "surprise: given must be given",
        "token_starts is no method",
    ]


def test_options_are_those_that_preprocess_names():
    for name, options in {
        "lstm-translation": ("num_beams", "attend"),
        "lstm-speech": ("num_beams", "word_model", "speed"),
        "cnn-fashion": (),
        "yolo-cells": ("score_threshold", "iou_threshold", "iou_across", "labels"),
        "gpt-shakespeare": None,
        "waveglow": ("seed", "sigma", "hold_mels"),
    }.items():
        assert lmdemo.load(name, device="cpu").options == options


def test_protocols_cost_no_torch():
    code = "import sys, lmdemo.adapters.protocols; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0
