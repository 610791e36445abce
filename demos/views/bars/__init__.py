"""Probabilities as bars: most probable first, or each class always in its place."""

from collections.abc import Mapping

from demos.views import View


class Bars(View):
    """Shows labels with their probabilities; made by :func:`bars`, or ``{"groups": [...]}`` of several, side by side."""

    files = "bars"


def bars(
    title: str,
    scores: Mapping[str, float],
    *,
    top: int = 10,
    colour: str = "scratch",
    colours: Mapping[str, str] | None = None,
    fixed: bool = False,
) -> dict:
    """The JSON of a bar list. Of more than four bars, those below 0.1 % are folded.

    Args:
        title: What is shown, in the visitor's language.
        scores: Probability, 0 to 1, by label.
        top: How many are shown.
        colour: ``scratch`` or ``hub``: whose answer it is.
        colours: By label the colour of its class, a variable of the page's style without ``--lm-``.
        fixed: Whether the labels stay in their order, so that nothing jumps while the answer changes.
    """
    ordered = list(scores.items()) if fixed else sorted(scores.items(), key=lambda item: -item[1])
    rows = [{"label": k, "score": round(float(v), 6)} for k, v in ordered[:top]]
    for row in rows if colours else ():
        row["colour"] = (colours or {})[row["label"]]
    return {"title": title, "colour": colour, "rows": rows}
