"""The functions of Audio & speech · WaveRNN: endpoints of the API, tools of MCP."""

from typing import Annotated, Literal

import lmdemo
from demos.core.endpoints import Between, ClipFile, Sound, check_rows, layer_rows
from demos.tabs.audio.vocoding.functions import given, spoken
from lmdemo.adapters.outputs import SAMPLE_TEMPERATURE


def wavernn_speak(
    clip: ClipFile,
    source: Literal["scratch", "hub"] = "scratch",
    temperature: Annotated[float, Between((0.1, 2))] = SAMPLE_TEMPERATURE,
    seed: int = 0,
    hold_mels: Annotated[int, Between((0, 2))] = 0,
    lang: str = "en",
) -> Sound:
    """Takes the mel spectrogram of a clip and speaks it again, sample by sample from one recurrent layer.

    Args:
        clip: A clip of 0.1 to 30 seconds (WAV, FLAC, OGG, MP3).
        source: scratch: our WaveRNN; hub: SpeechT5's HiFi-GAN, which draws nothing.
        temperature: How freely levels are drawn. For scratch only.
        seed: Fixes the chances. For scratch only.
        hold_mels: How often a filter brings the sound nearer to its mels afterwards. For scratch only.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The sound, 16 kHz.
    """
    return spoken("wavernn", source, clip, temperature=temperature, seed=int(seed), hold_mels=int(hold_mels))


def wavernn_levels(
    clip: ClipFile, at: int = 0, temperature: Annotated[float, Between((0.1, 2))] = SAMPLE_TEMPERATURE, lang: str = "en"
) -> dict:
    """Tells how likely each of the 256 levels of one sample was, after the samples before it.

    Args:
        clip: A clip of 0.1 to 30 seconds; the network hears its own samples up to this one.
        at: Which sample at 16 kHz, from 0.
        temperature: By which the logits are divided, more where the pitch is clear.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        probabilities by level, temperature (that really divided), prediction, level (the clip's own) and bits (the entropy of the
        logits).
    """
    drawn = lmdemo.load("wavernn").distribution(given(clip), int(at), temperature=temperature)
    return {
        "probabilities": drawn.probabilities.round(6).tolist(),
        "temperature": drawn.temperature,
        "prediction": drawn.prediction,
        "level": drawn.level,
        "bits": drawn.bits,
    }


def wavernn_layers(lang: str = "en") -> list:
    """Lists the layers of WaveRNN with shapes and parameters.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load("wavernn"))


def wavernn_prove(lang: str = "en") -> list:
    """Runs the checks of WaveRNN: its cell as torch's GRU, step by step as all at once, compiled as torch, torchaudio's weights.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("wavernn")
