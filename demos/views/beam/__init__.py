"""A beam search as a tree: the beginnings that were kept at each step, those that were dropped, and the one that won."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from demos.views import View


class Beam(View):
    """Shows what :func:`beam` makes; a beginning is chosen with pointer or arrows, and it is written out with its score."""

    files = "beam"


def beam(
    title: str,
    tokens: np.ndarray,
    parents: np.ndarray,
    scores: np.ndarray,
    endings: np.ndarray,
    words: Mapping[str, str],
    *,
    dropped: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> dict[str, Any]:
    """The JSON of the tree.

    Args:
        title: In the visitor's language.
        tokens: The piece that each kept beginning was given, (steps, beams) str; "" where fewer were kept.
        parents: The place of the beginning before it in the step before, (steps, beams).
        scores: Log-probabilities of the beginnings, (steps, beams).
        endings: What finished sentences are compared by, (steps, beams); NaN where one goes on.
        words: The view's phrases.
        dropped: Tokens, parents and scores of the likeliest that were not kept, (steps, dropped) each; they are the view's
            ``dropped``, nodes that nothing follows.
    """
    nodes: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    places: dict[tuple[int, int], int] = {}

    def node(step: int, token: Any, parent: Any, score: Any) -> dict[str, Any]:
        before = places[step - 1, int(parent)] if step else -1
        return {"step": step, "parent": before, "piece": str(token).replace("▁", " "), "score": round(float(score), 3)}

    for step in range(len(tokens)):
        for place in np.flatnonzero(np.isfinite(scores[step])):
            places[step, int(place)] = len(nodes)
            ended = endings[step, place]
            kept = node(step, tokens[step, place], parents[step, place], scores[step, place])
            nodes.append(kept | {"ending": None if np.isnan(ended) else round(float(ended), 4)})
        if dropped is not None:
            rows = zip(*(part[step] for part in dropped), strict=True)
            lost += [node(step, *row) for row in rows if np.isfinite(row[2])]
    finished = [i for i, n in enumerate(nodes) if n["ending"] is not None]
    best = (
        max(finished, key=lambda i: nodes[i]["ending"])
        if finished
        else max(range(len(nodes)), key=lambda i: (nodes[i]["step"], nodes[i]["score"]))
    )
    return {"title": title, "nodes": nodes, "dropped": lost, "best": best, "words": dict(words)}
