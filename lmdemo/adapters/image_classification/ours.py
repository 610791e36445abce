"""Image classification with our CNN: a picture in, labels with probabilities out, and what led to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from PIL import Image

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, own_info
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import ModelRow, find
from lmdemo.data.image import Seen, light_corners, load_digits, load_shipped, look, open_small
from lmdemo.errors import OptionError
from lmdemo.models.cnn import CNN, class_activation, convolve_at
from lmdemo.notes import Note

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


@dataclass(frozen=True, kw_only=True)
class PreparedPicture(Prepared):
    """A picture as the network takes it.

    Attributes:
        seen: What the network sees, what was done to the picture for that, of ``STEPS``, and where it lies on the picture.
    """

    seen: Seen


class ImageClassification(Adapter[PreparedPicture, Classification]):
    """Tells what a picture shows.

    Takes a file's path, a PIL picture or an array; brings it to 28 x 28 grey, bright on black, as
    :func:`lmdemo.data.image.see` says. Gives a :class:`Classification`. Whatever takes a picture also takes a result's trace,
    which holds what was seen of one: then nothing is opened again.

    With ``trace=True`` the result holds these arrays: ``seen`` (28, 28) uint8, what the network saw; ``done`` (3,) bool, which
    of ``STEPS`` were done to the picture before; ``frame`` (4,), where the 28 x 28 lie on the picture (left, top, right, bottom
    as parts of its width and height); for the i-th convolution ``conv{i}``, ``norm{i}`` (with batch normalisation),
    ``relu{i}`` and, where the maps are halved, ``pool{i}``, each (F, H, W); ``flat`` (features,); ``fc{j}`` (width,);
    ``logits`` (labels,).
    """

    model: CNN
    threads = 1

    def __init__(self, model: CNN, info: Info) -> None:
        super().__init__(model, info)
        self._strongest: dict[int, tuple[np.ndarray, np.ndarray, int]] = {}  # by layer; the gallery is always the same

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout."""
        model = CNN.from_pretrained(folder).to(device)
        row = row or find(folder.name)
        return cls(model, own_info(row, folder, parameters=model.num_parameters, source=source, device=device))

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return tuple(self.model.config.labels)

    @property
    def num_convolutions(self) -> int:
        """How many convolution layers it has."""
        return len(self.model.convs)

    def see(self, inputs: Any) -> tuple[np.ndarray, tuple[str, ...]]:
        """What the network sees of an input, (28, 28) uint8, and what was done to it."""
        return self._look(inputs)[0][:2]

    def preprocess(self, inputs: Any) -> PreparedPicture:
        """Opens, checks and normalises one picture: ``pixel_values`` (1, 1, 28, 28).

        Raises:
            InputError: It is no picture, too large, too small, or shows nothing.
        """
        seen, notes = self._look(inputs)
        return PreparedPicture(tensors={"pixel_values": self._tensor(seen.pixels[None])}, notes=notes, seen=seen)

    def postprocess(
        self, output: Any, prepared: PreparedPicture, *, milliseconds: float, trace: bool
    ) -> Classification:
        """Probabilities of all labels, most probable first."""
        probabilities = output.logits[0].softmax(0).cpu().numpy()
        order = np.argsort(-probabilities, kind="stable")
        scores = {self.labels[i]: float(probabilities[i]) for i in order}
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals = {name: maps[0].cpu().numpy() for name, maps in output.feature_maps.items()}
            internals |= {"logits": output.logits[0].cpu().numpy(), "seen": prepared.seen.pixels}
            internals["done"] = np.array([step in prepared.seen.done for step in STEPS])
            internals["frame"] = np.array(prepared.seen.frame)
        label = self.labels[order[0]]
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def classify_pixels(self, pixels: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """Probabilities (N, labels) of pictures that are 28 x 28 already, (N, 28, 28) uint8; light ones are inverted."""
        light = light_corners(pixels / np.float32(255))
        pixels = np.where(light[:, None, None], 255 - pixels, pixels)
        with self.computing():
            return torch.cat(
                [
                    self.model(self._tensor(chunk)).logits.softmax(1).cpu()
                    for chunk in np.array_split(pixels, max(1, len(pixels) // batch_size))
                ]
            ).numpy()

    def embed(self, inputs: Any) -> np.ndarray:
        """The features that the last layer decides from, (features,)."""
        with self.computing():
            return self.model.features(self.preprocess(inputs).tensors["pixel_values"])[0].cpu().numpy()

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
        self, trace: Mapping[str, np.ndarray], layer: int, channel: int, y: int, x: int
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
        below = self.below(trace, layer)
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

    def below(self, trace: Mapping[str, np.ndarray], layer: int) -> np.ndarray:
        """What a convolution, counted from 1, looks at: the maps before it, or the picture, normalised; (C, H, W)."""
        maps = trace.get(f"pool{layer - 1}", trace.get(f"relu{layer - 1}"))
        return self._tensor(trace["seen"][None])[0].cpu().numpy() if maps is None else maps

    def contributions(self, trace: Mapping[str, np.ndarray], layer: int) -> np.ndarray:
        """What each input map adds to the largest number of each map of a convolution: sums of products, (F, C)."""
        weight, below = self.model.convs[layer - 1].weight.detach().cpu(), torch.from_numpy(self.below(trace, layer))
        strongest = trace[f"relu{layer}"].reshape(len(weight), -1).argmax(1)  # (F,)
        patches = torch.nn.functional.unfold(
            below[None], self.model.config.kernel_size, padding=self.model.config.padding
        )
        patches = patches[0, :, strongest].T.reshape(len(weight), len(below), -1)  # (F, C, k * k)
        return (patches * weight.flatten(2)).sum(2).numpy()

    def decider(self, trace: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The last layer: what it is given (features,), its weights (labels, features) and biases (labels,)."""
        last = self.model.classifier
        given = trace[f"fc{len(self.model.fcs)}"] if len(self.model.fcs) else trace["flat"]
        return given, last.weight.detach().cpu().numpy(), last.bias.detach().cpu().numpy()

    def equivariance(
        self, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray], dx: int, dy: int
    ) -> dict[str, tuple[float, float]]:
        """How far a moved picture's maps are from those of the picture, as a part of the size of these.

        Args:
            before: The picture's trace.
            after: That of the same picture, moved by :meth:`shifted`.
            dx: How far to the right, in pixels.
            dy: How far down.

        Returns:
            For each layer after its ReLU or pooling: the difference of numbers at the same places, and that of the maps
            shifted back by the nearest whole number of their own pixels, without the rim that the zeros around the picture
            reach. Where they reach every number, all that overlap are compared.
        """

        def apart(one: np.ndarray, other: np.ndarray) -> float:
            return float(np.linalg.norm(one - other)) / max(float(np.linalg.norm(one)), 1e-9)

        found = {}
        for name, maps in before.items():
            if maps.ndim == 3 and name.startswith(("relu", "pool")):
                back, there = self.moved_back(name, after[name], dx, dy)
                found[name] = apart(maps, after[name]), apart(maps[:, *there], back[:, *there])
        return found

    def moved_back(self, layer: str, maps: np.ndarray, dx: int, dy: int) -> tuple[np.ndarray, tuple[slice, slice]]:
        """A layer's maps (F, H, W) for a moved picture, moved back; and where that can be compared, see :meth:`equivariance`."""
        number, pooled = int(layer.lstrip("relupo")), layer.startswith("pool")
        _, jump, start = self.receptive_field(number)
        jump *= self.model.config.pool_size if pooled else 1
        (height, width), rim = maps.shape[1:], -(start // jump)  # rounded up
        y, x = (max(-n, min(n, round(d / jump))) for d, n in ((dy, height), (dx, width)))
        back = np.zeros_like(maps)
        back[:, max(0, -y) : height - max(0, y), max(0, -x) : width - max(0, x)] = maps[
            :, max(0, y) : height + min(0, y), max(0, x) : width + min(0, x)
        ]
        if min(height - 2 * rim - abs(y), width - 2 * rim - abs(x)) < 1:
            rim = 0
        there = (slice(rim + max(0, -y), height - rim - max(0, y)), slice(rim + max(0, -x), width - rim - max(0, x)))
        return back, there

    def maps_to_spare(self, inputs: Any) -> tuple[int, str]:
        """How many of the last maps have to be switched off before the answer changes, those that speak most for it first.

        Returns:
            The number (one more than there are, if it never changes) and what the answer then is.
        """
        x = self.preprocess(inputs).tensors["pixel_values"]
        last = self.num_convolutions
        name = f"pool{last}" if last in self.model.config.pool_after else f"relu{last}"
        with self, torch.enable_grad():
            maps = self.model(x, trace=True).feature_maps[name].detach().requires_grad_(True)  # (1, F, H, W)
            logits = self.model.decide(maps)[0]
            (slope,) = torch.autograd.grad(logits.max(), maps)
        with self.computing():
            order = (slope * maps).sum((0, 2, 3)).argsort(descending=True)
            rank = torch.empty_like(order)
            rank[order] = torch.arange(len(order), device=order.device)
            off = (
                rank[None] < torch.arange(len(order) + 1, device=order.device)[:, None]
            )  # (F + 1, F): the first n of them
            answers = self.model.decide(maps * ~off[:, :, None, None]).argmax(1).tolist()
        changed = next((n for n, answer in enumerate(answers) if answer != answers[0]), len(answers))
        return changed, self.labels[answers[min(changed, len(answers) - 1)]]

    def covered(self, inputs: Any, y: int, x: int, side: int) -> Any:
        """The picture as the network sees it with a black square around a pixel. A PIL picture."""
        seen = self.see(inputs)[0].copy()
        seen[max(0, y - side // 2) : y - side // 2 + side, max(0, x - side // 2) : x - side // 2 + side] = 0
        return Image.fromarray(seen)

    def grad_cam(self, inputs: Any, label: str | None = None) -> np.ndarray:
        """Where the last convolution's maps, after their ReLU, speak for a label, (28, 28) from 0 to 1 (Selvaraju et al.,
        arXiv:1610.02391).

        Args:
            inputs: The picture, or the trace of a result of it.
            label: One of :attr:`labels`; the most probable one by default.
        """
        x, target = self._attributed(inputs, label)
        with self:
            heat = class_activation(self.model, x, target)[:, None]  # (1, 1, h, w)
            heat = torch.nn.functional.interpolate(heat, x.shape[-2:], mode="bilinear", align_corners=False)
        values = heat[0, 0].cpu().numpy()
        return values / values.max() if values.max() > 0 else values

    def integrated_gradients(
        self, inputs: Any, label: str | None = None, steps: int = 32, *, normalized: bool = True
    ) -> np.ndarray:
        """How much each pixel speaks for (positive) or against a label, (28, 28) from -1 to 1, measured from a black
        picture on (Sundararajan et al., arXiv:1703.01365). Not normalized they add up to how far the label's logit lies above
        that of a black picture.
        """
        from captum.attr import IntegratedGradients

        x, target = self._attributed(inputs, label)
        black = self._tensor(np.zeros((1, 28, 28), np.uint8))
        with self:
            values = IntegratedGradients(lambda v: self.model(v).logits).attribute(x, black, target, n_steps=steps)
        values = values[0, 0].detach().cpu().numpy()
        largest = np.abs(values).max()
        return values / largest if normalized and largest > 0 else values

    def gallery(self) -> tuple[np.ndarray, np.ndarray]:
        """Pictures of the kind that it knows, held out of its training, with their labels: (N, 28, 28) uint8, (N,)."""
        return load_digits("val") if self.labels == tuple("0123456789") else load_shipped()

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for one picture, parameters."""
        config, model, rows, side = self.model.config, self.model, [], self.model.config.image_size
        for i, conv in enumerate(model.convs, start=1):
            side = side + 2 * config.padding - config.kernel_size + 1
            shape = f"{conv.out_channels} x {side} x {side}"
            rows.append((f"conv{i}", f"Conv2d {config.kernel_size} x {config.kernel_size}", shape, count_numbers(conv)))
            if config.batch_norm:
                rows.append((f"norm{i}", "BatchNorm2d", shape, count_numbers(model.norms[i - 1])))
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
        rows += [
            (f"fc{j}", "Linear, ReLU", str(fc.out_features), count_numbers(fc))
            for j, fc in enumerate(model.fcs, start=1)
        ]
        return [*rows, ("classifier", "Linear", str(model.classifier.out_features), count_numbers(model.classifier))]

    def dense_parameters(self) -> tuple[int, int]:
        """Parameters of the convolutions, and of fully connected layers from and to the same numbers."""
        config, dense, side, inputs = self.model.config, 0, self.model.config.image_size, self.model.config.num_channels
        for i, conv in enumerate(self.model.convs, start=1):
            new = side + 2 * config.padding - config.kernel_size + 1
            dense += inputs * side * side * conv.out_channels * new * new + conv.out_channels * new * new
            inputs, side = conv.out_channels, new // config.pool_size if i in config.pool_after else new
        return sum(count_numbers(conv) for conv in self.model.convs), dense

    def filters(self, layer: int) -> np.ndarray:
        """The learnt kernels of a convolution, counted from 1: (F, C, k, k)."""
        return self.model.convs[layer - 1].weight.detach().cpu().numpy()

    def strongest_patches(
        self, layer: int, channel: int, count: int = 8, ranks: Sequence[int] | None = None
    ) -> list[tuple[str, np.ndarray, float]]:
        """The pieces of the :meth:`gallery`'s pictures that excite a filter most, one a picture.

        Args:
            layer: Which convolution, from 1.
            channel: Which filter, from 0.
            count: How many.
            ranks: Instead of the first ones those at these places of the order, such as (0, 100, 500).

        Returns:
            Label of the picture, the piece (side, side) uint8 that the filter sees, and its activation; strongest first.

        Raises:
            OptionError: There is no such filter.
        """
        if not 1 <= layer <= self.num_convolutions or not 0 <= channel < self.model.convs[layer - 1].out_channels:
            raise OptionError(
                "map_range",
                expected=f"layer 1 - {self.num_convolutions} and one of its filters",
                got=f"{layer}, {channel}",
                hint="Choose another filter.",
            )
        pixels, labels = self.gallery()
        values, places, width = self._excited(layer)
        field, jump, start = self.receptive_field(layer)
        padded = np.pad(pixels, ((0, 0), (field, field), (field, field)))
        order, pieces = np.argsort(-values[:, channel], kind="stable"), []
        for n in order[: min(count, len(pixels))] if ranks is None else order[list(ranks)]:
            top, left = (v * jump + start + field for v in divmod(int(places[n, channel]), width))
            piece = padded[n, top : top + field, left : left + field]
            pieces.append((self.labels[labels[n]], piece, float(values[n, channel])))
        return pieces

    def _excited(self, layer: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Of each of the gallery's pictures every map's largest number and its place, (N, F) each, and the maps' width."""
        if layer not in self._strongest:
            values, places, width, pixels = [], [], 0, self.gallery()[0]
            with self.computing():
                for chunk in np.array_split(pixels, max(1, len(pixels) // 50)):
                    maps = self.model(self._tensor(chunk), trace=True).feature_maps[f"relu{layer}"]
                    best, width = maps.flatten(2).max(2), maps.shape[3]
                    values.append(best.values.cpu().numpy())
                    places.append(best.indices.cpu().numpy())
            self._strongest[layer] = np.concatenate(values), np.concatenate(places), width
        return self._strongest[layer]

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
        x = self.preprocess(inputs).tensors["pixel_values"]
        if label is None:
            with torch.inference_mode():
                return x, int(self.model(x).logits.argmax())
        if label not in self.labels:
            raise OptionError(
                "unknown_label", expected=", ".join(self.labels), got=str(label)[:40], hint="Take one of these."
            )
        return x, self.labels.index(label)

    def _look(self, inputs: Any) -> tuple[Seen, tuple[Note, ...]]:
        if isinstance(inputs, Mapping):
            done = tuple(step for step, done in zip(STEPS, inputs["done"], strict=True) if done)
            return Seen(inputs["seen"], done, tuple(inputs["frame"].tolist())), ()
        digits, small = self.labels == tuple("0123456789"), open_small(inputs)
        return look(small.picture, fill=24 if digits else 28, by_mass=digits), small.notes

    def _tensor(self, pixels: np.ndarray) -> torch.Tensor:
        """(N, 28, 28) uint8 -> (N, 1, 28, 28), normalised, on the device."""
        config = self.model.config
        x = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device)[:, None].float() / 255
        return (x - config.image_mean) / config.image_std
