"""Public data sets from a source on this machine: fetched once, checked by content, kept as the rules say."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest
import soundfile

from lmdemo.catalog import MODELS
from lmdemo.data import locate, sources
from lmdemo.data.sources import ARCHIVES, FILES, Archive, checksum, fetch_data
from lmdemo.errors import DataError, HubFileError, HubUnreachableError
from tests.hub.test_hub import served  # noqa: F401

TEXT = b"a line of data\n" * 1000


def packed(files: dict[str, bytes]) -> bytes:
    """A repository's archive: everything in one folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"repository-1234/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def sound(kind: str, seed: int = 0) -> bytes:
    buffer = io.BytesIO()
    samples = np.random.default_rng(seed).integers(-9000, 9000, 800).astype(np.int16)
    soundfile.write(buffer, samples, 16000, format=kind, subtype="PCM_16")
    return buffer.getvalue()


def test_files_are_fetched_once_checked_and_packed(served, tmp_path, monkeypatch):  # noqa: F811
    served.files |= {"/a.txt": TEXT, "/b.csv.gz": gzip.compress(TEXT), "/c.csv": b"other"}
    right = hashlib.sha256(TEXT).hexdigest()
    files = {"a.txt.gz": (f"{served.address}/a.txt", right), "b.csv.gz": (f"{served.address}/b.csv.gz", right)}
    monkeypatch.setattr(sources, "FILES", {"set": files, "bad": {"c.csv": (f"{served.address}/c.csv", right)}})
    folder = fetch_data("set", root=tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == ["a.txt.gz", "b.csv.gz"]
    assert all(gzip.decompress((folder / name).read_bytes()) == TEXT for name in files)
    asked = len(served.requests)
    assert fetch_data("set", root=tmp_path) == folder and len(served.requests) == asked
    with pytest.raises(HubFileError, match="sha256"):
        fetch_data("bad", root=tmp_path)


@pytest.fixture
def archived(served, tmp_path, monkeypatch):  # noqa: F811
    """A set inside an archive: recordings that were FLAC where the checksum was taken, and are WAV at the source."""
    (tmp_path / "here" / "clips").mkdir(parents=True)
    for i in (1, 2):
        (tmp_path / "here" / "clips" / f"{i}.flac").write_bytes(sound("FLAC", i))
    (tmp_path / "here" / "list.txt").write_bytes(b"1 2")
    right = checksum(tmp_path / "here")
    served.files["/set"] = packed(
        {
            "data/clips/1.wav": sound("WAV", 1),
            "data/clips/2.wav": sound("WAV", 2),
            "data/clips/3.wav": sound("WAV", 3),
            "list.txt": b"1 2",
            "LICENSE": b"free",
            "../../evil.txt": b"x",
            "data/clips/../../evil.wav": b"x",
        }
    )
    archive = Archive(
        f"{served.address}/set",
        {r"data/(clips/\d\.wav)": r"\1", r"list\.txt": "list.txt", "LICENSE": "LICENSE"},
        right,
        prune=lambda folder: (folder / "clips" / "3.wav").unlink(),
    )
    monkeypatch.setitem(sources.ARCHIVES, "set", archive)
    return served, archive, tmp_path / "root"


def test_an_archive_is_unpacked_pruned_and_checked_by_content(archived):
    served, _, root = archived  # noqa: F811
    folder = fetch_data("set", root=root)
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")) == [
        "clips/1.wav",
        "clips/2.wav",
        "list.txt",
    ]
    assert (
        (folder / "LICENSE").read_bytes() == b"free"
        and not list(root.rglob("evil*"))
        and not list(root.glob("data/.*"))
    )
    asked = len(served.requests)
    assert fetch_data("set", root=root) == folder and len(served.requests) == asked


@pytest.mark.parametrize(
    "change", [{"list.txt": b"1 3"}, {"data/clips/1.wav": None}, {"data/clips/1.wav": b"no sound"}, "cut"]
)
def test_an_archive_with_other_content_is_refused_and_deleted(archived, change):
    served, _, root = archived  # noqa: F811
    files = {
        "data/clips/1.wav": sound("WAV", 1),
        "data/clips/2.wav": sound("WAV", 2),
        "data/clips/3.wav": sound("WAV", 3),
        "list.txt": b"1 2",
    }
    served.files["/set"] = (
        packed(files)[:300] if change == "cut" else packed({k: v for k, v in (files | change).items() if v is not None})
    )
    with pytest.raises(HubFileError, match="set: sha256"):
        fetch_data("set", root=root)
    assert not (root / "data" / "set").exists() and not list((root / "data").rglob("*.wav"))


def test_a_folder_can_be_packed(archived, monkeypatch):
    _, archive, root = archived
    monkeypatch.setitem(
        sources.ARCHIVES, "set", Archive(archive.address, archive.members, archive.sha256, archive.prune, pack="clips")
    )
    folder = fetch_data("set", root=root)
    with tarfile.open(folder / "clips.tar.xz") as tar:
        assert {"clips/1.wav", "clips/2.wav"} <= set(tar.getnames())
    assert not (folder / "clips").exists()


def test_unknown_data_and_no_network_are_told(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="fashion-mnist"):
        fetch_data("nothing", root=tmp_path)
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    for name in ("bccd", "sst2"):
        with pytest.raises(HubUnreachableError):
            locate(None, name)


def test_every_models_data_has_a_source():
    assert {row.data for row in MODELS.values() if row.data} <= {*FILES, *ARCHIVES}


@pytest.mark.data
@pytest.mark.parametrize("name", [*FILES, *ARCHIVES])
def test_the_pinned_data_is_the_data_that_is_here(data, name, tmp_path):
    for file, (_, sha256) in FILES.get(name, {}).items():
        content = (data / name / file).read_bytes()
        assert hashlib.sha256(gzip.decompress(content) if file.endswith(".gz") else content).hexdigest() == sha256, file
    if name in ARCHIVES:
        folder = data / name
        if ARCHIVES[name].pack:
            with tarfile.open(folder / f"{ARCHIVES[name].pack}.tar.xz") as tar:
                tar.extractall(tmp_path, filter="data")
            folder = tmp_path
        assert checksum(folder) == ARCHIVES[name].sha256
