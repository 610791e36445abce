"""The textbook WaveNet equals its Keras twin with copied weights, to 1e-5: answers and gradients."""

import pytest
import torch

from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from tests.keras.wavenet import build

TOLERANCE = 1e-5


def in_keras_order(weight: torch.Tensor, kernel_size: int) -> torch.Tensor:
    """Keras keeps kernels as (taps, inputs, outputs), the oldest tap first."""
    return weight.T.unflatten(0, (kernel_size, -1)) if weight.ndim == 2 else weight


def test_wavenet_equals_its_keras_twin():
    torch.manual_seed(0)
    model, twin = WaveNet(WaveNetConfig.textbook()).eval(), build()
    ours = [
        (p, 2 if name == "dilated" else 1)
        for block in model.blocks
        for name in ("dilated", "squashed", "out")
        for p in (getattr(block, name).weight, getattr(block, name).bias)
    ] + [(model.head.weight, 1), (model.head.bias, 1)]
    for variable, (weight, taps) in zip(twin.weights, ours, strict=True):
        variable.assign(in_keras_order(weight.detach(), taps))
    assert twin.count_params() == model.num_parameters
    waveform = torch.randn(3, 50, 1)
    expected, logits = twin(waveform), model(waveform).logits
    assert (logits - expected).abs().max() < TOLERANCE
    chosen = torch.randn_like(logits)
    (expected * chosen).mean().backward()
    (logits * chosen).mean().backward()
    for variable, (weight, taps) in zip(twin.weights, ours, strict=True):
        assert (variable.value.grad - in_keras_order(weight.grad, taps)).abs().max() < TOLERANCE


@pytest.mark.parametrize("fault", ["one weight", "newest tap first", "other dilations"])
def test_another_wavenet_than_keras_is_found(monkeypatch, fault):
    if fault == "other dilations":
        monkeypatch.setattr(
            WaveNetConfig, "textbook", lambda: WaveNetConfig(dilations=(1, 2, 3), channels=32, plain=True)
        )
    elif fault == "newest tap first":
        from lmdemo.models import wavenet

        right = wavenet.taps_of
        monkeypatch.setattr(
            wavenet, "taps_of", lambda x, k, d: right(x, k, d).unflatten(-1, (k, -1)).flip(-2).flatten(-2)
        )
    else:
        right = WaveNet.begin
        monkeypatch.setattr(WaveNet, "begin", lambda self, x: right(self, x) * 1.01)
    with pytest.raises(AssertionError):
        test_wavenet_equals_its_keras_twin()
