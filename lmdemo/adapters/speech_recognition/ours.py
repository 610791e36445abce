"""Speech recognition: a clip in, what was said out, by our LSTM, CTC and beam search."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, own_info
from lmdemo.adapters.outputs import SPEECH_BEAMS, Info, Layer, Transcription
from lmdemo.adapters.speech_recognition.ctc import WordModel, align, collapse, ranked_beams
from lmdemo.catalog import ModelRow, find
from lmdemo.data import audio
from lmdemo.errors import OptionError
from lmdemo.models.lstm_speech import LSTMSpeech, normalize

MAX_BEAMS = 64


class Letter(NamedTuple):
    """One probability taken apart: products of the top layer's units and their weights, summed, then made a share.

    Attributes:
        units: Which units the largest products are of, largest first (K,); the first half reads forwards.
        states, weights, products: The factors and the products (K,).
        rest: The sum of all other products, and the bias.
        logits: The sums of all letters, the blank first (C,).
        probabilities: Their softmax (C,).
    """

    units: np.ndarray
    states: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    rest: float
    logits: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True, kw_only=True)
class PreparedClip(Prepared):
    """A clip as the network takes it, with its ``log_mel`` (F, M), and how its letters are read."""

    log_mel: np.ndarray
    num_beams: int
    word_model: bool


class SpeechRecognition(Adapter[PreparedClip, Transcription]):
    """Writes down what is said in a clip.

    Takes a path or (sampling_rate, waveform), 0.2 to 30 s; gives a :class:`Transcription`. Option ``num_beams`` (1 to 64):
    how many beginnings are kept while reading the letters; 1 takes the likeliest letter at every step. Option ``word_model``:
    False lets the beam not ask which words follow which. Option ``speed`` (0.5 to 2): how much faster the clip is played.

    With ``trace=True`` the result holds ``log_mel`` (F, M), its bands' middles ``hertz`` (M,); ``probabilities`` (T, C) of the letters over time, in the order of
    ``letters`` (C,) str, the first being the blank; ``path`` (T,) int, the likeliest letter at each step, which collapses to
    ``greedy``; ``beam_texts``, ``beam_scores`` and ``beam_words`` (beams,), the beginnings kept in the end, best first (none with
    one beam), their scores, and what the word model has in these; ``said_path`` (T,), the likeliest path to the text;
    ``step_seconds``, the time between steps; ``hidden_states`` (layers, T, 2H), forwards first.
    """

    model: LSTMSpeech
    threads = 1

    def __init__(self, model: LSTMSpeech, info: Info, words: WordModel) -> None:
        super().__init__(model, info)
        self.words = words

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights and ``words.json``."""
        row = row or find(folder.name)
        model = LSTMSpeech.from_pretrained(folder).to(device)
        counts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, WordModel(counts))

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for F frames, T = F / stack, parameters."""
        c = self.model.config
        rows = [("stack", f"{c.stack} frames side by side", f"T x {c.stack * c.num_mels}", 0)]
        rows += [
            (f"lstm{n}", "LSTM, both directions", f"T x {2 * c.hidden_size}", count_numbers(both))
            for n, both in enumerate(self.model.lstm.layers, 1)
        ]
        return [*rows, ("head", "Linear, softmax", f"T x {len(c.letters) + 1}", count_numbers(self.model.head))]

    def take_apart(self, trace: Mapping[str, np.ndarray], step: int, letter: int, most: int = 8) -> Letter:
        """Writes out how probable one letter was at one step.

        Args:
            trace: Of a call with ``trace=True``.
            step: Which step, from 0.
            letter: Which letter, in the order of ``trace["letters"]``.
            most: How many products to name.

        Raises:
            OptionError: There is no such step or letter.
        """
        states = trace["hidden_states"][-1]  # (T, 2H)
        if not 0 <= step < len(states) or not 0 <= letter < len(trace["letters"]):
            raise OptionError(
                "position_range",
                expected=f"0 - {len(states) - 1}, 0 - {len(trace['letters']) - 1}",
                got=f"{step}, {letter}"[:30],
                hint="Choose a step of the clip and a letter.",
            )
        weights, bias = (p.detach().cpu().numpy() for p in (self.model.head.weight, self.model.head.bias))
        logits = weights @ states[step] + bias  # (C, 2H) @ (2H,) -> (C,)
        products = weights[letter] * states[step]
        largest = np.argsort(-np.abs(products))[:most]
        shares = np.exp(logits - logits.max())
        return Letter(
            largest,
            states[step, largest],
            weights[letter, largest],
            products[largest],
            float(logits[letter] - products[largest].sum()),
            logits,
            shares / shares.sum(),
        )

    @property
    def vocabulary(self) -> list[str]:
        """The words of its training, to be read aloud."""
        return sorted(self.words.counts["*"])

    def preprocess(
        self, inputs: Any, *, num_beams: int = SPEECH_BEAMS, word_model: bool = True, speed: float = 1.0
    ) -> PreparedClip:
        """Reads a clip: ``input_features`` (1, F, M), ``lengths`` (1,).

        Args:
            inputs: The clip.
            num_beams: Beginnings kept while reading the letters, 1 to 64.
            word_model: Whether the beam asks which words follow which.
            speed: How much faster the clip is played, 0.5 to 2; its pitch rises with it.

        Raises:
            InputError: The clip can't be read, is silent, too short or long.
            OptionError: The number of beams or the speed is out of range.
        """
        if isinstance(num_beams, bool) or not isinstance(num_beams, int) or not 1 <= num_beams <= MAX_BEAMS:
            raise OptionError(
                "num_beams_range", expected=f"1 - {MAX_BEAMS}", got=str(num_beams)[:20], hint="Choose a value inside."
            )
        if not 0.5 <= speed <= 2:
            raise OptionError("number_range", expected="0.5 - 2", got=str(speed)[:20], hint="Choose a value inside.")
        clip, facts = audio.open_clip(inputs, shortest=0.2)
        clip = clip if speed == 1 else audio.change_speed(clip, speed)
        log_mel = audio.log_mel(clip, num_mels=self.model.config.num_mels)
        return PreparedClip(
            tensors={
                "input_features": normalize(torch.from_numpy(log_mel))[None].to(self.device),
                "lengths": torch.tensor([len(log_mel)], device=self.device),
            },
            heard=(facts,),
            log_mel=log_mel,
            num_beams=num_beams,
            word_model=word_model,
        )

    def postprocess(self, output: Any, prepared: PreparedClip, *, milliseconds: float, trace: bool) -> Transcription:
        """Letters over time to text."""
        log_p = output.logits[0, : int(output.lengths[0])].log_softmax(-1).cpu().numpy()
        letters = self.model.config.letters
        path = log_p.argmax(1)
        asked = {} if prepared.word_model else {"weight": 0.0, "bonus": 0.0}
        several = prepared.num_beams > 1
        ranked = ranked_beams(log_p, letters, self.words, prepared.num_beams, **asked) if several else []
        said = ranked[0].text.strip() if ranked else collapse(path, letters)
        heard = path > 0
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals = {
                "probabilities": np.exp(log_p),
                "letters": np.array(["", *letters]),
                "path": path,
                "greedy": np.array(collapse(path, letters)),
                "step_seconds": np.array(self.model.config.stack * 0.01),
                "beam_texts": np.array([r.text.strip() for r in ranked], dtype=str),
                "beam_scores": np.array([r.score for r in ranked]),
                "beam_words": np.array([r.words for r in ranked]),
                "said_path": align(log_p, [letters.index(c) + 1 for c in said]),
                "hidden_states": output.hidden_states[:, 0].cpu().numpy(),
                "log_mel": prepared.log_mel,
                "hertz": audio.mel_edges(prepared.log_mel.shape[1])[1:-1],
            }
        score = float(np.exp(log_p[heard].max(1)).mean()) if heard.any() else None
        return Transcription(text=said, score=score, milliseconds=milliseconds, trace=internals, heard=prepared.heard)
