"""Pictures with marked objects: the VOC layout of BCCD, letterboxing, and the augmentation that a small set needs."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lmdemo.errors import DataError

PADDING = 114  # the grey beside a picture that does not fill its frame, 0 to 255
BCCD_LABELS = ("RBC", "WBC", "Platelets")


@dataclass(frozen=True)
class Marked:
    """A picture with its objects.

    Attributes:
        path: The picture's file.
        labels: (objects,) indices.
        boxes: xmin, ymin, xmax, ymax in pixels, (objects, 4); each has an area.
    """

    path: Path
    labels: np.ndarray
    boxes: np.ndarray


def read_voc(folder: Path, split: str, labels: Sequence[str]) -> list[Marked]:
    """Reads ``Annotations``, ``JPEGImages`` and ``ImageSets/Main``.

    Args:
        folder: The data set.
        split: A list of ``ImageSets/Main``, or ``all`` for every annotated picture.
        labels: The names that count, in the order of their indices. Boxes without area are left out.

    Raises:
        DataError: A file is missing, can't be read, or names an unknown label.
    """
    if split == "all":
        names = sorted(path.stem for path in (folder / "Annotations").glob("*.xml"))
    else:
        listed = folder / "ImageSets" / "Main" / f"{split}.txt"
        if not listed.is_file():
            raise DataError(
                "data_missing",
                expected=f"{listed.relative_to(folder)} in {folder.name}",
                got="no such file",
                hint="Name a folder in the layout of Pascal VOC, with this list of picture names.",
            )
        names = listed.read_text(encoding="utf-8").split()
    if not names:
        raise DataError(
            "data_missing",
            expected=f"annotated pictures in {folder.name}",
            got="0 pictures",
            hint="Name a folder in the layout of Pascal VOC.",
        )
    return [_read_annotation(folder, name, labels) for name in names]


def _read_annotation(folder: Path, name: str, labels: Sequence[str]) -> Marked:
    path = folder / "Annotations" / f"{name}.xml"
    try:
        root = ElementTree.parse(path).getroot()
        found = [
            (
                node.findtext("name"),
                [float(node.findtext(f"bndbox/{edge}")) for edge in ("xmin", "ymin", "xmax", "ymax")],
            )
            for node in root.iter("object")
        ]
    except (OSError, ElementTree.ParseError, TypeError, ValueError) as error:
        raise DataError(
            "data_layout",
            expected="a VOC annotation with bndbox numbers",
            got=f"{path.name}: {error}"[:200],
            hint="Mend or remove this file.",
        ) from error
    for label, _ in found:
        if label not in labels:
            raise DataError(
                "data_layout",
                expected=", ".join(labels),
                got=f"{label} in {path.name}",
                hint="This data set marks other kinds of objects.",
            )
    kept = [(labels.index(label), box) for label, box in found if box[2] > box[0] and box[3] > box[1]]
    picture = folder / "JPEGImages" / f"{name}.jpg"
    if not picture.is_file():
        raise DataError(
            "data_missing",
            expected=f"JPEGImages/{picture.name}",
            got="no such file",
            hint="The picture of this annotation is missing.",
        )
    return Marked(
        picture,
        np.array([k for k, _ in kept], dtype=np.int64),
        np.array([box for _, box in kept], dtype=np.float32).reshape(-1, 4),
    )


def read_picture(path: Path) -> np.ndarray:
    """A file as red, green, blue uint8, (height, width, 3).

    Raises:
        DataError: It is no picture.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise DataError(
            "data_layout", expected="a JPEG or PNG picture", got=path.name, hint="Mend or remove this file."
        )
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


