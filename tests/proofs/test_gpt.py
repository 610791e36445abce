"""The proof of GPT passes, and turns red when a formula is wrong."""

import pytest

from lmdemo.models import gpt
from lmdemo.proofs import prove


def test_proof_passes():
    for check in prove("gpt"):
        assert check.passed, check


def without_scale(q, k, v, mask):
    weights = (q @ k.transpose(-2, -1)).masked_fill(~mask, -1e9).softmax(-1)
    return weights @ v, weights


def forgets(self, layer, pair):
    right = self.pairs[layer]
    right.narrow(3, self.length, pair.shape[3]).copy_(pair)
    return right.narrow(3, max(0, self.length - 1), pair.shape[3] + min(1, self.length))


@pytest.mark.parametrize(
    "place, name, fault, red",
    [
        (gpt, "attend", without_scale, "attention"),
        (gpt.KeyValueCache, "extend", forgets, "logits with cache"),
        (
            gpt,
            "CONV1D",
            ("attn.c_attn.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"),
            "logits",
        ),  # a square matrix left as it is
    ],
)
def test_a_planted_fault_turns_it_red(monkeypatch, place, name, fault, red):
    monkeypatch.setattr(place, name, fault)
    try:
        failed = [c.name for c in prove("gpt") if not c.passed]
    except RuntimeError:  # shapes that no longer fit are red too
        failed = [f"GPT {red}"]
    assert f"GPT {red}" in failed
