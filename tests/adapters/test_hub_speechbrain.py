"""ECAPA's checkpoint: only the pinned file, only its tensors; and voices compared through it."""

import hashlib

import numpy as np
import pytest
import torch

from lmdemo.adapters.outputs import Info
from lmdemo.adapters.speaker_verification import speechbrain as hub_speechbrain
from lmdemo.adapters.speaker_verification.speechbrain import ECAPA, HubSpeakerVerification, open_checkpoint
from lmdemo.data import voices
from lmdemo.errors import HubFileError, WeightsError
from lmdemo.proofs.siamese import SMALL


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("ecapa") / hub_speechbrain.FILE
    model = ECAPA(SMALL)
    torch.save(model.network.state_dict(), path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest(), model


def test_the_pinned_file_opens_and_gives_its_weights(checkpoint):
    path, digest, model = checkpoint
    opened = open_checkpoint(path, sha256=digest, sizes=SMALL)
    assert not opened.training and not any(p.requires_grad for p in opened.parameters())
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), opened.state_dict().values(), strict=True)
    )


def test_another_file_is_refused_before_it_is_opened(checkpoint, monkeypatch):
    monkeypatch.setattr(torch, "load", lambda *a, **k: pytest.fail("opened"))
    with pytest.raises(HubFileError):
        open_checkpoint(checkpoint[0], sha256="0" * 64, sizes=SMALL)


def test_a_pickle_with_code_and_a_missing_file_are_told(tmp_path):
    class Evil:
        def __reduce__(self):
            return (pytest.fail, ("ran",))

    path = tmp_path / hub_speechbrain.FILE
    torch.save({"x": Evil()}, path)
    with pytest.raises(WeightsError):
        open_checkpoint(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), sizes=SMALL)
    with pytest.raises(WeightsError):
        open_checkpoint(tmp_path / "none.ckpt", sha256="0" * 64)


def test_voices_are_compared_as_with_our_own_network(checkpoint):
    path, digest, _ = checkpoint
    info = Info(
        name="ecapa-voxceleb",
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
    adapter = HubSpeakerVerification(open_checkpoint(path, sha256=digest, sizes=SMALL), info)
    a, b = (16_000, voices.speak(0, 1, 1.6)), (16_000, voices.speak(1, 2, 2.0))
    result = adapter((a, b), trace=True)
    assert result.score == pytest.approx(adapter((b, a)).score, abs=1e-5) and adapter.threshold == 0.25
    assert result.trace["embeddings"].shape == (2, SMALL["lin_neurons"]) and "moments_0" in result.trace
    assert np.abs(adapter.embed_many([a, b]) - np.stack([adapter.embed(a), adapter.embed(b)])).max() < 1e-5
