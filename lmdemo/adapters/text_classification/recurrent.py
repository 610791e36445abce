"""Text classification with our recurrent networks: a text in, labels with probabilities out, word by word."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from lmdemo.adapters import _recurrent
from lmdemo.adapters.outputs import Classification, Layer
from lmdemo.adapters.text_classification.words import MAX_TOKENS, PreparedText, WordClassification
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm import GATES, LSTM
from lmdemo.models.rnn import RNN


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


class Remembered(NamedTuple):
    """How much of a text's first word a network still knows.

    Attributes:
        left: (T + 1,) after the first word and each one that follows: how far the states of two readings lie apart that differ
            in this word alone, as a share of how far they did after it.
        answers: The label and its score of each reading.
    """

    left: np.ndarray
    answers: tuple[tuple[str, float], ...]


class TextClassification(WordClassification):
    """Tells what a text says of itself: praise or not, positive, neutral or negative.

    Takes a str of up to 20,000 characters; gives a :class:`Classification`. The option ``open_gates`` of a call holds
    LSTM gates (``input``, ``forget``, ``output``) at 1, as if they were not there.

    With ``trace=True`` the result holds: ``tokens`` (T,) str and ``offsets`` (T, 2), where each stands in the text;
    ``known`` (T,) bool; ``scores_after`` (T, labels), the probabilities if the text ended after each word (only of
    networks that read forwards and answer from their last state; else every prefix is read anew); ``hidden_states``
    (layers, T, D * H); of an LSTM ``cells`` (layers, T, D * H) and ``gates`` (layers, 4, T, D * H): input, forget,
    output gate and candidate. D is 2 where a layer reads both ways, forwards first.
    """

    model: RNN | LSTM

    @property
    def directions(self) -> int:
        """2 where its layers read both ways, else 1."""
        return 2 if self.model.config.bidirectional else 1

    # -- answering ------------------------------------------------------------------------------------------------------

    def tokenize(self, inputs: str) -> text.Tokens:
        """The words that the network reads, with their ids and places.

        Raises:
            InputError: The text can't be read, or holds no word that the network knows, or too many.
        """
        words = self._cut(inputs)
        if len(words.ids) > MAX_TOKENS:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {MAX_TOKENS:,}",
                got=f"{len(words.ids):,}",
                hint="Give a shorter piece of it.",
            )
        self._check_known(words, inputs)
        return words

    def preprocess(self, inputs: str, *, open_gates: Sequence[str] = ()) -> PreparedText:
        """Checks and cuts one text: ``input_ids`` (1, T) or bags of pieces (1, T, G), and ``lengths`` (1,).

        Args:
            inputs: The text.
            open_gates: LSTM gates to hold at 1.

        Raises:
            InputError: The text can't be read.
            OptionError: The network has no such gate.
        """
        gates = self._gates(open_gates)
        return self._prepare(self.tokenize(inputs), **gates)

    def postprocess(self, output: Any, prepared: PreparedText, *, milliseconds: float, trace: bool) -> Classification:
        """Probabilities of all labels, most probable first."""
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals["hidden_states"] = output.hidden_states[:, 0].cpu().numpy()
            if isinstance(self.model, LSTM):
                internals |= {"cells": output.cells[:, 0].cpu().numpy(), "gates": output.gates[:, :, 0].cpu().numpy()}
            internals |= prepared.seen | {"scores_after": self._scores_after(prepared, output.hidden_states)}
        return self._classification(output.logits, milliseconds=milliseconds, trace=internals)

    # -- look inside ----------------------------------------------------------------------------------------------------

    def scores_after(self, inputs: str, *, open_gates: Sequence[str] = ()) -> np.ndarray:
        """Probabilities (T, labels) if the text ended after each word; past 300 words only at 300 even places, held."""
        with self.computing():
            prepared = self.preprocess(inputs, open_gates=open_gates)
            states = self.forward(prepared, trace=True).hidden_states if self._reads_on else None
            return self._scores_after(prepared, states)

    def _scores_after(self, prepared: PreparedText, states: torch.Tensor | None) -> np.ndarray:
        """``states`` (layers, 1, T, D * H) of a pass over the text."""
        if self._reads_on and states is not None:  # a state does not know what comes: one pass answers all prefixes
            return self._probabilities(self.model.head(states[-1, 0]))
        ids, gates = prepared.words.ids, {k: v for k, v in prepared.tensors.items() if k == "open_gates"}
        ends = np.unique(np.linspace(1, len(ids), min(len(ids), 300)).astype(int))
        scores = np.concatenate(
            [
                self._probabilities(self.model(**self.batch([ids[:e] for e in part]), **gates).logits)
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
        tensors = self.preprocess(inputs).tensors
        asked = None if label is None else self._index(label)
        with self, torch.inference_mode(False), torch.enable_grad():
            x = self._embed(tensors["input_ids"]).detach().requires_grad_()
            logits = self.model(inputs_embeds=x, lengths=tensors["lengths"]).logits[0]
            if len(logits) == 1:
                chosen = logits[0] if asked in (None, 1) else -logits[0]
            else:
                n = int(logits.argmax()) if asked is None else asked
                others = torch.cat((logits[:n], logits[n + 1 :]))
                chosen = logits[n] - others.logsumexp(0)
            (gradient,) = torch.autograd.grad(chosen, x)
        return gradient[0].norm(dim=-1).cpu().numpy()

    def remembered(self, inputs: str, first: str, second: str) -> Remembered:
        """Reads a text twice, each time with another word before it; of a layer that reads both ways the states that come
        from the front are compared.

        Args:
            inputs: The text.
            first, second: The words.
        """
        H = self.model.config.hidden_size
        with self.computing():
            outputs = [self.forward(self.preprocess(f"{word} {inputs}"), trace=True) for word in (first, second)]
            a, b = (output.hidden_states[0, 0, :, :H] for output in outputs)  # (T + 1, H)
            apart = (a - b).norm(dim=1).cpu().numpy()
            scores = [self._probabilities(output.logits)[0] for output in outputs]
        answers = tuple((self.labels[int(p.argmax())], float(p.max())) for p in scores)
        return Remembered(apart / max(float(apart[0]), 1e-9), answers)

    def unit_step(
        self, inputs: str, step: int, unit: int, layer: int = 0, *, open_gates: Sequence[str] = ()
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
        stack = self.model.lstm if isinstance(self.model, LSTM) else self.model.rnn
        prepared = self.preprocess(inputs, open_gates=open_gates)
        H = self.model.config.hidden_size
        limits = (len(prepared.words.ids), H * len(stack.layers[0]), len(stack.layers))
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
        with self.computing():
            out = self.forward(prepared, trace=True)
            cells = getattr(out, "cells", None)
            below = out.hidden_states[layer - 1] if layer else self._embed(prepared.tensors["input_ids"])
            x = below[0, step]
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
        x, before, W, U, b, sums, values = (t.cpu().numpy() for t in (x, before, W, U, b, sums, values))
        return UnitStep(parts, x, before, W, U, b, sums, values, c_before, c, output)

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for T words, parameters."""
        return _recurrent.layers(self.model)

    @property
    def _reads_on(self) -> bool:
        config = self.model.config
        return not config.bidirectional and getattr(config, "pooling", "last") == "last"

    def _gates(self, open_gates: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The network's keyword argument for these gates, none for none.

        Raises:
            OptionError: It has no such gate.
        """
        allowed = GATES if self.info.member == "lstm" else ()
        wrong = [g for g in open_gates if g not in allowed]
        if wrong:
            raise OptionError(
                "unknown_gate",
                expected=", ".join(allowed) or "-",
                got=str(wrong[0])[:40],
                hint="Only LSTM networks have gates: input, forget, output.",
            )
        return {"open_gates": tuple(open_gates)} if open_gates else {}

    def _embed(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Embeddings (B, T, E); an LSTM also takes bags of pieces."""
        return self.model.embed(input_ids) if isinstance(self.model, LSTM) else self.model.embedding(input_ids)
