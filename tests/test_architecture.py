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
)
DEMOS_MAY = {"lmdemo", "lmdemo.errors", "lmdemo.catalog", "lmdemo.adapters.outputs", "lmdemo.adapters.protocols"}
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


def test_drawing_the_page_imports_no_torch():
    code = "import sys, lmdemo, lmdemo.catalog, app, demos; demos.build_app(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_upward_import_is_found(tmp_path):
    """The check itself can fail."""
    assert row_of("lmdemo.models.cnn") > row_of("lmdemo.adapters.base") > row_of("demos.frame")
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