class Frame(NamedTuple):
    """How a picture was put into the network's frame: ``x_frame = x * scale_x + left``, and so for y."""

    scale_x: float
    scale_y: float
    left: int
    top: int

    def to_picture(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (n, 4) from the frame back into the picture, over whose borders they may reach."""
        return (boxes - (self.left, self.top) * 2) / ((self.scale_x, self.scale_y) * 2)


def letterbox(picture: np.ndarray, image_size: int, *, multiple: int = 32) -> tuple[np.ndarray, Frame]:
    """Resizes a picture so that its longer side is ``image_size``, keeping its proportions, and pads it with grey.

    Args:
        picture: uint8, (height, width, 3).
        image_size: Pixels.
        multiple: Both sides of the frame are padded up to a multiple of it.
    """
    height, width = picture.shape[:2]
    scale = image_size / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    if (new_width, new_height) != (width, height):
        picture = cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    gap_x, gap_y = -new_width % multiple / 2, -new_height % multiple / 2
    left, top = round(gap_x - 0.1), round(gap_y - 0.1)
    framed = cv2.copyMakeBorder(
        picture, top, round(gap_y + 0.1), left, round(gap_x + 0.1), cv2.BORDER_CONSTANT, value=(PADDING,) * 3
    )
    return framed, Frame(new_width / width, new_height / height, left, top)


class DetectionData:
    """Marked pictures in memory, handed out in augmented batches.

    A picture is one of four that meet at a random point (a mosaic) or stands alone; mirrored, turned, cut out at a
    random scale, and tinted. Towards the end of a training it stands alone, as pictures do later.

    Args:
        pictures: uint8, (n, 3, height, width), no side longer than ``size``.
        labels: For each picture (objects,).
        boxes: For each picture (objects, 4) in pixels.
        size: Side of the square that the network is trained on, a multiple of 32.
        mosaic: Part of the pictures that are mosaics, 0 to 1.
        mosaic_until: Part of the training after which there are no more.
        mirror: Whether left and right, and up and down, may be swapped, and rows and columns too.
        zoom: Smallest and largest scale.
        visible: An object of which a window shows less than this part is not asked for.
        tint: Largest change of hue in radians, of saturation, brightness and contrast as parts of 1.
    """

    def __init__(
        self,
        pictures: Tensor,
        labels: list[np.ndarray],
        boxes: list[np.ndarray],
        *,
        size: int,
        mosaic: float = 1.0,
        mosaic_until: float = 0.85,
        mirror: bool = True,
        zoom: tuple[float, float] = (0.6, 1.5),
        visible: float = 0.2,
        tint: tuple[float, float, float, float] = (0.1, 0.5, 0.25, 0.25),
    ) -> None:
        self.pictures = pictures
        self.labels, self.boxes = [torch.from_numpy(x) for x in labels], [torch.from_numpy(x).float() for x in boxes]
        self.size, self.mosaic, self.mosaic_until, self.mirror = size, mosaic, mosaic_until, mirror
        self.zoom, self.visible, self.tint = zoom, visible, tint
        self.done = 0.0  # how much of the training lies behind; the Trainer tells

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        """A batch: ``pixel_values`` (B, 3, size, size), ``labels`` (B, M), ``boxes`` (B, M, 4)."""
        cut = [self._cut_out(*self._compose(i)) for i in indices]
        count = max(len(labels) for _, labels, _ in cut)
        labels = torch.full((len(cut), count), -1)
        boxes = torch.zeros(len(cut), count, 4)
        for i, (_, k, box) in enumerate(cut):
            labels[i, : len(k)], boxes[i, : len(k)] = k, box
        pixels = self._tinted(torch.stack([pixels for pixels, _, _ in cut]) / 255)
        return {"pixel_values": pixels, "labels": labels, "boxes": boxes}

    def _mirrored(self, i: int) -> tuple[Tensor, Tensor, Tensor]:
        picture, boxes = self.pictures[i], self.boxes[i]
        if self.mirror:
            swap, across, down = (torch.rand(3) < 0.5).tolist()
            if swap:
                picture, boxes = picture.transpose(1, 2), boxes[:, [1, 0, 3, 2]]
            height, width = picture.shape[1:]
            if across:
                picture, boxes = (
                    picture.flip(2),
                    boxes * torch.tensor([-1, 1, -1, 1]) + torch.tensor([width, 0, width, 0]),
                )
                boxes = boxes[:, [2, 1, 0, 3]]
            if down:
                picture, boxes = (
                    picture.flip(1),
                    boxes * torch.tensor([1, -1, 1, -1]) + torch.tensor([0, height, 0, height]),
                )
                boxes = boxes[:, [0, 3, 2, 1]]
        return picture, self.labels[i], boxes

    def _compose(self, i: int) -> tuple[Tensor, Tensor, Tensor]:
        """A grey canvas of twice the size (3, 2 size, 2 size) with one or four pictures, and what is on it."""
        size = self.size
        canvas = torch.full((3, 2 * size, 2 * size), PADDING, dtype=torch.uint8)
        four = self.done < self.mosaic_until and torch.rand(()).item() < self.mosaic
        others = torch.randint(len(self), (3,)).tolist()
        x, y = torch.randint(size // 2, 3 * size // 2 + 1, (2,)).tolist()  # where the four meet
        all_labels, all_boxes = [], []
        for corner, j in enumerate([i, *others] if four else [i]):
            picture, labels, boxes = self._mirrored(j)
            height, width = picture.shape[1:]
            if four:
                left, top = x - width * (corner % 2 == 0), y - height * (corner < 2)
            else:
                left, top = size - width // 2, size - height // 2
            x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, 2 * size), min(top + height, 2 * size)
            canvas[:, y0:y1, x0:x1] = picture[:, y0 - top : y1 - top, x0 - left : x1 - left]
            all_labels.append(labels)
            all_boxes.append(boxes + torch.tensor([left, top, left, top]))
        return canvas, torch.cat(all_labels), torch.cat(all_boxes)

    def _cut_out(self, canvas: Tensor, labels: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A window of the canvas, scaled to (3, size, size); objects of which too little is left are dropped."""
        size, (least, most) = self.size, self.zoom
        zoom = least * (most / least) ** torch.rand(()).item()
        stretch = 1.1 ** (2 * torch.rand(()).item() - 1)
        width, height = min(2 * size, round(size / zoom * stretch)), min(2 * size, round(size / zoom / stretch))
        shift = (torch.rand(2) - 0.5) * size / 4
        left, top = ((2 * size - torch.tensor([width, height])) / 2 + shift).round().int().tolist()
        left, top = max(0, min(left, 2 * size - width)), max(0, min(top, 2 * size - height))
        window = canvas[None, :, top : top + height, left : left + width].float()
        pixels = F.interpolate(window, (size, size), mode="bilinear")[0]
        moved = (boxes - torch.tensor([left, top, left, top])) * torch.tensor([size / width, size / height] * 2)
        cut = moved.clamp(0, size)
        sides, whole = cut[:, 2:] - cut[:, :2], (moved[:, 2:] - moved[:, :2]).prod(dim=1)
        kept = (sides.amin(dim=1) > 3) & (sides.prod(dim=1) > self.visible * whole)
        return pixels, labels[kept], cut[kept]

    def _tinted(self, pixels: Tensor) -> Tensor:
        """Turns the hue, scales saturation, contrast and brightness: one 3 x 3 matrix and an offset for each picture."""
        hue, saturation, brightness, contrast = ((2 * torch.rand(len(pixels), 4) - 1) * torch.tensor(self.tint)).unbind(
            1
        )
        to_yiq = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
        turn = torch.zeros(len(pixels), 3, 3)
        turn[:, 0, 0] = 1
        turn[:, 1, 1] = turn[:, 2, 2] = (1 + saturation) * hue.cos()
        turn[:, 2, 1] = (1 + saturation) * hue.sin()
        turn[:, 1, 2] = -turn[:, 2, 1]
        matrix = torch.linalg.inv(to_yiq) @ turn @ to_yiq * (1 + contrast)[:, None, None]
        mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
        offset = mean * (brightness - contrast)[:, None, None, None]
        return (torch.einsum("bij,bjhw->bihw", matrix, pixels) + offset).clamp(0, 1)
