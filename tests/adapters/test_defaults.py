"""A default that adapters, the command line and the page share stands once, in ``lmdemo.adapters.outputs``."""

import ast
from collections import Counter

import pytest

from lmdemo.__main__ import parser
from lmdemo.adapters import outputs
from tests.conftest import PROJECT

OPTIONS = {"max_new_tokens", "temperature", "top_k", "top_p", "num_beams", "score_threshold", "iou_threshold"}


def literals(text: str) -> list[tuple[str, object]]:
    """Options whose default is written out as a number in a signature."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            a = node.args
            plain = zip(reversed([*a.posonlyargs, *a.args]), reversed(a.defaults), strict=False)
            for argument, default in [*plain, *zip(a.kwonlyargs, a.kw_defaults, strict=True)]:
                if argument.arg in OPTIONS and isinstance(default, ast.Constant):
                    found.append((argument.arg, default.value))
    return found


def test_no_default_is_written_out_twice():
    written = Counter(
        pair for path in (PROJECT / "lmdemo" / "adapters").rglob("*.py") for pair in literals(path.read_text())
    )
    assert [pair for pair, times in written.items() if times > 1] == []


def test_a_second_one_is_found():
    assert literals("def f(x, top_k=3, *, top_p: float = 1.0, seed=0): ...") == [("top_k", 3), ("top_p", 1.0)]


@pytest.mark.parametrize("name", ["SCORE_THRESHOLD", "IOU_THRESHOLD", "DARKNET_IOU_THRESHOLD"])
def test_the_command_line_tells_them(name):
    detect = parser()._subparsers._group_actions[0].choices["detect"]
    assert str(getattr(outputs, name)) in detect.format_help()
