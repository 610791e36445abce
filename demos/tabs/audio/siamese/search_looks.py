"""A recording found again, in words and views."""

import base64
import io
from typing import Any

import numpy as np

from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.functions import FINGERPRINT
from demos.tabs.audio.siamese.searched import RECORDINGS, Found
from demos.views import spectrogram as spectra
from demos.views.curves import curves, line

AROUND = 1.0  # seconds of the recording shown before and after the excerpt
ROWS = 128  # of a picture, of 513 frequencies
PER_FRAME = 0.016  # seconds
HERTZ = 15.625  # a frequency of the spectrum


def name_of(say: Any, name: str, lang: str) -> str:
    """A recording's name as the page writes it."""
    return say(lang, "siamese.print.talk") if name == "talk" else looks.sound_name(say, name, lang)


def said(say: Any, found: Found, lang: str) -> str:
    """What both ways found."""
    best, classic = found.matches[0], found.classic
    way = (
        say(lang, "siamese.print.classic", name=looks.plain(name_of(say, classic[0][0], lang)), n=classic[0][1])
        if classic
        else say(lang, "siamese.print.nothing")
    )
    name = looks.plain(name_of(say, best.name, lang))
    return say(lang, "siamese.print.found", name=name, score=best.score, second=best.seconds, classic=way)


def wave(clip: tuple[int, np.ndarray]) -> tuple[int, np.ndarray]:
    """A waveform as Gradio plays it."""
    return clip[0], np.round(clip[1] * 32767).astype(np.int16)


def data_url(clip: tuple[int, np.ndarray]) -> str:
    """A short waveform as a file inside the page."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, clip[1], clip[0], format="OGG", subtype="VORBIS")
    return "data:audio/ogg;base64," + base64.b64encode(buffer.getvalue()).decode()


def drawn(
    tab: Any, seen: tuple[np.ndarray, np.ndarray], bins: int, lang: str
) -> tuple[dict, list[tuple[float, float]]]:
    """The lowest ``bins`` frequencies of a spectrogram (F, 513) as a picture, and its peaks as (second, height)."""
    level, peaks = seen
    step = bins // ROWS
    rows = level[:, :bins].reshape(len(level), ROWS, step).mean(2)
    top = bins * HERTZ / 1000
    ticks = [(k / top, f"{k:g}") for k in np.arange(0, top + 1e-6, top / 4)]
    name, axis = tab.say(lang, "siamese.print.spectrum"), tab.say(lang, "siamese.spectra.kilohertz")
    picture = spectra.picture(name, spectra.loudness(rows, 2 * spectra.DECIBELS), "dB", axis, ticks)
    return picture, [(PER_FRAME * t, (f + 0.5) / bins) for t, f in peaks if f < bins]


def highest(found: Found) -> int:
    """How many frequencies are drawn: 128, 256 or 512, so that each peak is among them."""
    top = max((int(peaks[:, 1].max()) for _, peaks in found.spectra if len(peaks)), default=0)
    return next((n for n in (ROWS, 2 * ROWS) if top < n), 4 * ROWS)


def pairs_view(tab: Any, found: Found, path: str, lang: str) -> dict:
    """The excerpt above the recording, where they agree; what the network's windows say below."""
    bins, begin = highest(found), found.agreement.shift
    pairs = found.agreement.pairs / np.array([1, bins * HERTZ, 1, bins * HERTZ])
    start = begin if len(pairs) else found.matches[0].seconds
    seconds = len(found.excerpt[1]) / found.excerpt[0]
    excerpt, own_peaks = drawn(tab, found.spectra[0], bins, lang)
    recording, peaks = drawn(tab, found.spectra[1], bins, lang)
    whole = PER_FRAME * len(found.spectra[1][0])
    low, high = max(0.0, start - AROUND), min(max(whole, start + seconds), start + seconds + AROUND)
    moved = [(a + begin, f, b + begin, g) for a, f, b, g in pairs]
    windows = spectra.measured(tab.say(lang, "siamese.print.windows"), *found.scan)
    tracks = [
        spectra.track(
            tab.say(lang, "siamese.print.excerpt"),
            seconds,
            [excerpt],
            source=data_url(found.excerpt),
            start=start,
            peaks=own_peaks,
            pairs=pairs,
        ),
        spectra.track(
            name_of(tab.say, found.paired, lang),
            whole,
            [recording],
            path=path,
            curves=[windows],
            peaks=[p for p in peaks if low <= p[0] <= high],
            pairs=moved,
        ),
    ]
    return spectra.spectrogram(tracks, tab.phrases("siamese.spectra", lang), span=(low, high), linked=True)


def noise_views(tab: Any, found: Found, lang: str) -> tuple[dict, dict]:
    """Cosines and pairs against the noise: the right recording and the best of the others."""
    made = []
    for kind in ("cosines", "pairs"):
        lines = [
            line(
                tab.say(lang, f"siamese.noise.{who}", name=name_of(tab.say, found.target, lang)),
                colour,
                [(x.decibels, getattr(x, kind)[i]) for x in reversed(found.levels)],
                dashed=i == 1,
            )
            for i, (who, colour) in enumerate((("right", "ours"), ("other", "third")))
        ]
        words = {"numbers": tab.say(lang, "siamese.numbers")}
        titles = [
            tab.say(lang, f"siamese.noise.{kind}"),
            tab.say(lang, "siamese.noise.x"),
            tab.say(lang, f"siamese.noise.{kind}_y"),
        ]
        made.append(curves(*titles, lines, words))
    return made[0], made[1]


def who_finds(
    tab: Any, key: str, right: tuple[bool, bool], lang: str, **values: Any
) -> tuple[str, list[str], int, str]:
    """A question about which way still finds it: both, the network, the peaks, neither."""
    ways = ((True, True), (True, False), (False, True), (False, False))
    choices = [tab.say(lang, f"siamese.print.{k}") for k in ("both", "network", "peaks", "neither")]
    told = tab.say(lang, f"siamese.print.{key}_told", answer=choices[ways.index(right)], **values)
    return tab.say(lang, f"siamese.print.{key}_ask", **values), choices, ways.index(right), told


def table_rows(tab: Any, found: Found, lang: str) -> list[tuple]:
    """Recordings, nearest first, with what both ways say."""
    counts = dict(found.classic)
    return [
        (name_of(tab.say, m.name, lang), f"{m.score:.3f}", f"{m.seconds:.2f}", counts.get(m.name, 0))
        for m in found.matches
    ]


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    folder, asked = "demos/tabs/audio/siamese/examples", found.asked
    files = ", ".join(f'"{n}"' for n in RECORDINGS)
    excerpt = (
        f'find.excerpt(f"{folder}/{asked.name}.ogg", start={asked.start}, decibels={asked.decibels})'
        if asked.name in RECORDINGS
        else '"your-excerpt.wav"'
    )
    return "\n".join(
        (
            "import lmdemo",
            "",
            f'find = lmdemo.load("{FINGERPRINT}")',
            f'index = {{n: find.enroll(f"{folder}/{{n}}.ogg") for n in ({files})}}',
            f"excerpt = {excerpt}",
            "print(find.find(excerpt, index)[0])",
        )
    )
