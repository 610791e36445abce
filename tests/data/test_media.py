"""Files are told by what they hold, and nothing is read but what was given."""

import struct
from pathlib import Path

import numpy as np
import pytest

from lmdemo.data import media
from lmdemo.data.audio import open_clip
from lmdemo.data.video import read_video
from lmdemo.errors import InputError
from tests.media import SOUNDS, VIDEOS, sound, tone, video

EVEN = np.arange(20) / 10  # seconds of pictures


def watch(path: Path) -> list:
    return list(read_video(path, max_seconds=30, frames_per_second=5))


def refusal(read, path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("kind", SOUNDS)
def test_sound_is_told_by_its_first_bytes_and_read_to_its_end(tmp_path, kind):
    path = tmp_path / "memo.wav"  # whatever its name says
    path.write_bytes(sound(kind, tone(2, 48_000), 48_000))
    clip, facts = open_clip(path)
    assert (facts.kind, facts.sampling_rate, facts.channels, facts.changed) == (kind, 48_000, 1, ())
    assert facts.seconds == pytest.approx(2, abs=0.06) and len(clip) == pytest.approx(16_000 * facts.seconds, abs=1)
    middle = clip[8_000:24_000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440 and middle.std() == pytest.approx(0.354, abs=0.03)


@pytest.mark.parametrize("kind", VIDEOS)
def test_video_is_told_by_its_first_bytes(tmp_path, kind):
    path = tmp_path / "film.jpg"
    path.write_bytes(video(kind, EVEN, said_rate=10))
    shots = watch(path)
    assert [s.index for s in shots] == list(range(0, 20, 2)) and shots[-1].seconds == pytest.approx(1.8, abs=0.02)
    facts = shots[-1].facts
    assert (facts.kind, facts.pictures, facts.width, facts.height, facts.changed) == (kind, 20, 96, 64, ())
    assert facts.seconds == pytest.approx(2, abs=0.15) and shots[-1].done == 1
    assert [s.picture[40, 40, 0] for s in shots] == sorted(s.picture[40, 40, 0] for s in shots)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC photo"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "AVIF picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "PNG picture"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP picture"),
        (b"#EXTM3U\n#EXTINF:2,\nfilm.ts\n", "playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0\nfile 'a.mp4'\n", "playlist"),
        (b"[playlist]\nFile1=a.mp3\n", "playlist"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "text"),
        (b"<!DOCTYPE html><p>", "HTML, XML or SVG"),
        (b'<?xml version="1.0"?><MPD/>', "HTML, XML or SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"MThd\0\0\0\x06", "MIDI"),
        (b"\x93NUMPY\x01\0", "NumPy array"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media (WMA, WMV)"),
        (b"FLV\x01\x05", "Flash video (FLV)"),
        (b"\x00\x01\x02\x03", "00 01 02 03"),
        (b"", "0 bytes"),
    ],
)
def test_other_files_are_named_whatever_they_are_called(tmp_path, head, name):
    path = tmp_path / "recording.wav"
    path.write_bytes(head)
    for read, key in ((open_clip, "audio_not_readable"), (watch, "video_unknown")):
        error = refusal(read, path)
        assert (error.key, error.got) == (key, name)
    assert "On a phone" in refusal(open_clip, path).hint


def test_video_without_sound_and_sound_without_pictures_are_told_apart(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(video("MP4", EVEN))
    assert (refusal(open_clip, path).key, refusal(open_clip, path).got) == ("audio_without_sound", "MP4: video")
    path.write_bytes(sound("M4A", tone()))
    assert (refusal(watch, path).key, refusal(watch, path).got) == ("video_without_picture", "M4A: audio")


@pytest.mark.parametrize(
    "where", ["/dev/zero", "/etc", "a\0b", "x" * 5000, "http://127.0.0.1:9/a.mp4", "pipe:0", "concat:a|b"]
)
def test_only_files_are_opened(where):
    assert refusal(open_clip, where).key == "audio_not_readable" and refusal(watch, where).key == "video_missing"
    assert refusal(watch, where).got == "no file"


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "a.wav").write_bytes(sound("WAV", tone()))
    monkeypatch.setattr(media, "tell", lambda file: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert refusal(open_clip, tmp_path / "a.wav").got == "Permission denied"


def referring(other: Path) -> bytes:
    """A QuickTime film whose pictures are said to lie in another file."""
    film = bytearray(video("MOV", EVEN))
    at = film.index(b"dref")
    name = str(other).encode()
    alias = bytearray(150)
    alias[10], alias[50] = 1, len(other.name)
    alias[51 : 51 + len(other.name)] = other.name.encode()
    struct.pack_into(">HH", alias, 130, 1, 1)
    rest = struct.pack(">HH", 2, len(name)) + name + b"\0" * (len(name) % 2) + b"\xff\xff\0\0"
    entry = b"alis\0\0\0\0" + bytes(alias) + rest
    grown = len(entry) + 4 - 12
    film[at + 12 : at + 24] = struct.pack(">I", len(entry) + 4) + entry
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        size = film.index(box) - 4
        film[size : size + 4] = struct.pack(">I", struct.unpack(">I", film[size : size + 4])[0] + grown)
    return bytes(film)


def test_nothing_is_read_but_what_was_given(tmp_path, monkeypatch):
    """Playlists, lists of files and references inside a file lead nowhere: not one more file is opened."""
    (tmp_path / "secret.mp4").write_bytes(video("MP4", EVEN))
    (tmp_path / "secret.wav").write_bytes(sound("WAV", tone()))
    secret = tmp_path / "secret.mp4"
    given = {
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n".encode(),
        "list.mp4": f"#EXTM3U\n#EXTINF:2,\nfile://{secret}\n".encode(),
        "list.ffconcat": f"ffconcat version 1.0\nfile '{secret}'\n".encode(),
        "a.mpd": f"<?xml version='1.0'?><MPD><BaseURL>{secret}</BaseURL></MPD>".encode(),
        "film.mov": referring(secret),
    }
    asked = []
    monkeypatch.setattr(media, "_nothing_else", lambda url, *_: asked.append(url) or 1 / 0)
    for name, content in given.items():
        (tmp_path / name).write_bytes(content)
        for read in (watch, open_clip):
            with pytest.raises(InputError):
                read(tmp_path / name)
    assert asked == []


def test_a_cover_is_neither_decoded_nor_a_video(tmp_path):
    """A PNG of 169 megapixels in an ID3 tag costs nothing, and the sound is heard."""
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(picture, "PNG")
    cover = b"\0image/png\0\x03\0" + picture.getvalue()

    def sized(n: int) -> bytes:
        return bytes((n >> 7 * i) & 127 for i in (3, 2, 1, 0))

    frame = b"APIC" + sized(len(cover)) + b"\0\0" + cover
    plain = sound("MP3", tone(2, 48_000), 48_000, id3v2_version="0")
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04\0\0" + sized(len(frame)) + frame + plain)
    assert open_clip(tmp_path / "a.mp3")[1].seconds == pytest.approx(2, abs=0.05)
    assert refusal(watch, tmp_path / "a.mp3").got == "MP3"
