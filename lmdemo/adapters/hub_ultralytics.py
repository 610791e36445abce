"""Ultralytics' own YOLOv8n. The one module that imports ultralytics (AGPL-3.0), and only when it is chosen."""

import copy
import hashlib
import os
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.object_detection import ObjectDetection, Seen
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.errors import HubFileError

PINNED = HUB["yolov8n"].files[0]
_exporting = threading.Lock()


class Checkpoint(NamedTuple):
    """An opened Ultralytics checkpoint.

    Attributes:
        network: Its ``DetectionModel``, float32, in evaluation mode.
        labels: Names of its kinds of objects.
        sppf_activation: Whether ``SPPF.cv1`` has an activation; releases differ, and the tensors do not tell.
        bytes: Of the file.
    """

    network: nn.Module
    labels: tuple[str, ...]
    sppf_activation: bool
    bytes: int

    @property
    def state(self) -> dict[str, Tensor]:
        """Its tensors by Ultralytics' names."""
        return self.network.state_dict()


def import_ultralytics() -> Any:
    """Imports ultralytics so that it neither calls home, nor installs anything, nor runs code that a checkpoint holds."""
    os.environ["ULTRALYTICS_SAFE_LOAD"] = "1"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ.setdefault("YOLO_OFFLINE", "true")
    os.environ.setdefault("YOLO_VERBOSE", "false")
    os.environ.setdefault("YOLO_CONFIG_DIR", str(Path(tempfile.gettempdir()) / f"lmdemo-ultralytics-{os.getuid()}"
                                                 if hasattr(os, "getuid") else tempfile.gettempdir()))
    from PIL import Image

    opener = Image.open
    try:
        import ultralytics
        import ultralytics.utils.patches  # replaces PIL's opener for the whole process, and asks for a package on bad files
    finally:
        Image.open = opener
    return ultralytics


def open_checkpoint(folder: Path) -> Checkpoint:
    """Opens ``yolov8n.pt`` of a folder, if it is the pinned file: a pickle can run code, so no other one is opened.

    Raises:
        HubFileError: Its size or its checksum is another.
    """
    path = Path(folder) / PINNED.name
    content = path.read_bytes() if path.is_file() else b""
    found = hashlib.sha256(content).hexdigest()
    if found != PINNED.sha256:
        raise HubFileError("checksum", expected=f"{PINNED.name}, {PINNED.bytes:,} bytes, sha256 {PINNED.sha256[:12]}…",
                           got=f"{len(content):,} bytes, sha256 {found[:12]}…" if content else "no such file",
                           hint="Delete the file and fetch it again; no other checkpoint is opened here.")
    import_ultralytics()
    from ultralytics.nn.tasks import load_checkpoint

    network, _ = load_checkpoint(str(path))
    network.requires_grad_(False)
    names = network.names
    return Checkpoint(network, tuple(names[i] for i in range(len(names))),
                      not isinstance(network.model[9].cv1.act, nn.Identity), len(content))


def random_detector(generator: torch.Generator, pictures: Tensor | None = None) -> nn.Module:
    """YOLOv8n as Ultralytics builds it from the description in its package, with random weights and statistics, for
    comparisons that need no download.

    Args:
        generator: Its luck.
        pictures: (B, 3, H, W), whose statistics batch normalisation takes; noise by default.
    """
    import_ultralytics()
    from ultralytics.nn.tasks import DetectionModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch.randint(2**31, (), generator=generator).item())
        network = DetectionModel("yolov8n.yaml", verbose=False).requires_grad_(False)
        norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
        for norm in norms:
            norm.weight.uniform_(0.7, 1.4)
            norm.bias.normal_(0, 0.2)
            norm.momentum = 1.0
        network.train()(torch.rand(2, 3, 128, 128) if pictures is None else pictures)  # statistics of real signals, so that none fades on its way
        for norm in norms:
            norm.momentum = 0.03
        for branch in network.model[-1].cv3:  # so that some boxes are surer than others
            branch[-1].weight.mul_(0.3)
            branch[-1].bias.fill_(-5)
    return network.eval()


def random_pair(folder: Path) -> tuple["UltralyticsDetection", Any, str]:
    """The same random YOLOv8n twice, and a picture that it finds something in: for benchmarks that need no download.

    Args:
        folder: Where our adapter may keep its graph.

    Returns:
        Our adapter, Ultralytics' ``YOLO``, and the path of a JPEG file in its package.
    """
    from lmdemo.data.detection import letterbox, read_picture

    module = import_ultralytics()
    path = Path(module.utils.ASSETS) / "bus.jpg"
    framed, _ = letterbox(read_picture(path), 640)
    pixels = torch.from_numpy(framed).permute(2, 0, 1)[None].float() / 255
    network = random_detector(torch.Generator().manual_seed(0), torch.cat((pixels, pixels.flip(3))))
    theirs = module.YOLO("yolov8n.yaml", verbose=False)
    theirs.model = copy.deepcopy(network)
    info = Info(name="yolov8n", member="yolo", task="object-detection", source="hub", parameters=0, bytes=0, device="cpu", revision="",
                licence="", training_data="")
    names = network.names
    checkpoint = Checkpoint(network, tuple(str(names[i]) for i in range(len(names))), True, 0)
    return UltralyticsDetection(checkpoint, info, folder), theirs, str(path)


