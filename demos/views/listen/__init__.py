"""Clips to be heard: a button each."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np
from gradio import processing_utils, utils

from demos.views import View


class Listen(View):
    """Shows what :func:`listen` makes."""

    files = "listen"


def sound(path: str) -> dict[str, Any]:
    """A file that a view plays: the page keeps it where browsers may fetch it, and adds its ``url``."""
    made: dict[str, Any] = gr.FileData(path=path).model_dump()
    return made


def kept(waveform: np.ndarray, rate: int) -> str:
    """A waveform within -1 to 1 as a file where the page keeps what it shows; it goes as uploads do."""
    loud = np.round(np.clip(waveform, -1, 1) * 32767).astype(np.int16)  # Gradio would bring fractions to full loudness
    return processing_utils.save_audio_to_cache(loud, rate, "wav", utils.get_upload_folder())


def listen(clips: Sequence[tuple[str, str]], words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of clips, each its name and its path.

    Args:
        clips: What can be heard.
        words: ``play`` and ``stop``, both with ``{name}``.
    """
    return {"clips": [{"name": name, "file": sound(path)} for name, path in clips], "words": dict(words)}
