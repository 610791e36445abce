"""LSTM: gates and a cell, reading English and Hinglish, writing Shakespeare."""

from demos.tabs.recurrent.text.base import Text


class LSTM(Text):
    """Gates guard the cell. Its functions are those that RNN publishes."""

    name = "lstm"
    readers, writer = ("lstm-sentiment", "lstm-hinglish"), "lstm-char"
    lines = ("run", "Steps", "LSTMLayer", "LSTMStack", "LSTM.forward")
    gated = True
