"""The house's layers: a module imports only from rows below its own, and what draws the page costs no torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

# From the top; a module may import from later rows, and from its own package.
ROWS = (
    "app",
    "demos.hosting",
    "demos",
    "demos.tabs",
    "demos.core.tab",
    "demos.core.frame",
    "demos.views",
    "demos.core",
    "lmdemo.__main__",
    "lmdemo.__init__",
    "lmdemo.doctor",
    "lmdemo.recipes",
    "lmdemo.deployment",
    "lmdemo.optimization",
    "lmdemo.proofs",
    "lmdemo.evaluation",
    "lmdemo.loading",
    "lmdemo.adapters",
    "lmdemo.onnx",
    "lmdemo.training",
    "lmdemo.pool",
    "lmdemo.models",
    "lmdemo.data",
    "lmdemo.hub",
    "lmdemo.metrics",
    "lmdemo.timing",
    "lmdemo.catalog",
    "lmdemo.figures",
    "lmdemo.errors",
    "lmdemo.notes",
)
DEMOS_MAY = {
    "lmdemo",
    "lmdemo.errors",
    "lmdemo.catalog",
    "lmdemo.adapters.outputs",
    "lmdemo.adapters.protocols",
    "lmdemo.notes",
}
MODELS_MAY = {"lmdemo.models", "lmdemo.errors"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)


def row_of(module: str) -> int:
    if module in ("lmdemo", "lmdemo.load", "lmdemo.prove"):  # the public door
        module = "lmdemo.__init__"
    matches = [r for r in ROWS if module == r or module.startswith(r + ".")]
    assert matches, f"{module} has no row in the house"
    return ROWS.index(max(matches, key=len))


def imports(path: Path, *, top_only: bool = False) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    if top_only:  # also inside `if` and `try` at the top, but not under TYPE_CHECKING
        nodes = [
            n
            for b in tree.body
            for n in (ast.walk(b) if isinstance(b, ast.If | ast.Try) and "TYPE_CHECKING" not in ast.dump(b) else [b])
        ]
    found = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [
                f"{node.module}.{a.name}"
                if node.module
                in (
                    "lmdemo",
                    "demos",
                    "lmdemo.models",
                    "lmdemo.data",
                    "lmdemo.adapters",
                    "lmdemo.proofs",
                    "lmdemo.training",
                )
                else node.module
                for a in node.names
            ]
    return found


FILES = sorted(p for p in [PROJECT / "app.py", *(PROJECT / "demos").rglob("*.py"), *(PROJECT / "lmdemo").rglob("*.py")])


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_downwards(path):
    module = module_of(path)
    own = row_of(module.removesuffix(".__init__") if module.count(".") > 1 else module)
    for name in imports(path):
        if name.split(".")[0] not in ("lmdemo", "demos", "app"):
            continue
        below = row_of(name)
        same = below == own or {ROWS[below], ROWS[own]} == {"lmdemo.metrics", "lmdemo.timing"}
        assert below > own or same, f"{module} imports {name}, which stands above it"


@pytest.mark.parametrize("path", sorted((PROJECT / "demos").rglob("*.py")), ids=module_of)
def test_demos_import_little_and_never_torch(path):
    for name in imports(path):
        assert name.split(".")[0] != "torch" and not name.startswith(("lmdemo.models", "lmdemo.data")), (
            f"{name} in {path.name}"
        )
    for name in imports(path, top_only=True):
        assert not name.startswith("lmdemo") or name in DEMOS_MAY, f"{path.name} imports {name} at the top"


@pytest.mark.parametrize("path", sorted((PROJECT / "lmdemo" / "models").glob("*.py")), ids=module_of)
def test_models_know_no_house(path):
    for name in imports(path):
        if name.startswith("lmdemo"):
            assert any(name == m or name.startswith(m + ".") for m in MODELS_MAY), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sorted((PROJECT / "lmdemo").rglob("*.py")), ids=module_of)
def test_library_never_imports_gradio(path):
    assert not any(name.split(".")[0] in ("gradio", "demos") for name in imports(path))


def test_ultralytics_is_imported_in_one_module_only():
    users = [module_of(p) for p in FILES if any(n.split(".")[0] == "ultralytics" for n in imports(p))]
    assert len(users) <= 1, users


def circles(files: list[Path]) -> list[list[str]]:
    """Modules that import one another in a ring, imports inside functions included."""
    modules = {module_of(p).removesuffix(".__init__"): p for p in files}
    graph = {}
    for module, path in modules.items():
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                submodules = {f"{node.module}.{a.name}" for a in node.names} & modules.keys()
                names |= submodules or {node.module}
        graph[module] = sorted((names & modules.keys()) - {module})
    found, done = [], set()

    def walk(module: str, way: list[str]) -> None:
        if module in way:
            found.append([*way[way.index(module) :], module])
        elif module not in done:
            for name in graph[module]:
                walk(name, [*way, module])
            done.add(module)

    for module in graph:
        walk(module, [])
    return found


def test_no_adapters_import_one_another_in_a_circle():
    assert not circles([p for p in FILES if module_of(p).startswith("lmdemo.adapters")])


def test_a_circle_is_found(tmp_path, monkeypatch):
    """The check itself can fail."""
    monkeypatch.setattr(sys.modules[__name__], "PROJECT", tmp_path)
    (tmp_path / "a.py").write_text("from b import x\n")
    (tmp_path / "b.py").write_text("def f():\n    from a import y\n")
    assert circles([tmp_path / "a.py", tmp_path / "b.py"]) == [["a", "b", "a"]]


PAGES = sorted((PROJECT / "demos").rglob("*.py"))
OUTER = [p for p in PAGES if "core" not in p.relative_to(PROJECT / "demos").parts]
MOST_LINES, LONGEST = 250, 60


def folder_of(module: str) -> str:
    """A member's folder in ``demos.tabs``, or the family's."""
    path = PROJECT / module.replace(".", "/")
    return ".".join((path if path.is_dir() else path.parent).relative_to(PROJECT).parts)


@pytest.mark.parametrize("path", sorted((PROJECT / "demos" / "tabs").rglob("*.py")), ids=module_of)
def test_no_tab_imports_another(path):
    own = folder_of(module_of(path.with_name("x.py"))) if path.name == "__init__.py" else folder_of(module_of(path))
    for name in imports(path):
        if name.startswith("demos.tabs"):
            other = folder_of(name)
            shared = (PROJECT / other.replace(".", "/") / "tab.py").exists() is False  # no member's own
            assert own.startswith(other) or shared, f"{path.name} imports {name}, another member's"


@pytest.mark.parametrize("path", PAGES, ids=module_of)
def test_pages_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= LONGEST, node.name


@pytest.mark.parametrize("path", OUTER, ids=module_of)
def test_what_gradio_keeps_to_itself_is_touched_in_core_alone(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            private = node.attr.startswith("_") and not node.attr.startswith("__") and node.attr != "_asdict"
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            assert own or not private, f"{path.name}:{node.lineno} {node.attr}"
            assert ast.unparse(node) != "gr.skip", f"{path.name}:{node.lineno}: handlers name what changes"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gradio"):
            assert not any(part.startswith("_") for part in [*node.module.split("."), *(a.name for a in node.names)])


def reaches_into_a_network(text: str) -> list[str]:
    """Where something of an adapter's network is taken: ``adapter.model.x``, ``lmdemo.load(...).model.x``."""
    found = []
    for node in ast.walk(ast.parse(text)):
        inner = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(inner, ast.Attribute) and inner.attr == "model":
            of = inner.value
            opened = isinstance(of, ast.Call) and ast.unparse(of.func).endswith("load")
            if opened or (isinstance(of, ast.Name) and of.id == "adapter"):
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", PAGES, ids=module_of)
def test_pages_ask_adapters_and_never_their_networks(path):
    assert reaches_into_a_network(path.read_text(encoding="utf-8")) == []


