"""WaveGlow in times real time, beside Griffin-Lim."""

import torch

from lmdemo.adapters.vocoding import griffin_lim, speak_at_once
from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.vocoding import first_sound, fresh, mels, per_second
from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig
from lmdemo.timing import interleaved

SECONDS = 3.0  # of sound


def measure(threads: int, rounds: int) -> list[Figure]:
    """A clip in one pass, mels to waveform; Griffin-Lim with 60 iterations; the first sound."""
    model, given = fresh(WaveGlow(WaveGlowConfig())), mels(SECONDS)
    torch.set_num_threads(threads)
    times = interleaved(
        {"WaveGlow": lambda: speak_at_once(model, given), "Griffin-Lim": lambda: griffin_lim(given, 0)},
        rounds=max(3, rounds // 3),
        warmup=1,
    )
    return [
        per_second("WaveGlow", times, SECONDS, 0.2),
        Figure("WaveGlow / Griffin-Lim", times["WaveGlow"] / times["Griffin-Lim"], "ratio", None, "60 iterations"),
        *first_sound("waveglow", rounds),
    ]
