"""How the page is started: what each option changes, and the same functions over the API and as MCP tools."""

import json
import socket

import httpx
import pytest
from gradio_client import Client

import app as app_module
from demos.hosting import profiles
from demos.hosting.limits import VisitorLimit
from tests.demos.conftest import start_app


@pytest.fixture
def launched(monkeypatch):
    """What would have been launched, without a server."""
    seen = {}

    class Fake:
        def queue(self, **options):
            seen.update(options)

        def launch(self, **options):
            seen.update(options)

    monkeypatch.setattr(profiles, "build_app", Fake)

    def launch(*options: str) -> dict:
        profiles.launch(app_module.parser().parse_args(options))
        return seen

    return launch


def test_by_default_it_listens_to_this_machine_alone(launched):
    seen = launched()
    assert (seen["server_name"], seen["server_port"], seen["share"], seen["auth"]) == ("127.0.0.1", 7860, False, None)
    assert seen["api_open"] and not seen["show_error"] and seen["max_size"] == profiles.LOCAL_QUEUE
    assert VisitorLimit not in [m.cls for m in seen["app_kwargs"]["middleware"]]


def test_a_public_link_turns_limits_on_and_suggests_a_password(launched, capsys):
    seen = launched("--share")
    assert seen["share"] and not seen["api_open"] and seen["max_size"] == profiles.SHARED_QUEUE
    assert VisitorLimit in [m.cls for m in seen["app_kwargs"]["middleware"]]
    said = capsys.readouterr().out
    assert "expires" in said and "--auth" in said


def test_a_password_may_hold_a_colon(launched, capsys):
    seen = launched("--share", "--auth", "teacher:a:b", "--host", "0.0.0.0", "--port", "8000", "--mcp", "--open")
    assert seen["auth"] == ("teacher", "a:b") and seen["server_name"] == "0.0.0.0" and seen["server_port"] == 8000
    assert seen["mcp_server"] and seen["inbrowser"] and "--auth" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "value, on", [("1", True), ("true", True), ("YES", True), ("0", False), ("", False), ("no", False)]
)
def test_switches_are_variables_and_the_command_line_wins(monkeypatch, value, on):
    monkeypatch.setenv("LMDEMO_MCP", value)
    assert app_module.parser().parse_args([]).mcp is on
    assert app_module.parser().parse_args(["--no-mcp"]).mcp is False


@pytest.mark.parametrize("options", [["--port", "many"], ["--nonsense"]])
def test_a_wrong_option_is_told_in_a_line(options, capsys):
    with pytest.raises(SystemExit) as end:
        app_module.parser().parse_args(options)
    assert end.value.code == 2 and "error:" in capsys.readouterr().err


@pytest.fixture(scope="module")
def with_mcp(tmp_path_factory):
    process, address = start_app("--offline", "--mcp", LMDEMO_HUB_DIR=str(tmp_path_factory.mktemp("hub")))
    yield address
    process.terminate()
    process.wait(20)


def ask(address: str, method: str, params: dict) -> dict:
    """One JSON-RPC call of the Model Context Protocol over HTTP."""
    answer = httpx.post(
        f"{address}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        timeout=60,
        headers={"Accept": "application/json, text/event-stream"},
        follow_redirects=True,
    )
    answer.raise_for_status()
    data = next((line[5:] for line in answer.text.splitlines() if line.startswith("data:")), answer.text)
    return json.loads(data)["result"]


def test_every_function_is_a_tool_with_the_same_description(with_mcp):
    functions = Client(with_mcp, verbose=False).view_api(return_format="dict")["named_endpoints"]
    tools = {t["name"]: t for t in ask(with_mcp, "tools/list", {})["tools"]}
    assert {n.lstrip("/") for n in functions} == set(tools) and {"recommend", "status", "cnn_classify"} <= set(tools)
    for name, tool in tools.items():
        assert tool["description"].strip(), name
        named = {p["parameter_name"] for p in functions[f"/{name}"]["parameters"]}
        assert named == set(tool["inputSchema"]["properties"]), name
        assert all(p["python_type"]["type"] != "Any" for p in functions[f"/{name}"]["parameters"]), name


def test_a_tool_answers_and_tells_what_is_wrong(with_mcp):
    good = ask(
        with_mcp,
        "tools/call",
        {"name": "recommend", "arguments": {"task": "name-picture", "data": "thousands", "compute": "laptop"}},
    )
    assert not good.get("isError") and "cnn" in good["content"][0]["text"]
    bad = ask(with_mcp, "tools/call", {"name": "recommend", "arguments": {"task": "cook-dinner"}})
    assert bad["isError"] and "Traceback" not in bad["content"][0]["text"]


def test_start_recommends_and_tells_its_status(with_mcp):
    client = Client(with_mcp, verbose=False)
    ranked = client.predict(task="find-objects", data="thousands", compute="laptop", api_name="/recommend")
    assert ranked[0]["member"] == "yolo" and ranked == sorted(ranked, key=lambda r: -r["points"])
    client.predict(model="cnn-digits", api_name="/cnn_layers")
    told = client.predict(api_name="/status")
    assert {m["name"]: m["loaded"] for m in told["models"]}["cnn-digits"] and told["memory_mb"] > 10


@pytest.mark.parametrize(
    "options, said",
    [
        (["--auth", "name"], "USER:PASSWORD"),
        (["--auth", ":secret"], "USER:PASSWORD"),
        (["--device", "foo"], "cpu, cuda or mps"),
        (["--darknet", "/nowhere"], "*.cfg, *.weights, *.names"),
    ],
)
def test_a_mistake_in_the_options_is_told_in_a_line(options, said, capsys):
    with pytest.raises(SystemExit) as ended:
        app_module.main(options)
    told = capsys.readouterr().err
    assert ended.value.code == 2 and said in told and len(told.splitlines()) == 1


def test_a_port_that_is_taken_is_told_before_anything_is_built(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit):
            app_module.main(["--port", str(taken.getsockname()[1])])
    assert "is taken" in capsys.readouterr().err
