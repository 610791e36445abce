"""Sound and video files as people have them: told apart by their first bytes, then decoded by FFmpeg, which reads nothing else.

A name's end says little: a browser's recorder writes WebM whatever the file is called. So the first bytes choose FFmpeg's
reader, from a closed list; the file is handed over open, and whatever the reader wants to open besides is refused. A playlist
or a list of files to join is thereby no video, and can't have other files or addresses read.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from lmdemo.errors import InputError

Wanted = Literal["audio", "video"]
READABLE = {"audio": "WAV, FLAC, OGG, MP3, M4A, WebM", "video": "MP4, MOV, WebM, AVI"}
MAX_BYTES = 250_000_000
MAX_PIXELS = 9_500_000  # of a video's picture: 4K, as phones record it
MOST_DAMAGED = 1000  # packets in a row that give nothing; behind so many there is nothing more
PROBED = {
    "audio": "500000",
    "video": "5000000",
}  # bytes that FFmpeg may read to know what it has; the second is its own choice
VIDEO_READERS = ("mov", "matroska", "avi", "gif", "ogg")
# FFmpeg has hundreds of decoders; these are what recorders, phones, cameras and messengers write.
DECODERS = {
    "audio": "aac,alac,mp3,mp3float,mp2,mp2float,opus,vorbis,flac,amrnb,amrwb,ac3,eac3,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,"
    "gsm_ms,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,"
    "pcm_f64le,pcm_f64be",
    "video": "h264,hevc,vp8,vp9,av1,libdav1d,mpeg4,h263,mjpeg,gif,theora,mpeg1video,mpeg2video,msmpeg4v2,msmpeg4,prores,"
    "dvvideo",
}


class Kind(NamedTuple):
    """A kind of file: what people call it, and FFmpeg's reader for it, "" where it is not read here."""

    name: str
    reader: str = ""


# Of files that may hold sound or video, and of those that are given by mistake; the first that fits counts.
KINDS = tuple(
    (re.compile(start, re.DOTALL), Kind(*kind))
    for start, *kind in (
        (rb"(RIFF|RIFX|RF64|BW64).{4}WAVE", "WAV", "wav"),
        (rb"fLaC", "FLAC", "flac"),
        (rb"OggS", "OGG", "ogg"),
        (rb"\x1a\x45\xdf\xa3.*webm", "WebM", "matroska"),
        (rb"\x1a\x45\xdf\xa3", "Matroska", "matroska"),
        (rb".{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", "HEIC photo"),
        (rb".{4}ftypavi[fs]", "AVIF picture"),
        (rb".{4}ftypM4[AB]", "M4A", "mov"),
        (rb".{4}ftyp3g", "3GP", "mov"),
        (rb".{4}ftypqt", "MOV", "mov"),
        (rb".{4}ftyp", "MP4", "mov"),
        (rb".{4}(moov|mdat|wide|free|skip)", "MOV", "mov"),
        (rb"RIFF.{4}AVI ", "AVI", "avi"),
        (rb"GIF8[79]a", "GIF", "gif"),
        (rb"FORM.{4}AIF[FC]", "AIFF", "aiff"),
        (rb"caff", "CAF", "caf"),
        (rb"\.snd", "AU", "au"),
        (rb"#!AMR", "AMR", "amr"),
        (rb"\x00*\xff[\xe2\xe3\xf2-\xf5\xfa-\xfd]", "MP3", "mp3"),
        (rb"\xff[\xf0\xf1\xf8\xf9]", "AAC", "aac"),
        (rb"\x30\x26\xb2\x75", "Windows Media (WMA, WMV)"),
        (rb"FLV\x01", "Flash video (FLV)"),
        (rb"G.{187}G|.{4}G.{191}G", "MPEG-TS"),
        (rb"\x00\x00\x01\xba", "MPEG"),
        (rb"MThd", "MIDI"),
        (rb"(\xef\xbb\xbf)?\s*(#EXTM3U|\[playlist\]|ffconcat)", "playlist"),
        (rb"\xff\xd8\xff", "JPEG picture"),
        (rb"\x89PNG", "PNG picture"),
        (rb"RIFF.{4}WEBP", "WebP picture"),
        (rb"%PDF", "PDF"),
        (rb"PK\x03\x04", "ZIP"),
        (rb"\x93NUMPY", "NumPy array"),
        (rb"(?i:\s*<(!doctype|html|\?xml|svg))", "HTML, XML or SVG"),
        (rb"[\t\n\r -\x7e\x80-\xf4]+\Z", "text"),
        (rb"\Z", "0 bytes"),
    )
)


