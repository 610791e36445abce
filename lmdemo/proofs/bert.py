"""BERT against transformers': the same safetensors opened by both."""

import tempfile
from pathlib import Path

import torch

from lmdemo.models.bert import Bert
from lmdemo.proofs import Check

TOLERANCE = 1e-4


def reference(folder: Path, **options):
    """A BERT of transformers with random weights that matter, written to ``folder`` as a hub repository is."""
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    sizes = {
        "vocab_size": 60,
        "hidden_size": 24,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 40,
        "max_position_embeddings": 32,
    } | options
    theirs = BertForMaskedLM(BertConfig(**sizes)).eval()
    with torch.no_grad():
        for p in theirs.parameters():
            p.add_(torch.randn_like(p) * 0.1)
    theirs.save_pretrained(folder)
    return theirs


def prove() -> tuple[Check, ...]:
    """Checks states, logits, loss and the pooled output; imports transformers, some seconds."""
    from transformers import BertModel

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        theirs, ours = reference(folder), Bert.from_hub_weights(folder)
        ids, lengths = torch.randint(5, 60, (3, 11)), torch.tensor([11, 6, 2])
        valid = (torch.arange(11) < lengths[:, None]).long()
        segments = torch.randint(2, (3, 11))
        labels = torch.where((torch.rand(3, 11) < 0.4) & valid.bool(), ids, -100)
        with torch.inference_mode():
            output = ours(ids, valid, segments, trace=True)
            expected = theirs(
                ids, attention_mask=valid, token_type_ids=segments, labels=labels, output_hidden_states=True
            )
            loss = ours(ids, valid, segments, labels).loss
        at = valid.bool()
        states = max(
            (a[at] - b[at]).abs().max().item()
            for a, b in zip(output.trace.hidden_states, expected.hidden_states, strict=True)
        )
        checks = [
            _check("Bert, all states", states),
            _check("Bert, logits", (output.logits - expected.logits)[at].abs().max().item()),
            _check("Bert, masked-language loss", abs(loss.item() - expected.loss.item())),
        ]
        base = BertModel(theirs.config).eval()
        base.save_pretrained(folder)
        ours = Bert.from_hub_weights(folder)
        with torch.inference_mode():
            difference = (
                (ours(ids, valid).pooler_output - base(ids, attention_mask=valid).pooler_output).abs().max().item()
            )
        checks.append(_check("Bert, pooled output", difference))
    return tuple(checks)


def _check(name: str, difference: float) -> Check:
    return Check(
        name,
        "transformers' BertForMaskedLM, same safetensors"
        if "pooled" not in name
        else "transformers' BertModel, same safetensors",
        difference,
        TOLERANCE,
        "3 blocks, 4 heads, lengths 11, 6, 2, two segments",
    )
