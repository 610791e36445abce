"""From results to words, views and pictures."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from demos.core.tab import Answer
from demos.tabs.audio.siamese.functions import EXAMPLES as FOLDER
from demos.tabs.audio.siamese.functions import SOUND, SPEAKER
from demos.views.curves import curves, line
from demos.views.dot_product import dot_product
from demos.views.feature_maps import feature_maps
from demos.views.pictures import picture, row

# Example -> (model, its clips).
EXAMPLES = {
    "same": (SPEAKER, ("voice-1-0", "voice-1-2")),
    "two": (SPEAKER, ("voice-1-0", "voice-0-1")),
    "alike": (SPEAKER, ("voice-0-0", "voice-2-1")),
    "room": (SPEAKER, ("voice-1-0", "voice-1-room")),
    "line": (SPEAKER, ("voice-1-0", "voice-1-line")),
    **{name: (SOUND, (name,)) for name in ("rain", "sea-waves", "clock-tick", "fire-crackling")},
}
MAP_FRAMES = 240  # of a clip, in the feature maps


def path(clip: str) -> str:
    """The file of an example's clip."""
    return str(FOLDER / f"{clip}.ogg")


def product(tab: Any, trace: dict[str, np.ndarray], lang: str) -> dict:
    """The score, number by number."""
    return dot_product(
        tab.say(lang, "siamese.product.title"), *trace["embeddings"], tab.phrases("siamese.product", lang)
    )


def moments(say: Any, trace: dict[str, np.ndarray], limit: float, lang: str) -> dict:
    """Windows of each clip against the whole of the other, over time."""
    there = [
        (i, word, colour)
        for i, (word, colour) in enumerate((("first", "scratch"), ("second", "third")))
        if f"moments_{i}" in trace
    ]
    if not there:
        return {}
    ends = [t for i, *_ in there for t in trace[f"seconds_{i}"]]
    lines = [
        line(say(lang, f"siamese.moments.{word}"), colour, thin(trace[f"seconds_{i}"], trace[f"moments_{i}"]))
        for i, word, colour in there
    ]
    lines.append(
        line(say(lang, "siamese.moments.threshold"), "hub", [(min(ends), limit), (max(ends), limit)], dashed=True)
    )
    return curves(
        say(lang, "siamese.moments.title"),
        say(lang, "siamese.moments.x"),
        say(lang, "siamese.moments.y"),
        lines,
        {"numbers": say(lang, "siamese.numbers")},
    )


