"""Which cells of a grid answer, over the picture. It looks at what the view of boxes shows."""

from typing import Any

from demos.views import View


class Grid(View):
    """Shows what :func:`grid` makes."""

    files = "grid"


def grid(words: dict[str, str]) -> dict[str, Any]:
    """The JSON: the view's phrases; grids and candidates are those of :func:`demos.views.boxes.boxes`."""
    return {"words": words}
