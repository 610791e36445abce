"""siamese-sound: what is heard, by the nearest prototype; further classes come from a few clips."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.speaker_verification import SoundEvents
from lmdemo.data import audio
from lmdemo.models.siamese import Siamese, SiameseConfig
from lmdemo.recipes import _siamese
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "The Siamese encoder for sounds: a clip belongs to the class whose prototype, the mean embedding of its clips, is nearest.",
    "data": "ESC-10, the first two clips of each class and fold: folds 1-3 to train on (60 clips), fold 4 to judge (20 clips). The mean over "
    "four folds is of four networks, each trained on the other three folds.",
    "data_licence": "CC0 or CC-BY 3.0, clip by clip",
    "limits": "Six clips a class are next to nothing, and 20 clips make coarse figures: one clip is 5 %. Dog barks are missed most (6 of 8), "
    "for sneezes and clocks above all; then helicopters. Whatever it hears, it names the nearest of its classes.",
    "primary_metric": "accuracy_four_folds",
    "seeds": 1,
    "table": {
        "data": "ESC-10, two clips a class and fold",
        "figure": "{accuracy_four_folds:.1%} over four folds, {accuracy:.0%} of the {n} held-out clips",
        "baseline": ("random forest on MFCCs", "random forest on MFCCs {accuracy_four_folds:.1%}"),
    },
}
FOLDS, HELD = (1, 2, 3, 4), 4
CONFIG = SiameseConfig(
    hidden_sizes=(16, 32, 48, 64),
    embedding_size=64,
    normalization="clip",
    dropout=0.3,
    margin=0.2,
    scale=16.0,
    num_classes=10,
)
SPEEDS = (0.85, 1.0, 1.18)
FRAMES = 301


class Sounds:
    """Clips in several speeds, dry and in a room, cut, mixed and disturbed anew in each step.

    Args:
        sounds: What to learn from.
        rng: For the rooms.
    """

    def __init__(self, sounds: Sequence[audio.Sound], rng: np.random.Generator) -> None:
        names = labels_of(sounds)
        self.labels = [names.index(s.label) for s in sounds]
        self.mels = []
        for s in sounds:
            clip = audio.read_clip(s.path)
            played = [audio.change_speed(clip, v) if v != 1 else clip for v in SPEEDS]
            rooms = [audio.reverberate(p, rng.uniform(0.1, 0.6), rng, direct=rng.uniform(0.4, 0.9)) for p in played]
            self.mels.append([_siamese.mels_of(c, CONFIG.num_mels) for c in (*played, *rooms)])
        self.noises = _siamese.noise_mels([], CONFIG.num_mels, rng)

    def __len__(self) -> int:
        return len(self.mels)

    def batches(self, batch_size: int, generator: torch.Generator) -> list[list[int]]:
        """Each clip four times an epoch."""
        order = torch.cat([torch.randperm(len(self), generator=generator) for _ in range(4)]).tolist()
        return [order[i : i + batch_size] for i in range(0, len(order) - batch_size + 1, batch_size)]

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        x = torch.stack([loudest(self.mels[i][int(torch.randint(len(self.mels[i]), ()))]) for i in indices])
        x = _siamese.disturb(x, self.noises, decibels=(5.0, 30.0), noisy=0.5, lines=0.5)
        return {
            "input_features": _siamese.mask(x, widest_band=12, longest=60),
            "labels": torch.tensor([self.labels[i] for i in indices]),
        }


def loudest(mels: Tensor) -> Tensor:
    """The loudest of three pieces from anywhere: sounds are short, and silence is no class."""
    pieces = [_siamese.cut(mels, FRAMES) for _ in range(3)]
    return max(pieces, key=lambda p: float(p.exp().mean()))


def labels_of(sounds: Sequence[audio.Sound]) -> list[str]:
    """The classes in order."""
    return sorted({s.label for s in sounds})


def prototypes(e: np.ndarray, labels: Sequence[str]) -> dict[str, np.ndarray]:
    """Mean embeddings at unit length by class."""
    means = {name: e[[label == name for label in labels]].mean(0) for name in sorted(set(labels))}
    return {name: mean / np.linalg.norm(mean) for name, mean in means.items()}


def nearest(e: np.ndarray, known: dict[str, np.ndarray]) -> list[str]:
    """The class whose prototype is nearest to each embedding (N, D)."""
    names = list(known)
    return [names[i] for i in (e @ np.stack(list(known.values())).T).argmax(1)]


def whole(sounds: Sequence[audio.Sound]) -> list[Tensor]:
    """Log-mels of clips as they are judged."""
    return [_siamese.mels_of(audio.read_clip(s.path), CONFIG.num_mels) for s in sounds]


def trainer_for(data: Path | None, held: int, seed: int) -> Trainer:
    """A network that never hears fold ``held``."""
    torch.manual_seed(seed)
    train, kept = audio.read_esc10(data, tuple(f for f in FOLDS if f != held)), audio.read_esc10(data, (held,))
    mels, judged = whole(train), whole(kept)
    model = Siamese(CONFIG)

    def known(model: nn.Module) -> dict[str, np.ndarray]:
        return prototypes(_siamese.embed(model, mels), [s.label for s in train])

    def confusion(model: nn.Module) -> np.ndarray:
        """How often each class (rows) was taken for each (columns)."""
        from sklearn.metrics import confusion_matrix

        found = nearest(_siamese.embed(model, judged), known(model))
        return confusion_matrix([s.label for s in kept], found, labels=labels_of(train))

    def validate(model: nn.Module) -> dict[str, float]:
        counts = confusion(model)
        return {"accuracy": float(np.trace(counts) / counts.sum())}

    model.known, model.confusion = known, confusion  # for `save`
    return Trainer(
        model=model,
        train_data=Sounds(train, np.random.default_rng(seed)),
        validate=validate,
        metric="accuracy",
        seed=seed,
        num_epochs=20,
        batch_size=30,
        learning_rate=3e-3,
        schedule="one-cycle",
        warmup=0.2,
        weight_decay=0.05,
        precision="bf16",
        average_decay=0.98,
        channels_last=True,
        validate_every=20,
    )


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network that is shipped, its data and its settings."""
    trainer = trainer_for(data, HELD, seed)
    trainer.model.others = [(data, held, seed) for held in FOLDS if held != HELD]
    return trainer


