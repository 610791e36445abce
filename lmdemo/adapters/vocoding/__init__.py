"""Mels to sound: our WaveNet, WaveRNN and WaveGlow, classical methods, and the hub's HiFi-GAN beside them."""

from lmdemo.adapters.vocoding.classical import METHODS, Classical, classical, from_noise, from_pulses, griffin_lim
from lmdemo.adapters.vocoding.hub import HubVocoding
from lmdemo.adapters.vocoding.mels import Known, Vocoder
from lmdemo.adapters.vocoding.ours import (
    Drawn,
    Latent,
    ReceptiveField,
    SampleProducts,
    WaveGlowVocoding,
    WaveNetVocoding,
    WaveRNNVocoding,
    speak,
    speak_at_once,
)

__all__ = [
    "METHODS",
    "Classical",
    "Drawn",
    "HubVocoding",
    "Known",
    "Latent",
    "ReceptiveField",
    "SampleProducts",
    "Vocoder",
    "WaveGlowVocoding",
    "WaveNetVocoding",
    "WaveRNNVocoding",
    "classical",
    "from_noise",
    "from_pulses",
    "griffin_lim",
    "speak",
    "speak_at_once",
]
