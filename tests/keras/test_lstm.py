"""The textbook LSTM equals its Keras twin with copied weights, to 1e-5: answers and gradients (dropout off)."""

import torch

from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.proofs.lstm import reorder
from tests.keras.lstm import build

TOLERANCE = 1e-5


def in_keras_order(name: str, weight: torch.Tensor) -> torch.Tensor:
    """Keras keeps i, f, candidate, o side by side, and matrices of dense layers transposed."""
    if name in ("W", "U", "b"):
        return reorder(weight)
    return weight.T if name == "head" else weight


def test_lstm_equals_its_keras_twin():
    torch.manual_seed(0)
    model, twin = LSTM(LSTMConfig.textbook()).eval(), build()
    layer = model.lstm.layers[0][0]
    ours = {
        "embedding": model.embedding.weight,
        "W": layer.W,
        "U": layer.U,
        "b": layer.b,
        "head": model.head.weight,
        "bias": model.head.bias,
    }
    weights = [v for v in twin.weights if v.dtype == "float32"]  # not the seeds of dropout
    for variable, (name, weight) in zip(weights, ours.items(), strict=True):
        variable.assign(in_keras_order(name, weight.detach()))
    assert sum(v.value.numel() for v in weights) == model.num_parameters
    ids = torch.randint(10_000, (4, 20))
    expected, answer = twin(ids, training=False), model(ids).logits.sigmoid()
    assert (answer - expected).abs().max() < TOLERANCE
    expected.sum().backward()
    answer.sum().backward()
    for variable, (name, weight) in zip(weights, ours.items(), strict=True):
        assert (variable.value.grad - in_keras_order(name, weight.grad)).abs().max() < TOLERANCE
    layer.U.data += 0.05  # a planted fault
    with torch.no_grad():
        assert (model(ids).logits.sigmoid() - expected).abs().max() > TOLERANCE
