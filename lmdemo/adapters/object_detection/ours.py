"""Object detection with our YOLO: with our weights, or with the hub's."""

import copy
import functools
from pathlib import Path
from typing import Any, Self

import torch
from torch import nn

from lmdemo.adapters.base import count_numbers, own_info
from lmdemo.adapters.object_detection.detector import Detector, PreparedScene, Seen
from lmdemo.adapters.object_detection.ultralytics import open_checkpoint
from lmdemo.adapters.outputs import Info, Layer
from lmdemo.catalog import ModelRow, find
from lmdemo.models.yolo import YOLO


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

    def forward(self, prepared: PreparedScene, *, trace: bool) -> Seen:
        """Looks once."""
        output = self.model(prepared.tensors["pixel_values"], trace=trace)
        return Seen(
            output.logits[0].sigmoid().cpu().numpy(),
            output.boxes[0].cpu().numpy(),
            output.edge_logits[0].cpu().numpy() if trace else None,
            tuple(maps[0].cpu().numpy() for maps in output.hidden_states),
        )
