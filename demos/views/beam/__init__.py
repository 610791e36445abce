"""A beam search as a tree: the beginnings that were kept at each step, with their scores, and the one that won."""

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
) -> dict[str, Any]:
    """The JSON of the tree.

    Args:
        title: In the visitor's language.
        tokens: The piece that each kept beginning was given, (steps, beams) str; "" where fewer were kept.
        parents: The place of the beginning before it in the step before, (steps, beams).
        scores: Log-probabilities of the beginnings, (steps, beams).
        endings: What finished sentences are compared by, (steps, beams); NaN where one goes on.
        words: The view's phrases.
    """
    nodes, places = [], {}
    for step in range(len(tokens)):
        for place in np.flatnonzero(np.isfinite(scores[step])):
            places[step, int(place)] = len(nodes)
            ended = endings[step, place]
            nodes.append(
                {
                    "step": step,
                    "parent": places[step - 1, int(parents[step, place])] if step else -1,
                    "piece": str(tokens[step, place]).replace("▁", " "),
                    "score": round(float(scores[step, place]), 3),
                    "ending": None if np.isnan(ended) else round(float(ended), 4),
                }
            )
    finished = [i for i, n in enumerate(nodes) if n["ending"] is not None]
    best = (
        max(finished, key=lambda i: nodes[i]["ending"])
        if finished
        else max(range(len(nodes)), key=lambda i: (nodes[i]["step"], nodes[i]["score"]))
    )
    return {"title": title, "nodes": nodes, "best": best, "words": dict(words)}
