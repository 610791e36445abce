"""What each task is done with: the models, best first, each a link to the page that does it."""

from collections.abc import Mapping, Sequence
from typing import Any

from demos.views import View


class Tasks(View):
    """Shows what :func:`tasks` makes."""

    files = "tasks"


def model(name: str, href: str, figure: str, simple: str, *, beaten: bool) -> dict[str, Any]:
    """One model.

    Args:
        name: Its name.
        href: The page that does the task with it.
        figure: How good it is, with the metric's name; "" where that was never measured.
        simple: The same of the best simple method.
        beaten: Whether the simple method does better.
    """
    return {"name": name, "href": href, "figure": figure, "simple": simple, "beaten": beaten}


def tasks(note: str, rows: Sequence[tuple[str, Sequence[dict[str, Any]]]], words: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the list.

    Args:
        note: What the order means.
        rows: A task in words, and what :func:`model` makes.
        words: The view's phrases: ``simple``, ``beaten``.
    """
    return {
        "note": note,
        "rows": [{"task": task, "models": list(models)} for task, models in rows],
        "words": dict(words),
    }
