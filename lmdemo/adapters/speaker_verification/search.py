"""Embeddings searched and laid out: who of the enrolled is nearest. Pure arithmetic, no network."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lmdemo.errors import OptionError


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


def check_top(top: int) -> None:
    """Refuses to find fewer than one.

    Raises:
        OptionError: ``top`` is less than 1.
    """
    if top < 1:
        raise OptionError("number_range", expected="top: >= 1", got=str(top)[:20], hint="Give a number from 1 on.")


def rank(
    embedding: np.ndarray, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5, hop: float = 0.0
) -> tuple[Match, ...]:
    """Scores everything enrolled in one matrix product, nearest first; of several windows of one name the nearest counts.

    Raises:
        OptionError: ``top`` is less than 1.
    """
    check_top(top)
    known = enrolled if isinstance(enrolled, Enrolled) else lay_out(enrolled)
    cosines = known.rows @ embedding
    best = cosines if len(cosines) == len(known.names) else np.maximum.reduceat(cosines, known.starts)
    nearest = np.argpartition(-best, top)[:top] if top < len(best) else np.arange(len(best))
    found = []
    for i in nearest[np.argsort(-best[nearest], kind="stable")]:
        end = known.starts[i + 1] if i + 1 < len(known.names) else len(cosines)
        found.append(Match(known.names[i], float(best[i]), hop * int(cosines[known.starts[i] : end].argmax())))
    return tuple(found)


class Plane(NamedTuple):
    """The two directions in which some embeddings differ most (principal components): where they lie on them (N, 2), where
    others would (K, 2), and the part of all differences that each direction shows, (2,); 0 where there are too few.
    """

    points: np.ndarray
    others: np.ndarray
    shares: np.ndarray


def plane(embeddings: np.ndarray, others: np.ndarray | None = None) -> Plane:
    """Lays embeddings (N, D) on a plane, and ``others`` (K, D), by which it is not chosen, on the same one."""
    mean = embeddings.mean(0)
    _, s, directions = np.linalg.svd(embeddings - mean, full_matrices=False)
    axes = np.zeros((embeddings.shape[1], 2), np.float32)
    axes[:, : min(2, len(s))] = directions[:2].T
    shares = np.zeros(2, np.float32)
    shares[: min(2, len(s))] = (s**2)[:2] / max(float(np.sum(s**2)), 1e-12)
    more = np.zeros((0, embeddings.shape[1]), np.float32) if others is None else others
    return Plane((embeddings - mean) @ axes, (more - mean) @ axes, shares)


def leave_one_out(classes: Mapping[str, np.ndarray]) -> np.ndarray:
    """How often a clip of each class (rows) is nearest to each prototype (columns), its own part left out: classes map to (n, D).

    A class of one clip has no prototype without it, and so a row of zeros.
    """
    names = list(classes)
    counts = np.zeros((len(names), len(names)), int)
    for i, name in enumerate(names):
        for j in range(len(classes[name]) if len(classes[name]) > 1 else 0):
            means = [(np.delete(classes[n], j, 0) if n == name else classes[n]).mean(0) for n in names]
            cosines = [m @ classes[name][j] / max(np.linalg.norm(m), 1e-9) for m in means]
            counts[i, int(np.argmax(cosines))] += 1
    return counts
