"""WaveRNN's loop on one core beside WaveNet's, and its stacked preset against torchaudio's own ``infer`` with the same weights."""

import torch

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.vocoding import first_sound, fresh, mels, per_second, spoken
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.models.wavernn_stacked import StackedWaveRNN, StackedWaveRNNConfig
from lmdemo.timing import interleaved

SECONDS, FRAMES = 1.0, 4  # of sound, and of the stacked preset's mels


def measure(threads: int, rounds: int) -> list[Figure]:
    """The loop with sampling, beside WaveNet's; a few frames of torchaudio's network both ways; the first sound. One core each."""
    import torchaudio

    model, wavenet, given = fresh(WaveRNN(WaveRNNConfig())), fresh(WaveNet(WaveNetConfig())), mels(SECONDS)
    config, seconds = StackedWaveRNNConfig(), len(given) * 200 / 16_000
    scales = config.upsample_scales
    theirs = fresh(torchaudio.models.WaveRNN(list(scales), config.num_levels, config.hop, n_freq=config.num_mels))
    ours = StackedWaveRNN.from_torchaudio(theirs.state_dict(), scales)
    rows = torch.from_numpy(given[:FRAMES])

    def infer() -> None:
        with torch.inference_mode():
            theirs.infer(rows.T[None])

    times = interleaved(
        {
            "WaveRNN": spoken(model, given),
            "WaveNet": spoken(wavenet, given),
            "stacked": lambda: list(ours.generate(rows)),
            "infer": infer,
        },
        rounds=max(3, rounds // 6),
        warmup=1,
    )
    return [
        per_second("WaveRNN", times, seconds, 1.0),
        Figure("WaveRNN / WaveNet", times["WaveRNN"] / times["WaveNet"], "ratio", 1.0, "the shipped shapes"),
        Figure(
            "WaveRNN, torchaudio's shape / torchaudio.models.WaveRNN.infer",
            times["stacked"] / times["infer"],
            "ratio",
            0.25,
            f"{FRAMES * config.hop} samples, the same weights",
        ),
        *first_sound("wavernn", rounds),
    ]
