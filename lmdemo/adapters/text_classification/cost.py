"""What a text of a given length costs a classifier: seconds and bytes, measured here."""

import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from torch.profiler import ProfilerActivity, profile

from lmdemo.adapters.base import synchronize
from lmdemo.adapters.text_classification.words import WordClassification

_PROFILER = threading.Lock()  # torch has one profiler a process


class Cost(NamedTuple):
    """What a text of one length costs a network: seconds (the median of several passes), and the most bytes that its
    intermediate results held at once.
    """

    seconds: float
    bytes: int


def cost_at(adapter: WordClassification, inputs: str, length: int, *, keep: bool = False) -> Cost:
    """Measures a pass over ``length`` words: the text's own, repeated.

    Args:
        adapter: An RNN, an LSTM or a Transformer.
        inputs: The text.
        length: Words.
        keep: Whether a Transformer writes its attention out and keeps it, as to be looked at; else its passes never hold the
            weights of a block as a whole.
    """
    ids = adapter.tokenize(inputs).ids
    ids = (ids * (length // len(ids) + 1))[:length]
    with adapter.computing():
        batch = adapter.batch([ids]) | ({"trace": True} if keep else {})
        times = []
        for _ in range(5):
            started = time.perf_counter()
            adapter.model(**batch)
            synchronize(adapter.device)
            times.append(time.perf_counter() - started)
        return Cost(float(np.median(times)), peak_memory(lambda: adapter.model(**batch)))


def peak_memory(call: Callable[[], object]) -> int:
    """The most bytes that a call's own tensors held at once on the CPU, counted from torch's allocations."""
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # else it tells each session on standard error
    with _PROFILER, profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        call()
    events = sorted(
        (e.start_ns(), e.nbytes()) for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"
    )
    held = np.cumsum([size for _, size in events] or [0])
    return int(held.max())
