"""The one shape of all adapters: preprocess -> forward -> postprocess, from any source."""

import contextlib
import hashlib
import inspect
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import torch

from lmdemo.adapters.options import checked
from lmdemo.adapters.outputs import Info, Result
from lmdemo.catalog import HubRow, ModelRow
from lmdemo.data.media import ClipFacts
from lmdemo.errors import HubFileError, OptionError, WeightsError
from lmdemo.notes import Note
from lmdemo.pool import computing_with, use_threads

P = TypeVar("P", bound="Prepared")
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An input as the network takes it, made once an answer. Adapters add what was seen on the way and what was asked for.

    Attributes:
        tensors: The network's keyword arguments, tensors on its device.
        notes: What was changed, left out or understood in the input; the result carries it on.
        heard: What was understood of each clip that was given.
    """

    tensors: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    heard: tuple[ClipFacts, ...] = ()


class Adapter(ABC, Generic[P, R]):
    """Answers in the words of a task, whatever network stands behind it.

    Subclasses are made by :meth:`open` from a folder and hold the network in ``model``, on ``device``, in evaluation
    mode. Calls may come from several threads at once: nothing of a call is kept on the adapter.

    Attributes:
        sources: What :meth:`open` can open.
        options: What a call takes beside its input and ``trace``: the keywords of :meth:`preprocess`. None where it
            checks them itself.
        info: What the opened model is.
        model: The network.
        device: Where it computes.
        threads: Threads of torch that one call takes; None takes all that the process may use. A call of a few
            milliseconds takes 1: more threads would spend longer on meeting each other and the server's than they save.
    """

    sources: ClassVar[tuple[str, ...]] = ("scratch",)
    options: ClassVar[tuple[str, ...] | None] = ()
    threads: int | None = None
    model: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        given = inspect.signature(cls.preprocess).parameters.values()
        if "preprocess" in vars(cls):
            cls.preprocess = checked(cls.preprocess)  # type: ignore[method-assign]
        checks_itself = any(p.kind is p.VAR_KEYWORD for p in given)
        cls.options = None if checks_itself else tuple(p.name for p in given if p.kind is p.KEYWORD_ONLY)

    def __init__(self, model: Any, info: Info) -> None:
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
    def preprocess(self, inputs: Any, *args: Any, **options: Any) -> P:
        """Checks the input and the options, and makes of them all that the network and :meth:`postprocess` need.

        A subclass names its options as keywords, with their types; a call takes these and no others, see
        :func:`lmdemo.adapters.options.checked`.
        """

    def forward(self, prepared: P, *, trace: bool) -> Any:
        """Runs the network. ``trace`` asks it to return its internals too."""
        return self.model(**prepared.tensors, trace=trace)

    @abstractmethod
    def postprocess(self, output: Any, prepared: P, *, milliseconds: float, trace: bool) -> R:
        """Makes the task's result, complete, of the network's output."""

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

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """In use, without gradients, with the threads that suit the network, until the block ends."""
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            yield

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Refuses what :meth:`preprocess` does not name."""
        if self.options is not None and (unknown := [name for name in options if name not in self.options]):
            raise OptionError(
                "unknown_option",
                expected=", ".join(("trace", *self.options)),
                got=", ".join(unknown),
                hint="Leave it out.",
            )

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> R:
        """Answers for one input; what it takes and gives stands in the subclass.

        Args:
            inputs: The input as a person has it.
            trace: Whether to add the internals as named arrays.
            options: The task's; see :meth:`preprocess` of the subclass.

        Raises:
            InputError: The input can't be read.
            OptionError: An option is unknown or out of its range.
        """
        self.check_options(options)
        with self.computing():
            prepared = self.preprocess(inputs, **options)
            started = time.perf_counter()
            output = self.forward(prepared, trace=trace)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            result = self.postprocess(output, prepared, milliseconds=milliseconds, trace=trace)
            return replace(result, notes=prepared.notes) if prepared.notes else result


def synchronize(device: torch.device) -> None:
    """Waits for a GPU to finish, so that a clock read after it is true."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def count_numbers(*parts: torch.nn.Module) -> int:
    """How many numbers parts of a network hold."""
    return sum(p.numel() for part in parts for p in part.parameters())


def own_info(row: ModelRow, folder: Path, *, parameters: int, source: str, device: str) -> Info:
    """What there is to know about a model of ours, opened from a folder."""
    return Info(
        name=row.name,
        member=row.member,
        task=row.task,
        source=source,
        parameters=parameters,
        bytes=weight_bytes(folder),
        device=device,
        revision="",
        licence=row.licence,
        training_data=row.training_data,
    )


def hub_info(hub: HubRow, *, member: str, parameters: int, size: int, source: str, device: str) -> Info:
    """What there is to know about a model of a hub; ``size`` is that of its weight files in bytes."""
    return Info(
        name=hub.name,
        member=member,
        task=hub.task,
        source=source,
        parameters=parameters,
        bytes=size,
        device=device,
        revision=hub.revision,
        licence=hub.licence,
        training_data=hub.training_data,
    )


def weight_bytes(folder: Path) -> int:
    """Bytes of a folder's safetensors files."""
    return sum(file.stat().st_size for file in Path(folder).glob("*.safetensors"))


def open_pickle(path: Path, *, sha256: str, what: str) -> dict[str, torch.Tensor]:
    """The tensors of a hub's pickle: of the pinned file only, and nothing but tensors.

    Args:
        path: The file.
        sha256: Its checksum.
        what: The network that it should hold.

    Raises:
        HubFileError: The file is not the pinned one.
        WeightsError: It is missing, or holds other things than tensors.
    """
    if not path.is_file():
        raise WeightsError("weights_missing", expected=path.name, got="no such file", hint="Fetch the model again.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        raise HubFileError(
            "hub_file",
            expected=f"{path.name}: sha256 {sha256[:12]}...",
            got=f"sha256 {digest[:12]}...",
            hint="Delete this file and fetch the model again.",
        )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises UnpicklingError, RuntimeError, EOFError, ...
        raise _foreign(what, error) from error


def load_tensors(model: torch.nn.Module, tensors: Mapping[str, torch.Tensor], *, what: str) -> None:
    """Puts a hub's tensors into a network that has all of them and no others.

    Raises:
        WeightsError: It has not.
    """
    try:
        model.load_state_dict(tensors)
    except Exception as error:  # RuntimeError, TypeError, AttributeError
        raise _foreign(what, error) from error


def _foreign(what: str, error: Exception) -> WeightsError:
    return WeightsError(
        "weights_foreign",
        expected=what,
        got=f"{type(error).__name__}: {error}"[:120],
        hint="Delete this file and fetch the model again.",
    )
