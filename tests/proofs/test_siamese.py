"""The Siamese network's proof passes, and fails when something is wrong."""

import pytest
import torch

from lmdemo.adapters.speaker_verification.speechbrain import ECAPA
from lmdemo.data import audio
from lmdemo.models import siamese
from lmdemo.proofs import prove
from lmdemo.proofs import siamese as proof


def failed(checks) -> set[str]:
    return {check.name for check in checks if not check.passed}


def test_all_checks_pass():
    checks = prove("siamese")
    assert len(checks) == 9 and failed(checks) == set(), checks
    assert all(check.tolerance <= 1e-3 for check in checks)


def test_another_mel_scale_is_found(monkeypatch):
    right = audio.mel_filters
    monkeypatch.setattr(audio, "mel_filters", lambda *a, **k: right(*a, **k, lowest=60.0))
    assert failed(proof._front_end()) == {"log_mel"}


def test_a_spread_without_its_square_is_found(monkeypatch):
    right = siamese.statistics
    monkeypatch.setattr(siamese, "statistics", lambda x, n: right(x, n) ** 2)
    assert "statistics pooling" in failed(proof._front_end())


@pytest.mark.parametrize(
    "name, check", [("additive_margin_loss", "additive-margin loss"), ("contrast_loss", "contrast loss")]
)
def test_a_forgotten_scale_is_found(monkeypatch, name, check):
    right = getattr(siamese, name)
    monkeypatch.setattr(siamese, name, lambda *a: right(*a[:-1], 1.0))
    assert failed(proof._losses()) == {check}


def test_a_missing_mask_is_found(monkeypatch):
    monkeypatch.setattr(siamese, "mask", lambda x, lengths: x)
    assert "batch of three lengths" in failed(proof._encoder())


@pytest.mark.parametrize("name", ["_norm", "_pool"])
def test_another_path_through_ecapa_is_found(monkeypatch, name):
    right = getattr(ECAPA, name)
    wrong = (
        (lambda norm, x: right(norm, x) * 1.01 + 0.01)
        if name == "_norm"
        else (lambda self, x: right(self, x) * torch.linspace(0.5, 1, 2 * x.shape[2]))
    )
    monkeypatch.setattr(ECAPA, name, staticmethod(wrong) if name == "_norm" else wrong)
    assert failed(proof._ecapa()) == {"ECAPA, score of two clips", "ECAPA, embeddings"}
