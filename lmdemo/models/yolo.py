"""YOLO finds objects in one pass: every cell of three grids says what it sees and how far the box's four edges are.

Papers: Redmon et al. 2016, "You Only Look Once" (https://arxiv.org/abs/1506.02640); the network here is the one of
Ultralytics YOLOv8 (2023, no paper): C2f blocks after CSPNet (https://arxiv.org/abs/1911.11929), a path-aggregation neck
(https://arxiv.org/abs/1803.01534), and a head without anchor boxes that gives each edge as a distribution (Generalized
Focal Loss, https://arxiv.org/abs/2006.04388). Different from YOLOv8: widths and depths stand in the config one by one,
and the fixed kernel that takes the mean of a distribution is a sum. How it is trained stands in ``yolo_loss.py``.

Shapes: B pictures, (H, W) their size, a multiple of 32; N cells of the three grids together,
N = H/8 * W/8 + H/16 * W/16 + H/32 * W/32; K labels; M objects marked in a picture at most; R bins of a distribution.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lmdemo.models.base import Model
from lmdemo.models.yolo_loss import DetectionLoss

STRIDES = (8, 16, 32)  # pixels of the picture to one cell, for each of the three grids


@dataclass(frozen=True)
class YOLOConfig:
    """Sizes of a YOLO. The default is our ``yolo-cells``; ``YOLOConfig.nano()`` is YOLOv8n.

    Attributes:
        labels: The K kinds of objects.
        hidden_sizes: Channels at strides 2, 4, 8, 16 and 32.
        depths: Bottlenecks in the C2f blocks at strides 4, 8, 16 and 32.
        neck_depth: Bottlenecks in each C2f block of the neck.
        box_channels: Channels in the head's branch that finds edges.
        class_channels: Channels in the head's branch that names the object.
        num_bins: R; an edge lies 0 to R - 1 cells away from its cell's centre.
        sppf_activation: Whether the pooling pyramid's first convolution ends in SiLU. Ultralytics' releases differ.
        image_size: Pixels of a picture's longer side, as the network was trained.
    """

    labels: tuple[str, ...] = ("RBC", "WBC", "Platelets")
    hidden_sizes: tuple[int, ...] = (16, 32, 64, 96, 128)
    depths: tuple[int, ...] = (1, 1, 1, 1)
    neck_depth: int = 1
    box_channels: int = 48
    class_channels: int = 48
    num_bins: int = 16
    sppf_activation: bool = True
    image_size: int = 320

    @classmethod
    def nano(cls, labels: tuple[str, ...]) -> Self:
        """YOLOv8n as Ultralytics builds it."""
        return cls(
            labels=labels,
            hidden_sizes=(16, 32, 64, 128, 256),
            depths=(1, 2, 2, 1),
            box_channels=64,
            class_channels=max(64, min(len(labels), 100)),
            image_size=640,
        )


class Convolution(nn.Module):
    """Convolution, batch normalisation, SiLU: the brick that all else is made of."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, *, activation: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)
        self.activation = nn.SiLU() if activation else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H/stride, W/stride)."""
        return self.activation(self.norm(self.conv(x)))


class Bottleneck(nn.Module):
    """Two 3 x 3 convolutions, around which the input may also go straight."""

    def __init__(self, channels: int, *, shortcut: bool) -> None:
        super().__init__()
        self.first, self.second = Convolution(channels, channels, 3), Convolution(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same."""
        y = self.second(self.first(x))
        return x + y if self.shortcut else y


class C2f(nn.Module):
    """Half of the channels pass a chain of bottlenecks; what every link of it gave is mixed at the end."""

    def __init__(self, inputs: int, outputs: int, depth: int, *, shortcut: bool) -> None:
        super().__init__()
        half = outputs // 2
        self.split = Convolution(inputs, 2 * half)
        self.blocks = nn.ModuleList(Bottleneck(half, shortcut=shortcut) for _ in range(depth))
        self.mix = Convolution((2 + depth) * half, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H, W)."""
        links = list(self.split(x).chunk(2, dim=1))
        for block in self.blocks:
            links.append(block(links[-1]))
        return self.mix(torch.cat(links, dim=1))


class SPPF(nn.Module):
    """A pyramid of 5, 9 and 13 wide maxima, made of three 5-wide ones in a row: each cell learns of its far surroundings."""

    def __init__(self, channels: int, *, activation: bool) -> None:
        super().__init__()
        self.squeeze = Convolution(channels, channels // 2, activation=activation)
        self.mix = Convolution(4 * (channels // 2), channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same."""
        levels = [self.squeeze(x)]
        for _ in range(3):
            levels.append(F.max_pool2d(levels[-1], 5, stride=1, padding=2))
        return self.mix(torch.cat(levels, dim=1))


