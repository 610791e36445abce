"""Our Siamese networks: speakers, recordings and kinds of sound, told apart by the angle between embeddings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self

import numpy as np
import torch

from lmdemo.adapters.base import P, Prepared, R, count_numbers, own_info
from lmdemo.adapters.options import checked
from lmdemo.adapters.outputs import Classification, Info, Layer, Verification
from lmdemo.adapters.speaker_verification.clips import ClipEmbedding, ClipVerification, Embedded, PreparedPair, windows
from lmdemo.adapters.speaker_verification.search import Enrolled, Match, check_top, lay_out, rank
from lmdemo.catalog import ModelRow, find
from lmdemo.data import audio, peaks
from lmdemo.data.peaks import Agreement
from lmdemo.errors import InputError, WeightsError
from lmdemo.models.siamese import Siamese


class OwnClips(ClipEmbedding[P, R], Generic[P, R]):
    """Clips through our Siamese network."""

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
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, settings)

    @property
    def embedding_size(self) -> int:
        """Numbers of an embedding."""
        return self.model.config.embedding_size

    def features(self, waves: np.ndarray) -> torch.Tensor:
        """Logarithmic mel spectrograms, (B, F, M)."""
        return torch.from_numpy(audio.log_mel(waves, num_mels=self.model.config.num_mels)).to(self.device)

    def run(self, features: torch.Tensor, *, trace: bool = False) -> list[Embedded]:
        """Embeds clips of one length."""
        output = self.model(input_features=features, trace=trace)
        maps = [h.float().cpu().numpy() for h in output.hidden_states or ()]
        embeddings = output.embeddings.float().cpu().numpy()
        return [Embedded(e, tuple(h[n] for h in maps)) for n, e in enumerate(embeddings)]

    def layers(self) -> list[Layer]:
        """(name, kind, output shape for a clip of 3 s, parameters) from the input to the embedding."""
        model, config = self.model, self.model.config
        x = torch.zeros(1, 301, config.num_mels, device=self.device)
        with self.computing():
            hidden = model(x, trace=True).hidden_states

        rows = [
            ("log_mel", "input", (301, config.num_mels), 0),
            ("stem", "Conv2d 3 x 3, stride 2", tuple(hidden[0].shape[1:]), count_numbers(model.stem, model.norm)),
        ]
        rows += [
            (f"stages[{i}]", "residual blocks", tuple(h.shape[1:]), count_numbers(stage))
            for i, (stage, h) in enumerate(zip(model.stages, hidden[1:], strict=True))
        ]
        rows += [
            (
                "statistics",
                "mean and spread over time",
                (model.projection.in_features,),
                count_numbers(model.pooled_norm),
            ),
            ("projection", "Linear, unit length", (config.embedding_size,), count_numbers(model.projection)),
        ]
        left = model.num_parameters - sum(r[3] for r in rows)
        rows += [("loss", f"{config.loss}, training only", (config.num_classes,), left)] if left else []
        return [(name, kind, " x ".join(map(str, shape)), n) for name, kind, shape, n in rows]


class SpeakerVerification(OwnClips[PreparedPair, Verification], ClipVerification):
    """Our Siamese network: do two clips hold one speaker?

    Methods: ``embed``, ``verify``, ``enroll``, ``find``, ``along``, ``voice_changes``. It is no security system: a recording of a
    voice passes. With ``trace=True`` a result holds ``embeddings`` (2, D) and for each clip i: ``log_mel_i`` (F, 64); ``stem_i`` and
    ``stage1_i``, ``stage2_i``, ... (C, M', F'); ``pooled_mean_i`` and ``pooled_spread_i`` (C, M'); for clips of a second or more
    ``moments_i`` (N,), the cosines of its windows with the other clip, around ``seconds_i`` (N,).
    """

    def inside(self, clip: np.ndarray, features: np.ndarray, row: Embedded) -> dict[str, np.ndarray]:
        """The internals of one clip, by name."""
        maps = {"stem" if i == 0 else f"stage{i}": h for i, h in enumerate(row.maps)}
        last = row.maps[-1]
        pooled = {"pooled_mean": last.mean(2), "pooled_spread": np.sqrt(last.var(2) + 1e-5)}
        return {"log_mel": features} | maps | pooled


class Fingerprinting(SpeakerVerification):
    """Finds a recording again from a noisy excerpt of about 3 seconds.

    ``enroll`` takes one recording (up to 10 minutes) and gives its windows' embeddings, (windows, D); ``find`` names the
    recording, how near it is, and where in it the excerpt lies.
    """

    WINDOW, HOP = 3.0, 0.25

    def enroll(self, clips: Sequence[Any] | Any) -> np.ndarray:
        """Embeddings of overlapping windows of one recording, (windows, D)."""
        one = clips[0] if isinstance(clips, list) and len(clips) == 1 else clips
        clip = self.read_recording(one)
        return self.compare(windows(clip, self.WINDOW, self.HOP)[1])

    @checked
    def find(self, clip: Any, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5) -> tuple[Match, ...]:
        """The nearest recordings, with the second at which the excerpt begins in each."""
        check_top(top)
        if not enrolled:
            raise InputError("index_empty", expected=">= 1", got="0", hint="Add a recording first.")
        known = enrolled if isinstance(enrolled, Enrolled) else lay_out(enrolled)
        pieces = windows(self.read(clip), self.WINDOW, 1.0)[1]
        found = [rank(e, known, top=len(known.names), hop=self.HOP) for e in self.compare(pieces)]
        # Of a longer excerpt every window votes with its cosine.
        totals = {m.name: m for m in found[0]}
        mean = {n: float(np.mean([m.score for f in found for m in f if m.name == n])) for n in totals}
        order = sorted(totals, key=lambda n: -mean[n])[:top]
        return tuple(Match(n, mean[n], totals[n].seconds) for n in order)

    def scan(self, clip: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How near the first window of an excerpt is to each window of a recording, by what :meth:`enroll` gave of it: seconds at
        which the windows begin (N,), cosines (N,).
        """
        first = windows(self.read(clip), self.WINDOW, 1.0)[1][0]
        return self.HOP * np.arange(len(rows)), rows @ self.compare([first])[0]

    def excerpt(
        self, recording: Any, *, start: float, decibels: float | None, seed: int = 0, speed: float = 1.0
    ) -> tuple[int, np.ndarray]:
        """3 seconds of a recording from second ``start``, played ``speed`` times as fast, under pink noise ``decibels`` below it
        (None: clean): (rate, waveform).
        """
        clip = self.read_recording(recording)
        at, size = round(start * audio.SAMPLING_RATE), round(self.WINDOW * audio.SAMPLING_RATE)
        piece = clip[max(0, min(at, len(clip) - size)) :][:size]
        if speed != 1:
            piece = audio.change_speed(piece, speed)
        if decibels is not None:
            piece = audio.add_noise(piece, audio.coloured_noise(len(piece), 1.0, np.random.default_rng(seed)), decibels)
        return audio.SAMPLING_RATE, piece / max(1.0, float(np.abs(piece).max()))

    def peaks(self, clip: Any) -> tuple[np.ndarray, np.ndarray]:
        """What the classical method looks at: a log spectrogram (F, 513), a frame every 16 ms up to 8 kHz, and its peaks as (frame, bin)."""
        waveform = self.read_recording(clip)
        return peaks.spectrogram(waveform), peaks.find_peaks(waveform)

    def agreeing(self, clip: Any, pairs: Sequence[Any]) -> Agreement:
        """The pairs of an excerpt's peaks that a recording, by what :meth:`enroll_peaks` gave of it, has with one shift in time."""
        return peaks.agreeing(self.read(clip), pairs)

    def enroll_peaks(self, clip: Any) -> list[tuple[tuple[int, int, int], int]]:
        """The classical fingerprint of a recording: pairs of peaks, and when they come."""
        return peaks.hashes(peaks.find_peaks(self.read_recording(clip)))

    def find_by_peaks(self, clip: Any, enrolled: Mapping[str, Sequence[Any]]) -> list[tuple[str, int]]:
        """The classical answer to compare with: names and how many pairs agree on one shift in time, most first."""
        return peaks.look_up(self.read(clip), peaks.index(enrolled))


@dataclass(frozen=True, kw_only=True)
class PreparedSound(Prepared):
    """A clip as the network takes it, and the ``prototypes`` (D,) of the classes that it may be of, by label."""

    prototypes: Mapping[str, np.ndarray]


class SoundEvents(OwnClips[PreparedSound, Classification]):
    """What is heard: the class whose prototype (mean embedding of some clips) is nearest.

    Calls take one clip and give a :class:`Classification`; option ``prototypes`` maps further classes to what ``enroll`` gave
    for a few clips of them. A trace holds ``embedding`` (D,), ``log_mel`` (F, 64), ``cosines`` (classes,) and ``prototypes``
    (classes, D) in the order of ``labels`` (classes,).
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

    def preprocess(self, inputs: Any, *, prototypes: Mapping[str, np.ndarray] | None = None) -> PreparedSound:
        """Reads a clip: ``features`` (1, F, M).

        Args:
            inputs: The clip.
            prototypes: Further classes, by label what ``enroll`` gave for a few clips of them, (D,).

        Raises:
            InputError: The clip can't be read, is silent, too short or long, or there is no class.
        """
        known = self.prototypes | dict(prototypes or {})
        if not known:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Add a class with a few clips first.")
        clip, facts = self.hear(inputs)
        return PreparedSound(tensors={"features": self.features(clip[None])}, heard=(facts,), prototypes=known)

    def forward(self, prepared: PreparedSound, *, trace: bool) -> np.ndarray:
        """The clip's embedding, (D,)."""
        return self.run(prepared.tensors["features"])[0].embedding

    def postprocess(
        self, output: np.ndarray, prepared: PreparedSound, *, milliseconds: float, trace: bool
    ) -> Classification:
        """Cosines with the prototypes to probabilities."""
        prototypes = np.stack(list(prepared.prototypes.values()))
        cosines = prototypes @ output
        p = np.exp(self.SHARPNESS * (cosines - cosines.max()))
        p /= p.sum()
        order = np.argsort(-p, kind="stable")
        labels = list(prepared.prototypes)
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals = {"embedding": output, "cosines": cosines, "labels": np.array(labels), "prototypes": prototypes}
            internals["log_mel"] = prepared.tensors["features"][0].cpu().numpy()
        return Classification(
            label=labels[order[0]],
            score=float(p[order[0]]),
            scores={labels[i]: float(p[i]) for i in order},
            milliseconds=milliseconds,
            trace=internals,
            heard=prepared.heard,
        )
