"""Texts continued: our RNN, LSTM and GPT, and the hub's gpt2 beside them."""

from lmdemo.adapters.text_generation.gpt import GPTGeneration
from lmdemo.adapters.text_generation.hub import HubGPTGeneration
from lmdemo.adapters.text_generation.recurrent import TextGeneration
from lmdemo.adapters.text_generation.sampling import Sampling
from lmdemo.adapters.text_generation.tokens import NextTokens, Prompt, Reading

__all__ = ["GPTGeneration", "HubGPTGeneration", "NextTokens", "Prompt", "Reading", "Sampling", "TextGeneration"]
