"""The textbook block equals its Keras twin with copied weights, to 1e-5: states and gradients (dropout off)."""

import torch

from lmdemo.models.transformer import Transformer, TransformerConfig
from tests.keras.transformer import build

TOLERANCE = 1e-5


def in_keras_order(layer, name: str, grad: bool = False) -> list[torch.Tensor]:
    """Our weights (or their gradients) of one part, shaped as Keras keeps them: kernels (E, heads, D), matrices transposed."""

    def of(p):
        return p.grad if grad else p.detach()

    a = layer.attention
    H, D = a.num_attention_heads, a.head_dim
    if name == "attention":
        kernels, biases = of(a.qkv.weight).view(3, H, D, -1).permute(0, 3, 1, 2), of(a.qkv.bias).view(3, H, D)
        q, k, v = zip(kernels, biases, strict=True)
        return [*q, *k, *v, of(a.out.weight).T.reshape(H, D, -1), of(a.out.bias)]
    part = getattr(layer, name)
    return [of(part.weight).t(), of(part.bias)]  # .t() leaves a norm's vector as it is


def test_block_equals_its_keras_twin():
    torch.manual_seed(0)
    layer, twin = Transformer(TransformerConfig.textbook()).encoder.layers[0].eval(), build()
    for p in layer.parameters():
        torch.nn.init.normal_(p, std=0.3)
    parts = ("attention", "norm1", "up", "down", "norm2")
    weights = [v for v in twin.weights if v.dtype == "float32"]  # not the seeds of dropout
    # Keras sorts by layer: attention, first norm, the two dense layers, second norm
    for variable, value in zip(weights, [w for p in parts for w in in_keras_order(layer, p)], strict=True):
        variable.assign(value)
    assert sum(v.value.numel() for v in weights) == sum(p.numel() for p in layer.parameters())
    x = torch.randn(3, 11, 32)
    expected, (states, _) = twin(x, training=False), layer(x)
    assert (states - expected).abs().max() < TOLERANCE
    weight = torch.randn_like(states)
    (expected * weight).sum().backward()
    (states * weight).sum().backward()
    for variable, grad in zip(weights, [w for p in parts for w in in_keras_order(layer, p, grad=True)], strict=True):
        assert (variable.value.grad - grad).abs().max() < TOLERANCE * max(1, grad.abs().max())
    layer.norm1.eps = 1e-3  # a planted fault
    with torch.no_grad():
        assert (layer(x)[0] - expected).abs().max() > TOLERANCE
