"""Our BERT's forward pass against transformers' with the same safetensors."""

import tempfile
from pathlib import Path

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

BASE = {
    "hidden_size": 768,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "vocab_size": 30_522,
    "max_position_embeddings": 512,
}
# Name, sizes, texts at once, pieces: what is shipped, and BERT base with four of its twelve blocks, which cost alike.
CASES = (
    (
        "bert-captions' size, 1 text of 16 pieces",
        {
            "hidden_size": 192,
            "num_hidden_layers": 4,
            "num_attention_heads": 6,
            "intermediate_size": 768,
            "vocab_size": 4000,
            "max_position_embeddings": 128,
        },
        1,
        16,
    ),
    ("BERT base's size, 1 text of 64 pieces", BASE | {"num_hidden_layers": 4}, 1, 64),
    ("BERT base's size, 4 texts of 64 pieces, one shorter", BASE | {"num_hidden_layers": 4}, 4, 64),
)


def measure(threads: int, rounds: int) -> list[Figure]:
    """Logits of the masked-language head at several sizes."""
    import torch

    from lmdemo.models.bert import Bert
    from lmdemo.proofs.bert import reference

    torch.set_num_threads(threads)
    figures = []
    for name, sizes, batch, length in CASES:
        with tempfile.TemporaryDirectory() as folder:
            theirs = reference(Path(folder), **sizes)
            ours = Bert.from_hub_weights(folder)
        ids = torch.randint(5, sizes["vocab_size"], (batch, length))
        valid = torch.ones_like(ids)
        valid[batch - 1, length // 2 :] = 0 if batch > 1 else 1
        with torch.inference_mode():
            equal = (ours(ids, valid).logits - theirs(ids, attention_mask=valid).logits)[
                valid.bool()
            ].abs().max().item() < 1e-2
            times = interleaved(
                {
                    "ours": lambda m=ours, i=ids, v=valid: m(i, v),
                    "transformers": lambda m=theirs, i=ids, v=valid: m(i, attention_mask=v),
                },
                rounds=2 * rounds,
                warmup=3,
            )
        figures.append(
            Figure(
                f"BERT, {name} / transformers",
                times["ours"] / times["transformers"] if equal else float("inf"),
                "ratio",
                1.05,
                f"{1000 * times['ours']:.2f} ms",
            )
        )
    return figures
