"""siamese-fingerprint: which of the indexed recordings is this noisy excerpt of 3 seconds from?"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.speaker_verification import Fingerprinting, windows
from lmdemo.data import audio, peaks
from lmdemo.models.siamese import Siamese, SiameseConfig
from lmdemo.recipes import _siamese
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "The Siamese encoder, trained to give an excerpt the same embedding after noise, a room, a line and another level. "
    "Recordings are indexed by a window of 3 seconds every quarter of a second.",
    "data": "ESC-10 (folds 1 and 2) and the 66 training speakers of CMU AN4, utterances of a speaker joined to 3 seconds or more, "
    "each in three speeds, which count as three recordings. Validation: folds 3 and 4 and the last 8 speakers as index, "
    "without the backgrounds of fold 3; these, or noise in several "
    "colours, disturb a random 3-second excerpt of each recording. Training heard none of them.",
    "data_licence": "ESC-10: CC0 or CC-BY 3.0; AN4 License Terms (BSD-2-clause style)",
    "limits": "It knows a recording again, not a melody or a text: another performance is another recording. Trained for excerpts of "
    "about 3 seconds; played at another speed they are not found. Excerpts in which next to nothing sounds are left out of the "
    "figures. With thousands of recordings the peaks' exact hashes scale better than a scan over embeddings."
    " Spectral peaks, which learn nothing, find more at 10 and at 0 dB: plain noise leaves loud peaks where they were.",
    "primary_metric": "top1_10db",
    "seeds": 1,
    "table": {
        "data": "ESC-10, CMU AN4, {n} unheard recordings",
        "figure": "top-1 {top1_10db:.1%} at 10 dB of signal above noise, {top1_0db:.1%} at 0 dB",
        "baseline": ("spectral peaks (Wang 2003)", "spectral peaks {top1_10db:.1%}, {top1_0db:.1%}"),
    },
}
CONFIG = SiameseConfig(hidden_sizes=(16, 32, 64, 96), loss="contrast", scale=14.0, num_classes=0, dropout=0.0)
SECONDS = 3.0
FRAMES = round(SECONDS * 100) + 1
SPEEDS = (1.0, 0.84, 1.19)  # each makes another recording of a training clip
LEVELS = (20, 10, 0)  # dB of signal above noise that are judged
PARTS = {"train": (1, 2), "val": (3, 4)}
NOISE_FOLD = 3


def recordings(data: Path | None, split: str) -> dict[str, np.ndarray]:
    """Waves of at least 3 seconds by name: sounds, and speech joined speaker by speaker."""
    folds = PARTS.get(split, (3, 4, 5))
    found = {
        s.path.stem: audio.read_clip(s.path)
        for s in audio.read_esc10(data, folds)
        if s.fold != NOISE_FOLD or s.label not in audio.BACKGROUND
    }
    joined: list[np.ndarray] = []
    spoken = audio.read_an4(_siamese.beside(data, "an4"), split if split in PARTS else "val")
    for i, u in enumerate(spoken):
        joined.append(audio.read_clip(u.path))
        if sum(map(len, joined)) >= SECONDS * audio.SAMPLING_RATE:
            found[u.path.stem] = np.concatenate(joined)
            joined = []
        elif i + 1 < len(spoken) and spoken[i + 1].speaker != u.speaker:
            joined = []
    return found


class Excerpts:
    """Two excerpts of each recording, almost of the same moment, each disturbed in its own way.

    Args:
        clips: The recordings.
        noises: Log-mels of noise.
        rng: For the rooms.
    """

    def __init__(self, clips: Sequence[np.ndarray], noises: Sequence[Tensor], rng: np.random.Generator) -> None:
        self.noises = noises
        self.mels = []
        for clip in clips:
            room = audio.reverberate(clip, rng.uniform(0.1, 0.6), rng, direct=rng.uniform(0.4, 0.9))
            self.mels.append([_siamese.mels_of(c, CONFIG.num_mels) for c in (clip, room)])

    def __len__(self) -> int:
        return len(self.mels)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        first, second = [], []
        for i in indices:
            dry, room = self.mels[i]
            last = max(0, len(dry) - FRAMES)
            start = int(torch.randint(last + 1, ()))
            moved = min(last, max(0, start + int(torch.randint(-16, 17, ()))))
            first.append(_siamese.cut(dry, FRAMES, start))
            second.append(_siamese.cut(room if torch.rand(()) < 0.3 else dry, FRAMES, moved))
        indexed = _siamese.disturb(torch.stack(first), self.noises, decibels=(10.0, 40.0), noisy=0.3, lines=0.2)
        heard = _siamese.disturb(torch.stack(second), self.noises, decibels=(-3.0, 15.0), noisy=0.9, lines=0.4)
        names = torch.arange(len(indices))
        return {"input_features": torch.cat((indexed, heard)), "labels": torch.cat((names, names))}


def excerpts(
    clips: Mapping[str, np.ndarray], decibels: float, noises: Sequence[np.ndarray], seed: int = 0
) -> list[tuple[str, np.ndarray]]:
    """One noisy excerpt of each recording, from where something sounds."""
    rng = np.random.default_rng(seed)
    size = round(SECONDS * audio.SAMPLING_RATE)
    found = []
    for name, clip in clips.items():
        for _ in range(20):
            piece = audio.crop(clip, size, rng)
            if np.mean(piece**2) > 0.1 * np.mean(clip**2):
                break
        noise = (
            audio.crop(noises[rng.integers(len(noises))], size, rng)
            if rng.random() < 0.5
            else audio.coloured_noise(size, rng.uniform(0, 2), rng)
        )
        found.append((name, audio.add_noise(piece, noise, decibels)))
    return found


def noise_of(data: Path | None, folds: tuple[int, ...]) -> list[np.ndarray]:
    """Recorded background noises."""
    return [audio.read_clip(s.path) for s in audio.read_esc10(data, folds) if s.label in audio.BACKGROUND]


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    noises = _siamese.noise_mels(noise_of(data, PARTS["train"]), CONFIG.num_mels, rng)
    held, heard = recordings(data, "val"), noise_of(data, (NOISE_FOLD,))
    pieces = {
        name: [_siamese.mels_of(w, CONFIG.num_mels) for w in windows(clip, SECONDS, Fingerprinting.HOP)[1]]
        for name, clip in held.items()
    }
    owners = [name for name, found in pieces.items() for _ in found]
    asked = {
        db: [(name, _siamese.mels_of(x, CONFIG.num_mels)) for name, x in excerpts(held, db, heard)] for db in LEVELS
    }

    def validate(model: nn.Module) -> dict[str, float]:
        rows = _siamese.embed(model, [m for found in pieces.values() for m in found])
        return {
            f"top1_{db}db": float(
                np.mean(
                    [
                        owners[i] == name
                        for (name, _), i in zip(
                            some, (_siamese.embed(model, [m for _, m in some]) @ rows.T).argmax(1), strict=True
                        )
                    ]
                )
            )
            for db, some in asked.items()
        }

    clips = [
        audio.change_speed(c, speed) if speed != 1 else c
        for speed in SPEEDS
        for c in recordings(data, "train").values()
    ]
    return Trainer(
        model=Siamese(CONFIG),
        train_data=Excerpts(clips, noises, rng),
        validate=validate,
        metric="top1_0db",
        seed=seed,
        num_epochs=70,
        batch_size=48,
        learning_rate=2e-3,
        schedule="one-cycle",
        warmup=0.2,
        weight_decay=0.02,
        precision="bf16",
        average_decay=0.99,
        channels_last=True,
        validate_every=10,
    )


def save(model: Siamese, folder: Path) -> None:
    """Weights, and the cosine from which on an excerpt counts as found."""
    model.save_pretrained(folder)
    (folder / "siamese.json").write_text(json.dumps({"threshold": 0.5}) + "\n", encoding="utf-8")


def evaluate(adapter: Fingerprinting, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """How often the right recording comes first, by how loud the noise is."""
    clips, noises = recordings(data, split), noise_of(data, (NOISE_FOLD,))
    known = {name: adapter.enroll((audio.SAMPLING_RATE, clip)) for name, clip in clips.items()}
    figures = {}
    for db in LEVELS:
        found = [
            (name, adapter.find((audio.SAMPLING_RATE, x), known)[0].name) for name, x in excerpts(clips, db, noises)
        ]
        figures[f"top1_{db}db"] = float(np.mean([a == b for a, b in found]))
    return len(clips), figures | {"indexed": float(len(clips))}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Pairs of spectral peaks, and the mean log-mel spectrum."""
    clips, noises = recordings(data, split), noise_of(data, (NOISE_FOLD,))
    where, names = peaks.index({n: peaks.hashes(peaks.find_peaks(c)) for n, c in clips.items()}), list(clips)
    colours = np.stack([audio.log_mel(clip).mean(0) for clip in clips.values()])
    figures: dict[str, dict[str, float]] = {"spectral peaks (Wang 2003)": {}, "mean spectrum": {}}
    for db in LEVELS:
        asked = excerpts(clips, db, noises)
        found = [peaks.look_up(x, where) for _, x in asked]
        figures["spectral peaks (Wang 2003)"][f"top1_{db}db"] = float(
            np.mean([bool(f) and f[0][0] == name for (name, _), f in zip(asked, found, strict=True)])
        )
        nearest = [names[np.linalg.norm(colours - audio.log_mel(x).mean(0), axis=1).argmin()] for _, x in asked]
        figures["mean spectrum"][f"top1_{db}db"] = float(
            np.mean([a == name for (name, _), a in zip(asked, nearest, strict=True)])
        )
    return figures
