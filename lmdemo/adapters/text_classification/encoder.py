"""Text classification with our Transformer encoder: what every word looked at, and what each layer would already answer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from lmdemo.adapters._encoder import as_arrays, encoder_layers, head_mask
from lmdemo.adapters.base import count_numbers
from lmdemo.adapters.outputs import Classification, Layer
from lmdemo.adapters.text_classification.words import PreparedText, WordClassification
from lmdemo.data import text
from lmdemo.models.transformer import Transformer, TransformerOutput


class EncoderClassification(WordClassification):
    """Tells what a text says of itself: praise or not, positive, neutral or negative.

    Takes a str of up to 20,000 characters; words beyond the network's longest text are left out (:meth:`kept` tells how
    many). Gives a :class:`Classification`. The options ``positions=False``, ``layer_norm=False`` and ``heads_off=((layer,
    head), ...)``, counted from 0, switch parts off.

    With ``trace=True`` the result holds: ``tokens`` (T,) str and ``offsets`` (T, 2), where each stands in the text; ``known``
    (T,) bool; ``embeddings`` and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values``
    (L, heads, T, D); ``attention`` (L, heads, T, T); ``layer_scores`` (L + 1, labels), what each layer would already answer,
    by the last layer's head.
    """

    model: Transformer

    # -- answering ------------------------------------------------------------------------------------------------------

    @property
    def longest(self) -> int:
        """How many words are read at most."""
        return self.model.config.max_position_embeddings

    @property
    def heads(self) -> list[tuple[int, int]]:
        """All heads, as (layer, head)."""
        c = self.model.config
        return [(layer, head) for layer in range(c.num_hidden_layers) for head in range(c.num_attention_heads)]

    def kept(self, inputs: str) -> tuple[int, int]:
        """How many words are read, and how many there are."""
        count = len(self._cut(inputs).ids)
        return min(count, self.longest), count

    def tokenize(self, inputs: str) -> text.Tokens:
        """The words that the network reads, with their ids and places.

        Raises:
            InputError: The text can't be read, or holds no word that the network knows.
        """
        words, read = self._cut(inputs), slice(self.longest)
        words = words._replace(ids=words.ids[read], tokens=words.tokens[read], offsets=words.offsets[read])
        self._check_known(words, inputs)
        return words

    def preprocess(
        self, inputs: str, *, positions: bool = True, layer_norm: bool = True, heads_off: Sequence[tuple[int, int]] = ()
    ) -> PreparedText:
        """Checks and cuts one text: ``input_ids`` (1, T) or bags of pieces (1, T, G), ``lengths`` (1,), the switches.

        Args:
            inputs: The text.
            positions: Whether the network is told where each word stands.
            layer_norm: Whether its norms work.
            heads_off: Heads to silence, as (layer, head) from 0.

        Raises:
            InputError: The text can't be read.
            OptionError: There is no such head.
        """
        c, words = self.model.config, self.tokenize(inputs)
        mask = head_mask(heads_off, c.num_hidden_layers, c.num_attention_heads, self.device)
        return self._prepare(words, positions=positions, layer_norm=layer_norm, head_mask=mask)

    def postprocess(
        self, output: TransformerOutput, prepared: PreparedText, *, milliseconds: float, trace: bool
    ) -> Classification:
        """Probabilities of all labels, most probable first."""
        internals: dict[str, np.ndarray] = {}
        if trace:
            internals = as_arrays(output.trace) | {"layer_scores": self._layer_scores(output.trace)} | prepared.seen
        return self._classification(output.logits, milliseconds=milliseconds, trace=internals)

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

        asked = None if label is None else self._index(label)
        with self, torch.inference_mode(False), torch.enable_grad():
            x = self.model.embed(self.preprocess(inputs).tensors["input_ids"]).detach()
            n = int(self.model(inputs_embeds=x).logits.argmax()) if asked is None else asked

            def log_odds(embeddings: torch.Tensor) -> torch.Tensor:
                logits = self.model(inputs_embeds=embeddings).logits
                return logits[:, n] - torch.cat((logits[:, :n], logits[:, n + 1 :]), 1).logsumexp(1)

            found = IntegratedGradients(log_odds).attribute(
                x, torch.zeros_like(x), n_steps=steps, internal_batch_size=8
            )
        return found[0].sum(-1).detach().cpu().numpy()

    def without_each(self, inputs: str) -> np.ndarray:
        """What the network answers when one word is left out, for each word of the text: (T, labels).

        Of a text of a single word nothing would be left: (0, labels).
        """
        ids = self.tokenize(inputs).ids
        rows = [[*ids[:n], *ids[n + 1 :]] for n in range(len(ids))] if len(ids) > 1 else []
        found = np.zeros((len(rows), len(self.labels)), np.float32)
        with self.computing():
            for begin in range(0, len(rows), 64):
                some = slice(begin, begin + 64)
                found[some] = self._probabilities(self.model(**self.batch(rows[some])).logits)
        return found

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

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for T words, parameters."""
        c, m = self.model.config, self.model
        return [
            ("embedding", "Embedding", f"T x {c.hidden_size}", m.embedding.weight.numel()),
            ("positions", "sines and cosines", f"T x {c.hidden_size}", 0),
            *encoder_layers(m.encoder, c),
            ("pool", "mean over T", str(c.hidden_size), 0),
            ("head", "Linear, softmax", str(c.num_labels), count_numbers(m.head)),
        ]

    def _layer_scores(self, trace: Any) -> np.ndarray:
        states = trace.hidden_states[:, 0]  # (L + 1, T, E)
        if self.model.encoder.norm is not None:  # the last one is normed already
            states = torch.cat((self.model.encoder.norm(states[:-1]), states[-1:]))
        return self._probabilities(self.model.head(states.mean(1)))
