"""Translation: a sentence in, its translation out, with the alignment of the two; ours, and the hub's T5 beside it."""

import json
import re
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import TRANSLATION_BEAMS, Info, Translation
from lmdemo.catalog import HUB, ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm_translation import BOS, EOS, PAD, UNK, LSTMTranslation
from lmdemo.pool import computing_with, use_threads

MAX_CHARACTERS = 1_000
MAX_TOKENS = 200
MAX_BEAMS = 32
LENGTH_PENALTY = 0.8  # endings are compared by log-probability / pieces^this, or short ones would always win


def check_beams(num_beams: object) -> int:
    """``num_beams`` if it is one of 1 to 32."""
    if isinstance(num_beams, bool) or not isinstance(num_beams, int) or not 1 <= num_beams <= MAX_BEAMS:
        raise OptionError(
            "num_beams_range", expected=f"1 - {MAX_BEAMS}", got=str(num_beams)[:20], hint="Choose a value inside."
        )
    return num_beams


class Beam(NamedTuple):
    """A beam search: what was kept at each step, and what was chosen in the end.

    Attributes:
        tokens: The piece that each kept beginning was given, (steps, beams); -1 where fewer were kept.
        parents: The place of the beginning before it in the step before, (steps, beams).
        scores: Log-probabilities of the beginnings, (steps, beams).
        endings: What the beginnings that ended here are compared by, (steps, beams); NaN where one goes on.
        ids: The pieces of the best ending.
        attention: (len(ids), S).
    """

    tokens: np.ndarray
    parents: np.ndarray
    scores: np.ndarray
    endings: np.ndarray
    ids: list[int]
    attention: np.ndarray


class Look(NamedTuple):
    """One cell of the alignment: the products of what the writer asks for and what stands there, summed, then made a share.

    Attributes:
        asked, there, products: The largest products and their two factors, largest first (K,).
        rest: The sum of all other products.
        scores: The sums for all read pieces (S,).
        shares: Their softmax (S,).
        units: Which units the largest products are of (K,).
    """

    asked: np.ndarray
    there: np.ndarray
    products: np.ndarray
    rest: float
    scores: np.ndarray
    shares: np.ndarray
    units: np.ndarray


