"""Several renderings of one clip on one clock: whoever takes over plays on from where the other was."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View
from demos.views.listen import sound


class Players(View):
    """Shows what :func:`players` makes; one sounds at a time, and all share one position."""

    files = "players"


def track(name: str, path: str, *, note: str = "", colour: str = "") -> dict[str, Any]:
    """One rendering.

    Args:
        name: Who made it, in the visitor's language.
        path: Its file.
        note: What was measured of it.
        colour: Of its mark, a variable of the page's style without ``--lm-``; "" is the colour of text.
    """
    return {"name": name, "file": sound(path), "note": note, "colour": colour}


def players(tracks: Sequence[dict[str, Any]], seconds: float, words: Mapping[str, str], *, wait: str = "") -> dict:
    """The JSON of the players.

    Args:
        tracks: What :func:`track` makes.
        seconds: Length of the clip.
        words: The view's phrases.
        wait: What is still being made, in a sentence.
    """
    return {"tracks": list(tracks), "seconds": round(seconds, 3), "words": dict(words), "wait": wait}
