"""Our recurrent layers against torch.nn's."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved


def recurrent(member: str, threads: int, rounds: int) -> list[Figure]:
    """Our layer against torch.nn's with the same weights, 128 inputs, 64 units, 50 steps, batches of 1 and 32."""
    import torch

    torch.set_num_threads(threads)
    if member == "rnn":
        from lmdemo.models.rnn import RNNLayer as Layer
        from lmdemo.proofs.rnn import copy_layer

        theirs, bars = torch.nn.RNN(128, 64), {1: 1.05, 32: 1.05}
    else:
        from lmdemo.models.lstm import LSTMLayer as Layer
        from lmdemo.proofs.lstm import copy_layer

        theirs, bars = torch.nn.LSTM(128, 64), {1: 4.5, 32: 2.2}
    ours = Layer(128, 64).eval()
    copy_layer(ours, theirs, "l0")
    figures = []
    for batch, bar in bars.items():
        x = torch.randn(50, batch, 128)
        with torch.inference_mode():
            times = interleaved({"ours": lambda x=x: ours(x), "torch.nn": lambda x=x: theirs(x)}, rounds=5 * rounds, warmup=10)
        figures.append(Figure(f"{member.upper()} layer, batch {batch} / torch.nn.{member.upper()}", times["ours"] / times["torch.nn"], "ratio",
                              bar, f"{1000 * times['ours']:.2f} ms, 50 steps"))
    return figures
