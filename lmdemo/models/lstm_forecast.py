"""An LSTM that foresees a series: it reads the past in patches and names the coming values with an interval.

Differs from a textbook forecaster in: values count from the last one (as in NLinear, Zeng et al., arXiv:2205.13504), a
step reads a patch of them (Nie et al., arXiv:2211.14730), all coming values are named at once, and the LSTM adds to a
straight linear forecast rather than replacing it.

Shapes: B series, L values read, P values a patch, T = L / P steps, F values foreseen, H hidden units.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmdemo.models.base import Model
from lmdemo.models.lstm import LSTMStack


@dataclass(frozen=True)
class LSTMForecastConfig:
    """Shape of an :class:`LSTMForecast`.

    Attributes:
        context_length: Values that are read; a multiple of ``patch_size``.
        patch_size: Values that one step reads.
        prediction_length: Values that are foreseen.
        hidden_size: Units of the LSTM.
        num_hidden_layers: Layers above one another.
        dropout: Part of the LSTM's last state that is zeroed in training, 0 to 1.
        lower, upper: Quantiles that bound the interval, 0 to 1.
    """

    context_length: int = 336
    patch_size: int = 24
    prediction_length: int = 96
    hidden_size: int = 32
    num_hidden_layers: int = 1
    dropout: float = 0.5
    lower: float = 0.1
    upper: float = 0.9


class LSTMForecastOutput(NamedTuple):
    """What an :class:`LSTMForecast` gives.

    Attributes:
        mean, lower, upper: (B, F), in the scale of the input.
        loss: Squared error of the mean plus the pinball losses of the bounds, if labels were given.
        hidden_states, cells: (B, T, H) of the top layer, if traced.
        gates: i, f, o and candidate of the top layer (4, B, T, H), if traced without gradients.
        linear: The linear part of the mean (B, F), if traced.
    """

    mean: Tensor
    lower: Tensor
    upper: Tensor
    loss: Tensor | None = None
    hidden_states: Tensor | None = None
    cells: Tensor | None = None
    gates: Tensor | None = None
    linear: Tensor | None = None


class LSTMForecast(Model):
    """Patches -> LSTM -> corrections of a linear forecast, and the interval around it."""

    config_class = LSTMForecastConfig

    def __init__(self, config: LSTMForecastConfig) -> None:
        super().__init__(config)
        c = config
        self.linear = nn.Linear(c.context_length, c.prediction_length)
        self.lstm = LSTMStack(c.patch_size, c.hidden_size, c.num_hidden_layers, dropout=c.dropout)
        self.dropout = nn.Dropout(c.dropout)
        self.head = nn.Linear(c.hidden_size, 3 * c.prediction_length)
        nn.init.zeros_(self.linear.weight)  # the naive forecast, "as now", is where training begins
        nn.init.zeros_(self.linear.bias)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, values: Tensor, labels: Tensor | None = None, *, trace: bool = False) -> LSTMForecastOutput:
        """Foresees.

        Args:
            values: What was, (B, L).
            labels: What came, (B, F).
            trace: Whether to return states, cells and gates.
        """
        c = self.config
        last = values[:, -1:]
        x = values - last
        patches = x.view(len(x), -1, c.patch_size).transpose(0, 1)  # (B, L) -> (T, B, P)
        out = self.lstm(patches, torch.full((len(x),), len(patches), device=x.device))
        correction, low, high = self.head(self.dropout(out.state[-1])).chunk(3, -1)  # (B, F) each
        linear = self.linear(x)
        mean = last + linear + correction
        below, above = nn.functional.softplus(low), nn.functional.softplus(high)
        loss = None
        if labels is not None:
            centre = mean.detach()  # the bounds are fitted around the mean; they do not move it
            loss = (
                nn.functional.mse_loss(mean, labels)
                + pinball(labels - centre + below, c.lower)
                + pinball(labels - centre - above, c.upper)
            )
        traced = {}
        if trace:
            traced = {
                "hidden_states": out.states[-1].transpose(0, 1),
                "cells": out.cells[-1].transpose(0, 1),
                "linear": last + linear,
            }
            if out.gates[-1][0] is not None:
                traced["gates"] = torch.stack(out.gates[-1][0].chunk(4, -1)).transpose(1, 2)
        return LSTMForecastOutput(mean, mean - below, mean + above, loss, **traced)


def pinball(error: Tensor, quantile: float) -> Tensor:
    """The loss whose best constant answer is a quantile; ``error`` is truth less answer."""
    return torch.maximum(quantile * error, (quantile - 1) * error).mean()
