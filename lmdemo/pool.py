"""Which models are in memory: one load at a time, least recently used out, never one in use; the device; the threads."""

import contextlib
import copy
import gc
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lmdemo.errors import HubError, LmdemoError, OptionError, ResourceError

if TYPE_CHECKING:
    import torch

WAIT_FOR_MEMORY = 60.0  # seconds that a load waits for models in use before it gives up
_POLL = 0.05


class Poolable(Protocol):
    """What the pool keeps: an adapter."""

    model: "torch.nn.Module"

    @property
    def in_use(self) -> bool:
        """Whether a call is under way."""


@dataclass(frozen=True)
class Key:
    """What makes two loads the same load."""

    name: str
    source: str
    device: str
    revision: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a load is.

    Attributes:
        stage: ``waiting`` (for memory), ``listing``, ``downloading``, ``checking``, ``opening``.
        done, total: Bytes of a download so far and in all; 0 and 0 in stages that count none.
    """

    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Status:
    """One line of what is loaded or being loaded.

    Attributes:
        key: Which model, source, device, revision.
        state: ``loading`` or ``ready``.
        bytes: Bytes of its parameters and buffers; the estimate while it loads.
        in_use: Whether a call is under way.
        progress: How far the load is; None once it is ready.
    """

    key: Key
    state: str
    bytes: int
    in_use: bool = False
    progress: Progress | None = None


Report = Callable[[Progress], None]
Opener = Callable[[Report], Poolable]


def _ignore(_: Progress) -> None:
    pass


@dataclass
class _Loading:
    expected: int
    progress: Progress = Progress("opening")
    done: threading.Event = field(default_factory=threading.Event)
    adapter: Poolable | None = None
    error: BaseException | None = None


class Pool:
    """Opened adapters, kept below a limit of bytes.

    Args:
        limit: Bytes for all models of one device together; None takes :func:`memory_limit` for the processor, and
            four fifths of a GPU's own memory.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._ready: OrderedDict[Key, tuple[Poolable, int]] = OrderedDict()  # least recently used first
        self._loading: dict[Key, _Loading] = {}
        self._lock = threading.RLock()

    def get(
        self,
        key: Key,
        open_: Opener,
        *,
        expected: int = 0,
        progress: Report = _ignore,
        stop: threading.Event | None = None,
    ) -> Poolable:
        """The adapter of ``key``, opened by ``open_`` unless it is here already.

        Of several callers one opens; the others wait, are told the same progress, and get the same adapter or error.

        Args:
            key: What is wanted.
            open_: Fetches and opens it; is given a function to report its progress to.
            expected: Bytes that it is likely to need, so that room is made before.
            progress: Called with how far the load is, in this caller's thread.
            stop: Set it to give up. A load that others wait for is then taken over by one of them.

        Raises:
            ResourceError: There is not enough memory, even with every idle model gone.
            LmdemoError: What ``open_`` raises.
        """
        while True:
            with self._lock:
                if key in self._ready:
                    self._ready.move_to_end(key)
                    return self._ready[key][0]
                slot = self._loading.get(key)
                if mine := slot is None:
                    slot = self._loading[key] = _Loading(expected)
            if mine:
                return self._load(key, slot, open_, progress, stop)
            self._wait(slot, progress, stop)
            if slot.adapter is not None:
                return slot.adapter
            if not (isinstance(slot.error, HubError) and slot.error.key == "download_stopped"):
                raise copy.copy(slot.error) from slot.error
            # The one who loaded has stopped: whoever comes first takes over; what was downloaded is still there.

    def status(self) -> tuple[Status, ...]:
        """What is loaded, most recently used first, after what is being loaded."""
        with self._lock:
            return (
                *(Status(key, "loading", s.expected, progress=s.progress) for key, s in self._loading.items()),
                *(Status(key, "ready", size, a.in_use) for key, (a, size) in reversed(self._ready.items())),
            )

    def clear(self) -> int:
        """Lets go of every model that is not in use; says how many bytes."""
        with self._lock:
            return self._evict(self._ready, lambda _: True)

    def limit(self, device: str = "cpu") -> int:
        """Bytes that the models of a device may take together."""
        if self._limit is not None:
            return self._limit
        if device.partition(":")[0] == "cuda":
            import torch

            return int(0.8 * torch.accelerator.get_memory_info()[1])
        return memory_limit()

    def _load(
        self, key: Key, slot: _Loading, open_: Opener, progress: Report, stop: threading.Event | None
    ) -> Poolable:
        def report(p: Progress) -> None:
            slot.progress = p
            progress(p)

        try:
            use_threads()
            self._make_room(key, slot, report, stop)
            report(Progress("opening"))
            slot.adapter = self._open(key, open_, report)
            with self._lock:
                size = _count(slot.adapter)
                self._ready[key] = (slot.adapter, size)
                slot.expected = 0  # it is counted as ready from here on
                self._evict(
                    self._ready,
                    lambda k: k != key and k.device == key.device and self._taken(key.device) > self.limit(key.device),
                )
            return slot.adapter
        except BaseException as error:
            slot.error = error
            raise
        finally:
            with self._lock:
                del self._loading[key]
            slot.done.set()

    def _open(self, key: Key, open_: Opener, report: Report) -> Poolable:
        try:
            return open_(report)
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, LmdemoError) or not is_out_of_memory(error):
                raise
        self.clear()
        _release(key.device)
        try:
            return open_(report)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise _short_of_memory(key, "more memory than is free here", "out of memory, twice") from error

    def _make_room(self, key: Key, slot: _Loading, report: Report, stop: threading.Event | None) -> None:
        limit = self.limit(key.device)
        if slot.expected > limit:
            raise _short_of_memory(key, f"{megabytes(limit)} for models", megabytes(slot.expected))
        until = time.monotonic() + WAIT_FOR_MEMORY
        while True:
            with self._lock:  # this load's own bytes are among those taken, those of later ones are not
                self._evict(self._ready, lambda k: k.device == key.device and self._taken(key.device, key) > limit)
                if self._taken(key.device, key) <= limit:
                    return
            if time.monotonic() > until:
                raise _short_of_memory(
                    key, f"{megabytes(limit)} for models", f"{megabytes(self._taken(key.device))} with those in use"
                )
            report(Progress("waiting"))
            _check(stop)
            time.sleep(_POLL)

    def _wait(self, slot: _Loading, progress: Report, stop: threading.Event | None) -> None:
        told = None
        while not slot.done.wait(_POLL):
            _check(stop)
            if slot.progress is not told:
                told = slot.progress
                progress(told)

    def _taken(self, device: str, up_to: Key | None = None) -> int:
        """Bytes of what is ready and of the loads under way, those that began after ``up_to`` left out."""
        loading = list(self._loading)
        if up_to is not None:
            loading = loading[: loading.index(up_to) + 1]
        return sum(size for k, (_, size) in self._ready.items() if k.device == device) + sum(
            self._loading[k].expected for k in loading if k.device == device
        )

    def _evict(self, keys, wanted: Callable[[Key], bool]) -> int:
        freed, devices = 0, set()
        for key in list(keys):
            if wanted(key) and not self._ready[key][0].in_use:
                freed += self._ready.pop(key)[1]
                devices.add(key.device)
        for device in devices:
            _release(device)
        return freed


