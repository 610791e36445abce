"""The views of the transformer tabs: JSON within its budget, numbers that add up; the GPT tab's words in both languages."""

import base64
import json

import numpy as np
import pytest
import torch

import lmdemo
from demos.transformers import gpt as tab
from demos.transformers.parts import phrases
from demos.views import MAX_BYTES
from demos.views.attention import MAX_TOKENS, attention
from demos.views.next_tokens import KEPT, group, next_tokens
from demos.views.pieces import MAX_WORDS, pieces
from lmdemo.adapters.text_generation import GPTGeneration
from lmdemo.catalog import MODELS
from lmdemo.data import text
from lmdemo.errors import HubUnreachableError
from lmdemo.models.gpt import GPT, GPTConfig

PLAY = "ROMEO:\nIs the day so young?\n\nBENVOLIO:\nBut new struck nine.\n\nROMEO:\nAy me! sad hours seem long.\n" * 20


def floats(value: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(value), "<f4")


def trace(layers: int, heads: int, tokens: int, size: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    q, k, v = random.normal(size=(3, layers, heads, tokens, size)).astype(np.float32)
    mask = np.tri(tokens, dtype=bool)
    scores = np.where(mask, q @ k.swapaxes(-1, -2) / np.sqrt(size), -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return {
        "tokens": np.array([f"t{i}" for i in range(tokens)]),
        "attention": (weights / weights.sum(-1, keepdims=True)).astype(np.float32),
        "queries": q,
        "keys": k,
        "values": v,
        "mask": mask,
    }


def test_attention_of_gpt2s_size_fits_the_budget_and_its_cut_adds_up():
    made = attention(trace(2, 12, 200, 64), {}, block=1, head=3)
    assert len(json.dumps(made)) < MAX_BYTES and len(made["tokens"]) == MAX_TOKENS and made["first"] == 200 - MAX_TOKENS
    shown, before = floats(made["weights"]).reshape(MAX_TOKENS, MAX_TOKENS).sum(1), floats(made["before"])
    assert np.allclose(shown + before, 1, atol=1e-5) and len(made["pictures"]) == 12
    # What the script writes out: softmax over the shown keys, scaled by what lies before them, is the weight itself.
    q, k = floats(made["queries"]).reshape(-1, 64), floats(made["keys"]).reshape(-1, 64)
    i, j = 40, 13
    e = np.exp(q[i] @ k[: i + 1].T / 8)
    assert e[j] / (e.sum() / (1 - before[i])) == pytest.approx(
        floats(made["weights"]).reshape(MAX_TOKENS, -1)[i, j], rel=1e-4
    )
    assert not np.frombuffer(base64.b64decode(made["allowed"]), np.uint8).reshape(MAX_TOKENS, -1)[3, 4]


def test_attention_folded_and_without_queries():
    folded = attention(trace(2, 2, 5, 4), {"block": "x"}, notes=["a"])
    assert folded["block"] == -1 and "weights" not in folded and [b["note"] for b in folded["blocks"]] == ["a", ""]
    bare = {k: v for k, v in trace(2, 2, 5, 4).items() if k in ("tokens", "attention")}
    assert "queries" not in attention(bare, {}, block=0)


def test_next_tokens_and_the_rest_make_one_at_any_temperature():
    logits = np.sort(np.random.default_rng(0).normal(0, 3, 50_257))[::-1]
    made = group("t", [f"t{i}" for i in range(KEPT)], logits)
    assert len(json.dumps(next_tokens("", [made, made], tab.OPTIONS, {}))) < MAX_BYTES
    for temperature in (0.3, 0.8, 2.0):
        whole = np.exp((logits - logits[0]) / temperature).sum()
        mine = sum(np.exp(v / temperature) for v in made["logits"]) + sum(
            n * np.exp(v / temperature) for v, n in made["rest"]
        )
        assert mine == pytest.approx(whole, rel=2e-3)


def test_only_so_many_words_are_cut():
    made = pieces("t", [([["a", "b"], ["ab"]], [7])] * (MAX_WORDS + 5), {})
    assert len(made["cuts"]) == MAX_WORDS and made["left"] == 5


@pytest.fixture(scope="module")
def adapter(tmp_path_factory) -> GPTGeneration:
    folder, tokenizer = tmp_path_factory.mktemp("gpt"), text.byte_tokenizer([PLAY], 90)
    torch.manual_seed(0)
    GPT(
        GPTConfig(
            vocab_size=tokenizer.get_vocab_size(),
            max_position_embeddings=32,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=48,
        )
    ).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return GPTGeneration.open(folder, row=MODELS[tab.NAME], source="scratch", device="cpu")


@pytest.mark.parametrize("lang", ["en", "hi-Latn"])
@pytest.mark.parametrize(
    "given, off",
    [("ROMEO:\nIs the day é", "nothing"), ("I", "head"), (PLAY[:1500], "positions"), ("ROMEO:", "layer_norm")],
)
def test_what_the_gpt_tab_shows(adapter, monkeypatch, lang, given, off):
    monkeypatch.setattr(lmdemo, "load", lambda *_, **__: adapter)
    state = {
        "text": given,
        "where": "both",
        "options": dict(tab.OPTIONS),
        "off": off,
        "head": "0.1",
        "wrong": None,
        "written": None,
        "at": None,
        "answers": {
            "scratch": tab.answer(adapter, given),
            "hub": HubUnreachableError("hub_unreachable", expected="a", got="b", hint="c"),
        },
        "inside": tab.look(adapter, given, off, "0.1"),
    }
    sentence, bars, rows, cards, _ = tab.show_result(state, lang)
    assert len(bars["groups"]) == 1 and rows == {} and 'role="alert"' in cards
    assert ("é" in sentence) == ("é" in given) and ("24" in sentence) == (len(given) > 1000)
    inside = tab.show_inside(state, (1, 2), lang)
    assert all(len(json.dumps(v, default=str)) < MAX_BYTES for v in inside if isinstance(v, dict))
    assert (inside[7] == tab.say(lang, "switch.none")) == (off == "nothing")

    *_, (written,) = adapter.stream_many(given, 1, max_new_tokens=8, temperature=1.0, seed=0)
    row = {"source": "scratch", "n": 8, "seconds": 0.5, "first": 0.01, "text": written} | tab.take_apart(
        adapter, given, written
    )
    assert (
        "".join(row["tokens"]) == written[row["starts"][0] :]
        and "".join(row["tokens"][row["first_token"] :]) in written[len(given) :]
    )
    state |= {"written": [row], "how": {"max_new_tokens": 8}}
    index = row["first_token"]
    if index < len(row["tokens"]):
        before = written[: row["starts"][index]]
        state["at"] = {"row": 0, "index": index, "before": before, "answer": tab.answer(adapter, before)}
    sentence, bars, rows, *_ = tab.show_result(state, lang)
    assert "8 tokens" in sentence and rows["rows"][0]["pickable"] and "lmdemo.load" in tab.snippet_text(state)


def test_the_snippet_repeats_the_result(adapter, monkeypatch):
    monkeypatch.setattr(lmdemo, "load", lambda *_, **__: adapter)
    how = {"temperature": 0.9, "top_k": 5, "top_p": 0.9, "max_new_tokens": 6, "seed": 3}
    state = {"text": "Is the", "how": how, "answers": {"scratch": None}}
    said = []
    exec(tab.snippet_text(state), {"print": said.append})
    *_, (streamed,) = adapter.stream_many("Is the", 1, **how)
    assert said == [streamed]


def test_every_word_of_the_views_is_there():
    for prefix, names in (
        ("next", {"temperature", "top_k", "top_p", "all", "others", "choose", "after"}),
        ("view.shaded", {"character", "space", "newline"}),
    ):
        assert set(phrases(tab.WORDS, tab.say, "en", prefix)) == names
