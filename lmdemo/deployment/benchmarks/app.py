"""The page's start and memory."""

import statistics

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.serving import APP, BARE, serving


def measure(threads: int, rounds: int) -> list[Figure]:
    """From start to the first page answered, against a bare one-tab app; memory without a model."""
    import psutil

    times: dict[str, list[float]] = {"app": [], "bare": []}
    memory = 0.0
    for _ in range(max(3, rounds // 6)):
        for name, command in (("app", APP), ("bare", BARE)):
            with serving(command, threads) as (_, seconds, pid):
                times[name].append(seconds)
                if name == "app":
                    memory = psutil.Process(pid).memory_info().rss / 1e6
    ours, bare = (statistics.median(times[k]) for k in ("app", "bare"))
    return [
        Figure("start to first page / bare Gradio app", ours / bare, "ratio", 1.15, f"{ours:.2f} s and {bare:.2f} s"),
        Figure("memory after start, no model", memory, "MB"),
    ]
