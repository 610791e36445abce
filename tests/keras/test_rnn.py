"""The textbook RNN equals its Keras twin with copied weights, to 1e-5: answers and gradients."""

import torch

from lmdemo.models.rnn import RNN, RNNConfig
from tests.keras.rnn import build

TOLERANCE = 1e-5


def test_rnn_equals_its_keras_twin():
    torch.manual_seed(0)
    model, twin = RNN(RNNConfig.textbook()).eval(), build()
    layer = model.rnn.layers[0][0]
    ours = [model.embedding.weight, layer.W, layer.U, layer.b, model.head.weight, model.head.bias]
    for variable, weight in zip(twin.weights, ours, strict=True):
        variable.assign(weight.detach().T if weight is model.head.weight else weight.detach())
    assert twin.count_params() == model.num_parameters
    ids = torch.randint(10_000, (4, 20))
    expected, answer = twin(ids), model(ids).logits.sigmoid()
    assert (answer - expected).abs().max() < TOLERANCE
    expected.sum().backward()
    answer.sum().backward()
    for variable, weight in zip(twin.weights, ours, strict=True):
        gradient = weight.grad.T if weight is model.head.weight else weight.grad
        assert (variable.value.grad - gradient).abs().max() < TOLERANCE
    layer.U.data += 0.05  # a planted fault
    with torch.no_grad():
        assert (model(ids).logits.sigmoid() - expected).abs().max() > TOLERANCE
