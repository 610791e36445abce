"""A CNN slides small kernels over a picture, keeps the strongest answers of each neighbourhood, and decides from those.

Paper: LeCun et al. 1998, "Gradient-based learning applied to document recognition" (https://ieeexplore.ieee.org/document/726791).
Different from it: ReLU instead of tanh, the maximum instead of a weighted mean in pooling, and batch normalisation
(https://arxiv.org/abs/1502.03167) and dropout where the config asks for them.

The network computes with torch's convolution. Beside it stand :func:`convolution` and :func:`max_pooling`, written out
number by number to be read and stepped through; ``lmdemo.proofs.cnn`` shows that they give the same.

Shapes: B pictures, C input channels, (H, W) their size, F filters of a layer, k kernel size, L labels.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lmdemo.errors import OptionError
from lmdemo.models.base import Model

FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


@dataclass(frozen=True)
class CNNConfig:
    """Sizes of a CNN. The default is our ``cnn-fashion``; ``CNNConfig.textbook()`` is the one of introductions.

    Attributes:
        labels: The names of the L classes.
        image_size: H and W.
        num_channels: C.
        hidden_sizes: F of each convolution, in order.
        pool_after: After which convolutions, counted from 1, the maps are halved.
        kernel_size: k of every convolution.
        padding: Zeros around the maps before each convolution; k // 2 keeps their size.
        pool_size: Side of the pooling window, which is also its step.
        fc_sizes: Widths of the hidden fully connected layers; none means that the flat maps go straight to the labels.
        batch_norm: Whether each convolution is followed by batch normalisation (and then needs no bias).
        dropout: Part of the flat features that is switched off in training, 0 to 1.
        label_smoothing: Part of the target that is spread over all labels in training, 0 to 1.
        image_mean, image_std: ``pixel_values`` are (grey / 255 - mean) / std.
    """

    labels: tuple[str, ...] = FASHION
    image_size: int = 28
    num_channels: int = 1
    hidden_sizes: tuple[int, ...] = (32, 32, 48, 48, 48, 64, 64, 64)
    pool_after: tuple[int, ...] = (2, 5, 8)
    kernel_size: int = 3
    padding: int = 1
    pool_size: int = 2
    fc_sizes: tuple[int, ...] = ()
    batch_norm: bool = True
    dropout: float = 0.2
    label_smoothing: float = 0.05
    image_mean: float = 0.286
    image_std: float = 0.353

    @classmethod
    def textbook(cls) -> Self:
        """Two 3 x 3 convolutions of 32 and 64 filters without padding, each pooled 2 x 2; dense 64; 10 classes."""
        return cls(
            hidden_sizes=(32, 64),
            pool_after=(1, 2),
            padding=0,
            fc_sizes=(64,),
            batch_norm=False,
            dropout=0.0,
            label_smoothing=0.0,
            image_mean=0.0,
            image_std=1.0,
        )

    def map_size(self, convolutions: int) -> int:
        """H and W of the maps after so many convolutions and the pooling that belongs to them."""
        size = self.image_size
        for i in range(1, convolutions + 1):
            size = size + 2 * self.padding - self.kernel_size + 1
            if i in self.pool_after:
                size //= self.pool_size
        return size


# -- written out: what the page steps through -----------------------------------------------------------------------------


def convolve_at(
    maps: Tensor, kernel: Tensor, bias: float, y: int, x: int, padding: int = 0
) -> tuple[Tensor, Tensor, float]:
    """One number of a convolution: a patch times a kernel, and the sum of all products.

    Args:
        maps: What the layer sees, (C, H, W).
        kernel: One filter, (C, k, k).
        bias: What is added to the sum.
        y: Row of the result, from 0.
        x: Column of the result, from 0.
        padding: How many zeros are thought around the maps; the patch then begins at (y - padding, x - padding).

    Returns:
        The patch (C, k, k), the products (C, k, k), and their sum plus ``bias``.
    """
    channels, size = kernel.shape[0], kernel.shape[-1]
    height, width = maps.shape[1:]
    patch = torch.zeros_like(kernel)
    for c, i, j in itertools.product(range(channels), range(size), range(size)):
        row, column = y - padding + i, x - padding + j
        if 0 <= row < height and 0 <= column < width:  # outside lie the zeros
            patch[c, i, j] = maps[c, row, column]
    products = patch * kernel
    return patch, products, products.sum().item() + bias


def convolution(maps: Tensor, kernels: Tensor, biases: Tensor, padding: int = 0) -> Tensor:
    """The same at every place and for every filter: (C, H, W), (F, C, k, k), (F,) -> (F, H', W'), H' = H + 2 padding - k + 1."""
    size = kernels.shape[-1]
    height, width = (n + 2 * padding - size + 1 for n in maps.shape[1:])
    out = maps.new_empty(len(kernels), height, width)
    for f, y, x in itertools.product(range(len(kernels)), range(height), range(width)):
        out[f, y, x] = convolve_at(maps, kernels[f], biases[f].item(), y, x, padding)[2]
    return out


