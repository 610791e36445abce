"""What each task's adapters can do: one protocol a task, and one more for what only our own networks show of themselves.

A page names the protocol where it loads, ``classify: Classifies = lmdemo.load("cnn-fashion")``, so that a renamed method
fails in the type check and not in a browser. What arguments mean and which arrays a trace holds stands in the adapters.
:data:`TASKS` says which one the adapters of a task answer, from whatever source; :data:`OURS` which one ours do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from lmdemo.adapters.outputs import (
    CANDIDATES,
    SAMPLE_TEMPERATURE,
    SIGMA,
    TEMPERATURE,
    TOP_K,
    TOP_P,
    TRANSLATION_BEAMS,
    Audio,
    Classification,
    Detection,
    FillMask,
    Forecast,
    Generation,
    Info,
    Layer,
    Transcription,
    Translation,
    Verification,
)

if TYPE_CHECKING:
    from PIL import Image

    from lmdemo.adapters.fill_mask import HiddenWord, Pieces
    from lmdemo.adapters.forecasting import HeldOut, Sum
    from lmdemo.adapters.image_classification import ConvolutionStep
    from lmdemo.adapters.object_detection import Responsible, VideoFrame
    from lmdemo.adapters.speaker_verification import Enrolled, Match
    from lmdemo.adapters.speech_recognition import Letter
    from lmdemo.adapters.text_classification import UnitStep
    from lmdemo.adapters.text_generation import NextTokens, Prompt, Reading
    from lmdemo.adapters.translation import Look
    from lmdemo.adapters.vocoding import Drawn, Latent, ReceptiveField, SampleProducts
    from lmdemo.data.series import Series
    from lmdemo.data.text import Cut, Tokens


@runtime_checkable
class Answers(Protocol):
    """Any adapter.

    Attributes:
        info: What the opened model is.
    """

    info: Info


@runtime_checkable
class Layered(Answers, Protocol):
    """Any adapter that tells its layers."""

    def layers(self) -> list[Layer]: ...


# -- pictures -----------------------------------------------------------------------------------------------------------


@runtime_checkable
class Classifies(Answers, Protocol):
    """Pictures to labels."""

    labels: tuple[str, ...]

    def __call__(self, inputs: Any, *, trace: bool = False) -> Classification: ...
    def grad_cam(self, inputs: Any, label: str | None = None) -> np.ndarray: ...


@runtime_checkable
class ShowsConvolutions(Classifies, Layered, Protocol):
    """Our CNN: pictures to labels, and what led to them."""

    @property
    def num_convolutions(self) -> int: ...
    def see(self, inputs: Any) -> tuple[np.ndarray, tuple[str, ...]]: ...
    def embed(self, inputs: Any) -> np.ndarray: ...
    def integrated_gradients(
        self, inputs: Any, label: str | None = None, steps: int = 32, *, normalized: bool = True
    ) -> np.ndarray: ...
    def shifted(self, inputs: Any, dx: int, dy: int) -> Image.Image: ...
    def convolution_step(
        self, trace: Mapping[str, np.ndarray], layer: int, channel: int, y: int, x: int
    ) -> ConvolutionStep: ...
    def below(self, trace: Mapping[str, np.ndarray], layer: int) -> np.ndarray: ...
    def contributions(self, trace: Mapping[str, np.ndarray], layer: int) -> np.ndarray: ...
    def decider(self, trace: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...
    def equivariance(
        self, before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray], dx: int, dy: int
    ) -> dict[str, tuple[float, float]]: ...
    def moved_back(self, layer: str, maps: np.ndarray, dx: int, dy: int) -> tuple[np.ndarray, tuple[slice, slice]]: ...
    def maps_to_spare(self, inputs: Any) -> tuple[int, str]: ...
    def covered(self, inputs: Any, y: int, x: int, side: int) -> Image.Image: ...
    def filters(self, layer: int) -> np.ndarray: ...
    def strongest_patches(
        self, layer: int, channel: int, count: int = 8, ranks: Sequence[int] | None = None
    ) -> list[tuple[str, np.ndarray, float]]: ...
    def receptive_field(self, layer: int) -> tuple[int, int, int]: ...
    def dense_parameters(self) -> tuple[int, int]: ...
    def gallery(self) -> tuple[np.ndarray, np.ndarray]: ...


@runtime_checkable
class Detects(Answers, Protocol):
    """Pictures to boxes with labels."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def image_size(self) -> int: ...
    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Detection: ...
    def stream(
        self, video: str | Path, *, max_seconds: float = 30.0, frames_per_second: float = 5.0, **options: Any
    ) -> Iterator[VideoFrame]: ...