def maps(tab: Any, trace: dict[str, np.ndarray], lang: str) -> dict:
    """Both log-mels, and what the stem and each stage make of them."""
    found = {f"log-mel {which}": trace[f"log_mel_{i}"][:MAP_FRAMES].T[None] for i, which in enumerate("AB")}
    for key in ("stem", *(f"stage{k}" for k in range(1, 9))):
        found |= {
            f"{key} {which}": trace[f"{key}_{i}"][:6, :, : MAP_FRAMES // 2]
            for i, which in enumerate("AB")
            if f"{key}_{i}" in trace
        }
    return feature_maps(found, tab.phrases("maps", lang), pickable=False)


def pooled(say: Any, trace: dict[str, np.ndarray], lang: str) -> dict:
    """Mean and spread over time as grey pictures; both clips on one scale."""
    items = []
    for kind in ("mean", "spread"):
        both = [trace[f"pooled_{kind}_{i}"].T for i in (0, 1) if f"pooled_{kind}_{i}" in trace]  # (M', C) each
        for which, values in zip("AB", both, strict=False):
            low, high = min(v.min() for v in both), max(v.max() for v in both)
            grey = np.round(255 * np.sqrt((values - low) / max(high - low, 1e-9))).astype(np.uint8)
            drawn = Image.fromarray(grey).resize((grey.shape[1] * 6, grey.shape[0] * 20), Image.Resampling.NEAREST)
            items.append(
                picture(
                    f"{kind}{which}",
                    drawn,
                    say(lang, f"siamese.pooled.{kind}", clip=which),
                    say(
                        lang,
                        "siamese.pooled.alt",
                        rows=values.shape[0],
                        columns=values.shape[1],
                        low=float(values.min()),
                        high=float(values.max()),
                    ),
                    288,
                )
            )
    return row("", items) if items else {}


def thin(seconds: np.ndarray, values: np.ndarray, most: int = 400) -> list[tuple[float, float]]:
    """At most so many points of a curve: of a long one every second, third, ..."""
    step = -(-len(seconds) // most)
    return list(zip(seconds[::step], values[::step], strict=True))


def sound_name(say: Any, label: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"siamese.label.{label}") if f"siamese.label.{label}" in say else label


def plain(name: str) -> str:
    """A visitor's or a file's name inside Markdown: as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$&" else c for c in name)


def spectrum_picture(level: np.ndarray, peaks: np.ndarray) -> Image.Image:
    """A spectrogram (F, 513) with its peaks marked, low tones at the bottom; of a long one the beginning."""
    level, peaks = level[:400], peaks[peaks[:, 0] < 400]
    low, high = np.quantile(level, 0.2), level.max()
    grey = np.round(200 * ((level.T[::-1] - low) / max(high - low, 1e-6)).clip(0, 1)).astype(np.uint8)
    drawn = Image.fromarray(grey).convert("RGB").resize((600, 300))
    pen = ImageDraw.Draw(drawn)
    for t, f in peaks:
        x, y = t / len(level) * 600, 300 - f / level.shape[1] * 300
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), outline=(230, 159, 0), width=2)
    return drawn


def wave_picture(paths: Sequence[str]) -> Image.Image:
    """The waves of a few clips, one below the other."""
    import soundfile

    drawn = Image.new("RGB", (200, 100), (245, 247, 250))
    pen, height = ImageDraw.Draw(drawn), 100 // len(paths)
    for i, file in enumerate(paths):
        samples, _ = soundfile.read(file)
        for x, piece in enumerate(np.array_split(np.abs(samples), 90)):
            half = max(1, piece.max() * height * 0.45)
            pen.line(
                (10 + 2 * x, (i + 0.5) * height - half, 10 + 2 * x, (i + 0.5) * height + half),
                fill=(0, 114, 178) if i == 0 else (0, 130, 95),
            )
    return drawn


def example_row(say: Any, lang: str, current: str) -> dict:
    """The examples as waves to choose."""
    items = []
    for which, (name, clips) in EXAMPLES.items():
        caption = (
            say(lang, f"siamese.example.{which}") if name == SPEAKER else sound_name(say, which.replace("-", " "), lang)
        )
        items.append(
            picture(which, wave_picture([path(c) for c in clips]), caption, say(lang, "siamese.example.alt"), 100)
        )
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def snippet(found: Any, lang: str) -> str:
    """Python that repeats the result on show."""
    files = (
        [f'"demos/tabs/audio/siamese/examples/{c}.ogg"' for c in EXAMPLES[found.example][1]]
        if found.example
        else [f'"your-clip-{i + 1}.wav"' for i in range(len(found.clips))]
    )
    lines = ["import lmdemo", ""]
    for a in found.answers:
        option = "" if a.source == "scratch" else f', source="{a.source}"'
        if found.model == SOUND:
            lines += [f'result = lmdemo.load("{SOUND}")({files[0]})', "print(result.label, result.score)"]
        else:
            lines += [
                f'result = lmdemo.load("{SPEAKER}"{option})(({", ".join(files)}))',
                "print(result.score, result.same, result.warnings)",
            ]
    return "\n".join(lines)


threshold_of = operator.attrgetter("threshold")


def said_of_voices(say: Any, answers: Sequence[Answer], lang: str) -> list[str]:
    """The decision of each network, and the first one's warnings."""
    said = []
    for a in answers:
        verdict = say(lang, "siamese.same" if a.result.same else "siamese.different")
        source = say(lang, f"source.{a.source}")
        said.append(say(lang, "siamese.answer", source=source, score=a.result.score, threshold=a.extra, answer=verdict))
    return said + [f"⚠ {say(lang, f'siamese.warn.{w}')}" for a in answers[:1] for w in a.result.warnings]


def said_of_sounds(say: Any, found: Any, answers: Sequence[Answer], lang: str) -> list[str]:
    """The nearest class."""
    said = []
    for a in answers:
        cosine = float(a.result.trace["cosines"][list(a.result.trace["labels"]).index(a.result.label)])
        label = sound_name(say, a.result.label, lang)
        said.append(say(lang, "siamese.sound.said", label=label, percent=100 * a.result.score, cosine=cosine))
    return said + ([say(lang, "siamese.hub_speaker_only")] if found.source != "scratch" else [])
