"""Our LSTM layer against torch.nn.LSTM, and its characters streamed."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.recurrent import recurrent, streaming


def measure(threads: int, rounds: int) -> list[Figure]:
    """Our LSTM layer against torch.nn.LSTM, and its characters streamed."""
    return recurrent("lstm", threads, rounds) + streaming("lstm", threads, rounds)
