"""Embeddings searched and laid out: who of the enrolled is nearest. Pure arithmetic, no network."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Match(NamedTuple):
    """Something enrolled, how near it is (cosine, -1 to 1), and where in it, in seconds."""

    name: str
    score: float
    seconds: float = 0.0


class Enrolled(NamedTuple):
    """Many that are enrolled, laid out once for a fast search: names (N), all their embeddings (R, D), and where each one's begin (N,)."""

    names: tuple[str, ...]
    rows: np.ndarray
    starts: np.ndarray


def lay_out(enrolled: Mapping[str, np.ndarray]) -> Enrolled:
    """Names with embeddings (D,) or (windows, D), to search in them again and again."""
    rows = [np.atleast_2d(e) for e in enrolled.values()]
    return Enrolled(tuple(enrolled), np.concatenate(rows), np.cumsum([0, *(len(r) for r in rows[:-1])]))


def rank(
    embedding: np.ndarray, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5, hop: float = 0.0
) -> tuple[Match, ...]:
    """Scores everything enrolled in one matrix product, nearest first; of several windows of one name the nearest counts."""
    known = enrolled if isinstance(enrolled, Enrolled) else lay_out(enrolled)
    cosines = known.rows @ embedding
    best = cosines if len(cosines) == len(known.names) else np.maximum.reduceat(cosines, known.starts)
    nearest = np.argpartition(-best, top)[:top] if top < len(best) else np.arange(len(best))
    found = []
    for i in nearest[np.argsort(-best[nearest], kind="stable")]:
        end = known.starts[i + 1] if i + 1 < len(known.names) else len(cosines)
        found.append(Match(known.names[i], float(best[i]), hop * int(cosines[known.starts[i] : end].argmax())))
    return tuple(found)


def plane(embeddings: np.ndarray) -> np.ndarray:
    """The two directions in which embeddings (N, D) differ most (principal components): (N, 2), and 0 where there are too few."""
    centred = embeddings - embeddings.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(embeddings), 2), np.float32)
    flat[:, : min(2, len(s))] = (u * s)[:, :2]
    return flat


def leave_one_out(classes: Mapping[str, np.ndarray]) -> np.ndarray:
    """How often a clip of each class (rows) is nearest to each prototype (columns), its own part left out: classes map to (n, D)."""
    names = list(classes)
    counts = np.zeros((len(names), len(names)), int)
    for i, name in enumerate(names):
        for j in range(len(classes[name])):
            means = [
                np.delete(classes[n], j, 0).mean(0) if n == name and len(classes[n]) > 1 else classes[n].mean(0)
                for n in names
            ]
            cosines = [m @ classes[name][j] / max(np.linalg.norm(m), 1e-9) for m in means]
            counts[i, int(np.argmax(cosines))] += 1
    return counts
