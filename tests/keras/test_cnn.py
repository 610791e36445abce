"""The textbook CNN equals its Keras twin with copied weights, to 1e-5."""

import numpy as np
import torch

from lmdemo.models.cnn import CNN, CNNConfig
from tests.keras.cnn import build


def copy_into_keras(model: CNN, twin) -> None:
    """Keras keeps kernels as (k, k, C, F), matrices transposed, and flattens (H, W, F), not (F, H, W)."""
    layers = [layer for layer in twin.layers if layer.weights]
    for conv, layer in zip(model.convs, layers[:2], strict=True):
        layer.set_weights([conv.weight.detach().permute(2, 3, 1, 0).numpy(), conv.bias.detach().numpy()])
    first = model.fcs[0].weight.detach().view(64, 64, 5, 5).permute(2, 3, 1, 0).reshape(-1, 64)
    layers[2].set_weights([first.numpy(), model.fcs[0].bias.detach().numpy()])
    layers[3].set_weights([model.classifier.weight.detach().T.numpy(), model.classifier.bias.detach().numpy()])


def test_cnn_equals_its_keras_twin():
    torch.manual_seed(0)
    model, twin = CNN(CNNConfig.textbook()).eval(), build()
    copy_into_keras(model, twin)
    assert twin.count_params() == model.num_parameters
    x = torch.rand(4, 1, 28, 28)
    with torch.inference_mode():
        ours = model(x).logits.numpy()
        theirs = twin(x.permute(0, 2, 3, 1)).detach().numpy()
    assert np.abs(ours - theirs).max() < 1e-5
    model.convs[0].bias.data += 0.01  # a planted fault
    with torch.inference_mode():
        assert np.abs(model(x).logits.numpy() - theirs).max() > 1e-4