def their_suppression(answer: Tensor, *, score_threshold: float, iou_threshold: float) -> Tensor:
    """Ultralytics' own suppression of an answer (1, 4 + K, N): xmin, ymin, xmax, ymax, score, label, (kept, 6)."""
    import_ultralytics()
    from ultralytics.utils.nms import non_max_suppression

    return non_max_suppression(answer.clone(), score_threshold, iou_threshold)[0]


class _Answer(nn.Module):
    """Only the tensor that detection needs: centre, size, and probabilities of the labels, (1, 4 + K, N)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images)[0]


class UltralyticsDetection(ObjectDetection):
    """Finds the 80 kinds of things of COCO with YOLOv8n.

    Takes and gives what :class:`ObjectDetection` does, with the same options and the same trace. On a CPU the network
    runs in ONNX Runtime, on a graph that is exported at first use and kept beside the checkpoint; with a trace, and on
    a GPU, in torch.
    """

    sources = ("hub",)

    def __init__(self, checkpoint: Checkpoint, info: Info, folder: Path) -> None:
        Adapter.__init__(self, checkpoint.network.to(info.device), info)
        self._labels, self._folder = checkpoint.labels, folder
        self._sessions: dict[int, Any] = {}

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens the folder of the fetched yolov8n.pt."""
        checkpoint = open_checkpoint(folder)
        parameters = sum(p.numel() for p in checkpoint.network.parameters())
        return cls(checkpoint, Info(
            name="yolov8n", member="yolo", task="object-detection", source=source, parameters=parameters,
            bytes=checkpoint.bytes, device=device, revision=HUB["yolov8n"].revision, licence="AGPL-3.0",
            training_data="COCO"), Path(folder))

    @property
    def labels(self) -> tuple[str, ...]:
        """COCO's 80 names."""
        return self._labels

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return 640

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Seen:
        """Looks once."""
        pixels, (width, height) = tensors["pixel_values"], tensors["size"]
        edges, maps = None, ()
        if trace or self.device.type != "cpu":
            with _exporting:  # their head keeps its grid between calls
                answer, raw = self.model(pixels)
            answer = answer[0].cpu().numpy()
            edges = raw["boxes"][0].unflatten(0, (4, -1)).permute(2, 0, 1).cpu().numpy()  # (4 R, N) -> (N, 4, R)
            neck = tuple(m[0].cpu().numpy() for m in raw["feats"])
            maps = (*self._backbone(pixels), *neck) if trace else ()
        else:
            answer = self._session().run(None, {"images": pixels.numpy()})[0][0]
        center, half = answer[:2].T, answer[2:4].T / 2
        return Seen(answer[4:].T, np.concatenate((center - half, center + half), axis=1), tensors["frame"], width, height,
                    tensors["framed"], edges, maps)

    def _backbone(self, pixels: Tensor) -> tuple[np.ndarray, ...]:
        maps, x = [], pixels
        for layer in self.model.model[:10]:
            x = layer(x)
            maps.append(x)
        return tuple(maps[i][0].cpu().numpy() for i in (4, 6, 9))  # strides 8, 16, 32

    def _session(self) -> Any:
        """ONNX Runtime with as many threads as torch has now."""
        threads = torch.get_num_threads()
        with _exporting:
            if threads not in self._sessions:
                import onnxruntime

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
                self._sessions[threads] = onnxruntime.InferenceSession(str(self._graph()), options, ["CPUExecutionProvider"])
            return self._sessions[threads]

    def _graph(self) -> Path:
        name = f"yolov8n-{PINNED.sha256[:12]}.onnx"
        path = self._folder / name
        if not os.access(self._folder, os.W_OK):
            path = Path(tempfile.gettempdir()) / name
        if not path.exists():
            export_graph(self.model, path)
        return path


def export_graph(network: nn.Module, path: Path) -> None:
    """Writes a detector as an ONNX graph for one picture (1, 3, H, W) of any height and width.

    Args:
        network: An Ultralytics ``DetectionModel`` in evaluation mode, on the CPU.
        path: The file to write; it appears whole or not at all.
    """
    network = copy.deepcopy(network).fuse(verbose=False)
    head = network.model[-1]
    head.export, head.dynamic, head.format = False, True, "onnx"
    part = path.with_suffix(f".{os.getpid()}.part")
    sides = {2: "height", 3: "width"}
    with warnings.catch_warnings():  # their head is written for the exporter that traces, which torch calls legacy
        warnings.simplefilter("ignore")
        torch.onnx.export(_Answer(network).eval(), (torch.zeros(1, 3, 320, 416),), str(part), input_names=["images"],
                          output_names=["answer"], dynamic_axes={"images": sides, "answer": {2: "cells"}}, dynamo=False,
                          opset_version=17)
    os.replace(part, path)
