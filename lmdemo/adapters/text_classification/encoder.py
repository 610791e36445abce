"""Text classification with our Transformer encoder: what every word looked at, and what each layer would already answer."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters._encoder import as_arrays, encoder_layers, head_mask
from lmdemo.adapters.base import synchronize
from lmdemo.adapters.outputs import Classification
from lmdemo.adapters.text_classification.recurrent import TextClassification
from lmdemo.catalog import ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError


class EncoderClassification(TextClassification):
    """Tells what a text says of itself: praise or not, positive, neutral or negative.

    Takes a str of up to 20,000 characters; words beyond the network's longest text are left out (:meth:`kept` tells how
    many). Gives a :class:`Classification`. The options ``positions=False``, ``layer_norm=False`` and ``heads_off=((layer,
    head), ...)``, counted from 0, switch parts off.

    With ``trace=True`` the result holds: ``tokens`` (T,) str and ``offsets`` (T, 2), where each stands in the text; ``known``
    (T,) bool; ``embeddings`` and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values``
    (L, heads, T, D); ``attention`` (L, heads, T, T); ``layer_scores`` (L + 1, labels), what each layer would already answer,
    by the last layer's head.
    """

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights, ``labels.json``, a tokenizer."""
        adapter = super().open(folder, row=row, source=source, device=device)
        adapter.longest = adapter.model.config.max_position_embeddings
        return adapter

    # -- answering ------------------------------------------------------------------------------------------------------

    def kept(self, inputs: str) -> tuple[int, int]:
        """How many words are read, and how many there are."""
        count = len(self._cut(inputs).ids)
        return min(count, self.longest), count

    def tokenize(self, inputs: str) -> text.Tokens:
        """The words that the network reads, with their ids and places.

        Raises:
            InputError: The text can't be read, or holds no word that the network knows.
        """
        words = self._cut(inputs)
        words = text.Tokens(*(part[: self.longest] for part in words))
        if not any(self.known(words)):
            raise InputError(
                "text_unknown",
                expected="a-z",
                got=inputs.strip()[:30],
                hint="None of these words was in the training texts; use Latin letters and common words.",
            )
        return words

    def _cut(self, inputs: str) -> text.Tokens:
        checked = text.check_text(inputs)
        return (
            self.tokenizer.encode(checked)
            if isinstance(self.tokenizer, text.NgramTokenizer)
            else text.encode(self.tokenizer, checked)
        )

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Classification:
        """Probabilities of all labels, most probable first."""
        p = self._probabilities(output.logits)[0]
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        label = next(iter(scores))
        internals = as_arrays(output.trace) | {"layer_scores": self._layer_scores(output.trace)} if trace else {}
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def __call__(
        self,
        inputs: str,
        *,
        trace: bool = False,
        positions: bool = True,
        layer_norm: bool = True,
        heads_off: Sequence[tuple[int, int]] = (),
        **options: Any,
    ) -> Classification:
        """Classifies one text.

        Args:
            inputs: The text.
            trace: Whether to add the internals.
            positions: Whether the network is told where each word stands.
            layer_norm: Whether its norms work.
            heads_off: Heads to silence, as (layer, head) from 0.

        Raises:
            InputError: The text can't be read.
            OptionError: There is no such option or head.
        """
        if options:
            raise OptionError(
                "unknown_option",
                expected="trace, positions, layer_norm, heads_off",
                got=", ".join(options),
                hint="Leave it out.",
            )
        c = self.model.config
        with self, torch.inference_mode():
            tensors = self.preprocess(inputs) | {
                "positions": positions,
                "layer_norm": layer_norm,
                "head_mask": head_mask(heads_off, c.num_hidden_layers, c.num_attention_heads, self.device),
            }
            started = time.perf_counter()
            output = self.forward(tensors, trace=trace)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            result = self.postprocess(output, milliseconds=milliseconds, trace=trace)
        if trace:
            words = self.tokenize(inputs)
            result.trace.update(
                tokens=np.array(words.tokens), offsets=np.array(words.offsets), known=np.array(self.known(words))
            )
        return result

    # -- look inside ----------------------------------------------------------------------------------------------------

    def integrated_gradients(self, inputs: str, label: str | None = None, steps: int = 50) -> np.ndarray:
        """What each word adds to a label's log-odds, from a text of empty words to this one (arXiv:1703.01365): (T,).

        They sum up to the difference between the two answers.

        Args:
            inputs: The text.
            label: One of ``labels``; the most probable one by default.
            steps: Points on the way.
        """
        from captum.attr import IntegratedGradients

        if label is not None and label not in self.labels:
            raise OptionError(
                "unknown_label", expected=", ".join(self.labels), got=str(label)[:40], hint="Take one of these."
            )
        with self, torch.inference_mode(False), torch.enable_grad():
            ids = self._batch([self.tokenize(inputs).ids])["input_ids"]
            x = self.model.embed(ids).detach()
            n = int(self.model(inputs_embeds=x).logits.argmax()) if label is None else self.labels.index(label)

            def log_odds(embeddings: torch.Tensor) -> torch.Tensor:
                logits = self.model(inputs_embeds=embeddings).logits
                return logits[:, n] - torch.cat((logits[:, :n], logits[:, n + 1 :]), 1).logsumexp(1)

            found = IntegratedGradients(log_odds).attribute(
                x, torch.zeros_like(x), n_steps=steps, internal_batch_size=8
            )
        return found[0].sum(-1).detach().cpu().numpy()

    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]:
        """How each word is read: as it stands, then with its borders marked, then in pieces, whose embeddings are averaged.

        Returns:
            For each word these three steps (one where whole words are read), and the ids of the last one's pieces.
        """
        words = self.tokenize(inputs)
        if not isinstance(self.tokenizer, text.NgramTokenizer):
            return [([[token]], [id]) for token, id in zip(words.tokens, words.ids, strict=True)]
        pieces = [self.tokenizer.pieces(token) for token in words.tokens]
        return [
            ([[token], [cut[0]], cut], ids) for token, cut, ids in zip(words.tokens, pieces, words.ids, strict=True)
        ]

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for T words, parameters."""
        c, m = self.model.config, self.model
        return [
            ("embedding", "Embedding", f"T x {c.hidden_size}", m.embedding.weight.numel()),
            ("positions", "sines and cosines", f"T x {c.hidden_size}", 0),
            *encoder_layers(m.encoder, c),
            ("pool", "mean over T", str(c.hidden_size), 0),
            ("head", "Linear, softmax", str(c.num_labels), sum(p.numel() for p in m.head.parameters())),
        ]

    def _layer_scores(self, trace: Any) -> np.ndarray:
        states = trace.hidden_states[:, 0]  # (L + 1, T, E)
        if self.model.encoder.norm is not None:  # the last one is normed already
            states = torch.cat((self.model.encoder.norm(states[:-1]), states[-1:]))
        return self._probabilities(self.model.head(states.mean(1)))
