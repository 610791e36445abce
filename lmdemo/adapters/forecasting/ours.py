"""Forecasting with our LSTM: a series in, its continuation with an interval out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, own_info
from lmdemo.adapters.outputs import Forecast, Info, Layer
from lmdemo.catalog import ModelRow, find
from lmdemo.data.series import Series, Windows, nlinear, read_series, season_of, seasonal, value_columns
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm_forecast import LSTMForecast

MOST_WINDOWS = 4_000  # that NLinear learns from


@dataclass(frozen=True)
class HeldOut:
    """What several ways foresaw of a series' end that they had not seen.

    Attributes:
        index: Dates or positions of the end (F,).
        truth: What came (F,).
        forecasts: By way, ``lstm`` first: what was foreseen (F,), in the unit of the series.
        lower, upper: The network's interval (F,).
        errors: By way: mean absolute error (``mae``) and root of the mean square (``rmse``), in the unit of the series.
        coverage: Part of the truth that the interval holds, 0 to 1.
    """

    index: np.ndarray
    truth: np.ndarray
    forecasts: dict[str, np.ndarray]
    lower: np.ndarray
    upper: np.ndarray
    errors: dict[str, dict[str, float]]
    coverage: float


class Sum(NamedTuple):
    """One foreseen value taken apart: ``last`` + the linear part's products + ``rest`` + ``correction`` = ``mean``, all in the
    unit of the series.

    Attributes:
        step: Which step ahead, from 1.
        last: The last value that was read; everything counts from it.
        back: Steps before the last value of the largest products, largest first (K,).
        differences: Value less ``last`` there (K,).
        weights: What each is multiplied by (K,).
        products: (K,).
        rest: The sum of all other products, and the bias.
        correction: What the LSTM adds.
        mean: The foreseen value.
    """

    step: int
    last: float
    back: np.ndarray
    differences: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    rest: float
    correction: float
    mean: float


@dataclass(frozen=True, kw_only=True)
class PreparedSeries(Prepared):
    """A series as the network takes it.

    Attributes:
        series: The whole of it.
        past: The values that are read, in their own unit (L,).
        middle, scale: What is taken away from them, and what they are divided by.
    """

    series: Series
    past: np.ndarray
    middle: float
    scale: float


class Forecasting(Adapter[PreparedSeries, Forecast]):
    """Foresees how a series goes on.

    Takes a list, an array, a DataFrame, a CSV file's path or a :class:`Series`; gives a :class:`Forecast` whose bounds
    are learnt to hold 80 % of what comes. They do on the data it was trained on (81 %); where a series is calmer than
    that, they hold more (lstm-forecast: 87 % on validation, 95 % on test), where it is wilder, less. Options: ``column``,
    the value column of a table; ``date_order``, ``decimal`` and ``header``, where a table does not tell by itself how it
    is meant. ``reading`` of the result says how it was understood.

    With ``trace=True`` the result holds ``past`` (L,), the values that were read, in their own unit; ``linear`` (F,), the
    linear part of the mean; and of the top layer, by patch of the past, ``hidden_states`` (T, H), ``cells`` (T, H) and
    ``gates`` (4, T, H): input, forget, output gate and candidate.
    """

    model: LSTMForecast
    threads = 1
    scale: tuple[float, float] | None = None  # mean and deviation that it was trained with; None takes the series' own

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout."""
        row = row or find(folder.name)
        model = LSTMForecast.from_pretrained(folder).to(device)
        return cls(model, own_info(row, folder, parameters=model.num_parameters, source=source, device=device))

    @classmethod
    def of(cls, model: LSTMForecast, name: str, scale: tuple[float, float] | None = None) -> Self:
        """Wraps a network that was trained just now on a person's own series, z-scored by ``scale``."""
        made = cls(
            model.eval(),
            Info(
                name=name,
                member="lstm",
                task="time-series-forecasting",
                source="scratch",
                parameters=model.num_parameters,
                bytes=4 * model.num_parameters,
                device="cpu",
                revision="",
                licence="–",
                training_data=name,
            ),
        )
        made.scale = scale
        return made

    @staticmethod
    def read(source: Any, column: str | None = None, **how: Any) -> Series:
        """Reads and checks a series; see :func:`lmdemo.data.series.read_series`, which takes ``date_order``, ``decimal`` and
        ``header`` too.
        """
        return read_series(source, column, **how)

    @staticmethod
    def columns(path: str | Path, **how: Any) -> list[str]:
        """The columns of a CSV file that hold numbers, read as :meth:`read` does."""
        return value_columns(path, **how)

    @staticmethod
    def season(read: Series) -> int:
        """Steps of one round of the series."""
        return season_of(read)

    @property
    def patch_size(self) -> int:
        """Steps of the series that the LSTM reads at once."""
        return self.model.config.patch_size

    @property
    def context_length(self) -> int:
        """Steps that are read."""
        return self.model.config.context_length

    @property
    def prediction_length(self) -> int:
        """Steps that are foreseen."""
        return self.model.config.prediction_length

    def preprocess(
        self,
        inputs: Any,
        *,
        column: str | None = None,
        date_order: str | None = None,
        decimal: str | None = None,
        header: bool | None = None,
    ) -> PreparedSeries:
        """Reads and scales a series: ``values`` (1, L).

        Args:
            inputs: A list, an array, a DataFrame, a CSV file's path or a :class:`Series`.
            column: The value column of a table; by default the last one that holds numbers.
            date_order: What stands first in its dates, ``day``, ``month`` or ``year``; by default what the column tells.
            decimal: The sign before its decimals, "." or ","; by default what the column tells.
            header: Whether its first line names the columns; by default what the columns tell.

        Raises:
            InputError: The series can't be read, is uneven or too short.
            OptionError: An option is none of these.
        """
        read = read_series(inputs, column, date_order=date_order, decimal=decimal, header=header)
        if len(read.values) < self.context_length:
            raise InputError(
                "series_too_short",
                expected=f">= {self.context_length}",
                got=str(len(read.values)),
                hint="Give a longer series, or train a small network on this one.",
            )
        past = read.values[-self.context_length :]
        middle, scale = self.scale or (float(read.values.mean()), float(read.values.std() or 1.0))
        values = torch.tensor((past - middle) / scale, dtype=torch.float32, device=self.device)[None]
        return PreparedSeries(tensors={"values": values}, series=read, past=past, middle=middle, scale=scale)

    def postprocess(self, output: Any, prepared: PreparedSeries, *, milliseconds: float, trace: bool) -> Forecast:
        """Brings the answer back to the series' own unit and dates."""
        middle, scale, read = prepared.middle, prepared.scale, prepared.series
        mean, lower, upper = (t[0].cpu().numpy() * scale + middle for t in (output.mean, output.lower, output.upper))
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals = {
                "past": prepared.past,
                "linear": output.linear[0].cpu().numpy() * scale + middle,
                "hidden_states": output.hidden_states[0].cpu().numpy(),
                "cells": output.cells[0].cpu().numpy(),
                "gates": output.gates[:, 0].cpu().numpy(),
            }
        return Forecast(
            index=read.coming(len(mean)),
            mean=mean,
            lower=lower,
            upper=upper,
            milliseconds=milliseconds,
            trace=internals,
            reading=read.reading,
        )

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives, parameters."""
        c = self.model.config
        parts = (
            ("linear", f"Linear, {c.context_length} values", str(c.prediction_length), self.model.linear),
            (
                "lstm",
                f"LSTM, patches of {c.patch_size}",
                f"{c.context_length // c.patch_size} x {c.hidden_size}",
                self.model.lstm,
            ),
            ("head", "Linear: correction, lower, upper", f"3 x {c.prediction_length}", self.model.head),
        )
        return [(name, kind, shape, count_numbers(part)) for name, kind, shape, part in parts]

    def take_apart(self, read: Series, step: int, most: int = 8) -> Sum:
        """Writes out how one foreseen value came about; see :meth:`sum_of`."""
        return self.sum_of(self(read, trace=True), step, most)

    def sum_of(self, result: Forecast, step: int, most: int = 8) -> Sum:
        """Writes out how one value of a traced result came about.

        Args:
            result: Of this network.
            step: Which step ahead, from 1.
            most: How many products to name.

        Raises:
            OptionError: There is no such step.
        """
        horizon = self.prediction_length
        if not 1 <= step <= horizon:
            raise OptionError(
                "horizon_range", expected=f"1 - {horizon}", got=str(step)[:20], hint="Choose a step inside."
            )
        past = result.trace["past"]
        weights = self.model.linear.weight[step - 1].detach().cpu().numpy().astype(np.float64)
        differences = past - past[-1]
        products = weights * differences
        largest = np.argsort(-np.abs(products))[:most]
        linear, mean = float(result.trace["linear"][step - 1]), float(result.mean[step - 1])
        return Sum(
            step,
            float(past[-1]),
            len(past) - 1 - largest,
            differences[largest],
            weights[largest],
            products[largest],
            linear - float(past[-1]) - float(products[largest].sum()),
            mean - linear,
            mean,
        )

    def hold_out(self, read: Series, season: int = 0) -> HeldOut:
        """Cuts the series' end off, foresees it, and lets simple ways do the same.

        Args:
            read: The series.
            season: Steps of one round, for the seasonal forecast; 0 finds it.

        Raises:
            InputError: Without its end the series is too short.
        """
        horizon, context = self.prediction_length, self.context_length
        if len(read.values) < context + horizon:
            raise InputError(
                "series_too_short",
                expected=f">= {context + horizon}",
                got=str(len(read.values)),
                hint="Give a longer series, or train a small network on this one.",
            )
        before = Series(read.index[:-horizon], read.values[:-horizon], read.name)
        truth, season = read.values[-horizon:], season or season_of(before)
        ours = self(before)
        ways = {"lstm": ours.mean} | self.simple(before, season)
        errors = {
            k: {"mae": float(np.abs(v - truth).mean()), "rmse": float(np.sqrt(((v - truth) ** 2).mean()))}
            for k, v in ways.items()
        }
        return HeldOut(
            read.index[-horizon:],
            truth,
            ways,
            ours.lower,
            ours.upper,
            errors,
            float(((ours.lower <= truth) & (truth <= ours.upper)).mean()),
        )

    def simple(self, read: Series, season: int) -> dict[str, np.ndarray]:
        """What simple ways foresee, as far as this network does: ``naive``; ``seasonal``, where there are rounds; ``nlinear``,
        where there is enough to learn from.
        """
        horizon, context = self.prediction_length, self.context_length
        past = read.values[None, -context:]
        ways = {"naive": seasonal(past, horizon, 1)[0]}
        if season > 1:
            ways["seasonal"] = seasonal(read.values[None], horizon, season)[0]
        middle, deviation = read.values.mean(), read.values.std() or 1.0
        scaled = Windows((read.values - middle) / deviation, context, horizon, len(read.values) - MOST_WINDOWS)
        if len(scaled) >= 10:
            ways["nlinear"] = nlinear(*scaled.all(), (past - middle) / deviation)[0] * deviation + middle
        return ways

    def stretched(self, result: Forecast, held: HeldOut) -> tuple[Forecast, float]:
        """A forecast whose interval is made as wide as would have held 80 % of the hidden end (split conformal, Vovk et al.), and
        by how much it was stretched; as it was, where so few values say nothing.

        Args:
            result: Of this network.
            held: What it foresaw of the same series' hidden end.
        """
        mean, truth = held.forecasts["lstm"], held.truth
        side = np.where(truth < mean, mean - held.lower, held.upper - mean)
        misses = np.sort(np.abs(truth - mean) / np.maximum(side, 1e-9))
        rank = int(np.ceil(0.8 * (len(misses) + 1)))
        if rank > len(misses):
            return result, 1.0
        factor = float(misses[rank - 1])
        lower, upper = (result.mean + factor * (bound - result.mean) for bound in (result.lower, result.upper))
        return replace(result, lower=lower, upper=upper), factor

    def foresee_windows(self, past: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean and bounds (windows, F) of scaled windows (windows, L)."""
        with self.computing():
            out = self.model(torch.as_tensor(past, dtype=torch.float32, device=self.device))
            return out.mean.cpu().numpy(), out.lower.cpu().numpy(), out.upper.cpu().numpy()
