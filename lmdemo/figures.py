"""How good our models are: what ``evaluate`` found, kept once, in ``weights/<model>/metrics.json``."""

import dataclasses
import json
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

FILE = "metrics.json"
DIGITS = 6  # of a figure in the file; more would change from machine to machine
LESS_IS_BETTER = frozenset(
    {
        "nats_per_character",
        "bits_per_character",
        "word_error_rate",
        "word_error_rate_greedy",
        "mse",
        "mae",
        "eer",
        "eer_disturbed",
        "min_dcf",
        "log_mel_error",
        "f0_error",
    }
)


@dataclass(frozen=True)
class Judged:
    """A model on one part of its data.

    Attributes:
        data: Name of the data set.
        n: Examples judged.
        metrics: Figures by name, the one that is told first in front; ``x_low`` and ``x_high`` bound ``x`` (95 %).
        baselines: Figures of simple methods on the same examples, by method.
        curves: Rows of equally many numbers by name, such as precision over the threshold, or how often a score fell into each of
            equal parts of its range; most models have none.
    """

    data: str
    n: int
    metrics: dict[str, float]
    baselines: dict[str, dict[str, float]]
    curves: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """How the weights came about.

    Attributes:
        seeds: The primary metric on the validation part, by seed.
        kept: The seed of these weights, the best of them.
        minutes: Of training, a seed.
        machine: Its class in words.
        date: Of the day, as in ISO 8601.
    """

    seeds: dict[int, float]
    kept: int
    minutes: int
    machine: str
    date: str


@dataclass(frozen=True)
class Figures:
    """What is known about a trained model.

    Attributes:
        model: Name in the catalog.
        parameters: Trained numbers.
        primary_metric: The figure by which seeds are compared.
        splits: What was found on ``val``, ``test``, ... .
        training: How it was trained; None where that was not recorded.
    """

    model: str
    parameters: int
    primary_metric: str
    splits: Mapping[str, Judged] = field(default_factory=dict)
    training: Training | None = None

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What a model's folder tells; None where nothing was recorded."""
        path = folder / FILE
        if not path.is_file():
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        training = values.pop("training")
        if training:
            seeds = {int(seed): value for seed, value in training.pop("seeds").items()}
            training = Training(seeds=seeds, **training)
        splits = {split: Judged(**judged) for split, judged in values.pop("splits").items()}
        return cls(**values, splits=splits, training=training)

    def write(self, folder: Path) -> None:
        """Writes ``metrics.json`` into a model's folder."""
        values = _rounded(dataclasses.asdict(self))
        text = json.dumps(values, indent=2, ensure_ascii=False)
        text = re.sub(r"\[[^]]*\]", lambda found: " ".join(found[0].split()), text)  # a curve is one line
        (folder / FILE).write_text(text + "\n", encoding="utf-8")

    def with_split(self, split: str, judged: Judged) -> Self:
        """The same with new figures of one part of the data; baselines that were not computed again stay."""
        before = self.splits.get(split)
        if before and not judged.baselines:
            judged = dataclasses.replace(judged, baselines=before.baselines)
        return dataclasses.replace(self, splits={**self.splits, split: judged})

    @property
    def n(self) -> int:
        """Validation examples."""
        return self.splits["val"].n

    @property
    def metric(self) -> str:
        """The figure that is told first."""
        return next(iter(self.splits["val"].metrics))

    @property
    def ours(self) -> float:
        """:attr:`metric` of these weights on the validation part."""
        return self.splits["val"].metrics[self.metric]

    @property
    def seeds(self) -> int:
        """How many were trained."""
        return len(self.training.seeds) if self.training else 1

    @property
    def mean(self) -> float:
        """:attr:`metric` over all seeds; that of these weights where there is one."""
        if self.training is None or self.seeds == 1 or self.metric != self.primary_metric:
            return self.ours
        return statistics.mean(self.training.seeds.values())

    @property
    def baselines(self) -> dict[str, float]:
        """:attr:`metric` of simple methods on the same examples, by method."""
        return {name: values[self.metric] for name, values in self.splits["val"].baselines.items()}

    @property
    def less_is_better(self) -> bool:
        """Whether :attr:`metric` counts what is wrong."""
        return self.metric in LESS_IS_BETTER

    @property
    def best_baseline(self) -> str:
        """The simple method that does best; "" where none was tried."""
        best = min if self.metric in LESS_IS_BETTER else max
        return best(self.baselines, key=self.baselines.__getitem__, default="")

    @property
    def beaten_by(self) -> list[str]:
        """The simple methods that do better than our network does, averaged over its seeds."""
        sign = -1 if self.less_is_better else 1
        return [name for name, value in self.baselines.items() if sign * value > sign * self.mean]


def _rounded(value: Any) -> Any:
    """Nested values with every float rounded, without curves where there are none."""
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items() if key != "curves" or v}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round(value, DIGITS) if isinstance(value, float) else value
