"""What watches a training: a log that a machine reads and a bar that a person reads. Each passes the progress on."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tqdm import tqdm

from lmdemo.training.trainer import Progress


def log(progress: Iterable[Progress], path: Path, every: int = 10) -> Iterator[Progress]:
    """Writes JSON lines: every tenth step, and every step that was validated.

    A resumed training goes on in the same file; lines past the step it resumed from are written anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    first = True
    for p in progress:
        if first:
            kept = [line for line in old if json.loads(line)["step"] < p.step]
            path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
            first = False
        if p.step % every == 0 or p.validation is not None:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(dataclasses.asdict(p)) + "\n")
        yield p


def bar(progress: Iterable[Progress], name: str) -> Iterator[Progress]:
    """Draws a progress bar on standard error, with the loss, the rate and the latest validation."""
    with tqdm(desc=name, unit="step", mininterval=1.0) as drawn:
        figures = ""
        for p in progress:
            drawn.total = p.steps
            if p.validation is not None:
                figures = " " + " ".join(f"{k} {v:.4f}" for k, v in p.validation.items())
            drawn.set_postfix_str(f"loss {p.loss:.3f} rate {p.learning_rate:.1e}{figures}", refresh=False)
            drawn.update(p.step - drawn.n)
            yield p
