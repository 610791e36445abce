"""The next token's probabilities, re-ranked in the browser as temperature, top-k and top-p move; a bar can be chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

KEPT = 400  # tokens that come with their own logit; all others as a histogram
BINS = 400


class NextTokens(View):
    """Shows what :func:`next_tokens` makes. Triggers ``options`` with ``temperature``, ``top_k`` and ``top_p`` when one was moved, and
    ``choose`` with the ``token`` and ``group`` of a bar.
    """

    files = "next_tokens"
    EVENTS = (*View.EVENTS, "options", "choose")


def group(title: str, tokens: Sequence[str], logits: np.ndarray, *, colour: str = "scratch") -> dict[str, Any]:
    """One network's answer.

    Args:
        title: Whose it is, in the visitor's language.
        tokens: All V tokens, most probable first.
        logits: (V,), in the same order.
        colour: ``scratch`` or ``hub``.
    """
    logits = logits.astype(np.float64) - float(logits[0])
    rest = logits[KEPT:]
    counts, edges = np.histogram(rest, BINS) if len(rest) else (np.array([]), np.array([0.0]))
    middles = (edges[:-1] + edges[1:]) / 2
    return {
        "title": title,
        "colour": colour,
        "tokens": list(tokens[:KEPT]),
        "logits": [round(float(v), 4) for v in logits[:KEPT]],
        "rest": [[round(float(m), 3), int(n)] for m, n in zip(middles, counts, strict=True) if n],
    }


def probabilities(group: Mapping[str, Any], options: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """What the bars of a group show: its kept tokens' probabilities, and of the others (n, 2) how many have which probability.

    Args:
        group: Made by :func:`group`.
        options: ``temperature``, ``top_k`` and ``top_p``.
    """
    logits = np.array(group["logits"])
    rest = np.array(group["rest"] or np.zeros((0, 2)), float)
    temperature, cut = options["temperature"], int(options["top_k"]) or len(logits) + 1
    if temperature == 0:
        return (np.arange(len(logits)) == 0).astype(float), np.zeros((0, 2))
    e, tail = np.exp(logits / temperature), np.exp(rest[:, 0] / temperature)
    e[cut:] = 0
    if cut <= len(logits):
        rest, tail = rest[:0], tail[:0]
    p = e / (e.sum() + rest[:, 1] @ tail)
    kept = np.ones(len(p), bool) if options["top_p"] >= 1 else np.cumsum(p) - p < max(options["top_p"], 1e-9)
    if options["top_p"] < 1 and p.sum() >= options["top_p"]:
        rest, tail = rest[:0], tail[:0]
    e = np.where(kept, e, 0)
    whole = e.sum() + rest[:, 1] @ tail
    return e / whole, np.stack((rest[:, 1], tail / whole), -1)


def next_tokens(
    title: str,
    groups: Sequence[dict[str, Any]],
    options: Mapping[str, float],
    words: Mapping[str, str],
    *,
    shown: int = 12,
) -> dict[str, Any]:
    """The JSON of the bars.

    Args:
        title: After which text, in the visitor's language.
        groups: Made by :func:`group`, at most two side by side.
        options: ``temperature`` 0 to 2, ``top_k`` (0 for all), ``top_p`` 0 to 1: where the sliders stand.
        words: The view's phrases.
        shown: How many bars.
    """
    return {"title": title, "groups": list(groups), "options": dict(options), "words": dict(words), "shown": shown}
