"""Both languages say everything; Hinglish is spelt one way; every error has its wording."""

import ast
import importlib
import pkgutil
import re
import string
from pathlib import Path

import gradio as gr
import pytest
from demos.language import COMMON, ERRORS, LANGUAGES, say, say_error

import demos
from demos import language
from lmdemo import errors
from lmdemo.catalog import HUB, MODELS
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
EXPLANATIONS = {lang: sorted((PROJECT / "demos" / "explanations" / lang).glob("*.md")) for lang in LANGUAGES}
# Spellings that are not ours; whole words, any case. `to`, `me`, `he`, `or`, `par` are English words too: see below.
WRONG = ("hein nahin nai mei kyonki ager ye yai wo voh jyada teevrata jyaada kyu kyo aor hume hame thik acha").split()
ENGLISH_TOO = {"me": "mein", "he": "hai", "h": "hai"}


def tables() -> dict[str, dict]:
    found = {"demos.language.COMMON": COMMON}
    for module in pkgutil.walk_packages(demos.__path__, "demos."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if (
                isinstance(value, dict)
                and name.isupper()
                and name != "EXAMPLES"
                and value
                and all(
                    isinstance(v, tuple) and len(v) == 2 and all(isinstance(x, str) for x in v) for v in value.values()
                )
            ):
                found[f"{module.name}.{name}"] = value
    return found


def hinglish() -> list[tuple[str, str]]:
    texts = [(f"{t}[{k}]", v[1]) for t, words in tables().items() for k, v in words.items()]
    texts += [(f"ERRORS[{k}]", f"{v[1]} {v[2]}") for k, v in ERRORS.items()]
    return texts + [
        (str(p.name), re.sub(r"```.*?```|\$[^$]*\$|\*[^*]*\*:?, \d{4}.*", " ", p.read_text(), flags=re.S))
        for p in EXPLANATIONS["hi-Latn"]
    ]


@pytest.mark.parametrize("table", tables())
def test_each_phrase_exists_in_both_languages_with_the_same_fields(table):
    for key, (english, other) in tables()[table].items():
        assert english.strip() and other.strip(), key
        fields = [sorted({f for _, f, _, _ in string.Formatter().parse(t) if f}) for t in (english, other)]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize("where, text", hinglish(), ids=lambda v: str(v)[:40])
def test_hinglish_is_spelt_one_way(where, text):
    assert not re.search(r"[\u0900-\u097f]", text), "Devanagari"
    words = re.findall(r"[a-z]+", text.lower())
    assert not set(words) & set(WRONG), where
    assert not set(words) & set(ENGLISH_TOO), where


def test_the_spelling_check_can_fail():
    assert set(re.findall(r"[a-z]+", "yeh nahin chalega")) & set(WRONG)


def test_explanations_stand_in_both_languages_under_the_same_headings():
    assert [p.name for p in EXPLANATIONS["en"]] == [p.name for p in EXPLANATIONS["hi-Latn"]]
    members = {m for tab in demos.TABS for m in tab.members} - {"start"}
    assert {p.stem for p in EXPLANATIONS["en"]} == members
    for lang, paths in EXPLANATIONS.items():
        for path in paths:
            assert re.findall(r"^### (.+)$", path.read_text(), re.M) == HEADINGS[lang], path
            diagram = path.parent.parent / "diagrams" / path.name
            assert diagram.read_text().startswith("```mermaid")


def raised_keys() -> set[tuple[str, str]]:
    kinds = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, errors.LmdemoError)}
    found = set()
    for path in [*(PROJECT / "lmdemo").rglob("*.py"), *(PROJECT / "demos").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in kinds
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add((node.args[0].value, str(path.relative_to(PROJECT))))
    return found


@pytest.mark.parametrize("key, path", sorted(raised_keys()))
def test_every_error_has_its_wording(key, path):
    assert key in ERRORS and len(ERRORS[key]) == 3 and all(ERRORS[key])


def test_an_error_becomes_a_sentence_in_both_languages():
    error = errors.InputError(
        "picture_too_small", expected=">= 8 x 8 pixels", got="1 x 1", hint="Take a larger picture."
    )
    assert (
        say_error(error, "en")
        == "The picture is too small. Expected: >= 8 x 8 pixels. Got: 1 x 1. Take a larger picture."
    )
    assert "Mila: 1 x 1." in say_error(error, "hi-Latn") and "Take" not in say_error(error, "hi-Latn")
    assert say("xx", "stop") == "Stop"


def test_no_words_hide_in_components():
    """Labels come from the tables: no component of the page is given English words directly."""
    for path in (Path(demos.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and getattr(node.func.value, "id", "") == "gr"
            ):
                for keyword in node.keywords:
                    if (
                        keyword.arg in ("label", "info", "placeholder")
                        and isinstance(keyword.value, ast.Constant)
                        and keyword.value.value
                    ):
                        hidden = any(
                            k.arg == "visible" and getattr(k.value, "value", None) is False for k in node.keywords
                        )
                        assert hidden or keyword.value.value == "Language · Bhasha", (
                            f"{path.name}: {keyword.value.value}"
                        )


def test_every_string_of_the_page_comes_from_a_table_of_both_languages(monkeypatch):
    """Each phrase is marked as it is said; letters outside the marks would be words that the other language lacks."""
    original = language.Speaker.__call__
    monkeypatch.setattr(
        language.Speaker, "__call__", lambda self, lang, key, **values: f"«{original(self, lang, key, **values)}»"
    )
    names = "|".join(map(re.escape, [*LANGUAGES.values(), "Language · Bhasha", *MODELS, *HUB]))
    found = []
    for block in demos.build_app().blocks.values():
        if (
            getattr(block, "visible", True) is False
            or "lm-explain" in (getattr(block, "elem_classes", None) or ())
            or isinstance(block, gr.Code)
        ):
            continue  # the explanations' files are compared above; code is code
        said = [getattr(block, name, None) for name in ("label", "info", "placeholder")]
        said += [block.value] if isinstance(block, gr.Markdown | gr.Button | gr.HTML) else []
        said += (
            [shown for shown, _ in block.choices or () if not re.fullmatch(r"[\w.]+", shown)]
            if isinstance(  # names in source files
                block, gr.Radio | gr.Dropdown | gr.CheckboxGroup
            )
            else []
        )
        for text in (
            t for t in said if isinstance(t, str) and "lm-read" not in t
        ):  # what is to be read aloud, to an English model
            while re.search("«[^«»]*»", text):
                text = re.sub("«[^«»]*»", "", text)
            words = re.findall(r"[A-Za-z]{2,}", re.sub(rf"<[^>]*>|https?://\S+|`[^`]*`|{names}", "", text))
            if words:
                found.append((type(block).__name__, " ".join(words)[:80]))
    assert found == []
