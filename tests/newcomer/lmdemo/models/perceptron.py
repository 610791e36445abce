"""The perceptron: a weighted sum of what is seen, and a verdict by its sign.

Rosenblatt, "The perceptron", Psychological Review 65 (1958). Differs in: one sum a class, learnt by cross-entropy.

Shapes: B texts, L letters, C classes.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmdemo.models.base import Model


@dataclass(frozen=True)
class PerceptronConfig:
    """Shape of a :class:`Perceptron`.

    Attributes:
        letters: What is counted in a text.
        labels: Name of each class.
    """

    letters: str = "abcdefghijklmnopqrstuvwxyz!"
    labels: tuple[str, ...] = ("calm", "loud")


class PerceptronOutput(NamedTuple):
    """What a :class:`Perceptron` gives: scores of the classes (B, C), and the loss where labels were given."""

    logits: Tensor
    loss: Tensor | None = None


class Perceptron(Model):
    """Counts of letters to classes."""

    config_class = PerceptronConfig

    def __init__(self, config: PerceptronConfig) -> None:
        super().__init__(config)
        self.W = nn.Parameter(torch.zeros(len(config.letters), len(config.labels)))
        self.b = nn.Parameter(torch.zeros(len(config.labels)))

    def forward(self, counts: Tensor, labels: Tensor | None = None, trace: bool = False) -> PerceptronOutput:
        """Counts (B, L), and classes (B,) -> scores (B, C)."""
        logits = counts @ self.W + self.b
        return PerceptronOutput(logits, None if labels is None else nn.functional.cross_entropy(logits, labels))