@dataclass(frozen=True)
class ClipFacts:
    """What was understood of a clip.

    Attributes:
        kind: What it is, whatever its name: ``WAV``, ``WebM``, ``M4A`` ...; ``samples`` where an array was given.
        seconds: Its length, as decoded.
        sampling_rate: As it came, in Hz.
        channels: As it came.
        changed: What was done to it beyond mixing and resampling: ``offset`` (a constant was taken away), ``one_channel`` (its
            channels cancel each other: the loudest was taken), ``loud`` (beyond full scale: made quieter), ``range`` (samples
            in the range of other integers than their type's), ``turned`` (given as (channels, samples)), ``damaged`` (parts
            that can't be decoded were left out); or ``open_end``, that the file has no end and may be cut off.
    """

    kind: str
    seconds: float
    sampling_rate: int
    channels: int
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class VideoFacts:
    """What was understood of a video.

    Attributes:
        kind: What it is, whatever its name: ``MP4``, ``WebM`` ...
        seconds: Its length, by the time stamps of its pictures.
        pictures: How many it holds.
        width, height: Of the pictures as they came, upright, in pixels.
        changed: What was done to them: ``turned`` upright, as the file asks, ``shrunk``, ``damaged`` (parts that can't be
            decoded were left out).
    """

    kind: str
    seconds: float
    pictures: int
    width: int
    height: int
    changed: tuple[str, ...] = ()


@dataclass
class Media:
    """An opened file, of which one stream is decoded.

    Attributes:
        kind: What it is.
        said_seconds: Its length by its header; None where that does not tell. Only good to see that a file was cut off.
        open_end: Whether it lacks the mark that its kind has at the end.
        damaged: Packets that could not be decoded so far.
    """

    kind: str
    container: Any = field(repr=False)
    stream: Any = field(repr=False)
    said_seconds: float | None
    open_end: bool = False
    damaged: int = 0

    def packets(self) -> Iterator[Any]:
        """Every packet of the stream; where the file breaks off, they end."""
        from av import FFmpegError

        packets = self.container.demux(self.stream)
        while True:
            try:
                yield next(packets)
            except (StopIteration, FFmpegError, OSError, ValueError):
                return

    def frames(self) -> Iterator[Any]:
        """Every frame of the stream; packets that are damaged are passed over, as players do."""
        from av import FFmpegError

        in_a_row = 0
        for packet in self.packets():
            try:
                frames = packet.decode()
            except (FFmpegError, OSError, ValueError):
                frames, self.damaged = [], self.damaged + 1
            yield from frames
            in_a_row = 0 if frames else in_a_row + 1
            if in_a_row > MOST_DAMAGED:
                self.damaged += 1
                return


def tell(file: BinaryIO) -> Kind:
    """What a file is, by its first bytes, or those behind an ID3 tag; of an unknown one they are its name."""
    head = file.read(512)
    if head.startswith(b"ID3"):
        file.seek(_behind_tag(file))
        behind = _kind(file.read(512))
        return behind if behind.reader else Kind("MP3", "mp3")
    return _kind(head)


def _behind_tag(file: BinaryIO) -> int:
    """Where the sound begins behind an ID3 tag, if there is one."""
    file.seek(0)
    head = file.read(10)
    return 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(reversed(head[6:]))) if head[:3] == b"ID3" else 0


def _kind(head: bytes) -> Kind:
    return next((kind for start, kind in KINDS if start.match(head)), Kind(head[:4].hex(" ")))


def refused(wanted: Wanted, what: str, *, got: str, hint: str, expected: str = "") -> InputError:
    """An error with the key ``audio_<what>`` or ``video_<what>``."""
    return InputError(f"{wanted}_{what}", expected=expected or READABLE[wanted], got=got, hint=hint)


