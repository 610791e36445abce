"""Texts to labels: our RNN, LSTM and Transformer, and the hub's DistilBERT beside them."""

from lmdemo.adapters.text_classification.cost import Cost, cost_at, peak_memory
from lmdemo.adapters.text_classification.encoder import EncoderClassification
from lmdemo.adapters.text_classification.hub import HubTextClassification
from lmdemo.adapters.text_classification.recurrent import Remembered, TextClassification, UnitStep

__all__ = [
    "Cost",
    "EncoderClassification",
    "HubTextClassification",
    "Remembered",
    "TextClassification",
    "UnitStep",
    "cost_at",
    "peak_memory",
]
