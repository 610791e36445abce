"""Pictures: reading a visitor's safely, bringing it to what a small network was trained on, and the data sets."""

import ctypes
import functools
import gzip
import math
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import ExifTags, Image, ImageOps, features
from torch import Tensor

from lmdemo.errors import DataError, InputError
from lmdemo.notes import Note

MAX_BYTES = 20_000_000
MAX_PIXELS = 25_000_000
MAX_DEEP = (
    50_000_000  # bytes, decoded, of pictures of more than 8 bits, and of those that are decoded several times over
)
MIN_SIDE = 8  # pixels; below it there is nothing to see
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # nothing that Pillow hands to another program
READ = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF"
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
# What people give in a picture's place, by its first bytes.
_OTHERS = (
    (0, b"%PDF", "PDF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"8BPS", "Photoshop (PSD)"),
    (8, b"CR\x02", "raw photo of a camera"),
    (0, b"IIRO", "raw photo of a camera"),
    (0, b"FUJIFILMCCD-RAW", "raw photo of a camera"),
    (0, b"\0\0\1\0", "icon (ICO)"),
    (0, b"PK\3\4", "ZIP, Word, Excel or PowerPoint"),
    (0, b"\x1a\x45\xdf\xa3", "video (WebM, MKV)"),
    (8, b"AVI ", "video (AVI)"),
    (8, b"WAVE", "sound (WAV)"),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_BITS = (8, 10, 12, 14, 15, 16)  # that cameras and depth sensors use of 16
_NO_DATA = (-9999, -32768, -32767, -99999)  # what maps and depth pictures hold where nothing was measured
NEARLY_WHITE = 200  # of 255
_NOTES = "lmdemo.notes"  # in a picture's info
_DECODING = threading.BoundedSemaphore(2)  # pictures at a time: a large one takes 200 MB for a moment

# -- a visitor's picture ----------------------------------------------------------------------------------------------------


def open_picture(source: str | Path | Image.Image | np.ndarray) -> Image.Image:
    """Opens a picture in RGB, upright, transparency laid on white, or on black where all that is drawn is nearly white. Its
    header is checked before anything is decoded. What was understood and changed is told by :func:`notes_of`.

    Args:
        source: A file (PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF, whatever its name; of several frames the first), a PIL
            picture, or an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of whole numbers from 0 to 65535 or floats from 0
            to 1. Of numbers above 255 as many bits count as are used.

    Raises:
        InputError: It is no picture, is broken, too large or too small.
    """
    with _DECODING:
        return _open(source)


class Small(NamedTuple):
    """An opened picture in no more pixels than any network needs.

    Attributes:
        picture: In RGB, with at most about 4 megapixels.
        side: Each of its pixels is the mean of a square of the given one's, of so many pixels a side.
        width, height: Of the given one.
        notes: How it was understood.
    """

    picture: Image.Image
    side: int
    width: int
    height: int
    notes: tuple[Note, ...]


def open_small(source: str | Path | Image.Image | np.ndarray) -> Small:
    """Opens a picture as :func:`open_picture` does, and lets go of what is too much of it before another one is decoded."""
    with _DECODING:
        picture = _open(source)
        small, side = shrunk(picture)
        found = Small(small, side, picture.width, picture.height, notes_of(picture))
        del picture
        if side > 1 and isinstance(source, str | Path) and (trim := _trim()):
            trim(0)
        return found


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """What makes Linux's C library hand freed memory back; each thread's share of it would keep a large picture's."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def _open(source: object) -> Image.Image:
    if isinstance(source, str | Path):
        return _decode(Path(source))
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if not isinstance(source, Image.Image):
        raise InputError(
            "picture_type",
            expected="a file, a PIL picture or an array (H, W, 1 | 3 | 4)",
            got=type(source).__name__,
            hint="Give the picture in one of these forms.",
        )
    _check_size(*source.size)
    try:
        source.load()
        return source if source.mode == "RGB" and not _is_turned(source) else _to_rgb(source, notes_of(source))
    except InputError:
        raise
    except Exception:  # a file that was opened and not yet decoded
        pass
    raise _broken(f"{source.mode}, {source.width} x {source.height}")


def notes_of(picture: Image.Image) -> tuple[Note, ...]:
    """How an opened picture was understood: what was scaled, laid on black, left out."""
    found = picture.info.get(_NOTES, ())
    return found if isinstance(found, tuple) else ()  # a file may write what it likes there


def _decode(path: Path) -> Image.Image:
    if not path.is_file():
        raise InputError("picture_missing", expected=READ, got="no file", hint="Choose a picture first.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(
            "picture_too_heavy",
            expected=f"<= {MAX_BYTES / 1e6:.0f} MB",
            got=f"{size / 1e6:.1f} MB",
            hint="Save it smaller, or as JPEG.",
        )
    try:
        with _header(path) as picture:
            _check_size(*picture.size)
            if (depth := _depth(picture)) > 1 and (most := MAX_DEEP // depth) < picture.width * picture.height:
                raise _too_large(picture.size, most)
            notes, deep = _first_of(picture), _is_deep(picture)
            picture.load()
            return (_deep_colours(path, picture, notes) if deep else None) or _to_rgb(picture, notes)
    except InputError:
        raise
    except Exception:  # decoders raise what they like
        picture = None  # type: ignore[assignment]  # else the error would keep it in memory
    raise _broken(f"{size:,} bytes of one")


def _first_of(picture: Image.Image) -> tuple[Note, ...]:
    """Tells that a file holds more pictures; a phone's JPEG has a small copy or the depth in it, which nobody means."""
    several = getattr(picture, "is_animated", False) and picture.format not in ("JPEG", "MPO")
    return (Note("picture_first", "The file holds several pictures; the first was looked at."),) if several else ()


def _header(path: Path) -> Image.Image:
    """A file's picture, nothing decoded yet."""
    try:
        with warnings.catch_warnings():  # Pillow's own warning about size comes from the header; ours is stricter
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InputError(
            "picture_too_large",
            expected=f"<= {MAX_PIXELS / 1e6:.0f} megapixels",
            got=str(error)[:60],
            hint="Make it smaller first.",
        ) from error
    except Exception:  # decoders raise what they like
        with path.open("rb") as file:
            head = file.read(256)
    if any(head[at:].startswith(begins) for at, begins in _BEGINNINGS):
        raise _broken(f"{path.stat().st_size:,} bytes of one")
    kind = _kind(path.suffix, head)
    if kind.startswith("HEIC"):
        raise InputError(
            "picture_heic",
            expected=READ,
            got=kind,
            hint="On an iPhone: Settings, Camera, Formats, Most Compatible; or take a screenshot of the photo and give that.",
        )
    if kind == "AVIF" and features.check("avif"):
        raise _broken(f"{path.stat().st_size:,} bytes of one")
    raise InputError("picture_unknown", expected=READ, got=kind, hint="Choose a photo or a drawing.")


def _broken(got: str) -> InputError:
    return InputError(
        "picture_broken",
        expected="a whole picture file",
        got=got,
        hint="The file seems damaged or cut off; save or send it again.",
    )


def _kind(suffix: str, head: bytes) -> str:
    """What a file that is no picture looks like, from its first bytes; the name's end helps where these say nothing."""
    if b"<svg" in head or head.lstrip().startswith(b"<?xml"):
        return "SVG (drawing commands, no pixels)"
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "web page (HTML)"
    if head[4:8] == b"ftyp":
        brands = {head[i : i + 4] for i in range(8, min(len(head), int.from_bytes(head[:4], "big")), 4) if i != 12}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & _HEIC:
            return f"HEIC photo ({suffix or '-'})"
        if b"mif1" in brands:
            return "HEIF photo"
        return "raw photo of a camera" if b"crx " in brands else "video or sound (MP4, MOV, M4A)"
    if named := next((name for at, begins, name in _OTHERS if head[at:].startswith(begins)), None):
        return named
    if not head:
        return "0 bytes"
    text = all(32 <= b < 127 or b in (9, 10, 13) for b in head)
    return f"text ({suffix or '-'})" if text else f"{suffix or '-'}, {head[:4].hex(' ')}"


def _too_large(size: tuple[int, int], most: int) -> InputError:
    width, height = size
    return InputError(
        "picture_too_large",
        expected=f"<= {most / 1e6:.0f} megapixels",
        got=f"{width:,} x {height:,} = {width * height / 1e6:.0f} megapixels",
        hint="Make it smaller first.",
    )


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_large((width, height), MAX_PIXELS)
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
    _check_size(array.shape[1], array.shape[0])
    notes: tuple[Note, ...] = ()
    if array.dtype == bool:
        array = array * np.uint8(255)
    elif array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise _out_of_range(array, "0.0 - 1.0")
        array = array * 255 + 0.5
    elif array.dtype.kind in "iu":
        if array.min() < 0 or array.max() > 65535:
            raise _out_of_range(array, "0 - 65535")
        if array.dtype != np.uint8:
            array, notes = _scaled(array)
    else:
        raise InputError(
            "picture_type",
            expected="whole numbers, float",
            got=str(array.dtype),
            hint="Give the pixels in one of these types.",
        )
    return _to_rgb(Image.fromarray(array.astype(np.uint8)), notes)


def _out_of_range(array: np.ndarray, expected: str) -> InputError:
    got = f"{array.min():.5g} - {array.max():.5g}"
    return InputError("picture_values", expected=expected, got=got, hint="Scale the values first.")


# -- its range and its ground -------------------------------------------------------------------------------------------------


def _depth(picture: Image.Image) -> int:
    """Bytes a pixel of a picture of more than 8 bits, which count against :data:`MAX_DEEP`; 1 of others."""
    if picture.format in ("WEBP", "AVIF"):  # their decoders hold several copies
        return 3
    if picture.mode in ("I", "F"):
        return 4
    if picture.mode.startswith("I;16"):
        return 2
    return 2 * len(picture.getbands()) if _is_deep(picture) else 1


def _is_deep(picture: Image.Image) -> bool:
    """Whether a file holds 16 bits a colour, of which Pillow would keep the upper 8."""
    raw = picture.tile[0].args if len(getattr(picture, "tile", ())) else ""
    return ";16" in str(raw if isinstance(raw, str) else next(iter(raw or ()), "")) and len(picture.getbands()) > 1


def _deep_colours(path: Path, picture: Image.Image, notes: Sequence[Note]) -> Image.Image | None:
    """A file of 16 bits a colour, decoded by OpenCV; None where it does not know the file either."""
    values = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.dtype != np.uint16 or values.ndim != 3 or values.shape[2] not in (3, 4):
        return None
    colours, more = _scaled(values[:, :, :3])
    channels = [colours[:, :, ::-1]]
    if values.shape[2] == 4:
        channels.append(_scaled(values[:, :, 3:])[0])
    made = Image.fromarray(np.concatenate(channels, axis=2))
    made.getexif()[ExifTags.Base.Orientation] = picture.getexif().get(ExifTags.Base.Orientation, 1)
    return _to_rgb(made, (*notes, *more))


def _scaled(values: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Whole numbers from 0 to 65535 as 0 to 255, by as many bits as they use: sensors write 12 or 15 of 16."""
    high = int(values.max())
    bits = next(b for b in _BITS if high < 2**b)
    table = (np.arange(2**16, dtype=np.float32) * (255 / (2**bits - 1)) + 0.5).clip(0, 255).astype(np.uint8)
    said = "Only {bits} of 16 bits are used; the brightness was scaled to them."
    return table[values], ((Note("picture_bits", said, {"bits": bits}),) if bits < 16 else ())


def _stretched(values: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Any numbers as 0 to 255: from 0 to 1 or from 0 to 255 as they are, else the smallest black and the largest white."""
    values = values.astype(np.float32, copy=False)
    there = np.isfinite(values) & (np.abs(values) < 1e30) & ~np.isin(values, _NO_DATA)
    count, notes = int(there.size - there.sum()), []
    if count == values.size:
        raise InputError(
            "picture_values", expected="numbers", got="NaN", hint="The file holds no values; save it again."
        )
    low, high = float(values.min(where=there, initial=np.inf)), float(values.max(where=there, initial=-np.inf))
    if count:
        said = "{n} pixels hold no value; they were taken as black."
        notes.append(Note("picture_no_values", said, {"n": count}))
    begin, end = low, high
    if low >= 0 and high <= 1 and high > 0:
        begin, end = 0.0, 1.0
    elif low >= 0 and high <= 255 and high > 0:
        begin, end = 0.0, 255.0
    else:
        said = "The values from {low} to {high} were stretched from black to white."
        notes.append(Note("picture_range", said, {"low": f"{low:.4g}", "high": f"{high:.4g}"}))
    filled = np.where(there, values, np.float32(begin)).astype(np.float32)
    filled -= np.float32(begin)
    filled *= np.float32(255 / max(end - begin, 1e-9))
    return (filled + np.float32(0.5)).clip(0, 255).astype(np.uint8), tuple(notes)


def _is_turned(picture: Image.Image) -> bool:
    """Whether a camera wrote that it was held otherwise."""
    return picture.getexif().get(ExifTags.Base.Orientation, 1) != 1


def _to_rgb(picture: Image.Image, notes: Sequence[Note] = ()) -> Image.Image:
    notes = list(notes)
    if _is_turned(picture):
        picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        values, more = _scaled(np.asarray(picture).astype(np.uint16, copy=False))
        picture, notes = Image.fromarray(values), [*notes, *more]
    elif picture.mode in ("I", "F"):
        values = np.asarray(picture)
        whole = picture.mode == "I" and values.min() >= 0 and values.max() < 2**16
        values, more = _scaled(values) if whole else _stretched(values)
        picture, notes = Image.fromarray(values), [*notes, *more]
    if picture.mode == "La":  # of which Pillow makes nothing else
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        picture, more = _on_ground(picture if picture.mode == "RGBA" else picture.convert("RGBA"))
        notes += more
    made = picture if picture.mode == "RGB" else picture.convert("RGB")
    made.info = {_NOTES: tuple(notes)}
    return made


def _on_ground(picture: Image.Image) -> tuple[Image.Image, tuple[Note, ...]]:
    """A transparent picture on white; on black where all that is drawn is nearly white, and would be lost."""
    scale = min(1.0, 1024 / max(picture.size))
    small = picture.resize([max(1, round(scale * n)) for n in picture.size], Image.Resampling.NEAREST)
    pixels = np.asarray(small)
    drawn = np.asarray(small.convert("RGB").convert("L"))[pixels[:, :, 3] > 127]
    clear = bool((pixels[:, :, 3] < 128).any())
    black = clear and drawn.size > 0 and np.percentile(drawn, 0.5) >= NEARLY_WHITE
    ground = Image.new("RGB", picture.size, "black" if black else "white")
    ground.paste(picture, mask=picture)
    said = "White on nothing: it was laid on black."
    return ground, ((Note("picture_on_black", said),) if black else ())


def shrunk(picture: Image.Image, most: int = 4_000_000) -> tuple[Image.Image, int]:
    """A picture with at most about so many pixels, itself or the means of its squares; and the side of these in pixels."""
    side = max(1, math.ceil(math.sqrt(picture.width * picture.height / most)))
    return (picture if side == 1 else picture.reduce(side)), side


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
    plain = picture.convert("L")
    if max(plain.size) > 256:  # enough to find the object
        scale = 256 / max(plain.size)
        size = max(1, round(plain.width * scale)), max(1, round(plain.height * scale))
        plain = plain.resize(size, Image.Resampling.BOX)
    grey = np.asarray(plain, dtype=np.float32) / 255
    if grey.max() - grey.min() < 0.02:
        raise _empty()
    if grey.shape == (SIZE, SIZE):
        light = light_corners(grey[None])[0]
        pixels = 1 - grey if light else grey
        return Seen((pixels * 255 + 0.5).astype(np.uint8), ("inverted",) if light else (), (0.0, 0.0, 1.0, 1.0))

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
        raise _empty()
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


def _empty() -> InputError:
    return InputError(
        "picture_empty",
        expected="an object before a background",
        got="nothing that stands out from the border",
        hint="Draw something, or take a picture of one thing before an even background.",
    )


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
