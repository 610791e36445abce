"""The CNN's proof passes, and fails when something is wrong."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from lmdemo.models import cnn
from lmdemo.proofs import prove


def failed() -> set[str]:
    return {check.name for check in prove("cnn") if not check.passed}


def test_all_checks_pass():
    checks = prove("cnn")
    assert len(checks) >= 5
    assert all(check.passed for check in checks), checks
    assert all(check.tolerance <= 1e-5 for check in checks)


def mirrored(maps, kernel, bias, y, x, padding=0, right=cnn.convolve_at):
    return right(maps, kernel.flip(-1), bias, y, x, padding)


def forgetful(maps, kernel, bias, y, x, padding=0, right=cnn.convolve_at):
    return right(maps, kernel, 0.0, y, x, padding)


def early(maps, kernel, bias, y, x, padding=0, right=cnn.convolve_at):
    return right(maps, kernel, bias, y, x, 0)


@pytest.mark.parametrize("fault", [mirrored, forgetful, early])
def test_a_wrong_convolution_is_found(monkeypatch, fault):
    monkeypatch.setattr(cnn, "convolve_at", fault)
    assert "convolution, written out" in failed()


def test_a_wrong_pooling_is_found(monkeypatch):
    monkeypatch.setattr(cnn, "max_pooling", lambda maps, size: F.avg_pool2d(maps, size))
    assert failed() == {"max_pooling, written out"}


@pytest.mark.parametrize("fault", ["relu", "norm", "pool"])
def test_a_wrong_network_is_found(monkeypatch, fault):
    # Only the network's own functions change: torch's layers, the reference, call theirs by another name.
    if fault == "relu":
        monkeypatch.setattr(cnn, "F", SimpleNamespace(relu=torch.tanh, max_pool2d=F.max_pool2d))
    elif fault == "pool":
        monkeypatch.setattr(cnn, "F", SimpleNamespace(relu=F.relu, max_pool2d=F.avg_pool2d))
    else:
        monkeypatch.setattr(cnn.CNN, "__init__", _with_other_epsilon(cnn.CNN.__init__))
    assert "CNN, shipped" in failed()


def _with_other_epsilon(right):
    def init(self, config) -> None:
        right(self, config)
        for norm in self.norms:
            norm.eps = 1e-2

    return init


def test_maps_before_their_relu_are_found(monkeypatch):
    def before_relu(model, x, target):
        output = model(x.clone().requires_grad_(True), trace=True)
        maps = output.feature_maps[f"conv{len(model.convs)}"]
        (gradient,) = torch.autograd.grad(output.logits[:, target].sum(), maps)
        return (gradient.mean((2, 3), keepdim=True) * maps).sum(1).relu().detach()

    monkeypatch.setattr(cnn, "class_activation", before_relu)
    assert failed() == {"Grad-CAM, shipped", "Grad-CAM, textbook"}
