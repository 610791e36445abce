"""Our GPT-2 against transformers' GPT2LMHeadModel with the same weights: logits, with padding, and with the cache."""

import tempfile
from pathlib import Path

import torch

from lmdemo.models.gpt import GPT, KeyValueCache
from lmdemo.proofs import Check

TOLERANCE = 1e-4
SHAPES = (  # random small networks: numbers a token, heads, layers, positions, vocabulary
    {"n_embd": 48, "n_head": 4, "n_layer": 3, "n_positions": 40, "vocab_size": 101},
    {
        "n_embd": 30,
        "n_head": 5,
        "n_layer": 2,
        "n_positions": 24,
        "vocab_size": 57,
        "n_inner": 50,
        "layer_norm_epsilon": 1e-3,
    },
)


def reference(folder: Path, bare: bool = False, seed: int = 0, **shape: int | float):
    """A random GPT2LMHeadModel of transformers, also written to ``folder``; ``bare`` writes it without its head."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    model = GPT2LMHeadModel(GPT2Config(**shape, bos_token_id=0, eos_token_id=0)).eval()
    with torch.no_grad():
        for p in model.parameters():  # fresh weights are so small that every logit is near 0
            p.add_(torch.randn_like(p) * 0.15)
    (model.transformer if bare else model).save_pretrained(folder)
    return model


@torch.inference_mode()
def compare(shape: dict[str, int | float], bare: bool) -> dict[str, tuple[float, str]]:
    """Largest differences on random tokens, by what was compared, and on what."""
    with tempfile.TemporaryDirectory() as folder:
        theirs = reference(Path(folder), bare, **shape)
        ours = GPT.from_hub_weights(folder)
    N, V = int(shape["n_positions"]), int(shape["vocab_size"])
    ids = torch.randint(V, (3, N))
    found = {"logits": (largest(ours(ids).logits, theirs(ids).logits), f"3 texts of {N} tokens, the whole context")}

    T = N - 7
    lengths = torch.tensor([T, T // 2, 1])
    mask = (torch.arange(T) < lengths[:, None]).long()
    for side, attention_mask in (("right", mask), ("left", mask.flip(1))):
        positions = (attention_mask.cumsum(1) - 1).clamp(min=0)
        expected = theirs(ids[:, :T], attention_mask=attention_mask, position_ids=positions).logits
        got = ours(ids[:, :T], attention_mask, position_ids=positions).logits
        valid = attention_mask.bool()
        found[f"logits, padded {side}"] = (largest(got[valid], expected[valid]), f"lengths {T}, {T // 2}, 1")

    cache, parts, start = KeyValueCache(ours.config, 3), [], 0
    for size in (5, 1, 1, 4, *[1] * (N - 11)):  # a beginning, single tokens, several at once, single ones to the end
        parts.append(ours(ids[:, start : start + size], cache=cache).logits)
        start += size
    found["logits with cache"] = (
        largest(torch.cat(parts, 1), theirs(ids).logits),
        "5, 1, 1, 4, then one token at a time",
    )

    traced = ours(ids, trace=True)
    expected = theirs(ids, output_hidden_states=True)
    found["hidden states"] = (
        largest(traced.hidden_states[:-1], torch.stack(expected.hidden_states[:-1])),
        "before each block",
    )
    theirs.set_attn_implementation("eager")
    expected = theirs(ids, output_attentions=True)
    found["attention"] = (largest(traced.attention, torch.stack(expected.attentions)), "every layer and head")
    return found


def largest(a: torch.Tensor, b: torch.Tensor) -> float:
    """The largest absolute difference; infinite where shapes differ."""
    return (a - b).abs().max().item() if a.shape == b.shape else float("inf")


def prove() -> tuple[Check, ...]:
    """Holds our network against transformers' on random small configurations."""
    checks = []
    for n, shape in enumerate(SHAPES):
        size = f"{shape['n_layer']} layers, {shape['n_head']} heads, {shape['n_embd']} numbers"
        checks += [
            Check(f"GPT {what}", "transformers GPT2LMHeadModel", difference, TOLERANCE, f"{size}; {details}")
            for what, (difference, details) in compare(shape, bare=n == 1).items()
        ]
    return tuple(checks)
