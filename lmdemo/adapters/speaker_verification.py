"""Are two clips of one origin? Speakers, recordings and kinds of sound, told apart by the angle between embeddings.

Nothing that a visitor enrols is kept here: ``enroll`` hands it back, and ``find`` takes it.
"""

import json
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import Classification, Info, Verification
from lmdemo.catalog import ModelRow, find
from lmdemo.data import audio, peaks
from lmdemo.errors import InputError, OptionError, WeightsError
from lmdemo.models.siamese import Siamese

SHORTEST, LONGEST, LONGEST_RECORDING = 0.5, 60.0, 600.0  # seconds
ADVISED = 1.5  # seconds; below, a voice says little about itself
CLIPPED = 0.002  # part of samples at full level
MOMENT = 1.0  # seconds of the windows that show which moments decide


class Match(NamedTuple):
    """Something enrolled, how near it is (cosine, -1 to 1), and where in it, in seconds."""

    name: str
    score: float
    seconds: float = 0.0


class Enrolled(NamedTuple):
    """Many that are enrolled, laid out once for a fast search: names (N), all their embeddings (R, D), and where each one's begin (N,)."""

    names: tuple[str, ...]
    rows: np.ndarray
    starts: np.ndarray


def lay_out(enrolled: Mapping[str, np.ndarray]) -> Enrolled:
    """Names with embeddings (D,) or (windows, D), to search in them again and again."""
    rows = [np.atleast_2d(e) for e in enrolled.values()]
    return Enrolled(tuple(enrolled), np.concatenate(rows), np.cumsum([0, *(len(r) for r in rows[:-1])]))


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


def rank(
    embedding: np.ndarray, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5, hop: float = 0.0
) -> tuple[Match, ...]:
    """Scores everything enrolled in one matrix product, nearest first; of several windows of one name the nearest counts."""
    known = enrolled if isinstance(enrolled, Enrolled) else lay_out(enrolled)
    cosines = known.rows @ embedding
    best = cosines if len(cosines) == len(known.names) else np.maximum.reduceat(cosines, known.starts)
    nearest = np.argpartition(-best, top)[:top] if top < len(best) else np.arange(len(best))
    found = []
    for i in nearest[np.argsort(-best[nearest], kind="stable")]:
        end = known.starts[i + 1] if i + 1 < len(known.names) else len(cosines)
        found.append(Match(known.names[i], float(best[i]), hop * int(cosines[known.starts[i] : end].argmax())))
    return tuple(found)


