"""The RNN against torch.nn.RNN: states, last states and gradients, with copied weights."""

import torch
from torch import nn

from lmdemo.models.rnn import RNNStack
from lmdemo.proofs import Check

TOLERANCE = 1e-5


def copy_layer(layer, reference: nn.Module, suffix: str) -> None:
    """Writes torch's weights (units, inputs), its two biases summed, into ours (inputs, units)."""
    with torch.no_grad():
        layer.W.copy_(getattr(reference, f"weight_ih_{suffix}").T)
        layer.U.copy_(getattr(reference, f"weight_hh_{suffix}").T)
        layer.b.copy_(getattr(reference, f"bias_ih_{suffix}") + getattr(reference, f"bias_hh_{suffix}"))


def gradients_differ(ours: nn.Module, reference: nn.Module, layers: int, directions: int) -> float:
    """The largest difference between the gradients of corresponding weights."""
    worst = 0.0
    for n in range(layers):
        for d in range(directions):
            layer, suffix = ours.layers[n][d], f"l{n}" + "_reverse" * d
            for mine, theirs in (
                (layer.W, f"weight_ih_{suffix}"),
                (layer.U, f"weight_hh_{suffix}"),
                (layer.b, f"bias_ih_{suffix}"),
            ):
                worst = max(worst, (mine.grad.t() - getattr(reference, theirs).grad).abs().max().item())
    return worst


def compare(layers: int, bidirectional: bool) -> dict[str, float]:
    """Largest differences from torch.nn.RNN on random input of various lengths, by what was compared."""
    torch.manual_seed(0)
    ours = RNNStack(6, 5, layers, bidirectional, 0.0)
    reference = nn.RNN(6, 5, layers, bidirectional=bidirectional)
    directions = 1 + bidirectional
    for n in range(layers):
        for d in range(directions):
            copy_layer(ours.layers[n][d], reference, f"l{n}" + "_reverse" * d)
    x, lengths = torch.randn(12, 4, 6), torch.tensor([12, 7, 3, 1])
    h_0 = torch.randn(layers * directions, 4, 5)
    packed, last = reference(nn.utils.rnn.pack_padded_sequence(x, lengths), h_0)
    expected, _ = nn.utils.rnn.pad_packed_sequence(packed)
    with torch.no_grad():
        plain, _, _ = ours(x, lengths, h_0)
    states, final, _ = ours(x, lengths, h_0)
    weight = torch.randn_like(expected)
    ((expected * weight).sum() + last.square().sum()).backward()
    ((states * weight).sum() + final.square().sum()).backward()
    return {
        "states": max((states - expected).abs().max().item(), (plain - expected).abs().max().item()),
        "last states": (final - last).abs().max().item(),
        "gradients": gradients_differ(ours, reference, layers, directions),
    }


def prove() -> tuple[Check, ...]:
    """Holds our layers against torch's."""
    checks = []
    for layers, bidirectional in ((1, False), (2, True)):
        shape = f"{layers} layer{'s' * (layers > 1)}, {'both directions' if bidirectional else 'one direction'}"
        checks += [
            Check(f"RNN {what}", "torch.nn.RNN", difference, TOLERANCE, f"{shape}, lengths 12, 7, 3, 1")
            for what, difference in compare(layers, bidirectional).items()
        ]
    return tuple(checks)