class Translator(Adapter):
    """Translates a sentence.

    Takes a str of up to 1,000 characters; gives a :class:`Translation` whose alignment is the attention. Option ``num_beams``
    (1 to 32); ``attend``, which can switch attention off. Characters that it has never met are copied to where it looked at them.

    With ``trace=True`` the result holds ``known`` (S,) bool by source token: whether its word occurred in the training; and the
    search: ``beam_tokens`` (steps, beams) str, ``beam_parents`` (steps, beams) int, the place of the beginning before in the step
    before, ``beam_scores`` (steps, beams), log-probabilities, and ``beam_endings`` (steps, beams), what finished sentences are
    compared by; "", -inf and NaN where there is none.
    """

    model: LSTMTranslation
    threads = 1

    def __init__(
        self, model: LSTMTranslation, info: Info, tokenizer: Tokenizer, words: frozenset[str] | None = None
    ) -> None:
        super().__init__(model, info)
        self.tokenizer, self.words = tokenizer, words

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights, ``tokenizer.json``, and ``words.json``, the words
        of its training, without which every word counts as known."""
        row = row or find(folder.name)
        model = LSTMTranslation.from_pretrained(folder).to(device)
        met = folder / "words.json"
        words = frozenset(json.loads(met.read_text(encoding="utf-8"))) if met.is_file() else None
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
            text.open_tokenizer(folder),
            words,
        )

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for S pieces read and T written, parameters."""
        m, c = self.model, self.model.config
        parts = (
            ("embedding", "Embedding, of both languages and the output", f"S x {c.embedding_size}", [m.embedding]),
            ("encoder", "LSTM, both directions", f"S x {c.hidden_size}", [m.encoder]),
            ("decoder", "LSTM", f"T x {c.hidden_size}", [m.decoder]),
            ("attention", "bilinear, softmax over S", "T x S", [m.look]),
            ("combine", "Linear, tanh", f"T x {c.embedding_size}", [m.combine]),
        )
        rows = [
            (name, kind, shape, sum(p.numel() for part in found for p in part.parameters()))
            for name, kind, shape, found in parts
        ]
        return [*rows, ("output", "embedding transposed, softmax", f"T x {c.vocab_size}", m.bias.numel())]

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks and cuts a sentence: ``input_ids`` (1, S), ``lengths`` (1,)."""
        ids = text.encode(self.tokenizer, text.check_text(inputs, limit=MAX_CHARACTERS)).ids
        if len(ids) > MAX_TOKENS:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {MAX_TOKENS}",
                got=str(len(ids)),
                hint="Give one sentence at a time.",
            )
        if set(ids) <= {
            UNK,
            self.tokenizer.token_to_id("▁"),
        }:  # the mark of a word's beginning says nothing of the word
            raise InputError(
                "text_unknown", expected="a-z", got=inputs.strip()[:30], hint="Write the sentence in English."
            )
        ids = [*ids, EOS]
        return {
            "input_ids": torch.tensor([ids], device=self.device),
            "lengths": torch.tensor([len(ids)], device=self.device),
        }

    def postprocess(
        self, output: Beam, *, milliseconds: float, trace: bool, source_tokens: tuple[str, ...], known: np.ndarray
    ) -> Translation:
        """Puts the pieces together; an unknown piece is replaced by the source token that it looked at most."""
        ids, attention = output.ids, output.attention
        pieces = [
            f"▁{source_tokens[int(row.argmax())]}" if i == UNK else self.tokenizer.id_to_token(i)
            for i, row in zip(ids, attention, strict=True)
        ]
        internals = {}
        if trace:
            names = np.vectorize(lambda i: "" if i < 0 else self.tokenizer.id_to_token(int(i)), otypes=[str])
            internals = {
                "known": known,
                "beam_tokens": names(output.tokens),
                "beam_parents": output.parents,
                "beam_scores": output.scores,
                "beam_endings": output.endings,
            }
        return Translation(
            translation_text="".join(pieces).replace("▁", " ").strip(),
            alignment=attention,
            source_tokens=source_tokens,
            target_tokens=tuple(p.replace("▁", " ").strip() or p for p in pieces),
            milliseconds=milliseconds,
            trace=internals,
        )

    def __call__(
        self,
        inputs: str,
        *,
        trace: bool = False,
        num_beams: int = TRANSLATION_BEAMS,
        attend: bool = True,
        **options: Any,
    ) -> Translation:
        """Translates one sentence; see the class.

        Args:
            inputs: The sentence.
            trace: Whether to add the search.
            num_beams: Beginnings that are kept at each step, 1 to 32.
            attend: False switches attention off: every step sees the mean of all words.

        Raises:
            InputError: The text can't be read or is too long.
            OptionError: The number of beams is out of range.
        """
        if options:
            raise OptionError(
                "unknown_option", expected="trace, num_beams, attend", got=", ".join(options), hint="Leave it out."
            )
        check_beams(num_beams)
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            beam = search(self.model, tensors, num_beams, attend=attend)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            sentence = text.check_text(inputs, limit=MAX_CHARACTERS)
            pieces = text.encode(self.tokenizer, sentence)
            known = [
                i != UNK and self._met(sentence, begin, end)
                for i, (begin, end) in zip(pieces.ids, pieces.offsets, strict=True)
            ]
            return self.postprocess(
                beam,
                milliseconds=milliseconds,
                trace=trace,
                known=np.array([*known, True]),
                source_tokens=(*(t.strip() or t for t in pieces.tokens), "⏎"),
            )

    def take_apart(
        self, sentence: str, step: int, place: int, *, num_beams: int = TRANSLATION_BEAMS, most: int = 8
    ) -> Look:
        """Writes out how much one written piece looked at one read piece.

        Args:
            sentence: What is translated.
            step: Which written piece, from 0.
            place: Which read piece, from 0; the last is the end mark.
            num_beams: As for the translation that was seen.
            most: How many products to name.

        Raises:
            OptionError: There is no such piece.
        """
        with self, torch.inference_mode():
            tensors = self.preprocess(sentence)
            ids = search(self.model, tensors, check_beams(num_beams)).ids
            if not 0 <= step < len(ids) or not 0 <= place < tensors["input_ids"].shape[1]:
                raise OptionError(
                    "position_range",
                    expected=f"0 - {len(ids) - 1}, 0 - {tensors['input_ids'].shape[1] - 1}",
                    got=f"{step}, {place}"[:30],
                    hint="Choose a piece of the two sentences.",
                )
            memory = self.model.encode(**tensors)
            given = torch.tensor([[BOS, *ids[:step]]], device=self.device)
            h = self.model.decoder(
                self.model.embedding(given).transpose(0, 1), torch.tensor([step + 1], device=self.device), memory.begin
            ).last
            query = self.model.look(h[-1, 0])  # (H,)
            scores = memory.states[0] @ query  # (S, H) @ (H,) -> (S,)
            products = (query * memory.states[0, place]).cpu().numpy()
            largest = np.argsort(-np.abs(products))[:most]
            return Look(
                query[largest].cpu().numpy(),
                memory.states[0, place, largest].cpu().numpy(),
                products[largest],
                float(products.sum() - products[largest].sum()),
                scores.cpu().numpy(),
                scores.softmax(0).cpu().numpy(),
                largest,
            )

    def _met(self, sentence: str, begin: int, end: int) -> bool:
        """Whether the word that a piece is part of occurred in the training."""
        if self.words is None:
            return True
        while begin < end and sentence[begin].isspace():
            begin += 1
        word = next((m[0] for m in re.finditer(text.WORD, sentence) if m.start() <= begin < m.end()), "")
        return not word or word.casefold() in self.words

    def unknown_words(self, sentence: str) -> list[tuple[str, tuple[str, ...]]]:
        """The words of a sentence that did not occur in the training, each with the pieces that it was cut into."""
        sentence = text.check_text(sentence, limit=MAX_CHARACTERS)
        pieces = text.encode(self.tokenizer, sentence)
        return [
            (
                m[0],
                tuple(
                    t.strip()
                    for t, (a, b) in zip(pieces.tokens, pieces.offsets, strict=True)
                    if a < m.end() and b > m.start() and t.strip()
                ),
            )
            for m in re.finditer(text.WORD, sentence)
            if m[0][0].isalpha() and self.words is not None and m[0].casefold() not in self.words
        ]


def search(model: LSTMTranslation, tensors: dict[str, torch.Tensor], num_beams: int, *, attend: bool = True) -> Beam:
    """Keeps the ``num_beams`` likeliest beginnings at each step, until as many have ended.

    Args:
        model: The network, in evaluation mode.
        tensors: One sentence: ``input_ids`` (1, S) and ``lengths`` (1,).
        num_beams: Beginnings to keep; 1 takes the likeliest piece at every step.
        attend: False switches attention off; see :meth:`LSTMTranslation.decode`.
    """
    device = tensors["input_ids"].device
    memory = model.encode(**tensors)
    longest = 2 * tensors["input_ids"].shape[1] + 10
    written, state = torch.full((1, 1), BOS, device=device), None
    scores = torch.zeros(1, device=device)
    history, rows, ended = [], torch.zeros(1, 0, tensors["input_ids"].shape[1], device=device), []
    for _ in range(longest):
        now = memory._replace(
            states=memory.states.expand(len(written), -1, -1),
            padding=memory.padding.expand(len(written), -1),
            begin=tuple(s.expand(-1, len(written), -1).contiguous() for s in memory.begin),
        )
        logits, attention, state = model.decode(written[:, -1:], now, state, attend=attend)
        log_p = logits[:, 0].log_softmax(-1)
        log_p[:, [PAD, BOS]] = -torch.inf
        total = (scores[:, None] + log_p).flatten()  # (beams * V,)
        best = total.topk(min(num_beams, len(total)))
        parents, tokens = best.indices // log_p.shape[1], best.indices % log_p.shape[1]
        history.append((tokens.cpu().numpy(), parents.cpu().numpy(), best.values.cpu().numpy()))
        written = torch.cat((written[parents], tokens[:, None]), 1)
        rows = torch.cat((rows[parents], attention[parents]), 1)
        for n in (tokens == EOS).nonzero()[:, 0].tolist():
            ended.append(
                (float(best.values[n]) / written.shape[1] ** LENGTH_PENALTY, written[n, 1:-1].tolist(), rows[n, :-1])
            )
        on = tokens != EOS
        if not on.any() or len(ended) >= num_beams:
            break
        kept = on.nonzero()[:, 0]
        written, rows, scores = written[kept], rows[kept], best.values[kept]
        state = tuple(s[:, parents[kept]] for s in state)
    if not ended:
        ended.append((0.0, written[0, 1:].tolist(), rows[0]))
    _, ids, attention = max(ended, key=lambda e: e[0])
    return Beam(*_table(history), ids, attention.cpu().numpy())


def _table(
    history: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Steps of a search as four arrays (steps, beams). Parents count among all that the step before kept, endings too."""
    width = max(len(tokens) for tokens, _, _ in history)
    tokens, parents = np.full((len(history), width), -1), np.full((len(history), width), -1)
    scores = np.full((len(history), width), -np.inf)
    going_on = np.zeros(1, int)
    for step, (t, p, s) in enumerate(history):
        tokens[step, : len(t)], parents[step, : len(t)], scores[step, : len(t)] = t, going_on[p], s
        going_on = np.flatnonzero(t != EOS)
    lengths = np.arange(2, len(history) + 2)[:, None]  # with the beginning and the end
    return tokens, parents, scores, np.where(tokens == EOS, scores, np.nan) / lengths**LENGTH_PENALTY


