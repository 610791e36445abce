"""Object detection with our YOLO: with our weights, or with the hub's."""

import copy
from pathlib import Path
from typing import Any, Self

import torch

from lmdemo.adapters.object_detection.detector import Detector, Seen
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import ModelRow
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
            from lmdemo.adapters.object_detection.ultralytics import (
                open_checkpoint,  # AGPL-3.0 and slow: only when chosen
            )

            theirs = open_checkpoint(folder)
            model = YOLO.from_hub_weights(theirs.state, labels=theirs.labels, sppf_activation=theirs.sppf_activation)
            name, size, licence, data = "yolov8n", theirs.bytes, "AGPL-3.0", "COCO"
        else:
            model = YOLO.from_pretrained(folder)
            name, size = row.name if row else folder.name, (folder / "model.safetensors").stat().st_size
            licence, data = (row.licence, row.training_data) if row else ("", "")
        return cls(
            model.to(device),
            Info(
                name=name,
                member="yolo",
                task="object-detection",
                source=source,
                parameters=model.num_parameters,
                bytes=size,
                device=device,
                revision="",
                licence=licence,
                training_data=data,
            ),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return tuple(self.model.config.labels)

    @property
    def image_size(self) -> int:
        """Pixels of the longer side that a picture is brought to."""
        return self.model.config.image_size

    def layers(self) -> list[tuple[str, str, str, int]]:
        """The parts in order: name, kind, shape of what they give for a square picture, parameters."""
        model, rows = copy.deepcopy(self.model).cpu(), []  # a copy, so that hooks touch nobody else's call
        parts = (model.backbone, model.neck, model.head.boxes, model.head.classes)
        for name, module in model.named_modules():
            depth = name.count(".")
            leaf = depth == 1 or (
                depth == 2 and isinstance(model.get_submodule(name.rsplit(".", 1)[0]), torch.nn.ModuleList)
            )
            if leaf and not isinstance(module, torch.nn.ModuleList) and any(module in set(p.modules()) for p in parts):
                module.register_forward_hook(
                    lambda m, _, out, name=name: rows.append(
                        (
                            name,
                            type(m).__name__,
                            " x ".join(map(str, out.shape[1:])),
                            sum(p.numel() for p in m.parameters()),
                        )
                    )
                )
        with torch.inference_mode():
            model(torch.zeros(1, 3, self.image_size, self.image_size))
        return rows

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Seen:
        """Looks once."""
        output = self.model(tensors["pixel_values"], trace=trace)
        width, height = tensors["size"]
        return Seen(
            output.logits[0].sigmoid().cpu().numpy(),
            output.boxes[0].cpu().numpy(),
            tensors["frame"],
            width,
            height,
            tensors["framed"],
            output.edge_logits[0].cpu().numpy() if trace else None,
            tuple(maps[0].cpu().numpy() for maps in output.hidden_states),
        )
