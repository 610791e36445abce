"""Text generation with GPT: a beginning in, its continuation out, token by token with a cache of keys and values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import count_numbers, own_info
from lmdemo.adapters.options import fitted
from lmdemo.adapters.outputs import Info, Layer
from lmdemo.adapters.text_generation.tokens import MAX_TRACED, Lens, TokenGeneration, gpt2_info, readable
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import OptionError
from lmdemo.models.gpt import GPT, KeyValueCache


class GPTGeneration(TokenGeneration):
    """Continues a text with our GPT, with our weights or the hub's gpt2.

    Takes a str of up to 20,000 characters; of more tokens than the context holds the end is read, and the result says how
    many were left out. Options of a call: ``max_new_tokens`` (1 to 2,000), ``temperature`` (0 to 5; 0 always takes the most
    probable), ``top_k`` (0 for all), ``top_p`` (1 for all), ``seed`` (None for chance). :meth:`stream` yields the text so far.
    Parts can be switched off: ``positions=False``, ``layer_norm=False``, ``heads_off=((layer, head), …)``.

    With ``trace=True`` the result holds, over the last T tokens, at most 256: ``tokens`` (T,) str; ``embeddings`` (T, E), the token part
    of the input, and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values`` (L, heads, T, D);
    ``attention`` (L, heads, T, T); ``mask`` (T, T) bool, True where looking is allowed; ``normed_1`` and ``normed_2`` (L, T, E), what
    attention and feed-forward part read; ``attended`` and ``fed`` (L, T, E), what they add to the stream; ``units`` (L, T, F), the
    feed-forward part's units after GELU; ``logits`` (T, V).
    """

    sources = ("scratch", "hub-weights")
    model: GPT

    def __init__(self, model: GPT, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info, tokenizer)
        self.context = model.config.max_position_embeddings
        if self.device.type == "cpu":
            model.arrange_for_generation()

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout; for ``hub-weights`` the fetched snapshot of gpt2."""
        tokenizer = text.open_tokenizer(folder)
        if source == "hub-weights":
            model, info = GPT.from_hub_weights(folder), gpt2_info(folder, row, source=source, device=device)
        else:
            model, row = GPT.from_pretrained(folder), row or find(folder.name)
            info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model.requires_grad_(False).to(device), info, tokenizer)

    def _read(
        self, ids: torch.Tensor, state: KeyValueCache | None, **switches: Any
    ) -> tuple[torch.Tensor, KeyValueCache]:
        cache = state or KeyValueCache(self.model.config, len(ids), self.device)
        return self.model(ids, cache=cache, last_only=True, **switches).logits[:, -1], cache

    def _check(self, switches: dict[str, Any]) -> None:
        c = self.model.config
        known = {"positions": bool, "layer_norm": bool, "heads_off": Sequence[tuple[int, int]]}
        wrong = sorted(switches.keys() - known.keys())
        if wrong:
            raise OptionError(
                "unknown_option", expected=", ".join(sorted(known)), got=wrong[0][:40], hint="Leave it out."
            )
        switches |= {name: fitted(name, value, known[name]) for name, value in switches.items()}
        for layer, head in switches.get("heads_off", ()):
            if not (0 <= layer < c.num_hidden_layers and 0 <= head < c.num_attention_heads):
                raise OptionError(
                    "no_such_head",
                    expected=f"layer 0 - {c.num_hidden_layers - 1}, head 0 - {c.num_attention_heads - 1}",
                    got=f"{layer}, {head}"[:40],
                    hint="Choose a head that is there.",
                )

    def _read_whole(self, ids: list[int], *, trace: bool, **switches: Any) -> tuple[torch.Tensor, Any, Any]:
        cache = KeyValueCache(self.model.config, 1, self.device)
        output = self.model(torch.tensor([ids], device=self.device), cache=cache, trace=trace, **switches)
        return output.logits[0], cache, output

    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, by name; see the class."""
        ids = self._fit(ids)[-MAX_TRACED:]
        with self.computing():
            output = self.model(torch.tensor([ids], device=self.device), trace=True, **switches)
            return self._internals(ids, output)

    def _internals(self, ids: list[int], output: Any) -> dict[str, np.ndarray]:
        names = (
            "hidden_states",
            "queries",
            "keys",
            "values",
            "attention",
            "normed_1",
            "attended",
            "normed_2",
            "units",
            "fed",
        )
        found = {name: getattr(output, name)[:, 0] for name in names}
        found |= {
            "embeddings": output.embeddings[0],
            "positions": output.positions,
            "mask": output.mask[0, 0],
            "logits": output.logits[0],
        }
        tokens = np.array(readable(self.tokenizer, ids))
        return {"tokens": tokens} | {name: value.cpu().numpy() for name, value in found.items()}

    def lens(self, inputs: str, *, position: int = -1, count: int = 5) -> list[dict[str, float]]:
        """What each layer would already answer: the stream after the embedding and after each block, read by the last
        normalisation and the embedding table ("logit lens").

        Args:
            inputs: The text.
            position: After which of its tokens, from 0; negative counts from the end.
            count: How many tokens for each layer.

        Returns:
            For each of L + 1 layers the most probable tokens with their probabilities.
        """
        with self.computing():
            ids = self.tokenize(inputs).ids
            if not -len(ids) <= position < len(ids):
                raise OptionError(
                    "position_range",
                    expected=f"0 - {len(ids) - 1}",
                    got=str(position)[:20],
                    hint="Choose a token that is there.",
                )
            output = self.model(torch.tensor([ids], device=self.device), trace=True)
            return self._lens(output, [position], count)[0].answers

    def _lens(self, output: Any, positions: Sequence[int], count: int) -> list[Lens]:
        states = output.hidden_states[:, 0, list(positions)].transpose(0, 1)  # (positions, L + 1, E)
        p = self._masked(self.model.logits(states)).softmax(-1)  # (positions, L + 1, V)
        best = p.topk(min(count, p.shape[-1]))
        final = p.gather(-1, best.indices[:, -1:, :1].expand(-1, p.shape[1], -1))  # of the last layer's answer
        ranks = 1 + (p > final).sum(-1)
        told = zip(best.indices.tolist(), best.values.tolist(), ranks.tolist(), strict=True)
        return [
            Lens(
                [dict(zip(readable(self.tokenizer, i), v, strict=True)) for i, v in zip(ids, values, strict=True)], rank
            )
            for ids, values, rank in told
        ]

    def layers(self) -> list[Layer]:
        """(name, kind, output shape, parameters) of each part, for T tokens."""
        c, m = self.model.config, self.model
        shape, heads = f"T × {c.hidden_size}", f"Attention, {c.num_attention_heads} heads"
        rows = [
            ("token_embedding", "Embedding", shape, count_numbers(m.token_embedding)),
            ("position_embedding", "Embedding", shape, count_numbers(m.position_embedding)),
        ]
        for n, block in enumerate(m.blocks):
            rows += [
                (f"blocks.{n}.norm_1, norm_2", "LayerNorm", shape, count_numbers(block.norm_1, block.norm_2)),
                (f"blocks.{n}.attention", heads, shape, count_numbers(block.attention)),
                (f"blocks.{n}.up, down", "Linear, GELU, Linear", shape, count_numbers(block.up, block.down)),
            ]
        return [
            *rows,
            ("norm", "LayerNorm", shape, count_numbers(m.norm)),
            ("logits (token_embedding)", "Linear", f"T × {c.vocab_size:,}", 0),
        ]
