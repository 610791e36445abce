"""RNN: the plain recurrent network reads film reviews and writes Shakespeare."""

from demos.tabs.recurrent.text.base import Text
from demos.tabs.recurrent.text.functions import FUNCTIONS


class RNN(Text):
    """A state, and nothing that guards it. It publishes the functions that it shares with LSTM."""

    name = "rnn"
    functions = FUNCTIONS
    readers, writer = ("rnn-sentiment",), "rnn-char"
    lines = ("run", "Steps", "RNNLayer", "RNNStack", "RNN.forward")
    gated = False
