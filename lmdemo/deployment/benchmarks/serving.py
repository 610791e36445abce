"""The page and a bare Gradio app as processes: they are measured from outside, neither is imported."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent.parent
BARE_SOURCE = """
import gradio as gr, sys
def echo(image: str) -> dict:
    return {"label": image}
with gr.Blocks(analytics_enabled=False) as demo:
    with gr.Tabs():
        with gr.Tab("one"):
            box, out = gr.Image(type="filepath"), gr.JSON()
            gr.Button("go").click(echo, box, out, api_name="echo")
demo.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""
APP = [sys.executable, "app.py", "--port", "PORT"]
BARE = [sys.executable, "-c", BARE_SOURCE, "PORT"]


@contextmanager
def serving(command: list[str], threads: int = 1) -> Iterator[tuple[int, float, int]]:
    """A page in a process: port, seconds from its start to the first page answered, process id."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = os.environ | {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "OMP_NUM_THREADS": str(threads),
        "LMDEMO_OFFLINE": "1",
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                    answer.read()
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - started > 120:
                    raise
                time.sleep(0.01)
        yield port, time.perf_counter() - started, process.pid
    finally:
        process.terminate()
        process.wait(20)
