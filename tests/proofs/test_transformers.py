"""The proofs of Transformer and BERT pass, and planted faults turn them red."""

import pytest
from torch import nn

from lmdemo.models import bert, transformer
from lmdemo.proofs import prove


@pytest.mark.parametrize("member", ["transformer", "bert"])
def test_proofs_pass(member):
    checks = prove(member)
    assert len(checks) >= 4 and all(c.passed for c in checks), checks


def failed(member: str) -> set[str]:
    return {c.name for c in prove(member) if not c.passed}


def test_without_the_scale_attention_differs(monkeypatch):
    right = transformer.attend
    monkeypatch.setattr(transformer, "attend", lambda Q, K, V, *rest: right(Q * Q.shape[-1] ** 0.5, K, V, *rest))
    assert {"attend", "Transformer"} <= failed("transformer")


def test_a_mask_that_hides_nothing_is_found(monkeypatch):
    monkeypatch.setattr(transformer, "padding_mask", lambda valid: None)
    monkeypatch.setattr(bert, "padding_mask", lambda valid: None)
    assert any("EncoderLayer" in name for name in failed("transformer")) and "Bert, logits" in failed("bert")


def test_cosines_in_the_place_of_sines_are_found(monkeypatch):
    right = transformer.sinusoids
    monkeypatch.setattr("lmdemo.proofs.transformer.sinusoids", lambda T, E: right(T, E).roll(1, 1))
    assert "sinusoids" in failed("transformer")


def test_norms_in_the_other_order_are_found(monkeypatch):
    right = transformer.EncoderLayer.forward

    def other(self, *args, **options):
        self.norm_first = not self.norm_first
        try:
            return right(self, *args, **options)
        finally:
            self.norm_first = not self.norm_first

    monkeypatch.setattr(transformer.EncoderLayer, "forward", other)
    assert len(failed("transformer")) >= 4


def test_queries_and_keys_of_a_hub_file_swapped_are_found(monkeypatch):
    right = bert.translate
    swap = {"query": "value", "value": "query"}
    monkeypatch.setattr(bert, "translate", lambda name: (right(name)[0], swap.get(right(name)[1], right(name)[1])))
    assert {"Bert, logits", "Bert, pooled output"} <= failed("bert")


def test_another_activation_is_found(monkeypatch):
    monkeypatch.setitem(transformer.ACTIVATIONS, "gelu", lambda x: nn.functional.gelu(x, approximate="tanh"))
    assert "Bert, logits" in failed("bert")
