"""Short texts to choose from, each a button."""

from collections.abc import Sequence
from typing import Any

from demos.views import View


class Chips(View):
    """Shows what :func:`chips` makes; triggers ``choose`` with the ``text`` of the button."""

    files = "chips"
    EVENTS = (*View.EVENTS, "choose")


def chips(title: str, texts: Sequence[str]) -> dict[str, Any]:
    """The JSON of the buttons."""
    return {"title": title, "texts": list(texts)}
