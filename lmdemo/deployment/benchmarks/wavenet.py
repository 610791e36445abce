"""WaveNet's loop on one core, against the window of its receptive field read anew for each sample."""

import torch

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.vocoding import first_sound, fresh, mels, per_second, spoken
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.timing import interleaved

SECONDS, WINDOWS = 1.0, 8  # of sound, and windows read anew


def measure(threads: int, rounds: int) -> list[Figure]:
    """The loop with sampling, a window a sample, and the first sound; one core whatever ``threads``, since samples wait for each other."""
    model, given = fresh(WaveNet(WaveNetConfig())), mels(SECONDS)
    c = model.config
    frames = -(-c.receptive_field // c.hop)  # whole frames that hold the receptive field
    levels, features = torch.zeros(1, frames * c.hop, 4, dtype=torch.long), torch.zeros(1, frames, c.num_features)

    def anew() -> None:
        with torch.inference_mode():
            for _ in range(WINDOWS):
                model(levels, features)

    times = interleaved({"WaveNet": spoken(model, given), "anew": anew}, rounds=max(3, rounds // 6), warmup=1)
    samples = len(given) * c.hop
    return [
        per_second("WaveNet", times, samples / 16_000, 1.0),
        Figure(
            "WaveNet, a sample / its window read anew",
            times["WaveNet"] / samples / (times["anew"] / WINDOWS),
            "ratio",
            0.005,
            f"windows of {frames * c.hop} samples for {c.receptive_field}",
        ),
        *first_sound("wavenet", rounds),
    ]
