"""Sentences translated by the hub's T5, as transformers runs it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, hub_info, weight_bytes
from lmdemo.adapters.outputs import Info, Translation
from lmdemo.adapters.translation.beam_search import check_beams
from lmdemo.adapters.translation.ours import MAX_CHARACTERS, MAX_TOKENS
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text


@dataclass(frozen=True, kw_only=True)
class PreparedTask(Prepared):
    """A sentence as T5 takes it, the task before it; ``num_beams`` are kept at each step."""

    num_beams: int


class HubTranslator(Adapter[PreparedTask, Translation]):
    """The hub's T5 from a local folder: English to German. Takes and gives what :class:`Translator` does; the alignment is the
    mean of the last layer's cross-attention heads. The trace is empty.
    """

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
        hub, member = HUB["t5-small"], row.member if row else "lstm"
        parameters, size = count_numbers(model), weight_bytes(folder)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.eval().to(device), info, tokenizer)

    def preprocess(self, inputs: str, *, num_beams: int = 4) -> PreparedTask:
        """Checks a sentence and puts the task before it; ``num_beams`` are kept at each step, 1 to 32.

        Raises:
            InputError: The text can't be read or is too long.
            OptionError: The number of beams is out of range.
        """
        check_beams(num_beams)
        sentence, notes = text.read_sentence(inputs, limit=MAX_CHARACTERS)
        encoded = self.tokenizer(self.prefix + sentence, return_tensors="pt")
        kept = ("input_ids", "attention_mask")
        tensors = {k: v.to(self.device) for k, v in encoded.items() if k in kept}
        return PreparedTask(tensors=tensors, notes=notes, num_beams=num_beams)

    def forward(self, prepared: PreparedTask, *, trace: bool) -> list[int]:
        """Writes: the ids of the translation, the mark of the beginning first."""
        made = self.model.generate(**prepared.tensors, num_beams=prepared.num_beams, max_new_tokens=MAX_TOKENS)
        return made[0].tolist()

    def postprocess(
        self, output: list[int], prepared: PreparedTask, *, milliseconds: float, trace: bool
    ) -> Translation:
        """Text, tokens, and the attention of one more pass over what was written."""
        special = set(self.tokenizer.all_special_ids)
        source, target = prepared.tensors["input_ids"][0].tolist(), output[1:]
        written = torch.tensor([output[:-1]], device=self.device)
        looked = self.model(**prepared.tensors, decoder_input_ids=written, output_attentions=True).cross_attentions[-1]
        # The task's own words are no part of the sentence.
        begin = len(self.tokenizer(self.prefix.strip(), add_special_tokens=False)["input_ids"])
        attention = looked[0].mean(0).float().cpu().numpy()  # (T, S)
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
