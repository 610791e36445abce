"""A model's figures on a data set, through the adapter that people use."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from lmdemo.adapters.base import Adapter
from lmdemo.catalog import ModelRow
from lmdemo.data import locate
from lmdemo.errors import DataError, OptionError
from lmdemo.figures import Judged

SPLITS = ("train", "val", "test", "all")


@dataclass(frozen=True)
class Report:
    """What an evaluation found.

    Attributes:
        model: Name in the catalog, or the folder that was opened.
        source: Whose network and weights answered.
        data: Name of the data set.
        split: ``train``, ``val``, ``test`` or ``all``.
        n: Examples judged.
        metrics: Figures by name.
        baselines: Figures of simple methods on the same examples, by method.
        curves: Lines over a threshold, where the recipe draws some.
    """

    model: str
    source: str
    data: str
    split: str
    n: int
    metrics: dict[str, float]
    baselines: dict[str, dict[str, float]]
    curves: dict[str, list[float]] = field(default_factory=dict)

    def asdict(self) -> dict[str, Any]:
        """The same as plain dicts, for JSON."""
        return {k: v for k, v in dataclasses.asdict(self).items() if k != "curves" or v}

    @property
    def judged(self) -> Judged:
        """What of it is kept in ``metrics.json``."""
        return Judged(data=self.data, n=self.n, metrics=self.metrics, baselines=self.baselines, curves=self.curves)


def evaluate(
    recipe: ModuleType,
    adapter: Adapter,
    row: ModelRow,
    *,
    root: Path | str | None = None,
    split: str = "val",
    baselines: bool = True,
) -> Report:
    """Judges ``adapter`` on its recipe's data.

    Args:
        recipe: A module of ``lmdemo.recipes``.
        adapter: The opened model.
        row: The catalog's row that names the data.
        root: Where the data lies; None fetches the public source.
        split: ``train``, ``val``, ``test`` or ``all`` (every example that the folder holds).
        baselines: Whether to compute the simple baselines too, which may take longer than the model.

    Raises:
        OptionError: There is no such split.
        DataError: The data is missing or has another layout.
    """
    if split not in SPLITS:
        raise OptionError("unknown_split", expected=", ".join(SPLITS), got=str(split), hint="Take one of these.")
    data = locate(root, row.data)
    n, metrics = recipe.evaluate(adapter, data, split)
    if not n:
        raise DataError(
            "data_missing", expected=f"{split}: >= 1", got="0", hint="The folder holds nothing to judge; name another."
        )
    compared = recipe.baselines(data, split) if baselines else {}
    draw = getattr(recipe, "curves", None)
    return Report(
        model=adapter.info.name,
        source=adapter.info.source,
        data=row.data or row.training_data,
        split=split,
        n=n,
        metrics=metrics,
        baselines=compared,
        curves=draw(adapter, data, split) if draw else {},
    )
