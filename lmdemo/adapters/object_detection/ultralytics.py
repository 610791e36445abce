"""Ultralytics' own YOLOv8n. The one module that imports ultralytics (AGPL-3.0), and only when it is chosen."""

import copy
import functools
import hashlib
import os
import tempfile
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.object_detection.detector import Detector, PreparedScene, Seen
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.errors import HubFileError
from lmdemo.models.yolo import STRIDES

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
    os.environ.setdefault(
        "YOLO_CONFIG_DIR",
        str(
            Path(tempfile.gettempdir()) / f"lmdemo-ultralytics-{os.getuid()}"
            if hasattr(os, "getuid")
            else tempfile.gettempdir()
        ),
    )
    from PIL import Image

    opener, threads = Image.open, os.environ.get("OMP_NUM_THREADS")
    try:
        import ultralytics
        import ultralytics.utils.patches  # replaces PIL's opener for the whole process, and asks for a package on bad files
    finally:
        Image.open = opener
        if threads is None:
            os.environ.pop("OMP_NUM_THREADS", None)  # it asks for one thread, of all that this process starts
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
        raise HubFileError(
            "checksum",
            expected=f"{PINNED.name}, {PINNED.bytes:,} bytes, sha256 {PINNED.sha256[:12]}…",
            got=f"{len(content):,} bytes, sha256 {found[:12]}…" if content else "no such file",
            hint="Delete the file and fetch it again; no other checkpoint is opened here.",
        )
    import_ultralytics()
    from ultralytics.nn.tasks import load_checkpoint

    network, _ = load_checkpoint(str(path))
    network.requires_grad_(False)
    names = network.names
    return Checkpoint(
        network,
        tuple(names[i] for i in range(len(names))),
        not isinstance(network.model[9].cv1.act, nn.Identity),
        len(content),
    )


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
        network.train()(
            torch.rand(2, 3, 128, 128) if pictures is None else pictures
        )  # statistics of real signals, so that none fades on its way
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
    info = Info(
        name="yolov8n",
        member="yolo",
        task="object-detection",
        source="hub",
        parameters=0,
        bytes=0,
        device="cpu",
        revision="",
        licence="",
        training_data="",
    )
    names = network.names
    checkpoint = Checkpoint(network, tuple(str(names[i]) for i in range(len(names))), True, 0)
    return UltralyticsDetection(checkpoint, info, folder), theirs, str(path)


def their_suppression(answer: Tensor, *, score_threshold: float, iou_threshold: float) -> Tensor:
    """Ultralytics' own suppression of an answer (1, 4 + K, N): xmin, ymin, xmax, ymax, score, label, (kept, 6)."""
    import_ultralytics()
    from ultralytics.utils.nms import non_max_suppression

    return non_max_suppression(answer.clone(), score_threshold, iou_threshold)[0]


