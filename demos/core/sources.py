"""What a source means: whose network answers, how it is opened while the page tells of it, and where it computes."""

import contextlib
import operator
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import gradio as gr

import lmdemo
from demos.core.page import Update
from demos.core.words import say
from lmdemo.adapters.outputs import Info
from lmdemo.errors import HubError, LmdemoError, WeightsError

try:
    from spaces import GPU
except ImportError:  # everywhere but on Hugging Face Spaces

    def GPU(function: Callable[..., Any]) -> Callable[..., Any]:
        """Calls stay where they are."""
        return function


def wanted(name: str, source: str) -> tuple[str, ...]:
    """The sources that answer when ``source``, which may be ``both``, is chosen; a model without one on the hub answers alone."""
    if not lmdemo.catalog.MODELS[name].hub:
        return ("scratch",)
    return ("scratch", "hub") if source == "both" else (source,)


def shown_name(name: str, source: str) -> str:
    """Whose bytes come: the hub's model, the visitor's Darknet files, or our own."""
    if source == "darknet":
        return source
    row = lmdemo.catalog.MODELS.get(name)
    return row.hub[0] if row and row.hub and source.startswith("hub") else name


def opening(name: str, source: str, lang: str) -> Generator[str, None, Any]:
    """Opens a model in another thread, and yields what to tell meanwhile; leaving it early stops a download.

    Yields:
        Sentences such as ``Downloading resnet-50: 12.0 of 102.5 MB``; none for a model that is in memory.

    Returns:
        The adapter.

    Raises:
        LmdemoError: It can't be had.
    """
    stop = threading.Event()
    latest: list[Any] = []
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["adapter"] = lmdemo.load(name, source=source, progress=latest.append, stop=stop)
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.25)
    try:
        while thread.is_alive():
            p = latest[-1] if latest else None
            shown = shown_name(name, source)
            if p is not None and p.total:
                yield say(lang, "downloading", name=shown, done=p.done / 1e6, total=p.total / 1e6)
            else:
                yield say(lang, "loading", name=shown)
            thread.join(0.25)
    finally:
        stop.set()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["adapter"]


# On ZeroGPU a GPU is lent to one call at a time, in a forked process: arguments and results are pickled on the way, and the
# process has the models that this one had opened. Our own networks are small and stay on the CPU.


def call(name: str, source: str, what: Callable[[Any], Any]) -> Any:
    """``what(adapter)``; for a hub's model where a GPU is lent.

    Args:
        name: The model.
        source: Whose network.
        what: What to do with the adapter; ``operator.methodcaller`` can travel to another process.
    """
    return _on_gpu(name, source, what) if source.startswith("hub") else what(lmdemo.load(name, source=source))


def stream(name: str, source: str, what: Callable[[Any], Any]) -> Generator[Any, None, None]:
    """All that ``what(adapter)`` yields; see :func:`call`."""
    if source.startswith("hub"):
        yield from _stream_on_gpu(name, source, what)
    else:
        yield from what(lmdemo.load(name, source=source))


@GPU
def _on_gpu(name: str, source: str, what: Callable[[Any], Any]) -> Any:
    return what(lmdemo.load(name, source=source))


@GPU
def _stream_on_gpu(name: str, source: str, what: Callable[[Any], Any]) -> Any:
    yield from what(lmdemo.load(name, source=source))


def calling(*inputs: Any, **options: Any) -> Callable[[Any], Any]:
    """``adapter(*inputs, **options)`` as a value that can travel to another process."""
    return operator.methodcaller("__call__", *inputs, **options)


# -- asked from a page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What one source gave: a result, whose it is, and what the page needs of the adapter beside it."""

    source: str
    result: Any
    info: Info
    extra: Any = None


@dataclass(frozen=True)
class Missing:
    """A source that could not be had, and why."""

    source: str
    name: str
    error: LmdemoError


Answers = tuple[Answer | Missing, ...]


def opened(model: str, source: str, lang: str, *, status: Any, stop: Any = None) -> Generator[Update, None, Any]:
    """Opens a model and tells of it in ``status``; leaving it ends a download. Returns the adapter."""
    with contextlib.closing(opening(model, source, lang)) as steps:
        while True:
            try:
                told: Update = {status: next(steps)}
            except StopIteration as end:
                return end.value
            yield told | ({stop: gr.update(visible=source != "scratch")} if stop is not None else {})


def ask(
    model: str,
    source: str,
    what: Callable[[Any], Any],
    lang: str,
    *,
    status: Any,
    stop: Any = None,
    extra: Callable[[Any], Any] = lambda _: None,
) -> Generator[Update, None, Answers]:
    """Asks each network that ``source`` means, and tells meanwhile what is being loaded; leaving it ends a download.

    Args:
        model: The model.
        source: Whose network: ``scratch``, ``hub``, ``both``, ...
        what: What to ask of an adapter, such as :func:`calling`.
        lang: The visitor's language.
        status: Where to tell.
        stop: The button that ends it, shown while a hub's model is had.
        extra: What the page needs of the adapter beside the result.

    Yields:
        What the page shows meanwhile.

    Returns:
        For each source its answer, or why there is none.
    """
    answers: list[Answer | Missing] = []
    for one in wanted(model, source):
        try:
            adapter = yield from opened(model, one, lang, status=status, stop=stop)
            answers.append(Answer(one, call(model, one, what), adapter.info, extra(adapter)))
        except (HubError, WeightsError) as error:
            answers.append(Missing(one, shown_name(model, one), error))
    return tuple(answers)
