"""Hidden words filled in by the hub's BERT, as transformers runs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch

from lmdemo.adapters.base import count_numbers, hub_info, weight_bytes
from lmdemo.adapters.fill_mask.ours import MaskFilling, PreparedMasks
from lmdemo.adapters.outputs import Layer
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import OptionError


class HubMaskFilling(MaskFilling):
    """The hub's own BERT, run by transformers: takes and gives what :class:`MaskFilling` does, without the switches.

    With ``trace=True`` the result holds ``tokens``, ``offsets``, ``masks``, ``hidden_states`` and ``attention``, as above.
    """

    sources: ClassVar[tuple[str, ...]] = ("hub",)

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import AutoModelForMaskedLM

        tokenizer = text.open_tokenizer(folder)
        model = AutoModelForMaskedLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, attn_implementation="eager"
        )
        hub, member = HUB["bert-base-uncased"], row.member if row else "bert"
        parameters, size = count_numbers(model), weight_bytes(folder)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.eval().to(device), info, tokenizer)

    def forward(self, prepared: PreparedMasks, *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**prepared.tensors, output_hidden_states=trace, output_attentions=trace)

    def layers(self) -> list[Layer]:
        """The parts that transformers names, with their parameters."""
        E = self.model.config.hidden_size
        return [
            (name, type(part).__name__, f"T x {E}", count_numbers(part))
            for name, part in self.model.base_model.named_children()
        ]

    def _switches(self, positions: bool, layer_norm: bool, heads_off: Sequence[tuple[int, int]]) -> dict[str, Any]:
        if not positions or not layer_norm or heads_off:
            raise OptionError(
                "switch_not_offered",
                expected="scratch, hub-weights",
                got=self.info.source,
                hint="Only our own network has these switches; choose it as source.",
            )
        return {}

    def _trace(self, output: Any, prepared: PreparedMasks) -> dict[str, np.ndarray]:
        return {
            "hidden_states": torch.stack(output.hidden_states)[:, 0].float().cpu().numpy(),
            "attention": torch.stack(output.attentions)[:, 0].float().cpu().numpy(),
        }
