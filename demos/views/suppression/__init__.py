"""How candidates become boxes: step by step, or before and after. It looks at what the view of boxes shows."""

from typing import Any

from demos.views import View


class Suppression(View):
    """Shows what :func:`suppression` makes."""

    files = "suppression"


def suppression(words: dict[str, str]) -> dict[str, Any]:
    """The JSON: the view's phrases; the candidates are those of :func:`demos.views.boxes.boxes`."""
    return {"words": words}
