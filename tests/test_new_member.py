"""A newcomer's member is files at known places and a row in two tables; nothing else is missing, and what is forgotten is told.

``tests/newcomer`` holds the smallest member there is, each file where CONTRIBUTING.md says. It is copied beside the house into
a temporary folder, trained there by its recipe, and shown.
"""

import ast
import html
import re
import shutil
import sys
import time
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from operator import or_
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

import demos
import lmdemo
from demos.core import cards, words
from demos.core.endpoints import publish
from demos.core.page import Page
from demos.core.tab import Tab
from demos.core.words import LANGUAGES
from lmdemo import catalog, loading
from lmdemo.adapters import protocols
from lmdemo.catalog import ModelRow
from lmdemo.errors import InputError, WeightsError
from lmdemo.recipes import _train
from tests import test_architecture, test_catalog, test_language
from tests.adapters.test_protocols import faults
from tests.conftest import PROJECT
from tests.demos import test_members
from tests.models.learning import stuck

NEWCOMER = PROJECT / "tests" / "newcomer"
PACKAGES = ["demos.tabs", *(f"lmdemo.{p}" for p in "models adapters.text_classification recipes proofs".split())]
MODEL = ModelRow(
    name="perceptron-tone",
    member="perceptron",
    task="text-classification",
    purpose="tell the tone of a text by its letters",
    model="lmdemo.models.perceptron.Perceptron",
    adapter="lmdemo.adapters.text_classification.perceptron.LetterClassification",
    recipe="lmdemo.recipes.perceptron_tone",
    data="",
    training_data="generated texts",
    no_hub="none_of_this_size",
    paper="https://doi.org/10.1037/h0042519",
)
ROW = demos.Row("perceptron", "perceptron", "demos.tabs.perceptron.tab:Perceptron")
FOLDER = Path("demos", "tabs", "perceptron")
# The house without it.
PATHS = {name: list(import_module(name).__path__) for name in PACKAGES}
WEIGHTS, MODELS = catalog.WEIGHTS, catalog.MODELS
TABS = tuple(row for row in demos.TABS if row.member in ("start", "cnn"))  # few are built quickly


def written(root: Path) -> list[Path]:
    """The newcomer's own Python files."""
    return [root / path.relative_to(NEWCOMER) for path in sorted(NEWCOMER.rglob("*.py"))]


def forget_modules() -> None:
    """What one house imported of the newcomer is not the next one's."""
    for name in [name for name in sys.modules if "perceptron" in name]:
        del sys.modules[name]


