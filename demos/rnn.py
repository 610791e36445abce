"""RNN: the plain recurrent network reads film reviews and writes Shakespeare."""

from demos.frame import Page
from demos.recurrent import text


def build(page: Page) -> None:
    """Lays the tab out, and publishes the functions that it shares with LSTM."""
    text.build(page, "rnn", ("rnn-sentiment",), "rnn-char", ("run", "Steps", "RNNLayer", "RNNStack", "RNN.forward"))
    text.endpoints(page)
