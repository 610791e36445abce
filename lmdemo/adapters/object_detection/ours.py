"""Object detection with our YOLO: with our weights, or with the hub's."""

import copy
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.base import count_numbers, own_info
from lmdemo.adapters.object_detection.detector import Detector, PreparedScene, Seen
from lmdemo.adapters.object_detection.learning import ALPHA, BETA, Responsible, responsible, saliency
from lmdemo.adapters.object_detection.ultralytics import open_checkpoint
from lmdemo.adapters.outputs import Info, Layer
from lmdemo.catalog import ModelRow, find
from lmdemo.errors import InputError
from lmdemo.models.yolo import STRIDES, YOLO
from lmdemo.pool import computing_with, use_threads


class ObjectDetection(Detector):
    """Finds things in a picture with our YOLO, with our weights or the hub's.

    Takes and gives what :class:`~lmdemo.adapters.object_detection.detector.Detector` does.
    """

    sources = ("scratch", "hub-weights")
    model: YOLO

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>``, or for ``hub-weights`` the checked yolov8n.pt."""
        if source == "hub-weights":
            theirs = open_checkpoint(folder)
            model = YOLO.from_hub_weights(theirs.state, labels=theirs.labels, sppf_activation=theirs.sppf_activation)
            info = Info(
                name="yolov8n",
                member="yolo",
                task="object-detection",
                source=source,
                parameters=model.num_parameters,
                bytes=theirs.bytes,
                device=device,
                revision="",
                licence="AGPL-3.0",
                training_data="COCO",
            )
        else:
            model, row = YOLO.from_pretrained(folder), row or find(folder.name)
            info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model.to(device), info)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return tuple(self.model.config.labels)

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return self.model.config.image_size

    def layers(self) -> list[Layer]:
        """The parts in order: name, kind, shape of what they give for a square picture, parameters."""
        model = copy.deepcopy(self.model).cpu()  # so that hooks touch nobody else's call
        rows: list[Layer] = []
        parts = {m for p in (model.backbone, model.neck, model.head.boxes, model.head.classes) for m in p.modules()}

        def tell(name: str, module: nn.Module, _: Any, out: torch.Tensor) -> None:
            shape = " x ".join(map(str, out.shape[1:]))
            rows.append((name, type(module).__name__, shape, count_numbers(module)))

        for name, module in model.named_modules():
            depth = name.count(".")
            in_list = depth == 2 and isinstance(model.get_submodule(name.rsplit(".", 1)[0]), nn.ModuleList)
            if (depth == 1 or in_list) and not isinstance(module, nn.ModuleList) and module in parts:
                module.register_forward_hook(functools.partial(tell, name))
        with torch.inference_mode():
            model(torch.zeros(1, 3, self.image_size, self.image_size))
        return rows

    def responsible(
        self, inputs: Any, labels: Sequence[str], boxes: Any, *, alpha: float = ALPHA, beta: float = BETA
    ) -> tuple[Responsible, ...]:
        """Which cells training would hold responsible for marked objects, had the network to learn from this picture now.

        Args:
            inputs: The picture.
            labels: Names of the marked objects.
            boxes: Theirs: xmin, ymin, xmax, ymax in pixels of the picture.
            alpha, beta: How much a cell's name and its frame count.

        Raises:
            OptionError: A label is unknown.
        """
        self.check(labels=labels)
        with self.computing():
            prepared = self.preprocess(inputs)
            kinds = [self.labels.index(name) for name in labels]
            pixels, marked = prepared.tensors["pixel_values"], np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
            return responsible(self.model, pixels, prepared.frame, kinds, marked, alpha=alpha, beta=beta)

    def saliency(self, inputs: Any, stride: int, column: int, row: int, label: str) -> np.ndarray:
        """Where in the frame that the network sees lies what one cell's name rests on, (H/8, W/8) from 0 to 1.

        Args:
            inputs: The picture.
            stride, column, row: The cell.
            label: The name.

        Raises:
            OptionError: The label is unknown.
            InputError: There is no such cell.
        """
        self.check(labels=[label])
        with self, computing_with(self.threads or use_threads()):
            prepared = self.preprocess(inputs)
            height, width = prepared.framed.shape[:2]
            if stride not in STRIDES or not (0 <= column < width // stride and 0 <= row < height // stride):
                expected, got = (
                    f"{', '.join(map(str, STRIDES))}; inside {width} x {height}",
                    f"{stride}, {column}, {row}",
                )
                raise InputError("map_range", expected=expected, got=got[:40], hint="Choose a cell of the picture.")
            cell = stride, column, row
            return saliency(self.model, prepared.tensors["pixel_values"], cell, self.labels.index(label))

    def forward(self, prepared: PreparedScene, *, trace: bool) -> Seen:
        """Looks once."""
        output = self.model(prepared.tensors["pixel_values"], trace=trace)
        return Seen(
            output.logits[0].sigmoid().cpu().numpy(),
            output.boxes[0].cpu().numpy(),
            output.edge_logits[0].cpu().numpy() if trace else None,
            tuple(maps[0].cpu().numpy() for maps in output.hidden_states),
        )
