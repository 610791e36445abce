"""The forecaster against torch.nn layers with copied weights, and its losses against scikit-learn's."""

import numpy as np
import torch
from torch import nn

from lmdemo.models import lstm_forecast
from lmdemo.models.lstm_forecast import LSTMForecast, LSTMForecastConfig
from lmdemo.proofs import Check
from lmdemo.proofs.lstm import copy_out, reorder

TOLERANCE = 1e-5


class Reference(nn.Module):
    """The same network of torch's own layers: nothing of ours computes here."""

    def __init__(self, ours: LSTMForecast) -> None:
        super().__init__()
        c = ours.config
        self.patch = c.patch_size
        self.lstm = nn.LSTM(c.patch_size, c.hidden_size, batch_first=True)
        self.linear, self.head = (
            nn.Linear(c.context_length, c.prediction_length),
            nn.Linear(c.hidden_size, 3 * c.prediction_length),
        )
        copy_out(ours.lstm.layers[0][0], self.lstm, "l0")
        self.linear.load_state_dict(ours.linear.state_dict())
        self.head.load_state_dict(ours.head.state_dict())

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(B, L) -> mean, lower, upper in one row (B, 3F)."""
        last = values[:, -1:]
        _, (h, _) = self.lstm((values - last).unflatten(1, (-1, self.patch)))
        correction, low, high = self.head(h[0]).chunk(3, 1)
        mean = last + self.linear(values - last) + correction
        return torch.cat((mean, mean - nn.functional.softplus(low), mean + nn.functional.softplus(high)), 1)


def prove() -> tuple[Check, ...]:
    """Checks answers, losses and the gradient."""
    from sklearn.metrics import mean_pinball_loss, mean_squared_error

    torch.manual_seed(0)
    ours = LSTMForecast(LSTMForecastConfig(context_length=48, patch_size=8, prediction_length=6, hidden_size=7)).eval()
    for p in ours.parameters():  # training begins at zero, which would compare little
        nn.init.normal_(p, std=0.3)
    theirs, values, came = Reference(ours), torch.randn(5, 48).cumsum(1), torch.randn(5, 6)
    with torch.no_grad():
        plain = ours(values)
    out = ours(values, labels=came)
    expected = theirs(values)
    mean, lower, upper = (t.detach().double().numpy() for t in expected.chunk(3, 1))
    truth = came.double().numpy()
    loss = (
        mean_squared_error(truth, mean)
        + mean_pinball_loss(truth, lower, alpha=0.1)
        + mean_pinball_loss(truth, upper, alpha=0.9)
    )
    torch.cat((out.mean, out.lower, out.upper), 1).sin().sum().backward()
    expected.sin().sum().backward()
    layer = ours.lstm.layers[0][0]
    gradient = max(
        (reorder(theirs.lstm.weight_ih_l0.grad.T) - layer.W.grad).abs().max().item(),
        (theirs.head.weight.grad - ours.head.weight.grad).abs().max().item(),
        (theirs.linear.weight.grad - ours.linear.weight.grad).abs().max().item(),
    )
    answers = max((torch.cat((o.mean, o.lower, o.upper), 1) - expected).abs().max().item() for o in (out, plain))
    error, quantile = torch.randn(200, generator=torch.Generator().manual_seed(1)), 0.9
    return (
        Check(
            "LSTMForecast, mean and bounds",
            "torch.nn.LSTM, Linear, softplus",
            answers,
            TOLERANCE,
            "5 series of 48 values, 6 steps ahead",
        ),
        Check("LSTMForecast, gradients", "torch.nn.LSTM, Linear", gradient, TOLERANCE, "LSTM, head and linear weights"),
        Check(
            "LSTMForecast, loss",
            "sklearn mean_squared_error, mean_pinball_loss",
            abs(out.loss.item() - loss),
            TOLERANCE,
            "mean, quantiles 0.1 and 0.9",
        ),
        Check(
            "pinball",
            "sklearn.metrics.mean_pinball_loss",
            abs(
                lstm_forecast.pinball(error, quantile).item()
                - mean_pinball_loss(error.numpy(), np.zeros(len(error)), alpha=quantile)
            ),
            TOLERANCE,
            "200 errors, quantile 0.9",
        ),
    )
