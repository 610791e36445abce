"""What people read about a model's figures, made from its ``metrics.json``: the model card, the README's table."""

import dataclasses
import statistics
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from lmdemo.catalog import MODELS, WEIGHTS, ModelRow
from lmdemo.errors import DataError
from lmdemo.evaluation import Report
from lmdemo.figures import Figures, Judged
from lmdemo.recipes import load_recipe

TEMPLATE = Path(__file__).with_name("card.md.jinja")
README = WEIGHTS.parent / "README.md"
BEGIN, END = "<!-- figures: made by `evaluate --write` -->", "<!-- end of figures -->"
TITLES = {"val": "Validation", "test": "Test", "train": "Training", "all": "All"}
COUNTS = ("indexed", "pairs", "threshold")  # told beside figures, none themselves
TYPES = {"macro_f1": "f1", "word_error_rate": "wer", "mAP50": "map_50", "mAP50-95": "map"}  # as the hub names them


def card(row: ModelRow, words: Mapping[str, Any], figures: Figures) -> str:
    """A model's README.md.

    Args:
        row: The model.
        words: Its recipe's ``CARD``.
        figures: What was found.
    """
    data = ModelCardData(
        license=row.licence.lower(),
        library_name="lmdemo",
        pipeline_tag=row.task,
        tags=["pytorch", row.member],
        model_name=row.name,
        eval_results=[r for split, judged in figures.splits.items() for r in _results(row, split, judged)],
    )
    training = figures.training
    seeds = list(training.seeds) if training else []
    command = f"python -m lmdemo train {row.name} " + (
        f"--seeds {len(seeds)}" if len(seeds) > 1 else f"--seed {seeds[0] if seeds else 0}"
    )
    intro = {
        "val": "Written by `evaluate` on the part that was held out of the training data.",
        "test": f"`python -m lmdemo evaluate {row.name} --split test`, run after the training was finished; nothing was chosen "
        "by it. " + words.get("test", ""),
    }
    made = ModelCard.from_template(
        data,
        template_path=str(TEMPLATE),
        row=row,
        words=words,
        figures=figures,
        training=training,
        command=command + (" --data ROOT" if row.data else ""),
        parts=[(split, TITLES[split], intro.get(split, "").strip()) for split in TITLES if split in figures.splits],
        cells=_cells,
        spread=_spread(figures),
    )
    return str(made).rstrip("\n") + "\n"


def table() -> str:
    """The README's table of models, a row each."""
    lines = ["| model | parameters | data | figure | simple baseline |", "| --- | ---: | --- | --- | --- |"]
    for row in MODELS.values():
        figures = row.figures
        if figures is None:
            continue
        words = load_recipe(row).CARD["table"]
        method, baseline = words["baseline"]
        cells = (_fill(words["data"], figures), _fill(words["figure"], figures), _fill(baseline, figures, method))
        lines.append(f"| {row.name} | {figures.parameters:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def with_table(readme: str) -> str:
    """A README with its table of models made anew."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def write(row: ModelRow, figures: Figures, folder: Path) -> None:
    """Writes ``metrics.json`` and the card into a model's folder; for a shipped model the README's table too."""
    figures.write(folder)
    kept = Figures.read(folder)  # rounded, so that the card can be made again from the file
    assert kept is not None
    (folder / "README.md").write_text(card(row, load_recipe(row).CARD, kept), encoding="utf-8")
    if folder.resolve() == row.folder.resolve() and README.is_file():
        README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


def record(row: ModelRow, parameters: int, report: Report, folder: Path) -> None:
    """Keeps what an evaluation of the weights in ``folder`` found; what is known of other splits and the training stays.

    Raises:
        DataError: The figure by which the model is known was not measured, since a package is missing.
    """
    primary = load_recipe(row).CARD["primary_metric"]
    if primary not in report.metrics:
        raise DataError(
            "figure_missing",
            expected=primary,
            got=", ".join(report.metrics)[:120],
            hint="Install what measures it: pip install .[evaluation]",
        )
    known = Figures.read(folder) or Figures(row.name, parameters, primary)
    write(row, dataclasses.replace(known, parameters=parameters).with_split(report.split, report.judged), folder)


def _results(row: ModelRow, split: str, judged: Judged) -> list[EvalResult]:
    """A split's figures for the card's front matter, without bounds and without those of single classes."""
    return [
        EvalResult(
            task_type=row.task,
            dataset_type=row.data or row.name,
            dataset_name=row.training_data,
            dataset_split="validation" if split == "val" else split,
            metric_type=TYPES.get(name, name),
            metric_name=name,
            metric_value=value,
        )
        for name, value in judged.metrics.items()
        if not name.endswith(("_low", "_high")) and " " not in name and name not in COUNTS
    ]


def _cells(values: Mapping[str, float], metrics: Mapping[str, float]) -> str:
    return "| " + " | ".join(f"{values[k]:.4f}" if k in values else "–" for k in metrics) + " |"


def _spread(figures: Figures) -> str:
    """A sentence about the seeds, where there were several."""
    values = list(figures.training.seeds.values()) if figures.training else []
    if len(values) < 2:
        return ""
    return (
        f"{figures.primary_metric} of {len(values)} seeds: mean {statistics.mean(values):.4f}, standard deviation "
        f"{statistics.stdev(values):.4f} ({', '.join(f'{v:.4f}' for v in values)}); the best by validation is kept."
    )


def _fill(words: str, figures: Figures, method: str = "") -> str:
    """Puts figures into a phrase: validation by their names, others as in ``{test[mse]}``, ``{mean}`` over ``{seeds}``."""
    splits = {
        split: {k: Decimal(str(v)) for k, v in (judged.baselines.get(method, {}) if method else judged.metrics).items()}
        for split, judged in figures.splits.items()
    }
    known = {"n": figures.n, "mean": Decimal(str(figures.mean)), "seeds": figures.seeds}
    with localcontext(rounding=ROUND_HALF_UP):  # as people do; floats of 0.9455 and the like go either way
        return words.format(**splits, **known, **splits["val"]).replace("%", " %")
