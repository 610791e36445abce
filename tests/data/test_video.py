"""Pictures of a video are chosen by their own time stamps; length and damage are told before anything is looked at."""

import cv2
import numpy as np
import pytest

from lmdemo.data.video import read_video
from lmdemo.errors import InputError
from tests.media import video


def watch(path, **options):
    return list(read_video(path, **{"max_seconds": 3.0, "frames_per_second": 5} | options))


def test_a_recorders_rate_is_not_believed(tmp_path):
    """A browser's WebM has no length, and says a thousand pictures a second."""
    path = tmp_path / "a.webm"
    path.write_bytes(video("WebM", np.arange(90) / 30, said_rate=1000, options={"live": "1"}))
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) < 0  # what such a header leads to
    shots = watch(path)
    assert [round(s.seconds, 2) for s in shots] == pytest.approx(np.arange(15) / 5, abs=0.02)
    assert shots[-1].facts.seconds == pytest.approx(3, abs=0.05) and shots[-1].done == 1


def test_uneven_pictures_come_at_their_own_seconds(tmp_path):
    seconds = [0, 0.1, 0.5, 0.52, 0.54, 2.0, 2.67]
    (tmp_path / "a.mp4").write_bytes(video("MP4", seconds))
    assert [(s.index, round(s.seconds, 2)) for s in watch(tmp_path / "a.mp4")] == [(0, 0), (2, 0.5), (5, 2), (6, 2.67)]


def test_a_video_that_begins_late_begins_at_its_first_picture(tmp_path):
    (tmp_path / "a.mkv").write_bytes(video("Matroska", 7 + np.arange(10) / 10))
    assert [round(s.seconds, 1) for s in watch(tmp_path / "a.mkv")] == [0, 0.2, 0.4, 0.6, 0.8]


def test_phones_turn_their_pictures(tmp_path):
    """A quarter turn as a phone writes it into a film's track: the light bar on top comes to stand at the right."""
    film = bytearray(video("MP4", [0, 0.1]))
    unturned, turned = np.array([1, 0, 0, 1]) << 16, np.array([0, 1, -1, 0]) << 16

    def matrix(m) -> bytes:
        return b"".join(int(v).to_bytes(4, "big", signed=True) for v in (m[0], m[1], 0, m[2], m[3], 0, 0, 0, 1 << 30))

    at = film.index(matrix(unturned), film.index(b"tkhd"))
    film[at : at + 36] = matrix(turned)
    (tmp_path / "a.mp4").write_bytes(film)
    (shot,) = watch(tmp_path / "a.mp4")
    assert shot.picture.shape == (96, 64, 3) and shot.facts.changed == ("turned",)
    assert (shot.facts.width, shot.facts.height) == (64, 96)
    assert shot.picture[:, -8:].mean() > 240 and shot.picture[:, :40].mean() < 80
    theirs = cv2.VideoCapture(str(tmp_path / "a.mp4")).read()[1]
    assert np.array_equal(theirs[:, :, ::-1], shot.picture)


def test_one_picture_is_a_video_and_large_ones_shrink(tmp_path):
    (tmp_path / "a.mp4").write_bytes(video("MP4", [0], size=(640, 320)))
    (shot,) = watch(tmp_path / "a.mp4", max_side=160)
    assert shot.picture.shape == (80, 160, 3) and shot.facts.changed == ("shrunk",) and shot.facts.width == 640


@pytest.mark.parametrize(
    ("made", "key", "got"),
    [
        (lambda: video("MP4", np.arange(40) / 10), "video_too_long", None),
        (lambda: video("WebM", np.arange(40) / 10, options={"live": "1"}), "video_too_long", "> 3 s"),
        (lambda: video("Matroska", np.arange(1000) / 1000, said_rate=1000), "video_too_long", None),
        (lambda: video("MP4", np.arange(20) / 10)[:-900], "video_broken", None),
        (lambda: video("WebM", np.arange(20) / 10)[:900], "video_broken", None),
        (lambda: video("AVI", np.arange(20) / 10)[:9000], "video_broken", None),
        (lambda: video("AVI", [0], size=(3600, 2700)), "video_too_large", "3600 x 2700"),
    ],
)
def test_what_is_wrong_is_told_before_a_picture_is_looked_at(tmp_path, made, key, got):
    (tmp_path / "a").write_bytes(made())
    with pytest.raises(InputError) as caught:
        next(read_video(tmp_path / "a", max_seconds=3, frames_per_second=5))
    assert caught.value.key == key and got in (None, caught.value.got)
