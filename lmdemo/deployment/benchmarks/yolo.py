"""YOLOv8n end to end, through our adapter and through Ultralytics' own predict: decode, resize, network, suppression."""

import tempfile
from pathlib import Path

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

BOXES = 40  # about as many candidates as should reach the threshold, before suppression


def measure(threads: int, rounds: int) -> list[Figure]:
    """Random weights whose statistics are the picture's, at a threshold that leaves boxes; both take a JPEG file of 810 x 1080."""
    import numpy as np
    import torch

    from lmdemo.adapters.object_detection.ultralytics import random_pair
    from lmdemo.loading import load
    from lmdemo.models.yolo import overlap

    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, picture = random_pair(Path(folder))
        scores = np.sort(ours(picture, trace=True).trace["candidate_scores"].max(axis=1))[::-1]
        gap = BOXES + int(
            np.argmax(scores[BOXES : 2 * BOXES] - scores[BOXES + 1 : 2 * BOXES + 1])
        )  # no score lies near the threshold
        options = {"score_threshold": float(scores[gap] + scores[gap + 1]) / 2, "iou_threshold": 0.5}

        def predict() -> np.ndarray:
            found = theirs.predict(
                picture, conf=options["score_threshold"], iou=options["iou_threshold"], verbose=False, device="cpu"
            )
            return found[0].boxes.data.numpy()

        found, expected = ours(picture, **options).objects, predict()
        torch.set_num_threads(threads)  # its first call sets a number of its own
        apart = 1.0
        if len(found) == len(expected):
            boxes = np.array([(o.box.xmin, o.box.ymin, o.box.xmax, o.box.ymax) for o in found])
            same = np.array([ours.labels.index(o.label) for o in found])[:, None] == expected[:, 5]
            apart = 1 - float((overlap(boxes[:, None], expected[None, :, :4]) * same).max(axis=1).min())
        scratch = load("yolo-cells", device="cpu")
        times = interleaved(
            {"ours": lambda: ours(picture, **options), "predict": predict, "scratch": lambda: scratch(picture)},
            rounds=rounds,
        )
    return [
        Figure(
            "YOLOv8n through our adapter / Ultralytics' predict",
            times["ours"] / times["predict"],
            "ratio",
            0.85,
            f"{1000 * times['ours']:.0f} and {1000 * times['predict']:.0f} ms a picture",
        ),
        Figure("their boxes and ours, 1 - IoU, the worst", apart, "", 0.01, f"{len(found)} and {len(expected)} boxes"),
        Figure("yolo-cells, the same picture", 1000 * times["scratch"], "ms"),
    ]
