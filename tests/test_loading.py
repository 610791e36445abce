"""What a name means to load(), and that importing the door costs no torch."""

import shutil
import subprocess
import sys

import pytest

import lmdemo
from lmdemo.catalog import MODELS
from lmdemo.errors import UnknownModelError, WeightsError
from lmdemo.figures import Figures
from lmdemo.loading import resolve
from lmdemo.pool import Pool


def test_names_members_hub_names_and_folders(tmp_path):
    assert resolve("cnn")[0] is MODELS["cnn-fashion"] and resolve("cnn")[1] is None
    assert resolve("cnn", "hub")[1].name == "resnet-50"
    assert resolve("resnet-50")[:2] == (MODELS["cnn-fashion"], lmdemo.catalog.HUB["resnet-50"])
    (tmp_path / "config.json").write_text("{}")
    Figures(model="cnn-digits", parameters=1, primary_metric="accuracy").write(tmp_path)
    assert resolve(tmp_path)[0].name == "cnn-digits" and resolve(tmp_path)[2] == tmp_path.resolve()
    for foreign in ("{", "[]", '{"accuracy": 0.9}'):  # another program's file says nothing: the folder's name counts
        named = tmp_path / "cnn-fashion"
        named.mkdir(exist_ok=True)
        (named / "config.json").write_text("{}")
        (named / "metrics.json").write_text(foreign)
        assert resolve(named)[0].name == "cnn-fashion"


@pytest.mark.parametrize("name", ["nonsense", "../../etc", "/etc/passwd", "", "a\0b", "cnn-fashion/../x"])
def test_names_that_are_none_are_told(name):
    with pytest.raises(UnknownModelError):
        lmdemo.load(name)


def test_sources_that_are_none_are_told():
    with pytest.raises(UnknownModelError):
        lmdemo.load("cnn-fashion", source="magic")
    with pytest.raises(UnknownModelError):
        lmdemo.load("cnn-fashion", source="hub-weights")


def test_a_copied_folder_opens_and_a_cut_one_is_told(tmp_path):
    row, pool = MODELS["cnn-digits"], Pool()
    if not (row.folder / "model.safetensors").is_file():
        pytest.skip("no weights")
    copy = tmp_path / "mine"
    shutil.copytree(row.folder, copy)
    adapter = lmdemo.load(copy, device="cpu", pool=pool)
    assert adapter.info.name == "cnn-digits" and lmdemo.load(str(copy), device="cpu", pool=pool) is adapter
    assert lmdemo.load("cnn-digits", device="cpu", pool=pool) is not adapter
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(WeightsError):
        lmdemo.load(copy, device="cpu", pool=Pool())


def test_the_door_brings_in_no_torch():
    code = "import sys, lmdemo, lmdemo.catalog, lmdemo.loading, lmdemo.hub; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
