"""The functions of Audio & speech · WaveGlow: endpoints of the API, tools of MCP."""

from typing import Annotated, Literal

import lmdemo
from demos.core.endpoints import Between, ClipFile, Sound, check_rows, layer_rows
from demos.tabs.audio.vocoding.functions import given, mel_error, sound, spoken
from lmdemo.adapters.outputs import SIGMA


def waveglow_speak(
    clip: ClipFile,
    source: Literal["scratch", "hub"] = "scratch",
    sigma: Annotated[float, Between((0, 2))] = SIGMA,
    seed: int = 0,
    hold_mels: Annotated[int, Between((0, 2))] = 0,
    lang: str = "en",
) -> Sound:
    """Takes the mel spectrogram of a clip and turns noise into its voice, all samples at once.

    Args:
        clip: A clip of 0.1 to 30 seconds (WAV, FLAC, OGG, MP3).
        source: scratch: our WaveGlow; hub: SpeechT5's HiFi-GAN, which draws nothing.
        sigma: Deviation of the noise. For scratch only.
        seed: Fixes the noise. For scratch only.
        hold_mels: How often a filter brings the sound nearer to its mels afterwards. For scratch only.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The sound, 16 kHz.
    """
    return spoken("waveglow", source, clip, sigma=sigma, seed=int(seed), hold_mels=int(hold_mels))


def waveglow_steps(
    clip: ClipFile, sigma: Annotated[float, Between((0, 2))] = SIGMA, seed: int = 0, lang: str = "en"
) -> list:
    """Tells how near to the clip's mels the sound is after each step from noise to voice.

    Args:
        clip: A clip of 0.1 to 30 seconds.
        sigma: Deviation of the noise.
        seed: Fixes the noise.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The log-mel error of the noise, and after each step.
    """
    adapter = lmdemo.load("waveglow")
    truth = adapter.mel(given(clip))
    made = adapter.flow(clip, sigma=float(sigma), seed=int(seed))
    return [round(mel_error(truth, adapter.analyse(a.waveform)), 4) for a in made]


def waveglow_latent(clip: ClipFile, lang: str = "en") -> dict:
    """Turns a voice into noise and back.

    Args:
        clip: A clip of 0.1 to 30 seconds.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        error (the largest difference after the way back, of an excitation of size 1), nats (mean negative log-likelihood of a sample),
        mean and deviation of the noise.
    """
    latent = lmdemo.load("waveglow").latent(given(clip))
    mean, deviation = float(latent.values.mean()), float(latent.values.std())
    return {"error": latent.error, "nats": latent.nats, "mean": mean, "deviation": deviation}


def waveglow_back(clip: ClipFile, scale: Annotated[float, Between((0, 2))] = 1.0, lang: str = "en") -> Sound:
    """Turns a voice into noise, shrinks or stretches that, and turns it back into a voice.

    Args:
        clip: A clip of 0.1 to 30 seconds.
        scale: 1 gives the voice again.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The sound, 16 kHz.
    """
    adapter = lmdemo.load("waveglow")
    return sound(adapter.back(adapter.latent(given(clip)), scale=float(scale)))


def waveglow_layers(lang: str = "en") -> list:
    """Lists the layers of WaveGlow with shapes and parameters.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load("waveglow"))


def waveglow_prove(lang: str = "en") -> list:
    """Runs the checks of WaveGlow: there and back gives the sound, and its log-determinant is that of autograd's Jacobian.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("waveglow")
