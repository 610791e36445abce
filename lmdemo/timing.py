"""Interleaved timing: what is compared takes turns, so that a busy machine slows all of it alike."""

import random
import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(calls: Mapping[str, Callable[[], object]], *, rounds: int = 30, warmup: int = 3) -> dict[str, float]:
    """Median seconds of each call; each round in another order, so that none always meets the caches and threads that the
    same other one left.

    Args:
        calls: What is compared, by name.
        rounds: How often each is called.
        warmup: Rounds before that are not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    turns, order = list(calls.items()), random.Random(0)
    for i in range(warmup + rounds):
        order.shuffle(turns)
        for name, call in turns:
            started = time.perf_counter()
            call()
            if i >= warmup:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}
