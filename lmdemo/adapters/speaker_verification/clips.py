"""What every adapter shares that compares clips by the angle between their embeddings.

Nothing that a visitor enrols is kept here: ``enroll`` hands it back, and ``find`` takes it.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, P, Prepared, R, synchronize
from lmdemo.adapters.options import checked
from lmdemo.adapters.outputs import Verification
from lmdemo.adapters.speaker_verification.search import Enrolled, Match, rank
from lmdemo.data import audio
from lmdemo.data.media import ClipFacts
from lmdemo.errors import InputError, OptionError

SHORTEST, LONGEST, LONGEST_RECORDING = 0.5, 60.0, 600.0  # seconds
ADVISED = 1.5  # seconds; below, a voice says little about itself
CLIPPED = 0.002  # part of samples at the highest level
FULL, FLAT = 0.97, 1e-4  # of 1: as loud as a file can be; of the highest level: as level as only a cut-off peak is
MOMENT = 1.0  # seconds of the windows that show which moments decide
BATCH = 32  # clips of one length that go through together


def windows(clip: np.ndarray, window: float, hop: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Pieces of ``window`` seconds every ``hop`` seconds, and where they start; a shorter clip is one piece, repeated."""
    size, step = round(window * audio.SAMPLING_RATE), round(hop * audio.SAMPLING_RATE)
    clip = np.tile(clip, -(-size // len(clip)))[: max(size, len(clip))]
    starts = np.arange(0, len(clip) - size + 1, step)
    return starts / audio.SAMPLING_RATE, [clip[s : s + size] for s in starts]


def clipped(clip: np.ndarray) -> bool:
    """Whether peaks are cut off: many samples at the highest level, and that level is full or flat. A clean tone's is neither."""
    level = np.abs(clip)
    top = level > 0.99 * level.max()
    level_next = np.abs(np.diff(level, append=0.0)) < FLAT * level.max()
    return bool(np.mean(top) > CLIPPED and (level.max() > FULL or np.mean(top & level_next) > CLIPPED))


class Embedded(NamedTuple):
    """What a network gave for one clip: its embedding (D,), and if traced its feature maps (C, M, F), first layer first."""

    embedding: np.ndarray
    maps: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PreparedPair(Prepared):
    """Two clips as the network takes them.

    Attributes:
        tensors: ``features``, of each clip, (1, ...): clips of one length are stacked.
        clips: Their samples at 16 kHz.
        threshold: From this cosine on they count as the same.
    """

    clips: tuple[np.ndarray, np.ndarray]
    threshold: float


class ClipEmbedding(Adapter[P, R], Generic[P, R]):
    """Turns clips into embeddings; a subclass gives :meth:`features` and :meth:`run`, and says what a call asks.

    Attributes:
        threshold: From this cosine on two clips count as the same; the equal-error point of the validation speakers.
    """

    threshold: float = 0.5

    @abstractmethod
    def features(self, waves: np.ndarray) -> torch.Tensor:
        """What the network reads of waves at 16 kHz, (B, samples) -> (B, ...), on the device."""

    @abstractmethod
    def run(self, features: torch.Tensor, *, trace: bool = False) -> list[Embedded]:
        """Embeds clips of one length."""

    def embed(self, clip: Any) -> np.ndarray:
        """The embedding of one clip, (D,), of unit length.

        Raises:
            InputError: The clip can't be read, is silent, shorter than 0.5 s or longer than 60 s.
        """
        return self.compare([self.read(clip)])[0]

    def embed_many(self, clips: Sequence[Any]) -> np.ndarray:
        """Embeddings of several clips, (N, D); see :meth:`embed`."""
        return self.compare([self.read(clip) for clip in clips])

    def read(self, clip: Any) -> np.ndarray:
        """The samples of a clip at 16 kHz, (samples,); see :meth:`embed`."""
        return self.hear(clip)[0]

    def hear(self, clip: Any) -> tuple[np.ndarray, ClipFacts]:
        """The samples of a clip at 16 kHz, (samples,), and what was understood of it; see :meth:`embed`."""
        return audio.open_clip(clip, shortest=SHORTEST, longest=LONGEST)

    def read_recording(self, clip: Any, *, shortest: float = SHORTEST) -> np.ndarray:
        """The samples of a recording of up to 10 minutes at 16 kHz, (samples,); see :meth:`embed`."""
        return audio.read_clip(clip, shortest=shortest, longest=LONGEST_RECORDING)

    def log_mel(self, clip: Any) -> np.ndarray:
        """What is drawn of a clip or recording: its log-mel spectrogram, (F, 64), a frame every 10 ms."""
        return audio.log_mel(self.read_recording(clip), num_mels=64)

    def compare(self, clips: Sequence[np.ndarray]) -> np.ndarray:
        """What answering takes once the clips are read: waves at 16 kHz, (samples,) each, to embeddings, (N, D)."""
        found: dict[int, np.ndarray] = {}
        by_length: dict[int, list[int]] = {}
        for i, clip in enumerate(clips):
            by_length.setdefault(len(clip), []).append(i)
        with self.computing():
            for which in by_length.values():
                for start in range(0, len(which), BATCH):
                    some = which[start : start + BATCH]
                    rows = self.run(self.features(np.stack([clips[i] for i in some])))
                    found |= {i: row.embedding for i, row in zip(some, rows, strict=True)}
            synchronize(self.device)
        return np.stack([found[i] for i in range(len(clips))])

    def voice_changes(self, clip: Any) -> bool:
        """Whether the halves of a clip would not count as the same: more than one speaker, music, or noise.

        Clips below 3 s are too short to tell.
        """
        return self._changes(self.read(clip))

    def _changes(self, waveform: np.ndarray) -> bool:
        half = len(waveform) // 2
        if half < ADVISED * audio.SAMPLING_RATE:  # too little to tell
            return False
        first, second = self.compare([waveform[:half], waveform[half : 2 * half]])
        return bool(first @ second < self.threshold)

    def enroll(self, clips: Sequence[Any]) -> np.ndarray:
        """One embedding for several clips of one origin: their mean at unit length, (D,)."""
        if not clips:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        mean = self.embed_many(clips).mean(0)
        return mean / np.linalg.norm(mean)

    @checked
    def find(self, clip: Any, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5) -> tuple[Match, ...]:
        """Who of the enrolled is nearest: ``enrolled`` maps names to embeddings (D,), or (windows, D), or is what :func:`lay_out`
        makes of that; nearest first.
        """
        if not enrolled:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Enrol someone first.")
        return rank(self.embed(clip), enrolled, top=top)

    def along(
        self, reference: Any, recording: Any, *, window: float = 2.0, hop: float = 0.5
    ) -> tuple[np.ndarray, np.ndarray]:
        """How near a moving window of a recording (up to 10 minutes) is to a reference clip: seconds (N,), cosines (N,)."""
        clip = self.read_recording(recording, shortest=window)
        starts, pieces = windows(clip, window, hop)
        return starts + window / 2, self.compare(pieces) @ self.embed(reference)


class ClipVerification(ClipEmbedding[PreparedPair, Verification]):
    """Compares two clips.

    A call takes a pair of paths or of (sampling_rate, waveform). ``warnings`` of its result may hold ``identical`` (the same
    recording twice), ``short`` (below 1.5 s), ``clipped`` (peaks cut off) and ``voice_changes`` (the halves of a clip differ:
    more than one speaker, music, or noise).
    """

    def preprocess(self, inputs: Any, *, threshold: float | None = None) -> PreparedPair:
        """Reads a pair of clips and makes the network's features of each.

        Args:
            inputs: The clips.
            threshold: From this cosine on they count as the same, -1 to 1; by default the network's own.

        Raises:
            InputError: A clip can't be read, is silent, shorter than 0.5 s or longer than 60 s.
            OptionError: The threshold is out of range.
        """
        if threshold is None:
            threshold = self.threshold
        elif isinstance(threshold, bool) or not isinstance(threshold, int | float) or not -1 <= threshold <= 1:
            raise OptionError(
                "cosine_range", expected="-1 - 1", got=str(threshold)[:20], hint="Give a number from -1 to 1."
            )
        if not isinstance(inputs, list | tuple) or len(inputs) != 2:
            raise InputError("two_clips", expected="(clip, clip)", got=type(inputs).__name__, hint="Give two clips.")
        (first, one), (second, other) = (self.hear(clip) for clip in inputs)
        features = [self.features(clip[None]) for clip in (first, second)]
        return PreparedPair(
            tensors={"features": features}, heard=(one, other), clips=(first, second), threshold=float(threshold)
        )

    def forward(self, prepared: PreparedPair, *, trace: bool) -> list[Embedded]:
        """Embeds both clips, together where they are of one length."""
        first, second = prepared.tensors["features"]
        together = [torch.cat((first, second))] if first.shape == second.shape else [first, second]
        return [row for features in together for row in self.run(features, trace=trace)]

    def postprocess(
        self, output: list[Embedded], prepared: PreparedPair, *, milliseconds: float, trace: bool
    ) -> Verification:
        """Two embeddings to the decision, and what makes it less sure."""
        embeddings = np.stack([row.embedding for row in output])  # (2, D)
        score = float(np.clip(embeddings[0] @ embeddings[1], -1, 1))
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals["embeddings"] = embeddings
            for i, clip in enumerate(prepared.clips):
                features = prepared.tensors["features"][i][0].cpu().numpy()
                inside = self.inside(clip, features, output[i]) | self._moments(clip, embeddings[1 - i])
                internals |= {f"{name}_{i}": value for name, value in inside.items()}
        return Verification(
            score=score,
            same=score >= prepared.threshold,
            warnings=self._warnings(prepared.clips),
            milliseconds=milliseconds,
            trace=internals,
            heard=prepared.heard,
        )

    def inside(self, clip: np.ndarray, features: np.ndarray, row: Embedded) -> dict[str, np.ndarray]:
        """The internals of one clip, by name."""
        return {"log_mel": audio.log_mel(clip, num_mels=64)}

    def _moments(self, clip: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
        """Which moments of a clip decide: how near its windows are to the other clip's embedding, and when they are."""
        if len(clip) < MOMENT * audio.SAMPLING_RATE:
            return {}
        starts, pieces = windows(clip, MOMENT, MOMENT / 5)
        return {"moments": self.compare(pieces) @ other, "seconds": starts + MOMENT / 2}

    def verify(self, a: Any, b: Any, **options: Any) -> Verification:
        """``self((a, b))``: see the class."""
        return self((a, b), **options)

    def _warnings(self, clips: tuple[np.ndarray, np.ndarray]) -> tuple[str, ...]:
        said = []
        if len(clips[0]) == len(clips[1]) and np.array_equal(*clips):
            said.append("identical")
        if min(map(len, clips)) < ADVISED * audio.SAMPLING_RATE:
            said.append("short")
        if any(map(clipped, clips)):
            said.append("clipped")
        if any(self._changes(c) for c in clips):
            said.append("voice_changes")
        return tuple(said)
