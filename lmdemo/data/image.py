"""Pictures: reading a visitor's safely, bringing it to what a small network was trained on, and the data sets."""

import gzip
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from lmdemo.errors import DataError, InputError

MAX_BYTES = 20_000_000
MAX_PIXELS = 25_000_000
MIN_SIDE = 8  # pixels; below it there is nothing to see
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # nothing that Pillow hands to another program
SIZE = 28
_BEGINNINGS = (
    (0, b"\x89PNG\r\n"),
    (0, b"\xff\xd8\xff"),
    (8, b"WEBP"),
    (0, b"GIF8"),
    (0, b"BM"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
)

# -- a visitor's picture ----------------------------------------------------------------------------------------------------


def open_picture(source: str | Path | Image.Image | np.ndarray) -> Image.Image:
    """Opens a picture in RGB, upright, transparency laid on white. Its header is checked before anything is decoded.

    Args:
        source: A file (PNG, JPEG, WebP, GIF, BMP or TIFF; of several frames the first), a PIL picture, or an array
            (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of uint8, uint16 or floats from 0 to 1.

    Raises:
        InputError: It is no picture, is broken, too large or too small.
    """
    if isinstance(source, str | Path):
        return _decode(Path(source))
    if isinstance(source, np.ndarray):
        source = _from_array(source)
    if not isinstance(source, Image.Image):
        raise InputError(
            "picture_type",
            expected="a file, a PIL picture or an array (H, W, 1 | 3 | 4)",
            got=type(source).__name__,
            hint="Give the picture in one of these forms.",
        )
    _check_size(*source.size)
    return _to_rgb(source)


def _decode(path: Path) -> Image.Image:
    expected = "PNG, JPEG, WebP, GIF, BMP, TIFF"
    if not path.is_file():
        raise InputError("picture_missing", expected=expected, got="no file", hint="Choose a picture first.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(
            "picture_too_heavy",
            expected=f"<= {MAX_BYTES / 1e6:.0f} MB",
            got=f"{size / 1e6:.1f} MB",
            hint="Save it smaller, or as JPEG.",
        )
    broken = InputError(
        "picture_broken",
        expected="a whole picture file",
        got=f"{size:,} bytes of one",
        hint="The file seems damaged or cut off; save or send it again.",
    )
    try:
        with warnings.catch_warnings():  # Pillow's own warning about size comes from the header; ours is stricter
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=FORMATS)  # reads the header only
    except Image.DecompressionBombError as error:
        raise InputError(
            "picture_too_large",
            expected=f"<= {MAX_PIXELS / 1e6:.0f} megapixels",
            got=str(error)[:60],
            hint="Make it smaller first.",
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        head = path.read_bytes()[:256]
        if any(head[at:].startswith(begins) for at, begins in _BEGINNINGS):
            raise broken from error
        raise InputError(
            "picture_unknown", expected=expected, got=_kind(path.suffix, head), hint="Choose a photo or a drawing."
        ) from error
    with picture:
        _check_size(*picture.size)
        try:
            picture.load()
            return _to_rgb(picture)
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError) as error:
            raise broken from error


