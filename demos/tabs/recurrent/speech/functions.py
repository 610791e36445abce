"""The functions of LSTM · Speech: endpoints of the API, tools of MCP."""

from dataclasses import asdict
from typing import Literal

import lmdemo
from demos.core.endpoints import ClipFile, check_rows, side_by_side
from lmdemo.adapters.outputs import SPEECH_BEAMS
from lmdemo.errors import InputError

MODEL = "lstm-speech"


def speech_transcribe(
    audio: ClipFile, source: Literal["scratch", "hub"] = "scratch", num_beams: int = SPEECH_BEAMS, lang: str = "en"
) -> dict:
    """Writes down what is said in a clip.

    Args:
        audio: A clip (WAV, FLAC, OGG, MP3, M4A, WebM), 0.2 to 30 seconds.
        source: scratch: our network, about a hundred words; hub: wav2vec 2.0, English.
        num_beams: Texts that are kept while reading, 1 to 64; 1 takes the likeliest letter at every step. For scratch only.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        text, score (how sure our network is: the mean probability of the letters it heard; null for the hub's), milliseconds of the
        network, facts about the model, and clip: what was understood of the clip (kind, seconds, sampling_rate, channels, changed).
    """
    adapter = lmdemo.load(MODEL, source=source)
    result = adapter(given(audio), **({"num_beams": num_beams} if source == "scratch" else {}))
    return {
        "text": result.text,
        "score": result.score,
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": source,
        "parameters": adapter.info.parameters,
        "clip": asdict(result.heard[0]),
    }


def speech_letters(audio: ClipFile, source: Literal["scratch", "hub"] = "scratch", lang: str = "en") -> dict:
    """Tells which letter was likeliest at each step of a clip, and what that path collapses to.

    Args:
        audio: A clip.
        source: scratch or hub.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        letters ("" is the blank), path, the probability of each step's letter, step_seconds, and the collapsed text.
    """
    greedy = {"num_beams": 1} if source == "scratch" else {}
    result = lmdemo.load(MODEL, source=source)(given(audio), trace=True, **greedy)
    trace = result.trace
    return {
        "letters": trace["letters"].tolist(),
        "path": trace["path"].tolist(),
        "probability": trace["probabilities"].max(1).round(4).tolist(),
        "step_seconds": float(trace["step_seconds"]),
        "text": result.text,
    }


def speech_compare(audio: ClipFile, lang: str = "en") -> dict:
    """Lets our network and the hub's wav2vec 2.0 write down the same clip, side by side.

    Args:
        audio: A clip.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By source what speech_transcribe gives, or error: a sentence that says why the hub's model can't be had here.
    """
    return side_by_side(lambda source: speech_transcribe(audio, source), lang)


def speech_vocabulary(lang: str = "en") -> list:
    """Lists the words that our network was trained on, to be read aloud.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    return lmdemo.load(MODEL).vocabulary


def speech_prove(lang: str = "en") -> list:
    """Runs the checks of the recogniser against torch's and torchaudio's, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(MODEL)


def given(path: str | None) -> str:
    """A clip's path, which must be there."""
    if not path:
        raise InputError(
            "clips_missing",
            expected="WAV, FLAC, OGG, MP3, M4A, WebM",
            got="-",
            hint="Record a clip or choose a file first.",
        )
    return path
