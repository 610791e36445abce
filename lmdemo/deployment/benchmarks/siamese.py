"""Voices: our path around ECAPA against SpeechBrain's own call, our network in times real time, and a search in 10,000 embeddings."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

ENROLLED, SECONDS = 10_000, 3


def measure(threads: int, rounds: int) -> list[Figure]:
    """Two clips of 3 s through ECAPA both ways, random weights; one clip through ours; one embedding against all enrolled."""
    import numpy as np
    import torch

    from lmdemo.adapters.outputs import Info
    from lmdemo.adapters.speaker_verification import lay_out, rank
    from lmdemo.adapters.speaker_verification.speechbrain import HubSpeakerVerification, random_pair
    from lmdemo.loading import load

    torch.set_num_threads(threads)
    network, theirs = random_pair()
    info = Info(
        name="ecapa",
        member="siamese",
        task="audio-classification",
        source="hub",
        parameters=0,
        bytes=0,
        device="cpu",
        revision="",
        licence="",
        training_data="",
    )
    ours, speaker = HubSpeakerVerification(network, info), load("siamese-speaker", device="cpu")
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, SECONDS * 16_000)).astype(np.float32) * 0.1
    pair = torch.from_numpy(np.stack((first, second)))

    def own_call() -> object:
        with torch.inference_mode():
            return theirs.verify_batch(pair[:1], pair[1:])

    enrolled = rng.normal(size=(ENROLLED, speaker.embedding_size)).astype(np.float32)
    known = lay_out({f"{i}": e for i, e in enumerate(enrolled / np.linalg.norm(enrolled, axis=1, keepdims=True))})
    asked = known.rows[0]
    times = interleaved(
        {
            "ours": lambda: ours.compare((first, second)),
            "speechbrain": own_call,
            "scratch": lambda: speaker.embed((16_000, first)),
            "search": lambda: rank(asked, known),
        },
        rounds=max(3, rounds),
        warmup=2,
    )
    return [
        Figure(
            "ECAPA, two clips of 3 s / SpeechBrain's verify_batch",
            times["ours"] / times["speechbrain"],
            "ratio",
            0.8,
            f"{1000 * times['ours']:.0f} ms, SpeechBrain {1000 * times['speechbrain']:.0f} ms",
        ),
        Figure(
            "siamese-speaker, times real time",
            SECONDS / times["scratch"],
            "x",
            None,
            f"{1000 * times['scratch']:.1f} ms for {SECONDS} s",
        ),
        Figure(f"one voice against {ENROLLED:,} enrolled", 1000 * times["search"], "ms", 10.0),
    ]
