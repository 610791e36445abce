"""One visitor of a public page can't ask for everything; the others, and reading the page, are left alone."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from demos.hosting import limits
from demos.hosting.limits import VisitorLimit

JOIN = "/gradio_api/queue/join"


@pytest.fixture
def served():
    """An application with a limit of three requests in ten seconds, and a clock that the test moves."""
    now = [0.0]

    async def answer(_):
        return PlainTextResponse("fine")

    app = Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET", "POST"])],
        middleware=[Middleware(VisitorLimit, requests=3, seconds=10, clock=lambda: now[0])],
    )
    return TestClient(app), now


def test_who_asks_too_often_waits_and_the_others_do_not(served):
    client, now = served
    one, two = {"x-forwarded-for": "1.2.3.4, 10.0.0.1"}, {"x-forwarded-for": "5.6.7.8, 10.0.0.1"}
    assert [client.post(JOIN, headers=one).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.post(JOIN, headers=two).status_code == 200 and client.post(JOIN).status_code == 200
    assert (
        client.get("/", headers=one).status_code == 200
        and client.post("/gradio_api/heartbeat", headers=one).status_code == 200
    )
    now[0] = 10.1
    assert client.post(JOIN, headers=one).status_code == 200


@pytest.mark.parametrize(
    "query, said",
    [("", "Please wait a moment"), ("?tab=cnn&lang=hi-Latn", "Thoda rukiye"), ("?lang=%ff", "Please wait")],
)
def test_the_refusal_is_in_the_visitors_language(served, query, said):
    client, _ = served
    for path in ("/gradio_api/run/x", "/gradio_api/call/x", "/gradio_api/upload"):
        client.post(path)
    refused = client.post(JOIN + query)
    assert refused.status_code == 429 and said in refused.json()["detail"] and refused.headers["retry-after"] == "10"


def test_only_so_many_visitors_are_remembered(monkeypatch):
    monkeypatch.setattr(limits, "KNOWN_AT_ONCE", 5)
    limit = VisitorLimit(None)
    assert all(limit._admit(str(i)) for i in range(20)) and list(limit.asked) == ["15", "16", "17", "18", "19"]