def max_pooling(maps: Tensor, size: int = 2) -> Tensor:
    """The largest number of each ``size`` x ``size`` window: (F, H, W) -> (F, H // size, W // size)."""
    filters, height, width = maps.shape
    out = maps.new_empty(filters, height // size, width // size)
    for f, y, x in itertools.product(range(filters), range(height // size), range(width // size)):
        out[f, y, x] = maps[f, y * size : (y + 1) * size, x * size : (x + 1) * size].max()
    return out


# -- the network ----------------------------------------------------------------------------------------------------------


class CNNOutput(NamedTuple):
    """What a :class:`CNN` returns.

    Attributes:
        loss: Cross entropy, where labels were given.
        logits: (B, L).
        feature_maps: Where ``trace`` was asked, what each layer gave, by name and in order. For the i-th convolution:
            ``conv{i}`` (the sums), ``norm{i}`` (with batch normalisation), ``relu{i}``, and ``pool{i}`` where the maps
            are halved, each (B, F, H, W); then ``flat`` (B, features) and ``fc{j}`` (B, width) after its ReLU.
    """

    loss: Tensor | None = None
    logits: Tensor | None = None
    feature_maps: Mapping[str, Tensor] | None = None


class CNN(Model):
    """Convolution, batch normalisation, ReLU, pooling, flatten, fully connected.

    Raises:
        OptionError: The config leaves no pixel of the picture, or its lists do not fit together.
    """

    config_class = CNNConfig

    def __init__(self, config: CNNConfig) -> None:
        super().__init__(config)
        layers, last = len(config.hidden_sizes), config.map_size(len(config.hidden_sizes))
        if not layers or last < 1 or any(not 1 <= i <= layers for i in config.pool_after):
            raise OptionError(
                "cnn_config",
                expected="1 or more convolutions; pool_after within them; maps of 1 pixel or more",
                got=f"hidden_sizes {config.hidden_sizes}, pool_after {config.pool_after}, last map {last}",
                hint="Take fewer convolutions or poolings, or a larger picture.",
            )
        widths = (config.num_channels, *config.hidden_sizes)
        self.convs = nn.ModuleList(
            nn.Conv2d(inputs, filters, config.kernel_size, padding=config.padding, bias=not config.batch_norm)
            for inputs, filters in itertools.pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters) for filters in config.hidden_sizes if config.batch_norm)
        self.dropout = nn.Dropout(config.dropout)
        sizes = (config.hidden_sizes[-1] * last * last, *config.fc_sizes)
        self.fcs = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in itertools.pairwise(sizes))
        self.classifier = nn.Linear(sizes[-1], len(config.labels))

    def features(self, x: Tensor, feature_maps: dict[str, Tensor] | None = None) -> Tensor:
        """All but the last layer, (B, C, H, W) -> (B, features); notes each layer's answer in ``feature_maps``."""
        note = feature_maps.__setitem__ if feature_maps is not None else None
        for i, conv in enumerate(self.convs, start=1):
            x = conv(x)  # (B, F, H', W')
            note and note(f"conv{i}", x)
            if self.config.batch_norm:
                x = self.norms[i - 1](x)
                note and note(f"norm{i}", x)
            x = F.relu(x)
            note and note(f"relu{i}", x)
            if i in self.config.pool_after:
                x = F.max_pool2d(x, self.config.pool_size)  # (B, F, H' // pool_size, W' // pool_size)
                note and note(f"pool{i}", x)
        return self.dense(x, feature_maps)

    def dense(self, x: Tensor, feature_maps: dict[str, Tensor] | None = None) -> Tensor:
        """The last maps laid out in a row, through the hidden dense layers: (B, F, H, W) -> (B, features)."""
        note = feature_maps.__setitem__ if feature_maps is not None else None
        x = x.flatten(1)  # (B, F * H * W)
        note and note("flat", x)
        x = self.dropout(x)
        for j, fc in enumerate(self.fcs, start=1):
            x = F.relu(fc(x))
            note and note(f"fc{j}", x)
        return x

    def decide(self, maps: Tensor) -> Tensor:
        """The last maps (B, F, H, W), pooled if they are to be, -> logits (B, L)."""
        return self.classifier(self.dense(maps))

    def forward(self, pixel_values: Tensor, labels: Tensor | None = None, trace: bool = False) -> CNNOutput:
        """Classifies pictures.

        Args:
            pixel_values: (B, C, H, W), normalised with the config's mean and deviation.
            labels: (B,), whole numbers from 0 to L - 1.
            trace: Whether to return every layer's answer.
        """
        feature_maps: dict[str, Tensor] | None = {} if trace else None
        logits = self.classifier(self.features(pixel_values, feature_maps))
        loss = None
        if labels is not None:
            smoothing = self.config.label_smoothing if self.training else 0.0
            loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
        return CNNOutput(loss, logits, feature_maps)


def class_activation(model: CNN, pixel_values: Tensor, target: int) -> Tensor:
    """Grad-CAM (https://arxiv.org/abs/1610.02391): the last convolution's maps, weighed by how much they raise a logit.

    The maps are taken after their ReLU: before it, what a map answers with a negative number would count too, and their weighted
    sum is then often negative everywhere.

    Args:
        model: The network.
        pixel_values: (B, C, H, W).
        target: Which label's logit.

    Returns:
        (B, H', W'), the weighted sum where it is positive, 0 elsewhere.
    """
    with torch.enable_grad():
        output = model(pixel_values.clone().requires_grad_(True), trace=True)
        maps = output.feature_maps[f"relu{len(model.convs)}"]  # (B, F, H', W')
        (gradient,) = torch.autograd.grad(output.logits[:, target].sum(), maps)
    weights = gradient.mean((2, 3), keepdim=True)  # (B, F, 1, 1): how much a map as a whole raises the logit
    return (weights * maps.detach()).sum(1).relu()
