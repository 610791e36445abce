"""Every language says everything; Hinglish is spelt one way; every error has its wording. What is missing is told with its file."""

import ast
import html
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

import demos
from demos.core import words
from demos.core.words import CORE, ENGLISH, LANGUAGES, Speaker, say, say_error, say_note
from lmdemo import errors
from lmdemo.catalog import HUB, MODELS
from lmdemo.notes import Note
from tests.conftest import PROJECT

DEMOS = PROJECT / "demos"
HINGLISH = "hi-Latn"
FOLDERS = sorted({path.parent for path in DEMOS.rglob("words.*.toml")})
WRITTEN = sorted([*DEMOS.rglob(f"words.{HINGLISH}.toml"), *DEMOS.rglob(f"explain.{HINGLISH}.md")])
NEW = [DEMOS / "__init__.py", *sorted(CORE.glob("*.py")), *sorted((DEMOS / "tabs").rglob("*.py"))]
# Spellings that are not ours; whole words, any case. `to`, `say`, `or`, `par` are English words too, and may stand.
WRONG = set(
    "hein nahin nai mei kyonki ager ye yai wo voh jyada teevrata jyaada kyu kyo aor hume hame thik acha accha acchi".split()
)
WRONG |= {"me", "he", "h"}  # for mein, hai, hai


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def table(path: Path) -> dict[str, str]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def is_hint(key: str) -> bool:
    """What to do about an error, or what was done to an input: its English stands where that is told."""
    return key.startswith("note.") or (key.startswith("error.") and key.endswith(".hint"))


# -- tables ----------------------------------------------------------------------------------------------------------------


def differences(english: dict[str, str], other: dict[str, str]) -> list[str]:
    """What a table lacks, has too much, or says with other values than the English one."""

    def fields(phrase: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(phrase) if field}

    found = [f"lacks {key!r}" for key in english if key not in other]
    found += [f"has {key!r}, which English lacks" for key in other if key not in english and not is_hint(key)]
    found += [f"says nothing for {key!r}" for key, phrase in other.items() if not phrase.strip()]
    both = [key for key in english if key in other and fields(english[key]) != fields(other[key])]
    return found + [f"has other values than English in {key!r}" for key in both]


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_table_says_the_same_in_every_language(folder):
    english = table(folder / f"words.{ENGLISH}.toml")
    found = []
    for lang in LANGUAGES:
        path = folder / f"words.{lang}.toml"
        found += [f"{named(path)}: {d}" for d in differences(english, table(path))]
    assert not found, "\n".join(found)


def test_what_a_table_lacks_is_told():
    assert differences({"a": "{n} a", "b": "b", "c": "c"}, {"a": "a", "c": " ", "d": "d", "error.x.hint": "h"}) == [
        "lacks 'b'",
        "has 'd', which English lacks",
        "says nothing for 'c'",
        "has other values than English in 'a'",
    ]


# -- Hinglish --------------------------------------------------------------------------------------------------------------


def misspelt(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower())) & WRONG | set(re.findall(r"[\u0900-\u097f]+", text))


def phrases(path: Path) -> dict[str, str]:
    """A file's texts by what they are called; of an explanation the prose, without code, formulas and titles of papers."""
    if path.suffix == ".toml":
        return table(path)
    prose = re.sub(r"```.*?```|\$[^$]*\$|\*[^*]*\*:?, \d{4}.*", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return {f"paragraph {i}": text for i, text in enumerate(prose.split("\n\n"), 1)}


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_hinglish_is_spelt_one_way(path):
    found = [f"{named(path)}: {key}: {wrong}" for key, text in phrases(path).items() if (wrong := misspelt(text))]
    assert not found, "\n".join(found)


def test_the_spelling_check_can_fail():
    assert misspelt("Yeh nahin chalega, humein नया chahiye") == {"nahin", "नया"} and not misspelt("Yeh nahi chalega")


# -- keys that code says ---------------------------------------------------------------------------------------------------


def keys(node: ast.expr) -> Iterator[str]:
    """The keys that an expression may be, as regular expressions; none where only running it would tell."""
    match node:
        case ast.Constant(value=str()):
            yield re.escape(node.value)
        case ast.JoinedStr():
            yield "".join(re.escape(v.value) if isinstance(v, ast.Constant) else ".+" for v in node.values)
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Add()):
            yield re.escape(node.left.value) + ".+"
        case ast.IfExp():
            yield from keys(node.body)
            yield from keys(node.orelse)
        case ast.Dict():
            for value in node.values:
                yield from keys(value)
        case ast.DictComp():
            yield from keys(node.value)


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every key that a module says: line, and regular expression."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match getattr(node.func, "attr", getattr(node.func, "id", "")):
            case "say" | "speaker" if len(node.args) > 1:
                found = keys(node.args[1])
            case "phrases" if node.args:
                found = (key + r"\..+" for key in keys(node.args[0]))
            case "text" if node.args:
                found = (key for k in node.keywords if k.arg for key in keys(k.value))
            case _:
                continue
        yield from ((node.lineno, key) for key in found)


def unsaid(path: Path, tree: ast.AST) -> list[str]:
    """What a member says is in its tables; what members share may be in theirs, since they hand it their words."""
    folders = list(Speaker(path.parent).folders)
    if path.parent == CORE:
        folders = FOLDERS
    elif not (path.parent / "tab.py").is_file():
        folders += [folder for folder in FOLDERS if folder.is_relative_to(path.parent)]
    there = {key for folder in folders for key in table(folder / f"words.{ENGLISH}.toml")}
    return [
        f"{named(path)}:{line}: no phrase {key}: write it into {named(path.parent)}/words.<language>.toml"
        for line, key in said(tree)
        if not any(re.fullmatch(key, one) for one in there)
    ]


