"""The proofs of the vocoders pass, and turn red when something is wrong."""

import pytest
import torch

from lmdemo.data import vocoding
from lmdemo.models import closed_loop, compiled, waveglow, wavenet, wavernn, wavernn_stacked
from lmdemo.proofs import prove


def failed(member: str) -> set[str]:
    return {check.name for check in prove(member) if not check.passed}


@pytest.mark.parametrize("member, least", [("wavenet", 10), ("wavernn", 10), ("waveglow", 7)])
def test_all_checks_pass(member, least):
    checks = prove(member)
    assert len(checks) >= least and all(check.passed for check in checks), checks


@pytest.mark.parametrize("member", ["wavenet", "wavernn"])
def test_without_a_compiler_the_rest_is_proved(monkeypatch, member):
    monkeypatch.setattr(compiled, "find", lambda name: None)
    checks = prove(member)
    assert len(checks) >= 6 and not any("compiled" in c.name for c in checks) and all(c.passed for c in checks)


@pytest.mark.parametrize("member", ["wavenet", "wavernn", "waveglow"])
def test_other_mels_are_found(monkeypatch, member):
    right = vocoding.mels
    monkeypatch.setattr(vocoding, "mels", lambda x: right(x) + 1e-4)
    assert failed(member) == {"log mels"}


def looks_ahead(x, kernel_size, dilation, right=wavenet.taps_of):
    return right(x, kernel_size, dilation).roll(-1, 1)


def further(x, kernel_size, dilation, right=wavenet.taps_of):
    return right(x, kernel_size, dilation + 1)


@pytest.mark.parametrize("fault", [looks_ahead, further])
def test_a_wavenet_that_hears_the_wrong_samples_is_found(monkeypatch, fault):
    monkeypatch.setattr(wavenet, "taps_of", fault)
    assert {"WaveNet, causality", "WaveNet, small", "WaveNet, as shipped", "WaveNet, queues"} <= failed("wavenet")


def test_a_queue_that_forgets_is_found(monkeypatch):
    right = wavenet.Queue.taps
    monkeypatch.setattr(wavenet.Queue, "taps", lambda self, x: right(self, x) * (1 - 1e-3))
    red = failed("wavenet")
    assert {"WaveNet, queues", "WaveNet, textbook, queues", "WaveNet, speaking", "WaveNet, compiled, logits"} <= red
    assert "WaveNet, small" not in red


def test_a_gate_that_is_none_is_found(monkeypatch):
    monkeypatch.setattr(wavenet.torch, "sigmoid", torch.tanh)  # also in the reference, but not in the compiled loop
    assert "WaveNet, compiled, logits" in failed("wavenet")


@pytest.mark.parametrize("member", ["wavenet", "wavernn"])
def test_a_loop_that_predicts_otherwise_is_found(monkeypatch, member):
    right = closed_loop.level_of
    monkeypatch.setattr(closed_loop, "level_of", lambda value: min(right(value) + 1, 255))
    red = failed(member)
    assert any(name.endswith("speaking") for name in red) and any("compiled, logits" in name for name in red)


def test_a_wrong_cell_is_found(monkeypatch):
    right = wavernn.cell
    for module in (wavernn, wavernn_stacked):
        monkeypatch.setattr(module, "cell", lambda a, h, U, b: right(a, h, U, b) * 0.999)
    from lmdemo.proofs import wavernn as proof

    monkeypatch.setattr(proof, "cell", wavernn.cell)
    red = failed("wavernn")
    assert {"WaveRNN cell", "WaveRNN, speaking", "WaveRNN, compiled, logits", "WaveRNN, stacked, step by step"} <= red
    assert "WaveRNN states" not in red


def test_a_wrong_gradient_is_found(monkeypatch):
    right = wavernn.Steps.backward

    def forgets(ctx, *gradients):
        da, dh, dU, *rest = right(ctx, *gradients)
        return da, dh, dU * 0.99, *rest

    monkeypatch.setattr(wavernn.Steps, "backward", staticmethod(forgets))
    assert failed("wavernn") == {"WaveRNN gradients"}


def test_torchaudios_weights_in_each_others_place_are_found(monkeypatch):
    right, swap = wavernn_stacked.torchaudio_names, {"grus.0.U": "grus.1.U", "grus.1.U": "grus.0.U"}
    monkeypatch.setattr(wavernn_stacked, "torchaudio_names", lambda s: {k: swap.get(v, v) for k, v in right(s).items()})
    assert {"WaveRNN, stacked", "WaveRNN, stacked, step by step"} <= failed("wavernn")


def test_a_way_back_that_is_not_the_way_there_is_found(monkeypatch):
    right = waveglow.FlowStep.inverse
    monkeypatch.setattr(waveglow.FlowStep, "inverse", lambda self, x, condition: right(self, x, condition * 1.01))
    assert failed("waveglow") == {"WaveGlow as shipped, there and back", "WaveGlow as published, there and back"}


@pytest.mark.parametrize("fault", ["turn", "scale"])
def test_a_wrong_determinant_is_found(monkeypatch, fault):
    right = waveglow.FlowStep.forward

    def wrong(self, x, condition):
        made, determinant = right(self, x, condition)
        turned = torch.slogdet(self.weight)[1] * x.shape[0] * x.shape[2]
        return made, determinant - turned if fault == "turn" else 0.5 * (determinant - turned) + turned

    monkeypatch.setattr(waveglow.FlowStep, "forward", wrong)
    assert {"WaveGlow as shipped, log-determinant", "WaveGlow as published, log-determinant"} == failed("waveglow")


def test_a_wrong_loss_is_found(monkeypatch):
    right = waveglow.WaveGlow.forward
    monkeypatch.setattr(
        waveglow.WaveGlow, "forward", lambda *a, **k: (o := right(*a, **k))._replace(loss=o.loss - 0.01)
    )
    assert {"WaveGlow as shipped, likelihood", "WaveGlow as published, likelihood"} == failed("waveglow")
