"""cnn-digits: handwritten digits, augmented until a finger's drawing is read."""

from pathlib import Path

import torch
from torch import Tensor

from lmdemo.adapters.image_classification import ImageClassification
from lmdemo.data import image
from lmdemo.metrics import bootstrap_interval
from lmdemo.models.cnn import CNN, CNNConfig
from lmdemo.recipes.cnn_fashion import accuracy, pixel_baselines
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "The architecture of cnn-fashion on handwritten digits, for drawings made with a finger or a pen.",
    "data": "Optical Recognition of Handwritten Digits (UCI), as packaged by scikit-learn: 1,797 digits of 8 x 8 pixels, "
    "enlarged to 28 x 28; a fixed fifth (360 digits) is the validation part.",
    "data_licence": "CC-BY-4.0 (UCI Machine Learning Repository)",
    "limits": "Only single digits. Everything else that is drawn gets the name of a digit too. The data comes from 43 "
    "writers; a continental 1 or a crossed 7 is rare in it.",
    "primary_metric": "accuracy",
    "seeds": 3,
    "table": {
        "data": "scikit-learn's digits",
        "figure": "{accuracy:.0%} of {n} held-out digits",
        "baseline": ("RBF support vectors on 1,437 pictures", "support vectors {accuracy:.1%}"),
    },
}
CONFIG = CNNConfig(
    labels=tuple("0123456789"),
    hidden_sizes=(16, 16, 32, 32, 64, 64),
    pool_after=(2, 4, 6),
    image_mean=0.2,
    image_std=0.32,
)


def augment(x: Tensor) -> Tensor:
    """Turns, slants, bends, and makes strokes wider, thinner, sharper and noisier: a finger is no scanner."""
    x = image.warp(x, degrees=14, shear=0.25, scale=(0.75, 1.15), move=0.08, bend=0.045)
    x = image.thicken(image.thicken(x, 0.12, 0.35), 0.0, 0.2)
    contrast = 1 + 3 * torch.rand(len(x), 1, 1, 1)  # drawings are black and white, scans are grey
    x = ((x - 0.45) * contrast + 0.45 + 0.1 * torch.rand(len(x), 1, 1, 1)).clamp(0, 1) * (x > 0.02)
    return image.grain(image.soften(x, 0.3), 0.2, 0.15)


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    mean, std = CONFIG.image_mean, CONFIG.image_std
    held = image.Pictures(*image.load_digits("val"), None, mean, std)
    return Trainer(
        model=CNN(CONFIG),
        train_data=image.Pictures(*image.load_digits("train"), augment, mean, std),
        validate=lambda model: {"accuracy": accuracy(model, held)},
        metric="accuracy",
        seed=seed,
        num_epochs=150,
        batch_size=64,
        learning_rate=4e-3,
        weight_decay=0.02,
        schedule="one-cycle",
        warmup=0.2,
        average_decay=0.998,
        max_grad_norm=None,
        validate_every=10,
    )


def evaluate(adapter: ImageClassification, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Accuracy with a 95 % interval."""
    pixels, labels = image.load_digits(split)
    right = adapter.classify_pixels(pixels).argmax(1) == labels
    low, high = bootstrap_interval(right)
    return len(labels), {"accuracy": right.mean().item(), "accuracy_low": low, "accuracy_high": high}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """What methods without convolutions reach on the same pixels."""
    return pixel_baselines(image.load_digits("train"), image.load_digits(split), svm_examples=10_000)
