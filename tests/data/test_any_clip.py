"""Whatever bytes or samples come, a clip and a video end in a value or in a sentence, soon and without much memory."""

import resource
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lmdemo.data.audio import open_clip
from lmdemo.data.video import read_video
from lmdemo.errors import LmdemoError
from tests.media import SOUNDS, VIDEOS, sound, tone, video

FEW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADS = (b"RIFF\0\0\0\0WAVEfmt ", b"fLaC", b"OggS", b"ID3\x04\0\0", b"\xff\xfb\x90\0", b"\xff\xf1\x50\x80", b"\x1a\x45\xdf\xa3",
         b"\0\0\0\x18ftypisom", b"RIFF\0\0\0\0AVI LIST", b"GIF89a", b"FORM\0\0\0\0AIFF", b"caff", b".snd", b"#!AMR\n", b"")  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """A short file of every kind."""
    films = {f"{kind} film": video(kind, np.arange(10) / 10, size=(32, 32), said_rate=10) for kind in VIDEOS}
    return {kind: sound(kind, tone(0.5, 48_000), 48_000) for kind in SOUNDS} | films


def used() -> float:
    """CPU seconds of this process: the clock on the wall also counts others' work."""
    return time.process_time()


def ends_well(source) -> None:
    """Reads something as sound, and a file as a video."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for read in (open_clip, lambda path: list(read_video(path, max_seconds=30, frames_per_second=5))):
        started = used()
        try:
            made = read(source)
        except LmdemoError as error:
            assert error.expected and error.got and error.hint
        else:
            assert len(made) and (read is not open_clip or np.isfinite(made[0]).all())
        assert used() - started < 1
        if not isinstance(source, Path):
            break
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 200_000  # KB


@FEW
@given(st.sampled_from(HEADS), st.binary(max_size=4000))
def test_any_bytes(tmp_path, head, rest):
    (tmp_path / "a").write_bytes(head + rest)
    ends_well(tmp_path / "a")


@FEW
@given(st.data())
def test_any_damage_to_a_file_of_any_kind(tmp_path, whole, data):
    content = bytearray(whole[data.draw(st.sampled_from(sorted(whole)))])
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=20)):
        content[at % 400 if at % 3 else at] = value  # most of it where the headers are
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(content)), st.integers(0, len(content)))))
    if data.draw(st.booleans()):
        del content[max(16, start) : end]
    (tmp_path / "a").write_bytes(content)
    ends_well(tmp_path / "a")


SAMPLES = arrays.arrays(
    st.one_of(arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes(), arrays.boolean_dtypes(),
              arrays.complex_number_dtypes(), arrays.unicode_string_dtypes()),
    arrays.array_shapes(max_dims=3, max_side=60),
)  # fmt: skip


@FEW
@given(
    st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.just(8_000)),
    st.one_of(SAMPLES, st.lists(st.one_of(st.integers(), st.floats(), st.none(), st.text())), st.text(), st.none()),
)
def test_any_samples(rate, samples):
    ends_well((rate, samples))


@FEW
@given(
    st.one_of(
        st.none(),
        st.text(),
        st.integers(),
        st.binary(),
        st.tuples(st.integers()),
        st.dictionaries(st.text(), st.integers()),
    )
)
def test_any_object(source):
    ends_well(source)


@FEW
@given(
    arrays.arrays(
        st.sampled_from(
            [np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint64, np.float16, np.float32, np.float64]
        ),
        st.tuples(st.integers(800, 4000), st.integers(1, 3)),
    )
)
def test_any_clip_of_a_good_length(samples):
    ends_well((8_000, samples))
