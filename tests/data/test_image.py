"""Pictures: bad files are refused with a reason, good ones are brought to the network's style, augmentation is seeded."""

import gc
import gzip
import io
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from lmdemo.data import image
from lmdemo.errors import DataError, InputError


def key_of(call, *args) -> str:
    with pytest.raises(InputError) as error:
        call(*args)
    assert error.value.expected and error.value.got and error.value.hint
    return error.value.key


def blank_png(width: int, height: int) -> bytes:
    """A valid PNG of one bit a pixel, all black: 13,000 x 13,000 pixels in about 20 KB."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# -- bad input ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [13_000, 5_001])
def test_too_many_pixels_are_refused_before_decoding(tmp_path, side):
    path = tmp_path / "huge.png"
    path.write_bytes(blank_png(side, side))
    assert path.stat().st_size < 30_000
    image.open_picture(np.zeros((20, 20), np.uint8))  # Pillow's modules are loaded
    started = time.perf_counter()
    assert key_of(image.open_picture, path) == "picture_too_large"
    assert time.perf_counter() - started < 0.1


def test_40_megabytes_are_refused(tmp_path):
    path = tmp_path / "heavy.bmp"
    with path.open("wb") as file:
        file.truncate(40_000_000)
    assert key_of(image.open_picture, path) == "picture_too_heavy"


@pytest.mark.parametrize(
    ("name", "content", "got"),
    [
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "SVG"),
        ("drawing.png", b'<?xml version="1.0"?><svg/>', "SVG"),
        ("letter.png", b"Dear all,\nthis is text.\n", "text (.png)"),
        ("empty.png", b"", "0 bytes"),
        ("paper.pdf", b"%PDF-1.7\n", "PDF"),
        ("noise.jpg", bytes(range(128, 256)), ".jpg"),
    ],
)
def test_no_picture(tmp_path, name, content, got):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        image.open_picture(str(path))
    assert error.value.key == "picture_unknown" and got in error.value.got


def test_postscript_is_not_run(tmp_path):
    """Pillow would hand it to an interpreter."""
    path = tmp_path / "page.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\n")
    assert key_of(image.open_picture, path) == "picture_unknown"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_cut_off_files(tmp_path, form, part):
    path = tmp_path / "cut"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, form)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    assert key_of(image.open_picture, path) == "picture_broken"


def test_missing_file_and_wrong_types(tmp_path):
    assert key_of(image.open_picture, tmp_path / "none.png") == "picture_missing"
    assert key_of(image.open_picture, tmp_path) == "picture_missing"
    for wrong in (
        None,
        5,
        b"bytes",
        [1, 2],
        np.zeros((3, 4, 5, 3), np.uint8),
        np.zeros((0, 9), np.uint8),
        np.zeros((9, 9), complex),
        np.zeros((9, 9, 2), np.uint8),
    ):
        assert key_of(image.open_picture, wrong) == "picture_type"
    for wrong in (
        np.full((9, 9), np.nan),
        np.full((9, 9), 255.0),
        np.full((9, 9), -0.1),
        np.full((9, 9), -1),
        np.full((9, 9), 70_000),
    ):
        assert key_of(image.open_picture, wrong) == "picture_values"


def test_one_pixel(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    assert key_of(image.open_picture, tmp_path / "dot.png") == "picture_too_small"
    assert key_of(image.open_picture, Image.new("L", (3000, 2))) == "picture_too_small"


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
@pytest.mark.parametrize("size", [28, 280])
def test_an_empty_drawing(colour, size):
    picture = Image.new("RGB", (size, size), colour)
    assert key_of(lambda: image.see(picture, fill=24)) == "picture_empty"


# -- odd but good input ----------------------------------------------------------------------------------------------------------


def test_transparency_lies_on_white(tmp_path):
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    picture.putpixel((3, 4), (255, 0, 0, 255))
    picture.save(tmp_path / "clear.png")
    opened = image.open_picture(tmp_path / "clear.png")
    assert (
        opened.mode == "RGB" and opened.getpixel((0, 0)) == (255, 255, 255) and opened.getpixel((3, 4)) == (255, 0, 0)
    )
    picture.quantize(4).save(tmp_path / "palette.png")
    assert image.open_picture(tmp_path / "palette.png").getpixel((0, 0)) == (255, 255, 255)
    two = Image.new("LA", (20, 20), (0, 0))
    assert image.open_picture(two).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits(tmp_path):
    ramp = np.linspace(0, 65535, 400).astype(np.uint16).reshape(20, 20)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    opened = np.asarray(image.open_picture(tmp_path / "deep.png").convert("L")).astype(int)
    assert np.abs(opened - ramp / 257).max() <= 1
    assert np.abs(np.asarray(image.open_picture(ramp).convert("L")) - ramp / 257).max() <= 1


def said(picture: Image.Image) -> list[str]:
    return [note.key for note in image.notes_of(picture)]


def seven(size: int = 200) -> Image.Image:
    """A digit as a mask: 255 where it is drawn."""
    mask = Image.new("L", (size, size))
    ImageDraw.Draw(mask).line([(50, 50), (150, 50), (90, 160)], 255, 14)
    return mask


@pytest.mark.parametrize("ink", [(255, 255, 255), (230, 230, 230), (255, 250, 180)])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_white_on_nothing_is_laid_on_black_and_that_is_said(tmp_path, ink, mode):
    mask = seven()
    drawn = Image.new("RGB", mask.size, ink)
    drawn.putalpha(mask)
    path = tmp_path / "white.png"
    (drawn.quantize(16) if mode in ("P", "PA") else drawn.convert(mode)).save(path)
    opened = image.open_picture(path)
    assert opened.getpixel((0, 0)) == (0, 0, 0) and opened.getpixel((100, 50))[0] > 200
    assert said(opened) == ["picture_on_black"] == said(image.open_picture(opened))  # said again where it is handed on
    dark = Image.new("RGB", mask.size, "#203040")
    dark.putalpha(mask)
    seen = [image.see(p, fill=20)[0].astype(int) for p in (opened, image.open_picture(dark))]
    assert said(image.open_picture(dark)) == [] and np.abs(seen[0] - seen[1]).mean() < 6


def test_white_paper_with_clear_corners_stays_on_white(tmp_path):
    paper = Image.new("RGB", (400, 400), "white")
    ImageDraw.Draw(paper).line([(150, 150), (250, 150), (190, 260)], "black", 12)  # 1 % of it
    clear = Image.new("L", paper.size)
    ImageDraw.Draw(clear).rounded_rectangle((0, 0, 399, 399), 60, 255)
    paper.putalpha(clear)
    opened = image.open_picture(paper)
    assert opened.getpixel((0, 0)) == (255, 255, 255) and said(opened) == []


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 15, 16])
@pytest.mark.parametrize("form", ["png", "tif"])
@pytest.mark.parametrize("bands", [1, 3])
def test_as_many_bits_count_as_are_used(tmp_path, bits, form, bands):
    ramp = np.linspace(0, 2**bits - 1, 400).round().astype(np.uint16).reshape(20, 20)
    values = ramp if bands == 1 else np.stack((ramp, ramp.T, ramp[::-1]), axis=2)
    path = tmp_path / f"deep.{form}"
    cv2.imwrite(str(path), values if bands == 1 else values[:, :, ::-1])
    expected = values / (2**bits - 1) * 255
    for given in (path, values, values.astype(np.int64)):
        opened = image.open_picture(given)
        pixels = np.asarray(opened if bands == 3 else opened.convert("L")).astype(float)
        assert np.abs(pixels - expected).max() <= 0.51, type(given)
        assert said(opened) == (["picture_bits"] if bits < 16 else [])
        assert not image.notes_of(opened) or image.notes_of(opened)[0].values == {"bits": bits}


def test_sixteen_bits_with_transparency_and_rotation(tmp_path):
    values = np.full((20, 30, 4), 4095, np.uint16)
    values[:, :15, :3] = 0
    values[:, 29] = 0
    cv2.imwrite(str(tmp_path / "deep.png"), values)
    opened = np.asarray(image.open_picture(tmp_path / "deep.png"))
    assert (opened[:, :15] == 0).all() and (opened[:, 15:] == 255).all()
    cut = (tmp_path / "deep.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(cut[: len(cut) // 2])
    assert key_of(image.open_picture, tmp_path / "cut.png") == "picture_broken"


@pytest.mark.parametrize(
    ("values", "expected", "keys"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255], []),
        ([0.0, 128.0, 200.0], [0, 128, 200], []),
        ([-5.0, 0.0, 5.0], [0, 128, 255], ["picture_range"]),
        ([300.0, 400.0, 500.0], [0, 128, 255], ["picture_range"]),
        ([np.nan, 0.0, 1.0], [0, 0, 255], ["picture_no_values"]),
        ([-9999.0, 10.0, 20.0], [0, 10, 20], ["picture_no_values"]),
        ([-np.inf, 1000.0, 2000.0], [0, 0, 255], ["picture_no_values", "picture_range"]),
        ([-3.4e38, 1000.0, 2000.0], [0, 0, 255], ["picture_no_values", "picture_range"]),
    ],
)
def test_numbers_of_maps_and_sensors(tmp_path, values, expected, keys):
    path = tmp_path / "depth.tif"
    Image.fromarray(np.repeat(np.array(values, np.float32), 100).reshape(20, 15)).save(path)
    opened = image.open_picture(path)
    found = np.asarray(opened.convert("L")).ravel()[[0, 150, 299]]
    assert np.abs(found.astype(int) - expected).max() <= 1 and said(opened) == keys
    if keys:
        assert np.abs(found.astype(int) - expected).max() <= 1


def test_whole_numbers_of_32_bits(tmp_path):
    for high, keys in ((255, ["picture_bits"]), (65_535, []), (10**6, ["picture_range"])):
        Image.fromarray(np.linspace(0, high, 400).astype(np.int32).reshape(20, 20)).save(tmp_path / "wide.tif")
        opened = image.open_picture(tmp_path / "wide.tif")
        assert opened.getpixel((0, 0)) == (0, 0, 0) and opened.getpixel((19, 19)) == (255, 255, 255)
        assert said(opened) == keys
    Image.fromarray(np.full((20, 20), np.nan, np.float32)).save(tmp_path / "none.tif")
    assert key_of(image.open_picture, tmp_path / "none.tif") == "picture_values"


def test_truth_values_are_black_and_white():
    assert image.open_picture(np.eye(20, dtype=bool)).getpixel((3, 3)) == (255, 255, 255)


def test_the_content_decides_and_not_the_name(tmp_path):
    for form in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        path = tmp_path / "photo.txt"
        Image.new("RGB", (20, 20), "red").save(path, form)
        red, green, _ = image.open_picture(path).getpixel((9, 9))
        assert red > 240 and green < 15, form


def ftyp(*brands: bytes) -> bytes:
    box = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands)
    return struct.pack(">I", len(box) + 4) + box + bytes(200)


@pytest.mark.parametrize("brands", [(b"heic",), (b"mif1", b"heic"), (b"heix", b"mif1"), (b"msf1", b"hevc")])
@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "photo.jpg", "photo.png"])
def test_a_phone_s_photo_is_named_with_what_to_do_on_the_phone(tmp_path, brands, name):
    (tmp_path / name).write_bytes(ftyp(*brands))
    with pytest.raises(InputError) as error:
        image.open_picture(tmp_path / name)
    assert error.value.key == "picture_heic" and "HEIC photo" in error.value.got
    assert "Most Compatible" in error.value.hint and "screenshot" in error.value.hint


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (ftyp(b"isom", b"mp42"), "video"),
        (ftyp(b"qt  "), "video"),
        (ftyp(b"mif1", b"miaf"), "HEIF"),
        (ftyp(b"crx ", b"isom"), "raw photo"),
        (b"\x1a\x45\xdf\xa3 webm", "WebM"),
        (b"RIFF\0\0\0\0WAVE", "WAV"),
        (b"\xff\x0a jxl", "JPEG XL"),
        (b"8BPS\0\1", "Photoshop"),
        (b"PK\3\4 docx", "Word"),
        (b"<!DOCTYPE html><html>", "web page"),
    ],
)
def test_what_else_people_give_is_named(tmp_path, content, got):
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(InputError) as error:
        image.open_picture(tmp_path / "photo.jpg")
    assert error.value.key == "picture_unknown" and got in error.value.got


def test_a_broken_avif_is_broken(tmp_path):
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.avif")
    whole = (tmp_path / "a.avif").read_bytes()
    for part in (0.3, 0.9):
        (tmp_path / "a.avif").write_bytes(whole[: int(part * len(whole))])
        assert key_of(image.open_picture, tmp_path / "a.avif") == "picture_broken"


def test_text_in_a_file_is_no_note_of_ours(tmp_path):
    told = PngInfo()
    told.add_text("lmdemo.notes", "anything")
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png", pnginfo=told)
    assert (
        image.notes_of(image.open_picture(tmp_path / "a.png")) == () == image.notes_of(Image.open(tmp_path / "a.png"))
    )


def test_a_visitor_s_own_picture_is_left_as_it_is():
    given = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
    given.info["dpi"] = (72, 72)
    image.open_picture(given)
    assert given.mode == "RGBA" and given.info == {"dpi": (72, 72)}


@pytest.mark.parametrize("size", [(1000, 700), (2001, 2003), (5000, 4999), (24_000, 1001)])
def test_a_large_picture_is_made_smaller_by_whole_squares(size):
    small, side = image.shrunk(Image.new("L", size, 7))
    assert small.size == tuple(-(-n // side) for n in size) and small.getpixel((0, 0)) == 7
    assert small.width * small.height <= 4_100_000 and (side == 1) == (size[0] * size[1] <= 4_000_000)


def test_of_a_large_picture_no_more_is_kept_than_networks_need(tmp_path):
    Image.new("RGB", (4100, 3000), "red").save(tmp_path / "photo.jpg")
    small = image.open_small(tmp_path / "photo.jpg")
    assert (small.side, small.width, small.height) == (2, 4100, 3000) and small.picture.size == (2050, 1500)
    plain = image.open_small(np.zeros((30, 20), np.uint8))
    assert plain[1:] == (1, 20, 30, ()) and plain.picture.size == (20, 30)


def test_a_refused_picture_stays_in_no_memory(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (500, 500, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    gc.collect()
    gc.disable()
    try:
        key_of(image.open_picture, tmp_path / "cut.png")
        assert not [o for o in gc.get_objects() if isinstance(o, Image.Image) and o.size == (500, 500)]
    finally:
        gc.enable()


def test_cmyk(tmp_path):
    Image.new("CMYK", (20, 20), (0, 255, 255, 0)).save(tmp_path / "print.jpg")
    red, green, blue = image.open_picture(tmp_path / "print.jpg").getpixel((9, 9))
    assert red > 200 and green < 60 and blue < 60


def test_of_an_animation_the_first_frame(tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    for form in ("gif", "tif", "webp", "png"):
        frames[0].save(tmp_path / f"move.{form}", save_all=True, append_images=frames[1:])
        opened = image.open_picture(tmp_path / f"move.{form}")
        red, green, _ = opened.getpixel((9, 9))
        assert red > 250 and green < 5 and said(opened) == ["picture_first"], form


def test_a_camera_s_rotation_is_undone(tmp_path):
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("black", (0, 0, 10, 20))  # a bar on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    picture.save(tmp_path / "photo.jpg", exif=exif)
    opened = image.open_picture(tmp_path / "photo.jpg")
    assert opened.size == (20, 40)
    assert opened.getpixel((10, 2))[0] < 60 and opened.getpixel((10, 37))[0] > 200  # now on top


@pytest.mark.parametrize(
    "array",
    [
        np.full((20, 20), 0.5),
        np.full((20, 20, 1), 128, np.uint8),
        np.full((20, 20, 3), 128, np.uint8),
        np.full((20, 20, 4), (128, 128, 128, 255), np.uint8),
    ],
)
def test_arrays(array):
    assert image.open_picture(array).getpixel((0, 0)) == (128, 128, 128)


# -- what the network sees -----------------------------------------------------------------------------------------------------------


def shirt(size=(400, 500), at=(60, 90), scale=1.0, colour="#304060", ground="#e8e4da") -> Image.Image:
    picture = Image.new("RGB", size, ground)
    outline = [(40, 0), (100, 0), (140, 50), (120, 70), (100, 50), (100, 160), (40, 160), (40, 50), (20, 70), (0, 50)]
    ImageDraw.Draw(picture).polygon([(at[0] + scale * x, at[1] + scale * y) for x, y in outline], colour)
    return picture


def test_pictures_of_the_data_s_own_kind_pass_unchanged():
    pixels, _ = image.load_shipped()
    for given in pixels[::10]:
        seen, done = image.see(image.open_picture(given), fill=28)
        assert (seen == given).all() and done == ()


def test_inverted_pictures_of_the_data_come_back():
    pixels, _ = image.load_shipped()
    back = sum((image.see(image.open_picture(255 - p), fill=28)[0] == p).all() for p in pixels)
    assert back >= 0.97 * len(pixels)


def test_a_photo_looks_the_same_wherever_and_however_large_the_object_is():
    reference, done = image.see(shirt(), fill=28)
    assert "inverted" in done and "cropped" in done
    rows, columns = (np.flatnonzero(reference.max(axis) > 100) for axis in (1, 0))
    assert rows[0] == 0 and rows[-1] == 27  # the longer side fills the picture
    assert abs((columns[0] + columns[-1]) / 2 - 13.5) <= 1  # the other is centred
    for other in (shirt(at=(220, 300)), shirt(scale=1.9), shirt((1200, 900), (500, 300), 3), shirt(scale=0.5)):
        seen, _ = image.see(other, fill=28)
        assert np.abs(seen.astype(int) - reference).mean() < 12


def test_light_on_dark_is_not_inverted():
    reference, _ = image.see(shirt(), fill=28)
    seen, done = image.see(shirt(colour="#f0f0e8", ground="#202228"), fill=28)
    assert "inverted" not in done and np.abs(seen.astype(int) - reference).mean() < 12


def test_shade_and_grain_of_the_background_do_not_hide_the_object():
    reference, _ = image.see(shirt(), fill=28)
    grey = np.asarray(shirt().convert("L"), dtype=np.float64)
    rng = np.random.default_rng(0)
    shaded = grey * np.linspace(1, 0.8, grey.shape[1]) + rng.normal(0, 4, grey.shape)
    seen, _ = image.see(image.open_picture(shaded.clip(0, 255).astype(np.uint8)), fill=28)
    assert np.abs(seen.astype(int) - reference).mean() < 20


@pytest.mark.parametrize("width", [8, 18, 40])
def test_a_drawn_stroke_is_centred_and_fills(width):
    picture = Image.new("RGB", (280, 280), "white")
    ImageDraw.Draw(picture).line([(200, 40), (180, 120), (190, 200)], "black", width)
    seen, _ = image.see(picture, fill=24, by_mass=True)
    ys, _ = np.nonzero(seen > 100)
    assert 21 <= ys.max() - ys.min() + 1 <= 24 and seen.max() > 240
    assert abs((seen.sum(0) * np.arange(28)).sum() / seen.sum() - 13.5) <= 1


@pytest.mark.parametrize("size", [(3000, 20), (9, 2000), (29, 27)])
def test_odd_shapes_work(size):
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (size[0] // 3, size[1] // 3, 2 * size[0] // 3, 2 * size[1] // 3))
    assert image.see(picture, fill=28)[0].shape == (28, 28)


# -- data sets ----------------------------------------------------------------------------------------------------------------------


def write_idx(path, array: np.ndarray) -> None:
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes()))


@pytest.fixture
def fashion(tmp_path):
    rng = np.random.default_rng(0)
    for part, count in (("train", 5_020), ("t10k", 12)):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", rng.integers(0, 256, (count, 28, 28), dtype=np.uint8))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", (np.arange(count) % 10).astype(np.uint8))
    return tmp_path


def test_splits_of_fashion(fashion):
    parts = {split: image.load_fashion(fashion, split) for split in ("train", "val", "test", "all")}
    assert {k: len(y) for k, (_, y) in parts.items()} == {"train": 20, "val": 5_000, "test": 12, "all": 5_032}
    assert (np.concatenate([parts[k][0] for k in ("train", "val", "test")]) == parts["all"][0]).all()
    assert parts["val"][1].dtype == np.int64


def test_all_of_a_folder_with_test_pictures_only(fashion):
    for path in fashion.glob("train-*"):
        path.unlink()
    assert len(image.load_fashion(fashion, "all")[1]) == 12
    with pytest.raises(DataError) as error:
        image.load_fashion(fashion, "val")
    assert error.value.key == "data_missing"


def test_damaged_data(fashion):
    path = fashion / "t10k-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    for content in (
        whole[:100],
        b"no gzip",
        gzip.compress(b"\0\0\x08\x01" + bytes(12)),
        gzip.compress(gzip.decompress(whole)[:-9]),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError) as error:
            image.load_fashion(fashion, "test")
        assert error.value.key == "data_layout"


def test_digits_and_shipped_pictures():
    pixels, labels = image.load_digits("all")
    train, held = image.load_digits("train"), image.load_digits("val")
    assert pixels.shape == (1797, 28, 28) and pixels.dtype == np.uint8 and len(train[1]) + len(held[1]) == 1797
    assert np.abs(np.bincount(held[1]) - len(held[1]) / 10).max() <= 2
    assert not {p.tobytes() for p in train[0]} & {p.tobytes() for p in held[0]}
    pixels, labels = image.load_shipped()
    assert pixels.shape == (1000, 28, 28) and (np.bincount(labels) == 100).all()


@pytest.mark.data
def test_inversion_is_almost_never_seen_where_there_is_none(data):
    pixels, _ = image.load_fashion(data / "fashion-mnist", "train")
    assert image.light_corners(pixels / np.float32(255)).mean() < 0.001
    assert image.light_corners(1 - pixels / np.float32(255)).mean() > 0.98


# -- augmentation --------------------------------------------------------------------------------------------------------------------

AUGMENTATIONS = {
    "flip": image.flip,
    "shift": lambda x: image.shift(x, 4, 1.0),
    "erase": lambda x: image.erase(x, 1.0, 4, 10),
    "soften": lambda x: image.soften(x, 0.5),
    "grain": lambda x: image.grain(x, 0.5, 0.2),
    "warp": lambda x: image.warp(x, degrees=15, shear=0.2, scale=(0.8, 1.1), move=0.1, bend=0.05),
    "thicken": lambda x: image.thicken(x, 0.4, 0.4),
}


@pytest.mark.parametrize("augment", AUGMENTATIONS.values(), ids=list(AUGMENTATIONS))
def test_augmentation_is_seeded_by_torch_and_differs_between_pictures(augment):
    pixels, _ = image.load_shipped()
    x = torch.from_numpy(pixels[:1].repeat(16, 0))[:, None].float() / 255
    torch.manual_seed(5)
    first = augment(x.clone())
    torch.manual_seed(5)
    again = augment(x.clone())
    assert torch.equal(first, again)
    assert first.shape == x.shape and 0 <= first.min() and first.max() <= 1.0001
    assert len({one.numpy().tobytes() for one in first}) >= 2
    torch.manual_seed(6)
    assert not torch.equal(first, augment(x.clone()))


def test_shift_moves_whole_pixels():
    x = torch.zeros(200, 1, 28, 28)
    x[:, 0, 14, 14] = 1
    torch.manual_seed(0)
    places = {tuple(p.tolist()) for p in image.shift(x, 4, 1.0).nonzero()[:, 2:]}
    rows = {y for y, _ in places}
    assert rows == set(range(10, 19)) and len(places) > 60


def test_warp_without_anything_to_do_gives_the_picture_back():
    pixels, _ = image.load_shipped()
    x = torch.from_numpy(pixels[:4])[:, None].float() / 255
    same = image.warp(x, degrees=0, shear=0, scale=(1, 1), move=0)
    assert (same - x).abs().max() < 1e-4


def test_batches_for_the_trainer():
    pixels, labels = image.load_shipped()
    data = image.Pictures(pixels, labels, None, 0.25, 0.5)
    batch = data[[3, 500]]
    assert len(data) == 1000 and batch["labels"].tolist() == labels[[3, 500]].tolist()
    assert np.allclose(batch["pixel_values"][1, 0].numpy(), (pixels[500] / 255 - 0.25) / 0.5, atol=1e-6)


def test_an_open_file_is_read_too():
    buffer = io.BytesIO()
    shirt().save(buffer, "PNG")
    assert image.open_picture(Image.open(buffer)).size == (400, 500)
