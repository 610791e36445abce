"""What the measurements of the vocoders share: fresh networks of the shipped shapes, whose speed is that of trained ones."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.vocoding import speak
from lmdemo.catalog import MODELS
from lmdemo.data import vocoding
from lmdemo.data.audio import SAMPLING_RATE
from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

FIRST = 3.0  # seconds until the first sound, also of a model that is not loaded yet


def mels(seconds: float) -> np.ndarray:
    """Log mels of a voice-like sound, (F, 80)."""
    t = np.arange(round(seconds * SAMPLING_RATE)) / SAMPLING_RATE
    sound = 0.1 * np.sign(np.sin(2 * np.pi * 150 * t)) + 0.01 * np.random.default_rng(0).normal(size=len(t))
    return vocoding.mels(vocoding.whole_hops(sound.astype(np.float32)))


def spoken(model: nn.Module, given: np.ndarray, **options: object) -> Callable[[], object]:
    """Speaks all of it."""
    return lambda: list(speak(model, given, **options))


def per_second(name: str, times: dict[str, float], seconds: float, bar: float) -> Figure:
    """Seconds of computing for a second of sound."""
    taken = times[name] / seconds
    note = f"{SAMPLING_RATE / taken:,.0f} samples a second, {1 / taken:.1f} times real time"
    return Figure(f"{name}, seconds for a second of sound", taken, "s", bar, note)


def first_sound(name: str, rounds: int) -> list[Figure]:
    """From the call to the first piece: of a loaded model, of one that is loaded for it, and before the loop was ever compiled;
    nothing where there are no weights.
    """
    if name not in MODELS or not (MODELS[name].folder / "model.safetensors").is_file():
        return []
    from lmdemo.loading import load

    adapter, given = load(name, device="cpu"), mels(5)
    warm = interleaved({"first": lambda: next(adapter.stream(given))}, rounds=max(3, rounds // 3), warmup=1)["first"]
    figures = [
        Figure(f"{name}, first sound, loaded", warm, "s", FIRST, "of a clip of 5 s"),
        Figure(f"{name}, first sound, not loaded yet", _cold(name), "s", FIRST, "weights and loop read from disk"),
    ]
    if adapter.engine == "numba":
        with tempfile.TemporaryDirectory() as folder:
            never = _cold(name, NUMBA_CACHE_DIR=folder)
        figures.append(Figure(f"{name}, first sound, loop not compiled yet", never, "s", None, "once a machine"))
    return figures


def _cold(name: str, **environment: str) -> float:
    """Seconds in a process of its own that has imported what the page's server has."""
    code = (
        "import time, lmdemo; from lmdemo.deployment.benchmarks.vocoding import mels; given, started = mels(5), time.perf_counter(); "
        f"next(lmdemo.load({name!r}, device='cpu').stream(given)); print(time.perf_counter() - started)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    )
    return float(done.stdout)


def fresh(model: nn.Module) -> nn.Module:
    """A network ready to speak."""
    torch.set_num_threads(1)
    return model.eval()
