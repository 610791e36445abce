"""Sentences translated by the hub's T5, as transformers runs it."""

import time
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import Info, Translation
from lmdemo.adapters.translation.beam_search import check_beams
from lmdemo.adapters.translation.ours import MAX_CHARACTERS, MAX_TOKENS
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import OptionError
from lmdemo.pool import computing_with, use_threads


class HubTranslator(Adapter):
    """The hub's T5 from a local folder: English to German. Takes and gives what :class:`Translator` does; the alignment is the
    mean of the last layer's cross-attention heads. The trace is empty."""

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
        hub = HUB["t5-small"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "lstm",
                task="translation",
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

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks a sentence and puts the task before it."""
        encoded = self.tokenizer(self.prefix + text.check_text(inputs, limit=MAX_CHARACTERS), return_tensors="pt")
        return {k: v.to(self.device) for k, v in encoded.items() if k in ("input_ids", "attention_mask")}

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, ids: torch.Tensor) -> Translation:
        """Text, tokens and attention."""
        special = set(self.tokenizer.all_special_ids)
        source, target = ids[0].tolist(), output[0].sequences[0].tolist()[1:]
        # The task's own words are no part of the sentence.
        begin = len(self.tokenizer(self.prefix.strip(), add_special_tokens=False)["input_ids"])
        attention = output[1][0].mean(0).float().cpu().numpy()  # (T, S)
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

    def __call__(self, inputs: str, *, trace: bool = False, num_beams: int = 4, **options: Any) -> Translation:
        """Translates one sentence."""
        if options:
            raise OptionError(
                "unknown_option", expected="trace, num_beams", got=", ".join(options), hint="Leave it out."
            )
        check_beams(num_beams)
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            out = self.model.generate(
                **tensors, num_beams=num_beams, max_new_tokens=MAX_TOKENS, return_dict_in_generate=True
            )
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            looked = self.model(
                **tensors, decoder_input_ids=out.sequences[:, :-1], output_attentions=True
            ).cross_attentions[-1]
            return self.postprocess((out, looked), milliseconds=milliseconds, trace=trace, ids=tensors["input_ids"])
