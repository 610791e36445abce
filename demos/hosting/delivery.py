"""How pages reach the browser: links of before lead on, pages are compressed, and assets are kept."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

import demos

KEPT = b"public, max-age=31536000, immutable"  # Gradio's assets have a hash of their content in their names
SMALLEST = 1_000  # bytes worth compressing


class Delivery:
    """An ASGI middleware that leads links of a member to its family's page, and lets browsers keep Gradio's assets."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app
        self.pages = {row.family: row.path for row in demos.TABS} | {row.member: row.path for row in demos.TABS}

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Redirects, or passes the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        *_, folder, page = f"/{scope['path']}".split("/")
        if page in self.pages.values() and scope["method"] in ("GET", "HEAD"):
            query = scope.get("query_string", b"")
            wanted = self.pages.get(parse_qs(query.decode("latin-1")).get("tab", [""])[0])
            if wanted is not None and wanted != page:
                location = f"./{wanted}".encode() + b"?" + query
                await send({"type": "http.response.start", "status": 307, "headers": [(b"location", location)]})
                await send({"type": "http.response.body", "body": b""})
                return

        async def kept(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(raw=message["headers"])["cache-control"] = KEPT.decode()
            await send(message)

        await self.app(scope, receive, kept if folder == "assets" else send)


def middleware() -> list[Middleware]:
    """What every way of hosting has in front of the app."""
    return [Middleware(Delivery), Middleware(GZipMiddleware, minimum_size=SMALLEST)]