@runtime_checkable
class ShowsDetection(Detects, Layered, Protocol):
    """Our YOLO: pictures to boxes, its layers, which cells training would hold responsible, and what a box rests on."""

    def responsible(
        self, inputs: Any, labels: Sequence[str], boxes: Any, *, alpha: float = ..., beta: float = ...
    ) -> tuple[Responsible, ...]: ...
    def saliency(self, inputs: Any, stride: int, column: int, row: int, label: str) -> np.ndarray: ...


# -- sound --------------------------------------------------------------------------------------------------------------


@runtime_checkable
class EmbedsClips(Answers, Protocol):
    """Clips to embeddings: what comparing, searching and naming sounds share."""

    threshold: float

    def embed(self, clip: Any) -> np.ndarray: ...
    def embed_many(self, clips: Sequence[Any]) -> np.ndarray: ...
    def voice_changes(self, clip: Any) -> bool: ...
    def log_mel(self, clip: Any) -> np.ndarray: ...
    def enroll(self, clips: Sequence[Any]) -> np.ndarray: ...
    def find(self, clip: Any, enrolled: Mapping[str, np.ndarray] | Enrolled, *, top: int = 5) -> tuple[Match, ...]: ...
    def along(
        self, reference: Any, recording: Any, *, window: float = 2.0, hop: float = 0.5
    ) -> tuple[np.ndarray, np.ndarray]: ...


@runtime_checkable
class Verifies(EmbedsClips, Protocol):
    """Are two clips of one origin?"""

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Verification: ...
    def verify(self, a: Any, b: Any, **options: Any) -> Verification: ...


@runtime_checkable
class ShowsEmbedding(EmbedsClips, Layered, Protocol):
    """Any of our Siamese networks: embeddings, and its layers."""

    @property
    def embedding_size(self) -> int: ...


