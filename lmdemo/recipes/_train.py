"""Plumbing of ``python -m lmdemo train``: seeds, resume, the figures."""

import dataclasses
import importlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from lmdemo import evaluation
from lmdemo.adapters.base import Adapter
from lmdemo.catalog import ModelRow
from lmdemo.data import locate
from lmdemo.figures import Figures, Training
from lmdemo.recipes import _card, load_recipe
from lmdemo.training.callbacks import bar, log
from lmdemo.training.trainer import Progress


def open_folder(row: ModelRow, folder: Path) -> Adapter:
    """Opens freshly trained weights with the adapter that people will use, on the CPU."""
    module, name = row.adapter.rsplit(".", 1)
    return getattr(importlib.import_module(module), name).open(folder, row=row, source="scratch", device="cpu")


def train(
    row: ModelRow,
    *,
    root: Path | None,
    seeds: list[int],
    out: Path,
    runs: Path,
    restart: bool = False,
    progress_bar: bool = True,
) -> evaluation.Report:
    """Trains a model with each seed, keeps the best by validation, writes its figures and card.

    Args:
        row: What to train.
        root: Where the data lies; None fetches the public source.
        seeds: One run each.
        out: The hub repository to write.
        runs: Where checkpoints and logs lie; a killed run resumes from there.
        restart: Forget earlier checkpoints of these seeds.
        progress_bar: Draw a bar on standard error.

    Returns:
        The validation report of the kept run.
    """
    recipe = load_recipe(row)
    data = locate(root, row.data)
    reports: dict[int, evaluation.Report] = {}
    minutes: dict[int, float] = {}
    better = True
    for seed in seeds:
        run = runs / row.name / f"seed-{seed}"
        if restart:
            shutil.rmtree(run, ignore_errors=True)
        trainer = recipe.build(data, seed=seed)
        better = trainer.greater_is_better
        trainer.checkpoint = run / "checkpoint.safetensors"
        steps: Iterator[Progress] = log(trainer.run(), run / "log.jsonl")
        for _ in bar(_timed(steps, run), f"{row.name} seed {seed}") if progress_bar else _timed(steps, run):
            pass
        save = getattr(recipe, "save", lambda model, folder: model.save_pretrained(folder))
        folder = run / "weights"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "README.md").write_text("", encoding="utf-8")  # ours is written below
        save(trainer.model, folder)
        minutes[seed] = json.loads((run / "seconds.json").read_text())["seconds"] / 60
        reports[seed] = evaluation.evaluate(
            recipe, open_folder(row, folder), row, root=root, split="val", baselines=seed == seeds[0]
        )
    primary = recipe.CARD["primary_metric"]
    best = (max if better else min)(seeds, key=lambda s: reports[s].metrics[primary])
    folder = runs / row.name / f"seed-{best}" / "weights"
    training = Training(
        seeds={seed: report.metrics[primary] for seed, report in reports.items()},
        kept=best,
        minutes=round(minutes[best]),
        machine=machine(),
        date=time.strftime("%Y-%m-%d"),
    )
    kept = dataclasses.replace(reports[best], baselines=reports[seeds[0]].baselines)
    figures = Figures(row.name, trainer.model.num_parameters, primary, training=training)
    _card.write(row, figures.with_split("val", kept.judged), folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(folder, out)
    return reports[best]


def _timed(progress: Iterator[Progress], run: Path) -> Iterator[Progress]:
    """Keeps the time spent, over kills and resumes, beside the checkpoint."""
    path = run / "seconds.json"
    before = json.loads(path.read_text())["seconds"] if path.exists() else 0.0
    run.mkdir(parents=True, exist_ok=True)
    spent, written = 0.0, -60.0
    for p in progress:
        spent = p.seconds
        if spent - written > 30:
            path.write_text(json.dumps({"seconds": before + spent}))
            written = spent
        yield p
    path.write_text(json.dumps({"seconds": before + spent}))


def machine() -> str:
    """The class of this machine in words, such as ``2 cores, x86_64, CPU``."""
    gpu = torch.accelerator.current_accelerator(check_available=True)
    return f"{os.cpu_count()} cores, {platform.machine()}, {gpu.type if gpu else 'no GPU'}, torch {torch.__version__}"
