"""The LSTM against torch.nn.LSTM: states, last states and cells, gradients, with copied weights."""

import torch
from torch import nn

from lmdemo.models.lstm import LSTMLayer, LSTMStack, step
from lmdemo.proofs import Check

TOLERANCE = 1e-5


def reorder(parts: torch.Tensor) -> torch.Tensor:
    """From torch's order i, f, u, o along the last axis to ours, i, f, o, u; the same swap leads back."""
    i, f, u, o = parts.chunk(4, -1)
    return torch.cat((i, f, o, u), -1)


def copy_layer(layer, reference: nn.Module, suffix: str) -> None:
    """Writes torch's weights (units, inputs), its two biases summed, into ours (inputs, units)."""
    with torch.no_grad():
        layer.W.copy_(reorder(getattr(reference, f"weight_ih_{suffix}").T))
        layer.U.copy_(reorder(getattr(reference, f"weight_hh_{suffix}").T))
        layer.b.copy_(reorder(getattr(reference, f"bias_ih_{suffix}") + getattr(reference, f"bias_hh_{suffix}")))


def copy_out(layer, reference: nn.Module, suffix: str) -> None:
    """Writes our weights into torch's, the other way around."""
    with torch.no_grad():
        getattr(reference, f"weight_ih_{suffix}").copy_(reorder(layer.W).T)
        getattr(reference, f"weight_hh_{suffix}").copy_(reorder(layer.U).T)
        getattr(reference, f"bias_ih_{suffix}").copy_(reorder(layer.b))
        getattr(reference, f"bias_hh_{suffix}").zero_()


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
                expected = reorder(getattr(reference, theirs).grad.t())
                worst = max(worst, (mine.grad - expected).abs().max().item())
    return worst


def compare(layers: int, bidirectional: bool) -> dict[str, float]:
    """Largest differences from torch.nn.LSTM on random input of various lengths, by what was compared."""
    torch.manual_seed(0)
    ours = LSTMStack(6, 5, layers, bidirectional=bidirectional)
    reference = nn.LSTM(6, 5, layers, bidirectional=bidirectional)
    directions = 1 + bidirectional
    for n in range(layers):
        for d in range(directions):
            copy_layer(ours.layers[n][d], reference, f"l{n}" + "_reverse" * d)
    x, lengths = torch.randn(12, 4, 6), torch.tensor([12, 7, 3, 1])
    h_0 = torch.randn(layers * directions, 4, 5)
    c_0 = torch.randn(layers * directions, 4, 5)
    packed, (last, cell) = reference(nn.utils.rnn.pack_padded_sequence(x, lengths), (h_0, c_0))
    expected, _ = nn.utils.rnn.pad_packed_sequence(packed)
    with torch.no_grad():
        plain = ours(x, lengths, (h_0, c_0)).last
    states, final, final_cell, *_ = ours(x, lengths, (h_0, c_0))
    weight = torch.randn_like(expected)
    ((expected * weight).sum() + last.square().sum() + cell.sin().sum()).backward()
    ((states * weight).sum() + final.square().sum() + final_cell.sin().sum()).backward()
    return {
        "states": max((states - expected).abs().max().item(), (plain - expected).abs().max().item()),
        "last cells": (final_cell - cell).abs().max().item(),
        "last states": (final - last).abs().max().item(),
        "gradients": gradients_differ(ours, reference, layers, directions),
    }


def from_the_textbook() -> float:
    """The largest difference between our loop's states and those of the six equations, taken step by step."""
    torch.manual_seed(0)
    layer, x, h, c = LSTMLayer(6, 5), torch.randn(12, 4, 6), torch.randn(4, 5), torch.randn(4, 5)
    worst = 0.0
    with torch.no_grad():
        states, cells, _ = layer(x, h, c)
        for n, x_t in enumerate(x):
            h, c = step(x_t, h, c, layer.W, layer.U, layer.b)
            worst = max(worst, (states[n] - h).abs().max().item(), (cells[n] - c).abs().max().item())
    return worst


def prove() -> tuple[Check, ...]:
    """Holds our layers against torch's, and our loop against the textbook's equations."""
    checks = [Check("LSTM step", "the six equations", from_the_textbook(), TOLERANCE, "12 steps, 4 sequences")]
    for layers, bidirectional in ((1, False), (2, True)):
        shape = f"{layers} layer{'s' * (layers > 1)}, {'both directions' if bidirectional else 'one direction'}"
        checks += [
            Check(f"LSTM {what}", "torch.nn.LSTM", difference, TOLERANCE, f"{shape}, lengths 12, 7, 3, 1")
            for what, difference in compare(layers, bidirectional).items()
        ]
    return tuple(checks)
