"""From the results of voices to words and views, and what the members' parts share."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from demos.core.cards import heard
from demos.core.tab import Answer, Answers
from demos.tabs.audio.siamese.functions import SPEAKER
from demos.tabs.audio.siamese.quiz import Quiz
from demos.views import spectrogram as spectra
from demos.views.dot_product import dot_product
from demos.views.threshold import levels, spread, threshold
from lmdemo.catalog import MODELS

PAIRS = {
    "same": ("voice-1-0", "voice-1-2"),
    "two": ("voice-1-0", "voice-0-1"),
    "alike": ("voice-0-0", "voice-2-1"),
    "room": ("voice-1-0", "voice-1-room"),
    "line": ("voice-1-0", "voice-1-line"),
}
threshold_of = operator.attrgetter("threshold")


@dataclass(frozen=True)
class Found:
    """Which clips were asked about and what was answered; everything on show is made from it."""

    clips: tuple[str, ...]
    source: str
    answers: Answers = ()
    example: str = ""
    quiz: Quiz | None = None

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]


def about(*paths: str) -> str:
    """What a question is about: other clips ask it anew."""
    return "|".join(Path(p).name for p in paths)


def plain(name: str) -> str:
    """A visitor's or a file's name inside Markdown: as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$&" else c for c in name)


def sound_name(say: Any, label: str, lang: str) -> str:
    """A label as the page writes it."""
    label = label.replace("-", " ")
    return say(lang, f"siamese.label.{label}") if f"siamese.label.{label}" in say else label


def among(right: int, others: Sequence[int], unit: str = "") -> tuple[list[str], int]:
    """Numbers to choose from, the right one among them, and where it stands."""
    numbers = sorted({right, *others})
    return [f"{n}{unit}" for n in numbers], numbers.index(right)


def limit_of(answer: Answer, chosen: float | None, first: bool) -> float:
    """The threshold of an answer: the network's own, or of the first one what the visitor chose."""
    return float(answer.extra) if chosen is None or not first else chosen


# -- voices ------------------------------------------------------------------------------------------------------------


def said(say: Any, found: Found, chosen: float | None, lang: str) -> str:
    """The decision of each network, and the first one's warnings."""
    lines = []
    for i, a in enumerate(found.there):
        limit = limit_of(a, chosen, i == 0)
        same = a.result.score >= limit
        whose = f"{say(lang, f'source.{a.source}')}: " if len(found.answers) > 1 or a.source != "scratch" else ""
        values = {"score": a.result.score, "threshold": limit, "sign": "≥" if same else "<"}
        answer = say(lang, "siamese.same" if same else "siamese.different")
        lines.append(say(lang, "siamese.answer", source=whose, answer=answer, **values))
    warned = [f"⚠ {say(lang, f'siamese.warn.{w}')}" for a in found.there[:1] for w in a.result.warnings]
    for a in found.there[:1]:
        warned += heard(say, a.result.heard, lang, own=not found.example)
    return "  \n".join([*lines, *warned]) or say(lang, "siamese.no_answer")


def unseen() -> tuple[dict, float]:
    """Scores of pairs of unseen speakers, as ``evaluate`` found them: what :func:`levels` takes of them."""
    figures = MODELS[SPEAKER].figures
    histograms = figures.splits["val"].curves if figures else {}
    width = 2 / max(1, len(histograms.get("same", ())))
    return {kind: spread(histograms[kind]) for kind in ("same", "other") if kind in histograms}, width


def verdict(tab: Any, found: Found, chosen: float | None, lang: str) -> dict:
    """Each score on its axis, ours before the scores of unseen speakers."""
    known, width = unseen()
    rows = []
    for i, a in enumerate(found.there):
        behind = {**known, "width": width} if a.source == "scratch" else {}
        name, colour = tab.say(lang, f"source.{a.source}"), "ours" if a.source == "scratch" else "hub"
        rows.append(levels(name, colour, limit_of(a, chosen, i == 0), score=a.result.score, **behind))
    return threshold(rows, tab.phrases("siamese.levels", lang))


