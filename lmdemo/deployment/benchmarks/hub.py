"""Pretrained models through our adapters."""

import tempfile
from pathlib import Path

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved


def measure(threads: int, rounds: int) -> list[Figure]:
    """ResNet-50 (random weights) through our adapter, against transformers' own pipeline; a second visitor's load."""
    import torch
    from PIL import Image
    from transformers import ConvNextImageProcessor, ResNetConfig, ResNetForImageClassification, pipeline

    from lmdemo.adapters.image_classification import HubImageClassification
    from lmdemo.pool import Key, Pool

    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        ResNetForImageClassification(ResNetConfig(num_labels=1000)).save_pretrained(folder)
        ConvNextImageProcessor(size={"shortest_edge": 224}, crop_pct=0.875).save_pretrained(folder)
        pool, key = Pool(), Key("resnet-50", "hub", "cpu")

        def opened(_=None):
            return HubImageClassification.open(Path(folder), row=None, source="hub", device="cpu")

        adapter = pool.get(key, opened)
        theirs = pipeline("image-classification", model=folder, device="cpu")
        picture = Image.effect_noise((640, 480), 80).convert("RGB")
        times = interleaved(
            {
                "ours": lambda: adapter(picture),
                "pipeline": lambda: theirs(picture),
                "again": lambda: pool.get(key, opened),
            },
            rounds=rounds,
        )
    return [
        Figure(
            "ResNet-50 through our adapter / transformers' pipeline",
            times["ours"] / times["pipeline"],
            "ratio",
            1.05,
            f"{1000 * times['ours']:.0f} and {1000 * times['pipeline']:.0f} ms",
        ),
        Figure("a second visitor's load", 1000 * times["again"], "ms"),
    ]
