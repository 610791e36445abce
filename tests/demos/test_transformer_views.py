"""The views of the transformer tabs: JSON within its budget, numbers that add up."""

import base64
import json

import numpy as np
import pytest

from demos.views import MAX_BYTES
from demos.views import strip as strips
from demos.views.addition import MAX_ROWS as ROWS
from demos.views.addition import addition
from demos.views.arcs import MAX_TOKENS as TOKENS
from demos.views.arcs import arcs
from demos.views.attention import MAX_TOKENS, attention
from demos.views.cloze import cloze
from demos.views.contributions import contributions
from demos.views.lens import lens
from demos.views.next_tokens import KEPT, group, next_tokens
from demos.views.pieces import MAX_WORDS, pieces
from demos.views.turns import turn, turns
from demos.views.vocabulary import MOST, vocabulary

OPTIONS = {"temperature": 0.8, "top_k": 0, "top_p": 1.0}


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
    assert len(json.dumps(next_tokens("", [made, made], OPTIONS, {}))) < MAX_BYTES
    for temperature in (0.3, 0.8, 2.0):
        whole = np.exp((logits - logits[0]) / temperature).sum()
        mine = sum(np.exp(v / temperature) for v in made["logits"]) + sum(
            n * np.exp(v / temperature) for v, n in made["rest"]
        )
        assert mine == pytest.approx(whole, rel=2e-3)


def test_only_so_many_words_are_cut():
    made = pieces("t", [([["a", "b"], ["ab"]], [7])] * (MAX_WORDS + 5), {})
    assert len(made["cuts"]) == MAX_WORDS and made["left"] == 5


def test_folded_words_stand_whole():
    assert (
        pieces("t", [([["ab"], ["a", "b"]], [1, 2])], {}, folded=True)["folded"] and not pieces("t", [], {})["folded"]
    )


def test_arcs_hold_all_heads_of_a_text_within_the_budget():
    made = arcs(trace(4, 6, 40, 8), {}, colour="bert", block=9, head=-5)
    size = len(made["tokens"])
    assert (size, made["left"], made["block"], made["head"]) == (TOKENS, 40 - TOKENS, 3, -1)
    large = arcs(trace(12, 12, 60, 4), {}, colour="bert")
    assert len(json.dumps(large)) < MAX_BYTES and len(large["tokens"]) > 20
    small = np.frombuffer(base64.b64decode(made["weights"]), np.uint8).reshape(4, 6, size, size)
    assert np.allclose((small / 255) ** 2, trace(4, 6, 40, 8)["attention"][:, :, :size, :size], atol=0.005)


def test_numbers_that_are_added_come_back():
    random = np.random.default_rng(0)
    words, places = random.normal(size=(2, 60, 768)).astype(np.float32)
    made = addition(["w"] * 60, [("a", words), ("b", places), ("c", words + places)], {})
    assert len(json.dumps(made)) < MAX_BYTES and (len(made["tokens"]), made["left"], made["size"]) == (
        ROWS,
        60 - ROWS,
        768,
    )
    for part, values in zip(made["parts"], (words, places, words + places), strict=True):
        back = np.frombuffer(base64.b64decode(part["values"]), "<i2").reshape(ROWS, 768) / 32_000 * part["largest"]
        assert np.allclose(back, values[:ROWS], atol=2e-4)


def test_the_words_that_add_most_are_kept_in_their_order():
    added = np.linspace(-1, 1, 40)
    made = contributions("t", [f"w{n}" for n in range(40)], added, np.ones(40) / 40, {}, colour="transformer")
    assert (
        made["left"] == 40 - len(made["rows"]) and made["rows"][0]["word"] == "w0" and made["rows"][-1]["word"] == "w39"
    )
    assert [float(r["word"][1:]) for r in made["rows"]] == sorted(float(r["word"][1:]) for r in made["rows"])


def test_masks_are_filled_in_their_order():
    made = cloze("t", ["A", "[MASK]", "and", "[MASK]"], [False, True, False, True], ["dog", "cat"])
    assert [w.get("filled") for w in made["words"]] == [None, "dog", None, "cat"]
    shown = turns("t", [turn("dog", {"dog": 0.123456, "cat": 0.1}, 0.123456, 1), "."], {})
    assert shown["items"][0]["candidates"][0] == ["dog", 0.1235] and shown["items"][1] == {"text": "."}


