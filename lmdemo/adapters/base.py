"""The one shape of all adapters: preprocess -> forward -> postprocess, from any source."""

import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

import torch

from lmdemo.adapters.outputs import Info, Result
from lmdemo.catalog import ModelRow
from lmdemo.pool import computing_with, use_threads


class Adapter(ABC):
    """Answers in the words of a task, whatever network stands behind it.

    Subclasses are made by :meth:`open` from a folder and hold the network in ``model``, on ``device``, in evaluation
    mode. Calls may come from several threads at once: nothing of a call is kept on the adapter.

    Attributes:
        info: What the opened model is.
        model: The network.
        device: Where it computes.
        threads: Threads of torch that one call takes; None takes all that the process may use. A call of a few
            milliseconds takes 1: more threads would spend longer on meeting each other and the server's than they save.
    """

    sources: ClassVar[tuple[str, ...]] = ("scratch",)
    threads: ClassVar[int | None] = None

    def __init__(self, model: torch.nn.Module, info: Info) -> None:
        self.model = model
        self.info = info
        self.device = torch.device(info.device)
        self._calls = 0
        self._lock = threading.Lock()

    @classmethod
    @abstractmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a folder that is on this machine already.

        Args:
            folder: ``weights/<name>`` or another folder in the same layout; for hub sources the fetched snapshot.
            row: The catalog's row that was asked for, or None where a folder's path was given.
            source: One of ``sources``.
            device: ``cpu``, ``cuda`` or ``mps``.
        """

    @abstractmethod
    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Checks the input and makes the network's keyword arguments of it: tensors on ``device``."""

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Any:
        """Runs the network. ``trace`` asks it to return its internals too."""
        return self.model(**tensors, trace=trace) if trace else self.model(**tensors)

    @abstractmethod
    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Result:
        """Makes the task's result of the network's output."""

    @property
    def in_use(self) -> bool:
        """Whether a call is under way; the pool leaves such an adapter alone."""
        return self._calls > 0

    def __enter__(self) -> Self:
        """Marks the adapter as used until the block ends, for work that goes past one call."""
        with self._lock:
            self._calls += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Result:
        """Answers for one input; what it takes and gives stands in the subclass.

        Args:
            inputs: The input as a person has it.
            trace: Whether to add the internals as named arrays.
            options: Options of the task's ``postprocess``.
        """
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            output = self.forward(tensors, trace=trace)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            return self.postprocess(output, milliseconds=milliseconds, trace=trace, **options)


def synchronize(device: torch.device) -> None:
    """Waits for a GPU to finish, so that a clock read after it is true."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
