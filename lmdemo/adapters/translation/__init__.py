"""Sentences translated: our LSTM with attention, and the hub's T5 beside it."""

from lmdemo.adapters.translation.beam_search import Beam, search
from lmdemo.adapters.translation.hub import HubTranslator
from lmdemo.adapters.translation.ours import Look, Translator

__all__ = ["Beam", "HubTranslator", "Look", "Translator", "search"]
