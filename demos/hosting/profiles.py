"""The one way to start the page, with what each place of hosting needs."""

import argparse
import os

from starlette.middleware import Middleware

from demos import build_app, page_options
from demos.core import assets, startup
from demos.hosting.delivery import middleware
from demos.hosting.limits import VisitorLimit

SPACES = "SPACE_ID" in os.environ
MAX_FILE = "100mb"  # an upload; each kind of input has its own, smaller limit, whose refusal is worded
SHARED_QUEUE, LOCAL_QUEUE = 16, 64  # requests that may wait
PORT = 7860
THREADS = 2  # handlers at once: two cores are the smallest machine we serve


def launch(args: argparse.Namespace) -> None:
    """Serves the page with the options of ``app.py`` until it is stopped."""
    limited = args.share or SPACES
    with startup.unswept(), startup.served_once():
        demo = build_app()
        demo.queue(
            max_size=SHARED_QUEUE if limited else LOCAL_QUEUE, default_concurrency_limit=THREADS, api_open=not limited
        )
    if args.share and not args.auth:
        print(
            "The share link is open to everyone who has it, and expires after a week. --auth USER:PASSWORD protects it."
        )
    if not SPACES:
        where = f"http://{args.host if args.host not in (None, '0.0.0.0') else '127.0.0.1'}:{args.port or PORT}"
        print(
            f"lmdemo is on {where} (Ctrl+C ends it{'' if args.share else '; --share makes a public link'})", flush=True
        )
    layers = [*middleware(), *([Middleware(VisitorLimit)] if limited else [])]
    auth = tuple(args.auth.split(":", 1)) if args.auth else None
    demo.launch(
        server_name=args.host or (None if SPACES else "127.0.0.1"),
        server_port=args.port or (None if SPACES else PORT),
        share=bool(args.share),
        auth=auth,
        inbrowser=args.open,
        mcp_server=args.mcp,
        max_file_size=MAX_FILE,
        max_threads=8 if limited else 40,
        app_kwargs={"middleware": layers, "routes": assets.routes()},
        show_error=False,
        quiet=True,  # it would name its own options
        state_session_capacity=startup.SESSIONS,
        **startup.LAUNCH,
        **page_options(),
    )
