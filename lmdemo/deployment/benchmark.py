"""``python -m lmdemo benchmark``: ratios, side by side in one run, with the machine named.

The page is measured from outside: the app and a bare Gradio app are started as processes, neither is imported.
"""

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lmdemo.errors import OptionError
from lmdemo.timing import interleaved

PROJECT = Path(__file__).parent.parent.parent
EXAMPLE = PROJECT / "demos" / "examples" / "cnn" / "sneaker.png"
BARE = """
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


@dataclass(frozen=True)
class Figure:
    """One measurement.

    Attributes:
        name: What was measured.
        value: The ratio, or the absolute figure.
        unit: ``ratio``, ``ms``, ``s``, ``MB``, ``%``.
        bar: The most that it should be; None where it is only reported.
        note: What stands behind it.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""


@contextmanager
def _serving(command: list[str], threads: int = 1) -> Iterator[tuple[int, float, int]]:
    """A page in a process: port, seconds from its start to the first page answered, process id."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "OMP_NUM_THREADS": str(threads), "LMDEMO_OFFLINE": "1"}
    started = time.perf_counter()
    process = subprocess.Popen([part.replace("PORT", str(port)) for part in command], cwd=PROJECT, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


APP = [sys.executable, "app.py", "--port", "PORT"]


def app(threads: int, rounds: int) -> list[Figure]:
    """From start to the first page answered, against a bare one-tab app; memory without a model."""
    import psutil

    times: dict[str, list[float]] = {"app": [], "bare": []}
    memory = 0.0
    for _ in range(max(3, rounds // 6)):
        for name, command in (("app", APP), ("bare", [sys.executable, "-c", BARE, "PORT"])):
            with _serving(command, threads) as (_, seconds, pid):
                times[name].append(seconds)
                if name == "app":
                    memory = psutil.Process(pid).memory_info().rss / 1e6
    ours, bare = (statistics.median(times[k]) for k in ("app", "bare"))
    return [Figure("start to first page / bare Gradio app", ours / bare, "ratio", 1.15, f"{ours:.2f} s and {bare:.2f} s"),
            Figure("memory after start, no model", memory, "MB")]


def page(threads: int, rounds: int) -> list[Figure]:
    """A classification through the page's endpoint, against an echo endpoint and the network's own time; memory over 500."""
    import psutil
    from gradio_client import Client, handle_file

    from lmdemo.loading import load

    load("cnn-fashion", device="cpu")
    with _serving(APP, threads) as (port, _, pid), _serving([sys.executable, "-c", BARE, "PORT"], threads) as (bare, _, _):
        ours, echo = (Client(f"http://127.0.0.1:{p}", verbose=False) for p in (port, bare))
        given, inner = handle_file(EXAMPLE), []

        def classify() -> None:
            inner.append(ours.predict(given, "cnn-fashion", "scratch", "en", api_name="/cnn_classify")["milliseconds"])

        times = interleaved({"classify": classify, "echo": lambda: echo.predict(given, api_name="/echo")}, rounds=rounds)
        forward = statistics.median(inner)
        for _ in range(50):
            classify()
        before = psutil.Process(pid).memory_info().rss
        for _ in range(500):
            classify()
        growth = 100 * (psutil.Process(pid).memory_info().rss / before - 1)
    over = 1000 * (times["classify"] - times["echo"]) - forward
    return [Figure("classification through the page - echo - network", over, "ms", 3.0,
                   f"{1000 * times['classify']:.1f}, {1000 * times['echo']:.1f} and {forward:.1f} ms"),
            Figure("memory growth over 500 classifications", growth, "%", 5.0)]


def cnn(threads: int, rounds: int) -> list[Figure]:
    """The network on one picture, against the same layers in torch.nn and against ONNX Runtime."""
    import onnxruntime
    import torch

    from lmdemo.loading import load
    from lmdemo.onnx import export
    from lmdemo.proofs.cnn import plain

    torch.set_num_threads(threads)
    model = load("cnn-fashion", device="cpu").model
    same, x = plain(model), torch.rand(1, 1, 28, 28)
    with tempfile.TemporaryDirectory() as folder:
        export(model, (x,), Path(folder) / "cnn.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(Path(folder) / "cnn.onnx", options, providers=["CPUExecutionProvider"])
        name, array = session.get_inputs()[0].name, x.numpy()
        with torch.inference_mode():
            times = interleaved({"ours": lambda: model(x), "torch.nn": lambda: same(x), "onnx": lambda: session.run(None, {name: array})},
                                rounds=20 * rounds, warmup=20)
    return [Figure("CNN, one picture / the same layers in torch.nn", times["ours"] / times["torch.nn"], "ratio", 1.05,
                   f"{1000 * times['ours']:.2f} ms"),
            Figure("CNN, one picture / ONNX Runtime", times["ours"] / times["onnx"], "ratio", None, f"{1000 * times['onnx']:.2f} ms")]


def hub(threads: int, rounds: int) -> list[Figure]:
    """ResNet-50 (random weights) through our adapter, against transformers' own pipeline; a second visitor's load."""
    import torch
    from PIL import Image
    from transformers import ConvNextImageProcessor, ResNetConfig, ResNetForImageClassification, pipeline

    from lmdemo.adapters.hub_image_classification import HubImageClassification
    from lmdemo.pool import Key, Pool

    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        ResNetForImageClassification(ResNetConfig(num_labels=1000)).save_pretrained(folder)
        ConvNextImageProcessor(size={"shortest_edge": 224}, crop_pct=0.875).save_pretrained(folder)
        pool, key = Pool(), Key("resnet-50", "hub", "cpu")

        def opened(_=None):
            return HubImageClassification.open(Path(folder), row=None, source="hub", device="cpu")

        adapter = pool.get(key, opened)
        theirs = pipeline("image-classification", model=folder, device="cpu")
        picture = Image.effect_noise((640, 480), 80).convert("RGB")
        times = interleaved({"ours": lambda: adapter(picture), "pipeline": lambda: theirs(picture), "again": lambda: pool.get(key, opened)},
                            rounds=rounds)
    return [Figure("ResNet-50 through our adapter / transformers' pipeline", times["ours"] / times["pipeline"], "ratio", 1.05,
                   f"{1000 * times['ours']:.0f} and {1000 * times['pipeline']:.0f} ms"),
            Figure("a second visitor's load", 1000 * times["again"], "ms")]


def recurrent(member: str, threads: int, rounds: int) -> list[Figure]:
    """Our layer against torch.nn's with the same weights, 128 inputs, 64 units, 50 steps, batches of 1 and 32."""
    import torch

    torch.set_num_threads(threads)
    if member == "rnn":
        from lmdemo.models.rnn import RNNLayer as Layer
        from lmdemo.proofs.rnn import copy_layer

        theirs, bars = torch.nn.RNN(128, 64), {1: 1.05, 32: 1.05}
    else:
        from lmdemo.models.lstm import LSTMLayer as Layer
        from lmdemo.proofs.lstm import copy_layer

        theirs, bars = torch.nn.LSTM(128, 64), {1: 4.5, 32: 2.2}
    ours = Layer(128, 64).eval()
    copy_layer(ours, theirs, "l0")
    figures = []
    for batch, bar in bars.items():
        x = torch.randn(50, batch, 128)
        with torch.inference_mode():
            times = interleaved({"ours": lambda x=x: ours(x), "torch.nn": lambda x=x: theirs(x)}, rounds=5 * rounds, warmup=10)
        figures.append(Figure(f"{member.upper()} layer, batch {batch} / torch.nn.{member.upper()}", times["ours"] / times["torch.nn"], "ratio",
                              bar, f"{1000 * times['ours']:.2f} ms, 50 steps"))
    return figures


