"""The proofs of RNN and LSTM pass, and turn red when a formula is wrong."""

import pytest
import torch

from lmdemo.models import lstm, rnn
from lmdemo.proofs import prove


@pytest.mark.parametrize("member", ["rnn", "lstm"])
def test_proof_passes(member):
    for check in prove(member):
        assert check.passed, check


def test_a_wrong_rnn_is_found(monkeypatch):
    def without_memory(a, h, U):
        return a.tanh()

    monkeypatch.setattr(rnn, "run", without_memory)
    assert not all(check.passed for check in prove("rnn"))


def test_a_wrong_lstm_is_found(monkeypatch):
    right = lstm.run
    monkeypatch.setattr(lstm, "run", lambda a, h, c, U, mask=None, open_gates=(): right(a, h, c, U, mask, ("forget",)))
    failed = {check.name for check in prove("lstm") if not check.passed}
    assert {"LSTM step", "LSTM states"} <= failed


@pytest.mark.parametrize("module", [rnn, lstm])
def test_a_wrong_gradient_is_found(monkeypatch, module):
    right = module.Steps.backward

    def forgets_the_state(ctx, *gradients):
        found = list(right(ctx, *gradients))
        found[-2 if module is lstm else -1] *= 0.99
        return tuple(found)

    monkeypatch.setattr(module.Steps, "backward", staticmethod(forgets_the_state))
    failed = {check.name.split(" ", 1)[1] for check in prove(module.__name__.rsplit(".", 1)[1]) if not check.passed}
    assert failed == {"gradients"}


def test_gradient_through_time_equals_autograds_with_recurrent_dropout():
    torch.manual_seed(0)
    a, h, c = (torch.randn(*s, dtype=torch.float64, requires_grad=True) for s in ((6, 3, 20), (3, 5), (3, 5)))
    U = torch.randn(5, 20, dtype=torch.float64, requires_grad=True)
    mask = torch.bernoulli(torch.full((3, 5), 0.8, dtype=torch.float64)) / 0.8
    assert torch.autograd.gradcheck(lambda *x: lstm.Steps.apply(*x, mask), (a, h, c, U))
