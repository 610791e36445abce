"""The benchmark's files: each name is one, and each file has a name."""

import importlib
import json
import subprocess

import pytest

from lmdemo.__main__ import main
from lmdemo.deployment import benchmark
from lmdemo.deployment.benchmarks import Figure
from tests.conftest import PROJECT

HELPERS = {"__init__", "serving", "recurrent", "vocoding"}  # what several measurements share


def test_each_file_is_named_and_each_name_has_its_file():
    files = {p.stem for p in (PROJECT / "lmdemo" / "deployment" / "benchmarks").glob("*.py")}
    assert set(benchmark.MEASUREMENTS) == files - HELPERS
    for name in benchmark.MEASUREMENTS:
        assert callable(importlib.import_module(f"lmdemo.deployment.benchmarks.{name}").measure)


@pytest.mark.parametrize("value, verdict", [(1.04, "held"), (1.06, "missed")])
def test_a_bar_is_judged(monkeypatch, capsys, value, verdict):
    monkeypatch.setattr(
        benchmark, "_measure", lambda name, threads, rounds: [Figure("a / b", value, "ratio", 1.05, "x")]
    )
    assert main(["benchmark", "cnn", "--threads", "1"]) == 0
    assert f"bar 1.05: {verdict}" in capsys.readouterr().out
    assert main(["benchmark", "cnn", "--threads", "1", "--json"]) == 0
    assert [f["threads"] for f in json.loads(capsys.readouterr().out)["figures"]] == [1]


def test_each_number_of_threads_is_measured_in_a_process_of_its_own(monkeypatch, capsys):
    def run(command, **_):
        told = {
            "figures": [
                {
                    "what": "cnn",
                    "threads": int(command[-4]),
                    "name": "a / b",
                    "value": 1.0,
                    "unit": "ratio",
                    "bar": None,
                    "note": "",
                }
            ]
        }
        return subprocess.CompletedProcess(command, 0, stdout=json.dumps(told))

    monkeypatch.setattr(benchmark.subprocess, "run", run)
    assert main(["benchmark", "cnn", "--threads", "1", "2", "--json"]) == 0
    assert [f["threads"] for f in json.loads(capsys.readouterr().out)["figures"]] == [1, 2]


def test_an_unknown_measurement_is_said(capsys):
    assert main(["benchmark", "nonsense"]) == 2
    assert "cnn" in capsys.readouterr().err
