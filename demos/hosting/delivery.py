"""How pages reach the browser: links of before lead on, pages are compressed, and what never changes is kept."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

import demos

KEPT = "public, max-age=31536000, immutable"  # Gradio's assets have a hash of their content in their names
SMALLEST = 1_000  # bytes worth compressing
FIXED = ("/assets/", "/lmdemo/")  # begin the addresses of what never changes: Gradio's assets, and our own
MOST_KEPT = 64_000_000  # bytes

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Delivery:
    """An ASGI middleware that leads links of a member to its family's page, and keeps what never changes.

    A page is some hundred small files, each read and compressed anew by the layers below: a browser waits for that more than
    for anything else. Here each is kept as it was sent.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app
        self.pages = {row.family: row.path for row in demos.TABS} | {row.member: row.path for row in demos.TABS}
        self.kept: dict[tuple[str, bytes], list[Message]] = {}
        self.bytes = 0

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Send) -> None:
        """Redirects, answers from what is kept, or passes the request on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(FIXED):
            await self.fixed(path, scope, receive, send)
        elif (leads := self.leads(path, scope.get("query_string", b""))) is not None:
            await send({"type": "http.response.start", "status": 307, "headers": [(b"location", leads)]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)

    def leads(self, path: str, query: bytes) -> bytes | None:
        """Where a link of a member leads, if it is not to its own family's page."""
        page = path.rpartition("/")[2]
        wanted = self.pages.get(parse_qs(query.decode("latin-1")).get("tab", [""])[0])
        if page not in self.pages.values() or wanted is None or wanted == page:
            return None
        return f"./{wanted}?".encode() + query

    async def fixed(self, path: str, scope: dict[str, Any], receive: Callable[..., Any], send: Send) -> None:
        """A file that never changes, whole, as a browser takes it."""
        headers = dict(scope["headers"])
        key = (path, headers.get(b"accept-encoding", b""))
        whole = scope["method"] == "GET" and not headers.keys() & {b"range", b"if-none-match", b"if-modified-since"}
        made: list[Message] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(raw=message["headers"])["cache-control"] = KEPT
            made.append(dict(message))
            await send(message)

        for message in self.kept.get(key, []) if whole else []:
            made.append(message)
            await send(dict(message))
        if made:
            return
        await self.app(scope, receive, keep)
        size = sum(len(message.get("body", b"")) for message in made)
        if whole and made[0].get("status") == 200 and self.bytes + size <= MOST_KEPT:
            self.kept[key] = made
            self.bytes += size


def middleware() -> list[Middleware]:
    """What every way of hosting has in front of the app."""
    return [Middleware(Delivery), Middleware(GZipMiddleware, minimum_size=SMALLEST)]
