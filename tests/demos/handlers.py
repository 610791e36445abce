"""What tests call a page's handlers with, and see of what they made."""

from collections.abc import Iterable
from typing import Any

import gradio as gr


def clicked(**detail: Any) -> gr.EventData:
    """What a view tells of a click."""
    return gr.EventData(None, detail)


def merged(steps: Iterable[dict]) -> dict:
    """All that a handler changed, the later over the earlier."""
    made: dict = {}
    for step in steps:
        made |= step
    return made


def event(tab: Any, handler: str) -> Any:
    """The event of the tab's app that calls a handler, such as ``Speech.hear``."""
    return next(f for f in tab.app.fns.values() if getattr(f.fn, "__qualname__", "") == handler)
