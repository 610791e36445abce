"""Texts continued by the hub's gpt2, as transformers runs it."""

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.outputs import Info
from lmdemo.adapters.text_generation.tokens import MAX_TRACED, TokenGeneration, hub_info, readable
from lmdemo.catalog import ModelRow
from lmdemo.data import text
from lmdemo.errors import WeightsError


class HubGPTGeneration(TokenGeneration):
    """The hub's gpt2 as transformers runs it, from a local folder. Takes and gives what :class:`GPTGeneration` does, without
    switches; a trace holds ``tokens``, ``hidden_states`` and ``logits``."""

    sources: ClassVar[tuple[str, ...]] = ("hub",)

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
        return cls(model.eval().requires_grad_(False).to(device), hub_info(folder, row, source, device), tokenizer)

    def _read(self, ids: torch.Tensor, state: Any, **switches: Any) -> tuple[torch.Tensor, Any]:
        out = self.model(ids, cache=state, use_cache=True, logits_to_keep=1)
        return out.logits[:, -1], out.cache

    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, by name; see the class."""
        ids = self._fit(ids)[-MAX_TRACED:]
        with self._computing():
            out = self.model(torch.tensor([ids], device=self.device), output_hidden_states=True)
        return {
            "tokens": np.array(readable(self.tokenizer, ids)),
            "hidden_states": torch.stack(out.hidden_states)[:, 0].cpu().numpy(),
            "logits": out.logits[0].cpu().numpy(),
        }
