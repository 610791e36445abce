"""The Siamese network's front end, pooling and losses, and the path through ECAPA, against torchaudio, torch and SpeechBrain."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lmdemo.adapters.speaker_verification.speechbrain import random_pair
from lmdemo.data import audio
from lmdemo.models import siamese
from lmdemo.models.siamese import Siamese, SiameseConfig
from lmdemo.proofs import Check

SMALL = {
    "input_size": 80,
    "channels": [64, 64, 64, 64, 96],
    "kernel_sizes": [5, 3, 3, 3, 1],
    "dilations": [1, 2, 3, 4, 1],
    "attention_channels": 16,
    "lin_neurons": 24,
}


def prove() -> tuple[Check, ...]:
    """Checks the front end, pooling, losses, the promises of one shared encoder, and ECAPA; imports speechbrain, some seconds."""
    return (*_front_end(), *_losses(), *_encoder(), *_ecapa())


def _front_end() -> list[Check]:
    from torchaudio.transforms import MelSpectrogram

    clip = np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1
    reference = MelSpectrogram(16_000, n_fft=512, win_length=400, hop_length=160, f_min=20.0, n_mels=64)
    expected = (reference(torch.from_numpy(clip)) + 1e-6).log().T
    x, lengths = torch.randn(3, 20, 40, generator=_seeded()), torch.tensor([40, 40, 40])
    spread, mean = torch.std_mean(x, 2, correction=0)
    return [
        _check(
            "log_mel",
            "torchaudio.transforms.MelSpectrogram, logarithm",
            torch.from_numpy(audio.log_mel(clip, num_mels=64)),
            expected,
            1e-3,
            "a second of noise, 64 bands",
        ),
        _check(
            "statistics pooling",
            "torch.std_mean",
            siamese.statistics(x, lengths),
            torch.cat((mean, (spread**2 + 1e-5).sqrt()), 1),
            1e-5,
            "3 clips, 20 channels",
        ),
    ]


def _losses() -> list[Check]:
    from speechbrain.nnet.losses import AngularMargin, LogSoftmaxWrapper

    generator = _seeded()
    e, classes = functional.normalize(torch.randn(12, 16, generator=generator)), torch.randn(5, 16, generator=generator)
    labels = torch.randint(5, (12,), generator=generator)
    ours = siamese.additive_margin_loss(e, labels, classes, 0.2, 24.0)
    theirs = LogSoftmaxWrapper(AngularMargin(0.2, 24.0))(
        (e @ functional.normalize(classes).T)[:, None], labels[:, None]
    )
    partners = torch.arange(12).roll(6)
    logits = (14.0 * e @ e.T).masked_fill(torch.eye(12, dtype=torch.bool), float("-inf"))
    return [
        _check(
            "additive-margin loss",
            "SpeechBrain AngularMargin, LogSoftmaxWrapper",
            ours,
            theirs,
            1e-4,
            "12 clips, 5 classes",
        ),
        _check(
            "contrast loss",
            "torch.nn.functional.cross_entropy to each clip's partner",
            siamese.contrast_loss(e, torch.arange(12) % 6, 14.0),
            functional.cross_entropy(logits, partners),
            1e-5,
            "6 pairs",
        ),
    ]


def _encoder() -> list[Check]:
    torch.manual_seed(0)
    model = Siamese(SiameseConfig(num_mels=32, hidden_sizes=(8, 12, 16), embedding_size=24, num_classes=3)).eval()
    x, lengths = torch.randn(3, 120, 32, generator=_seeded()), torch.tensor([120, 77, 31])
    with torch.inference_mode():
        together = model(x, lengths).embeddings
        alone = torch.cat([model(x[i : i + 1, :n]).embeddings for i, n in enumerate(lengths)])
    cosines = together @ alone.T
    return [
        _check("batch of three lengths", "each clip by itself", together, alone, 1e-5, "120, 77 and 31 frames"),
        _check("symmetry", "the clips the other way round", cosines, cosines.T, 1e-5),
        _check("self-similarity", "1", cosines.diagonal(), torch.ones(3), 1e-5),
    ]


def _ecapa() -> list[Check]:
    ours, theirs = random_pair(SMALL)
    first, second = torch.randn(2, 2, 16_000, generator=_seeded()) * 0.1
    with torch.inference_mode():
        score = (ours(first).embeddings * ours(second).embeddings).sum(1)
        expected, _ = theirs.verify_batch(first, second)
    return [
        _check(
            "ECAPA, score of two clips",
            "SpeechBrain SpeakerRecognition.verify_batch, same random weights",
            score,
            expected.flatten(),
            1e-4,
            "2 pairs of 1 s",
        ),
        _check(
            "ECAPA, embeddings",
            "SpeechBrain SpeakerRecognition.encode_batch, same random weights",
            ours(first).embeddings,
            functional.normalize(theirs.encode_batch(first)[:, 0]),
            1e-4,
            "2 clips of 1 s",
        ),
    ]


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _check(name: str, reference: str, ours: Tensor, theirs: Tensor, tolerance: float, details: str = "") -> Check:
    difference = float((ours.double() - theirs.double()).abs().max()) if ours.shape == theirs.shape else float("inf")
    return Check(name, reference, difference, tolerance, details)