def open_house(root: Path, patch: pytest.MonkeyPatch) -> Path:
    """Puts the newcomer's files beside ours, and its rows into the two tables."""
    shutil.copytree(NEWCOMER, root, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    (root / "weights").mkdir()
    for ours in [*WEIGHTS.iterdir(), *(PROJECT / "lmdemo" / "models").glob("*.py")]:
        (root / ours.relative_to(PROJECT)).symlink_to(ours)
    for name, path in PATHS.items():
        patch.setattr(import_module(name), "__path__", [*path, str(root / name.replace(".", "/"))])
    patch.setattr(catalog, "WEIGHTS", root / "weights")
    for module in (cards, test_architecture, test_language, test_members):
        patch.setattr(module, "PROJECT", root)
    assert all(issubclass(row.page, Tab) for row in TABS)  # all are imported, and so have their table
    models = {**MODELS, MODEL.name: MODEL}
    ours = [m for name, m in list(sys.modules.items()) if name.split(".")[0] in ("lmdemo", "demos", "tests")]
    for module in [m for m in ours if getattr(m, "MODELS", None) is catalog.MODELS]:
        patch.setattr(module, "MODELS", models)
    patch.setattr(demos, "TABS", (*TABS, ROW))
    return root


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[Path]:
    """The house with the newcomer's member, trained."""
    with pytest.MonkeyPatch.context() as patch:
        root = open_house(tmp_path_factory.mktemp("house"), patch)
        _train.train(MODEL, root=None, seeds=[0], out=MODEL.folder, runs=root / "runs", progress_bar=False)
        yield root
        models = catalog.MODELS
    forget_modules()
    ours = {name: m for name, m in list(sys.modules.items()) if name.split(".")[0] in ("lmdemo", "demos", "tests")}
    assert not [name for name, module in ours.items() if getattr(module, "MODELS", None) is models]


@pytest.fixture(scope="module")
def app(house) -> gr.Blocks:
    """The app."""
    return demos.build_app()


@pytest.fixture(scope="module")
def tab(house):
    with gr.Blocks():
        return ROW.page(Page())


# -- nothing else is missing -----------------------------------------------------------------------------------------------


def test_it_is_trained_judged_and_opened(house):
    checks = test_catalog.TestRow()
    for name in [n for n in dir(checks) if n.startswith("test_") and n != "test_every_parameter_can_learn"]:
        getattr(checks, name)(MODEL, *([house / "again"] if "again" in name else []))
    assert lmdemo.load("perceptron-tone")("Watch out!!!").label == "loud"
    assert lmdemo.load("perceptron") is lmdemo.load("perceptron-tone")
    assert MODEL.figures.ours == 1


def test_its_adapter_answers_its_tasks_protocol(house):
    assert faults(loading.adapter_class(MODEL.adapter), protocols.TASKS[MODEL.task]) == []
    assert isinstance(lmdemo.load(MODEL.name), protocols.Layered)


def test_it_is_proved(house):
    assert [check.passed for check in lmdemo.prove("perceptron")] == [True]


def test_its_files_keep_to_the_house(house):
    for path in written(house):
        test_architecture.test_imports_point_downwards(path)
        if path.is_relative_to(house / "demos"):
            test_architecture.test_demos_import_little_and_never_torch(path)
            test_architecture.test_no_tab_imports_another(path)
            test_architecture.test_pages_are_short(path)
            test_architecture.test_what_gradio_keeps_to_itself_is_touched_in_core_alone(path)
            test_architecture.test_pages_ask_adapters_and_never_their_networks(path)
        else:
            test_architecture.test_library_never_imports_gradio(path)


def test_its_folder_is_whole(house):
    test_members.test_a_member_has_its_files(ROW)
    test_members.test_a_member_is_explained_under_the_same_headings_in_every_language(ROW)
    test_members.test_a_member_is_a_class_by_its_name_with_its_functions_beside_it(ROW)
    test_members.test_a_member_and_its_family_have_a_name(ROW)


def test_it_says_all_in_every_language(house):
    english, *others = (test_language.table(house / FOLDER / f"words.{lang}.toml") for lang in LANGUAGES)
    assert others and not any(test_language.differences(english, other) for other in others)
    for path in (p for p in written(house) if p.is_relative_to(house / FOLDER)):
        assert test_language.unsaid(path, ast.parse(path.read_text(encoding="utf-8"))) == []


def test_the_app_has_its_familys_tab_on_every_page(app):
    rows = [b.value for b in app.blocks.values() if "lm-tabs" in (getattr(b, "elem_classes", None) or ())]
    links = [re.findall(r'href="\./(.*?)">(.*?)</a>', html.unescape(row)) for row in rows]
    assert len(links) == 2 * len(demos.families()) - links.count([]) and all(
        row[-1] == ("perceptron", "Perceptron") for row in links
    )
    assert {"perceptron", "functions-perceptron"} <= {path for path, *_ in app.pages}


def test_its_panel_is_named_in_both_languages(house, monkeypatch):
    """In a family of several, where it stands in a row of tabs."""
    beside = demos.Row("vision", "perceptron", ROW.tab)
    monkeypatch.setattr(demos, "TABS", (*TABS, beside))
    pages = []

    class Seen(Page):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            pages.append(self)

    monkeypatch.setattr(demos, "Page", Seen)
    demos.build_app()
    page = next(page for page in pages if "perceptron" in page.panels)
    panel = page.panels["perceptron"]
    assert panel.label == "Tone of a text" and page._words("hi-Latn")[panel]["label"] == "Text ka tone"
    assert beside.say("hi-Latn", "tab.perceptron") == "Perceptron family"


def test_its_functions_are_published_with_their_types(app):
    told = app.get_api_info()["named_endpoints"]
    classify = {p["parameter_name"]: p for p in told["/perceptron_classify"]["parameters"]}
    assert list(classify) == ["text", "repeat", "lang"] and "/perceptron_prove" in told
    assert classify["text"]["type"] == {"type": "string"} and not classify["text"]["parameter_has_default"]
    assert classify["repeat"]["python_type"]["type"] == "float" and classify["repeat"]["parameter_default"] == 1
    assert classify["lang"]["type"]["enum"] == list(LANGUAGES)
    assert told["/perceptron_classify"]["description"].startswith("Tells whether a text is calm or loud.")


def test_its_handlers_answer_at_once_without_a_browser(tab):
    lmdemo.load(MODEL.name)
    started = time.perf_counter()
    page = reduce(or_, tab.choose(example="loud", lang="en"))
    assert time.perf_counter() - started < 1
    assert page[tab.box] == "Watch out!!!" and page[tab.status].startswith("The text is loud")
    assert "parameters" in page[tab.facts]
    assert "zor ka hai" in tab.show(answers=page[tab.answers], lang="hi-Latn")[tab.status]
    with pytest.raises(InputError):
        list(tab.choose(example="../../tab", lang="en"))


# -- what is forgotten is told ---------------------------------------------------------------------------------------------


@pytest.fixture
def rough(tmp_path, monkeypatch) -> Iterator[Path]:
    """The house with the newcomer's files, from which something is yet to be taken; its member is shown beside Start alone."""
    kept = {name: module for name, module in sys.modules.items() if "perceptron" in name}
    forget_modules()
    open_house(tmp_path, monkeypatch)
    monkeypatch.setattr(demos, "TABS", (TABS[0], ROW))
    yield tmp_path
    forget_modules()
    sys.modules.update(kept)


@pytest.mark.parametrize(
    "file, kind",
    [
        (FOLDER / "tab.py", ImportError),
        (FOLDER / "explain.en.md", FileNotFoundError),
        (FOLDER / "diagram.en.md", FileNotFoundError),
        (FOLDER / "words.en.toml", KeyError),
        (Path("lmdemo", "models", "perceptron.py"), FileNotFoundError),
    ],
    ids=str,
)
def test_building_tells_a_file_that_is_not_there(rough, file, kind):
    (rough / file).unlink()
    with pytest.raises(kind, match=r"(?s)write.*" + re.escape(file.name)) as caught:
        demos.build_app()
    assert file.parent.name in str(caught.value)


def test_a_folder_that_is_not_there_is_told(rough):
    shutil.rmtree(rough / FOLDER)
    with pytest.raises(ImportError, match=r"write Perceptron into demos/tabs/perceptron/tab.py"):
        demos.build_app()


def test_a_class_by_another_name_is_told(rough):
    path = rough / FOLDER / "tab.py"
    path.write_text(path.read_text(encoding="utf-8").replace("class Perceptron", "class Other"))
    with pytest.raises(ImportError, match=r"write Perceptron into demos/tabs/perceptron/tab.py"):
        demos.build_app()


@pytest.mark.parametrize("missing", ["import nowhere", "demos.nothing"])
def test_what_a_page_itself_lacks_stays_as_it_was_raised(rough, missing):
    (rough / FOLDER / "functions.py").write_text(f"import demos\n{missing}\n")
    with pytest.raises((ModuleNotFoundError, AttributeError), match=r"nowhere|nothing"):
        demos.build_app()


@pytest.mark.parametrize("key", ["tab.perceptron", "perceptron.text"])
def test_a_phrase_that_is_not_there_is_told(rough, key):
    path = rough / FOLDER / "words.en.toml"
    path.write_text("".join(line for line in path.open(encoding="utf-8") if f'"{key}"' not in line))
    with pytest.raises(KeyError, match=rf"no phrase '{key}': write it into words.en.toml .*/demos/tabs/perceptron"):
        demos.build_app()


def test_a_name_in_a_row_of_members_is_told(rough):
    path = rough / FOLDER / "words.en.toml"
    path.write_text("")
    with pytest.raises(
        AssertionError, match=r"write 'tab.perceptron' into .*/demos/tabs/perceptron/words.<language>.toml"
    ):
        test_members.test_a_member_and_its_family_have_a_name(ROW)


def test_a_name_in_the_code_that_is_not_there_is_told(rough):
    path = rough / "lmdemo" / "models" / "perceptron.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def forward", "def backward"))
    with pytest.raises(LookupError, match=r"no Perceptron.forward: write it into .*/lmdemo/models/perceptron.py"):
        demos.build_app()