def errors(tab: Any, found: Found, chosen: float | None, lang: str) -> dict:
    """Both errors of our network on unseen speakers against the threshold, this pair among them."""
    known, width = unseen()
    ours = next((a for a in found.there if a.source == "scratch"), None)
    own = float(MODELS[SPEAKER].figures.splits["val"].metrics["threshold"])
    limit = limit_of(ours, chosen, ours is found.there[0]) if ours else own
    score = ours.result.score if ours else None
    counts = {kind: f"{sum(n for _, n in pairs):,}" for kind, pairs in known.items()}
    title = tab.say(lang, "siamese.unseen.title", **counts)
    row = levels(title, "ours", limit, **known, width=width, score=score)
    return threshold([row], tab.phrases("siamese.levels", lang), curve=True)


def unseen_guess(tab: Any, found: Found, lang: str) -> tuple[str, list[str], int, str] | None:
    """How many pairs of two unseen people score as high as this pair."""
    ours = next((a for a in found.there if a.source == "scratch"), None)
    counts = unseen()[0].get("other", [])
    if ours is None or not counts:
        return None
    total, score = sum(n for _, n in counts), ours.result.score
    higher = sum(n for s, n in counts if s >= score)
    share = higher / total
    bounds = (0.01, 0.05, 0.2, 0.5)
    choices = [tab.say(lang, f"siamese.unseen.choice{k}") for k in range(len(bounds) + 1)]
    told = tab.say(lang, "siamese.unseen.told", n=higher, total=f"{total:,}", percent=100 * share, score=score)
    return tab.say(lang, "siamese.unseen.ask", score=score), choices, sum(share >= b for b in bounds), told


def product(tab: Any, found: Found, by_size: bool, lang: str) -> dict:
    """The score, number by number."""
    title = tab.say(lang, "siamese.product.title")
    words = tab.phrases("siamese.product", lang)
    return dot_product(title, *found.there[0].result.trace["embeddings"], words, by_size=by_size)


def pictures(tab: Any, trace: dict[str, np.ndarray], i: int, lang: str) -> list[dict]:
    """What the network makes of a clip: its log-mel, then each stage's channels, averaged over heights."""
    made = [log_mel_picture(tab, trace[f"log_mel_{i}"], lang)]
    for key in ("stem", *(f"stage{k}" for k in range(1, 9))):
        if f"{key}_{i}" in trace:
            channels = trace[f"{key}_{i}"].mean(1)  # (C, F')
            name = tab.say(lang, "siamese.spectra.stage", name=key, n=len(channels))
            ticks = [(0.5 / len(channels), "1"), (1 - 0.5 / len(channels), str(len(channels)))]
            axis = tab.say(lang, "siamese.spectra.channel")
            made.append(spectra.picture(name, channels.T, "", axis, ticks))
    return made


def log_mel_picture(tab: Any, log_mel: np.ndarray, lang: str) -> dict:
    """A log-mel spectrogram (F, M)."""
    name, axis = tab.say(lang, "siamese.spectra.log_mel"), tab.say(lang, "siamese.spectra.kilohertz")
    return spectra.picture(name, spectra.loudness(log_mel), "dB", axis, spectra.mel_ticks())


def fingerprints(tab: Any, found: Found, chosen: float | None, layer: int, lang: str) -> dict:
    """Both clips as the network sees them, and which moments speak for one voice."""
    answer = found.there[0]
    trace, tracks = answer.result.trace, []
    for i, file in enumerate(found.clips):
        curves = []
        if f"moments_{i}" in trace:
            name = tab.say(lang, "siamese.spectra.moments")
            limit = limit_of(answer, chosen, True)
            curves = [spectra.measured(name, trace[f"seconds_{i}"], trace[f"moments_{i}"], limit=limit)]
        name, seconds = tab.say(lang, "siamese.first" if i == 0 else "siamese.second"), len(trace[f"log_mel_{i}"]) / 100
        tracks.append(spectra.track(name, seconds, pictures(tab, trace, i, lang), path=file, curves=curves))
    return spectra.spectrogram(tracks, tab.phrases("siamese.spectra", lang), layer=layer)


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    files = (
        [f'"demos/tabs/audio/siamese/examples/{c}.ogg"' for c in PAIRS[found.example]]
        if found.example
        else [f'"your-clip-{i + 1}.wav"' for i in range(len(found.clips))]
    )
    lines = ["import lmdemo", ""]
    for a in found.answers:
        option = "" if a.source == "scratch" else f', source="{a.source}"'
        lines += [
            f'result = lmdemo.load("{SPEAKER}"{option})(({", ".join(files)}))',
            "print(result.score, result.same, result.warnings)",
        ]
    return "\n".join(lines)
