"""Long short-term memory: a cell that three gates write to, keep and show, so that gradients flow along it.

Hochreiter & Schmidhuber, Neural Computation 9 (1997), with the forget gate of Gers et al. (2000). Differs in: no
peepholes, one bias, the forget gate starts open (bias 1), a gradient worked out by hand for the whole sequence (equal
to the automatic one, and faster). Recurrent dropout keeps one mask for all steps (Gal, arXiv:1512.05287).

Shapes: B sequences, T steps, E numbers an input, H hidden units, D directions, V vocabulary, C classes.
Inside, time comes first: (T, B, ...). The four parts of a step lie side by side in the order input gate i, forget
gate f, output gate o, candidate u (torch and Keras: i, f, u, o), so that one call squashes the three gates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from lmdemo.models.base import Model

HEADS = ("classification", "language-modeling")
GATES = ("input", "forget", "output")


@dataclass(frozen=True)
class LSTMConfig:
    """Shape of an :class:`LSTM`.

    Attributes:
        vocab_size: Entries of the embedding table; id 0 pads.
        embedding_size: Numbers a token is turned into.
        hidden_size: Units of each layer and direction.
        num_hidden_layers: Layers above one another.
        bidirectional: Whether every layer also reads from the end.
        dropout: Part of the layers' inputs and of the head's input that is zeroed in training, 0 to 1.
        recurrent_dropout: Part of the state that is zeroed on its way to the next step in training, 0 to 1.
        token_dropout: Part of the tokens that is zeroed as a whole in training, 0 to 1.
        head: ``classification`` of the whole text, ``language-modeling`` names the next token after each.
        pooling: What the classifier reads: the ``last`` states, or each unit's ``max`` over the text.
        num_labels: Classes; 1 means one sigmoid output for yes or no.
    """

    vocab_size: int = 10_000
    embedding_size: int = 128
    hidden_size: int = 64
    num_hidden_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.2
    recurrent_dropout: float = 0.2
    token_dropout: float = 0.0
    head: str = "classification"
    pooling: str = "last"
    num_labels: int = 1

    @classmethod
    def textbook(cls) -> "LSTMConfig":
        """The preset of the textbook: 10,000 x 128 embeddings, 64 units, dropout and recurrent dropout 0.2, one sigmoid."""
        return cls()


def step(x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """One step as the textbooks write it; :func:`run` does the same for a whole sequence, faster.

    Args:
        x: Input (B, E).
        h, c: State and cell before (B, H).
        W, U, b: Weights of the input (E, 4H) and of the state (H, 4H), and biases (4H,).

    Returns:
        State and cell after (B, H).
    """
    (W_i, W_f, W_o, W_u), (U_i, U_f, U_o, U_u), (b_i, b_f, b_o, b_u) = (t.chunk(4, -1) for t in (W, U, b))
    i = torch.sigmoid(x @ W_i + h @ U_i + b_i)  # input gate: what to write
    f = torch.sigmoid(x @ W_f + h @ U_f + b_f)  # forget gate: what to keep
    o = torch.sigmoid(x @ W_o + h @ U_o + b_o)  # output gate: what to show
    u = torch.tanh(x @ W_u + h @ U_u + b_u)  # candidate: what could be written
    c = f * c + i * u
    h = o * torch.tanh(c)
    return h, c


def run(
    a: Tensor, h: Tensor, c: Tensor, U: Tensor, mask: Tensor | None = None, open_gates: Sequence[str] = ()
) -> tuple[Tensor, Tensor]:
    """:func:`step` again and again, in place: the input's products are there already, the three gates are squashed at once.

    Args:
        a: Each step's part from its input (T, B, 4H); holds the gates and candidates (i, f, o, u) afterwards.
        h, c: State and cell to begin with (B, H).
        U: Weights from the state to the four parts (H, 4H).
        mask: What recurrent dropout multiplies the state by (B, H).
        open_gates: Gates that are held at 1, to see what they are good for.

    Returns:
        States and cells (T, B, H).
    """
    T, B, H = *a.shape[:2], h.shape[1]
    states, cells = a.new_empty(T, B, H), a.new_empty(T, B, H)
    i, f, o, u = a.split(H, -1)
    held = [gate for name, gate in zip(GATES, (i, f, o), strict=True) if name in open_gates]
    parts = [part.unbind() for part in (a, a[..., : 3 * H], i, f, o, u, cells, states)]  # views, made once
    for t, (a_t, ifo_t, i_t, f_t, o_t, u_t, c_t, h_t) in enumerate(zip(*parts, strict=True)):
        a_t.addmm_(h if mask is None else h * mask, U)
        ifo_t.sigmoid_()
        u_t.tanh_()
        for gate in held:
            gate[t].fill_(1)
        c = torch.mul(f_t, c, out=c_t).addcmul_(i_t, u_t)  # keep a part of the old, write a part of the new
        h = torch.tanh(c, out=h_t).mul_(o_t)  # show a part of it
    return states, cells


class Steps(torch.autograd.Function):
    """:func:`run`, and its gradient through time."""

    @staticmethod
    def forward(ctx, a: Tensor, h_0: Tensor, c_0: Tensor, U: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """All steps, and what the way back needs of them."""
        a = a.clone()
        states, cells = run(a, h_0, c_0, U, mask)  # (T, B, H) each
        ctx.save_for_backward(a, states, cells, h_0, c_0, U, mask)
        return states, cells

    @staticmethod
    @once_differentiable
    def backward(ctx, dstates: Tensor, dcells: Tensor) -> tuple[Tensor | None, ...]:
        """Backpropagation through time: the gradients, from the last step to the first."""
        a, states, cells, h_0, c_0, U, mask = ctx.saved_tensors
        i, f, o, u = a.chunk(4, -1)
        shown = cells.tanh()
        before = torch.cat((c_0[None], cells[:-1]))
        # What each part's sum is multiplied by on the way back; the loop below multiplies the rest in, in place.
        da = torch.cat((u * i * (1 - i), before * f * (1 - f), shown * o * (1 - o), i * (1 - u * u)), -1)  # (T, B, 4H)
        slope = o * (1 - shown * shown)
        parts = [part.unbind() for part in (da, *da.chunk(4, -1), slope, f, dstates, dcells)]
        dh, dc, back = torch.zeros_like(h_0), torch.zeros_like(c_0), U.T.contiguous()
        for da_t, di_t, df_t, do_t, du_t, slope_t, f_t, dh_t, dc_t in zip(*map(reversed, parts), strict=True):
            dh = dh + dh_t
            dc = (dc + dc_t).addcmul_(dh, slope_t)
            for part in (di_t, df_t, du_t):
                part.mul_(dc)
            do_t.mul_(dh)
            dh = da_t @ back if mask is None else (da_t @ back).mul_(mask)
            dc = dc * f_t  # the path along the cell: no weight, no squashing, only the forget gate
        heard = torch.cat((h_0[None], states[:-1]))
        heard = heard if mask is None else heard * mask
        return da, dh, dc, heard.flatten(0, 1).T @ da.flatten(0, 1), None


class LSTMLayer(nn.Module):
    """One direction of one layer.

    Args:
        input_size: Numbers an input has.
        hidden_size: Units.
        recurrent_dropout: Part of the state that is zeroed on its way to the next step in training.
    """

    def __init__(self, input_size: int, hidden_size: int, recurrent_dropout: float = 0.0) -> None:
        super().__init__()
        self.recurrent_dropout = nn.Dropout(recurrent_dropout)
        self.W = nn.Parameter(torch.empty(input_size, 4 * hidden_size))
        self.U = nn.Parameter(torch.empty(hidden_size, 4 * hidden_size))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))
        for part in range(4):
            nn.init.xavier_uniform_(self.W.data[:, part * hidden_size : (part + 1) * hidden_size])
            nn.init.orthogonal_(self.U.data[:, part * hidden_size : (part + 1) * hidden_size])
        nn.init.ones_(self.b.data[hidden_size : 2 * hidden_size])

    def forward(
        self, x: Tensor, h: Tensor | None = None, c: Tensor | None = None, *, open_gates: Sequence[str] = ()
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Reads (T, B, E) from state ``h`` and cell ``c`` (B, H), zeros if None.

        Returns:
            States and cells (T, B, H), and without gradients the gates and candidates (T, B, 4H).
        """
        T, B, _ = x.shape
        # Every step's input product at once; in mixed precision this is what gains, the recurrence itself stays in float32.
        a = torch.addmm(self.b, x.flatten(0, 1), self.W).view(T, B, -1).to(self.U.dtype)
        h, c = (a.new_zeros(B, self.U.shape[0]) if s is None else s for s in (h, c))
        if torch.is_grad_enabled() and any(v.requires_grad for v in (a, h, c, self.U)):
            mask = self.recurrent_dropout(torch.ones_like(h)) if self.training and self.recurrent_dropout.p else None
            return *Steps.apply(a, h, c, self.U, mask), None
        return *run(a, h, c, self.U, open_gates=open_gates), a


