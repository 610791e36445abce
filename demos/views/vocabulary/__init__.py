"""A whole vocabulary on one map: how probable each word is in one sentence, and in another."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

MOST = 5_000
LEAST = 1e-7


class Vocabulary(View):
    """Shows what :func:`vocabulary` makes; a word that is pointed at is named."""

    files = "vocabulary"


def vocabulary(
    title: str, names: Sequence[str], p: np.ndarray, words: Mapping[str, str], *, colour: str
) -> dict[str, Any]:
    """The JSON of the map; of a large vocabulary the 5,000 most probable.

    Args:
        title: What is shown, in the visitor's language.
        names: V words.
        p: How probable each is in the first and in the second sentence, (V, 2).
        words: The view's phrases, those that begin with ``vocabulary.``.
        colour: A variable of the page's style without ``--lm-``.
    """
    best = np.argsort(-p.max(1), kind="stable")[:MOST]
    hundredths = np.round(100 * np.log10(p[best].clip(LEAST))).astype(int)
    return {
        "title": title,
        "words": dict(words),
        "colour": colour,
        "names": [names[n] for n in best],
        "first": hundredths[:, 0].tolist(),
        "second": hundredths[:, 1].tolist(),
        "total": len(names),
    }
