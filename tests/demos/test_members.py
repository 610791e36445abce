"""A member's folder is whole; what is forgotten is told with the file to write."""

import re
from pathlib import Path

import pytest

import demos
from demos.core.tab import Tab
from demos.core.words import ENGLISH, LANGUAGES, Speaker
from tests.conftest import PROJECT

HEADINGS = {
    "en": [
        "What it is",
        "How it works",
        "Guess first",
        "Strengths",
        "Limits",
        "Used for",
        "What came after",
        "Sources",
    ],
    "hi-Latn": [
        "Yeh kya hai",
        "Kaise kaam karta hai",
        "Pehle sochiye",
        "Taakat",
        "Kamiyan",
        "Kahan kaam aata hai",
        "Uske baad kya aaya",
        "Sources",
    ],
}
MEMBERS = [row for row in demos.TABS if row.member != "start"]  # which tells of the others


def folder_of(row: demos.Row) -> Path:
    return PROJECT.joinpath(*row.tab.split(":")[0].split(".")[:-1])


def missing(folder: Path) -> list[str]:
    """The files that a member's folder lacks."""
    wanted = ["tab.py", *(f"{name}.{lang}.md" for lang in LANGUAGES for name in ("diagram", "explain"))]
    if any(folder.glob("words.*.toml")):  # else it is said in its family's words
        wanted += [f"words.{lang}.toml" for lang in LANGUAGES]
    if any("self.example(" in p.read_text(encoding="utf-8") for p in folder.glob("*.py")):
        wanted.append("examples")
    return [f"write {folder / name}" for name in wanted if not (folder / name).exists()]


def headings(path: Path) -> list[str]:
    return re.findall(r"^### (.+)$", path.read_text(encoding="utf-8"), re.M)


def by_name(row: demos.Row) -> str:
    return row.member


@pytest.mark.parametrize("row", MEMBERS, ids=by_name)
def test_a_member_has_its_files(row):
    found = missing(folder_of(row))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("row", MEMBERS, ids=by_name)
def test_a_member_is_explained_under_the_same_headings_in_every_language(row):
    for lang in LANGUAGES:
        path = folder_of(row) / f"explain.{lang}.md"
        assert (
            headings(path) == HEADINGS[lang] if lang in HEADINGS else len(headings(path)) == len(HEADINGS[ENGLISH])
        ), path
        rows = (folder_of(row) / f"diagram.{lang}.md").read_text(encoding="utf-8").splitlines()
        assert 3 <= len(rows) <= 10 and all(row.strip() for row in rows), path.name


@pytest.mark.parametrize("row", demos.TABS, ids=by_name)
def test_a_member_is_a_class_by_its_name_with_its_functions_beside_it(row):
    assert (folder_of(row) / "tab.py").is_file(), f"write {folder_of(row) / 'tab.py'}"
    assert issubclass(row.page, Tab) and row.page.name == row.member and row.page.folder == folder_of(row)
    for function in row.page.functions:  # members of a family may share them
        assert function.__module__.startswith("demos.tabs.") and function.__module__.endswith(".functions"), (
            f"write {function.__name__} into {folder_of(row) / 'functions.py'}"
        )


@pytest.mark.parametrize("row", demos.TABS, ids=by_name)
def test_a_member_and_its_family_have_a_name(row):
    say = Speaker(folder_of(row))
    alone = sum(other.family == row.family for other in demos.TABS) == 1
    keys = [f"tab.{row.family}", *([] if alone else [f"member.{row.member}"])]
    found = [f"write {key!r} into {say.folders[0] / 'words.<language>.toml'}" for key in keys if key not in say]
    assert not found, "\n".join(found)


def test_what_a_folder_lacks_is_told(tmp_path):
    (tmp_path / "words.en.toml").write_text("")
    (tmp_path / "tab.py").write_text("self.example('a.ogg')")
    names = [f"{name}.{lang}.md" for lang in LANGUAGES for name in ("diagram", "explain")] + [
        "words.hi-Latn.toml",
        "examples",
    ]
    assert missing(tmp_path) == [f"write {tmp_path / name}" for name in names]
