"""Clips to be heard: a button each."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from demos.views import View


class Listen(View):
    """Shows what :func:`listen` makes."""

    files = "listen"


def sound(path: str) -> dict[str, Any]:
    """A file that a view plays: the page keeps it where browsers may fetch it, and adds its ``url``."""
    made: dict[str, Any] = gr.FileData(path=path).model_dump()
    return made


def listen(clips: Sequence[tuple[str, str]], words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of clips, each its name and its path.

    Args:
        clips: What can be heard.
        words: ``play`` and ``stop``, both with ``{name}``.
    """
    return {"clips": [{"name": name, "file": sound(path)} for name, path in clips], "words": dict(words)}
