"""The CNN against the same layers in torch.nn and against ONNX Runtime."""

import tempfile
from pathlib import Path

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved


def measure(threads: int, rounds: int) -> list[Figure]:
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
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # its idle threads would slow what comes next
        session = onnxruntime.InferenceSession(Path(folder) / "cnn.onnx", options, providers=["CPUExecutionProvider"])
        name, array = session.get_inputs()[0].name, x.numpy()
        with torch.inference_mode():
            times = interleaved(
                {
                    "ours": lambda: model(x),
                    "torch.nn": lambda: same(x),
                    "onnx": lambda: session.run(None, {name: array}),
                },
                rounds=20 * rounds,
                warmup=20,
            )
    return [
        Figure(
            "CNN, one picture / the same layers in torch.nn",
            times["ours"] / times["torch.nn"],
            "ratio",
            1.05,
            f"{1000 * times['ours']:.2f} ms",
        ),
        Figure(
            "CNN, one picture / ONNX Runtime",
            times["ours"] / times["onnx"],
            "ratio",
            None,
            f"{1000 * times['onnx']:.2f} ms",
        ),
    ]
