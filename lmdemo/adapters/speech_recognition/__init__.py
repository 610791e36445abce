"""Clips written down: our LSTM with CTC, and the hub's wav2vec 2.0 beside it."""

from lmdemo.adapters.speech_recognition.ctc import WordModel, beam_search, collapse, ranked_beams
from lmdemo.adapters.speech_recognition.hub import HubSpeechRecognition
from lmdemo.adapters.speech_recognition.ours import Letter, SpeechRecognition

__all__ = [
    "HubSpeechRecognition",
    "Letter",
    "SpeechRecognition",
    "WordModel",
    "beam_search",
    "collapse",
    "ranked_beams",
]
