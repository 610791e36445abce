"""Sound and video files of the kinds that recorders, phones and cameras write, made by a test itself."""

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

# What a file is called -> how it is written.
SOUNDS = {
    "WAV": ("wav", "pcm_s16le"),
    "FLAC": ("flac", "flac"),
    "OGG": ("ogg", "libopus"),
    "MP3": ("mp3", "libmp3lame"),
    "M4A": ("ipod", "aac"),
    "MP4": ("mp4", "aac"),
    "AAC": ("adts", "aac"),
    "WebM": ("webm", "libopus"),
    "Matroska": ("matroska", "flac"),
    "MOV": ("mov", "pcm_s16le"),
    "AIFF": ("aiff", "pcm_s16be"),
    "CAF": ("caf", "pcm_s16be"),
    "AU": ("au", "pcm_s16be"),
    "AVI": ("avi", "pcm_s16le"),
}
VIDEOS = {
    "MP4": ("mp4", "libx264"),
    "MOV": ("mov", "libx264"),
    "WebM": ("webm", "libvpx"),
    "Matroska": ("matroska", "mpeg4"),
    "3GP": ("3gp", "mpeg4"),
    "AVI": ("avi", "mjpeg"),
    "GIF": ("gif", "gif"),
}


def tone(seconds: float = 1.0, rate: int = 16_000, hertz: float = 440.0) -> np.ndarray:
    """A tone of half the highest level, (samples,)."""
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def sound(kind: str, waveform: np.ndarray, rate: int = 16_000, **options: str) -> bytes:
    """A file with the samples (samples,) or (samples, 2); ``options`` are those of FFmpeg's writer."""
    form, codec = SOUNDS[kind]
    columns = waveform[:, None] if waveform.ndim == 1 else waveform
    layout = "mono" if columns.shape[1] == 1 else "stereo"
    file = io.BytesIO()
    with av.open(file, "w", format=form, container_options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, context.layout, rate, context.frame_size or 1024)
        packed = np.ascontiguousarray(columns, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def video(
    kind: str,
    seconds: Sequence[float],
    *,
    size: tuple[int, int] = (96, 64),
    said_rate: int = 30,
    options: dict[str, str] | None = None,
) -> bytes:
    """A file with one picture at each of these seconds, each brighter than the one before."""
    form, codec = VIDEOS[kind]
    file, (width, height) = io.BytesIO(), size
    ticks = 1000 if kind in ("WebM", "Matroska", "MP4", "MOV") else said_rate
    with av.open(file, "w", format=form, container_options=options or {}) as container:
        stream = container.add_stream(codec, rate=said_rate)
        stream.width, stream.height = width, height
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        stream.codec_context.time_base = Fraction(1, ticks)
        for i, second in enumerate(seconds):
            picture = np.full((height, width, 3), 40 + 180 * i // len(seconds), np.uint8)
            picture[: height // 4] = 255  # upright, a light bar is on top
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(second * ticks), Fraction(1, ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
