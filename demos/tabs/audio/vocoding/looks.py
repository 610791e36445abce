"""From what the vocoders made to words and views."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.core import cards
from demos.core.words import Speaker
from demos.tabs.audio.vocoding.found import RECORDING, Found, Take
from demos.views import spectrogram as spectra
from demos.views.players import players, track
from lmdemo.adapters.outputs import Audio
from lmdemo.catalog import MODELS

FAR = 0.05  # part of the clips kept back that lie as far from the training as a clip that counts as far
LOWEST = 0.0  # Hz of the mel axis
COLOURS = {RECORDING: "", "hub": "hub", "griffin-lim": "third", "lpc-pulses": "third", "lpc-noise": "third"}
MEASURED = ("pesq", "pesq never heard", "stoi", "log_mel_error", "f0_error", "dnsmos")
COLUMNS = 250  # of a picture where there are many


def name_of(say: Speaker, method: str, lang: str) -> str:
    """A method in the visitor's language."""
    return say(lang, f"vocoding.method.{method}")


def written(times: float) -> str:
    """How many times real time, as people read it."""
    return f"{times:.0f}" if times >= 10 else f"{times:.1f}" if times >= 1 else f"{times:.2f}"


def progress(say: Speaker, made: Sequence[Audio], found: Found, lang: str) -> str:
    """How far our network is, and how fast."""
    seconds, milliseconds = sum(m.seconds for m in made), sum(m.milliseconds for m in made)
    times = 1000 * seconds / max(milliseconds, 1e-6)
    values = {"name": name_of(say, found.network, lang), "done": seconds, "total": found.recording.seconds}
    return say(lang, "vocoding.speaking", **values, times=written(times), engine=say(lang, f"engine.{made[0].engine}"))


def said(say: Speaker, found: Found, lang: str) -> str:
    """How fast and how near to the mels each asked network was, and what speaks against believing it."""
    lines = []
    asked = {"scratch": (found.network,), "hub": ("hub",), "both": (found.network, "hub")}[found.source]
    for made in filter(None, map(found.take, asked)):
        engine = say(lang, f"engine.{made.engine}")
        values = {"name": name_of(say, made.method, lang), "times": written(made.times_real_time), "error": made.error}
        lines.append(say(lang, "vocoding.said", engine=engine, **values))
    result = found.result
    if result is not None:
        lines += [f"⚠ {say(lang, f'vocoding.warn.{w}')}" for w in result.warnings]
        lines += [f"⚠ {say(lang, 'vocoding.far')}"] if result.fit is not None and result.fit < FAR else []
        slow = result.engine == "torch" and found.network != "waveglow"
        lines += [say(lang, "vocoding.no_compiler")] if slow else []
    return "  \n".join(lines) or say(lang, "vocoding.no_answer")


def note(say: Speaker, made: Take, lang: str) -> str:
    """What was measured of a take."""
    if made.method == RECORDING:
        return say(lang, "vocoding.original", seconds=made.seconds)
    return say(lang, "vocoding.measured", times=written(made.times_real_time), error=made.error)


def heard(tab: Any, found: Found, lang: str, *, waits: bool = False) -> dict:
    """All takes on one clock; the recording first, then this page's network."""
    tracks = [
        track(
            name_of(tab.say, t.method, lang), t.path, note=note(tab.say, t, lang), colour=COLOURS.get(t.method, "ours")
        )
        for t in found.takes
    ]
    wait = tab.say(lang, "vocoding.waits") if waits else ""
    return players(tracks, found.recording.seconds, tab.phrases("vocoding.players", lang), wait=wait)


def level(mel: np.ndarray, top: float) -> np.ndarray:
    """Log mels as dB below ``top``, the recording's loudest."""
    return np.maximum(spectra.DECIBELS * mel.astype(np.float32) - top, spectra.FLOOR)


def loudest(found: Found) -> float:
    """The recording's loudest band in dB."""
    return spectra.DECIBELS * float(found.recording.mel.max())


def drawn(tab: Any, made: Take, top: float, lang: str, *, most: int = spectra.COLUMNS, name: str = "") -> dict:
    """A take as a track: its mel spectrogram on the recording's scale, and its sound."""
    axis, called = tab.say(lang, "vocoding.spectra.kilohertz"), tab.say(lang, "vocoding.spectra.log_mel")
    ticks = spectra.mel_ticks(LOWEST)
    shown = spectra.picture(called, level(made.mel, top), "dB", axis, ticks, most=most, ends=(spectra.FLOOR, 0.0))
    return spectra.track(name or name_of(tab.say, made.method, lang), made.seconds, [shown], path=made.path)


def snippet(found: Found) -> str:
    """Python that repeats the result on show."""
    clip = f"demos/tabs/audio/vocoding/examples/{found.example}.flac" if found.example else "your-clip.wav"
    options = ", ".join(f"{name}={value}" for name, value in found.options.items())
    lines = ["import soundfile", "", "import lmdemo", ""]
    if found.source != "hub":
        lines.append(f'result = lmdemo.load("{found.network}")("{clip}", {options})')
    if found.source != "scratch":
        lines.append(f'result = lmdemo.load("{found.network}", source="hub")("{clip}")')
    return "\n".join([*lines, 'soundfile.write("spoken.wav", result.waveform, result.sampling_rate)'])


def good(say: Speaker, model: str, lang: str) -> str:
    """The figures as everywhere, and beside them all that was measured of each method."""
    figures = MODELS[model].figures if model in MODELS else None
    if figures is None:
        return cards.good((model,), say, lang)
    judged = figures.splits["val"]
    names = [name for name in MEASURED if name in judged.metrics]
    rows = [(model, judged.metrics), *((say(lang, f"baseline.{n}"), m) for n, m in judged.baselines.items())]
    written = [(who, *(f"{m[n]:.2f}" if n in m else "–" for n in names)) for who, m in rows]
    head = [say(lang, "figures.who"), *(say(lang, f"metric.{n}") for n in names)]
    return cards.good((model,), say, lang) + cards.html_table(head, written, say(lang, "vocoding.figures"))


def about(found: Found) -> str:
    """What a question is about: another clip or other options ask it anew."""
    return f"{found.clip.rsplit('/', 1)[-1]}|{sorted(found.options.items())}"
