"""The Transformer's encoder: attention in place of recurrence, so that every word looks at every other at once.

Vaswani and others, "Attention is all you need" (2017), arXiv:1706.03762, the left half of its figure 1. Differs in: a
classifier instead of a decoder stands on top (the mean of the last states); normalisation may come first (pre-norm,
arXiv:2002.04745), which trains without a warm-up; a word may be a bag of hashed pieces.

Shapes: B texts, T tokens, E = hidden_size, H heads of D = head_dim numbers, F = intermediate_size, V vocabulary,
C classes, L layers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmdemo.models.base import Model

ACTIVATIONS = {"relu": nn.functional.relu, "gelu": nn.functional.gelu}


@dataclass(frozen=True)
class TransformerConfig:
    """Shape of a :class:`Transformer`; the defaults are those of transformer-sentiment.

    Attributes:
        vocab_size: Entries of the embedding table; id 0 pads.
        hidden_size: Numbers a token is described by, E.
        num_hidden_layers: Blocks above one another.
        num_attention_heads: Heads of each block.
        head_dim: Numbers of a query, key or value, D; the paper takes E / heads.
        intermediate_size: Units of the feed-forward layer, F.
        max_position_embeddings: The longest text, in tokens.
        hidden_act: ``relu`` or ``gelu``, between the two feed-forward products.
        norm_first: Pre-norm, x + f(norm(x)), instead of the paper's norm(x + f(x)).
        layer_norm_eps: Added to the variance.
        dropout: Part of embeddings, of what is added to the residual stream and of the head's input that is zeroed in training.
        attention_dropout: Part of the attention weights that is zeroed in training.
        token_dropout: Part of the tokens that is hidden as a whole in training.
        num_labels: Classes.
    """

    vocab_size: int = 20_001
    hidden_size: int = 64
    num_hidden_layers: int = 2
    num_attention_heads: int = 4
    head_dim: int = 16
    intermediate_size: int = 128
    max_position_embeddings: int = 1024
    hidden_act: str = "gelu"
    norm_first: bool = True
    layer_norm_eps: float = 1e-5
    dropout: float = 0.4
    attention_dropout: float = 0.0
    token_dropout: float = 0.3
    num_labels: int = 2

    @classmethod
    def textbook(cls) -> "TransformerConfig":
        """The textbook's block: heads as wide as the embedding, post-norm, epsilon 1e-6, 32 units of ReLU."""
        return cls(
            vocab_size=10_000,
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            head_dim=32,
            intermediate_size=32,
            max_position_embeddings=200,
            hidden_act="relu",
            norm_first=False,
            layer_norm_eps=1e-6,
            dropout=0.1,
            token_dropout=0.0,
        )


SHORT = (
    32  # tokens up to which the weights are so few that writing them out is at least as fast as torch's fused attention
)


def sinusoids(length: int, size: int) -> Tensor:
    """Positions as waves of ever longer period (section 3.5): (length, size), sines at even places, cosines at odd."""
    t = torch.arange(length)[:, None]
    period = 10_000 ** (torch.arange(0, size, 2) / size)
    waves = torch.stack((torch.sin(t / period), torch.cos(t / period)), -1)  # (T, E/2, 2)
    return waves.flatten(1)[:, :size]