@contextlib.contextmanager
def opened(path: Path, wanted: Wanted) -> Iterator[Media]:
    """Opens a file's sound or pictures; its kind is known before FFmpeg sees it.

    Raises:
        InputError: There is no file, it is too heavy, damaged, of another kind, or holds none of what is wanted.
    """
    import av

    unknown = {
        "audio": ("not_readable", "Choose a recording of one of these kinds, or record one here. On a phone, share the voice memo "
                  "into Files first and choose it there."),
        "video": ("unknown", "Choose a video of one of these kinds, as a phone's camera makes them; save others as MP4."),
    }[wanted]  # fmt: skip
    if not os.path.isfile(path):
        what = "missing" if wanted == "video" else unknown[0]
        raise refused(wanted, what, got="no file", hint="Record one here, or choose a file first.")
    with contextlib.ExitStack() as left_open:
        try:
            file = left_open.enter_context(open(path, "rb"))
            size = os.path.getsize(path)
            kind = tell(file)
            said, open_end = _said_by(file, kind, size), kind.reader == "ogg" and not _ends(file, size)
            file.seek(0)
        except OSError as error:
            raise refused(wanted, unknown[0], got=error.strerror or "no file", hint=unknown[1]) from error
        if size > MAX_BYTES:
            expected, got = f"<= {MAX_BYTES / 1e6:.0f} MB", f"{size / 1e6:.0f} MB"
            raise refused(wanted, "too_heavy", expected=expected, got=got, hint="Cut a shorter piece out of it.")
        if not kind.reader or (wanted == "video" and kind.reader not in VIDEO_READERS):
            raise refused(wanted, unknown[0], got=kind.name, hint=unknown[1])
        damaged = refused(
            wanted,
            "broken",
            expected=f"a whole {kind.name} file",
            got=f"{size:,} bytes of one",
            hint="The file seems damaged or cut off; save or send it again.",
        )
        try:
            container = av.open(
                file,
                format=kind.reader,
                # A cover of a sound file is not looked at, nor a picture so large that even to know its size costs much.
                options={"max_pixels": str(4 * MAX_PIXELS if wanted == "video" else 1)},
                container_options={
                    "codec_whitelist": DECODERS[wanted],
                    "probesize": PROBED[wanted],
                    "protocol_whitelist": "none",
                },
                metadata_errors="replace",
                io_open=_nothing_else,
            )
        except (av.FFmpegError, OSError, ValueError, RuntimeError) as error:
            raise damaged from error
        with container:
            if not (container.streams.audio or container.streams.video):
                raise damaged
            stream = _stream(container, kind, wanted)
            if wanted == "video":
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
                stream.thread_type, stream.codec_context.thread_count = "AUTO", 2
            yield Media(kind.name, container, stream, _said_seconds(container, stream, said), open_end)


def _nothing_else(url: str, flags: int, options: dict[str, str]) -> BinaryIO:
    raise PermissionError("a file is read by itself alone")


def _stream(container: Any, kind: Kind, wanted: Wanted) -> Any:
    """The stream to decode, of sound or of moving pictures; a cover is none."""
    from av.stream import Disposition

    streams = container.streams.audio if wanted == "audio" else container.streams.video
    streams = [s for s in streams if not s.disposition & Disposition.attached_pic]
    if not streams:
        held = "video" if wanted == "audio" else "audio"
        if wanted == "audio":
            hint = "The microphone was off, or the sound was taken out; record with sound, or choose a voice memo."
        else:
            hint = "This is sound alone; choose a video."
        what, expected = ("without_sound", "sound") if wanted == "audio" else ("without_picture", "pictures")
        raise refused(wanted, what, expected=expected, got=f"{kind.name}: {held}", hint=hint)
    allowed = DECODERS[wanted].split(",")
    for stream in streams:
        if stream.codec_context is not None and stream.codec_context.name in allowed:
            return stream
    first = streams[0].codec_context
    got = f"{kind.name}: {first.name if first is not None else 'unknown'}"
    hint = "The file holds a coding that is not read here; save or export it as one of these kinds."
    raise refused(wanted, "coding", got=got, hint=hint)


def _said_by(file: BinaryIO, kind: Kind, size: int) -> int | Literal["header", "nobody"]:
    """Who tells a file's length: its header as FFmpeg reads it; nobody, where FFmpeg guesses it from the bit rate; of a WAV the
    bytes of sound that its header promises.
    """
    if kind.reader == "mp3":  # the first frame may hold how many there are
        file.seek(_behind_tag(file))
        first = file.read(256)
        return "header" if any(name in first for name in (b"Xing", b"Info", b"VBRI")) else "nobody"
    if kind.reader == "wav":
        file.seek(0)
        order, at = ("big" if file.read(4) == b"RIFX" else "little"), 12
        for _ in range(100):  # chunks, each with a name and a length
            file.seek(at)
            name, length = file.read(4), int.from_bytes(file.read(4), order)
            if name == b"data":
                piped = length == 0 or length >= 0x7FFF0000  # the size was not known when it was written
                return "nobody" if piped or at + 8 + length <= size else length
            at += 8 + length + length % 2
    return "nobody" if kind.reader in ("aac", "amr", "gif") else "header"


def _ends(file: BinaryIO, size: int) -> bool:
    """Whether the last page of an OGG file is marked as such; a page has at most 65,307 bytes."""
    file.seek(max(0, size - 65_307))
    rest = file.read()
    page = rest.rfind(b"OggS")
    return page >= 0 and bool(rest[page + 5 : page + 6] > b"" and rest[page + 5] & 4)


def _said_seconds(container: Any, stream: Any, said: int | str) -> float | None:
    """A length in seconds, by who tells it."""
    if said == "nobody":
        return None
    if isinstance(said, int):
        rate = stream.codec_context.bit_rate
        return said * 8 / rate if rate else None
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    start = float(stream.start_time * stream.time_base) if stream.start_time is not None else 0.0
    return container.duration / 1e6 - start if container.duration is not None else None
