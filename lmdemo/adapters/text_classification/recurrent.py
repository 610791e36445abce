"""Text classification with our recurrent networks: a text in, labels with probabilities out, word by word."""

import importlib
import json
import time
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters import _recurrent
from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm import GATES

MAX_TOKENS = 2_000


class UnitStep(NamedTuple):
    """One unit of a layer at one word, taken apart.

    Attributes:
        parts: What is summed up: ``state`` of an RNN; ``input``, ``forget``, ``output``, ``candidate`` of an LSTM.
        inputs: The layer's input at this step, (E,).
        state: The state before, (H,).
        input_weights, state_weights: By part, (parts, E) and (parts, H).
        biases: (parts,).
        sums: All products and the bias added up, (parts,).
        values: The sums after sigmoid or tanh, (parts,); 1 of a gate that is held open.
        cell_before, cell: Of an LSTM: forget * cell_before + input * candidate = cell; else None.
        output: The unit's state: tanh of the sum, or of an LSTM output * tanh(cell).
    """

    parts: tuple[str, ...]
    inputs: np.ndarray
    state: np.ndarray
    input_weights: np.ndarray
    state_weights: np.ndarray
    biases: np.ndarray
    sums: np.ndarray
    values: np.ndarray
    cell_before: float | None
    cell: float | None
    output: float


