"""Fetching from a hub that is slow, wrong, rude or gone; and a tiny ResNet that was built here, through the adapter."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import lmdemo
from lmdemo import hub as hub_module
from lmdemo.catalog import HUB, HubFile, HubRow
from lmdemo.errors import HubAccessError, HubError, HubFileError, HubUnreachableError, ResourceError
from lmdemo.hub import fetch, folder_of, is_here
from tests.hub.loopback import loopback

CONTENT = b"\x10\0\0\0\0\0\0\0" + b"{" + bytes(range(256)) * 4000  # begins as safetensors do


def row(**file) -> HubRow:
    return HubRow(
        name="tiny",
        id="org/tiny",
        revision="a" * 40,
        files=(HubFile(**({"name": "model.safetensors"} | file)),),
        megabytes=1,
        parameters=1,
        licence="MIT",
        training_data="-",
        task="-",
        source="-",
    )


@pytest.fixture
def served(monkeypatch):
    monkeypatch.delenv("LMDEMO_OFFLINE", raising=False)
    with loopback() as hub:
        hub.files[f"/org/tiny/resolve/{'a' * 40}/model.safetensors"] = CONTENT
        yield hub


def test_a_first_fetch_tells_its_progress_and_a_second_asks_nobody(served, tmp_path):
    told = []
    folder = fetch(row(), endpoint=served.address, root=tmp_path, progress=lambda *p: told.append(p))
    assert (folder / "model.safetensors").read_bytes() == CONTENT and not list(folder.glob("*.part"))
    assert told[0][0] == "listing" and told[-1] == ("checking", len(CONTENT), len(CONTENT))
    amounts = [p[1] for p in told if p[0] == "downloading"]
    assert amounts == sorted(amounts) and len(amounts) > 3 and amounts[-1] == len(CONTENT)
    asked = len(served.requests)
    assert fetch(row(), endpoint=served.address, root=tmp_path) == folder and len(served.requests) == asked


@pytest.mark.parametrize("code", [401, 403, 404, 429, 500])
def test_a_refusal_says_which_model_and_why(served, tmp_path, code):
    served.refuse = code
    with pytest.raises(HubAccessError, match=f"tiny.*HTTP {code}") as caught:
        fetch(row(), endpoint=served.address, root=tmp_path)
    assert ("access token" in caught.value.hint) == (code in (401, 403))
    served.refuse = 0
    assert fetch(row(), endpoint=served.address, root=tmp_path).is_dir()  # the next try works


def test_a_cut_connection_is_taken_up_where_it_was_cut(served, tmp_path):
    served.cut_after = [300_000, 300_000]
    folder = fetch(row(), endpoint=served.address, root=tmp_path)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert [m for m, _ in served.requests].count("GET") == 3


def test_a_connection_that_is_always_cut_is_told_and_goes_on_later(served, tmp_path):
    served.cut_after = [100_000] * 3
    with pytest.raises(HubUnreachableError, match="bytes"):
        fetch(row(), endpoint=served.address, root=tmp_path)
    assert (folder_of(row(), tmp_path) / "model.safetensors.part").stat().st_size == 300_000
    assert fetch(row(), endpoint=served.address, root=tmp_path).is_dir()


def test_stopping_keeps_what_came(served, tmp_path):
    stop = threading.Event()

    def told(stage, done, total):
        if done > 200_000:
            stop.set()

    with pytest.raises(HubError) as caught:
        fetch(row(), endpoint=served.address, root=tmp_path, progress=told, stop=stop)
    assert caught.value.key == "download_stopped" and not is_here(row(), tmp_path)
    assert (folder_of(row(), tmp_path) / "model.safetensors.part").stat().st_size >= 200_000
    assert fetch(row(), endpoint=served.address, root=tmp_path).is_dir()


def test_wrong_checksums_sizes_and_formats_are_refused(served, tmp_path):
    right = hashlib.sha256(CONTENT).hexdigest()
    for bad, match in ((row(sha256="0" * 64), "sha256"), (row(bytes=5), "bytes")):
        with pytest.raises(HubFileError, match=match):
            fetch(bad, endpoint=served.address, root=tmp_path)
        assert not is_here(bad, tmp_path) and not list(tmp_path.rglob("*.part"))
    assert fetch(row(sha256=right, bytes=len(CONTENT)), endpoint=served.address, root=tmp_path / "b").is_dir()
    served.files[f"/org/tiny/resolve/{'a' * 40}/model.safetensors"] = b"\x80\x02pickle here" * 100
    with pytest.raises(HubFileError, match="safetensors"):
        fetch(row(), endpoint=served.address, root=tmp_path / "c")


def test_a_pickle_without_a_pinned_checksum_is_not_even_asked_for(served, tmp_path):
    with pytest.raises(HubFileError, match="Pickles"):
        fetch(row(name="pytorch_model.bin"), endpoint=served.address, root=tmp_path)
    assert not served.requests


def test_a_file_larger_than_announced_is_refused(served, tmp_path):
    served.announce = 1000
    with pytest.raises(HubError):
        fetch(row(bytes=len(CONTENT)), endpoint=served.address, root=tmp_path)


def test_no_network_and_offline_are_told(tmp_path, monkeypatch):
    with pytest.raises(HubUnreachableError, match="tiny"):
        fetch(row(), endpoint="http://127.0.0.1:9", root=tmp_path)
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    with pytest.raises(HubUnreachableError) as caught:
        fetch(row(), root=tmp_path)
    assert caught.value.key == "hub_offline"


def test_a_full_disk_is_told(served, tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(hub_module.Path, "open", lambda self, *a, **k: Full())
    with pytest.raises(ResourceError, match="No space"):
        fetch(row(), endpoint=served.address, root=tmp_path)


@pytest.fixture(scope="module")
def tiny_resnet(tmp_path_factory):
    return build_tiny_resnet(tmp_path_factory.mktemp("resnet"))


def build_tiny_resnet(folder, sizes=(8, 8, 16, 16)):
    """A ResNet with random weights in the hub's own layout."""
    import torch
    from transformers import ConvNextImageProcessor, ResNetConfig, ResNetForImageClassification

    torch.manual_seed(0)
    config = ResNetConfig(
        embedding_size=8,
        hidden_sizes=list(sizes),
        depths=[1, 1, 1, 1],
        num_labels=5,
        id2label={i: f"thing {i}" for i in range(5)},
    )
    ResNetForImageClassification(config).save_pretrained(folder)
    ConvNextImageProcessor(size={"shortest_edge": 224}, crop_pct=0.875).save_pretrained(folder)
    return folder


