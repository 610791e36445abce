"""Parameters of many models side by side, on a logarithmic scale."""

from collections.abc import Sequence

from demos.views import View


class Sizes(View):
    """Shows what :func:`sizes` makes."""

    files = "sizes"


def sizes(title: str, note: str, rows: Sequence[tuple[str, int, str, str]]) -> dict:
    """The JSON of the strip.

    Args:
        title: In the visitor's language.
        note: What the scale is, in words.
        rows: Name, parameters, ``ours``, ``hub`` or ``known``, and an address: of ours the page, else the figure's source.
    """
    ordered = sorted(rows, key=lambda r: r[1])
    return {
        "title": title,
        "note": note,
        "rows": [dict(zip(("name", "parameters", "kind", "source"), r, strict=True)) for r in ordered],
    }
