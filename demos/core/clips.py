"""A clip that goes along from member to member: an upload is named by its place among the uploads, which nobody can guess."""

import re
from collections.abc import Sequence
from pathlib import Path

from gradio import utils

from demos.core.url import Check

PLACE = re.compile(r"[0-9a-f]{32,64}/[^/\\]{1,200}")
SHOWN = 40  # characters that are written into the URL: names of examples, no places


def place_of(file: str) -> str:
    """The place of an upload or a recording; "" for any other file."""
    path, uploads = Path(file).resolve(), Path(utils.get_upload_folder()).resolve()
    place = path.relative_to(uploads).as_posix() if path.is_relative_to(uploads) else ""
    return place if PLACE.fullmatch(place) else ""


def file_at(place: str) -> str:
    """The upload at a place.

    Raises:
        ValueError: There is none, or none any more.
    """
    file = Path(utils.get_upload_folder(), place)
    if not PLACE.fullmatch(place) or ".." in place or not file.is_file():
        raise ValueError(place)
    return str(file)


def example_or_clip(values: Sequence[str]) -> Check:
    """A check that admits a member's examples, and places at which there is an upload."""

    def check(text: str) -> str:
        if text not in values:
            file_at(text)
        return text

    return check
