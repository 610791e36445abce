"""LSTM: gates and a cell, reading English and Hinglish, writing Shakespeare."""

from demos.frame import Page
from demos.recurrent import text


def build(page: Page) -> None:
    """Lays the tab out."""
    text.build(
        page,
        "lstm",
        ("lstm-sentiment", "lstm-hinglish"),
        "lstm-char",
        ("run", "Steps", "LSTMLayer", "LSTMStack", "LSTM.forward"),
    )
