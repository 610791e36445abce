"""The encoder against torch.nn's: attention, layers in both orders of norm, gradients, the whole classifier."""

import math

import torch
from torch import Tensor, nn

from lmdemo.models import transformer
from lmdemo.models.transformer import EncoderLayer, Transformer, TransformerConfig, sinusoids
from lmdemo.proofs import Check

TOLERANCE = 1e-5


def copy_layer(layer: EncoderLayer, reference: nn.TransformerEncoderLayer) -> None:
    """Writes torch's weights into ours: the same matrices under other names."""
    for ours, theirs in pairs(layer, reference):
        with torch.no_grad():
            ours.copy_(theirs)


def pairs(layer: EncoderLayer, reference: nn.TransformerEncoderLayer) -> list[tuple[Tensor, Tensor]]:
    """Our weights and torch's that mean the same."""
    a, b = layer.attention, reference.self_attn
    found = [(a.qkv.weight, b.in_proj_weight), (a.qkv.bias, b.in_proj_bias)]
    for ours, theirs in (
        (a.out, b.out_proj),
        (layer.norm1, reference.norm1),
        (layer.up, reference.linear1),
        (layer.down, reference.linear2),
        (layer.norm2, reference.norm2),
    ):
        found += [(ours.weight, theirs.weight), (ours.bias, theirs.bias)]
    return found


def compare_layer(norm_first: bool, hidden_act: str) -> dict[str, float]:
    """Largest differences from torch.nn.TransformerEncoderLayer on random texts of 9, 5 and 1 tokens, by what was compared."""
    torch.manual_seed(0)
    ours = EncoderLayer(16, 4, 4, 24, hidden_act=hidden_act, norm_first=norm_first)
    theirs = nn.TransformerEncoderLayer(
        16, 4, 24, dropout=0.0, activation=hidden_act, batch_first=True, norm_first=norm_first
    )
    for p in theirs.parameters():
        nn.init.normal_(p, std=0.4)
    copy_layer(ours, theirs)
    x, valid = torch.randn(3, 9, 16), torch.arange(9) < torch.tensor([9, 5, 1])[:, None]
    y, _ = ours(x, transformer.padding_mask(valid))
    expected = theirs(x, src_key_padding_mask=~valid)
    weight = torch.randn(3, 9, 16) * valid[..., None]
    (y * weight).sum().backward()
    (expected * weight).sum().backward()
    return {
        "states": ((y - expected) * valid[..., None]).abs().max().item(),
        "gradients": max(
            (a.grad - b.grad).abs().max().item() / b.grad.abs().max().clamp(1).item() for a, b in pairs(ours, theirs)
        ),
    }


def plain(model: Transformer) -> nn.TransformerEncoder:
    """The same column of blocks in torch.nn, weights copied; heads must be as wide as E / heads."""
    c = model.config
    layer = nn.TransformerEncoderLayer(
        c.hidden_size,
        c.num_attention_heads,
        c.intermediate_size,
        dropout=0.0,
        activation=c.hidden_act,
        layer_norm_eps=c.layer_norm_eps,
        batch_first=True,
        norm_first=c.norm_first,
    )
    same = nn.TransformerEncoder(
        layer,
        c.num_hidden_layers,
        norm=nn.LayerNorm(c.hidden_size, c.layer_norm_eps) if c.norm_first else None,
        enable_nested_tensor=False,
    )
    with torch.no_grad():
        for ours, theirs in zip(model.encoder.layers, same.layers, strict=True):
            for a, b in pairs(ours, theirs):
                b.copy_(a)
        if same.norm is not None:
            same.norm.load_state_dict(model.encoder.norm.state_dict())
    return same.eval()


def formula(length: int, size: int) -> Tensor:
    """Section 3.5 of the paper, number by number: sin(t / 10000^(2i/E)) at 2i, cos at 2i + 1."""
    return torch.tensor(
        [
            [(math.cos if j % 2 else math.sin)(t / 10_000 ** ((j - j % 2) / size)) for j in range(size)]
            for t in range(length)
        ]
    )


def prove() -> tuple[Check, ...]:
    """Checks attention, layer, gradients, positions and the shipped classifier; about a second."""
    torch.manual_seed(0)
    Q, K, V = torch.randn(3, 2, 4, 7, 8)
    ours, _ = transformer.attend(Q, K, V)
    theirs = nn.functional.scaled_dot_product_attention(Q, K, V)
    checks = [
        _check(
            "attend",
            "torch.nn.functional.scaled_dot_product_attention",
            (ours - theirs).abs().max().item(),
            "2 texts, 4 heads, 7 tokens",
        ),
        _check(
            "sinusoids",
            "the paper's formula, number by number",
            (sinusoids(64, 32) - formula(64, 32)).abs().max().item(),
            "64 positions of 32 numbers",
        ),
    ]
    for norm_first, act in ((False, "relu"), (True, "gelu")):
        order = "pre-norm" if norm_first else "post-norm, as in the paper"
        checks += [
            _check(
                f"EncoderLayer, {'pre-norm' if norm_first else 'post-norm'}: {what}",
                "torch.nn.TransformerEncoderLayer",
                d,
                f"{order}, {act}, lengths 9, 5, 1",
            )
            for what, d in compare_layer(norm_first, act).items()
        ]
    model = Transformer(TransformerConfig(vocab_size=50)).eval()
    ids, lengths = torch.randint(1, 50, (3, 12)), torch.tensor([12, 7, 2])
    with torch.inference_mode():
        answer, traced = model(ids, lengths).logits, model(ids, lengths, trace=True).logits
        valid = torch.arange(12) < lengths[:, None]
        x = math.sqrt(model.config.hidden_size) * model.embedding(ids) + sinusoids(12, model.config.hidden_size)
        states = plain(model)(x, src_key_padding_mask=~valid)
        mean = torch.stack([row[:n].mean(0) for row, n in zip(states, lengths, strict=True)])
        expected = model.head(mean)
    checks.append(
        _check(
            "Transformer",
            "torch.nn.TransformerEncoder, copied weights",
            max((a - expected).abs().max().item() for a in (answer, traced)),
            f"{model.config.num_hidden_layers} blocks, lengths 12, 7, 2",
        )
    )
    return tuple(checks)


def _check(name: str, reference: str, difference: float, details: str) -> Check:
    return Check(name, reference, difference, TOLERANCE, details)
