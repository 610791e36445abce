"""Texts classified by the hub's DistilBERT, as transformers runs it."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, hub_info, weight_bytes
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError


class HubTextClassification(Adapter[Prepared, Classification]):
    """The hub's DistilBERT, fine-tuned on SST-2, from a local folder. Takes and gives what :class:`TextClassification` does,
    with the labels in lower case; a text past 512 pieces is refused.

    With ``trace=True`` the result holds ``tokens`` (T,) str, ``hidden_states`` (layers + 1, T, H) and ``attention``
    (layers, heads, T, T).
    """

    sources = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Any) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.labels = tuple(model.config.id2label[i].lower() for i in range(model.config.num_labels))

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, attn_implementation="eager"
        )
        hub, member = HUB["distilbert-sst2"], row.member if row else "lstm"
        parameters, size = count_numbers(model), weight_bytes(folder)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.eval().to(device), info, tokenizer)

    def preprocess(self, inputs: str) -> Prepared:
        """Checks and cuts one text."""
        typed = text.read_typed(inputs)
        encoded = self.tokenizer(typed.text, return_tensors="pt", truncation=False, verbose=False)
        longest = self.model.config.max_position_embeddings
        if encoded["input_ids"].shape[1] > longest:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {longest}",
                got=str(encoded["input_ids"].shape[1]),
                hint="Give a shorter piece of it.",
            )
        kept = ("input_ids", "attention_mask")
        return Prepared(tensors={k: v.to(self.device) for k, v in encoded.items() if k in kept}, notes=typed.notes)

    def forward(self, prepared: Prepared, *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**prepared.tensors, output_hidden_states=trace, output_attentions=trace)

    def postprocess(self, output: Any, prepared: Prepared, *, milliseconds: float, trace: bool) -> Classification:
        """Probabilities of all labels, most probable first."""
        p = output.logits[0].float().softmax(-1).cpu().numpy()
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        internals: dict[str, np.ndarray] = {}
        if trace:
            ids = prepared.tensors["input_ids"][0].tolist()
            internals = {
                "hidden_states": torch.stack(output.hidden_states)[:, 0].float().cpu().numpy(),
                "attention": torch.stack(output.attentions)[:, 0].float().cpu().numpy(),
                "tokens": np.array(self.tokenizer.convert_ids_to_tokens(ids)),
            }
        label = next(iter(scores))
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def classify_many(self, inputs: list[str]) -> np.ndarray:
        """Probabilities (N, labels) of many texts, one by one, longer ones cut."""
        scores = []
        with self.computing():
            for one in inputs:
                encoded = self.tokenizer(text.clean(one).text or ".", return_tensors="pt", truncation=True).to(
                    self.device
                )
                encoded.pop("token_type_ids", None)
                scores.append(self.model(**encoded).logits[0].float().softmax(-1).cpu().numpy())
        return np.stack(scores)