class TextClassification(Adapter):
    """Tells what a text says of itself: praise or not, positive, neutral or negative.

    Takes a str of up to 20,000 characters; gives a :class:`Classification`. The option ``open_gates`` of a call holds
    LSTM gates (``input``, ``forget``, ``output``) at 1, as if they were not there.

    With ``trace=True`` the result holds: ``tokens`` (T,) str and ``offsets`` (T, 2), where each stands in the text;
    ``known`` (T,) bool; ``scores_after`` (T, labels), the probabilities if the text ended after each word (only of
    networks that read forwards and answer from their last state; else every prefix is read anew); ``hidden_states``
    (layers, T, D * H); of an LSTM ``cells`` (layers, T, D * H) and ``gates`` (layers, 4, T, D * H): input, forget,
    output gate and candidate. D is 2 where a layer reads both ways, forwards first.
    """

    def __init__(
        self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer | text.NgramTokenizer, labels: tuple[str, ...]
    ) -> None:
        super().__init__(model, info)
        self.tokenizer, self.labels = tokenizer, labels

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights, ``labels.json``, a tokenizer."""
        row = row or find(folder.name)
        module, name = row.model.rsplit(".", 1)
        model = getattr(importlib.import_module(module), name).from_pretrained(folder).to(device)
        ngrams = folder / "ngrams.json"
        tokenizer = text.NgramTokenizer.from_file(ngrams) if ngrams.is_file() else text.open_tokenizer(folder)
        labels = tuple(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
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
            tokenizer,
            labels,
        )

    # -- answering ------------------------------------------------------------------------------------------------------

    def tokenize(self, inputs: str) -> text.Tokens:
        """The words that the network reads, with their ids and places.

        Raises:
            InputError: The text can't be read, or holds no word that the network knows, or too many.
        """
        ngrams = isinstance(self.tokenizer, text.NgramTokenizer)
        words = (self.tokenizer.encode if ngrams else lambda t: text.encode(self.tokenizer, t))(text.check_text(inputs))
        if len(words.ids) > MAX_TOKENS:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {MAX_TOKENS:,}",
                got=f"{len(words.ids):,}",
                hint="Give a shorter piece of it.",
            )
        if not any(self.known(words)):
            raise InputError(
                "text_unknown",
                expected="a-z",
                got=inputs.strip()[:30],
                hint="None of these words was in the training texts; use Latin letters and common words.",
            )
        return words

    def known(self, words: text.Tokens) -> list[bool]:
        """Which words the network has met; of one that reads pieces, those in Latin letters, digits and signs."""
        if isinstance(self.tokenizer, text.NgramTokenizer):
            return [word.isascii() for word in words.tokens]
        unknown = self.tokenizer.token_to_id(text.UNK)
        return [i != unknown for i in words.ids]

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks and cuts one text: ``input_ids`` (1, T) or bags of pieces (1, T, G), and ``lengths`` (1,)."""
        return self._batch([self.tokenize(inputs).ids])

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Classification:
        """Probabilities of all labels, most probable first."""
        p = self._probabilities(output.logits)[0]
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        internals = {}
        if trace:
            internals["hidden_states"] = output.hidden_states[:, 0].cpu().numpy()
            if getattr(output, "gates", None) is not None:
                internals |= {"cells": output.cells[:, 0].cpu().numpy(), "gates": output.gates[:, :, 0].cpu().numpy()}
        label = next(iter(scores))
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def __call__(
        self, inputs: str, *, trace: bool = False, open_gates: tuple[str, ...] = (), **options: Any
    ) -> Classification:
        """Classifies one text.

        Args:
            inputs: The text.
            trace: Whether to add the words, the probabilities after each, states, cells and gates.
            open_gates: LSTM gates to hold at 1.

        Raises:
            InputError: The text can't be read.
            OptionError: The network has no such gate.
        """
        self._check_gates(open_gates)
        if options:
            raise OptionError(
                "unknown_option", expected="trace, open_gates", got=", ".join(options), hint="Leave it out."
            )
        with self, torch.inference_mode():
            tensors = self.preprocess(inputs) | ({"open_gates": tuple(open_gates)} if open_gates else {})
            started = time.perf_counter()
            output = self.forward(tensors, trace=trace)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            result = self.postprocess(output, milliseconds=milliseconds, trace=trace)
        if trace:
            words = self.tokenize(inputs)
            result.trace.update(
                tokens=np.array(words.tokens),
                offsets=np.array(words.offsets),
                known=np.array(self.known(words)),
                scores_after=self.scores_after(inputs, open_gates=open_gates),
            )
        return result

    def classify_many(self, inputs: list[str], batch_size: int = 128) -> np.ndarray:
        """Probabilities (N, labels) of many texts; one without any readable word counts as one unknown word."""
        ngrams = isinstance(self.tokenizer, text.NgramTokenizer)
        ids = [
            (self.tokenizer.encode(t) if ngrams else text.encode(self.tokenizer, t)).ids[:MAX_TOKENS]
            or [[1] if ngrams else 1]
            for t in inputs
        ]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        scores = np.zeros((len(ids), len(self.labels)), np.float32)
        with self, torch.inference_mode():
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                scores[chosen] = self._probabilities(self.model(**self._batch([ids[i] for i in chosen])).logits)
        return scores

    # -- look inside ----------------------------------------------------------------------------------------------------

    def scores_after(self, inputs: str, *, open_gates: tuple[str, ...] = ()) -> np.ndarray:
        """Probabilities (T, labels) if the text ended after each word; past 300 words only at 300 even places, held."""
        ids = self.tokenize(inputs).ids
        self._check_gates(open_gates)
        ends = np.unique(np.linspace(1, len(ids), min(len(ids), 300)).astype(int))
        options = {"open_gates": open_gates} if open_gates else {}
        with self, torch.inference_mode():
            if self._reads_on:  # a state does not know what comes: one pass holds the answers to all prefixes
                states = self.model(**self._batch([ids]), trace=True, **options).hidden_states[-1, 0]
                return self._probabilities(self.model.head(states))
            scores = np.concatenate(
                [
                    self._probabilities(self.model(**self._batch([ids[:e] for e in part]), **options).logits)
                    for part in np.array_split(ends, max(1, len(ends) // 50))
                ]
            )
        return scores[np.searchsorted(ends, np.arange(1, len(ids) + 1), side="right").clip(1) - 1]

    def gradient_of_answer(self, inputs: str, label: str | None = None) -> np.ndarray:
        """How strongly each word moves the answer: the norm (T,) of the gradient of a label's log-odds with respect to
        the word's embedding. How far back it stays above zero is the reach of the network's memory.

        Args:
            inputs: The text.
            label: One of :attr:`labels`; the most probable one by default.
        """
        batch = self._batch([self.tokenize(inputs).ids])
        if label is not None and label not in self.labels:
            raise OptionError(
                "unknown_label", expected=", ".join(self.labels), got=str(label)[:40], hint="Take one of these."
            )
        with self, torch.inference_mode(False), torch.enable_grad():
            ids, lengths = batch["input_ids"], batch["lengths"]
            x = (
                (self.model.embed(ids) if hasattr(self.model, "embed") else self.model.embedding(ids))
                .detach()
                .requires_grad_()
            )
            logits = self.model(inputs_embeds=x, lengths=lengths).logits[0]
            if len(logits) == 1:
                chosen = logits[0] if label in (None, self.labels[1]) else -logits[0]
            else:
                n = int(logits.argmax()) if label is None else self.labels.index(label)
                others = torch.cat((logits[:n], logits[n + 1 :]))
                chosen = logits[n] - others.logsumexp(0)
            (gradient,) = torch.autograd.grad(chosen, x)
        return gradient[0].norm(dim=-1).cpu().numpy()

    def unit_step(
        self, inputs: str, step: int, unit: int, layer: int = 0, *, open_gates: tuple[str, ...] = ()
    ) -> UnitStep:
        """Takes one unit's state after one word apart, down to its products.

        Args:
            inputs: The text.
            step: Which word, from 0.
            unit: Which unit, from 0; in a layer that reads both ways those of the backward direction follow.
            layer: Which layer, from 0.
            open_gates: LSTM gates to hold at 1.

        Raises:
            OptionError: There is no such word, unit or layer.
        """
        stack = self.model.lstm if hasattr(self.model, "lstm") else self.model.rnn
        batch = self._batch([self.tokenize(inputs).ids])
        H = self.model.config.hidden_size
        limits = (batch["input_ids"].shape[1], H * len(stack.layers[0]), len(stack.layers))
        if not all(0 <= v < n for v, n in zip((step, unit, layer), limits, strict=True)):
            raise OptionError(
                "step_range",
                expected=" x ".join(f"0-{n - 1}" for n in limits),
                got=f"{step}, {unit}, {layer}",
                hint="Choose a word, a unit and a layer that are there.",
            )
        direction, column = divmod(unit, H)
        own = slice(direction * H, (direction + 1) * H)  # this direction's part of a layer's states
        previous = step + 1 if direction else step - 1
        self._check_gates(open_gates)
        with self, torch.inference_mode():
            out = self.model(**batch, trace=True, **({"open_gates": open_gates} if open_gates else {}))
            cells = getattr(out, "cells", None)
            if layer:
                x = out.hidden_states[layer - 1, 0, step]
            else:
                ids = batch["input_ids"]
                x = (self.model.embed(ids) if hasattr(self.model, "embed") else self.model.embedding(ids))[0, step]
            begun = 0 <= previous < limits[0]
            before = out.hidden_states[layer, 0, previous, own] if begun else x.new_zeros(H)
            weights = stack.layers[layer][direction]
            columns = torch.arange(column, weights.W.shape[1], H)  # the unit's column in each part
            W, U, b = weights.W[:, columns].T, weights.U[:, columns].T, weights.b[columns]
            sums = W @ x + U @ before + b
            values = sums.tanh() if cells is None else torch.cat((sums[:3].sigmoid(), sums[3:].tanh()))
            c_before = c = None
            output = float(values[0])
            if cells is not None:
                for gate in open_gates:
                    values[GATES.index(gate)] = 1
                c_before = float(cells[layer, 0, previous, unit]) if begun else 0.0
                c = float(values[1]) * c_before + float(values[0] * values[3])
                output = float(values[2]) * float(np.tanh(c))
        parts = ("state",) if cells is None else (*GATES, "candidate")
        return UnitStep(parts, *(t.cpu().numpy() for t in (x, before, W, U, b, sums, values)), c_before, c, output)

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for T words, parameters."""
        return _recurrent.layers(self.model)

    @property
    def _reads_on(self) -> bool:
        config = self.model.config
        return not config.bidirectional and getattr(config, "pooling", "last") == "last"

    def _check_gates(self, open_gates: tuple[str, ...]) -> None:
        allowed = GATES if self.info.member == "lstm" else ()
        wrong = [g for g in open_gates if g not in allowed]
        if wrong:
            raise OptionError(
                "unknown_gate",
                expected=", ".join(allowed) or "-",
                got=str(wrong[0])[:40],
                hint="Only LSTM networks have gates: input, forget, output.",
            )

    def _batch(self, ids: list) -> dict[str, Any]:
        input_ids, lengths = text.pad(ids)
        return {"input_ids": input_ids.to(self.device), "lengths": lengths.to(self.device)}

    def _probabilities(self, logits: torch.Tensor) -> np.ndarray:
        """(N, C) logits -> (N, labels)."""
        if logits.shape[-1] == 1:
            p = logits.sigmoid()
            return torch.cat((1 - p, p), -1).cpu().numpy()
        return logits.softmax(-1).cpu().numpy()
