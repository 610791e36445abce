"""Our RNN layer against torch.nn.RNN, and its characters streamed."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.recurrent import recurrent, streaming


def measure(threads: int, rounds: int) -> list[Figure]:
    """Our RNN layer against torch.nn.RNN, and its characters streamed."""
    return recurrent("rnn", threads, rounds) + streaming("rnn", threads, rounds)
