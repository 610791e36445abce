"""People who read aloud: LJ Speech, LibriSpeech's readers, Kathleen and the visitors of Duke; the clips of each voice."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from lmdemo.data.audio import read_clip
from lmdemo.errors import DataError

HELD = 8  # clips of LJ and of each reader that are not trained on
LOUDER = {"kathleen": 2.5}  # recorded softly
CLEAN = ("lj", "reader-26", "reader-27")


class Reading(NamedTuple):
    """A clip and whose voice it is: ``lj``, ``reader-26``, ``reader-27``, ``kathleen``, or ``duke/<person>``."""

    path: Path
    voice: str

    @property
    def recorded(self) -> str:
        """The set that the voice belongs to."""
        return self.voice.partition("/")[0]

    def waveform(self) -> np.ndarray:
        """The clip at 16 kHz, (S,), as loud as the others."""
        return read_clip(self.path, longest=60.0) * LOUDER.get(self.recorded, 1.0)


def read_readers(lj: Path, voices: Path | None, split: str) -> list[Reading]:
    """The clips of ``train``, ``val`` or ``all``; of a split ``test`` all that is there.

    Args:
        lj: The folder ``ljspeech-subset``.
        voices: The folder ``voices``; None leaves its people out.

    Raises:
        DataError: There are no such clips.
    """
    found = [*_held_last(lj / "wavs", "*.wav", "lj", split)]
    if voices is not None:
        for name in CLEAN[1:]:
            found += _held_last(voices / name, "*.flac", name, split)
        found += [
            Reading(path, "kathleen")
            for i, path in enumerate(sorted((voices / "kathleen").glob("*.flac")))
            if split not in ("train", "val") or (i % 10 == 9) == (split == "val")
        ]
        people = sorted(p for p in (voices / "duke").glob("*") if p.is_dir())
        found += [
            Reading(path, f"duke/{person.name}")
            for i, person in enumerate(people)
            if split not in ("train", "val") or (i % 6 == 5) == (split == "val")
            for path in sorted(person.glob("*.flac"))
        ]
    if not found:
        raise DataError(
            "data_layout",
            expected="ljspeech-subset/wavs/*.wav, voices/<voice>/*.flac",
            got=f"no clips in {lj}",
            hint="Name the folder that holds both sets.",
        )
    return found


def _held_last(folder: Path, pattern: str, voice: str, split: str) -> list[Reading]:
    paths = sorted(folder.glob(pattern))
    chosen = {"train": paths[:-HELD], "val": paths[-HELD:]}.get(split, paths)
    return [Reading(path, voice) for path in chosen]
