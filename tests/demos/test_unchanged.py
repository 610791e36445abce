"""What programs and copied links rely on, held against what was recorded: functions, MCP tools, the fields of the URL.

``python -m tests.demos.test_unchanged`` records anew, after a change that is meant; ``git diff tests/fixtures`` then shows it.
"""

import inspect
import json
from collections.abc import Callable
from functools import reduce
from typing import Any
from unittest import mock

import httpx
import pytest

import demos
from tests.conftest import PROJECT
from tests.demos.conftest import start_app

FIXTURES = PROJECT / "tests" / "fixtures"
NUMBERS = ("-6", "-5", "-1", "0", "0.01", "0.5", "1", "1.5", "5", "16", "20", "30", "50", "64", "100", "101", "168")
PROBES = (*NUMBERS, "200", "201", "500", "501", "1000", "1e9", "nan", "", "true", "false", "nonsense", "<b>")
LENGTHS = (1, 240, 241, 500, 501, 1000, 1001, 2000, 2001, 4096, 4097)


# -- what there is now -----------------------------------------------------------------------------------------------------------------


def api(address: str) -> dict[str, dict]:
    """Every public function as ``/gradio_api/info`` tells it; what Gradio numbers or invents (labels, samples) is left out."""
    left_out = {"label", "example_input"}

    def said(values: list[dict]) -> list[dict]:
        return [{k: v for k, v in value.items() if k not in left_out} for value in values]

    info = httpx.get(f"{address}/gradio_api/info", timeout=60).json()
    assert not info["unnamed_endpoints"]
    return {
        name: {
            "description": found["description"],
            "parameters": said(found["parameters"]),
            "returns": said(found["returns"]),
        }
        for name, found in info["named_endpoints"].items()
    }


def mcp(address: str) -> dict[str, dict]:
    """Every MCP tool as it is served: description and the schema of its input."""
    answer = httpx.post(
        f"{address}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
        headers={"Accept": "application/json, text/event-stream"},
        follow_redirects=True,
        timeout=60,
    )
    data = next((line[5:] for line in answer.text.splitlines() if line.startswith("data:")), answer.text)
    tools = json.loads(data)["result"]["tools"]
    return {t["name"]: {"description": t["description"], "inputSchema": t["inputSchema"]} for t in tools}


def built() -> list:
    """The fields that the app's pages keep in the URL."""
    pages = []

    class Seen(demos.Page):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            pages.append(self)

    with mock.patch.object(demos, "Page", Seen):
        demos.build_app()
    return [field for page in pages for field in page.fields]


def admits(check: Callable[[str], object], allowed: list[str]) -> dict[str, object]:
    """What a field's check makes of a range of values: it is what a link may hold."""

    def value(text: str) -> object:
        try:
            return check(text)
        except ValueError:
            return None

    made = {text: found for text in (*PROBES, *allowed) if (found := value(text)) is not None}
    as_text = all(text == found for text, found in made.items())
    lengths = [n for n in LENGTHS if value("x" * n) is not None]
    return {"values": sorted(made) if as_text else made, "longest": max(lengths, default=0)}


def fields(kept: list) -> dict[str, dict]:
    """The URL's keys: whose, what needs no mention, how much is written, and what is read back."""
    rows = {}
    for field in kept:
        allowed = inspect.getclosurevars(field.check).nonlocals.get("values", ()) if callable(field.check) else ()
        rows[f"{field.member or 'page'}.{field.name}"] = {
            "initial": field.initial,
            "limit": field.limit,
            "allowed": list(allowed),
            "admits": admits(field.check, list(allowed)),
        }
    pages = sum(field.member is None for field in kept)  # each has a field for the language
    assert len(rows) == len(kept) - pages + 1
    return rows


# -- then and now ----------------------------------------------------------------------------------------------------------------------


def recorded(name: str):
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def differences(then: object, now: object, at: str = "") -> list[str]:
    """Each place where two JSON values differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        keys = sorted(then.keys() | now.keys())
        gone = [f"{at}.{k}: gone, was {then[k]!r:.300}" for k in keys if k not in now]
        new = [f"{at}.{k}: new, is {now[k]!r:.300}" for k in keys if k not in then]
        return (
            gone + new + [d for k in keys if k in then and k in now for d in differences(then[k], now[k], f"{at}.{k}")]
        )
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [d for i, (a, b) in enumerate(zip(then, now, strict=True)) for d in differences(a, b, f"{at}[{i}]")]
    return [] if then == now and type(then) is type(now) else [f"{at}: was {then!r:.300}, is {now!r:.300}"]


def compare(name: str, now: object) -> None:
    found = differences(recorded(name), json.loads(json.dumps(now)), name)
    assert not found, f"{len(found)} differences:\n" + "\n".join(found)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    process, address = start_app("--offline", "--mcp", LMDEMO_HUB_DIR=str(tmp_path_factory.mktemp("hub")))
    yield address
    process.terminate()
    process.wait(20)


def test_functions_are_those_recorded(address):
    compare("api", api(address))


def test_mcp_tools_are_those_recorded(address):
    compare("mcp", mcp(address))


def test_the_url_holds_what_was_recorded():
    compare("fields", fields(built()))


def test_a_difference_is_named():
    then = {"a": [{"type": "int", "default": 1}], "b": 1, "c": [1]}
    now = {"a": [{"type": "int", "default": 1.0}], "d": 2, "c": [1, 2]}
    told = ["x.b: gone, was 1", "x.d: new, is 2", "x.a[0].default: was 1, is 1.0", "x.c: was [1], is [1, 2]"]
    assert differences(then, now, "x") == told and differences(then, then) == []


# -- recording -------------------------------------------------------------------------------------------------------------------------


def lines(value: object, indent: int = 0) -> str:
    """JSON with sorted keys, in which what fits into a line stands in one."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(line) + indent <= 116 or not isinstance(value, dict | list) or not value:
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(k, ensure_ascii=False)}: {lines(v, indent + 1)}" for k, v in sorted(value.items())]
    else:
        rows = [inner + lines(v, indent + 1) for v in value]
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):  # as many as fit into a line
        rows = reduce(_filled, rows, [])
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}\n" + ",\n".join(rows) + f"\n{' ' * indent}{closed}"


def _filled(rows: list[str], row: str) -> list[str]:
    if rows and len(rows[-1]) + len(row) < 116:
        return [*rows[:-1], f"{rows[-1]}, {row.lstrip()}"]
    return [*rows, row]


def main() -> None:
    process, address = start_app("--offline", "--mcp")
    try:
        kept = built()
        found = {"api": api(address), "mcp": mcp(address), "fields": fields(kept)}
    finally:
        process.terminate()
        process.wait(20)
    FIXTURES.mkdir(exist_ok=True)
    for name, value in found.items():
        (FIXTURES / f"{name}.json").write_text(lines(value) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
