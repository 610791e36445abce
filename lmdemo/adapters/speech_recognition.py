"""Speech recognition: a clip in, what was said out; ours by CTC and beam search, the hub's wav2vec 2.0 beside it."""

import json
import math
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import SPEECH_BEAMS, Info, Transcription
from lmdemo.catalog import HUB, ModelRow, find
from lmdemo.data import audio
from lmdemo.errors import OptionError
from lmdemo.models.lstm_speech import LSTMSpeech, normalize
from lmdemo.pool import computing_with, use_threads

MAX_BEAMS = 64
HELD_BACK = 10.0  # nats, for a word that begins as none of the training


class WordModel(NamedTuple):
    """Which words follow which, counted in the training transcripts."""

    counts: Mapping[str, Mapping[str, int]]  # word before ("" at the start) -> word -> how often

    def log_p(self, before: str, word: str) -> float:
        """Log-probability of a word after another: pairs, backed by single words, and a little for unknown ones."""
        pairs, singles = self.counts.get(before, {}), self.counts["*"]
        total, kinds = sum(pairs.values()), len(pairs)
        everything = sum(singles.values())
        single = (singles.get(word, 0) + 1e-3) / (everything + 1)
        return math.log((pairs.get(word, 0) + kinds * single) / (total + kinds) if total else single)


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


class SpeechRecognition(Adapter):
    """Writes down what is said in a clip.

    Takes a path or (sampling_rate, waveform), 0.2 to 30 s; gives a :class:`Transcription`. Option ``num_beams`` (1 to 64):
    how many beginnings are kept while reading the letters; 1 takes the likeliest letter at every step. Option ``word_model``:
    False lets the beam not ask which words follow which.

    With ``trace=True`` the result holds ``log_mel`` (F, M); ``probabilities`` (T, C) of the letters over time, in the order of
    ``letters`` (C,) str, the first being the blank; ``path`` (T,) int, the likeliest letter at each step, which collapses to
    ``greedy``; ``beam_texts`` and ``beam_scores`` (beams,), the beginnings kept in the end, best first (none with one beam);
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
            WordModel(counts),
        )

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for F frames, T = F / stack, parameters."""
        c = self.model.config
        rows = [("stack", f"{c.stack} frames side by side", f"T x {c.stack * c.num_mels}", 0)]
        rows += [
            (f"lstm{n}", "LSTM, both directions", f"T x {2 * c.hidden_size}", sum(p.numel() for p in both.parameters()))
            for n, both in enumerate(self.model.lstm.layers, 1)
        ]
        return [
            *rows,
            (
                "head",
                "Linear, softmax",
                f"T x {len(c.letters) + 1}",
                sum(p.numel() for p in self.model.head.parameters()),
            ),
        ]

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

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Reads a clip: ``input_features`` (1, F, M), ``lengths`` (1,)."""
        mels = torch.from_numpy(
            audio.log_mel(audio.read_clip(inputs, shortest=0.2), num_mels=self.model.config.num_mels)
        )
        return {
            "input_features": normalize(mels)[None].to(self.device),
            "lengths": torch.tensor([len(mels)], device=self.device),
        }

    def postprocess(
        self,
        output: Any,
        *,
        milliseconds: float,
        trace: bool,
        num_beams: int = SPEECH_BEAMS,
        word_model: bool = True,
        **options: Any,
    ) -> Transcription:
        """Letters over time to text."""
        if options:
            raise OptionError(
                "unknown_option", expected="trace, num_beams, word_model", got=", ".join(options), hint="Leave it out."
            )
        if isinstance(num_beams, bool) or not isinstance(num_beams, int) or not 1 <= num_beams <= MAX_BEAMS:
            raise OptionError(
                "num_beams_range", expected=f"1 - {MAX_BEAMS}", got=str(num_beams)[:20], hint="Choose a value inside."
            )
        log_p = output.logits[0, : int(output.lengths[0])].log_softmax(-1).cpu().numpy()
        letters = self.model.config.letters
        path = log_p.argmax(1)
        asked = {} if word_model else {"weight": 0.0, "bonus": 0.0}
        ranked = ranked_beams(log_p, letters, self.words, num_beams, **asked) if num_beams > 1 else []
        said = ranked[0][0].strip() if ranked else collapse(path, letters)
        internals = {}
        if trace:
            internals = {
                "probabilities": np.exp(log_p),
                "letters": np.array(["", *letters]),
                "path": path,
                "greedy": np.array(collapse(path, letters)),
                "step_seconds": np.array(self.model.config.stack * 0.01),
                "beam_texts": np.array([t.strip() for t, _ in ranked], dtype=str),
                "beam_scores": np.array([s for _, s in ranked]),
                "hidden_states": output.hidden_states[:, 0].cpu().numpy(),
            }
        return Transcription(text=said, milliseconds=milliseconds, trace=internals)

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Transcription:
        """Writes down one clip; see the class.

        Raises:
            InputError: The clip can't be read, is silent, too short or long.
            OptionError: The number of beams is out of range.
        """
        result = super().__call__(inputs, trace=trace, **options)
        if trace:
            result.trace["log_mel"] = audio.log_mel(
                audio.read_clip(inputs, shortest=0.2), num_mels=self.model.config.num_mels
            )
        return result


def collapse(path: np.ndarray, letters: str) -> str:
    """A CTC path to text: repeats fall together, blanks (0) drop out."""
    kept = [int(p) for p, before in zip(path, [0, *path[:-1]], strict=True) if p and p != before]
    return " ".join("".join(letters[k - 1] for k in kept).split())


def beam_search(
    log_p: np.ndarray, letters: str, words: WordModel, num_beams: int, *, weight: float = 0.8, bonus: float = 1.5
) -> str:
    """The best of :func:`ranked_beams`."""
    return ranked_beams(log_p, letters, words, num_beams, weight=weight, bonus=bonus)[0][0].strip()


def ranked_beams(
    log_p: np.ndarray, letters: str, words: WordModel, num_beams: int, *, weight: float = 0.8, bonus: float = 1.5
) -> list[tuple[str, float]]:
    """The likeliest texts, each by all its CTC paths together (Hannun et al., arXiv:1408.2873), best first, with their scores.

    Args:
        log_p: Log-probabilities (T, C), the blank first.
        letters: What the others stand for.
        words: Asked whenever a word ends; a word that begins as none that it knows is held back while it is being spelt.
        num_beams: Beginnings kept at each step.
        weight: How much the word model counts; 0 does without it.
        bonus: Added for each word, since the word model only ever takes away.
    """
    space = letters.index(" ")
    begun = {word[:n] for word in words.counts["*"] for n in range(len(word) + 1)}
    beams = {"": (0.0, -math.inf)}  # text -> log-probability of its paths that end in a blank, and in its last letter
    asked: dict[str, float] = {"": 0.0}

    def finished(text: str) -> float:
        """What the word model says to all words that have ended."""
        if text not in asked:
            asked[text] = finished(text[:-1])
            parts = text.split()
            if text.endswith(" ") and parts:
                asked[text] += weight * words.log_p(parts[-2] if len(parts) > 1 else "", parts[-1]) + bonus
        return asked[text]

    def rank(text: str) -> float:
        strange = weight > 0 and text.rsplit(" ", 1)[-1] not in begun
        return _add(*new[text]) + finished(text) - (HELD_BACK if strange else 0.0)

    for row in log_p.tolist():
        likely = [k for k in range(len(letters)) if row[1 + k] > -7.0]  # letters below e^-7 change nothing
        new: dict[str, list[float]] = defaultdict(lambda: [-math.inf, -math.inf])
        for text, (blank, letter) in beams.items():
            both = _add(blank, letter)
            new[text][0] = _add(new[text][0], both + row[0])
            if text:
                new[text][1] = _add(new[text][1], letter + row[1 + letters.index(text[-1])])
            for k in likely:
                if k == space and (not text or text[-1] == " "):
                    continue
                longer = text + letters[k]
                came = blank if text and text[-1] == letters[k] else both  # a double letter needs a blank between
                new[longer][1] = _add(new[longer][1], came + row[1 + k])
        beams = {t: tuple(new[t]) for t in sorted(new, key=rank, reverse=True)[:num_beams]}
    scores = {t: _add(*beams[t]) + finished(t if t.endswith(" ") else t + " ") for t in beams}
    return sorted(scores.items(), key=lambda item: -item[1])


def _add(a: float, b: float) -> float:
    """Log of the sum of two probabilities given as logs."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))


