"""The page's own scripts and styles: each is served once, at an address that changes with the release, and kept by the browser.

All styles are one sheet, ``page.css``; the scripts are the ES modules of ``demos/views``, and :data:`SCRIPTS`. The address
holds a hash of all of them, so that modules name each other relatively and a new release is fetched anew. It is relative to the
page's own address, as Gradio's are: ``/``, ``/rnn`` and ``/some/prefix/rnn`` all find it.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from demos.core.words import LANGUAGES, say

DEMOS = Path(__file__).parent.parent
SCRIPTS = ("core/typing.js", "core/early.js", "core/tour.js", "views/devices.js")  # of every page
TYPES = {".js": "text/javascript", ".css": "text/css"}
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@cache
def _files() -> dict[str, bytes]:
    """What is served, by its path below the version: read once, so that a request opens no file."""
    views = DEMOS / "views"
    sheets = [views / "_runtime.css", views / "devices.css", *sorted(views.glob("*/view.css"))]
    shared = [*(DEMOS / name for name in SCRIPTS), views / "_runtime.js"]
    modules = [*shared, *sorted(views.glob("*/view.js"))]
    rules = b"".join(p.read_bytes() for p in sheets)
    return {
        # One class more than Gradio's rules for plain elements, such as button[type=button], which come later.
        "page.css": (DEMOS / "style.css").read_bytes() + b".gradio-container {\n" + rules + b"}\n",
        **{p.relative_to(DEMOS).as_posix(): p.read_bytes() for p in modules},
    }


@cache
def version() -> str:
    """A hash over all that is served."""
    return hashlib.sha256(b"\0".join(b"\0".join((k.encode(), v)) for k, v in _files().items())).hexdigest()[:12]


def address(path: str) -> str:
    """Where a file is served, relative to the page, such as ``./lmdemo/1a2b3c/views/_runtime.js``.

    Raises:
        KeyError: There is no such file.
    """
    _files()[path]
    return f"./lmdemo/{version()}/{path}"


def head() -> str:
    """What the page's ``<head>`` needs to find them."""
    return (
        f'<link rel="stylesheet" href="{address("page.css")}">'
        f'<link rel="modulepreload" href="{address("views/_runtime.js")}">'
        f'<script type="application/json" id="lm-devices">{_devices()}</script>'
        + "".join(f'<script type="module" src="{address(path)}"></script>' for path in SCRIPTS)
    )


def _devices() -> str:
    """What ``devices.js`` says in each language."""
    return json.dumps({lang: say.group(lang, "devices") for lang in LANGUAGES}, ensure_ascii=False)


async def _serve(request: Request) -> Response:
    body = _files().get(request.path_params["path"]) if request.path_params["version"] == version() else None
    if body is None:
        raise HTTPException(404)
    return Response(body, media_type=TYPES[Path(request.path_params["path"]).suffix], headers=HEADERS)


def routes() -> list[BaseRoute]:
    """What the app's server answers before Gradio does; Gradio's own middleware compresses it."""
    return [Route("/lmdemo/{version}/{path:path}", _serve)]
