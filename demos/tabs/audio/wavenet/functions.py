"""The functions of Audio & speech · WaveNet: endpoints of the API, tools of MCP."""

from typing import Annotated, Literal

import numpy as np

import lmdemo
from demos.core.endpoints import Between, ClipFile, Sound, check_rows, layer_rows
from demos.tabs.audio.vocoding.functions import given, joined, spoken
from lmdemo.adapters.outputs import SAMPLE_TEMPERATURE
from lmdemo.errors import OptionError

SHIPPED = ", ".join(str(2**k) for _ in range(2) for k in range(8))


def wavenet_speak(
    clip: ClipFile,
    source: Literal["scratch", "hub"] = "scratch",
    temperature: Annotated[float, Between((0.1, 2))] = SAMPLE_TEMPERATURE,
    seed: int = 0,
    hold_mels: Annotated[int, Between((0, 2))] = 0,
    lang: str = "en",
) -> Sound:
    """Takes the mel spectrogram of a clip and speaks it again, sample by sample.

    Args:
        clip: A clip of 0.1 to 30 seconds (WAV, FLAC, OGG, MP3).
        source: scratch: our WaveNet; hub: SpeechT5's HiFi-GAN, which draws nothing.
        temperature: How freely levels are drawn. For scratch only.
        seed: Fixes the chances. For scratch only.
        hold_mels: How often a filter brings the sound nearer to its mels afterwards. For scratch only.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The sound, 16 kHz.
    """
    return spoken("wavenet", source, clip, temperature=temperature, seed=int(seed), hold_mels=int(hold_mels))


def wavenet_reach(
    kernel_size: Annotated[int, Between((1, 100))] = 2, dilations: str = SHIPPED, lang: str = "en"
) -> dict:
    """Tells how far back one sample hears with a kernel and dilations.

    Args:
        kernel_size: Samples that each block reads.
        dilations: How far apart they are, a whole number a block, parted by commas.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        samples and milliseconds, the newest sample included.
    """
    field = lmdemo.load("wavenet").receptive_field(int(kernel_size), numbers(dilations))
    return {"samples": field.samples, "milliseconds": field.milliseconds}


def wavenet_sample(
    clip: ClipFile, at: int = 0, temperature: Annotated[float, Between((0.1, 2))] = SAMPLE_TEMPERATURE, lang: str = "en"
) -> dict:
    """Takes one sample of a clip apart: what the network heard, what each block multiplied, how likely each level was.

    Args:
        clip: A clip of 0.1 to 30 seconds; the network hears its own samples up to this one.
        at: Which sample at 16 kHz, from 0.
        temperature: By which the logits are divided.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        told (levels of the sample before, the prediction and the excitation before, part of the period), by block taps, wave, gate and
        gated, skip_sum, probabilities by level, level (the clip's own) and bits (the entropy of the logits).
    """
    made = lmdemo.load("wavenet").sample_products(given(clip), int(at), temperature=temperature)
    names = ("told", "taps", "wave", "gate", "gated", "skip_sum")
    rows = {name: np.round(getattr(made, name), 5).tolist() for name in names}
    drawn = made.drawn
    return rows | {"probabilities": drawn.probabilities.round(6).tolist(), "level": drawn.level, "bits": drawn.bits}


def wavenet_free(
    seconds: Annotated[float, Between((0.1, 5))] = 1.0,
    temperature: Annotated[float, Between((0.1, 2))] = SAMPLE_TEMPERATURE,
    seed: int = 0,
    lang: str = "en",
) -> Sound:
    """Lets the network speak unasked: the mean frame of its training, held on and on.

    Args:
        seconds: How long.
        temperature: How freely levels are drawn.
        seed: Fixes the chances.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The sound, 16 kHz.
    """
    return joined(lmdemo.load("wavenet").free(float(seconds), temperature=temperature, seed=int(seed)))


def wavenet_layers(lang: str = "en") -> list:
    """Lists the layers of WaveNet with shapes and parameters.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load("wavenet"))


def wavenet_prove(lang: str = "en") -> list:
    """Runs the checks of WaveNet: causal, cached as computed anew, compiled as torch, the textbook form as torch's convolutions.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("wavenet")


def numbers(dilations: str) -> tuple[int, ...]:
    """Whole numbers parted by commas or spaces.

    Raises:
        OptionError: There are others.
    """
    parts = dilations.replace(",", " ").split()
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        raise OptionError(
            "wavenet_reach", expected="1, 2, 4, 8", got=dilations[:60] or "-", hint="Take fewer or smaller dilations."
        )
    return tuple(map(int, parts))
