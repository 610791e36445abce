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
        with gr.Tab("one", elem_id="bare"):
            box, out = gr.Image(type="filepath"), gr.JSON()
            gr.Button("go").click(echo, box, out, api_name="echo")
demo.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""
SMALL_SOURCE = """
import gradio as gr, sys
with gr.Blocks(analytics_enabled=False) as demo:
    with gr.Tabs(), gr.Tab("one"), gr.Row():
        with gr.Column():
            gr.Markdown("## A small app")
            box, kind = gr.Textbox(label="text"), gr.Radio(["a", "b"], value="a", label="kind")
            size, speed = gr.Dropdown(["small", "large"], label="size"), gr.Slider(0, 10, 5, label="speed")
            button = gr.Button("go")
        with gr.Column():
            page, sound = gr.HTML("<p>answer</p>"), gr.Audio(label="sound", elem_id="sound")
            with gr.Accordion("code"):
                code = gr.Code("x = 1", language="python")
    button.click(lambda text: text, box, page)
demo.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""
MORE_SOURCE = """
import sys, types
import gradio as gr
import app, demos
from demos.core.tab import Tab
def lay_out(self):
    for i in range(20):
        gr.Textbox(label=f"text {i}")
module = types.ModuleType("more")
module.say = lambda self, lang, key: key
sys.modules["more"] = module
rows = []
for i in range(MEMBERS):
    setattr(module, f"More{i}", type(f"More{i}", (Tab,), {"name": f"more-{i}", "lay_out": lay_out, "__module__": "app"}))
    rows.append(type("Row", (demos.Row,), {"say": module.say})("more", f"more-{i}", f"more:More{i}"))
demos.TABS += tuple(rows)
app.main(["--port", sys.argv[1]])
"""
APP = [sys.executable, "app.py", "--port", "PORT"]
BARE = [sys.executable, "-c", BARE_SOURCE, "PORT"]
SMALL = [sys.executable, "-c", SMALL_SOURCE, "PORT"]


def with_more(members: int) -> list[str]:
    """The page with further members, of a family of their own."""
    return [sys.executable, "-c", MORE_SOURCE.replace("MEMBERS", str(members)), "PORT"]


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
