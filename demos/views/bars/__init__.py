"""Probabilities as bars, most probable first."""

from collections.abc import Mapping

from demos.views import View


class Bars(View):
    """Shows labels with their probabilities; made by :func:`bars`."""

    files = "bars"


def bars(title: str, scores: Mapping[str, float], *, top: int = 10, colour: str = "scratch") -> dict:
    """The JSON of a bar list.

    Args:
        title: What is shown, in the visitor's language.
        scores: Probability, 0 to 1, by label.
        top: How many are shown.
        colour: ``scratch`` or ``hub``: whose answer it is.
    """
    ordered = sorted(scores.items(), key=lambda item: -item[1])[:top]
    return {"title": title, "colour": colour, "rows": [{"label": k, "score": round(float(v), 6)} for k, v in ordered]}
