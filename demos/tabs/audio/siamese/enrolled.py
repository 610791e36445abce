"""Who is enrolled, in words and views."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from demos.tabs.audio.siamese import functions, looks, quiz
from demos.views.matrix import matrix
from demos.views.plane import dot, plane
from demos.views.threshold import exact, levels, threshold

MOST = 60  # clips; 1,770 pairs
NEAREST = 3


class Enrolled(NamedTuple):
    """One clip of a person; a synthetic voice's name is its number."""

    name: str
    number: int
    path: str
    synthetic: bool = False


@dataclass(frozen=True)
class Known:
    """Who is enrolled, with the embeddings (N, D) and the threshold of one network."""

    clips: tuple[Enrolled, ...]
    embeddings: np.ndarray
    threshold: float


@dataclass(frozen=True)
class Asked:
    """A clip whose voice is asked about, and the names that are nearest, with their cosines."""

    path: str
    embedding: np.ndarray
    nearest: tuple[tuple[Enrolled, float], ...]


VOICES = tuple(
    Enrolled(str(v + 1), k + 1, functions.path(f"voice-{v}-{k}"), True)
    for v in range(quiz.VOICES)
    for k in range(quiz.CLIPS)
)


def person(say: Any, clip: Enrolled, lang: str) -> str:
    """A person's name in the page's language."""
    return say(lang, "siamese.voice", n=clip.name) if clip.synthetic else clip.name


def clip_names(say: Any, known: Known, lang: str) -> list[str]:
    """What the clips are called."""
    return [say(lang, "siamese.clip", n=c.number) for c in known.clips]


def scores(tab: Any, known: Known, limit: float, people: list[str], lang: str) -> dict:
    """Cosines of all pairs, of one person and of two, and both errors against the threshold."""
    cosines, n = known.embeddings @ known.embeddings.T, len(people)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    same = exact(cosines[i, j] for i, j in pairs if people[i] == people[j])
    other = exact(cosines[i, j] for i, j in pairs if people[i] != people[j])
    title = tab.say(lang, "siamese.levels.title", same=len(same), other=len(other))
    return threshold([levels(title, "ours", limit, same, other)], tab.phrases("siamese.levels", lang), curve=True)


def similarities(tab: Any, known: Known, limit: float, people: list[str], lang: str) -> dict:
    """How near each clip is to each."""
    cosines, words = known.embeddings @ known.embeddings.T, tab.phrases("siamese.matrix", lang)
    return matrix(clip_names(tab.say, known, lang), people, cosines, limit, [c.path for c in known.clips], words)


def question(tab: Any, known: Known, people: list[str], lang: str) -> tuple[str, list[str], int, str, str] | None:
    """How many clips come home when each is left out once."""
    from lmdemo.adapters.speaker_verification import leave_one_out

    names = list(dict.fromkeys(people))
    counts = leave_one_out({n: known.embeddings[[p == n for p in people]] for n in names})
    total, right = int(counts.sum()), int(np.trace(counts))
    if len(names) < 2 or not total:
        return None
    choices, at = looks.among(right, (total, total // 2, total // len(names), max(0, total - 3)))
    told = tab.say(lang, "siamese.many.told", right=right, n=total)
    about = looks.about(*(c.path for c in known.clips))
    return tab.say(lang, "siamese.many.ask", n=total), choices, at, told, about


def on_plane(tab: Any, known: Known, asked: Asked | None, people: list[str], lang: str) -> dict:
    """Each clip where the two strongest directions have it, the asked one on top of them."""
    from lmdemo.adapters.speaker_verification import plane as laid

    e, names = known.embeddings, clip_names(tab.say, known, lang)
    flat = laid(e, asked.embedding[None] if asked else None)

    def told(who: str, cosines: np.ndarray, without: int = -1) -> str:
        near = [j for j in np.argsort(-cosines) if j != without][:NEAREST]
        listed = "; ".join(f"{people[j]}, {names[j]} {cosines[j]:.2f}" for j in near)
        return tab.say(lang, "siamese.plane.told", who=who, list=listed)

    dots = []
    for i, clip in enumerate(known.clips):
        said = told(f"{people[i]}, {names[i]}", e @ e[i], i)
        dots.append(dot(names[i], people[i], flat.points[i], said, path=clip.path))
    if asked:
        name = tab.say(lang, "siamese.plane.asked")
        said = told(name, e @ asked.embedding)
        dots.append(dot(name, "", flat.others[0], said, path=asked.path, asked=True))
    axes = [tab.say(lang, "siamese.plane.x"), tab.say(lang, "siamese.plane.y")]
    return plane(dots, flat.shares, axes, tab.phrases("siamese.plane", lang))


def whose_voice(say: Any, asked: Asked | None, limit: float, lang: str) -> str:
    """The nearest names, and whether the nearest is near enough."""
    if asked is None:
        return ""
    listed = ", ".join(f"{looks.plain(person(say, c, lang))} {score:.3f}" for c, score in asked.nearest)
    if asked.nearest[0][1] >= limit:
        return say(lang, "siamese.many.found", list=listed)
    return say(lang, "siamese.many.below", list=listed, threshold=limit)