def save(model: Siamese, folder: Path) -> None:
    """Weights, prototypes, and the confusions of four networks: the shipped one and three that are trained here for it."""
    model.save_pretrained(folder)
    with torch.inference_mode():
        known, counts = model.known(model), {str(HELD): model.confusion(model)}
    for data, held, seed in model.others:
        trainer = trainer_for(data, held, seed)
        for _ in trainer.run():
            pass
        with torch.inference_mode():
            counts[str(held)] = trainer.model.confusion(trainer.model)
    settings = {
        "prototypes": {name: [round(float(v), 5) for v in e] for name, e in known.items()},
        "confusion": {fold: c.tolist() for fold, c in sorted(counts.items())},
    }
    (folder / "siamese.json").write_text(json.dumps(settings) + "\n", encoding="utf-8")


def evaluate(adapter: SoundEvents, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Accuracy of the shipped network; with ``val`` also over four folds, as found when it was trained."""
    sounds = audio.read_esc10(
        data, {"train": tuple(f for f in FOLDS if f != HELD), "val": (HELD,), "test": (5,)}.get(split)
    )
    figures = {"accuracy": float(np.mean([adapter(s.path).label == s.label for s in sounds]))}
    if split == "val":
        folds = [np.array(counts) for counts in adapter.settings["confusion"].values()]
        figures["accuracy_four_folds"] = float(np.mean([np.trace(c) / c.sum() for c in folds]))
    return len(sounds), figures


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """A random forest and a support vector machine on mean and spread of MFCCs; the network before training."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    sounds = audio.read_esc10(data, FOLDS)
    x = np.stack([audio.mfcc_statistics(audio.read_clip(s.path)) for s in sounds])
    torch.manual_seed(0)
    with torch.inference_mode():
        e = _siamese.embed(Siamese(CONFIG).eval(), whole(sounds))
    labels, folds = np.array([s.label for s in sounds]), np.array([s.fold for s in sounds])
    right: dict[str, list[float]] = {
        "random forest on MFCCs": [],
        "support vectors on MFCCs": [],
        "untrained network": [],
    }
    for held in FOLDS:
        train, kept = folds != held, folds == held
        found = [
            RandomForestClassifier(500, random_state=0).fit(x[train], labels[train]).predict(x[kept]),
            make_pipeline(StandardScaler(), SVC(C=10)).fit(x[train], labels[train]).predict(x[kept]),
            np.array(nearest(e[kept], prototypes(e[train], labels[train]))),
        ]
        for name, answers in zip(right, found, strict=True):
            right[name].append(float(np.mean(answers == labels[kept])))
    return {
        name: {"accuracy": values[FOLDS.index(HELD)], "accuracy_four_folds": float(np.mean(values))}
        for name, values in right.items()
    }