def _kind(suffix: str, head: bytes) -> str:
    """What a file that is no picture looks like, from its name's end and its first bytes."""
    if b"<svg" in head or head.lstrip().startswith(b"<?xml"):
        return "SVG (drawing commands, no pixels)"
    if head.startswith(b"%PDF"):
        return "PDF"
    if not head:
        return "0 bytes"
    text = all(32 <= b < 127 or b in (9, 10, 13) for b in head)
    return f"text ({suffix or '-'})" if text else f"{suffix or '-'}, {head[:4].hex(' ')}"


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InputError(
            "picture_too_large",
            expected=f"<= {MAX_PIXELS / 1e6:.0f} megapixels",
            got=f"{width:,} x {height:,} = {width * height / 1e6:.0f} megapixels",
            hint="Make it smaller first.",
        )
    if min(width, height) < MIN_SIDE:
        raise InputError(
            "picture_too_small",
            expected=f">= {MIN_SIDE} x {MIN_SIDE} pixels",
            got=f"{width} x {height}",
            hint="Take a larger picture.",
        )


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))) or array.size == 0:
        raise InputError(
            "picture_type",
            expected="(H, W), (H, W, 1), (H, W, 3), (H, W, 4)",
            got=str(array.shape),
            hint="Give the picture in one of these shapes.",
        )
    if array.dtype == np.uint16:
        array = array // 257
    elif array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise InputError(
                "picture_values",
                expected="0.0 - 1.0",
                got=f"{array.min():.3g} - {array.max():.3g}",
                hint="Scale the values first.",
            )
        array = array * 255 + 0.5
    elif array.dtype != np.uint8:
        raise InputError(
            "picture_type",
            expected="uint8, uint16, float",
            got=str(array.dtype),
            hint="Give the pixels in one of these types.",
        )
    return Image.fromarray(array.astype(np.uint8))


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("I;16", "I;16B", "I;16L", "I"):  # 16 bits of grey
        picture = Image.fromarray((np.asarray(picture).astype(np.int64).clip(0, 65535) // 257).astype(np.uint8))
    elif picture.mode == "F":
        values = np.asarray(picture)
        span = max(float(values.max() - values.min()), 1e-9)
        picture = Image.fromarray(((values - values.min()) / span * 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


# -- what a small network sees ------------------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """What a small network sees of a picture.

    Attributes:
        pixels: (28, 28) uint8.
        done: What was done to the picture: of ``inverted``, ``background``, ``cropped``.
        frame: Where the pixels lie on the picture, as parts of its width and height: left, top, right, bottom; below 0 or
            above 1 where they reach beyond it.
    """

    pixels: np.ndarray
    done: tuple[str, ...]
    frame: tuple[float, float, float, float]


def see(picture: Image.Image, *, fill: int, by_mass: bool = False) -> tuple[np.ndarray, tuple[str, ...]]:
    """The pixels and what was done, of :func:`look`."""
    return look(picture, fill=fill, by_mass=by_mass)[:2]


def look(picture: Image.Image, *, fill: int, by_mass: bool = False) -> Seen:
    """Brings a photo or drawing to the data's style: bright on black, cropped to the object, 28 x 28, centred.

    A picture of 28 x 28 pixels is taken to be in that style already and is only inverted where its corners are light.
    In others the background is taken to be an even or evenly shaded surface: a plane through the border's brightness.

    Args:
        picture: In RGB.
        fill: Pixels that the object's longer side shall take, at most 28.
        by_mass: Centre by the centre of mass, as handwritten digits are, not by the box.

    Raises:
        InputError: There is nothing but background.
    """
    grey = np.asarray(picture.convert("L"), dtype=np.float32) / 255
    if grey.max() - grey.min() < 0.02:
        raise InputError(
            "picture_empty",
            expected="an object before a background",
            got="nothing that stands out from the border",
            hint="Draw something, or take a picture with an object in it.",
        )
    if grey.shape == (SIZE, SIZE):
        light = light_corners(grey[None])[0]
        pixels = 1 - grey if light else grey
        return Seen((pixels * 255 + 0.5).astype(np.uint8), ("inverted",) if light else (), (0.0, 0.0, 1.0, 1.0))

    if max(grey.shape) > 256:  # enough to find the object
        scale = 256 / max(grey.shape)
        small = picture.convert("L").resize(
            (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), Image.Resampling.BOX
        )
        grey = np.asarray(small, dtype=np.float32) / 255
    background, noise = _background(grey)
    difference = grey - background
    done = ["background"]
    strength = np.percentile(np.abs(difference), 99.5)
    darker = float(-difference[difference < -0.3 * strength].sum())
    lighter = float(difference[difference > 0.3 * strength].sum())
    if darker > lighter:
        done.append("inverted")
    signed = -difference if darker > lighter else difference
    pixels = np.where(signed > max(3 * noise, 0.05 * strength), np.clip(signed / max(strength, 1e-6), 0, 1), 0)

    ys, xs = (np.flatnonzero(_inside(pixels, axis)) for axis in (1, 0))
    if strength < 0.04 or not len(ys) or not len(xs):
        raise InputError(
            "picture_empty",
            expected="an object before a background",
            got="nothing that stands out from the border",
            hint="Draw something, or take a picture with an object in it.",
        )
    box = pixels[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    if box.size < 0.9 * pixels.size:
        done.append("cropped")
    height, width = box.shape
    new = [max(1, round(n * fill / max(height, width))) for n in (height, width)]
    shrunk = Image.fromarray((box * 255).astype(np.uint8)).resize((new[1], new[0]), Image.Resampling.LANCZOS)
    small = np.asarray(shrunk, dtype=np.float32)
    if small.max() > 0:  # thin strokes pale when they shrink
        small = np.minimum(small * (255 / small.max()), 255)
    out, top, left = _place(small, by_mass)
    steps = (width / new[1] / grey.shape[1], height / new[0] / grey.shape[0])  # one pixel, as a part of the picture
    x, y = xs[0] / grey.shape[1] - left * steps[0], ys[0] / grey.shape[0] - top * steps[1]
    frame = tuple(map(float, (x, y, x + SIZE * steps[0], y + SIZE * steps[1])))
    return Seen(out, tuple(done), frame)  # type: ignore[arg-type]


def light_corners(grey: np.ndarray) -> np.ndarray:
    """Which of the pictures (N, H, W), 0 to 1, are light before dark: at least three corners of 2 x 2 pixels are light."""
    corners = np.stack(
        [
            grey[:, ys, xs].mean((1, 2))
            for ys in (slice(0, 2), slice(-2, None))
            for xs in (slice(0, 2), slice(-2, None))
        ],
        1,
    )
    return (corners > 0.5).sum(1) >= 3


def _background(grey: np.ndarray) -> tuple[np.ndarray, float]:
    """The plane that fits the border's brightness, and how far its pixels scatter; what differs more is the object."""
    height, width = grey.shape
    rim = max(1, min(height, width) // 20)
    ys, xs = np.mgrid[0:height, 0:width]
    border = (ys < rim) | (ys >= height - rim) | (xs < rim) | (xs >= width - rim)
    terms = np.stack([np.ones(grey.size), ys.ravel() / height, xs.ravel() / width], 1).astype(np.float32)
    rows, values = terms[border.ravel()], grey[border]
    keep = np.abs(values - np.median(values)) <= 2.5 * np.median(np.abs(values - np.median(values))) + 0.05
    plane, *_ = np.linalg.lstsq(rows[keep], values[keep], rcond=None)  # without what the object covers of the border
    noise = 1.4826 * float(np.median(np.abs(rows[keep] @ plane - values[keep])))
    return (terms @ plane).reshape(grey.shape), noise


def _inside(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Rows (axis 1) or columns (axis 0) that hold some of the object, not just a speck."""
    mass = (pixels > 0.25).sum(axis)
    return mass > max(0, 0.01 * mass.max())


def _place(small: np.ndarray, by_mass: bool) -> tuple[np.ndarray, int, int]:
    """The object on black, (28, 28), and its top and left."""
    out = np.zeros((SIZE, SIZE), np.uint8)
    height, width = small.shape
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    if by_mass and small.sum() > 0:
        ys, xs = np.mgrid[0:height, 0:width]
        top = round(SIZE / 2 - 0.5 - float((small * ys).sum() / small.sum()))
        left = round(SIZE / 2 - 0.5 - float((small * xs).sum() / small.sum()))
    top, left = min(max(top, 0), SIZE - height), min(max(left, 0), SIZE - width)
    out[top : top + height, left : left + width] = small.clip(0, 255).astype(np.uint8)
    return out, top, left


# -- data sets ------------------------------------------------------------------------------------------------------------------

FASHION_VALIDATION = 5_000  # the last pictures of the training part


def load_fashion(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Fashion-MNIST, or other pictures in the same files.

    Args:
        folder: With ``train-images-idx3-ubyte.gz`` and the three like it; of those only what ``split`` needs.
        split: ``train`` (all but the last 5,000 training pictures), ``val`` (those), ``test`` (t10k), ``all`` (every
            picture that is there).

    Returns:
        Pixels (N, 28, 28) uint8 and labels (N,) int64.

    Raises:
        DataError: A file is missing or broken.
    """
    if split == "all":
        parts = [
            _idx_pair(folder, part) for part in ("train", "t10k") if (folder / f"{part}-images-idx3-ubyte.gz").exists()
        ]
        if not parts:
            _idx_pair(folder, "train")  # says what is missing
        return np.concatenate([p for p, _ in parts]), np.concatenate([y for _, y in parts])
    pixels, labels = _idx_pair(folder, "t10k" if split == "test" else "train")
    if split == "train":
        return pixels[:-FASHION_VALIDATION], labels[:-FASHION_VALIDATION]
    return (pixels[-FASHION_VALIDATION:], labels[-FASHION_VALIDATION:]) if split == "val" else (pixels, labels)


def _idx_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    pixels = _idx(folder / f"{part}-images-idx3-ubyte.gz", 3)
    labels = _idx(folder / f"{part}-labels-idx1-ubyte.gz", 1)
    if pixels.shape[1:] != (SIZE, SIZE) or len(pixels) != len(labels):
        raise DataError(
            "data_layout",
            expected="N x 28 x 28 pixels, N labels",
            got=f"{pixels.shape}, {labels.shape}",
            hint="The folder must hold the four idx files of one data set.",
        )
    return pixels, labels.astype(np.int64)


def _idx(path: Path, ndim: int) -> np.ndarray:
    """Reads Yann LeCun's idx format: two zero bytes, the type, the number of axes, their lengths, the values."""
    if not path.is_file():
        raise DataError(
            "data_missing",
            expected=path.name,
            got="no such file",
            hint="Name the folder that holds it with --data, or leave --data out to fetch it.",
        )
    try:
        content = gzip.decompress(path.read_bytes())
        if content[:4] != bytes((0, 0, 8, ndim)):
            raise ValueError(f"begins with {content[:4].hex(' ')}")
        shape = np.frombuffer(content, ">u4", ndim, 4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * ndim).reshape(shape)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(
            "data_layout",
            expected="a gzip file in idx format",
            got=f"{path.name}: {error}"[:120],
            hint="The file seems damaged; fetch it again.",
        ) from error


def load_digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Scikit-learn's 1,797 handwritten digits, enlarged from 8 x 8: pixels (N, 28, 28) uint8 and labels (N,).

    A fixed fifth, every class in proportion, is held out as ``val`` (``test`` is the same fifth).
    """
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    data = load()
    pixels = np.stack(
        [
            np.asarray(Image.fromarray((p * 15.9).astype(np.uint8)).resize((24, 24), Image.Resampling.BICUBIC))
            for p in data.images
        ]
    )
    pixels = np.pad(pixels, ((0, 0), (2, 2), (2, 2)))
    labels = data.target.astype(np.int64)
    if split == "all":
        return pixels, labels
    train, held = train_test_split(np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=0)
    chosen = train if split == "train" else held
    return pixels[chosen], labels[chosen]


def load_shipped() -> tuple[np.ndarray, np.ndarray]:
    """The 1,000 test pictures of Fashion-MNIST that come with this package, 100 a class: (1000, 28, 28) and (1000,)."""
    with np.load(Path(__file__).parent / "fashion-mnist-1000" / "pictures.npz", allow_pickle=False) as file:
        return file["pixels"], file["labels"].astype(np.int64)


class Pictures:
    """Pictures for the Trainer, augmented a batch at a time.

    Args:
        pixels: (N, 28, 28) uint8.
        labels: (N,).
        augment: Changes a batch (B, 1, 28, 28) of brightness from 0 to 1; None leaves it.
        mean, std: ``pixel_values`` are (brightness - mean) / std.
    """

    def __init__(self, pixels: np.ndarray, labels: np.ndarray, augment: Any, mean: float, std: float) -> None:
        self.pixels = torch.from_numpy(np.array(pixels))[:, None]  # a copy: idx files are read-only
        self.labels = torch.from_numpy(labels)
        self.augment, self.mean, self.std = augment, mean, std

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        x = self.pixels[indices].float() / 255  # (B, 1, 28, 28)
        if self.augment is not None:
            x = self.augment(x)
        return {"pixel_values": (x - self.mean) / self.std, "labels": self.labels[indices]}


# -- augmentation: batches (B, 1, H, W) of brightness 0 to 1; each picture draws its own luck --------------------------------------


def flip(x: Tensor) -> Tensor:
    """Mirrors half of the pictures left to right."""
    return torch.where(_some(x, 0.5), x.flip(-1), x)


def shift(x: Tensor, pixels: int, share: float) -> Tensor:
    """Moves a share of the pictures by up to so many whole pixels each way; black comes in."""
    batch, height, width = len(x), *x.shape[-2:]
    by = torch.randint(0, 2 * pixels + 1, (2, batch))
    by = torch.where(torch.rand(batch) < share, by, torch.full_like(by, pixels))
    windows = F.pad(x[:, 0], (pixels,) * 4).unfold(1, height, 1).unfold(2, width, 1)  # (B, 2p + 1, 2p + 1, H, W)
    return windows[torch.arange(batch), by[0], by[1]][:, None]


def erase(x: Tensor, share: float, low: int, high: int) -> Tensor:
    """Blackens a square of ``low`` to ``high`` pixels somewhere in a share of the pictures (arXiv:1708.04552)."""
    batch, height, width = len(x), *x.shape[-2:]
    half = torch.randint(low, high + 1, (batch, 1)) / 2
    rows = (torch.arange(height) - torch.randint(0, height, (batch, 1))).abs() < half  # (B, H)
    columns = (torch.arange(width) - torch.randint(0, width, (batch, 1))).abs() < half  # (B, W)
    square = rows[:, None, :, None] & columns[:, None, None, :]  # (B, 1, H, W)
    return x.masked_fill(square & _some(x, share), 0.0)


def soften(x: Tensor, share: float) -> Tensor:
    """Blurs a share of the pictures with a binomial kernel of 3 x 3."""
    line = torch.tensor([0.25, 0.5, 0.25])
    return torch.where(_some(x, share), F.conv2d(x, (line[:, None] * line)[None, None], padding=1), x)


def grain(x: Tensor, share: float, strongest: float) -> Tensor:
    """Adds Gaussian noise of up to ``strongest`` to a share of the pictures."""
    level = torch.rand(len(x), 1, 1, 1) * strongest
    return torch.where(_some(x, share), (x + torch.randn_like(x) * level).clamp(0, 1), x)


def warp(
    x: Tensor, *, degrees: float, shear: float, scale: tuple[float, float], move: float, bend: float = 0.0
) -> Tensor:
    """Turns, shears, scales, moves and bends each picture.

    Args:
        x: The batch.
        degrees: Largest turn.
        shear: Largest horizontal slant, as a tangent.
        scale: Smallest and largest size.
        move: Largest shift, as a part of the side.
        bend: Largest smooth displacement, as a part of the side.
    """
    batch = len(x)

    def between(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(batch)

    angle, slant = between(-degrees, degrees).deg2rad(), between(-shear, shear)
    width, height = 1 / between(*scale), 1 / between(*scale)
    cos, sin = angle.cos(), angle.sin()
    theta = torch.stack(
        [
            torch.stack([width * cos, width * (slant * cos - sin), between(-move, move) * 2], 1),
            torch.stack([height * sin, height * (slant * sin + cos), between(-move, move) * 2], 1),
        ],
        1,
    )
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)  # (B, H, W, 2)
    if bend:
        coarse = (torch.rand(batch, 2, 4, 4) * 2 - 1) * bend * 2
        grid = grid + F.interpolate(coarse, x.shape[-2:], mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    return F.grid_sample(x, grid, align_corners=False)


def thicken(x: Tensor, wide: float, thin: float) -> Tensor:
    """Makes the strokes of a share of the pictures one pixel wider, of another share one pixel thinner."""
    wider = F.max_pool2d(x, 3, 1, 1)
    thinner = -F.max_pool2d(-F.pad(x, (0, 1, 0, 1)), 2, 1)
    luck = torch.rand(len(x), 1, 1, 1)
    return torch.where(luck < wide, wider, torch.where(luck > 1 - thin, thinner, x))


def _some(x: Tensor, share: float) -> Tensor:
    return torch.rand(len(x), 1, 1, 1) < share
