"""lstm-forecast: a transformer's oil temperature, 96 hours ahead, with an interval; and a small one for any series."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.forecasting import Forecasting
from lmdemo.data import series
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm_forecast import LSTMForecast, LSTMForecastConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "An LSTM over daily patches of 336 hours that corrects a linear forecast of the next 96 and bounds it by an "
    "interval that holds 80 % of what comes on the data it was trained on.",
    "data": "ETTh1, column OT: rows before 8,640 to train on, 8,640-11,519 to judge, z-scored by the training rows.",
    "data_licence": "CC-BY-ND-4.0 (the data is not passed on)",
    "limits": "One transformer in one place over one year. What it foresees is near a linear forecast: the LSTM's corrections "
    "are small. On the test rows, looked at once: MSE 0.053, no better than the linear one (0.053; naive 0.069). "
    "The interval is too wide for what came later: meant to hold 80 %, it holds 81 % of the training rows, 87 % of "
    "the validation rows and 95 % of the test rows, because the oil warmed and cooled less in those months. "
    "Other series: train a small one on them.",
    "primary_metric": "mse",
    "seeds": 1,
    "table": {
        "data": "ETTh1, 96 hours ahead",
        "figure": "mean squared error {mse:.4f} on validation, {test[mse]:.3f} on test",
        "baseline": ("NLinear, ridge", "NLinear {mse:.4f}, {test[mse]:.3f}"),
    },
}

MAX_HORIZON = 500  # steps
MAX_LEARNT = 20_000  # the latest steps of a person's series; more would take minutes


def scaled(data: Path | None) -> np.ndarray:
    """ETTh1's OT, z-scored by the training rows."""
    values = series.read_etth1(data).values
    train = values[slice(*series.ETTH1["train"])]
    return (values - train.mean()) / train.std()


def windows(data: Path | None, split: str, config: LSTMForecastConfig) -> series.Windows:
    """The windows whose foreseen values lie in the split."""
    return series.Windows(scaled(data), config.context_length, config.prediction_length, *series.ETTH1[split])


def trainer_of(
    model: LSTMForecast,
    train: series.Windows,
    held: series.Windows,
    *,
    seed: int,
    epochs: int,
    learning_rate: float = 1e-3,
) -> Trainer:
    """Settings that ETTh1 and a visitor's own series share."""

    def validate(model: nn.Module) -> dict[str, float]:
        both = held[range(len(held))]
        return {"mse": nn.functional.mse_loss(model(both["values"]).mean, both["labels"]).item()}

    return Trainer(
        model=model,
        train_data=train,
        validate=validate,
        metric="mse",
        greater_is_better=False,
        seed=seed,
        num_epochs=epochs,
        batch_size=64,
        learning_rate=learning_rate,
        weight_decay=0.1,
        average_decay=0.99,
    )


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    config = LSTMForecastConfig()
    return trainer_of(
        LSTMForecast(config), windows(data, "train", config), windows(data, "val", config), seed=seed, epochs=3
    )  # chosen on the training rows' last tenth


def build_own(own: series.Series, *, horizon: int, season: int = 1, seed: int = 0) -> Trainer:
    """A small network for one series, trained in seconds; its last horizon is kept to judge by.

    Args:
        own: The series, unscaled.
        horizon: Steps to foresee.
        season: Steps of one round of the calendar, such as 12 months; the network reads at least two of them.
        seed: Fixes the training.

    Raises:
        OptionError: The horizon or the season is out of range.
        InputError: The series is too short for that horizon.
    """
    if not 1 <= horizon <= MAX_HORIZON:
        raise OptionError(
            "horizon_range", expected=f"1 - {MAX_HORIZON}", got=str(horizon)[:20], hint="Foresee fewer steps."
        )
    if not 1 <= season <= MAX_HORIZON:
        raise OptionError(
            "season_range",
            expected=f"1 - {MAX_HORIZON}",
            got=str(season)[:20],
            hint="Give the steps of one round, or 0 to find them.",
        )
    patch, context = shape_of(horizon, season)
    needed = context + 3 * horizon
    if len(own.values) < needed:
        raise InputError(
            "series_too_short",
            expected=f">= {needed}",
            got=str(len(own.values)),
            hint="Give a longer series, or foresee fewer steps.",
        )
    torch.manual_seed(seed)
    middle, scale = scale_of(own, horizon)
    values = (own.values - middle) / scale
    config = LSTMForecastConfig(context_length=context, patch_size=patch, prediction_length=horizon, dropout=0.1)
    train = series.Windows(values, context, horizon, len(values) - horizon - MAX_LEARNT, len(values) - horizon)
    held = series.Windows(values, context, horizon, len(values) - horizon)
    steps = max(1, len(train) // 64)
    return trainer_of(LSTMForecast(config), train, held, seed=seed, epochs=max(3, 400 // steps), learning_rate=1e-2)


def shape_of(horizon: int, season: int) -> tuple[int, int]:
    """How many values a network for one series reads at once, and how many altogether: two rounds at least."""
    patch = max(1, min(season, 24))
    return patch, patch * -(-max(2 * season, horizon) // patch)


def fitting(values: int, horizon: int = 0, season: int = 1) -> tuple[int, int]:
    """The horizon and the season with which :func:`build_own` can learn from so many values.

    Args:
        values: How many there are.
        horizon: Steps to foresee; 0 takes whole rounds, a dozen steps or more.
        season: Steps of one round; where the series is too short to see two of them, it is read step by step.

    Raises:
        InputError: There are too few for any horizon.
    """
    horizon = horizon or season * -(-12 // season)

    def longest(season: int) -> int:
        fits = (h for h in range(min(horizon, MAX_HORIZON), 0, -1) if shape_of(h, season)[1] + 3 * h <= values)
        return next(fits, 0)

    for tried in (season, 1):
        if fits := longest(tried):
            return fits, tried
    raise InputError(
        "series_too_short",
        expected=f">= {shape_of(1, 1)[1] + 3}",
        got=str(values),
        hint="Give a longer series, or foresee fewer steps.",
    )


def scale_of(own: series.Series, horizon: int) -> tuple[float, float]:
    """Mean and deviation of what :func:`build_own` learns from: all but the last horizon."""
    learnt = own.values[:-horizon]
    return float(learnt.mean()), float(learnt.std() or 1.0)


def evaluate(adapter: Forecasting, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Errors over all windows in z-scored units, and how much of the truth the interval holds (meant: 80 %)."""
    past, coming = windows(data, split, adapter.model.config).all()
    mean, lower, upper = adapter.foresee_windows(past)
    return len(past), {
        "mse": float(((mean - coming) ** 2).mean()),
        "mae": float(np.abs(mean - coming).mean()),
        "coverage": float(((lower <= coming) & (coming <= upper)).mean()),
    }


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """As now; as a day ago; and NLinear, fitted in closed form, its ridge chosen on the training part's last tenth."""
    config = LSTMForecastConfig()
    past, coming = windows(data, split, config).all()
    answers = {
        "naive": series.seasonal(past, config.prediction_length, 1),
        "seasonal naive, 24 h": series.seasonal(past, config.prediction_length, 24),
        "NLinear, ridge": series.nlinear(*windows(data, "train", config).all(), past),
    }
    return {
        name: {"mse": float(((a - coming) ** 2).mean()), "mae": float(np.abs(a - coming).mean())}
        for name, a in answers.items()
    }