def test_examples_that_are_not_there_are_told(rough):
    shutil.rmtree(rough / FOLDER / "examples")
    with gr.Blocks():
        tab = ROW.page(Page())
    with pytest.raises(FileNotFoundError, match=r"write .*/demos/tabs/perceptron/examples/calm.txt"):
        next(tab.choose(example="calm", lang="en"))
    with pytest.raises(AssertionError, match=r"write .*/demos/tabs/perceptron/examples"):
        test_members.test_a_member_has_its_files(ROW)


@pytest.mark.parametrize("name", ["explain.hi-Latn.md", "words.hi-Latn.toml", "diagram.en.md", "explain.en.md"])
def test_the_tests_tell_a_file_that_is_not_there(rough, name):
    (rough / FOLDER / name).unlink()
    with pytest.raises(AssertionError, match=rf"write .*/demos/tabs/perceptron/{name}"):
        test_members.test_a_member_has_its_files(ROW)


def test_a_proof_that_is_not_there_is_told(rough):
    (rough / "lmdemo" / "proofs" / "perceptron.py").unlink()
    with pytest.raises(ImportError, match=r"no proof of 'perceptron': write lmdemo/proofs/perceptron.py"):
        lmdemo.prove("perceptron")


def test_weights_that_are_not_there_are_told(rough):
    with pytest.raises(WeightsError, match=r"perceptron-tone/.*train the model"):
        loading.adapter_class(MODEL.adapter).open(MODEL.folder, row=MODEL, source="scratch", device="cpu")


