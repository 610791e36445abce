"""The perceptron against torch's linear layer with copied weights."""

import torch
from torch import nn

from lmdemo.models.perceptron import Perceptron, PerceptronConfig
from lmdemo.proofs import Check


def prove() -> tuple[Check, ...]:
    """Checks the sum."""
    torch.manual_seed(0)
    ours = Perceptron(PerceptronConfig())
    theirs, x = nn.Linear(*ours.W.shape), torch.rand(5, len(ours.W))
    with torch.no_grad():
        ours.W.copy_(theirs.weight.T), ours.b.copy_(theirs.bias)
        difference = (ours(x).logits - theirs(x)).abs().max().item()
    return (Check("Perceptron.forward", "torch.nn.Linear", difference, 1e-6, "5 texts"),)
