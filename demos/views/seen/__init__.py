"""What was seen when in a video: a lane for each label, and a moment that can be chosen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View

LANES = 10  # of the labels that were seen most


class Seen(View):
    """Shows what :func:`seen` makes; triggers ``moment`` with the ``index`` of a frame that was chosen."""

    files = "seen"
    EVENTS = (*View.EVENTS, "moment")


def seen(
    words: dict[str, str],
    times: Sequence[float],
    counts: Sequence[Mapping[str, int]],
    names: Mapping[str, str],
    seconds: float,
    film: str,
) -> dict[str, Any]:
    """The JSON.

    Args:
        words: The view's phrases.
        times: When each frame that was looked at is shown, in seconds.
        counts: How often each label was seen in each of them.
        names: The labels' names on the page.
        seconds: How long the video is.
        film: elem_id of the video that is played beside.
    """
    most = [label for label, _ in sum((Counter(c) for c in counts), Counter[str]()).most_common(LANES)]
    lanes = [{"name": names[label], "counts": [c.get(label, 0) for c in counts]} for label in most]
    return {"words": words, "times": [round(t, 3) for t in times], "lanes": lanes, "seconds": seconds, "film": film}
