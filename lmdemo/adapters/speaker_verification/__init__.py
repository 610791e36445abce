"""Clips told apart by the angle between their embeddings: our Siamese networks, and SpeechBrain's ECAPA beside them."""

from lmdemo.adapters.speaker_verification.clips import ClipEmbedding, windows
from lmdemo.adapters.speaker_verification.ours import Fingerprinting, SoundEvents, SpeakerVerification
from lmdemo.adapters.speaker_verification.search import Enrolled, Match, Plane, lay_out, leave_one_out, plane, rank
from lmdemo.adapters.speaker_verification.speechbrain import HubSpeakerVerification

__all__ = [
    "ClipEmbedding",
    "Enrolled",
    "Fingerprinting",
    "HubSpeakerVerification",
    "Match",
    "Plane",
    "SoundEvents",
    "SpeakerVerification",
    "lay_out",
    "leave_one_out",
    "plane",
    "rank",
    "windows",
]
