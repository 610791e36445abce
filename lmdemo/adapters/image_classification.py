"""Image classification with our CNN: a picture in, labels with probabilities out, and what led to them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from PIL import Image

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import ModelRow
from lmdemo.data.image import light_corners, load_digits, load_shipped, open_picture, see
from lmdemo.errors import OptionError
from lmdemo.models.cnn import CNN, convolve_at

STEPS = ("background", "inverted", "cropped")  # that bring a picture to what the network sees, in their order


class ConvolutionStep(NamedTuple):
    """One number of one feature map, taken apart.

    Attributes:
        patch: What the kernel lies on, (C, k, k).
        kernel: (C, k, k).
        products: Their products, (C, k, k).
        bias: Added to the sum; 0 where batch normalisation follows.
        total: Sum of the products and the bias: the number in ``conv{i}``.
        normalized: After batch normalisation, or ``total`` again where there is none.
        scale, shift: normalized = scale * total + shift.
        activation: After ReLU.
        window: The activations that pooling chooses from, (2, 2), or None where no pooling follows or the map's odd
            last row or column is left out.
        pooled: The largest of them, or None.
    """

    patch: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    bias: float
    total: float
    normalized: float
    scale: float
    shift: float
    activation: float
    window: np.ndarray | None
    pooled: float | None


class ImageClassification(Adapter):
    """Tells what a picture shows.

    Takes a file's path, a PIL picture or an array; brings it to 28 x 28 grey, bright on black, as
    :func:`lmdemo.data.image.see` says. Gives a :class:`Classification`. Whatever takes a picture also takes a result's trace,
    which holds what was seen of one: then nothing is opened again.

    With ``trace=True`` the result holds these arrays: ``seen`` (28, 28) uint8, what the network saw; ``done`` (3,) bool, which
    of ``STEPS`` were done to the picture before; for the i-th convolution ``conv{i}``, ``norm{i}`` (with batch normalisation),
    ``relu{i}`` and, where the maps are halved, ``pool{i}``, each (F, H, W); ``flat`` (features,); ``fc{j}`` (width,);
    ``logits`` (labels,).
    """

    model: CNN
    threads = 1

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout."""
        model = CNN.from_pretrained(folder).to(device)
        return cls(
            model,
            Info(
                name=row.name if row else folder.name,
                member="cnn",
                task="image-classification",
                source=source,
                parameters=model.num_parameters,
                bytes=(folder / "model.safetensors").stat().st_size,
                device=device,
                revision="",
                licence=row.licence if row else "",
                training_data=row.training_data if row else "",
            ),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return tuple(self.model.config.labels)

    def see(self, inputs: Any) -> tuple[np.ndarray, tuple[str, ...]]:
        """What the network sees of an input, (28, 28) uint8, and what was done to it."""
        if isinstance(inputs, Mapping):
            return inputs["seen"], tuple(step for step, done in zip(STEPS, inputs["done"], strict=True) if done)
        digits = self.labels == tuple("0123456789")
        return see(open_picture(inputs), fill=24 if digits else 28, by_mass=digits)

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Opens, checks and normalises one picture: ``pixel_values`` (1, 1, 28, 28)."""
        seen, _ = self.see(inputs)
        return {"pixel_values": self._tensor(seen[None])}

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Classification:
        """Probabilities of all labels, most probable first."""
        if options:
            raise OptionError("unknown_option", expected="trace", got=", ".join(options), hint="Leave it out.")
        probabilities = output.logits[0].softmax(0).cpu().numpy()
        order = np.argsort(-probabilities, kind="stable")
        scores = {self.labels[i]: float(probabilities[i]) for i in order}
        internals = {}
        if trace:
            internals = {name: maps[0].cpu().numpy() for name, maps in output.feature_maps.items()}
            internals["logits"] = output.logits[0].cpu().numpy()
        label = self.labels[order[0]]
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Classification:
        """Classifies one picture.

        Args:
            inputs: A file's path, a PIL picture or an array.
            trace: Whether to add what the network saw and every layer's maps.

        Raises:
            InputError: It is no picture, too large, too small, or shows nothing.
        """
        seen, done = self.see(inputs)
        kept = {"seen": seen, "done": np.array([step in done for step in STEPS])}
        result = super().__call__(kept, trace=trace, **options)
        return replace(result, trace={**result.trace, **kept}) if trace else result

    def classify_pixels(self, pixels: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """Probabilities (N, labels) of pictures that are 28 x 28 already, (N, 28, 28) uint8; light ones are inverted."""
        light = light_corners(pixels / np.float32(255))
        pixels = np.where(light[:, None, None], 255 - pixels, pixels)
        with self, torch.inference_mode():
            return torch.cat(
                [
                    self.model(self._tensor(chunk)).logits.softmax(1).cpu()
                    for chunk in np.array_split(pixels, max(1, len(pixels) // batch_size))
                ]
            ).numpy()

    def embed(self, inputs: Any) -> np.ndarray:
        """The features that the last layer decides from, (features,)."""
        with self, torch.inference_mode():
            return self.model.features(self.preprocess(inputs)["pixel_values"])[0].cpu().numpy()

    # -- look inside --------------------------------------------------------------------------------------------------------

    def shifted(self, inputs: Any, dx: int, dy: int) -> Any:
        """The same picture moved by whole pixels (right, down) in what the network sees; black comes in. A PIL picture.

        Raises:
            OptionError: The shift is larger than 14 pixels.
        """
        if max(abs(dx), abs(dy)) > 14:
            raise OptionError("shift_range", expected="-14 - 14", got=f"{dx}, {dy}", hint="Move it less far.")
        seen, _ = self.see(inputs)
        out = np.zeros_like(seen)
        size = len(seen)
        out[max(0, dy) : size + min(0, dy), max(0, dx) : size + min(0, dx)] = seen[
            max(0, -dy) : size + min(0, -dy), max(0, -dx) : size + min(0, -dx)
        ]
        return Image.fromarray(out)

    def convolution_step(
        self, trace: dict[str, np.ndarray], layer: int, channel: int, y: int, x: int
    ) -> ConvolutionStep:
        """Takes one number of a traced picture apart, with the written-out convolution.

        Args:
            trace: Of a result of this model.
            layer: Which convolution, from 1.
            channel: Which of its maps, from 0.
            y: Row in ``conv{layer}``, from 0.
            x: Column, from 0.

        Raises:
            OptionError: There is no such layer, map or pixel.
        """
        config, model = self.model.config, self.model
        if not 1 <= layer <= len(model.convs):
            raise OptionError(
                "map_range", expected=f"layer 1 - {len(model.convs)}", got=str(layer), hint="Choose another layer."
            )
        maps = trace[f"conv{layer}"]
        if not all(0 <= value < limit for value, limit in zip((channel, y, x), maps.shape, strict=True)):
            raise OptionError(
                "map_range",
                expected=" x ".join(f"0-{n - 1}" for n in maps.shape),
                got=f"{channel}, {y}, {x}",
                hint="Choose a map and a pixel inside it.",
            )
        below = trace.get(f"pool{layer - 1}", trace.get(f"relu{layer - 1}"))
        if below is None:  # the first layer looks at the picture itself
            below = self._tensor(trace["seen"][None])[0].cpu().numpy()
        conv = model.convs[layer - 1]
        kernel = conv.weight[channel].detach().cpu()
        bias = conv.bias[channel].item() if conv.bias is not None else 0.0
        patch, products, total = convolve_at(torch.from_numpy(below), kernel, bias, y, x, config.padding)
        scale, shift = 1.0, 0.0
        if config.batch_norm:
            norm = model.norms[layer - 1]
            scale = (norm.weight[channel] / (norm.running_var[channel] + norm.eps).sqrt()).item()
            shift = (norm.bias[channel] - norm.running_mean[channel] * scale).item()
        normalized = scale * total + shift
        window = pooled = None
        if layer in config.pool_after:
            size = config.pool_size
            top, left = y // size * size, x // size * size
            if top + size <= maps.shape[1] and left + size <= maps.shape[2]:
                window = trace[f"relu{layer}"][channel, top : top + size, left : left + size]
                pooled = float(window.max())
        return ConvolutionStep(
            patch.numpy(),
            kernel.numpy(),
            products.numpy(),
            bias,
            total,
            normalized,
            scale,
            shift,
            max(0.0, normalized),
            window,
            pooled,
        )

    def grad_cam(self, inputs: Any, label: str | None = None) -> np.ndarray:
        """Where the last feature maps speak for a label, (28, 28) from 0 to 1 (Selvaraju et al., arXiv:1610.02391).

        Args:
            inputs: The picture.
            label: One of :attr:`labels`; the most probable one by default.
        """
        from captum.attr import LayerAttribution, LayerGradCam

        x, target = self._attributed(inputs, label)
        with self:
            own = copy.deepcopy(
                self.model
            )  # captum hooks layers: those of a copy, so that no other call meets the hooks
            maps = LayerGradCam(lambda v: own(v).logits, own.convs[-1]).attribute(x, target, relu_attributions=True)
        maps = LayerAttribution.interpolate(maps, x.shape[-2:], "bilinear")[0, 0].detach().cpu().numpy()
        return maps / maps.max() if maps.max() > 0 else maps

    def integrated_gradients(self, inputs: Any, label: str | None = None, steps: int = 32) -> np.ndarray:
        """How much each pixel speaks for (positive) or against a label, (28, 28) from -1 to 1, measured from a black
        picture on (Sundararajan et al., arXiv:1703.01365)."""
        from captum.attr import IntegratedGradients

        x, target = self._attributed(inputs, label)
        black = self._tensor(np.zeros((1, 28, 28), np.uint8))
        with self:
            values = IntegratedGradients(lambda v: self.model(v).logits).attribute(x, black, target, n_steps=steps)
        values = values[0, 0].detach().cpu().numpy()
        largest = np.abs(values).max()
        return values / largest if largest > 0 else values

    def gallery(self) -> tuple[np.ndarray, np.ndarray]:
        """Pictures of the kind that it knows, held out of its training, with their labels: (N, 28, 28) uint8, (N,)."""
        return load_digits("val") if self.labels == tuple("0123456789") else load_shipped()

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for one picture, parameters."""
        config, model, rows, side = self.model.config, self.model, [], self.model.config.image_size
        for i, conv in enumerate(model.convs, start=1):
            side = side + 2 * config.padding - config.kernel_size + 1
            shape = f"{conv.out_channels} x {side} x {side}"
            rows.append((f"conv{i}", f"Conv2d {config.kernel_size} x {config.kernel_size}", shape, _size(conv)))
            if config.batch_norm:
                rows.append((f"norm{i}", "BatchNorm2d", shape, _size(model.norms[i - 1])))
            rows.append((f"relu{i}", "ReLU", shape, 0))
            if i in config.pool_after:
                side //= config.pool_size
                rows.append(
                    (
                        f"pool{i}",
                        f"MaxPool2d {config.pool_size} x {config.pool_size}",
                        f"{conv.out_channels} x {side} x {side}",
                        0,
                    )
                )
        rows.append(("flat", "Flatten", str((*model.fcs, model.classifier)[0].in_features), 0))
        rows += [(f"fc{j}", "Linear, ReLU", str(fc.out_features), _size(fc)) for j, fc in enumerate(model.fcs, start=1)]
        return [*rows, ("classifier", "Linear", str(model.classifier.out_features), _size(model.classifier))]

    def dense_parameters(self) -> tuple[int, int]:
        """Parameters of the convolutions, and of fully connected layers from and to the same numbers."""
        config, dense, side, inputs = self.model.config, 0, self.model.config.image_size, self.model.config.num_channels
        for i, conv in enumerate(self.model.convs, start=1):
            new = side + 2 * config.padding - config.kernel_size + 1
            dense += inputs * side * side * conv.out_channels * new * new + conv.out_channels * new * new
            inputs, side = conv.out_channels, new // config.pool_size if i in config.pool_after else new
        return sum(_size(conv) for conv in self.model.convs), dense

    def filters(self, layer: int) -> np.ndarray:
        """The learnt kernels of a convolution, counted from 1: (F, C, k, k)."""
        return self.model.convs[layer - 1].weight.detach().cpu().numpy()

    def strongest_patches(self, layer: int, channel: int, count: int = 8) -> list[tuple[str, np.ndarray, float]]:
        """The pieces of the :meth:`gallery`'s pictures that excite a filter most, one a picture.

        Args:
            layer: Which convolution, from 1.
            channel: Which filter, from 0.
            count: How many.

        Returns:
            Label of the picture, the piece (side, side) uint8 that the filter sees, and its activation; strongest first.

        Raises:
            OptionError: There is no such filter.
        """
        if not 1 <= layer <= len(self.model.convs) or not 0 <= channel < self.model.convs[layer - 1].out_channels:
            raise OptionError(
                "map_range",
                expected=f"layer 1 - {len(self.model.convs)} and one of its filters",
                got=f"{layer}, {channel}",
                hint="Choose another filter.",
            )
        pixels, labels = self.gallery()
        with self, torch.inference_mode():
            maps = torch.cat(
                [
                    self.model(self._tensor(chunk), trace=True).feature_maps[f"relu{layer}"][:, channel].cpu()
                    for chunk in np.array_split(pixels, max(1, len(pixels) // 50))
                ]
            )  # (N, H, W)
        best = maps.flatten(1).max(1)
        field, jump, start = self.receptive_field(layer)
        padded = np.pad(pixels, ((0, 0), (field, field), (field, field)))
        pieces = []
        for n in best.values.topk(min(count, len(pixels))).indices.tolist():
            y, x = divmod(best.indices[n].item(), maps.shape[2])
            top, left = (v * jump + start + field for v in (y, x))
            pieces.append(
                (self.labels[labels[n]], padded[n, top : top + field, left : left + field], best.values[n].item())
            )
        return pieces

    def receptive_field(self, layer: int) -> tuple[int, int, int]:
        """The square of the picture that one number of ``conv{layer}`` depends on.

        Returns:
            Its side, the pixels between the squares of two neighbours, and where the first one begins (0, or less where
            padding lets it begin outside the picture).
        """
        config, field, jump, start = self.model.config, 1, 1, 0
        for i in range(1, layer + 1):
            field += (config.kernel_size - 1) * jump
            start -= config.padding * jump
            if i in config.pool_after and i < layer:
                field += (config.pool_size - 1) * jump
                jump *= config.pool_size
        return field, jump, start

    def _attributed(self, inputs: Any, label: str | None) -> tuple[torch.Tensor, int]:
        x = self.preprocess(inputs)["pixel_values"]
        if label is None:
            with torch.inference_mode():
                return x, int(self.model(x).logits.argmax())
        if label not in self.labels:
            raise OptionError(
                "unknown_label", expected=", ".join(self.labels), got=str(label)[:40], hint="Take one of these."
            )
        return x, self.labels.index(label)

    def _tensor(self, pixels: np.ndarray | Sequence) -> torch.Tensor:
        """(N, 28, 28) uint8 -> (N, 1, 28, 28), normalised, on the device."""
        config = self.model.config
        x = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device)[:, None].float() / 255
        return (x - config.image_mean) / config.image_std


def _size(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())