class _Answer(nn.Module):
    """What is needed of every cell: the probabilities of its labels (1, K, N), and the maps that boxes are drawn from."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        raw = self.network(images)[1]
        return raw["scores"].sigmoid(), *raw["feats"]


class _Boxes:
    """Boxes of the cells that are asked for, as an index gives them. Of some thousand cells a few are sure of anything; drawing
    boxes for these alone spares a sixth of the whole network's products.

    Args:
        branches: The head's box branch at each stride: two convolutions 3 x 3 and one 1 x 1, without batch normalisation.
        maps: What they read, (C, rows, columns) at each stride.
    """

    def __init__(self, branches: Sequence[nn.Module], maps: Sequence[Tensor]) -> None:
        self.branches, self.maps = branches, maps

    def __getitem__(self, cells: np.ndarray) -> np.ndarray:
        """(n,) cells, counted row by row and stride by stride, to (n, 4) pixels of the frame."""
        found, start = torch.zeros(len(cells), 4), 0
        with torch.inference_mode():
            for branch, x, stride in zip(self.branches, self.maps, STRIDES, strict=True):
                _, rows, columns = x.shape
                here = np.flatnonzero((cells >= start) & (cells < start + rows * columns))
                place = torch.from_numpy(cells[here] - start)
                start += rows * columns
                if len(here):
                    row, column = place // columns, place % columns
                    found[here] = stride * self._draw(branch, x, row, column)
        return found.numpy()

    @staticmethod
    def _draw(branch: nn.Module, maps: Tensor, row: Tensor, column: Tensor) -> Tensor:
        """Edges (n, 4) in cells, from the 5 x 5 cells around each, which is all that two convolutions 3 x 3 see."""
        reach = torch.arange(5)
        patches = F.pad(maps, (2, 2, 2, 2))[
            :, (row[:, None] + reach)[:, :, None], (column[:, None] + reach)[:, None, :]
        ].transpose(0, 1)
        first, second, last = branch
        x = first.act(F.conv2d(patches, first.conv.weight, first.conv.bias))  # (n, C, 3, 3)
        near, (rows, columns) = torch.arange(-1, 2), maps.shape[1:]
        rows_in, columns_in = (
            (0 <= at) & (at < size) for at, size in ((row[:, None] + near, rows), (column[:, None] + near, columns))
        )
        x = x * (
            rows_in[:, None, :, None] & columns_in[:, None, None, :]
        )  # beyond the border the second one reads zeros
        x = last(second.act(F.conv2d(x, second.conv.weight, second.conv.bias)))  # (n, 4 R, 1, 1)
        likely = x.view(len(x), 4, -1).softmax(-1)
        left, top, right, bottom = (likely @ torch.arange(likely.shape[-1], dtype=x.dtype)).unbind(1)
        return torch.stack((column + 0.5 - left, row + 0.5 - top, column + 0.5 + right, row + 0.5 + bottom), 1)


class UltralyticsDetection(Detector):
    """Finds the 80 kinds of things of COCO with YOLOv8n.

    Takes and gives what :class:`Detector` does, with the same options and the same trace. On a CPU the network
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
        return cls(
            checkpoint,
            Info(
                name="yolov8n",
                member="yolo",
                task="object-detection",
                source=source,
                parameters=parameters,
                bytes=checkpoint.bytes,
                device=device,
                revision=HUB["yolov8n"].revision,
                licence="AGPL-3.0",
                training_data="COCO",
            ),
            Path(folder),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """COCO's 80 names."""
        return self._labels

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return 640

    def forward(self, prepared: PreparedScene, *, trace: bool) -> Seen:
        """Looks once."""
        pixels = prepared.tensors["pixel_values"]
        if not trace and self.device.type == "cpu":
            scores, *maps = self._session().run(None, {"images": pixels.numpy()})
            return Seen(scores[0].T, _Boxes(self._fused.model[-1].cv2, [torch.from_numpy(m[0]) for m in maps]))
        with _exporting:  # their head keeps its grid between calls
            answer, raw = self.model(pixels)
        answer = answer[0].cpu().numpy()
        edges = raw["boxes"][0].unflatten(0, (4, -1)).permute(2, 0, 1).cpu().numpy()  # (4 R, N) -> (N, 4, R)
        neck = tuple(m[0].cpu().numpy() for m in raw["feats"])
        center, half = answer[:2].T, answer[2:4].T / 2
        return Seen(
            answer[4:].T,
            np.concatenate((center - half, center + half), axis=1),
            edges,
            (*self._backbone(pixels), *neck) if trace else (),
        )

    def _backbone(self, pixels: Tensor) -> tuple[np.ndarray, ...]:
        maps, x = [], pixels
        for layer in self.model.model[:10]:
            x = layer(x)
            maps.append(x)
        return tuple(maps[i][0].cpu().numpy() for i in (4, 6, 9))  # strides 8, 16, 32

    @functools.cached_property
    def _fused(self) -> nn.Module:
        """The network with batch normalisation in its convolutions."""
        return copy.deepcopy(self.model).fuse(verbose=False)

    def _session(self) -> Any:
        """ONNX Runtime with as many threads as torch has now."""
        threads = torch.get_num_threads()
        with _exporting:
            if threads not in self._sessions:
                import onnxruntime

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
                options.add_session_config_entry(
                    "session.force_spinning_stop", "1"
                )  # else it keeps processors busy after its work
                self._sessions[threads] = onnxruntime.InferenceSession(
                    str(self._graph()), options, ["CPUExecutionProvider"]
                )
            return self._sessions[threads]

    def _graph(self) -> Path:
        name = f"yolov8n-{PINNED.sha256[:12]}-scores.onnx"
        path = self._folder / name
        if not os.access(self._folder, os.W_OK):
            path = Path(tempfile.gettempdir()) / name
        if not path.exists():
            export_graph(self._fused, path)
        return path


def export_graph(network: nn.Module, path: Path) -> None:
    """Writes a detector as an ONNX graph for one picture (1, 3, H, W) of any height and width.

    Args:
        network: An Ultralytics ``DetectionModel`` in evaluation mode, fused, on the CPU.
        path: The file to write; it appears whole or not at all.
    """
    network = copy.deepcopy(network)
    head = network.model[-1]
    head.export, head.dynamic, head.format = False, True, "onnx"
    part = path.with_suffix(f".{os.getpid()}.part")
    sides = {2: "height", 3: "width"}
    with warnings.catch_warnings():  # their head is written for the exporter that traces, which torch calls legacy
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Answer(network).eval(),
            (torch.zeros(1, 3, 320, 416),),
            str(part),
            input_names=["images"],
            output_names=["probabilities", "neck_8", "neck_16", "neck_32"],
            dynamic_axes={"images": sides, "probabilities": {2: "cells"}}
            | {f"neck_{s}": {2: f"rows_{s}", 3: f"columns_{s}"} for s in STRIDES},
            dynamo=False,
            opset_version=17,
        )
    os.replace(part, path)