def test_a_large_vocabulary_is_cut_to_its_most_probable():
    p = np.random.default_rng(0).dirichlet(np.full(30_522, 0.05), 2).T
    names = [f"word{n}" for n in range(len(p))]
    made = vocabulary("t", names, p, {}, colour="bert")
    assert len(json.dumps(made)) < MAX_BYTES and made["total"] == 30_522 and len(made["names"]) == MOST
    n = names.index(made["names"][0])
    assert p[n].max() == p.max() and made["first"][0] == round(100 * np.log10(max(p[n, 0], 1e-7)))


def whole_trace(layers: int, heads: int, tokens: int, size: int, units: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    many = {name: random.normal(size=(layers, tokens, size)).astype(np.float32) for name in ("attended", "fed")}
    first = {name: random.normal(size=(tokens, size)).astype(np.float32) for name in ("embeddings", "positions")}
    stream = np.concatenate(
        (first["embeddings"][None] + first["positions"][None], many["attended"] + many["fed"])
    ).cumsum(0)
    more = {"hidden_states": stream, "units": random.normal(size=(layers, tokens, units)).astype(np.float32)}
    return trace(layers, heads, tokens, 4) | first | many | more


def test_the_strip_of_gpt2s_size_fits_the_budget_and_tells_what_the_trace_holds():
    traced = whole_trace(12, 12, 40, 768, 3072)
    kept = strips.cut(traced, range(140), [[{"a": 0.5, "b": 0.1}] * 13] * 4)
    made = strips.strip(kept, [[("a", 0.5)] * 5] * 16, {}, block=99, head=99)
    assert len(json.dumps(made)) < MAX_BYTES and (made["block"], made["head"]) == (11, 11)
    T = strips.TOKENS
    assert (made["first"], made["ids"][-1], made["tokens"]) == (124, 139, [f"t{i}" for i in range(24, 40)])
    weights = np.frombuffer(base64.b64decode(made["attention"]), "<u2").reshape(12, 12, T, T + 1) / 65_535
    assert np.allclose(weights.sum(-1), 1, atol=1e-3) and np.allclose(
        weights[..., 1:], traced["attention"][..., 24:, 24:], atol=1e-4
    )
    assert np.allclose(made["lengths"]["stream"], np.linalg.norm(traced["hidden_states"][:, 24:], axis=-1), atol=0.01)
    for name, given in (("stream", "hidden_states"), ("fed", "fed")):
        values = np.frombuffer(base64.b64decode(made["vectors"][name]["values"]), np.int8).reshape(-1, T, made["shown"])
        scales = np.array(made["vectors"][name]["scales"])[:, None, None]
        whole = traced[given][:, 24:, : made["shown"]].clip(-scales, scales)
        assert np.allclose(values / 127 * scales, whole, atol=scales.max() / 127)
    unit, value = made["units"][3][5][0]
    assert value == pytest.approx(traced["units"][3, 29].max(), abs=0.01) and unit == traced["units"][3, 29].argmax()
    assert made["active"][3][5] == (traced["units"][3, 29] > 0).sum()
    assert made["lens"][0][0] == ("a", 0.5) and len(made["lens"]) == 4


def test_the_strip_of_one_token():
    traced = whole_trace(2, 2, 1, 8, 16)
    made = strips.strip(strips.cut(traced, [7], [[{"a": 0.5}] * 3]), [[("a", 1.0)]], {})
    assert (made["tokens"], made["first"], made["shown"], made["block"], made["head"], made["token"]) == (
        ["t0"],
        0,
        8,
        0,
        -1,
        -1,
    )


def test_a_lens_tells_each_layers_answers():
    made = lens(["a", "b"], [[{"x": 0.25}, {"y": 0.5, "z": 0.25}]] * 2, {"w": "w"})
    assert made["cells"][1][1] == [("y", 0.5), ("z", 0.25)] and made["tokens"] == ["a", "b"]
