"""What every adapter shares that compares clips by the angle between their embeddings.

Nothing that a visitor enrols is kept here: ``enroll`` hands it back, and ``find`` takes it.
"""

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import Verification
from lmdemo.adapters.speaker_verification.search import Enrolled, Match, rank
from lmdemo.data import audio
from lmdemo.errors import InputError, OptionError
from lmdemo.models.siamese import Siamese

SHORTEST, LONGEST, LONGEST_RECORDING = 0.5, 60.0, 600.0  # seconds
ADVISED = 1.5  # seconds; below, a voice says little about itself
CLIPPED = 0.002  # part of samples at full level
MOMENT = 1.0  # seconds of the windows that show which moments decide


def windows(clip: np.ndarray, window: float, hop: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Pieces of ``window`` seconds every ``hop`` seconds, and where they start; a shorter clip is one piece, repeated."""
    size, step = round(window * audio.SAMPLING_RATE), round(hop * audio.SAMPLING_RATE)
    clip = np.tile(clip, -(-size // len(clip)))[: max(size, len(clip))]
    starts = np.arange(0, len(clip) - size + 1, step)
    return starts / audio.SAMPLING_RATE, [clip[s : s + size] for s in starts]


class ClipEmbedding(Adapter):
    """What all adapters share that compare clips; a subclass gives ``preprocess`` and ``forward``.

    Attributes:
        threshold: From this cosine on two clips count as the same; the equal-error point of the validation speakers.
    """

    threshold: float = 0.5

    def embed(self, clip: Any) -> np.ndarray:
        """The embedding of one clip, (D,), of unit length.

        Raises:
            InputError: The clip can't be read, is silent, shorter than 0.5 s or longer than 60 s.
        """
        return self._embed_all([self._read(clip)])[0]

    def embed_many(self, clips: Sequence[Any]) -> np.ndarray:
        """Embeddings of several clips, (N, D); see :meth:`embed`."""
        return self._embed_all([self._read(clip) for clip in clips])

    def _read(self, clip: Any) -> np.ndarray:
        return audio.read_clip(clip, shortest=SHORTEST, longest=LONGEST)

    def _embed_all(self, clips: Sequence[np.ndarray]) -> np.ndarray:
        """(samples,) each -> (N, D); clips of one length go through together."""
        found: dict[int, np.ndarray] = {}
        by_length: dict[int, list[int]] = {}
        for i, clip in enumerate(clips):
            by_length.setdefault(len(clip), []).append(i)
        with self, torch.inference_mode():
            for which in by_length.values():
                for start in range(0, len(which), 32):
                    some = which[start : start + 32]
                    tensors = self._features([clips[i] for i in some])
                    found |= dict(zip(some, self._embeddings(self.forward(tensors, trace=False)), strict=True))
        return np.stack([found[i] for i in range(len(clips))])

    @abstractmethod
    def _features(self, clips: Sequence[np.ndarray]) -> dict[str, Any]:
        """The network's keyword arguments for these clips."""

    def _embeddings(self, output: Any) -> np.ndarray:
        return output.embeddings.float().cpu().numpy()

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Reads a pair of clips."""
        if not isinstance(inputs, list | tuple) or len(inputs) != 2:
            raise InputError("two_clips", expected="(clip, clip)", got=type(inputs).__name__, hint="Give two clips.")
        clips = [self._read(clip) for clip in inputs]
        return {"clips": clips}

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Any:
        """Embeddings of clips of one length."""
        return self.model(**tensors, trace=trace) if isinstance(self.model, Siamese) else self.model(**tensors)

    def postprocess(
        self,
        output: np.ndarray,
        *,
        milliseconds: float,
        trace: bool,
        threshold: float | None = None,
        warnings: tuple[str, ...] = (),
        **options: Any,
    ) -> Verification:
        """Two embeddings (2, D) to the decision."""
        if options:
            raise OptionError(
                "unknown_option", expected="trace, threshold", got=", ".join(options), hint="Leave it out."
            )
        score = float(np.clip(output[0] @ output[1], -1, 1))
        internals = {"embeddings": output} if trace else {}
        return Verification(
            score=score,
            same=score >= self._threshold(threshold),
            warnings=warnings,
            milliseconds=milliseconds,
            trace=internals,
        )

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Verification:
        """Compares two clips: ``inputs`` is a pair of paths or of (sampling_rate, waveform); option ``threshold``, -1 to 1.

        ``warnings`` of the result may hold ``identical`` (the same recording twice), ``short`` (below 1.5 s), ``clipped`` (peaks
        cut off) and ``voice_changes`` (the halves of a clip differ: more than one speaker, music, or noise).

        Raises:
            InputError: A clip can't be read, is silent, shorter than 0.5 s or longer than 60 s.
            OptionError: The threshold is out of range.
        """
        self._threshold(options.get("threshold"))
        clips = self.preprocess(inputs)["clips"]
        started = time.perf_counter()
        embeddings = self.compare(clips)
        milliseconds = 1000 * (time.perf_counter() - started)
        warnings = self._warnings(clips) + (("voice_changes",) if any(map(self._changes, clips)) else ())
        result = self.postprocess(embeddings, milliseconds=milliseconds, trace=trace, warnings=warnings, **options)
        if trace:
            for i, clip in enumerate(clips):
                result.trace[f"log_mel_{i}"] = audio.log_mel(clip, num_mels=64)
                result.trace.update({f"{k}_{i}": v for k, v in self._inside(clip).items()})
                if len(clip) >= MOMENT * audio.SAMPLING_RATE:
                    starts, pieces = windows(clip, MOMENT, MOMENT / 5)
                    result.trace[f"moments_{i}"] = self._embed_all(pieces) @ embeddings[1 - i]
                    result.trace[f"seconds_{i}"] = starts + MOMENT / 2
        return result

    def _inside(self, clip: np.ndarray) -> dict[str, np.ndarray]:
        """Further internals of one clip, by name."""
        return {}

    def compare(self, clips: Sequence[np.ndarray]) -> np.ndarray:
        """What answering takes once the clips are read: waves at 16 kHz to embeddings, (N, D)."""
        embeddings = self._embed_all(clips)
        synchronize(self.device)
        return embeddings

    def verify(self, a: Any, b: Any, **options: Any) -> Verification:
        """``self((a, b))``: see :meth:`__call__`."""
        return self((a, b), **options)

    def _threshold(self, value: float | None) -> float:
        if value is None:
            return self.threshold
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1 <= value <= 1:
            raise OptionError(
                "cosine_range", expected="-1 - 1", got=str(value)[:20], hint="Give a number from -1 to 1."
            )
        return float(value)

    def _warnings(self, clips: Sequence[np.ndarray]) -> tuple[str, ...]:
        said = []
        if len(clips[0]) == len(clips[1]) and np.array_equal(*clips):
            said.append("identical")
        if min(map(len, clips)) < ADVISED * audio.SAMPLING_RATE:
            said.append("short")
        if any(np.mean(np.abs(c) > 0.99 * np.abs(c).max()) > CLIPPED for c in clips):
            said.append("clipped")
        return tuple(said)

    def voice_changes(self, clip: Any) -> bool:
        """Whether the halves of a clip would not count as the same: more than one speaker, music, or noise.

        Clips below 3 s are too short to tell.
        """
        return self._changes(self._read(clip))

    def _changes(self, waveform: np.ndarray) -> bool:
        half = len(waveform) // 2
        if half < ADVISED * audio.SAMPLING_RATE:  # too little to tell
            return False
        first, second = self._embed_all([waveform[:half], waveform[half : 2 * half]])
        return bool(first @ second < self.threshold)

    def enroll(self, clips: Sequence[Any]) -> np.ndarray:
        """One embedding for several clips of one origin: their mean at unit length, (D,)."""
        if not clips:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        mean = self._embed_all([self._read(c) for c in clips]).mean(0)
        return mean / np.linalg.norm(mean)

    def find(self, clip: Any, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5) -> tuple[Match, ...]:
        """Who of the enrolled is nearest: ``enrolled`` maps names to embeddings (D,), or (windows, D), or is what :func:`lay_out`
        makes of that; nearest first."""
        if not enrolled:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Enrol someone first.")
        return rank(self.embed(clip), enrolled, top=top)

    def along(
        self, reference: Any, recording: Any, *, window: float = 2.0, hop: float = 0.5
    ) -> tuple[np.ndarray, np.ndarray]:
        """How near a moving window of a recording (up to 10 minutes) is to a reference clip: seconds (N,), cosines (N,)."""
        clip = audio.read_clip(recording, shortest=window, longest=LONGEST_RECORDING)
        starts, pieces = windows(clip, window, hop)
        return starts + window / 2, self._embed_all(pieces) @ self.embed(reference)
