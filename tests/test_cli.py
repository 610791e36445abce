"""The command line: lists, trains, evaluates, and tells mistakes in one line."""

import json
import shutil
import subprocess
import sys

import pytest

from lmdemo.__main__ import main, parser
from tests.conftest import PROJECT


def test_list_names_every_model(capsys):
    from lmdemo.catalog import MODELS

    assert main(["list", "--json"]) == 0
    assert [r["name"] for r in json.loads(capsys.readouterr().out)] == list(MODELS)
    assert main(["list"]) == 0 and "cnn-fashion" in capsys.readouterr().out


@pytest.mark.parametrize(
    "args, key",
    [
        (["evaluate", "nope"], "unknown_model"),
        (["evaluate", "cnn-fashion", "--data", "/nowhere"], "data_missing"),
        (["evaluate", "cnn-digits", "--source", "magic"], "unknown_source"),
        (["evaluate", "cnn-fashion", "--data", str(PROJECT / "docs")], "data_missing"),
    ],
)
def test_mistakes_are_told_as_data_and_as_a_line(capsys, args, key):
    assert main([*args, "--json"]) == 2
    out = capsys.readouterr()
    assert json.loads(out.out)["error"]["key"] == key and "Expected" in out.err and "Traceback" not in out.err


def test_evaluate_prints_the_promised_json(capsys):
    assert main(["evaluate", "cnn-digits", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"model", "source", "data", "split", "n", "metrics", "baselines"}
    assert report["n"] == 360 and report["metrics"]["accuracy"] >= 0.98 and report["baselines"]


def test_train_writes_a_repository_that_opens(tmp_path, monkeypatch):
    from lmdemo.recipes import cnn_digits

    build = cnn_digits.build

    def short(data, *, seed):
        trainer = build(data, seed=seed)
        trainer.num_epochs = 2
        return trainer

    monkeypatch.setattr(cnn_digits, "build", short)
    assert (
        main(
            [
                "train",
                "cnn-digits",
                "--seeds",
                "2",
                "--out",
                str(tmp_path / "out"),
                "--runs",
                str(tmp_path / "runs"),
                "--json",
            ]
        )
        == 0
    )
    card = (tmp_path / "out" / "README.md").read_text()
    assert "python -m lmdemo train cnn-digits --seeds 2" in card and "standard deviation" in card
    assert (tmp_path / "runs" / "cnn-digits" / "seed-1" / "log.jsonl").read_text().count("\n") >= 2

    import lmdemo
    from lmdemo.figures import Figures

    assert lmdemo.load(tmp_path / "out", device="cpu").info.name == "cnn-digits"
    figures = Figures.read(tmp_path / "out")
    assert list(figures.training.seeds) == [0, 1] and figures.splits["val"].n == 360 and figures.baselines
    assert figures.training.seeds[figures.training.kept] == max(figures.training.seeds.values()) == figures.ours


def test_evaluate_writes_into_the_folder_it_judged(tmp_path, capsys):
    from lmdemo.catalog import MODELS
    from lmdemo.figures import Figures

    row = MODELS["cnn-digits"]
    folder, readme = tmp_path / "mine", (PROJECT / "README.md").read_bytes()
    shutil.copytree(row.folder, folder)
    evaluate = ["evaluate", row.name, "--weights", str(folder), "--write"]
    assert main([*evaluate, "--no-baselines"]) == 0
    assert Figures.read(folder) == row.figures  # baselines that were not computed again stay
    assert (folder / "README.md").read_bytes() == (row.folder / "README.md").read_bytes()
    (folder / "metrics.json").unlink()
    assert main([*evaluate, "--no-baselines"]) == 0 and main([*evaluate, "--split", "train", "--no-baselines"]) == 0
    anew = Figures.read(folder)
    assert list(anew.splits) == ["val", "train"] and anew.training is None and anew.ours == row.figures.ours
    assert anew.parameters == row.figures.parameters and "Seed of these" not in (folder / "README.md").read_text()
    assert (PROJECT / "README.md").read_bytes() == readme
    assert main([*evaluate, "--source", "hub"]) == 2 and "--source scratch" in capsys.readouterr().err


def test_figures_without_the_one_that_counts_are_not_written(tmp_path, capsys, monkeypatch):
    """As where the package that measures it is missing: they are printed, and the folder stays as it was."""
    from lmdemo.catalog import MODELS
    from lmdemo.recipes import cnn_digits

    row, folder = MODELS["cnn-digits"], tmp_path / "mine"
    shutil.copytree(row.folder, folder)
    monkeypatch.setattr(cnn_digits, "evaluate", lambda adapter, data, split: (1, {"other": 0.5}))
    assert main(["evaluate", row.name, "--weights", str(folder), "--write", "--no-baselines"]) == 2
    told = capsys.readouterr()
    assert "other" in told.out and row.figures.primary_metric in told.err
    assert (folder / "metrics.json").read_bytes() == (row.folder / "metrics.json").read_bytes()


def test_help_explains_every_command_and_option():
    for command in ("list", "train", "evaluate", "benchmark", "fetch", "doctor"):
        done = subprocess.run(
            [sys.executable, "-m", "lmdemo", command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
        )
        assert "usage" in done.stdout
    actions = [a for sub in parser()._subparsers._group_actions[0].choices.values() for a in sub._actions]
    assert all(a.help for a in actions)


def test_the_apps_options_are_variables_too(monkeypatch):
    import app

    monkeypatch.setenv("LMDEMO_PORT", "1234")
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    args = app.parser().parse_args([])
    assert args.port == 1234 and args.offline and not args.share
    assert {a.dest for a in app.parser()._actions} >= {
        "host",
        "port",
        "share",
        "auth",
        "device",
        "offline",
        "mcp",
        "open",
    }


def test_detect_finds_and_draws(tmp_path, capsys):
    picture = PROJECT / "demos" / "tabs" / "vision" / "yolo" / "examples" / "cells-1.jpg"
    out = str(tmp_path / "made" / "found.png")
    assert main(["detect", str(picture), "--model", "yolo-cells", "--out", out, "--json"]) == 0
    assert (
        len(json.loads(capsys.readouterr().out)["objects"]) > 15
        and (tmp_path / "made" / "found.png").stat().st_size > 10_000
    )
    assert main(["detect", str(picture), "--model", "yolo-cells", "--score-threshold", "1"]) == 0
    assert "highest score seen is 0.9" in capsys.readouterr().out


def test_detect_with_darknet_files_and_with_cut_ones(tmp_path, capsys):
    from tests.adapters.test_darknet_detection import write

    picture = str(PROJECT / "demos" / "tabs" / "vision" / "yolo" / "examples" / "cells-1.jpg")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
        write(folder)
    assert main(["detect", picture, "--darknet", str(whole), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objects"]
    (cut / "net.weights").write_bytes((cut / "net.weights").read_bytes()[:500])
    assert main(["detect", picture, "--darknet", str(cut)]) == 2
    assert "got net.weights: 500 bytes" in capsys.readouterr().err
    assert main(["detect", picture, "--out", "found.exe"]) == 2


def test_without_a_command_it_helps(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "list" in out and "prove" in out and "doctor" in out


def test_list_tells_purpose_size_and_figure(capsys):
    assert main(["list"]) == 0
    line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("cnn-fashion"))
    assert "garment" in line and "accuracy 0.9" in line and "resnet-50" in line


def test_prove_holds_a_member_against_others(capsys):
    assert main(["prove", "cnn", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert list(checks) == ["cnn"] and all(c["passed"] for c in checks["cnn"])


def test_a_proof_that_fails_is_told(capsys, monkeypatch):
    from lmdemo import proofs

    monkeypatch.setattr(proofs, "prove", lambda member: (proofs.Check("a", "b", 1.0, 0.1),))
    assert main(["prove", "cnn"]) == 1 and "DIFFERS" in capsys.readouterr().out


def test_detect_takes_a_model_that_fits_and_says_which(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    picture = str(PROJECT / "demos/tabs/vision/yolo/examples/drawing-1.jpg")
    assert main(["detect", picture]) == 0 and "yolo-drawings looked" in capsys.readouterr().out
    assert main(["detect", picture, "--model", "cnn-digits"]) == 2
    assert "finds things in pictures" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_no_fault():
    command = [sys.executable, "-m", "lmdemo", "list", "--json"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_fetch_asks_and_takes_silence_for_no(tmp_path):
    command = [sys.executable, "-m", "lmdemo", "fetch", "--all", "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "--yes" in done.stdout and "Traceback" not in done.stderr
