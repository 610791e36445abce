"""Texts continued by the hub's gpt2, as transformers runs it."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.outputs import Info
from lmdemo.adapters.text_generation.tokens import MAX_TRACED, TokenGeneration, gpt2_info, readable
from lmdemo.catalog import ModelRow
from lmdemo.data import text
from lmdemo.errors import WeightsError


class HubGPTGeneration(TokenGeneration):
    """The hub's gpt2 as transformers runs it, from a local folder. Takes and gives what :class:`GPTGeneration` does, without
    switches; a trace holds ``tokens``, ``hidden_states`` and ``logits``.
    """

    sources = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info, tokenizer)
        self.context = model.config.n_positions

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot; safetensors only.

        Raises:
            WeightsError: A file is missing or damaged.
        """
        from transformers import GPT2LMHeadModel

        tokenizer = text.open_tokenizer(folder)
        try:
            model = GPT2LMHeadModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except MemoryError:
            raise
        except Exception as error:  # transformers, safetensors and json raise what they like
            raise WeightsError(
                "weights_damaged",
                expected="config.json, model.safetensors",
                got=f"{type(error).__name__}: {error}"[:160],
                hint="Delete this folder and fetch the model again.",
            ) from error
        info = gpt2_info(folder, row, source=source, device=device)
        return cls(model.eval().requires_grad_(False).to(device), info, tokenizer)

    def _read(self, ids: torch.Tensor, state: Any, **switches: Any) -> tuple[torch.Tensor, Any]:
        out = self.model(ids, cache=state, use_cache=True, logits_to_keep=1)
        return out.logits[:, -1], out.cache

    def _read_whole(self, ids: list[int], *, trace: bool, **switches: Any) -> tuple[torch.Tensor, Any, Any]:
        output = self.model(torch.tensor([ids], device=self.device), use_cache=True, output_hidden_states=trace)
        return output.logits[0], output.cache, output

    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, by name; see the class."""
        ids = self._fit(ids)[-MAX_TRACED:]
        with self.computing():
            return self._internals(ids, self._read_whole(ids, trace=True)[2])

    def _internals(self, ids: list[int], output: Any) -> dict[str, np.ndarray]:
        return {
            "tokens": np.array(readable(self.tokenizer, ids)),
            "hidden_states": torch.stack(output.hidden_states)[:, 0].cpu().numpy(),
            "logits": output.logits[0].cpu().numpy(),
        }