def reverse(x: Tensor, lengths: Tensor) -> Tensor:
    """Turns each sequence of (T, B, ...) around within its length (B,); padding stays where it is."""
    t = torch.arange(x.shape[0], device=x.device)[:, None]  # (T, 1)
    source = torch.where(t < lengths, lengths - 1 - t, t)  # (T, B)
    return x.gather(0, source.view(*source.shape, *[1] * (x.ndim - 2)).expand_as(x))


class LSTMStates(NamedTuple):
    """What an :class:`LSTMStack` gives: ``last`` (T, B, D * H) of the top layer, zero where padded; ``state`` and
    ``cell``, each layer's and direction's final ones (layers * D, B, H); by layer ``states`` and ``cells``
    (T, B, D * H), and without gradients ``gates``, a tuple of directions (T, B, 4H).
    """

    last: Tensor
    state: Tensor
    cell: Tensor
    states: list[Tensor]
    cells: list[Tensor]
    gates: list[tuple[Tensor | None, ...]]


class LSTMStack(nn.Module):
    """Layers above one another, each in one or both directions, over sequences of various lengths.

    Padding stands at the right end: states at valid steps never see it, and outputs there are zero.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_hidden_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        directions = 2 if bidirectional else 1
        self.layers = nn.ModuleList(
            nn.ModuleList(
                LSTMLayer(input_size if i == 0 else directions * hidden_size, hidden_size, recurrent_dropout)
                for _ in range(directions)
            )
            for i in range(num_hidden_layers)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        lengths: Tensor,
        initial: tuple[Tensor, Tensor] | None = None,
        *,
        open_gates: Sequence[str] = (),
    ) -> LSTMStates:
        """Reads inputs (T, B, E) with ``lengths`` (B,) valid steps, from (state, cell), each (layers * D, B, H)."""
        valid = (torch.arange(x.shape[0], device=x.device)[:, None] < lengths)[..., None]  # (T, B, 1)
        final_h, final_c, states, cells, gates = [], [], [], [], []
        for n, directions in enumerate(self.layers):
            both = []
            for d, layer in enumerate(directions):
                h, c = (None, None) if initial is None else (s[n * len(directions) + d] for s in initial)
                out, cell, gate = layer(reverse(x, lengths) if d else x, h, c, open_gates=open_gates)
                at = (lengths - 1).view(1, -1, 1).expand(1, -1, out.shape[2])
                final_h.append(out.gather(0, at)[0])
                final_c.append(cell.gather(0, at)[0])
                both.append(tuple(s if not d or s is None else reverse(s, lengths) for s in (out, cell, gate)))
            outs, cs, gs = zip(*both, strict=True)
            states.append(torch.cat(outs, -1) * valid)  # (T, B, D * H)
            cells.append(torch.cat(cs, -1))
            gates.append(gs)
            x = self.dropout(states[-1])
        return LSTMStates(states[-1], torch.stack(final_h), torch.stack(final_c), states, cells, gates)


class LSTMOutput(NamedTuple):
    """What an :class:`LSTM` gives.

    Attributes:
        logits: (B, C) of a classifier, (B, T, V) of a language model.
        loss: Mean cross-entropy in nats, if labels were given.
        state: Final states and cells, (layers * D, B, H) each: what a next call can go on from.
        hidden_states, cells: By layer, (layers, B, T, D * H), if traced.
        gates: i, f, o and candidate u by layer, (layers, 4, B, T, D * H), if traced without gradients.
    """

    logits: Tensor
    loss: Tensor | None = None
    state: tuple[Tensor, Tensor] | None = None
    hidden_states: Tensor | None = None
    cells: Tensor | None = None
    gates: Tensor | None = None


class LSTM(Model):
    """Embedding, LSTM layers, and a head that classifies the text or names the next token."""

    config_class = LSTMConfig

    def __init__(self, config: LSTMConfig) -> None:
        super().__init__(config)
        c = config
        width = c.hidden_size * (2 if c.bidirectional else 1)
        self.embedding = nn.Embedding(c.vocab_size, c.embedding_size)
        self.lstm = LSTMStack(
            c.embedding_size,
            c.hidden_size,
            c.num_hidden_layers,
            bidirectional=c.bidirectional,
            dropout=c.dropout,
            recurrent_dropout=c.recurrent_dropout,
        )
        self.dropout = nn.Dropout(c.dropout)
        self.head = nn.Linear(width, c.vocab_size if c.head == "language-modeling" else c.num_labels)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)

    def forward(
        self,
        input_ids: Tensor | None = None,
        lengths: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        inputs_embeds: Tensor | None = None,
        state: tuple[Tensor, Tensor] | None = None,
        open_gates: Sequence[str] = (),
        trace: bool = False,
    ) -> LSTMOutput:
        """Reads a batch of texts.

        Args:
            input_ids: Token ids (B, T), or bags of them (B, T, G) that are averaged; padded with 0 at the right end.
            lengths: Valid tokens of each text (B,); all if None.
            labels: Classes (B,) or their probabilities (B, C); of a language model the next tokens (B, T), -100 where there is none.
            inputs_embeds: Embeddings (B, T, E) in place of ``input_ids``.
            state: Where an earlier call left off.
            open_gates: Names of :data:`GATES` held at 1; only without gradients.
            trace: Whether to return states, cells and gates.
        """
        x = self.embed(input_ids) if inputs_embeds is None else inputs_embeds  # (B, T, E)
        if lengths is None:
            lengths = torch.full(x.shape[:1], x.shape[1], device=x.device)
        if self.training and self.config.token_dropout:
            x = x * (torch.rand(*x.shape[:2], 1, device=x.device) >= self.config.token_dropout)
        out = self.lstm(self.dropout(x).transpose(0, 1), lengths, state, open_gates=open_gates)
        if self.config.head == "language-modeling":
            logits = self.head(self.dropout(out.last).transpose(0, 1))  # (B, T, V)
        else:
            logits = self.head(self.dropout(self._pool(out, lengths)))  # (B, D * H) -> (B, C)
        traced = self._trace(out) if trace else {}
        return LSTMOutput(logits, loss_of(logits, labels), (out.state, out.cell), **traced)

    def embed(self, input_ids: Tensor) -> Tensor:
        """Embeddings (B, T, E) of ids (B, T), or the means of bags of ids (B, T, G), as for a word's pieces."""
        if input_ids.ndim == 2:
            return self.embedding(input_ids)
        bags = input_ids.flatten(0, 1)  # (B * T, G)
        x = nn.functional.embedding_bag(bags, self.embedding.weight, mode="mean", padding_idx=0)
        return x.view(*input_ids.shape[:2], -1)

    def _pool(self, out: LSTMStates, lengths: Tensor) -> Tensor:
        if self.config.pooling == "max":
            padded = torch.arange(out.last.shape[0], device=lengths.device)[:, None] >= lengths  # (T, B)
            return out.last.masked_fill(padded[..., None], -1).amax(0)  # states lie above -1
        return torch.cat(tuple(out.state[-len(self.lstm.layers[-1]) :]), -1)

    def _trace(self, out: LSTMStates) -> dict[str, Tensor]:
        traced = {
            "hidden_states": torch.stack(out.states).transpose(1, 2),
            "cells": torch.stack(out.cells).transpose(1, 2),
        }
        if out.gates[0][0] is not None:
            layers = [torch.cat([torch.stack(g.chunk(4, -1)) for g in gs], -1) for gs in out.gates]  # (4, T, B, D * H)
            traced["gates"] = torch.stack(layers).transpose(2, 3)
        return traced


def loss_of(logits: Tensor, labels: Tensor | None) -> Tensor | None:
    """Mean cross-entropy; binary where there is one output. ``labels`` are classes, or a probability of each class."""
    if labels is None:
        return None
    if logits.shape[-1] == 1:
        return nn.functional.binary_cross_entropy_with_logits(logits[..., 0], labels.to(logits.dtype))
    return nn.functional.cross_entropy(logits.flatten(0, -2), labels.flatten(0, logits.ndim - 2))
