"""The CNN: shapes, gradients, saving, and equality with torch's own layers (tolerance 1e-5), with a planted fault."""

import json

import pytest
import torch

from lmdemo.errors import OptionError, WeightsError
from lmdemo.models import cnn
from lmdemo.models.cnn import CNN, CNNConfig
from lmdemo.proofs.cnn import prove

SMALL = CNNConfig(hidden_sizes=(4, 6), pool_after=(1, 2), fc_sizes=(8,))


def test_the_shipped_one_is_small_enough():
    assert CNN(CNNConfig()).num_parameters <= 175_000


def test_every_check_of_the_proof_passes():
    assert len(prove()) >= 5 and all(c.passed for c in prove())


def test_a_planted_fault_turns_the_proof_red(monkeypatch):
    right = cnn.convolve_at

    def wrong(maps, kernel, bias, y, x, padding=0):
        return right(maps, kernel, bias, y, x + 1, padding)

    monkeypatch.setattr(cnn, "convolve_at", wrong)
    assert not all(c.passed for c in prove())


def test_a_fault_in_the_network_turns_the_proof_red(monkeypatch):
    right = CNN.features
    monkeypatch.setattr(CNN, "features", lambda self, x, maps=None: right(self, x.roll(1, -1), maps))
    assert not all(c.passed for c in prove() if c.name.startswith("CNN"))


def test_forward_gives_loss_and_every_map():
    model = CNN(SMALL)
    out = model(torch.randn(3, 1, 28, 28), labels=torch.tensor([0, 1, 2]), trace=True)
    assert out.loss.isfinite() and out.logits.shape == (3, 10)
    assert list(out.feature_maps) == [
        "conv1",
        "norm1",
        "relu1",
        "pool1",
        "conv2",
        "norm2",
        "relu2",
        "pool2",
        "flat",
        "fc1",
    ]
    assert out.feature_maps["pool2"].shape == (3, 6, 7, 7)
    out.loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.abs().sum() > 0 for p in model.parameters())


def test_save_and_open_give_the_same_answers(tmp_path):
    model, x = CNN(SMALL).eval(), torch.randn(2, 1, 28, 28)
    model.save_pretrained(tmp_path)
    again = CNN.from_pretrained(tmp_path)
    assert again.config == model.config and torch.equal(again(x).logits, model(x).logits)


@pytest.mark.parametrize(
    "fault, key",
    [
        ("missing", "weights_missing"),
        ("no config", "weights_missing"),
        ("cut", "weights_damaged"),
        ("foreign", "weights_foreign"),
        ("foreign config", "weights_foreign"),
        ("pickle", "weights_missing"),
    ],
)
def test_bad_weights_folders_are_told_apart(tmp_path, fault, key):
    CNN(SMALL).save_pretrained(tmp_path)
    weights, config = tmp_path / "model.safetensors", tmp_path / "config.json"
    if fault == "missing":
        weights.unlink()
    elif fault == "no config":
        config.unlink()
    elif fault == "cut":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif fault == "foreign":
        config.write_text(json.dumps(json.loads(config.read_text()) | {"hidden_sizes": [4, 8]}))
    elif fault == "foreign config":
        config.write_text('{"vocab_size": 10}')
    else:  # a pickle beside the config is not opened
        weights.rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError) as caught:
        CNN.from_pretrained(tmp_path)
    assert caught.value.key == key and caught.value.hint


def test_impossible_sizes_are_refused():
    with pytest.raises(OptionError):
        CNN(CNNConfig(hidden_sizes=(4,) * 6, pool_after=(1, 2, 3, 4, 5, 6)))


def test_large_models_are_stored_in_half_precision(tmp_path):
    from safetensors.torch import load_file

    CNN(CNNConfig(fc_sizes=(2000,))).save_pretrained(tmp_path)
    assert {t.dtype for t in load_file(tmp_path / "model.safetensors").values() if t.is_floating_point()} == {
        torch.float16
    }