@pytest.fixture
def resnet_hub(tiny_resnet, tmp_path, monkeypatch):
    monkeypatch.delenv("LMDEMO_OFFLINE", raising=False)
    with loopback() as hub:
        base = f"/{HUB['resnet-50'].id}/resolve/{HUB['resnet-50'].revision}/"
        hub.files = {base + p.name: p.read_bytes() for p in tiny_resnet.iterdir()}
        monkeypatch.setenv("LMDEMO_HUB_ENDPOINT", hub.address)
        monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
        from lmdemo.pool import POOL

        POOL.clear()
        yield hub
        POOL.clear()


def test_the_hubs_model_answers_like_transformers_own_pipeline(resnet_hub, tiny_resnet):
    from PIL import Image
    from transformers import pipeline

    pixels = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    result = lmdemo.load("cnn-fashion", source="hub", device="cpu")(pixels, trace=True)
    theirs = pipeline("image-classification", model=str(tiny_resnet), device="cpu")(Image.fromarray(pixels), top_k=5)
    for answer in theirs:
        assert result.scores[answer["label"]] == pytest.approx(answer["score"], abs=1e-4)
    assert result.trace["stage4"].ndim == 3 and result.trace["seen"].shape == (224, 224, 3)


def test_two_visitors_at_once_cause_one_download(resnet_hub):
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: lmdemo.load("resnet-50", device="cpu"), range(2))
    assert first is second
    assert len([p for m, p in resnet_hub.requests if m == "GET" and p.endswith("model.safetensors")]) == 1


def test_grad_cam_equals_captum_and_a_planted_fault_is_seen(resnet_hub, monkeypatch):
    import torch
    from captum.attr import LayerGradCam

    adapter = lmdemo.load("resnet-50", device="cpu")
    model, pixels = adapter.model, np.random.default_rng(1).integers(0, 255, (260, 240, 3), dtype=np.uint8)
    x = adapter.preprocess(pixels).tensors["pixel_values"].requires_grad_(True)

    def difference(label: int) -> float:
        heat = LayerGradCam(lambda v: model(pixel_values=v).logits, model.resnet.encoder.stages[-1]).attribute(
            x, label, relu_attributions=True
        )
        heat = (
            torch.nn.functional.interpolate(heat, x.shape[-2:], mode="bilinear", align_corners=False)[0, 0]
            .detach()
            .numpy()
        )
        assert heat.max() > 0
        return float(np.abs(heat / heat.max() - adapter.grad_cam(pixels, adapter.labels[label])).max())

    result = adapter(pixels, trace=True)  # what it saw is looked at again without opening the picture
    assert np.allclose(adapter.grad_cam(result.trace), adapter.grad_cam(pixels), atol=1e-6)
    seen = next(i for i in range(5) if adapter.grad_cam(pixels, adapter.labels[i]).max() > 0)
    assert difference(seen) < 1e-5
    monkeypatch.setattr(torch.Tensor, "relu", torch.Tensor.abs)  # what speaks against counts as for
    assert difference(seen) > 1e-3


def test_a_model_that_answers_is_not_thrown_out_by_the_next(resnet_hub):
    from lmdemo.pool import Pool

    pool = Pool(limit=110_000_000)  # room for what the catalog announces, 103 MB, and little more
    adapter = lmdemo.load("resnet-50", device="cpu", pool=pool)
    with adapter:  # a request runs
        lmdemo.load("cnn-digits", device="cpu", pool=pool)
        assert lmdemo.load("resnet-50", device="cpu", pool=pool) is adapter
    small = Pool(limit=1_000_000)
    with pytest.raises(ResourceError):
        lmdemo.load("resnet-50", device="cpu", pool=small)
