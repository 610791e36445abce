"""Clips written down: our LSTM with CTC, and the hub's wav2vec 2.0 beside it."""

from lmdemo.adapters.speech_recognition.ctc import Heard, WordModel, align, beam_search, collapse, ranked_beams
from lmdemo.adapters.speech_recognition.hub import HubSpeechRecognition
from lmdemo.adapters.speech_recognition.ours import Letter, SpeechRecognition

__all__ = [
    "Heard",
    "HubSpeechRecognition",
    "Letter",
    "SpeechRecognition",
    "WordModel",
    "align",
    "beam_search",
    "collapse",
    "ranked_beams",
]