class HubSpeechRecognition(Adapter):
    """The hub's wav2vec 2.0, from a local folder. Takes and gives what :class:`SpeechRecognition` does, without options;
    the trace holds ``probabilities`` (T, C), ``letters`` (C,), ``path`` (T,) and ``step_seconds``."""

    sources = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, processor: Any) -> None:
        super().__init__(model, info)
        self.processor = processor

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import Wav2Vec2ForCTC, Wav2Vec2Processor

        processor = Wav2Vec2Processor.from_pretrained(folder, local_files_only=True)
        model = Wav2Vec2ForCTC.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
        hub = HUB["wav2vec2-base-960h"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "lstm",
                task="automatic-speech-recognition",
                source=source,
                parameters=sum(p.numel() for p in model.parameters()),
                bytes=sum(f.stat().st_size for f in folder.glob("*.safetensors")),
                device=device,
                revision=hub.revision,
                licence=hub.licence,
                training_data=hub.training_data,
            ),
            processor,
        )

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Reads a clip: ``input_values`` (1, samples), normalised as the hub's model wants it."""
        clip = audio.read_clip(inputs, shortest=0.2)
        return {
            k: v.to(self.device)
            for k, v in self.processor(clip, sampling_rate=audio.SAMPLING_RATE, return_tensors="pt").items()
        }

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Transcription:
        """The likeliest letter at each step, collapsed."""
        if options:
            raise OptionError("unknown_option", expected="trace", got=", ".join(options), hint="Leave it out.")
        path = output.logits.argmax(-1)
        internals = {}
        if trace:
            names = self.processor.tokenizer.convert_ids_to_tokens(range(output.logits.shape[-1]))
            internals = {
                "probabilities": output.logits[0].softmax(-1).float().cpu().numpy(),
                "letters": np.array(names),
                "path": path[0].cpu().numpy(),
                "step_seconds": np.array(0.02),
            }
        return Transcription(
            text=self.processor.batch_decode(path)[0].lower(), milliseconds=milliseconds, trace=internals
        )

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Transcription:
        """Writes down one clip."""
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            output = self.model(**tensors)
            synchronize(self.device)
            return self.postprocess(output, milliseconds=1000 * (time.perf_counter() - started), trace=trace, **options)
