"""README and CONTRIBUTING tell the truth: front matter, commands, files and Python lines."""

import json
import re
import subprocess
import sys

import yaml

import demos
from lmdemo.__main__ import parser
from lmdemo.catalog import HUB, MODELS
from lmdemo.recipes._card import with_table
from tests import shots
from tests.conftest import PROJECT

TEXT = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_space_front_matter_is_whole():
    matter = yaml.safe_load(TEXT.split("---")[1])
    assert matter["sdk"] == "gradio" and (PROJECT / matter["app_file"]).is_file() and matter["license"] == "apache-2.0"
    assert {
        "title",
        "emoji",
        "colorFrom",
        "colorTo",
        "sdk_version",
        "python_version",
        "models",
        "tags",
        "short_description",
        "suggested_hardware",
        "startup_duration_timeout",
        "preload_from_hub",
    } <= set(matter)
    assert len(matter["short_description"]) <= 60
    assert set(matter["models"]) <= {row.id for row in HUB.values()}


def test_every_command_exists():
    targets = set(re.findall(r"^make (\w+)", TEXT, re.M)) | set(re.findall(r"`make (\w+)`", TEXT))
    makefile = (PROJECT / "Makefile").read_text()
    assert targets == {"run", "test"} and all(re.search(rf"^{t}:", makefile, re.M) for t in targets)
    for line in re.findall(r"^python -m lmdemo (.+)$", TEXT, re.M):
        parser().parse_args(line.split("#")[0].split())


def test_contributing_names_what_is_there():
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in re.findall(r"^make (\w+)", text, re.M))
    paths = re.findall(r"`((?:lmdemo|demos|tests|weights|\.ci)/[^`<]*)", text)
    assert len(paths) > 10 and all((PROJECT / path).exists() for path in paths)


def test_every_file_of_the_tree_is_there_and_none_is_left_out():
    tree = re.search(r"## The files\n\n```\n(.*?)```", TEXT, re.S)[1]
    named = {line.split()[0].rstrip("/") for line in tree.splitlines() if line.strip()}
    assert all((PROJECT / n).exists() for n in named)
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True).stdout.split()
    top = {t.split("/")[0] for t in tracked if not t.startswith(".")} - {"README.md", "requirements-dev.txt"}
    assert top <= named


def test_links_and_tabs_are_there():
    for link in re.findall(r"\]\((?!http)([^)]+)\)", TEXT):
        assert (PROJECT / link).is_file()
    for family, (row, *_) in demos.families().items():
        assert f"| {row.say('en', f'tab.{family}')} |" in TEXT


def test_the_table_of_models_is_made_from_their_figures():
    """Else: python -m lmdemo evaluate MODEL --write (and --data ROOT)."""
    assert with_table(TEXT) == TEXT
    assert all(f"| {row.name} | {row.figures.parameters:,} |" in TEXT for row in MODELS.values() if row.figures)


def test_the_python_lines_run():
    code = re.search(r"```python\n(.*?)```", TEXT, re.S)[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Ankle boot")


def test_the_pictures_show_the_page_as_it_is():
    """Else: .venv/bin/python -m tests.shots --readme."""
    assert json.loads(shots.RECORD.read_text(encoding="utf-8")) == shots.pictured()
    shown = set(re.findall(r"!\[[^\]]+\]\(docs/([^)]+)\)", TEXT))
    assert shown == set(shots.README) == {p.name for p in shots.DOCS.iterdir()} - {shots.RECORD.name}
    assert all((shots.DOCS / name).stat().st_size < shots.MOST for name in shown)