@runtime_checkable
class FindsRecordings(ShowsEmbedding, Verifies, Protocol):
    """Finds a recording again from an excerpt, and how the classical method does it."""

    def excerpt(
        self, recording: Any, *, start: float, decibels: float | None, seed: int = 0, speed: float = 1.0
    ) -> tuple[int, np.ndarray]: ...
    def peaks(self, clip: Any) -> tuple[np.ndarray, np.ndarray]: ...
    def scan(self, clip: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...
    def agreeing(self, clip: Any, pairs: Sequence[Any]) -> Any: ...
    def enroll_peaks(self, clip: Any) -> list[tuple[tuple[int, int, int], int]]: ...
    def find_by_peaks(self, clip: Any, enrolled: Mapping[str, Sequence[Any]]) -> list[tuple[str, int]]: ...


@runtime_checkable
class NamesSounds(ShowsEmbedding, Protocol):
    """Clips to classes, those of a visitor included."""

    @property
    def prototypes(self) -> dict[str, np.ndarray]: ...
    @property
    def confusion(self) -> tuple[tuple[str, ...], np.ndarray]: ...
    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Classification: ...


@runtime_checkable
class Transcribes(Answers, Protocol):
    """Clips to what was said."""

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Transcription: ...


@runtime_checkable
class ShowsTranscription(Transcribes, Layered, Protocol):
    """Our LSTM: clips to text, and one letter taken apart."""

    @property
    def vocabulary(self) -> list[str]: ...
    def take_apart(self, trace: Mapping[str, np.ndarray], step: int, letter: int, most: int = 8) -> Letter: ...


@runtime_checkable
class Vocodes(Answers, Protocol):
    """Log-mel spectrograms to sound: those of a clip, or given ones; from a network or by a classical method."""

    @property
    def hop(self) -> int: ...
    @property
    def longest(self) -> float: ...
    def mel(self, clip: Any) -> np.ndarray: ...
    def __call__(self, inputs: Any, *, trace: bool = False, seed: int = 0, **options: Any) -> Audio: ...
    def stream(self, inputs: Any, *, seed: int = 0, **options: Any) -> Iterator[Audio]: ...


@runtime_checkable
class Speaks(Vocodes, Layered, Protocol):
    """Our WaveNet and WaveRNN: sound sample by sample, and how likely each level of a sample was."""

    def distribution(
        self,
        inputs: Any,
        at: int,
        *,
        waveform: np.ndarray | None = None,
        temperature: float = SAMPLE_TEMPERATURE,
        seed: int = 0,
    ) -> Drawn: ...


@runtime_checkable
class ShowsWaveNet(Speaks, Protocol):
    """Our WaveNet: what a sample hangs on, one sample taken apart, and sound that nothing asks for."""

    def receptive_field(
        self, kernel_size: int | None = None, dilations: Sequence[int] | None = None
    ) -> ReceptiveField: ...
    def sample_products(
        self,
        inputs: Any,
        at: int,
        *,
        waveform: np.ndarray | None = None,
        temperature: float = SAMPLE_TEMPERATURE,
        seed: int = 0,
    ) -> SampleProducts: ...
    def median_pitch(self, mels: np.ndarray) -> float: ...
    def free(
        self, seconds: float, *, mel: np.ndarray | None = None, temperature: float = SAMPLE_TEMPERATURE, seed: int = 0
    ) -> Iterator[Audio]: ...


@runtime_checkable
class ShowsFlow(Vocodes, Layered, Protocol):
    """Our WaveGlow: the sound after each step from noise to voice, and the noise that a voice becomes."""

    def flow(self, inputs: Any, *, sigma: float = SIGMA, seed: int = 0) -> tuple[Audio, ...]: ...
    def latent(self, clip: Any) -> Latent: ...
    def back(self, latent: Latent, *, scale: float = 1.0) -> Audio: ...


# -- text ---------------------------------------------------------------------------------------------------------------


@runtime_checkable
class ClassifiesTexts(Answers, Protocol):
    """Texts to labels."""

    labels: tuple[str, ...]

    def __call__(self, inputs: str, *, trace: bool = False, **options: Any) -> Classification: ...
    def classify_many(self, inputs: Sequence[str]) -> np.ndarray: ...


@runtime_checkable
class ReadsWords(ClassifiesTexts, Layered, Protocol):
    """Any of our text classifiers: which words it reads."""

    def tokenize(self, inputs: str) -> Tokens: ...
    def known(self, words: Tokens) -> list[bool]: ...
    def met(self, inputs: str) -> list[tuple[str, bool]]: ...


@runtime_checkable
class ShowsRecurrence(ReadsWords, Protocol):
    """Our RNN and LSTM: the answer after each word, and one unit taken apart."""

    def scores_after(self, inputs: str, *, open_gates: Sequence[str] = ()) -> np.ndarray: ...
    def gradient_of_answer(self, inputs: str, label: str | None = None) -> np.ndarray: ...
    def unit_step(
        self, inputs: str, step: int, unit: int, layer: int = 0, *, open_gates: Sequence[str] = ()
    ) -> UnitStep: ...


@runtime_checkable
class ShowsEncoder(ReadsWords, Protocol):
    """Our Transformer: how words are cut, and what each adds."""

    @property
    def heads(self) -> list[tuple[int, int]]: ...
    def kept(self, inputs: str) -> tuple[int, int]: ...
    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]: ...
    def integrated_gradients(self, inputs: str, label: str | None = None, steps: int = 50) -> np.ndarray: ...
    def without_each(self, inputs: str) -> np.ndarray: ...


@runtime_checkable
class FillsMask(Layered, Protocol):
    """Candidates for hidden words."""

    def __call__(self, inputs: str, *, trace: bool = False, **options: Any) -> FillMask: ...
    @property
    def heads(self) -> list[tuple[int, int]]: ...
    def pieces(self, inputs: str) -> Pieces: ...
    def compare(self, first: str, second: str, top_k: int = CANDIDATES) -> dict[str, tuple[float, float]]: ...
    def likelihoods(self, first: str, second: str) -> tuple[list[str], np.ndarray]: ...
    def hide_each(self, inputs: str, *, top_k: int = ..., begin: int = ...) -> list[HiddenWord]: ...
    def nats_per_word(self, inputs: str) -> float: ...
    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]: ...
    def fill_many(self, ids: Sequence[Sequence[int]], batch_size: int = 128) -> list[np.ndarray]: ...


@runtime_checkable
class Generates(Answers, Protocol):
    """Texts continued."""

    def __call__(self, inputs: str, *, trace: bool = False, **options: Any) -> Generation: ...
    def stream(self, inputs: str, **options: Any) -> Iterator[str]: ...