def windows(clip: np.ndarray, window: float, hop: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """Pieces of ``window`` seconds every ``hop`` seconds, and where they start; a shorter clip is one piece, repeated."""
    size, step = round(window * audio.SAMPLING_RATE), round(hop * audio.SAMPLING_RATE)
    clip = np.tile(clip, -(-size // len(clip)))[: max(size, len(clip))]
    starts = np.arange(0, len(clip) - size + 1, step)
    return starts / audio.SAMPLING_RATE, [clip[s : s + size] for s in starts]


class SpeakerVerification(ClipEmbedding):
    """Our Siamese network: do two clips hold one speaker?

    Methods: ``embed``, ``verify``, ``enroll``, ``find``, ``along``, ``voice_changes``. It is no security system: a recording of a
    voice passes. With ``trace=True`` a result holds ``embeddings`` (2, D) and for each clip i: ``log_mel_i`` (F, 64); ``stem_i`` and
    ``stage1_i``, ``stage2_i``, ... (C, M', F'); ``pooled_mean_i`` and ``pooled_spread_i`` (C, M'); for clips of a second or more
    ``moments_i`` (N,), the cosines of its windows with the other clip, around ``seconds_i`` (N,).
    """

    model: Siamese

    def __init__(self, model: Siamese, info: Info, settings: Mapping[str, Any]) -> None:
        super().__init__(model, info)
        self.threshold = float(settings.get("threshold", 0.5))
        self.settings = settings

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights and ``siamese.json``.

        Raises:
            WeightsError: A file is missing or damaged.
        """
        row = row or find(folder.name)
        model = Siamese.from_pretrained(folder).to(device)
        path = folder / "siamese.json"
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WeightsError(
                "weights_missing",
                expected=f"siamese.json in {folder.name}/",
                got=type(error).__name__,
                hint="Take the folder from the project again, or train the model.",
            ) from error
        return cls(
            model,
            Info(
                name=row.name,
                member=row.member,
                task=row.task,
                source=source,
                parameters=model.num_parameters,
                bytes=(folder / "model.safetensors").stat().st_size,
                device=device,
                revision="",
                licence=row.licence,
                training_data=row.training_data,
            ),
            settings,
        )

    def _features(self, clips: Sequence[np.ndarray]) -> dict[str, Any]:
        mels = np.stack([audio.log_mel(c, num_mels=self.model.config.num_mels) for c in clips])
        return {"input_features": torch.from_numpy(mels).to(self.device)}

    def _inside(self, clip: np.ndarray) -> dict[str, np.ndarray]:
        with self, torch.inference_mode():
            hidden = self.forward(self._features([clip]), trace=True).hidden_states
        maps = {"stem" if i == 0 else f"stage{i}": h[0].float().cpu().numpy() for i, h in enumerate(hidden)}
        last = maps[f"stage{len(hidden) - 1}"]
        return maps | {"pooled_mean": last.mean(2), "pooled_spread": np.sqrt(last.var(2) + 1e-5)}

    def layers(self) -> list[tuple[str, str, str, int]]:
        """(name, kind, output shape for a clip of 3 s, parameters) from the input to the embedding."""
        model, config = self.model, self.model.config
        x = torch.zeros(1, 301, config.num_mels, device=self.device)
        with self, torch.inference_mode():
            hidden = model(x, trace=True).hidden_states

        def count(*parts: Any) -> int:
            return sum(p.numel() for part in parts for p in part.parameters())

        rows = [
            ("log_mel", "input", (301, config.num_mels), 0),
            ("stem", "Conv2d 3 x 3, stride 2", tuple(hidden[0].shape[1:]), count(model.stem, model.norm)),
        ]
        rows += [
            (f"stages[{i}]", "residual blocks", tuple(h.shape[1:]), count(stage))
            for i, (stage, h) in enumerate(zip(model.stages, hidden[1:], strict=True))
        ]
        rows += [
            ("statistics", "mean and spread over time", (model.projection.in_features,), count(model.pooled_norm)),
            ("projection", "Linear, unit length", (config.embedding_size,), count(model.projection)),
        ]
        left = model.num_parameters - sum(r[3] for r in rows)
        rows += [("loss", f"{config.loss}, training only", (config.num_classes,), left)] if left else []
        return [(name, kind, " x ".join(map(str, shape)), n) for name, kind, shape, n in rows]


class Fingerprinting(SpeakerVerification):
    """Finds a recording again from a noisy excerpt of about 3 seconds.

    ``enroll`` takes one recording (up to 10 minutes) and gives its windows' embeddings, (windows, D); ``find`` names the
    recording, how near it is, and where in it the excerpt lies.
    """

    WINDOW, HOP = 3.0, 0.25

    def enroll(self, clips: Sequence[Any] | Any) -> np.ndarray:
        """Embeddings of overlapping windows of one recording, (windows, D)."""
        one = clips[0] if isinstance(clips, list) and len(clips) == 1 else clips
        clip = audio.read_clip(one, shortest=SHORTEST, longest=LONGEST_RECORDING)
        return self._embed_all(windows(clip, self.WINDOW, self.HOP)[1])

    def find(self, clip: Any, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5) -> tuple[Match, ...]:
        """The nearest recordings, with the second at which the excerpt begins in each."""
        if not enrolled:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Add a recording first.")
        known = enrolled if isinstance(enrolled, Enrolled) else lay_out(enrolled)
        pieces = windows(self._read(clip), self.WINDOW, 1.0)[1]
        found = [rank(e, known, top=len(known.names), hop=self.HOP) for e in self._embed_all(pieces)]
        # Of a longer excerpt every window votes with its cosine.
        totals = {m.name: m for m in found[0]}
        mean = {n: float(np.mean([m.score for f in found for m in f if m.name == n])) for n in totals}
        order = sorted(totals, key=lambda n: -mean[n])[:top]
        return tuple(Match(n, mean[n], totals[n].seconds) for n in order)

    def excerpt(self, recording: Any, *, start: float, decibels: float | None, seed: int = 0) -> tuple[int, np.ndarray]:
        """3 seconds of a recording from second ``start``, under pink noise ``decibels`` below it (None: clean): (rate, waveform)."""
        clip = audio.read_clip(recording, shortest=SHORTEST, longest=LONGEST_RECORDING)
        at, size = round(start * audio.SAMPLING_RATE), round(self.WINDOW * audio.SAMPLING_RATE)
        piece = clip[max(0, min(at, len(clip) - size)) :][:size]
        if decibels is not None:
            piece = audio.add_noise(piece, audio.coloured_noise(len(piece), 1.0, np.random.default_rng(seed)), decibels)
        return audio.SAMPLING_RATE, piece / max(1.0, float(np.abs(piece).max()))

    def peaks(self, clip: Any) -> tuple[np.ndarray, np.ndarray]:
        """What the classical method looks at: a log spectrogram (F, 513), a frame every 16 ms up to 8 kHz, and its peaks as (frame, bin)."""
        waveform = audio.read_clip(clip, shortest=SHORTEST, longest=LONGEST_RECORDING)
        return peaks.spectrogram(waveform), peaks.find_peaks(waveform)

    def enroll_peaks(self, clip: Any) -> list[tuple[tuple[int, int, int], int]]:
        """The classical fingerprint of a recording: pairs of peaks, and when they come."""
        return peaks.hashes(peaks.find_peaks(audio.read_clip(clip, shortest=SHORTEST, longest=LONGEST_RECORDING)))

    def find_by_peaks(self, clip: Any, enrolled: Mapping[str, Sequence]) -> list[tuple[str, int]]:
        """The classical answer to compare with: names and how many pairs agree on one shift in time, most first."""
        return peaks.look_up(self._read(clip), peaks.index(enrolled))


class SoundEvents(SpeakerVerification):
    """What is heard: the class whose prototype (mean embedding of some clips) is nearest.

    Calls take one clip and give a :class:`Classification`; option ``prototypes`` maps further classes to what ``enroll`` gave
    for a few clips of them. A trace holds ``embedding`` (D,) and ``cosines`` (classes,) in the order of ``labels`` (classes,).
    """

    SHARPNESS = 12.0  # what cosines are multiplied with to become probabilities

    @property
    def prototypes(self) -> dict[str, np.ndarray]:
        """The classes that it was shipped with: label -> (D,)."""
        return {label: np.asarray(e, np.float32) for label, e in self.settings.get("prototypes", {}).items()}

    @property
    def confusion(self) -> tuple[tuple[str, ...], np.ndarray]:
        """Its labels, and how often each (rows) was taken for each (columns) when four networks were judged on four folds."""
        folds = [np.array(c) for c in self.settings.get("confusion", {}).values()]
        return tuple(self.prototypes), np.sum(folds, 0) if folds else np.zeros((0, 0), int)

    def __call__(
        self, inputs: Any, *, trace: bool = False, prototypes: Mapping[str, np.ndarray] | None = None, **options: Any
    ) -> Classification:
        """Names a sound; see the class."""
        if options:
            raise OptionError(
                "unknown_option", expected="trace, prototypes", got=", ".join(options), hint="Leave it out."
            )
        known = self.prototypes | dict(prototypes or {})
        if not known:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Add a class with a few clips first.")
        clip = self._read(inputs)
        started = time.perf_counter()
        embedding = self._embed_all([clip])[0]
        milliseconds = 1000 * (time.perf_counter() - started)
        cosines = np.stack(list(known.values())) @ embedding
        p = np.exp(self.SHARPNESS * (cosines - cosines.max()))
        p /= p.sum()
        order = np.argsort(-p, kind="stable")
        labels = list(known)
        internals = {"embedding": embedding, "cosines": cosines, "labels": np.array(labels)} if trace else {}
        return Classification(
            label=labels[order[0]],
            score=float(p[order[0]]),
            scores={labels[i]: float(p[i]) for i in order},
            milliseconds=milliseconds,
            trace=internals,
        )


def plane(embeddings: np.ndarray) -> np.ndarray:
    """The two directions in which embeddings (N, D) differ most (principal components): (N, 2), and 0 where there are too few."""
    centred = embeddings - embeddings.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(embeddings), 2), np.float32)
    flat[:, : min(2, len(s))] = (u * s)[:, :2]
    return flat


def leave_one_out(classes: Mapping[str, np.ndarray]) -> np.ndarray:
    """How often a clip of each class (rows) is nearest to each prototype (columns), its own part left out: classes map to (n, D)."""
    names = list(classes)
    counts = np.zeros((len(names), len(names)), int)
    for i, name in enumerate(names):
        for j in range(len(classes[name])):
            means = [
                np.delete(classes[n], j, 0).mean(0) if n == name and len(classes[n]) > 1 else classes[n].mean(0)
                for n in names
            ]
            cosines = [m @ classes[name][j] / max(np.linalg.norm(m), 1e-9) for m in means]
            counts[i, int(np.argmax(cosines))] += 1
    return counts