class Backbone(nn.Module):
    """Five halvings of the picture; the last three are handed on, the coarsest through the pooling pyramid."""

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__()
        sizes = config.hidden_sizes
        self.stem = Convolution(3, sizes[0], 3, 2)
        self.down = nn.ModuleList(Convolution(a, b, 3, 2) for a, b in pairwise(sizes))
        self.stages = nn.ModuleList(C2f(s, s, d, shortcut=True) for s, d in zip(sizes[1:], config.depths, strict=True))
        self.pyramid = SPPF(sizes[-1], activation=config.sppf_activation)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 3, H, W) -> three maps (B, size, H/stride, W/stride) at strides 8, 16, 32."""
        x, maps = self.stem(x), []
        for down, stage in zip(self.down, self.stages, strict=True):
            x = stage(down(x))
            maps.append(x)
        return [*maps[1:3], self.pyramid(maps[3])]


class Neck(nn.Module):
    """What the coarse grids know flows down to the fine ones, and then what these saw flows back up."""

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__()
        fine, middle, coarse = config.hidden_sizes[2:]

        def block(inputs: int, outputs: int) -> C2f:
            return C2f(inputs, outputs, config.neck_depth, shortcut=False)

        self.to_middle, self.to_fine = block(coarse + middle, middle), block(middle + fine, fine)
        self.down_fine, self.down_middle = Convolution(fine, fine, 3, 2), Convolution(middle, middle, 3, 2)
        self.back_to_middle, self.back_to_coarse = block(fine + middle, middle), block(middle + coarse, coarse)

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Three maps in, three of the same shapes out."""
        fine, middle, coarse = maps
        middle = self.to_middle(torch.cat((_enlarge(coarse), middle), dim=1))
        fine = self.to_fine(torch.cat((_enlarge(middle), fine), dim=1))
        middle = self.back_to_middle(torch.cat((self.down_fine(fine), middle), dim=1))
        coarse = self.back_to_coarse(torch.cat((self.down_middle(middle), coarse), dim=1))
        return [fine, middle, coarse]