def test_a_type_that_is_not_there_is_told(rough):
    def answers(text, lang: str = "en"):
        """Nothing."""

    with gr.Blocks(), pytest.raises(TypeError, match=rf"write the type of text, return into answers in {__file__}"):
        publish(answers)


def test_a_batch_that_is_not_there_is_told(rough):
    model = import_module("lmdemo.models.perceptron")
    with pytest.raises(AssertionError, match=r"write a batch of Perceptron into tests/models/learning.py"):
        stuck(model.Perceptron(model.PerceptronConfig()))


@pytest.fixture(autouse=True)
def fresh_words() -> Iterator[None]:
    """Tables are read once; here one is changed before it is read."""
    words.table.cache_clear()
    yield
    words.table.cache_clear()


# -- and is said to contributors -------------------------------------------------------------------------------------------


def test_contributing_names_these_files_and_tables():
    told = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = re.search(r"## Add a member\n(.*?)\n## ", told, re.S)[1]
    places = {path.parent.relative_to(NEWCOMER).as_posix() for path in NEWCOMER.rglob("*.py")}
    wanted = {"lmdemo/catalog.py", "demos/__init__.py", "MODELS", "TABS", "weights/<model>", "tests/models/learning.py"}
    wanted |= {place for place in places if place.startswith("lmdemo")} - {"lmdemo/adapters/text_classification"}
    wanted |= {"lmdemo/adapters/<task>", "demos/tabs", "examples/"}
    wanted |= {re.sub(r"\.(en|hi-Latn)\.", ".<tag>.", path.name) for path in (NEWCOMER / FOLDER).glob("*.*")} - {
        "__init__.py"
    }
    assert not [name for name in sorted(wanted) if name not in told]