POOL = Pool()


def status() -> tuple[Status, ...]:
    """What this process has loaded or is loading."""
    return POOL.status()


def _check(stop: threading.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise HubError(
            "download_stopped",
            expected="a finished load",
            got="stopped",
            hint="Ask again to go on; what was downloaded is kept.",
        )


def _short_of_memory(key: Key, expected: str, got: str) -> ResourceError:
    return ResourceError(
        "memory_short",
        expected=expected,
        got=f"{key.name}: {got}",
        hint="Wait until other models are idle, choose a smaller model, or raise LMDEMO_MEMORY.",
    )


def _count(adapter: Poolable) -> int:
    # A session of another runtime behind an adapter (OpenCV, ONNX) is counted by its file.
    if not hasattr(adapter.model, "parameters"):
        return adapter.info.bytes
    from lmdemo.models.base import count_bytes

    return count_bytes(adapter.model)


def _release(device: str) -> None:
    gc.collect()
    if device.partition(":")[0] != "cpu":
        import torch

        if torch.accelerator.is_available():
            torch.accelerator.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on the processor or a GPU."""
    import torch

    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )  # torch's CPU allocator


def megabytes(size: int) -> str:
    """Bytes as people read them, such as ``97.8 MB``."""
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.2f} GB"


def memory_limit() -> int:
    """Bytes for models in this process: ``LMDEMO_MEMORY`` (such as ``800MB``, ``4GB``), else half of what a container
    or the machine has, since activations, the interpreter and the page need the rest.
    """
    if text := os.environ.get("LMDEMO_MEMORY", "").strip():
        number, unit = text.rstrip("GMBgmb "), text.lstrip("0123456789. ").upper().strip()
        try:
            return int(float(number) * {"GB": 1e9, "G": 1e9, "MB": 1e6, "M": 1e6, "": 1e6}[unit])
        except (ValueError, KeyError):
            raise OptionError(
                "bad_memory_option",
                expected="800MB, 4GB",
                got=text[:40],
                hint="LMDEMO_MEMORY is a number followed by MB or GB.",
            ) from None
    return total_memory() // 2


def total_memory() -> int:
    """Bytes that this process may use: the container's limit where there is one, else the machine's memory."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else [8 * 10**9]
    for path in _cgroup_files():
        with contextlib.suppress(OSError, ValueError):  # "max" means none
            sizes.append(int(path.read_text()))
    return min(sizes)


def _cgroup_files(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> list[Path]:
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return []
    files = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base, name = root, "memory.max"
        elif "memory" in controllers.split(","):
            base, name = root / "memory", "memory.limit_in_bytes"
        else:
            continue
        here = base / path.lstrip("/")
        while True:  # a limit of any group above counts too
            files.append(here / name)
            if here == base or base not in here.parents:
                break
            here = here.parent
    return files


def choose_device(device: str | None = None, *, source: str = "scratch") -> str:
    """Where to compute: what was asked, else ``LMDEMO_DEVICE``, else the GPU that is here, else the processor.

    Raises:
        OptionError: There is no such device here.
    """
    asked = device or os.environ.get("LMDEMO_DEVICE", "").strip()
    if asked == "cpu" or (not asked and source == "scratch" and os.environ.get("SPACE_ID")):
        return "cpu"  # on Spaces our own networks leave the shared GPU to the large ones
    import torch

    found = torch.accelerator.current_accelerator(check_available=True)
    here = ["cpu"] + ([found.type] if found else [])
    if not asked or asked == "auto":
        return here[-1]
    if asked.partition(":")[0] not in here:
        raise OptionError(
            "unknown_device",
            expected=", ".join(here),
            got=asked[:40],
            hint="Take a device that is here, or leave the choice to the program.",
        )
    return asked


def choose_dtype(device: str) -> "torch.dtype":
    """The number format for hub models: float32 on the processor, bfloat16 or float16 on GPUs."""
    import torch

    kind = device.partition(":")[0]
    if kind == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.float16 if kind == "mps" else torch.float32


_threads_lock = threading.Lock()
_threads: int | None = None


def use_threads(count: int | None = None) -> int:
    """Sets how many threads torch computes with in this process, once: ``LMDEMO_THREADS``, else the processors that
    the container allows.

    Args:
        count: Take this number from now on, whatever was set before.

    Raises:
        OptionError: The variable is no number from 1 to 1,024.
    """
    global _threads
    with _threads_lock:
        if _threads is None or count is not None:
            import torch

            text = (
                str(count or "")
                or os.environ.get("LMDEMO_THREADS")
                or os.environ.get("OMP_NUM_THREADS")
                or str(processors())
            )
            if not (text.isdecimal() and 1 <= int(text) <= 1024):
                raise OptionError(
                    "bad_threads_option",
                    expected="1 - 1,024",
                    got=text[:40],
                    hint="LMDEMO_THREADS is a number of processor threads.",
                )
            torch.set_num_threads(int(text))
            _threads = int(text)
    return _threads


@contextlib.contextmanager
def computing_with(count: int) -> Iterator[None]:
    """Computes with so many threads of torch in the thread that asks, until the block ends."""
    import torch

    before = torch.get_num_threads()
    if count != before:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        if count != before:
            torch.set_num_threads(before)


def processors() -> int:
    """Processors that this process may use, by its affinity and its container's quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        count = min(count, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or no quota
        pass
    return count
