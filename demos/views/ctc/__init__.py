"""From sound to letters: spectrogram and letter probabilities over time, with a cursor that runs along while the clip plays."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MOST_FRAMES = 1_500  # of the spectrogram; longer clips are drawn with every second frame
DECIBELS = 10 / np.log(10)  # of a natural logarithm of power


class CTC(View):
    """Shows what :func:`ctc` makes; a cell is chosen with pointer or arrows, and ``pick`` is triggered with ``step`` and ``letter``."""

    files = "ctc"
    EVENTS = (*View.EVENTS, "pick")


def ctc(
    title: str,
    probabilities: np.ndarray,
    letters: Sequence[str],
    path: np.ndarray,
    step_seconds: float,
    words: Mapping[str, str],
    *,
    log_mel: np.ndarray | None = None,
    hertz: np.ndarray | None = None,
    clip: str = "",
    colour: str = "ours",
    pickable: bool = False,
) -> dict[str, Any]:
    """The JSON of the whole.

    Args:
        title: In the visitor's language.
        probabilities: (T, C).
        letters: What they stand for, "" the blank and " " the space (C,). Only those that ever get 2 % are drawn.
        path: The likeliest letter at each step (T,).
        step_seconds: Seconds a step takes.
        words: The view's phrases.
        log_mel: Natural logarithms of power (F, M), drawn above where they are given.
        hertz: The middle of each band (M,).
        clip: The path of the sound, which Gradio makes an address that the browser can play; "" plays nothing.
        colour: ``ours`` or ``hub``.
        pickable: Whether a chosen cell is reported.
    """
    shown = [i for i in range(len(letters)) if probabilities[:, i].max() >= 0.02 or i in path]
    order = sorted(shown, key=lambda i: (letters[i] != "", letters[i] != " ", letters[i]))
    spectrogram = None
    if log_mel is not None and hertz is not None:
        drawn = log_mel[:: -(-len(log_mel) // MOST_FRAMES)]
        low, high = np.quantile(drawn, [0.05, 0.995])
        spectrogram = {
            "frames": len(drawn),
            "bands": drawn.shape[1],
            "hertz": np.round(hertz).tolist(),
            "decibels": round(float((high - low) * DECIBELS)),  # between the ends of the colours
            "data": _bytes((drawn - low) / max(high - low, 1e-6)),
        }
    return {
        "title": title,
        "letters": [letters[i] for i in order],
        "ids": order,
        "steps": len(path),
        "data": _bytes(probabilities[:, order]),
        "path": [order.index(i) for i in path.tolist()],
        "seconds": step_seconds,
        "spectrogram": spectrogram,
        "clip": {"path": clip, "meta": {"_type": "gradio.FileData"}} if clip else None,
        "words": dict(words),
        "colour": colour,
        "pickable": pickable,
    }


def _bytes(values: np.ndarray) -> str:
    """(columns, rows) from 0 to 1, row after row, a byte each."""
    return base64.b64encode((values.T.clip(0, 1) * 255).round().astype(np.uint8).tobytes()).decode()