def attend(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
    """softmax(Q K^T / sqrt(D)) V, equation 1.

    Args:
        Q, K, V: Queries, keys, values (B, H, T, D).
        mask: True where a query may look; broadcast to (B, H, T, T).
        dropout: Part of the weights that is zeroed.

    Returns:
        What each head gathered (B, H, T, D), and the attention weights (B, H, T, T), rows summing to 1.
    """
    scores = (Q * Q.shape[-1] ** -0.5) @ K.transpose(-2, -1)  # (B, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    A = scores.softmax(-1)
    return (nn.functional.dropout(A, dropout) if dropout else A) @ V, A


class Attention(NamedTuple):
    """One block's attention: queries, keys, values (B, H, T, D) and weights (B, H, T, T)."""

    queries: Tensor
    keys: Tensor
    values: Tensor
    weights: Tensor


class MultiHeadAttention(nn.Module):
    """H heads look at the text side by side, each with queries, keys and values of its own (section 3.2.2)."""

    def __init__(self, hidden_size: int, num_attention_heads: int, head_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.num_attention_heads, self.head_dim, self.dropout = num_attention_heads, head_dim, dropout
        self.qkv = nn.Linear(hidden_size, 3 * num_attention_heads * head_dim)  # all heads' three products in one
        self.out = nn.Linear(num_attention_heads * head_dim, hidden_size)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, head_mask: Tensor | None = None, *, trace: bool = False
    ) -> tuple[Tensor, Attention | None]:
        """Reads (B, T, E); ``head_mask`` (H,) multiplies what each head gathered. Gives (B, T, E) and the attention if traced."""
        B, T, _ = x.shape
        Q, K, V = (
            self.qkv(x).view(B, T, 3, self.num_attention_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        )  # (B, H, T, D) each
        dropout, attention = self.dropout if self.training else 0.0, None
        if trace or T <= SHORT:
            gathered, A = attend(Q, K, V, mask, dropout)
            attention = Attention(Q, K, V, A) if trace else None
        else:  # the same sum, but the weights are never held as a whole
            gathered = nn.functional.scaled_dot_product_attention(Q, K, V, mask, dropout_p=dropout)
        if head_mask is not None:
            gathered = gathered * head_mask[:, None, None]
        return self.out(gathered.transpose(1, 2).flatten(2)), attention  # (B, T, H * D) -> (B, T, E)


class EncoderLayer(nn.Module):
    """Attention, add and norm, feed-forward, add and norm; ``norm_first`` moves the norms before the two parts."""

    def __init__(
        self,
        hidden_size: int,
        num_attention_heads: int,
        head_dim: int,
        intermediate_size: int,
        *,
        hidden_act: str = "relu",
        norm_first: bool = False,
        layer_norm_eps: float = 1e-5,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(hidden_size, num_attention_heads, head_dim, attention_dropout)
        self.norm1 = nn.LayerNorm(hidden_size, layer_norm_eps)
        self.up = nn.Linear(hidden_size, intermediate_size)
        self.down = nn.Linear(intermediate_size, hidden_size)
        self.norm2 = nn.LayerNorm(hidden_size, layer_norm_eps)
        self.dropout = nn.Dropout(dropout)
        self.activation, self.norm_first = ACTIVATIONS[hidden_act], norm_first

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        *,
        head_mask: Tensor | None = None,
        layer_norm: bool = True,
        trace: bool = False,
    ) -> tuple[Tensor, Attention | None]:
        """Reads (B, T, E), gives (B, T, E) and the attention if traced; without ``layer_norm`` both norms are left out."""
        norm1, norm2 = (self.norm1, self.norm2) if layer_norm else (nn.Identity(), nn.Identity())
        if self.norm_first:
            attended, attention = self.attention(norm1(x), mask, head_mask, trace=trace)
            x = x + self.dropout(attended)
            return x + self.dropout(self.feed_forward(norm2(x))), attention
        attended, attention = self.attention(x, mask, head_mask, trace=trace)
        x = norm1(x + self.dropout(attended))
        return norm2(x + self.dropout(self.feed_forward(x))), attention

    def feed_forward(self, x: Tensor) -> Tensor:
        """max(0, x W_1 + b_1) W_2 + b_2 at every place alone (section 3.3)."""
        return self.down(self.dropout(self.activation(self.up(x))))


class Encoder(nn.Module):
    """A column of :class:`EncoderLayer`; with pre-norm a last norm follows, since the stream itself is never normed."""

    def __init__(
        self,
        num_hidden_layers: int,
        hidden_size: int,
        num_attention_heads: int,
        head_dim: int,
        intermediate_size: int,
        *,
        norm_first: bool = False,
        layer_norm_eps: float = 1e-5,
        **options,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(
                hidden_size,
                num_attention_heads,
                head_dim,
                intermediate_size,
                norm_first=norm_first,
                layer_norm_eps=layer_norm_eps,
                **options,
            )
            for _ in range(num_hidden_layers)
        )
        self.norm = nn.LayerNorm(hidden_size, layer_norm_eps) if norm_first else None

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        *,
        head_mask: Tensor | None = None,
        layer_norm: bool = True,
        trace: bool = False,
    ) -> tuple[Tensor, list[Tensor], list[Attention]]:
        """Reads a batch.

        Args:
            x: Embeddings (B, T, E).
            mask: True where may be looked, broadcast to (B, H, T, T).
            head_mask: (L, H), 0 silences a head.
            layer_norm: Whether the norms work.
            trace: Whether to keep what lies between.

        Returns:
            The last states (B, T, E); if traced the L + 1 states between the blocks, the last one normed, and each block's attention.
        """
        states, attentions = [x], []
        for i, layer in enumerate(self.layers):
            x, attention = layer(
                x, mask, head_mask=None if head_mask is None else head_mask[i], layer_norm=layer_norm, trace=trace
            )
            if trace:
                states.append(x)
                attentions.append(attention)
        if self.norm is not None and layer_norm:
            x = self.norm(x)
        return x, [*states[:-1], x] if trace else [], attentions


def padding_mask(valid: Tensor) -> Tensor | None:
    """From (B, T), true where there is a token, which keys may be looked at: (B, 1, 1, T); None if all may."""
    return None if bool(valid.all()) else valid[:, None, None]


class Trace(NamedTuple):
    """What lies inside one pass, B first but where layers come before it.

    Attributes:
        embeddings, positions: The token's part and the position's part of the first state, (B, T, E) and (T, E).
        hidden_states: (L + 1, B, T, E).
        queries, keys, values: (L, B, H, T, D).
        attention: (L, B, H, T, T).
    """

    embeddings: Tensor
    positions: Tensor
    hidden_states: Tensor
    queries: Tensor
    keys: Tensor
    values: Tensor
    attention: Tensor


def make_trace(
    embeddings: Tensor, positions: Tensor, states: Sequence[Tensor], attentions: Sequence[Attention]
) -> Trace:
    """Stacks what :class:`Encoder` kept."""
    return Trace(
        embeddings, positions, torch.stack(list(states)), *(torch.stack(part) for part in zip(*attentions, strict=True))
    )


class TransformerOutput(NamedTuple):
    """What a :class:`Transformer` gives: ``logits`` (B, C), ``loss`` if labels were given, ``trace`` if asked for."""

    logits: Tensor
    loss: Tensor | None = None
    trace: Trace | None = None


class Transformer(Model):
    """Embedding plus position, a column of encoder blocks, and a classifier on the mean of the last states."""

    config_class = TransformerConfig

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        c = config
        self.embedding = nn.Embedding(c.vocab_size, c.hidden_size)
        self.register_buffer("waves", sinusoids(c.max_position_embeddings, c.hidden_size), persistent=False)
        self.encoder = Encoder(
            c.num_hidden_layers,
            c.hidden_size,
            c.num_attention_heads,
            c.head_dim,
            c.intermediate_size,
            hidden_act=c.hidden_act,
            norm_first=c.norm_first,
            layer_norm_eps=c.layer_norm_eps,
            dropout=c.dropout,
            attention_dropout=c.attention_dropout,
        )
        self.dropout = nn.Dropout(c.dropout)
        self.head = nn.Linear(c.hidden_size, c.num_labels)
        nn.init.normal_(self.embedding.weight, std=0.06)  # small: words that are seldom met stay near nothing

    def forward(
        self,
        input_ids: Tensor | None = None,
        lengths: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        inputs_embeds: Tensor | None = None,
        positions: bool = True,
        layer_norm: bool = True,
        head_mask: Tensor | None = None,
        trace: bool = False,
    ) -> TransformerOutput:
        """Reads a batch of texts.

        Args:
            input_ids: Token ids (B, T), or bags of them (B, T, G) that are averaged; padded with 0 at the right end.
            lengths: Valid tokens of each text (B,); all if None.
            labels: Classes (B,), or probabilities (B, C).
            inputs_embeds: What :meth:`embed` gives, (B, T, E), in place of ``input_ids``.
            positions: Whether the network is told where each token stands.
            layer_norm: Whether the norms work.
            head_mask: (L, H), 0 silences a head.
            trace: Whether to return what lies between.
        """
        x = self.embed(input_ids) if inputs_embeds is None else inputs_embeds  # (B, T, E)
        B, T, _ = x.shape
        valid = torch.ones(B, T, dtype=torch.bool, device=x.device)
        if lengths is not None:
            valid = torch.arange(T, device=x.device) < lengths[:, None]
        if self.training and self.config.token_dropout:
            valid = valid & (
                (torch.rand(B, T, device=x.device) >= self.config.token_dropout) | ~valid.cumsum(1).gt(1)
            )  # the first stays
        tokens, where = x, self.waves[:T] * positions  # (T, E)
        x, states, attentions = self.encoder(
            self.dropout(tokens + where), padding_mask(valid), head_mask=head_mask, layer_norm=layer_norm, trace=trace
        )
        logits = self.head(self.dropout(self.pool(x, valid)))  # (B, C)
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return TransformerOutput(logits, loss, make_trace(tokens, where, states, attentions) if trace else None)

    def embed(self, input_ids: Tensor) -> Tensor:
        """Embeddings (B, T, E) of ids (B, T), or the means of bags of ids (B, T, G), times sqrt(E) (section 3.4)."""
        if input_ids.ndim == 2:
            x = self.embedding(input_ids)
        else:
            x = nn.functional.embedding_bag(input_ids.flatten(0, 1), self.embedding.weight, mode="mean", padding_idx=0)
            x = x.view(*input_ids.shape[:2], -1)
        return x * math.sqrt(self.config.hidden_size)

    @staticmethod
    def pool(x: Tensor, valid: Tensor) -> Tensor:
        """The mean (B, E) of the states (B, T, E) of valid tokens (B, T)."""
        weights = valid.to(x.dtype)[..., None]
        return (x * weights).sum(1) / weights.sum(1)