def rnn(threads: int, rounds: int) -> list[Figure]:
    """Our RNN layer against torch.nn.RNN."""
    return recurrent("rnn", threads, rounds)


def lstm(threads: int, rounds: int) -> list[Figure]:
    """Our LSTM layer against torch.nn.LSTM."""
    return recurrent("lstm", threads, rounds)


MEASUREMENTS = {"app": app, "page": page, "cnn": cnn, "rnn": rnn, "lstm": lstm, "hub": hub}


def main(args: argparse.Namespace) -> int:
    """Runs what was asked with each number of threads, and prints one table or JSON."""
    unknown = [w for w in args.what if w not in MEASUREMENTS]
    if unknown:
        raise OptionError("unknown_option", expected=", ".join(MEASUREMENTS), got=", ".join(unknown), hint="Take some of these.")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    rows = []
    for name in args.what or MEASUREMENTS:
        for threads in args.threads:
            for figure in MEASUREMENTS[name](threads, args.rounds):
                rows.append({"what": name, "threads": threads} | asdict(figure))
                if not args.json:
                    verdict = "" if figure.bar is None else f"  (bar {figure.bar:g}: {'held' if figure.value <= figure.bar else 'missed'})"
                    print(f"{name:<5} {threads} thread{'s' if threads > 1 else ' '}  {figure.name:<58} {figure.value:8.3f} {figure.unit:<5}"
                          f"{verdict}  {figure.note}", flush=True)
    if args.json:
        print(json.dumps({"machine": machine, "figures": rows}, indent=2))
    else:
        print(machine)
    return 0
