"""cnn-fashion: garments of Fashion-MNIST."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lmdemo.adapters.image_classification import ImageClassification
from lmdemo.data import image
from lmdemo.metrics import bootstrap_interval
from lmdemo.models.cnn import CNN, CNNConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A convolutional network that tells ten kinds of garments apart on grey pictures of 28 x 28 pixels.",
    "data": "Fashion-MNIST (Zalando Research), 55,000 training pictures; the last 5,000 of the training part are the "
    "validation part. The official test part was looked at only after everything was chosen.",
    "data_licence": "MIT",
    "limits": "It knows ten kinds of garments, seen alone and from the front before an even background; a picture of "
    "anything else gets one of these ten names too. Shirts, T-shirts, pullovers and coats are the ones it "
    "mixes up. People's photos differ from the catalogue pictures of the data.",
    "primary_metric": "accuracy",
    "seeds": 1,
    "table": {
        "data": "Fashion-MNIST",
        "figure": "{accuracy:.1%} on validation, {test[accuracy]:.1%} on the official test part",
        "baseline": ("RBF support vectors on 10,000 pictures", "support vectors on 10,000 pictures {accuracy:.1%}"),
    },
    "test": "These are the official test pictures. The model took more than 20 minutes to train, so there is one seed; the "
    "interval is a bootstrap over the pictures (95 %).",
}
MEAN, STD = CNNConfig().image_mean, CNNConfig().image_std


def augment(x: Tensor) -> Tensor:
    """Mirrors, moves, erases, and now and then blurs or adds noise, as cameras and people do."""
    x = image.shift(image.flip(x), pixels=4, share=0.5)
    x = image.grain(image.soften(x, 0.08), 0.12, 0.2)
    return image.erase(x, 0.35, 5, 11)


def build(data: Path, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    pixels, labels = image.load_fashion(data, "train")
    held = image.Pictures(*image.load_fashion(data, "val"), None, MEAN, STD)
    return Trainer(
        model=CNN(CNNConfig()),
        train_data=image.Pictures(pixels, labels, augment, MEAN, STD),
        validate=lambda model: {"accuracy": accuracy(model, held)},
        metric="accuracy",
        seed=seed,
        num_epochs=46,
        batch_size=128,
        learning_rate=8e-3,
        weight_decay=0.05,
        schedule="one-cycle",
        warmup=0.25,
        precision="bf16",
        average_decay=0.999,
        max_grad_norm=None,
        channels_last=True,
    )


def accuracy(model: CNN, held: image.Pictures) -> float:
    """The part of the pictures that a network names right."""
    right = 0
    for chunk in torch.arange(len(held)).split(1000):
        batch = held[chunk]
        right += (model(batch["pixel_values"]).logits.argmax(1) == batch["labels"]).sum().item()
    return right / len(held)


def evaluate(adapter: ImageClassification, data: Path, split: str) -> tuple[int, dict[str, float]]:
    """Accuracy with a 95 % interval, and under fixed shifts, noise, blur and inversion."""
    pixels, labels = image.load_fashion(data, split)
    right = adapter.classify_pixels(pixels).argmax(1) == labels
    low, high = bootstrap_interval(right)
    metrics = {"accuracy": right.mean().item(), "accuracy_low": low, "accuracy_high": high}
    for name, changed in disturbed(pixels):
        metrics[f"accuracy_{name}"] = (adapter.classify_pixels(changed).argmax(1) == labels).mean().item()
    return len(labels), metrics


def disturbed(pixels: np.ndarray):
    """The same pictures (N, 28, 28) moved, noisy, blurred and inverted, the same way at every call."""
    for by in (2, 4):
        padded = np.pad(pixels, ((0, 0), (by, by), (by, by)))
        yield f"shift_{by}", np.roll(padded, (by, -by), (1, 2))[:, by:-by, by:-by]
    noise = np.random.default_rng(0).normal(0, 0.1 * 255, pixels.shape)
    yield "noise_0.1", (pixels + noise).clip(0, 255).astype(np.uint8)
    x = torch.from_numpy(np.array(pixels))[:, None].float()
    yield "blur", image.soften(x, 1.0)[:, 0].round().byte().numpy()
    yield "inverted", 255 - pixels


def baselines(data: Path, split: str) -> dict[str, dict[str, float]]:
    """Logistic regression on pixels, and a support vector machine with a kernel, both by scikit-learn."""
    return pixel_baselines(image.load_fashion(data, "train"), image.load_fashion(data, split), svm_examples=10_000)


def pixel_baselines(
    train: tuple[np.ndarray, np.ndarray], judged: tuple[np.ndarray, np.ndarray], svm_examples: int
) -> dict[str, dict[str, float]]:
    """What methods without convolutions reach on the same pixels, trained within a minute."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    (x, y), (tx, ty) = ((p.reshape(len(p), -1) / 255.0, labels) for p, labels in (train, judged))
    few = np.random.default_rng(0).permutation(len(x))[:svm_examples]
    logistic = LogisticRegression(max_iter=60, tol=1e-2).fit(x[few], y[few])
    svm = SVC(C=10.0).fit(x[few], y[few])
    return {
        f"logistic regression on {len(few):,} pictures": {"accuracy": float(logistic.score(tx, ty))},
        f"RBF support vectors on {len(few):,} pictures": {"accuracy": float(svm.score(tx, ty))},
    }
