"""Our recurrent layers against torch.nn's, and characters streamed."""

import statistics
import time

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.serving import APP, serving
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
            times = interleaved(
                {"ours": lambda x=x: ours(x), "torch.nn": lambda x=x: theirs(x)}, rounds=5 * rounds, warmup=10
            )
        figures.append(
            Figure(
                f"{member.upper()} layer, batch {batch} / torch.nn.{member.upper()}",
                times["ours"] / times["torch.nn"],
                "ratio",
                bar,
                f"{1000 * times['ours']:.2f} ms, 50 steps",
            )
        )
    return figures


def streaming(member: str, threads: int, rounds: int) -> list[Figure]:
    """Characters of a loaded model: the first one through the page, how many a second, and what going on from the last
    state saves against reading the whole text anew for each.
    """
    import httpx
    import torch

    from lmdemo.loading import load

    torch.set_num_threads(threads)
    name, prompt, count = f"{member}-char", "ROMEO:\n", 200
    write = load(name, device="cpu")
    times = interleaved(
        {
            "state": lambda: write(prompt, max_new_tokens=count, seed=0),
            "anew": lambda: write(prompt, max_new_tokens=count, seed=0, use_cache=False),
        },
        rounds=max(3, rounds // 6),
        warmup=1,
    )
    first = []
    # One connection and one session stay open, as in a visitor's page; Gradio copies its whole layout for a new session.
    with serving(APP, threads) as (port, _, _), httpx.Client(timeout=60) as client:
        address = f"http://127.0.0.1:{port}/gradio_api/call/recurrent_write"
        for _ in range(rounds + 2):
            started = time.perf_counter()
            event = client.post(
                address, json={"data": [prompt, name, count, 0.8, 0, 0, "en"], "session_hash": "visitor"}
            ).json()["event_id"]
            with client.stream("GET", f"{address}/{event}") as answer:
                arrived = [time.perf_counter() - started for line in answer.iter_lines() if line.startswith("data: [")]
            first.append(arrived[0])
    return [
        Figure(
            f"{name}, first character through the page",
            1000 * statistics.median(first[2:]),
            "ms",
            50,
            "in an open page, model loaded",
        ),
        Figure(f"{name}, characters a second", count / times["state"], "1/s"),
        Figure(
            f"{name}, {count} characters / the whole text read anew for each",
            times["state"] / times["anew"],
            "ratio",
            None,
            f"{1000 * times['state']:.0f} and {1000 * times['anew']:.0f} ms",
        ),
    ]
