"""The doctor's verdicts: right, wrong, missing; its exit status; what it says about the machine."""

import argparse
import json

import pytest

from lmdemo import doctor
from lmdemo.catalog import HUB, MODELS, KnownAnswer
from lmdemo.errors import UnknownModelError


@pytest.fixture(autouse=True)
def nothing_fetched(monkeypatch, tmp_path):
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")


def test_a_model_that_is_here_is_asked_and_a_wrong_answer_is_seen(monkeypatch):
    if not (MODELS["cnn-digits"].folder / "model.safetensors").is_file():
        pytest.skip("no weights")
    (found,) = doctor.examine(["cnn-digits"])
    assert found.verdict == "ok" and found.answers and found.milliseconds > 0
    monkeypatch.setattr(doctor, "ANSWERS", {"cnn-digits": KnownAnswer(given="digit:0", field="label", contains=("7",))})
    (found,) = doctor.examine(["cnn-digits"])
    assert found.verdict == "wrong" and found.answers is False and found.opens


def test_what_is_not_fetched_is_said():
    (found,) = doctor.examine(["gpt2"])
    assert not found.present and found.verdict == "missing" and "fetch gpt2" in found.hint
    assert len(list(doctor.examine(["resnet-50", "gpt2"]))) == 2
    with pytest.raises(UnknownModelError):
        list(doctor.examine(["nonsense"]))


def test_json_and_exit_status(capsys):
    status = doctor.doctor_command(argparse.Namespace(models=["gpt2", "yolov8n"], json=True))
    said = json.loads(capsys.readouterr().out)
    assert status == said["status"] and {m["name"] for m in said["models"]} == {"gpt2", "yolov8n"}
    assert {"free disk", "port", "microphone, camera"} <= {m["subject"] for m in said["machine"]}


def test_every_hub_row_is_pinned_and_no_pickle_is_without_its_checksum():
    for row in HUB.values():
        assert len(row.revision) == 40 or row.id.startswith("https://"), row.name
        for file in row.files:
            assert file.name.endswith((".json", ".txt", ".model", ".safetensors")) or len(file.sha256) == 64, file.name
