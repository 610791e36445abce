"""How much one visitor of a public page may ask for, so that the others get answers too."""

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from demos.core.words import say

REQUESTS, SECONDS = 240, 60.0  # a click takes about five, a slider that is dragged a few a second
COUNTED = ("/queue/join", "/run/", "/call/", "/upload")
KNOWN_AT_ONCE = 10_000  # visitors who are remembered


class VisitorLimit:
    """An ASGI middleware that answers 429 to whom asks more often than ``requests`` in ``seconds``.

    A visitor is told apart by the address that the proxy of a public link notes, else by their own. That is a courtesy
    among well-meaning people, not a defence.

    Args:
        app: The application behind it.
        requests: How many requests that make the page compute are answered.
        seconds: In which time.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        requests: int = REQUESTS,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app, self.requests, self.seconds, self.clock = app, requests, seconds, clock
        self.asked: dict[str, deque[float]] = {}

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        """Passes a request on, or refuses it in the visitor's language."""
        if (
            scope["type"] != "http"
            or scope["method"] != "POST"
            or not any(part in scope["path"] for part in COUNTED)
            or self._admit(_visitor(scope))
        ):
            await self.app(scope, receive, send)
            return
        lang = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", ["en"])[0]
        body = json.dumps({"detail": say(lang, "too_often", n=self.requests, seconds=int(self.seconds))}).encode()
        headers = [(b"content-type", b"application/json"), (b"retry-after", str(int(self.seconds)).encode())]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _admit(self, visitor: str) -> bool:
        now = self.clock()
        times = self.asked.pop(visitor, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        admitted = len(times) < self.requests
        if admitted:
            times.append(now)
        self.asked[visitor] = times  # last in, so the first are those who were not here for longest
        if len(self.asked) > KNOWN_AT_ONCE:
            del self.asked[next(iter(self.asked))]
        return admitted


def _visitor(scope: dict) -> str:
    forwarded = next((value for name, value in scope["headers"] if name == b"x-forwarded-for"), b"").decode("latin-1")
    return forwarded.split(",")[0].strip() or (scope.get("client") or ("",))[0]
