"""Starts the page. ``python app.py --help`` lists the options; each is also a variable, such as LMDEMO_PORT for --port."""

import argparse
import gc
import os


def parser() -> argparse.ArgumentParser:
    """The options, with defaults from the environment."""
    p = argparse.ArgumentParser(description=__doc__)

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


def main(argv: list[str] | None = None) -> None:
    """Builds the page and serves it until it is stopped."""
    args = parser().parse_args(argv)
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
