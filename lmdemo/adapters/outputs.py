"""Results, in the hub's words: frozen, free of torch, the same from every source.

Every result has ``trace``: the internals as named numpy arrays where ``trace=True`` was asked, else empty. Which names
and shapes there are stands in the docstring of the adapter that gives the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

Layer = tuple[str, str, str, int]
"""A row of a table of layers: name, kind, shape of what it gives, parameters."""

# What is taken where nothing is asked for: by adapters, the command line and the page's functions alike.
SCORE_THRESHOLD = 0.25
IOU_THRESHOLD = 0.7
DARKNET_IOU_THRESHOLD = 0.45  # its authors' own
SURE = 0.65  # of what the two most probable labels have together: below it an answer is undecided
NEW_CHARACTERS = 200
NEW_TOKENS = 60
TEMPERATURE = 0.8
TOP_K = 0  # every token
TOP_P = 1.0  # every token
CANDIDATES = 10  # of a hidden word
TRANSLATION_BEAMS = 5
SPEECH_BEAMS = 16
SAMPLE_TEMPERATURE = 0.85  # at which WaveNet and WaveRNN draw
SIGMA = 0.6  # deviation of the noise that WaveGlow turns into sound


@dataclass(frozen=True, kw_only=True)
class Result:
    """What every result carries.

    Attributes:
        milliseconds: Time of the network alone on this machine, without reading and preparing the input.
        trace: Internals by name; empty unless asked for.
    """

    milliseconds: float = 0.0
    trace: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Classification(Result):
    """One answer out of a fixed set of labels.

    Attributes:
        label: The most probable label.
        score: Its probability, 0 to 1.
        scores: Every label with its probability, most probable first.
    """

    label: str
    score: float
    scores: Mapping[str, float]


def decided(scores: Mapping[str, float]) -> bool:
    """Whether the most probable label is clearly ahead of the next one, however many there are."""
    first, second, *_ = sorted(scores.values(), reverse=True)
    return first >= SURE * (first + second)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the picture that was given; ``xmin < xmax`` and ``ymin < ymax``."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True)
class DetectedObject:
    """One thing found in a picture, with its label, its score from 0 to 1, and where it is."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True)
class Detection(Result):
    """Everything found in a picture, highest score first.

    Attributes:
        objects: What was found.
        highest_score: The best score of all cells, also where it lies below the threshold and nothing was found.
    """

    objects: tuple[DetectedObject, ...]
    highest_score: float = 0.0


@dataclass(frozen=True)
class Generation(Result):
    """Text that was written.

    Attributes:
        text: The prompt with its continuation.
        tokens: The new tokens, one string each.
        prompt_tokens: Tokens of the prompt that were read.
        dropped_tokens: Tokens at the prompt's beginning that were left out, because the context has no room for more.
    """

    text: str
    tokens: tuple[str, ...]
    prompt_tokens: int = 0
    dropped_tokens: int = 0


@dataclass(frozen=True)
class FillMask(Result):
    """What may stand behind each mask.

    Attributes:
        candidates: For each mask in reading order, tokens with their probabilities, most probable first.
    """

    candidates: tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Translation(Result):
    """A sentence in another language.

    Attributes:
        translation_text: The translation.
        alignment: How much each target token looked at each source token, (target tokens, source tokens), rows sum
            to 1; None where a model has no attention over its source.
        source_tokens, target_tokens: The tokens that the alignment's axes stand for.
        score: How sure the model is, 0 to 1: the geometric mean of the probabilities of the written tokens, the end among
            them; None where it does not tell.
    """

    translation_text: str
    alignment: np.ndarray | None = field(default=None, compare=False)
    source_tokens: tuple[str, ...] = ()
    target_tokens: tuple[str, ...] = ()
    score: float | None = None


@dataclass(frozen=True)
class Transcription(Result):
    """What was said.

    Attributes:
        text: In small letters.
        score: How sure the model is, 0 to 1: the mean probability of the likeliest letter over the steps where that is not
            the blank; None where there is no such step, or the model does not tell.
    """

    text: str
    score: float | None = None


@dataclass(frozen=True)
class Forecast(Result):
    """How a series goes on.

    Attributes:
        index: The coming dates or positions, (horizon,).
        mean: The expected values in the unit of the series, (horizon,).
        lower, upper: Bounds of the interval that the adapter's docstring names, (horizon,).
    """

    index: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True)
class Audio(Result):
    """Sound; of a stream a piece of it, with the time that this piece took.

    Attributes:
        sampling_rate: Samples a second.
        waveform: float32 in -1 to 1, (samples,).
        engine: What computed it: ``numba`` (the compiled loop), ``torch``, or ``scipy``.
        fit: How near the input is to what the network was trained on: the part of the clips kept back from training that lie at
            least as far from it, 0 to 1; None where that is not known.
        warnings: Keys of what is odd about the input, such as ``clipped``.
    """

    sampling_rate: int
    waveform: np.ndarray = field(repr=False, compare=False)
    engine: str = ""
    fit: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.waveform) / self.sampling_rate

    @property
    def times_real_time(self) -> float:
        """How many seconds of sound were made in a second; infinite where no time was measured."""
        return 1000 * self.seconds / self.milliseconds if self.milliseconds else float("inf")


@dataclass(frozen=True)
class Verification(Result):
    """Are two inputs of one origin? ``score`` is their cosine similarity, -1 to 1; ``same`` is the decision; ``warnings`` are
    the keys of what makes it less sure, such as ``short``.
    """

    score: float
    same: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Info:
    """What there is to know about an opened model.

    Attributes:
        name: Name in the catalog, or the hub's id.
        member: The family's member it belongs to.
        task: The hub's word for what it does, such as ``image-classification``.
        source: ``scratch``, ``hub``, ``hub-weights`` or ``darknet``.
        parameters: Trained numbers.
        bytes: Size of the weight files on disk.
        device: ``cpu``, ``cuda`` or ``mps``.
        revision: The hub's commit, or this project's version.
        licence: SPDX name of the weights' licence.
        training_data: What it was trained on.
    """

    name: str
    member: str
    task: str
    source: str
    parameters: int
    bytes: int
    device: str
    revision: str
    licence: str
    training_data: str
