"""Our encoder's forward pass against torch.nn.TransformerEncoder with the same weights."""

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

# Name, sizes, texts at once, tokens: what is shipped, and BERT base's blocks (two of twelve, which cost alike).
CASES = (
    ("transformer-sentiment's size, 1 text of 32 words", {}, 1, 32),
    ("transformer-sentiment's size, 32 texts of 32 words", {}, 32, 32),
    (
        "BERT base's blocks, 1 text of 128 words",
        {
            "hidden_size": 768,
            "num_attention_heads": 12,
            "head_dim": 64,
            "intermediate_size": 3072,
            "norm_first": False,
            "vocab_size": 100,
        },
        1,
        128,
    ),
    (
        "BERT base's blocks, 8 texts of 128 words",
        {
            "hidden_size": 768,
            "num_attention_heads": 12,
            "head_dim": 64,
            "intermediate_size": 3072,
            "norm_first": False,
            "vocab_size": 100,
        },
        8,
        128,
    ),
)


def measure(threads: int, rounds: int) -> list[Figure]:
    """The column of blocks at several sizes."""
    import torch

    from lmdemo.models.transformer import Transformer, TransformerConfig
    from lmdemo.proofs.transformer import plain

    torch.set_num_threads(threads)
    figures = []
    for name, sizes, batch, length in CASES:
        model = Transformer(TransformerConfig(**sizes)).eval()
        ours, theirs, x = model.encoder, plain(model), torch.randn(batch, length, model.config.hidden_size)
        with torch.inference_mode():
            equal = (ours(x)[0] - theirs(x)).abs().max().item() < 1e-3
            times = interleaved(
                {"ours": lambda f=ours, x=x: f(x), "torch.nn": lambda f=theirs, x=x: f(x)}, rounds=2 * rounds, warmup=3
            )
        figures.append(
            Figure(
                f"Encoder, {name} / torch.nn.TransformerEncoder",
                times["ours"] / times["torch.nn"] if equal else float("inf"),
                "ratio",
                1.05,
                f"{1000 * times['ours']:.2f} ms, {model.config.num_hidden_layers} blocks",
            )
        )
    return figures
