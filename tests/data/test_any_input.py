"""Whatever comes, the outcome is a value or a mistake that is told: bytes, pictures, arrays, texts, files of Darknet."""

import io
import time
import tracemalloc
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from lmdemo.adapters.object_detection.darknet import count_numbers, read_cfg
from lmdemo.data import image, text
from lmdemo.errors import LmdemoError

quickly = settings(
    max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@contextmanager
def bounded(seconds: float = 1.0, megabytes: float = 200.0) -> Iterator[None]:
    """Holds what is done to a time and a memory; what is wrong with the input may be told."""
    tracemalloc.start()
    started = time.process_time()
    try:
        yield
    except LmdemoError as error:
        assert error.key and error.expected and error.got and error.hint
    finally:
        used, taken = time.process_time() - started, tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    assert used < seconds and taken < megabytes


# -- pictures --------------------------------------------------------------------------------------------------------------


def saved(form: str) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (24, 31, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, form)
    return file.getvalue()


SEEDS = [saved(form) for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")]
BEGINNINGS = [seed[:16] for seed in SEEDS] + [b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypavif", b"%PDF", b"II*\0", b"MM\0*"]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A picture's file with some bytes changed, left out or put in."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        instead = draw(st.binary(max_size=6))
        content[at : at + draw(st.integers(0, 6))] = instead
    return bytes(content)


@quickly
@given(st.one_of(spoilt(), st.builds(bytes.__add__, st.sampled_from(BEGINNINGS), st.binary(max_size=80)), st.binary()))
def test_any_bytes_are_a_picture_or_told(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.png"
    path.write_bytes(content)
    with bounded():
        opened = image.open_picture(path)
        assert opened.mode == "RGB"
        image.look(opened, fill=20)


DTYPES = st.sampled_from(["u1", "u2", "i2", "i4", "i8", "u8", "f2", "f4", "f8", "?", "c8", "U3", "O", "M8[s]"])


@quickly
@given(
    arrays.arrays(
        DTYPES,
        st.one_of(
            arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12),
            st.tuples(st.integers(8, 30), st.integers(8, 30), st.sampled_from([1, 3, 4])),
            st.tuples(st.integers(8, 30), st.integers(8, 30)),
        ),
    )
)
def test_any_array_is_a_picture_or_told(array):
    with bounded():
        opened = image.open_picture(array)
        assert opened.size == (array.shape[1], array.shape[0])
        image.look(opened, fill=20)


MODES = [
    "1",
    "L",
    "P",
    "RGB",
    "RGBA",
    "CMYK",
    "YCbCr",
    "LAB",
    "HSV",
    "I",
    "F",
    "LA",
    "PA",
    "RGBX",
    "RGBa",
    "La",
    "I;16",
    "I;16B",
]


@quickly
@given(st.sampled_from(MODES), st.tuples(st.integers(0, 30), st.integers(0, 30)), st.binary(min_size=64, max_size=64))
def test_a_picture_of_any_mode_is_read_or_told(mode, size, content):
    picture = Image.new(mode, size)
    if min(size) > 1 and mode not in ("I;16B",):
        tile = Image.frombytes(mode, (2, 2), content[: len(picture.crop((0, 0, 2, 2)).tobytes())])
        picture.paste(tile, (0, 0))
    with bounded():
        assert image.open_picture(picture).mode == "RGB"


# -- text ------------------------------------------------------------------------------------------------------------------

# Much that changes when it is read, beside anything.
ODD = "\u200b\u200c\u200d\u00ad\ufeff\u0301\u0308\u1100\u1161\u11a8\ufb01\uff21\U0001d41a\u00b4\u2019`\u2011\r\n\x0b\u2028\u00a0\ufe0f❤👍🏽🏴\U000e0067 ab"
TEXTS = st.one_of(
    st.text(max_size=60), st.text(st.sampled_from(ODD), max_size=40), st.text(st.characters(), max_size=30)
)


@quickly
@given(TEXTS)
def test_any_text_is_read_or_told_and_its_places_hold(typed):
    with bounded():
        read = text.read_typed(typed, letters=False)
        assert read.text == unicodedata.normalize("NFC", read.text)
        assert text.read_typed(read.text, letters=False).text == read.text  # read once more it stays
        places = [read.place(i, i + 1) for i in range(len(read.text))]
        assert places == sorted(places)
        for c, (a, b) in zip(read.text, places, strict=True):
            assert 0 <= a < b <= len(typed)
            in_its_place = c in "'-" or unicodedata.category(c) in ("Cf", "Mn")  # what depends on its neighbours
            assert in_its_place or c in text.clean(typed[a:b]).text
        if not read.notes and read.begins is None:
            assert read.text == typed
        text.read_sentence(typed)
        for cut in (text.NgramTokenizer().encode(read), text.encode(WORDS, read)):
            assert all(0 <= a < b <= len(typed) for a, b in cut.offsets)


WORDS = text.word_tokenizer(["a man is playing a guitar , and they do n't like it"], 50)


@pytest.mark.parametrize(
    "part", ["a\u0301", "\ufb03", "\ufdfa", "e\u200b", "\u0301", "\u1100\u1161\u11a8", "\u00b4a", "A. ", "👨\u200d"]
)
def test_long_texts_take_no_time(part):
    with bounded(megabytes=30):
        text.read_typed((part * 20_000)[: text.MAX_CHARACTERS])
    with bounded(megabytes=30):
        text.read_sentence((part * 20_000)[: text.MAX_CHARACTERS])


# -- Darknet ---------------------------------------------------------------------------------------------------------------

LINES = [
    "[net]", "width=32", "height=32", "channels=3", "[convolutional]", "filters=8", "size=3", "stride=2", "groups=0", "from=-9",
    "[route]", "layers=-1,", "layers = 1, x", "[shortcut]", "[reorg]", "[yolo]", "mask=0,1", "anchors=1,2", "classes=3", "num=2",
    "[region]", "coords=99999999999", "filters=0x8 ; 8", "size=-1", "batch_normalize=yes", "=", "[", "\x00", "num=1", "#",
]  # fmt: skip


@quickly
@given(
    st.one_of(st.lists(st.sampled_from(LINES)).map("\n".join), st.text()),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_any_cfg_is_counted_or_told(tmp_path_factory, content, encoding):
    path: Path = tmp_path_factory.getbasetemp() / "net.cfg"
    path.write_bytes(content.encode(encoding, errors="replace"))
    with bounded():
        assert count_numbers(read_cfg(path)) >= 0
