"""Starts the page. ``python app.py --help`` lists the options; each is also a variable, such as LMDEMO_PORT for --port."""

import argparse
import gc
import os
import re
import socket
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """The options, with defaults from the environment."""
    p = argparse.ArgumentParser(description="Starts the page. Each option --xyz is also the variable LMDEMO_XYZ.")

    def option(name: str, default: str | None, help: str, **kind) -> None:
        p.add_argument(f"--{name}", default=os.environ.get(f"LMDEMO_{name.upper()}", default), help=help, **kind)

    def switch(name: str, help: str) -> None:
        on = os.environ.get(f"LMDEMO_{name.upper()}", "").lower() in ("1", "true", "yes", "on")
        p.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=on, help=help)

    option(
        "host",
        None,
        "address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 for the network (default 127.0.0.1)",
    )
    option("port", None, "port (default 7860; on Spaces what the Space says)", type=int)
    switch(
        "share", "a public link, over the internet, that expires after a week; request limits are turned on; set --auth"
    )
    option("auth", None, "user:password that visitors must give", metavar="USER:PASSWORD")
    option("device", None, "cpu, cuda or mps (default: the best one here)")
    option(
        "darknet",
        None,
        "folder with a cfg, a weights and a names file, such as yolov3's, for Vision, YOLO",
        metavar="DIR",
    )
    switch("offline", "use no network: only models that are on this machine")
    switch("mcp", "offer the page's functions as MCP tools at /gradio_api/mcp")
    switch("open", "open a browser once the page is up")
    return p


def wrong_with(args: argparse.Namespace) -> str:
    """What can't be served with these options, in a sentence that says what to do; "" where nothing is wrong."""
    if args.auth is not None and not all(args.auth.partition(":")):
        return "--auth wants USER:PASSWORD, with a colon between them."
    if args.device and not re.fullmatch(r"cpu|mps|cuda(:\d+)?", args.device):
        return f"--device wants cpu, cuda or mps, not {args.device}."
    if args.darknet:
        missing = [
            f"*{ending}" for ending in (".cfg", ".weights", ".names") if not list(Path(args.darknet).glob(f"*{ending}"))
        ]
        if missing:
            return f"--darknet {args.darknet}: there is no {', '.join(missing)}; name a folder that has a cfg, a weights and a names file."
    if port := args.port or (None if "SPACE_ID" in os.environ else 7860):
        with socket.socket() as probe:
            if probe.connect_ex((args.host or "127.0.0.1", port)) == 0:
                return f"Port {port} is taken: another program, or another lmdemo, listens there. --port takes another one."
    return ""


def main(argv: list[str] | None = None) -> None:
    """Builds the page and serves it until it is stopped."""
    top = parser()
    args = top.parse_args(argv)
    if wrong := wrong_with(args):
        top.exit(2, f"{wrong}\n")
    if args.device:
        os.environ["LMDEMO_DEVICE"] = args.device
    if args.darknet:
        os.environ["LMDEMO_DARKNET"] = args.darknet
    if args.offline:
        os.environ["LMDEMO_OFFLINE"] = os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

    gc.disable()  # until the page is built: see demos.core.startup.unswept
    from demos.hosting.profiles import launch  # after the environment, which libraries read when they are imported

    launch(args)


if __name__ == "__main__":
    main()
