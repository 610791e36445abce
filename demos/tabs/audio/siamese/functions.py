"""The functions of Audio & speech · Siamese: endpoints of the API, tools of MCP."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import lmdemo
from demos.core.endpoints import ClipFile, Files, check_rows
from lmdemo.errors import InputError

SPEAKER, FINGERPRINT, SOUND = MODELS = ("siamese-speaker", "siamese-fingerprint", "siamese-sound")
EXAMPLES = Path(__file__).parent / "examples"
LONGEST_NAME = 40


def siamese_verify(
    first: ClipFile, second: ClipFile, source: Literal["scratch", "hub"] = "scratch", lang: str = "en"
) -> dict:
    """Tells whether two clips hold one speaker. No security system: a played recording passes.

    Args:
        first: A clip of 0.5 to 60 seconds (WAV, FLAC, OGG, MP3, M4A, WebM), one voice.
        second: Another.
        source: scratch: our network; hub: SpeechBrain's ECAPA-TDNN.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        score (cosine, -1 to 1), threshold, same, warnings, milliseconds, the model, and clips: what was understood of each (kind,
        seconds, sampling_rate, channels, changed).
    """
    adapter = lmdemo.load(SPEAKER, source=source)
    result = adapter((given(first), given(second)))
    return {
        "score": result.score,
        "threshold": adapter.threshold,
        "same": result.same,
        "warnings": list(result.warnings),
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "clips": [asdict(facts) for facts in result.heard],
    }


def siamese_embed(
    clip: ClipFile,
    model: Literal["siamese-speaker", "siamese-fingerprint", "siamese-sound"] = SPEAKER,
    source: Literal["scratch", "hub"] = "scratch",
    lang: str = "en",
) -> list:
    """Gives the embedding of a clip, a vector of length 1; the cosine of two of them is their similarity.

    Args:
        clip: A clip of 0.5 to 60 seconds.
        model: siamese-speaker, siamese-fingerprint or siamese-sound.
        source: scratch, or hub (voices only).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The numbers of the embedding.
    """
    return lmdemo.load(model, source=source).embed(given(clip)).round(6).tolist()


def siamese_find(excerpt: ClipFile, recordings: Files, lang: str = "en") -> dict:
    """Finds out which recording an excerpt is from, by embeddings and by spectral peaks.

    Args:
        excerpt: About 3 seconds of sound, also noisy.
        recordings: Recordings of 0.5 seconds to 10 minutes.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        embedding: names with cosine and second, nearest first; peaks: names with the number of pairs that agree.
    """
    adapter = lmdemo.load(FINGERPRINT)
    index = index_of(adapter, recordings or [])
    found = adapter.find(given(excerpt), {name: rows for name, (_, rows, _) in index.items()})
    classic = adapter.find_by_peaks(excerpt, {name: pairs for name, (_, _, pairs) in index.items()})
    return {"embedding": [m._asdict() for m in found], "peaks": [{"name": name, "pairs": n} for name, n in classic]}


def siamese_sound(clip: ClipFile, lang: str = "en") -> dict:
    """Names a sound by the nearest of ten prototypes: dog bark, rain, sea waves, baby cry, clock tick, sneeze, helicopter, chainsaw, rooster, fire.

    Args:
        clip: A sound of 0.5 to 60 seconds.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score and scores by label.
    """
    result = lmdemo.load(SOUND)(given(clip))
    return {"label": result.label, "score": result.score, "scores": dict(result.scores)}


def siamese_enrol(clips: Files, source: Literal["scratch", "hub"] = "scratch", lang: str = "en") -> list:
    """Gives the prototype of a voice from a few of its clips: the mean of their embeddings at length 1. Nothing is kept.

    Args:
        clips: One clip or more of 0.5 to 60 seconds, all of one voice.
        source: scratch: our network; hub: SpeechBrain's ECAPA-TDNN.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The numbers of the prototype; its dot product with an embedding is how near a clip is to this voice.
    """
    return lmdemo.load(SPEAKER, source=source).enroll(clips or []).round(6).tolist()


def siamese_along(
    reference: ClipFile, recording: ClipFile, source: Literal["scratch", "hub"] = "scratch", lang: str = "en"
) -> dict:
    """Tells where in a longer recording a voice speaks: how near each 2 seconds of it are to a reference clip.

    Args:
        reference: A clip of 0.5 to 60 seconds, one voice.
        recording: A recording of 2 seconds to 10 minutes.
        source: scratch: our network; hub: SpeechBrain's ECAPA-TDNN.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        seconds (the middle of each window), cosines, and the threshold.
    """
    adapter = lmdemo.load(SPEAKER, source=source)
    seconds, cosines = adapter.along(given(reference), given(recording))
    return {"seconds": seconds.tolist(), "cosines": cosines.round(6).tolist(), "threshold": adapter.threshold}


def siamese_prove(lang: str = "en") -> list:
    """Runs the checks of our network and of the path through ECAPA against torchaudio and SpeechBrain, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("siamese")


def given(path: str | None) -> str:
    """A clip's path, which must be there."""
    if not path:
        raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
    return path


def path(clip: str) -> str:
    """The file of an example's clip."""
    return str(EXAMPLES / f"{clip}.ogg")


def index_of(adapter: Any, files: Sequence[str]) -> dict[str, tuple]:
    """Recordings for the index: name -> (path, embeddings of windows, pairs of peaks)."""
    return {Path(f).stem[:LONGEST_NAME]: (f, adapter.enroll(f), adapter.enroll_peaks(f)) for f in files}