def test_a_page_that_reaches_into_a_network_is_found():
    page = "n = len(adapter.model.convs)\nself.model.input\np = lmdemo.load(name).model.config.patch_size\n"
    assert reaches_into_a_network(page) == ["adapter.model.convs", "lmdemo.load(name).model.config"]


def test_pages_keep_nothing_at_module_level():
    """What belongs to a person lives in gr.State or in the URL: no dict, list or set that could grow."""
    for path in PAGES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            made = getattr(node, "value", None) if isinstance(node, ast.Assign | ast.AnnAssign) else None
            grows = isinstance(made, ast.List | ast.Set) and not isinstance(node, ast.AugAssign)
            names = [ast.unparse(t) for t in getattr(node, "targets", [getattr(node, "target", None)])] if made else []
            assert not grows or names == ["__all__"], f"{module_of(path)}: {names}"


def test_drawing_the_page_imports_no_torch_and_no_decoder():
    code = "import sys, lmdemo, lmdemo.catalog, app, demos; demos.build_app(); print({'torch', 'av'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_upward_import_is_found(tmp_path):
    """The check itself can fail."""
    assert (
        row_of("lmdemo.models.cnn")
        > row_of("lmdemo.adapters.base")
        > row_of("demos.core.tab")
        > row_of("demos.tabs.start.tab")
    )
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from lmdemo.adapters import base\n")
    assert imports(bad) == ["lmdemo.adapters.base"]


def test_starting_the_page_writes_no_files_and_leaves_mcp_importable():
    code = (
        "import sys, demos, gradio.component_meta as m; assert m.create_or_modify_pyi(1, 2, 3) is None; "
        "from demos.views.bars import Bars; import mcp; print(Bars().get_block_name())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "html"
