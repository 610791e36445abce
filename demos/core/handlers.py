"""What runs on an event, and how Gradio is told that it changed nothing."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr


@dataclass(frozen=True)
class Handler:
    """A handler with what it is given and what it may change."""

    run: Callable[..., Any]
    outputs: Sequence[Any]
    inputs: Mapping[str, Any] = field(default_factory=dict)


def something(handler: Callable[..., Any], output: Any) -> Callable[..., Any]:
    """Turns "no change" into what Gradio understands by it.

    Gradio empties every output of a generator that ends without a yield, and refuses an empty dict.
    """
    if not inspect.isgeneratorfunction(handler):
        return functools.wraps(handler)(lambda *args, **kwargs: handler(*args, **kwargs) or {output: gr.skip()})

    @functools.wraps(handler)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        nothing = True
        with contextlib.closing(handler(*args, **kwargs)) as steps:
            for made in steps:
                nothing = False
                yield made or {output: gr.skip()}
        if nothing:
            yield {output: gr.skip()}

    return wrapper


def once(*groups: Sequence[Any]) -> list[Any]:
    """The components of several groups, each once."""
    return list({c._id: c for group in groups for c in group}.values())
