"""Texts classified by the hub's DistilBERT, as transformers runs it."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError


class HubTextClassification(Adapter):
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
        hub = HUB["distilbert-sst2"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "lstm",
                task="text-classification",
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
        """Checks and cuts one text."""
        encoded = self.tokenizer(text.check_text(inputs), return_tensors="pt", truncation=False, verbose=False)
        longest = self.model.config.max_position_embeddings
        if encoded["input_ids"].shape[1] > longest:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {longest}",
                got=str(encoded["input_ids"].shape[1]),
                hint="Give a shorter piece of it.",
            )
        return {k: v.to(self.device) for k, v in encoded.items() if k in ("input_ids", "attention_mask")}

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**tensors, output_hidden_states=trace, output_attentions=trace)

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Classification:
        """Probabilities of all labels, most probable first."""
        if options:
            raise OptionError("unknown_option", expected="trace", got=", ".join(options), hint="Leave it out.")
        p = output.logits[0].float().softmax(-1).cpu().numpy()
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        internals = {}
        if trace:
            internals = {
                "hidden_states": torch.stack(output.hidden_states)[:, 0].float().cpu().numpy(),
                "attention": torch.stack(output.attentions)[:, 0].float().cpu().numpy(),
            }
        label = next(iter(scores))
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def __call__(self, inputs: str, *, trace: bool = False, **options: Any) -> Classification:
        """Classifies one text."""
        result = super().__call__(inputs, trace=trace, **options)
        if trace:
            ids = self.preprocess(inputs)["input_ids"][0].tolist()
            result.trace["tokens"] = np.array(self.tokenizer.convert_ids_to_tokens(ids))
        return result

    def classify_many(self, inputs: list[str]) -> np.ndarray:
        """Probabilities (N, labels) of many texts, one by one, longer ones cut."""
        scores = []
        with self, torch.inference_mode():
            for one in inputs:
                encoded = self.tokenizer(one or ".", return_tensors="pt", truncation=True).to(self.device)
                encoded.pop("token_type_ids", None)
                scores.append(self.model(**encoded).logits[0].float().softmax(-1).cpu().numpy())
        return np.stack(scores)
