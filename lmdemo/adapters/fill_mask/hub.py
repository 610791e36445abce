"""Hidden words filled in by the hub's BERT, as transformers runs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters._encoder import size
from lmdemo.adapters.fill_mask.ours import MaskFilling
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import OptionError


class HubMaskFilling(MaskFilling):
    """The hub's own BERT, run by transformers: takes and gives what :class:`MaskFilling` does, without the switches.

    With ``trace=True`` the result holds ``tokens``, ``offsets``, ``masks``, ``hidden_states`` and ``attention``, as above.
    """

    sources = ("hub",)

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import AutoModelForMaskedLM

        tokenizer = text.open_tokenizer(folder)
        model = AutoModelForMaskedLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, attn_implementation="eager"
        )
        hub = HUB["bert-base-uncased"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "bert",
                task=hub.task,
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

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**tensors, output_hidden_states=trace, output_attentions=trace)

    def layers(self) -> list[tuple[str, str, str, int]]:
        """The parts that transformers names, with their parameters."""
        E = self.model.config.hidden_size
        return [
            (name, type(part).__name__, f"T x {E}", size(part)) for name, part in self.model.base_model.named_children()
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

    def _trace(self, output: Any, masks: list[int]) -> dict[str, np.ndarray]:
        return {
            "hidden_states": torch.stack(output.hidden_states)[:, 0].float().cpu().numpy(),
            "attention": torch.stack(output.attentions)[:, 0].float().cpu().numpy(),
        }