class HubTranslator(Adapter):
    """The hub's T5 from a local folder: English to German. Takes and gives what :class:`Translator` does; the alignment is the
    mean of the last layer's cross-attention heads. The trace is empty."""

    sources = ("hub",)
    prefix = "translate English to German: "

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Any) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForSeq2SeqLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, attn_implementation="eager"
        )
        hub = HUB["t5-small"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "lstm",
                task="translation",
                source=source,
                parameters=sum(p.numel() for p in model.parameters()),
                bytes=sum(f.stat().st_size for f in folder.glob("*.safetensors")),
                device=device,
                revision=hub.revision,
                licence=hub.licence,
                training_data=hub.training_data,
            ),
            tokenizer,
        )

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks a sentence and puts the task before it."""
        encoded = self.tokenizer(self.prefix + text.check_text(inputs, limit=MAX_CHARACTERS), return_tensors="pt")
        return {k: v.to(self.device) for k, v in encoded.items() if k in ("input_ids", "attention_mask")}

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, ids: torch.Tensor) -> Translation:
        """Text, tokens and attention."""
        special = set(self.tokenizer.all_special_ids)
        source, target = ids[0].tolist(), output[0].sequences[0].tolist()[1:]
        # The task's own words are no part of the sentence.
        begin = len(self.tokenizer(self.prefix.strip(), add_special_tokens=False)["input_ids"])
        attention = output[1][0].mean(0).float().cpu().numpy()  # (T, S)
        columns = [i for i in range(begin, len(source)) if source[i] not in special] or [len(source) - 1]
        rows = [i for i, t in enumerate(target) if t not in special]
        kept = attention[np.ix_(rows, columns)] if rows else np.zeros((0, len(columns)), np.float32)
        kept = kept / np.maximum(kept.sum(-1, keepdims=True), 1e-9)
        names = [
            tuple(
                t.replace("▁", " ").strip() or t for t in self.tokenizer.convert_ids_to_tokens([seq[i] for i in chosen])
            )
            for seq, chosen in ((source, columns), (target, rows))
        ]
        return Translation(
            translation_text=self.tokenizer.decode(target, skip_special_tokens=True),
            alignment=kept,
            source_tokens=names[0],
            target_tokens=names[1],
            milliseconds=milliseconds,
        )

    def __call__(self, inputs: str, *, trace: bool = False, num_beams: int = 4, **options: Any) -> Translation:
        """Translates one sentence."""
        if options:
            raise OptionError(
                "unknown_option", expected="trace, num_beams", got=", ".join(options), hint="Leave it out."
            )
        check_beams(num_beams)
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            out = self.model.generate(
                **tensors, num_beams=num_beams, max_new_tokens=MAX_TOKENS, return_dict_in_generate=True
            )
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            looked = self.model(
                **tensors, decoder_input_ids=out.sequences[:, :-1], output_attentions=True
            ).cross_attentions[-1]
            return self.postprocess((out, looked), milliseconds=milliseconds, trace=trace, ids=tensors["input_ids"])
