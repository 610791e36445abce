"""The page under many visitors: memory over a thousand requests and two hundred sessions, and what one session weighs."""

import json
import urllib.request
import uuid

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.serving import APP, serving

REQUESTS, SESSIONS, WARM = 1_000, 200, 200


def _config(port: int) -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/config") as answer:
        return json.load(answer)


def _ask(port: int, number: int, data: list, session: str) -> None:
    """One request of a browser: it joins the queue and listens until it has its answer."""
    address = f"http://127.0.0.1:{port}/gradio_api/queue"
    body = {"data": data, "fn_index": number, "session_hash": session, "event_data": None, "trigger_id": None}
    request = urllib.request.Request(
        f"{address}/join", json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request):
        pass
    with urllib.request.urlopen(f"{address}/data?session_hash={session}") as events:
        for line in events:
            if b'"process_completed"' in line:
                assert b'"success":true' in line, line[:400]
                return


def measure(threads: int, rounds: int) -> list[Figure]:
    """A visitor's load of a page, and a function with a model, in sessions of their own."""
    import psutil

    with serving(APP, threads) as (port, _, pid):
        dependencies = _config(port)["dependencies"]
        loads = [d["id"] for d in dependencies if any(t[1] == "load" for t in d["targets"]) and d["backend_fn"]]
        pieces = next(d["id"] for d in dependencies if d["api_name"] == "bert_pieces")

        def visit(number: int) -> None:
            """A page that opens is a session of its own."""
            _ask(port, loads[number % len(loads)], ["{}"], uuid.uuid4().hex)

        def memory() -> float:
            return psutil.Process(pid).memory_info().rss / 1e6

        def work(requests: int, sessions: int) -> None:
            for i in range(sessions):
                visit(i)
            for i in range(requests):
                _ask(port, pieces, ["a dog runs", "scratch", "en"], f"asks-{i % 20}")

        work(WARM, WARM)
        before = memory()
        for i in range(SESSIONS):
            visit(i)
        between = memory()
        work(REQUESTS, 0)
        after = memory()
    note = f"{before:.0f} MB before, {after:.0f} MB after"
    return [
        Figure(
            f"memory growth over {REQUESTS} requests and {SESSIONS} sessions", 100 * (after / before - 1), "%", 5, note
        ),
        Figure("memory of a session", 1000 * (between - before) / SESSIONS, "KB", 100),
    ]
