"""Sound that plays while it is still being made: pieces come in one by one, each is heard after the one before."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.views import View

KEPT = 4  # of the last pieces that are sent each time: a page that is busy may miss an update


class Live(View):
    """Shows what :func:`live` makes."""

    files = "live"


def piece(waveform: np.ndarray) -> str:
    """A piece of a waveform within -1 to 1, 16 bits a sample."""
    return base64.b64encode(np.round(np.clip(waveform, -1, 1) * 32767).astype("<i2").tobytes()).decode()


def live(key: str, pieces: Sequence[str], first: int, rate: int, told: str) -> dict[str, Any]:
    """The JSON of sound that is being made.

    Args:
        key: Of this sound: another one silences the one before.
        pieces: What :func:`piece` makes, the newest ones.
        first: The number of the first of them, counted from the beginning of the sound.
        rate: Samples a second.
        told: How far it is and how fast, in the visitor's language.
    """
    return {"key": key, "pieces": list(pieces), "first": first, "rate": rate, "told": told}