@runtime_checkable
class ShowsCharacters(Generates, Layered, Protocol):
    """Our RNN and LSTM: texts continued character by character."""

    vocabulary: tuple[str, ...]

    def read(self, inputs: str) -> dict[str, np.ndarray]: ...
    def expected_at(self, inputs: str, position: int, count: int = 10) -> dict[str, float]: ...
    def gradient_of_character(self, inputs: str, position: int) -> np.ndarray: ...
    def nats_per_token(self, written: str, *, streams: int = 32, context: int = 100) -> tuple[int, float]: ...


@runtime_checkable
class GeneratesTokens(Generates, Protocol):
    """Our GPT and the hub's gpt2: texts continued token by token, and all that one reading tells."""

    context: int

    def stream_many(self, inputs: str, count: int, **options: Any) -> Iterator[list[str]]: ...
    def tokenize(self, inputs: str) -> Prompt: ...
    def token_starts(self, written: str) -> list[int]: ...
    def cut(self, inputs: str) -> list[Cut]: ...
    def read(
        self,
        inputs: str,
        *,
        trace: bool = True,
        count: int = 3,
        max_new_tokens: int = ...,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
        seed: int | None = None,
        **switches: Any,
    ) -> Reading: ...
    def next_tokens(self, inputs: str, **switches: Any) -> NextTokens: ...
    def surprise(self, inputs: str, **switches: Any) -> np.ndarray: ...
    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]: ...
    def nats_per_character(self, written: str) -> tuple[int, float]: ...


@runtime_checkable
class ShowsDecoder(GeneratesTokens, Layered, Protocol):
    """Our GPT: what each layer would already answer."""

    def lens(self, inputs: str, *, position: int = -1, count: int = 5) -> list[dict[str, float]]: ...


@runtime_checkable
class Translates(Answers, Protocol):
    """Sentences to another language."""

    def __call__(self, inputs: str, *, trace: bool = False, **options: Any) -> Translation: ...


@runtime_checkable
class ShowsAlignment(Translates, Layered, Protocol):
    """Our LSTM with attention: words that it never met, and one cell of the alignment taken apart."""

    def take_apart(
        self, sentence: str, step: int, place: int, *, num_beams: int = TRANSLATION_BEAMS, most: int = 8
    ) -> Look: ...
    def unknown_words(self, sentence: str) -> list[tuple[str, tuple[str, ...]]]: ...


# -- series -------------------------------------------------------------------------------------------------------------


@runtime_checkable
class Forecasts(Layered, Protocol):
    """Series foreseen."""

    @property
    def patch_size(self) -> int: ...
    @property
    def context_length(self) -> int: ...
    @property
    def prediction_length(self) -> int: ...
    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Forecast: ...
    def read(self, source: Any, column: str | None = None, **how: Any) -> Series: ...
    def columns(self, path: str | Path, **how: Any) -> list[str]: ...
    def season(self, read: Series) -> int: ...
    def take_apart(self, read: Series, step: int, most: int = 8) -> Sum: ...
    def sum_of(self, result: Forecast, step: int, most: int = 8) -> Sum: ...
    def hold_out(self, read: Series, season: int = 0) -> HeldOut: ...
    def foresee_windows(self, past: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...


TASKS: Mapping[str, type] = {
    "image-classification": Classifies,
    "object-detection": Detects,
    "audio-classification": EmbedsClips,
    "automatic-speech-recognition": Transcribes,
    "text-to-speech": Vocodes,
    "text-classification": ClassifiesTexts,
    "fill-mask": FillsMask,
    "text-generation": Generates,
    "translation": Translates,
    "time-series-forecasting": Forecasts,
}
"""Task -> what its adapters answer, whatever network stands behind them."""

OURS: Mapping[str, type] = {
    "ImageClassification": ShowsConvolutions,
    "ObjectDetection": ShowsDetection,
    "SpeakerVerification": Verifies,
    "Fingerprinting": FindsRecordings,
    "SoundEvents": NamesSounds,
    "SpeechRecognition": ShowsTranscription,
    "WaveNetVocoding": ShowsWaveNet,
    "WaveRNNVocoding": Speaks,
    "WaveGlowVocoding": ShowsFlow,
    "TextClassification": ShowsRecurrence,
    "EncoderClassification": ShowsEncoder,
    "MaskFilling": FillsMask,
    "TextGeneration": ShowsCharacters,
    "GPTGeneration": ShowsDecoder,
    "Translator": ShowsAlignment,
    "Forecasting": Forecasts,
}
"""Adapter's class -> what it shows beyond its task."""
