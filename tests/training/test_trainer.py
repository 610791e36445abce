"""The training loop: schedules, clipping, averaging, early stopping, and a resume that changes nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from lmdemo.errors import OptionError
from lmdemo.training import schedules
from lmdemo.training.callbacks import bar, log
from lmdemo.training.trainer import Trainer
from tests.conftest import PROJECT


class Output(NamedTuple):
    loss: torch.Tensor | None
    logits: torch.Tensor


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(8, 16),
            torch.nn.BatchNorm1d(16),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.2),
            torch.nn.Linear(16, 2),
        )

    def forward(self, x, labels=None):
        logits = self.layers(x)
        return Output(None if labels is None else torch.nn.functional.cross_entropy(logits, labels), logits)


class Noisy:
    """Augments: so its batches depend on torch's generator."""

    def __init__(self) -> None:
        g = torch.Generator().manual_seed(0)
        self.x = torch.randn(200, 8, generator=g)
        self.y = (self.x.sum(1) > 0).long()

    def __len__(self):
        return len(self.x)

    def __getitem__(self, indices):
        return {"x": self.x[indices] + 0.1 * torch.randn(len(indices), 8), "labels": self.y[indices]}


DATA = Noisy()


def make(checkpoint: Path | None = None, **changes) -> Trainer:
    torch.manual_seed(1)
    settings = {
        "num_epochs": 4,
        "batch_size": 20,
        "learning_rate": 1e-2,
        "average_decay": 0.95,
        "keep_best": True,
        "checkpoint_seconds": 0.0,
    } | changes
    return Trainer(
        model=Net(),
        train_data=DATA,
        metric="accuracy",
        checkpoint=checkpoint,
        validate=lambda m: {"accuracy": (m(DATA.x).logits.argmax(1) == DATA.y).float().mean().item()},
        **settings,
    )


def weights(trainer: Trainer) -> list[torch.Tensor]:
    return list(trainer.model.state_dict().values())


def same(a: Trainer, b: Trainer) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a), weights(b), strict=True))


def run(trainer: Trainer) -> Trainer:
    for _ in trainer.run():
        pass
    return trainer


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle", "plateau"])
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_it_learns_with_every_schedule_and_optimizer(schedule, optimizer):
    trainer = run(
        make(schedule=schedule, optimizer=optimizer, learning_rate=0.02 if optimizer == "adamw" else 0.1, num_epochs=8)
    )
    assert trainer.history[-1]["accuracy"] > 0.9
    assert not trainer.model.training


def test_stopping_anywhere_and_resuming_gives_the_same_weights(tmp_path):
    whole = run(make())
    for stop_at in (1, 9, 10, 11, 25):
        checkpoint = tmp_path / f"{stop_at}.safetensors"
        for i, _ in enumerate(make(checkpoint).run(), start=1):
            if i == stop_at:
                break
        resumed = run(make(checkpoint))
        assert same(whole, resumed), stop_at
        assert resumed.history == whole.history
    assert not same(whole, run(make(seed=1)))  # the comparison can fail


SCRIPT = """
import sys, time
from pathlib import Path
from tests.training.test_trainer import make
for p in make(Path(sys.argv[1])).run():
    print(p.step, flush=True)
    time.sleep(0.02)
"""


def test_a_training_killed_in_the_middle_resumes_to_the_same_weights(tmp_path):
    checkpoint = tmp_path / "checkpoint.safetensors"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(checkpoint)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    for line in process.stdout:
        if int(line) == 17:
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait() == -signal.SIGKILL
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as there
    try:
        assert same(run(make()), run(make(checkpoint)))
    finally:
        torch.set_num_threads(threads)


def test_a_finished_training_is_not_trained_again(tmp_path):
    first = run(make(tmp_path / "c.safetensors"))
    again = make(tmp_path / "c.safetensors")
    assert list(again.run()) == [] and same(first, again)


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    run(make(tmp_path / "c.safetensors"))
    with pytest.raises(OptionError, match="learning_rate"):
        run(make(tmp_path / "c.safetensors", learning_rate=0.5))


def test_gradients_are_clipped():
    steps = list(make(max_grad_norm=1e-3).run())
    assert all(p.clipped for p in steps)
    before = [p.clone() for p in Net().parameters()]
    trainer = make(
        max_grad_norm=1e-9,
        optimizer="sgd",
        momentum=0.0,
        weight_decay=0.0,
        average_decay=None,
        num_epochs=1,
        keep_best=False,
    )
    before = [p.clone() for p in trainer.model.parameters()]
    run(trainer)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(before, trainer.model.parameters(), strict=True))


def test_early_stopping_counts_validations():
    values = iter([0.5, 0.6, 0.6, 0.55, 0.9, 0.9])
    trainer = make(num_epochs=6, early_stopping=2)
    trainer.validate = lambda m: {"accuracy": next(values)}
    run(trainer)
    assert [h["accuracy"] for h in trainer.history] == [0.5, 0.6, 0.6, 0.55]


def test_the_average_is_kept_and_differs_from_the_last_weights():
    assert not same(run(make(keep_best=False)), run(make(keep_best=False, average_decay=None)))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_learns(precision):
    trainer = run(make(precision=precision, num_epochs=8))
    assert trainer.history[-1]["accuracy"] > 0.9
    assert all(w.dtype in (torch.float32, torch.int64) for w in weights(trainer))


def test_a_diverging_training_says_so():
    with pytest.raises(OptionError, match="finite"):
        run(make(learning_rate=1e30, max_grad_norm=None, optimizer="sgd", num_epochs=20))


@pytest.mark.parametrize("name", ["schedule", "optimizer", "precision"])
def test_unknown_options_are_refused(name):
    with pytest.raises(OptionError):
        make(**{name: "nonsense"})


def test_schedules_rise_and_fall():
    assert schedules.constant(0.5) == 1 and schedules.constant(0.05, 0.1) == 0.5
    assert schedules.cosine(0.05, 0.1) == 0.5 and schedules.cosine(0.1, 0.1) == 1 and schedules.cosine(1.0, 0.1) < 1e-9
    assert (
        schedules.one_cycle(0.0) == 1 / 25
        and schedules.one_cycle(0.3) == 1
        and schedules.one_cycle(1.0) == pytest.approx(1e-4)
    )
    plateau = schedules.Plateau(factor=0.5, patience=1)
    for better in (True, False, False, False, False):
        plateau.observe(better)
    assert plateau.scale == 0.25


def test_the_log_is_one_line_a_step_also_over_a_resume(tmp_path):
    path, checkpoint = tmp_path / "log.jsonl", tmp_path / "c.safetensors"
    for i, _ in enumerate(log(make(checkpoint).run(), path, every=1), start=1):
        if i == 13:
            break
    for _ in bar(log(make(checkpoint).run(), path, every=1), "test"):
        pass
    steps = [json.loads(line)["step"] for line in path.read_text().splitlines()]
    assert steps == list(range(1, 41))
    assert time.time() - path.stat().st_mtime < 60