def _enlarge(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Head(nn.Module):
    """Two branches that share nothing: where are the edges, and what is it. One pair of them for each grid."""

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__()

        def branch(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
            return nn.Sequential(
                Convolution(inputs, hidden, 3), Convolution(hidden, hidden, 3), nn.Conv2d(hidden, outputs, 1)
            )

        sizes = config.hidden_sizes[2:]
        self.boxes = nn.ModuleList(branch(s, config.box_channels, 4 * config.num_bins) for s in sizes)
        self.classes = nn.ModuleList(branch(s, config.class_channels, len(config.labels)) for s in sizes)
        for box, label, stride in zip(self.boxes, self.classes, STRIDES, strict=True):
            nn.init.constant_(box[-1].bias, 1.0)
            # At first a cell should believe in an object as rarely as there is one: about 5 in a 640-pixel picture.
            nn.init.constant_(label[-1].bias, float(np.log(5 / len(config.labels) / (640 / stride) ** 2)))

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Three maps -> edge logits (B, 4 R, N) and class logits (B, K, N)."""
        boxes = [branch(x).flatten(2) for branch, x in zip(self.boxes, maps, strict=True)]  # (B, 4 R, rows * columns)
        classes = [branch(x).flatten(2) for branch, x in zip(self.classes, maps, strict=True)]
        return torch.cat(boxes, dim=2), torch.cat(classes, dim=2)


class YOLOOutput(NamedTuple):
    """What a pass gives. Cells come grid by grid from fine to coarse, each row by row.

    Attributes:
        logits: Before the sigmoid, (B, N, K).
        boxes: xmin, ymin, xmax, ymax in pixels of ``pixel_values``, (B, N, 4).
        edge_logits: Before the softmax, for the left, top, right and bottom edge, (B, N, 4, R).
        loss: Where labels were given.
        hidden_states: With ``trace``: the three maps of the backbone, then the three of the neck.
    """

    logits: Tensor
    boxes: Tensor
    edge_logits: Tensor
    loss: Tensor | None = None
    hidden_states: tuple[Tensor, ...] = ()


class YOLO(Model):
    """The detector: backbone, neck, head, and the arithmetic that makes boxes of what the head says."""

    config_class = YOLOConfig

    def __init__(self, config: YOLOConfig) -> None:
        super().__init__(config)
        self.backbone, self.neck, self.head = Backbone(config), Neck(config), Head(config)
        self.criterion = DetectionLoss()

    def forward(
        self, pixel_values: Tensor, labels: Tensor | None = None, boxes: Tensor | None = None, *, trace: bool = False
    ) -> YOLOOutput:
        """Looks once.

        Args:
            pixel_values: (B, 3, H, W), red, green, blue from 0 to 1; H and W multiples of 32.
            labels: (B, M) kinds of the marked objects, -1 where a picture has fewer than M. Gives ``loss``.
            boxes: (B, M, 4) their xmin, ymin, xmax, ymax in pixels.
            trace: Whether to return the feature maps.
        """
        maps = self.backbone(pixel_values)
        features = self.neck(maps)
        edges, classes = self.head(features)
        logits = classes.transpose(1, 2).float()  # (B, N, K)
        edge_logits = edges.unflatten(1, (4, -1)).permute(0, 3, 1, 2).float()  # (B, 4 R, N) -> (B, N, 4, R)
        centers, strides = cell_centers([m.shape[2:] for m in features], pixel_values.device)
        found = decode(edge_logits, centers, strides)
        loss = None
        if labels is not None:
            loss = self.criterion(logits, edge_logits, found, centers, strides, labels, boxes)
        return YOLOOutput(logits, found, edge_logits, loss, (*maps, *features) if trace else ())

    @classmethod
    def from_hub_weights(
        cls, state: Mapping[str, Tensor], *, labels: tuple[str, ...], sppf_activation: bool, image_size: int = 640
    ) -> Self:
        """Takes over the tensors of an Ultralytics YOLOv8 detector, whatever its size.

        Args:
            state: Its ``state_dict``. The checkpoint itself is a pickle, which is opened elsewhere, once it was checked.
            labels: The names of its kinds of objects.
            sppf_activation: Whether its ``SPPF.cv1`` has an activation: the tensors do not tell.
            image_size: Pixels of the longer side it was trained at.
        """

        def size(name: str) -> int:
            return state[f"model.{name}.weight"].shape[0]

        def depth(number: int) -> int:
            return len({name.split(".")[3] for name in state if name.startswith(f"model.{number}.m.")})

        model = cls(
            YOLOConfig(
                labels=labels,
                hidden_sizes=tuple(size(f"{n}.conv") for n in (0, 1, 3, 5, 7)),
                depths=tuple(depth(n) for n in (2, 4, 6, 8)),
                neck_depth=depth(12),
                num_bins=size("22.cv2.0.2") // 4,
                box_channels=size("22.cv2.0.0.conv"),
                class_channels=size("22.cv3.0.0.conv"),
                sppf_activation=sppf_activation,
                image_size=image_size,
            )
        )
        model.load_state_dict(
            {_our_name(name): tensor.float() for name, tensor in state.items() if not name.startswith("model.22.dfl.")},
            strict=True,
        )
        return model.eval()


_HUB_LAYERS = {  # Ultralytics numbers its layers
    0: "backbone.stem",
    1: "backbone.down.0",
    2: "backbone.stages.0",
    3: "backbone.down.1",
    4: "backbone.stages.1",
    5: "backbone.down.2",
    6: "backbone.stages.2",
    7: "backbone.down.3",
    8: "backbone.stages.3",
    9: "backbone.pyramid",
    12: "neck.to_middle",
    15: "neck.to_fine",
    16: "neck.down_fine",
    18: "neck.back_to_middle",
    19: "neck.down_middle",
    21: "neck.back_to_coarse",
    22: "head",
}


def _our_name(name: str) -> str:
    _, number, *rest = name.split(".")
    if number == "22":
        words = {"cv2": "boxes", "cv3": "classes"}
    elif number == "9":
        words = {"cv1": "squeeze", "cv2": "mix"}
    elif "m" in rest:  # a bottleneck inside a C2f
        words = {"m": "blocks", "cv1": "first", "cv2": "second"}
    else:
        words = {"cv1": "split", "cv2": "mix"}
    return ".".join((_HUB_LAYERS[int(number)], *({**words, "bn": "norm"}.get(word, word) for word in rest)))


def cell_centers(shapes: list[tuple[int, int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Where the cells of the grids lie.

    Args:
        shapes: Rows and columns of each grid.
        device: Where the tensors shall be.

    Returns:
        Centres in units of a cell, (N, 2) as x, y, and the pixels to a cell, (N, 1).
    """
    centers, strides = [], []
    for (rows, columns), stride in zip(shapes, STRIDES, strict=True):
        y, x = torch.meshgrid(torch.arange(rows, device=device), torch.arange(columns, device=device), indexing="ij")
        centers.append(torch.stack((x, y), dim=-1).flatten(0, 1) + 0.5)  # (rows * columns, 2)
        strides.append(torch.full((rows * columns, 1), float(stride), device=device))
    return torch.cat(centers), torch.cat(strides)


def decode(edge_logits: Tensor, centers: Tensor, strides: Tensor) -> Tensor:
    """Boxes of the head's words: each edge lies as far from the cell's centre as its distribution says on average.

    Args:
        edge_logits: (B, N, 4, R) for left, top, right, bottom.
        centers: (N, 2) in cells.
        strides: (N, 1) pixels to a cell.

    Returns:
        xmin, ymin, xmax, ymax in pixels, (B, N, 4).
    """
    bins = torch.arange(edge_logits.shape[-1], device=edge_logits.device, dtype=edge_logits.dtype)
    distances = (edge_logits.softmax(dim=-1) * bins).sum(dim=-1)  # (B, N, 4)
    left_top, right_bottom = distances.split(2, dim=-1)
    return torch.cat((centers - left_top, centers + right_bottom), dim=-1) * strides


def overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Area that two boxes share, as a part of the area that they cover together: IoU, 0 to 1.

    Args:
        box: xmin, ymin, xmax, ymax, (..., 4).
        boxes: (..., 4), broadcast against ``box``.
    """
    shared = np.minimum(box[..., 2:], boxes[..., 2:]) - np.maximum(box[..., :2], boxes[..., :2])
    shared = shared.clip(min=0).prod(axis=-1)
    areas = (box[..., 2:] - box[..., :2]).prod(axis=-1) + (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)
    return shared / np.maximum(areas - shared, 1e-9)


def suppress(
    boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, *, iou_threshold: float, iou_across: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Non-maximum suppression: the surest box stays, those of its label that overlap it too much fall, and so on.

    Args:
        boxes: (n, 4) xmin, ymin, xmax, ymax.
        scores: (n,).
        labels: (n,); boxes of different labels leave each other alone up to ``iou_across``.
        iou_threshold: Overlap above which the less sure box falls, 0 to 1.
        iou_across: Overlap above which it falls even to a box of another label; at 1 none does.

    Returns:
        For every box the index of the box that it lost to, its own where it stays, (n,); and their overlap, (n,).
    """
    winner, overlaps = np.full(len(boxes), -1), np.ones(len(boxes))
    order = np.argsort(-scores, kind="stable")
    while len(order):
        best, rest = order[0], order[1:]
        winner[best] = best
        shared = overlap(boxes[best], boxes[rest])
        falls = (shared > iou_threshold) & (labels[rest] == labels[best]) | (shared > iou_across)
        winner[rest[falls]], overlaps[rest[falls]] = best, shared[falls]
        order = rest[~falls]
    return winner, overlaps
