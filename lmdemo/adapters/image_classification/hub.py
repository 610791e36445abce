"""Pictures classified by a pretrained ResNet of transformers, with its own 1,000 labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, hub_info, weight_bytes
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data.image import open_small
from lmdemo.errors import OptionError, WeightsError
from lmdemo.notes import Note
from lmdemo.pool import choose_dtype

MAPS = 16  # feature maps that a trace keeps of each stage


class HubImageClassification(Adapter[Prepared, Classification]):
    """microsoft/resnet-50 (He et al., arXiv:1512.03385) as transformers runs it.

    A trace holds ``seen`` (H, W, 3) uint8, what the network looks at after resizing and cropping; for the stem and every
    stage the maps of the channels that are strongest on average, ``stage0`` … ``stage4``, (at most 16, h, w) float32,
    and which channels these are, ``stage0_channels`` …; and ``logits`` (labels,).
    """

    sources = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, processor: Any) -> None:
        super().__init__(model, info)
        self.processor = processor
        names = model.config.id2label
        self.labels = tuple(names[i] for i in range(len(names)))

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot: ``config.json``, ``preprocessor_config.json``, ``model.safetensors``.

        Raises:
            WeightsError: A file is missing, damaged or of another network.
        """
        from transformers import AutoImageProcessor, AutoModelForImageClassification

        options = {"local_files_only": True, "trust_remote_code": False}
        try:
            model = AutoModelForImageClassification.from_pretrained(
                folder, use_safetensors=True, dtype=choose_dtype(device), **options
            )
            processor = AutoImageProcessor.from_pretrained(folder, **options)
        except MemoryError:
            raise
        except Exception as error:  # transformers, safetensors and json raise what they like
            if "out of memory" in str(error) or "can't allocate memory" in str(error):
                raise
            raise WeightsError(
                "weights_damaged",
                expected="config.json, preprocessor_config.json, model.safetensors",
                got=f"{type(error).__name__}: {error}"[:160],
                hint="Delete this folder and fetch the model again.",
            ) from error
        model = model.eval().requires_grad_(False).to(device)
        hub, member = HUB["resnet-50"], row.member if row else "cnn"
        parameters, size = count_numbers(model), weight_bytes(folder)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model, info, processor)

    def preprocess(self, inputs: Any) -> Prepared:
        """Opens and checks a picture; its middle, resized and normalised: ``pixel_values`` (1, 3, H, W). Of the
        trace of a result what was seen is taken again.
        """
        if isinstance(inputs, Mapping):
            seen = self.processor(inputs["seen"], do_resize=False, return_tensors="pt")
            notes: tuple[Note, ...] = ()
        else:
            small = open_small(inputs)
            seen, notes = self.processor(small.picture, return_tensors="pt"), small.notes
        pixels = seen["pixel_values"]
        return Prepared(tensors={"pixel_values": pixels.to(self.device, self.model.dtype)}, notes=notes)

    def forward(self, prepared: Prepared, *, trace: bool) -> Any:
        """Logits and, for a trace, every stage's maps."""
        return self.model(**prepared.tensors, output_hidden_states=trace)

    def postprocess(self, output: Any, prepared: Prepared, *, milliseconds: float, trace: bool) -> Classification:
        """Probabilities of all labels, most probable first."""
        logits = output.logits[0].float()
        values, order = logits.softmax(0).sort(descending=True, stable=True)
        scores = {self.labels[i]: s for i, s in zip(order.tolist(), values.tolist(), strict=True)}
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals["seen"] = self._picture(prepared.tensors["pixel_values"][0])
            for i, maps in enumerate(output.hidden_states):
                channels = maps[0].float().mean((1, 2)).topk(min(MAPS, maps.shape[1])).indices
                internals[f"stage{i}"] = maps[0, channels].float().cpu().numpy()
                internals[f"stage{i}_channels"] = channels.cpu().numpy()
            internals["logits"] = logits.cpu().numpy()
        label = next(iter(scores))
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def grad_cam(self, inputs: Any, label: str | None = None) -> np.ndarray:
        """Where the last maps speak for a label, (H, W) of ``seen``, 0 to 1 (Selvaraju et al., arXiv:1610.02391).

        The network is cut at its last maps, so that no hook is set on what others may be using.

        Args:
            inputs: The picture, or the trace of a result of it.
            label: One of ``labels``; the most probable one by default.

        Raises:
            OptionError: There is no such label.
        """
        if label is not None and label not in self.labels:
            raise OptionError(
                "unknown_label",
                expected=f"{self.labels[0]}, {self.labels[1]}, …",
                got=str(label)[:40],
                hint="Take one of the labels that the result lists.",
            )
        x = self.preprocess(inputs).tensors["pixel_values"]
        with self:
            with torch.no_grad():
                maps = self.model.resnet(x).last_hidden_state  # (1, channels, h, w)
            with torch.enable_grad():
                maps.requires_grad_(True)
                logits = self.model.classifier(self.model.resnet.pooler(maps))[0]
                target = self.labels.index(label) if label is not None else int(logits.argmax())
                (gradient,) = torch.autograd.grad(logits[target], maps)
            weights = gradient.float().mean((2, 3), keepdim=True)
            heat = (weights * maps.detach().float()).sum(1, keepdim=True).relu()  # (1, 1, h, w)
            heat = torch.nn.functional.interpolate(heat, x.shape[-2:], mode="bilinear", align_corners=False)[0, 0]
        heat = heat.cpu().numpy()
        return heat / heat.max() if heat.max() > 0 else heat

    def _picture(self, pixels: torch.Tensor) -> np.ndarray:
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in (self.processor.image_mean, self.processor.image_std))
        return ((pixels.float().cpu() * std + mean).clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
