"""Our RNN layer against torch.nn.RNN."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.recurrent import recurrent


def measure(threads: int, rounds: int) -> list[Figure]:
    """Our RNN layer against torch.nn.RNN."""
    return recurrent("rnn", threads, rounds)