def test_every_phrase_that_code_says_is_in_a_table():
    found = [told for path in NEW for told in unsaid(path, ast.parse(path.read_text(encoding="utf-8")))]
    assert not found, "\n".join(found)


def test_a_phrase_that_no_table_has_is_told():
    code = "say(lang, 'stop'); self.say(lang, f'tab.{x}' if x else 'nowhere'); self.text(box, label='part.input', info='none')"
    assert [told.split(": ")[1:] for told in unsaid(DEMOS / "tabs" / "start" / "x.py", ast.parse(code))] == [
        ["no phrase nowhere", "write it into demos/tabs/start/words.<language>.toml"],
        ["no phrase none", "write it into demos/tabs/start/words.<language>.toml"],
    ]


# -- errors ----------------------------------------------------------------------------------------------------------------


def raised() -> dict[str, str]:
    """Key of every error that code raises -> a file that does."""
    kinds = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, errors.LmdemoError)}
    found = {}
    for path in [*(PROJECT / "lmdemo").rglob("*.py"), *DEMOS.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in kinds
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found[node.args[0].value] = named(path)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_has_its_wording(lang):
    path = CORE / f"words.{lang}.toml"
    there = table(path)
    wanted = [(f"error.{key}{end}", by) for key, by in raised().items() for end in ("", ".hint")]
    found = [
        f"{named(path)} lacks {key!r}, raised in {by}"
        for key, by in wanted
        if key not in there and not (lang == ENGLISH and is_hint(key))
    ]
    assert len(wanted) > 100 and not found, "\n".join(found)


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


# -- notes -----------------------------------------------------------------------------------------------------------------


def noted() -> dict[str, set[str]]:
    """Key of every note that code makes -> what its English sentence names; of one that stands elsewhere nothing."""
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "lmdemo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Note":
                values = node.args[2].keys if len(node.args) > 2 and isinstance(node.args[2], ast.Dict) else []
                found[node.args[0].value] = {key.value for key in values}
    return found


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != ENGLISH])
def test_every_note_has_its_wording(lang):
    there = {k.removeprefix("note."): v for k, v in table(CORE / f"words.{lang}.toml").items() if k.startswith("note.")}
    assert there.keys() == noted().keys()
    for key, values in noted().items():
        assert {field for _, field, _, _ in string.Formatter().parse(there[key]) if field} == values, key


def test_a_note_becomes_a_sentence_in_both_languages():
    note = Note("text_invisible", "Signs that nobody sees were left out: {n}.", {"n": 2})
    assert say_note(note, "en") == "Signs that nobody sees were left out: 2." == say_note(note, "xx")
    assert say_note(note, "hi-Latn").endswith("chhod diya: 2.")


def test_a_tables_note_becomes_a_sentence_in_both_languages():
    note = Note("table_lines_before", "Left out before the table: {n} lines, first {text}.", {"n": 2, "text": "#"})
    assert say_note(note, "en") == "Left out before the table: 2 lines, first #." == say_note(note, "xx")
    assert "2 lines" in say_note(note, "hi-Latn") != say_note(note, "en")


# -- the page --------------------------------------------------------------------------------------------------------------


def test_no_words_hide_in_components():
    """Labels come from the tables: no component of the page is given English words directly."""
    for path in DEMOS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def told() -> list[str]:
    """What the list of functions tells programmers, in English: names and first sentences."""
    functions = [function for rows in demos.families().values() for row in rows for function in row.page.functions]
    return [html.escape(text) for f in functions for text in (f.__doc__.split("\n")[0], f.__name__)]


def test_every_string_of_the_page_comes_from_a_table(monkeypatch):
    """Each phrase is marked as it is said; letters outside the marks would be words that another language lacks."""
    original = Speaker.__call__
    monkeypatch.setattr(
        words.Speaker, "__call__", lambda self, lang, key, **values: f"«{original(self, lang, key, **values)}»"
    )
    names = [
        *LANGUAGES.values(),
        "Language · Bhasha",
        "API · MCP",
        "lmdemo",
        *MODELS,
        *HUB,
        *map(html.unescape, told()),
    ]
    names += [name for row in MODELS.values() for name in (row.licence, row.training_data)]
    allowed = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    found = []
    for block in demos.build_app().blocks.values():
        if (
            getattr(block, "visible", True) is False
            or {"lm-explain", "lm-flow"} & set(getattr(block, "elem_classes", None) or ())
            or isinstance(block, gr.Code)
        ):
            continue  # explanations and diagrams are compared elsewhere; code is code
        shown = [getattr(block, name, None) for name in ("label", "info", "placeholder")]
        shown += [block.value] if isinstance(block, gr.Markdown | gr.Button | gr.HTML) else []
        shown += (
            [text for text, _ in block.choices or () if not re.fullmatch(r"[\w.]+", text)]
            if isinstance(  # names in source files
                block, gr.Radio | gr.Dropdown | gr.CheckboxGroup
            )
            else []
        )
        for text in (
            t for t in shown if isinstance(t, str) and "lm-read" not in t
        ):  # what is to be read aloud, to an English model
            text = html.unescape(text.replace("lm<i>demo</i>", ""))
            while re.search("«[^«»]*»", text):
                text = re.sub("«[^«»]*»", "", text)
            left = re.findall(r"[A-Za-z]{2,}", re.sub(rf"<[^>]*>|https?://\S+|`[^`]*`|{allowed}", "", text))
            if left:
                found.append((type(block).__name__, " ".join(left)[:80]))
    assert found == []
