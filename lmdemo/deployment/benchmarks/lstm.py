"""Our LSTM layer against torch.nn.LSTM."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.recurrent import recurrent


def measure(threads: int, rounds: int) -> list[Figure]:
    """Our LSTM layer against torch.nn.LSTM."""
    return recurrent("lstm", threads, rounds)
