"""The training loop: seeded, watched, stoppable, and resumed exactly after a kill at any moment.

Randomness comes from torch's global generator alone, seeded anew from (seed, step) before each step. So a step gives
the same result whether or not the process was killed before it, and a checkpoint needs no generator state.
"""

import copy
import dataclasses
import hashlib
import json
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from lmdemo.errors import OptionError
from lmdemo.training.schedules import SCHEDULES, Plateau

PRECISIONS = {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}
OPTIMIZERS = ("adamw", "sgd")


class TrainData(Protocol):
    """What the Trainer reads: whole batches at once, as the model's keyword arguments with labels.

    A data set may also have ``batches(batch_size, generator) -> list[list[int]]``, to put examples of like length
    together; without it the examples are shuffled and cut into batches, the last incomplete one dropped. If it has an
    attribute ``done``, it is told before each step how much of the training lies behind, 0 to 1.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]: ...


@dataclass(frozen=True)
class Progress:
    """Where a training stands after a step.

    Attributes:
        step, steps: Steps done and steps in all (an estimate where batches vary between epochs).
        epoch: Epochs done, with the fraction of the running one.
        loss: Training loss of this step.
        learning_rate: Rate that this step used.
        gradient_norm: Norm of the whole gradient before clipping.
        clipped: Whether it was clipped.
        seconds: Time since this run began.
        validation: Figures, after the steps that end a validated epoch; else None.
        best: Whether those are the best so far.
    """

    step: int
    steps: int
    epoch: float
    loss: float
    learning_rate: float
    gradient_norm: float
    clipped: bool
    seconds: float
    validation: dict[str, float] | None = None
    best: bool = False


@dataclass(kw_only=True)
class Trainer:
    """Trains ``model`` so that ``model(**batch).loss`` falls.

    After :meth:`run` has ended, ``model`` holds the weights to keep: averaged ones where ``average_decay`` is set, and
    of the best validation where ``keep_best`` is.

    Attributes:
        model: A network whose output has ``loss`` when labels are given.
        train_data: See :class:`TrainData`.
        validate: Judges a network, in evaluation mode, with the weights that would be kept.
        num_epochs: Passes over the data.
        batch_size: Examples a step.
        learning_rate: The top of the schedule.
        optimizer: ``adamw``, or ``sgd`` with Nesterov momentum.
        weight_decay: Decoupled decay (adamw) or L2 (sgd) of all matrices and kernels, not of biases and norms.
        momentum: Of sgd, and the first beta of adamw.
        beta2: The second beta of adamw.
        schedule: ``constant``, ``cosine``, ``one-cycle`` or ``plateau``.
        warmup: Part of the training spent rising to the top rate, 0 to 1.
        max_grad_norm: Gradients of a larger norm are scaled down to it; None leaves them.
        precision: ``fp32``, ``bf16`` or ``fp16`` (mixed: weights stay float32; fp16 scales its loss).
        average_decay: Decay of an exponential moving average of the weights; None keeps none.
        metric: Which figure of ``validate`` decides what is best.
        greater_is_better: Whether more of it is better.
        keep_best: Keep the weights of the best validation rather than the last.
        early_stopping: Validations in a row without a better figure after which to stop; None never stops.
        validate_every: Epochs between validations; the last epoch is always validated.
        channels_last: Keep 4-d tensors in the memory order that convolutions on CPUs like better.
        device: Where to compute.
        seed: Fixes the order of the data and all randomness of the steps.
        checkpoint: File to resume from and to keep written; None writes none.
        checkpoint_seconds: Time between checkpoints.
    """

    model: nn.Module
    train_data: TrainData
    validate: Callable[[nn.Module], dict[str, float]]
    num_epochs: int
    batch_size: int
    learning_rate: float
    metric: str
    greater_is_better: bool = True
    optimizer: str = "adamw"
    weight_decay: float = 0.01
    momentum: float = 0.9
    beta2: float = 0.999
    schedule: str = "cosine"
    warmup: float = 0.05
    max_grad_norm: float | None = 1.0
    precision: str = "fp32"
    average_decay: float | None = None
    keep_best: bool = False
    early_stopping: int | None = None
    validate_every: int = 1
    channels_last: bool = False
    device: str = "cpu"
    seed: int = 0
    checkpoint: Path | None = None
    checkpoint_seconds: float = 60.0
    history: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("schedule", self.schedule, tuple(SCHEDULES)),
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("precision", self.precision, tuple(PRECISIONS)),
        ):
            if value not in allowed:
                raise OptionError(
                    "unknown_option",
                    expected=f"{name}: {', '.join(allowed)}",
                    got=str(value),
                    hint="Take one of these.",
                )

    # -- the loop ------------------------------------------------------------------------------------------------------

    def run(self) -> Iterator[Progress]:
        """Trains, and yields after each step; leaving the loop early stops the training.

        Raises:
            OptionError: The loss is no longer finite, or the checkpoint belongs to a training with other settings.
        """
        self.model.to(self.device)
        if self.channels_last:
            self.model.to(memory_format=torch.channels_last)
        self._optimizer = self._make_optimizer()
        self._scaler = torch.amp.GradScaler(self.device, enabled=self.precision == "fp16")
        self._average = copy.deepcopy(self.model).requires_grad_(False) if self.average_decay else None
        self._plateau = Plateau()
        self._best_weights: dict[str, torch.Tensor] | None = None
        self._position = {"step": 0, "epoch": 0, "batch": 0, "best": None, "since_best": 0, "finished": False}
        if self.checkpoint is not None and self.checkpoint.exists():
            self._resume()
        started = written = time.monotonic()

        at = self._position
        while at["epoch"] < self.num_epochs and not at["finished"]:
            batches = self._batches(at["epoch"])
            for i in range(at["batch"], len(batches)):
                done = (at["epoch"] + i / len(batches)) / self.num_epochs
                rate = self.learning_rate * self._plateau.scale * SCHEDULES[self.schedule](done, self.warmup)
                if hasattr(self.train_data, "done"):
                    self.train_data.done = done
                loss, norm = self._step(batches[i], rate)
                at["step"], at["batch"] = at["step"] + 1, i + 1
                validation, best = None, False
                if at["batch"] == len(batches):
                    at["epoch"], at["batch"] = at["epoch"] + 1, 0
                    if at["epoch"] % self.validate_every == 0 or at["epoch"] == self.num_epochs:
                        validation, best = self._judge()
                progress = Progress(
                    step=at["step"],
                    steps=len(batches) * self.num_epochs,
                    epoch=at["epoch"] + at["batch"] / len(batches),
                    loss=loss,
                    learning_rate=rate,
                    gradient_norm=norm,
                    clipped=self.max_grad_norm is not None and norm > self.max_grad_norm,
                    seconds=time.monotonic() - started,
                    validation=validation,
                    best=best,
                )
                if validation is not None:
                    self.history.append({"step": progress.step, "epoch": progress.epoch, **validation})
                if self.checkpoint is not None and time.monotonic() - written >= self.checkpoint_seconds:
                    self._save()
                    written = time.monotonic()
                yield progress

        at["finished"] = True
        if self.checkpoint is not None:
            self._save()
        kept = self._best_weights if self._best_weights is not None else self._kept().state_dict()
        self.model.load_state_dict(kept)
        self.model.eval()

    def _step(self, indices: Sequence[int], rate: float) -> tuple[float, float]:
        torch.manual_seed(_seed(self.seed, "step", self._position["step"]))
        self.model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        batch = {k: self._place(v) for k, v in self.train_data[indices].items()}
        dtype = PRECISIONS[self.precision]
        with torch.autocast(self.device, dtype=dtype or torch.bfloat16, enabled=dtype is not None):
            loss = self.model(**batch).loss
        if not math.isfinite(loss.item()):
            raise OptionError(
                "training_diverged",
                expected="a finite loss",
                got=f"{loss.item()} at step {self._position['step']}",
                hint="Lower the learning rate, or clip gradients at a smaller norm.",
            )
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimizer)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.max_grad_norm or math.inf)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        if self._average is not None:
            self._update_average()
        return loss.item(), norm.item()

    def _place(self, value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        if self.channels_last and value.ndim == 4:
            return value.to(self.device, memory_format=torch.channels_last)
        return value.to(self.device)

    def _update_average(self) -> None:
        step = self._position["step"]
        decay = min(self.average_decay, (1 + step) / (10 + step))  # young averages forget their random start sooner
        with torch.no_grad():
            for average, now in zip(self._average.state_dict().values(), self.model.state_dict().values(), strict=True):
                if average.is_floating_point():
                    average.lerp_(now, 1 - decay)
                else:
                    average.copy_(now)

    def _judge(self) -> tuple[dict[str, float], bool]:
        kept = self._kept().eval()
        with torch.inference_mode():
            figures = self.validate(kept)
        value, at = figures[self.metric], self._position
        better = at["best"] is None or (value > at["best"] if self.greater_is_better else value < at["best"])
        if better:
            at["best"], at["since_best"] = value, 0
            if self.keep_best:
                self._best_weights = {k: v.detach().clone() for k, v in kept.state_dict().items()}
        else:
            at["since_best"] += 1
        if self.schedule == "plateau":
            self._plateau.observe(better)
        if self.early_stopping is not None and at["since_best"] >= self.early_stopping:
            at["finished"] = True
        return figures, better

    def _kept(self) -> nn.Module:
        return self._average if self._average is not None else self.model

    def _batches(self, epoch: int) -> list[list[int]]:
        generator = torch.Generator().manual_seed(_seed(self.seed, "order", epoch))
        if hasattr(self.train_data, "batches"):
            return self.train_data.batches(self.batch_size, generator)
        order = torch.randperm(len(self.train_data), generator=generator).tolist()
        size = min(self.batch_size, len(order))
        return [order[i : i + size] for i in range(0, len(order) - size + 1, size)]

    def _make_optimizer(self) -> torch.optim.Optimizer:
        trained = [p for p in self.model.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": self.weight_decay},
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
        ]
        if self.optimizer == "sgd":
            return torch.optim.SGD(groups, lr=self.learning_rate, momentum=self.momentum, nesterov=self.momentum > 0)
        return torch.optim.AdamW(groups, lr=self.learning_rate, betas=(self.momentum, self.beta2))

    # -- checkpoints: one safetensors file, its header says where the training stood ---------------------------------------

    @property
    def settings(self) -> dict[str, Any]:
        """The fields that decide the outcome, as JSON; a checkpoint resumes only a training with the same."""
        left_out = {"model", "train_data", "validate", "checkpoint", "checkpoint_seconds", "history", "device"}
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in left_out}
        return values | {"examples": len(self.train_data), "model": repr(getattr(self.model, "config", None))}

    def _save(self) -> None:
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        if self._average is not None:
            tensors |= {f"average.{k}": v for k, v in self._average.state_dict().items()}
        if self._best_weights is not None:
            tensors |= {f"best.{k}": v for k, v in self._best_weights.items()}
        for i, state in self._optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{i}.{k}": v for k, v in state.items() if isinstance(v, torch.Tensor)}
        header = {
            "position": self._position,
            "settings": self.settings,
            "history": self.history,
            "plateau": [self._plateau.scale, self._plateau.bad],
            "scaler": self._scaler.state_dict(),
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        new = self.checkpoint.with_suffix(".new")
        save_file(
            {k: v.detach().cpu().clone().contiguous() for k, v in tensors.items()},
            new,
            metadata={"trainer": json.dumps(header)},
        )
        os.replace(new, self.checkpoint)  # at every moment there is one whole checkpoint

    def _resume(self) -> None:
        with safe_open(self.checkpoint, "pt", device=self.device) as file:
            header = json.loads(file.metadata()["trainer"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        mine = json.loads(json.dumps(self.settings))
        if header["settings"] != mine:
            changed = [k for k in mine if mine[k] != header["settings"].get(k)]
            raise OptionError(
                "checkpoint_differs",
                expected=f"the settings of {self.checkpoint.name}",
                got=f"other values of {', '.join(changed)}"[:300],
                hint="Take the same settings, or begin anew with --restart.",
            )

        def part(prefix: str) -> dict[str, torch.Tensor]:
            return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

        self.model.load_state_dict(part("model."))
        if self._average is not None:
            self._average.load_state_dict(part("average."))
        self._best_weights = part("best.") or None
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in part("optimizer.").items():
            i, key = name.split(".", 1)
            state.setdefault(int(i), {})[key] = tensor
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": state, "param_groups": groups})
        self._position = header["position"]
        self._plateau.scale, self._plateau.bad = header["plateau"]
        if self._scaler.is_enabled():
            self._scaler.load_state_dict(header["scaler"])
        self.history = header["history"]


def _seed(*parts: object) -> int:
    """One seed of many parts: torch's generator on the CPU heeds 32 bits only, so shifting them together would lose some."""
    return int.from_bytes(hashlib.blake2s(repr(parts).encode(), digest_size=4).digest(), "big")
