"""A classification through the page."""

import statistics

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.serving import APP, BARE, PROJECT, serving
from lmdemo.timing import interleaved

EXAMPLE = PROJECT / "demos" / "tabs" / "vision" / "cnn" / "examples" / "sneaker.png"


def measure(threads: int, rounds: int) -> list[Figure]:
    """A classification through the page's endpoint, against an echo endpoint and the network's own time; memory over 500."""
    import psutil
    from gradio_client import Client, handle_file

    from lmdemo.loading import load

    load("cnn-fashion", device="cpu")
    with serving(APP, threads) as (port, _, pid), serving(BARE, threads) as (bare, _, _):
        ours, echo = (Client(f"http://127.0.0.1:{p}", verbose=False) for p in (port, bare))
        given, inner = handle_file(EXAMPLE), []

        def classify() -> None:
            inner.append(ours.predict(given, "cnn-fashion", "scratch", "en", api_name="/cnn_classify")["milliseconds"])

        times = interleaved(
            {"classify": classify, "echo": lambda: echo.predict(given, api_name="/echo")}, rounds=rounds
        )
        forward = statistics.median(inner)
        for _ in range(50):
            classify()
        before = psutil.Process(pid).memory_info().rss
        for _ in range(500):
            classify()
        growth = 100 * (psutil.Process(pid).memory_info().rss / before - 1)
    over = 1000 * (times["classify"] - times["echo"]) - forward
    return [
        Figure(
            "classification through the page - echo - network",
            over,
            "ms",
            3.0,
            f"{1000 * times['classify']:.1f}, {1000 * times['echo']:.1f} and {forward:.1f} ms",
        ),
        Figure("memory growth over 500 classifications", growth, "%", 5.0),
    ]
