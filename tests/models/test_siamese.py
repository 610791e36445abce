"""Siamese networks: batch equals single, level leaves no trace, losses; ECAPA's path against SpeechBrain's own layers."""

import pytest
import torch

from lmdemo.adapters.speaker_verification.speechbrain import ECAPA
from lmdemo.models import siamese
from lmdemo.models.siamese import LOSSES, Siamese, SiameseConfig

SMALL = {"num_mels": 16, "hidden_sizes": (4, 6), "embedding_size": 8, "num_classes": 3}


def test_batch_equals_single_and_loudness_does_not_matter():
    model = Siamese(SiameseConfig(**SMALL)).eval()
    x, lengths = torch.randn(3, 50, 16), torch.tensor([50, 31, 8])
    with torch.no_grad():
        together = model(x, lengths).embeddings
        alone = torch.cat([model(x[i : i + 1, :n]).embeddings for i, n in enumerate(lengths)])
        louder = model(x + 5, lengths).embeddings
    assert (together - alone).abs().max() < 1e-5 and (together - louder).abs().max() < 1e-4
    assert torch.allclose(together.norm(dim=1), torch.ones(3))


@pytest.mark.parametrize("loss", LOSSES)
def test_every_parameter_gets_a_gradient(loss):
    model = Siamese(SiameseConfig(**SMALL, loss=loss))
    model(torch.randn(6, 20, 16), labels=torch.tensor([0, 0, 1, 1, 2, 2])).loss.backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_shipped_size_is_small():
    assert Siamese(SiameseConfig()).num_parameters <= 2_000_000


def difference() -> float:
    from speechbrain.processing.features import InputNormalization

    torch.manual_seed(0)
    model = ECAPA(
        {
            "input_size": 80,
            "channels": [64, 64, 64, 64, 96],
            "kernel_sizes": [5, 3, 3, 3, 1],
            "dilations": [1, 2, 3, 4, 1],
            "attention_channels": 16,
            "lin_neurons": 24,
        }
    ).eval()
    waveforms, whole = torch.randn(2, 16_000) * 0.1, torch.ones(2)
    with torch.no_grad():
        features = InputNormalization(norm_type="sentence", std_norm=False)(model.features(waveforms), whole)
        theirs = torch.nn.functional.normalize(model.network(features, whole)[:, 0])
        return (model(waveforms).embeddings - theirs).abs().max().item()


def test_ecapa_equals_speechbrain():
    assert difference() < 1e-4


def test_a_wrong_pooling_is_found(monkeypatch):
    right = ECAPA._pool
    monkeypatch.setattr(ECAPA, "_pool", lambda self, x: right(self, x) * torch.linspace(0.5, 1, 2 * x.shape[2]))
    assert difference() > 1e-4


def test_a_missing_mask_is_found(monkeypatch):
    monkeypatch.setattr(siamese, "mask", lambda x, lengths: x)
    with pytest.raises(AssertionError):
        test_batch_equals_single_and_loudness_does_not_matter()
