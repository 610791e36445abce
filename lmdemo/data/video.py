"""A short video's pictures at even steps of time, by their own time stamps: headers of recorders say anything about their rate."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lmdemo.data import media
from lmdemo.data.media import VideoFacts

MOST_RATE = 300  # pictures a second on average; slow motion has 240
SLACK = 0.01  # seconds; time stamps are rounded


class Shot(NamedTuple):
    """A picture of a video.

    Attributes:
        index: Of the picture in the video, from 0.
        seconds: When it is shown, from the first one on.
        done: The part of the video that lies behind, 0 to 1.
        picture: Red, green, blue uint8, (height, width, 3), upright.
        facts: What was understood of the whole.
    """

    index: int
    seconds: float
    done: float
    picture: np.ndarray
    facts: VideoFacts


def read_video(
    path: str | Path, *, max_seconds: float, frames_per_second: float, max_side: int = 1280
) -> Iterator[Shot]:
    """Reads a short video picture by picture.

    Args:
        path: The file.
        max_seconds: A longer one is refused.
        frames_per_second: How many pictures of each second are given; the others are passed over.
        max_side: Larger pictures are shrunk, in pixels.

    Yields:
        The first picture, and each that is the first in its step of time.

    Raises:
        InputError: It is no video, damaged or cut off, too long or large, or without pictures.
    """
    from av import FFmpegError

    path = Path(path)
    facts, start = _look_through(path, max_seconds)
    with media.opened(path, "video") as file:
        index, due, size, quarter = 0, 0.0, (0, 0), 0
        for index, frame in enumerate(file.frames(), 1):
            seconds = frame.time - start if frame.time is not None else (index - 1) * facts.seconds / facts.pictures
            if index == 1:
                size, quarter = _shown_as(frame, max_side)
                facts = _told(facts, frame, size, quarter)
            if seconds < due - SLACK and index > 1:
                continue
            due = (np.floor((seconds + SLACK) * frames_per_second) + 1) / frames_per_second
            try:
                picture = frame.to_ndarray(format="rgb24", width=size[0], height=size[1], interpolation="AREA")
            except (FFmpegError, ValueError) as error:
                raise _broken("pictures", f"{frame.width} x {frame.height}, {frame.format.name}") from error
            done = min(1.0, (seconds + 1 / frames_per_second) / facts.seconds)
            changed = ("damaged",) if file.damaged > 1 else ()
            told = replace(facts, changed=facts.changed + changed)
            yield Shot(index - 1, max(0.0, seconds), done, np.ascontiguousarray(np.rot90(picture, quarter)), told)
        if index < facts.pictures / 2:
            raise _broken(f"{facts.pictures} pictures", f"{index} pictures")


def _look_through(path: Path, max_seconds: float) -> tuple[VideoFacts, float]:
    """How long a video is and how many pictures it holds, without decoding them; and the time stamp of the first."""
    with media.opened(path, "video") as file:
        context = file.stream.codec_context
        width, height = context.width, context.height
        if width * height > media.MAX_PIXELS:
            expected, got = f"<= {media.MAX_PIXELS / 1e6:.1f} megapixels", f"{width} x {height}"
            raise media.refused("video", "too_large", expected=expected, got=got, hint="Record or save it smaller.")
        step = 1 / float(file.stream.average_rate or 25)
        first, end, count = None, 0.0, 0
        for packet in file.packets():
            if not packet.size or packet.is_discard:
                continue
            stamp = packet.pts if packet.pts is not None else packet.dts
            at = float(stamp * packet.time_base) if stamp is not None else count * step
            first = at if first is None else min(first, at)
            end = max(end, at + float((packet.duration or 0) * packet.time_base))
            count += 1
            if end - first > max_seconds + SLACK or count > MOST_RATE * max_seconds:
                long = f"> {max_seconds:g} s" if file.said_seconds is None else f"{file.said_seconds:.1f} s"
                raise media.refused(
                    "video",
                    "too_long",
                    expected=f"<= {max_seconds:g} s",
                    got=long,
                    hint="Cut a shorter piece out of it.",
                )
        kind, said = file.kind, file.said_seconds
    if first is None:
        raise media.refused("video", "empty", got="0 pictures", hint="The video holds no picture; record it again.")
    seconds = max(end - first, step if count == 1 else SLACK)
    if said is not None and seconds < 0.9 * said - 0.1:
        raise _broken(f"{said:.1f} s", f"{seconds:.1f} s")
    return VideoFacts(kind, seconds, count, width, height), first


def _shown_as(frame: Any, max_side: int) -> tuple[tuple[int, int], int]:
    """The size that pictures get before they are turned, and by how many quarters they then are, against the clock."""
    shrink = min(1.0, max_side / max(frame.width, frame.height))
    size = max(1, round(frame.width * shrink)), max(1, round(frame.height * shrink))
    return size, round(frame.rotation / 90) % 4


def _told(facts: VideoFacts, frame: Any, size: tuple[int, int], quarter: int) -> VideoFacts:
    came = (frame.width, frame.height)
    changed = (("turned",) if quarter else ()) + (("shrunk",) if size != came else ())
    width, height = came[::-1] if quarter % 2 else came
    return replace(facts, width=width, height=height, changed=changed)


def _broken(expected: str, got: str) -> Exception:
    hint = "The file seems damaged or cut off; save or send it again."
    return media.refused("video", "broken", expected=expected, got=got, hint=hint)
