"""Interleaved timing: what is compared takes turns, so that a busy machine slows all of it alike."""

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(calls: Mapping[str, Callable[[], object]], *, rounds: int = 30, warmup: int = 3) -> dict[str, float]:
    """Median seconds of each call.

    Args:
        calls: What is compared, by name.
        rounds: How often each is called.
        warmup: Rounds before that are not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for i in range(warmup + rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            if i >= warmup:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}
