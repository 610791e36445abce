"""The plain recurrent network: one element at a time, a hidden state made of the input and the state before.

Elman, "Finding structure in time", Cognitive Science 14 (1990). Differs in: word embeddings before it, a gradient
worked out by hand for the whole sequence (equal to the automatic one, and faster), no context units beyond the state.

Shapes: B sequences, T steps, E numbers an input, H hidden units, D directions, V vocabulary, C classes.
Inside, time comes first: (T, B, ...), because a step reads one slice.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from lmdemo.models.base import Model

HEADS = ("classification", "language-modeling")


@dataclass(frozen=True)
class RNNConfig:
    """Shape of an :class:`RNN`; the defaults are the textbook's classifier.

    Attributes:
        vocab_size: Entries of the embedding table; id 0 pads.
        embedding_size: Numbers a token is turned into.
        hidden_size: Units of each layer and direction.
        num_hidden_layers: Layers above one another.
        bidirectional: Whether every layer also reads from the end.
        dropout: Part of the layers' inputs and of the head's input that is zeroed in training, 0 to 1.
        token_dropout: Part of the tokens that is zeroed as a whole in training, 0 to 1.
        head: ``classification`` reads the last state, ``language-modeling`` names the next token after each.
        num_labels: Classes; 1 means one sigmoid output for yes or no.
    """

    vocab_size: int = 10_000
    embedding_size: int = 32
    hidden_size: int = 32
    num_hidden_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    token_dropout: float = 0.0
    head: str = "classification"
    num_labels: int = 1

    @classmethod
    def textbook(cls) -> "RNNConfig":
        """The preset of the textbook: 10,000 x 32 embeddings, 32 units, one sigmoid."""
        return cls()


class Steps(torch.autograd.Function):
    """h_t = tanh(a_t + h_{t-1} U) for all t, and its gradient through time."""

    @staticmethod
    def forward(ctx, a: Tensor, h_0: Tensor, U: Tensor) -> Tensor:  # (T, B, H), (B, H), (H, H) -> (T, B, H)
        """All steps, and what the way back needs of them."""
        states = run(a, h_0, U)
        ctx.save_for_backward(states, h_0, U)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx, dstates: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Backpropagation through time: the gradients, from the last step to the first."""
        states, h_0, U = ctx.saved_tensors
        slope = 1 - states * states  # tanh' at every step
        da = torch.empty_like(states)
        dh = torch.zeros_like(h_0)
        for d, s, out in zip(reversed(dstates.unbind()), reversed(slope.unbind()), reversed(da.unbind()), strict=True):
            torch.mul(dh + d, s, out=out)  # what reaches this step: from its output, and from the step after
            dh = out @ U.T
        before = torch.cat((h_0[None], states[:-1]))
        return da, dh, before.flatten(0, 1).T @ da.flatten(0, 1)  # one product sums U's gradient over all steps


def run(a: Tensor, h: Tensor, U: Tensor) -> Tensor:
    """The recurrence itself: ``a`` (T, B, H) holds each step's part from its input. Gives the states (T, B, H)."""
    states = torch.empty_like(a)
    for a_t, h_t in zip(a.unbind(), states.unbind(), strict=True):
        h = torch.addmm(a_t, h, U, out=h_t).tanh_()
    return states


class RNNLayer(nn.Module):
    """One direction of one layer: h_t = tanh(x_t W + h_{t-1} U + b).

    Args:
        input_size: Numbers an input has.
        hidden_size: Units.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.W = nn.Parameter(torch.empty(input_size, hidden_size))
        self.U = nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.b = nn.Parameter(torch.zeros(hidden_size))
        nn.init.xavier_uniform_(self.W)
        nn.init.orthogonal_(self.U)  # keeps lengths, so that gradients start out neither vanishing nor exploding

    def forward(self, x: Tensor, h: Tensor | None = None) -> Tensor:
        """Reads (T, B, E) from state ``h`` (B, H), zeros if None; gives the states (T, B, H)."""
        T, B, _ = x.shape
        a = torch.addmm(self.b, x.flatten(0, 1), self.W).view(T, B, -1)  # every step's input product at once
        h = a.new_zeros(B, a.shape[2]) if h is None else h
        if torch.is_grad_enabled() and any(v.requires_grad for v in (a, h, self.U)):
            return Steps.apply(a, h, self.U)
        return run(a, h, self.U)


def reverse(x: Tensor, lengths: Tensor) -> Tensor:
    """Turns each sequence of (T, B, ...) around within its length (B,); padding stays where it is."""
    t = torch.arange(x.shape[0], device=x.device)[:, None]  # (T, 1)
    source = torch.where(t < lengths, lengths - 1 - t, t)  # (T, B)
    return x.gather(0, source.view(*source.shape, *[1] * (x.ndim - 2)).expand_as(x))


class RNNStack(nn.Module):
    """Layers above one another, each in one or both directions, over sequences of various lengths.

    Padding stands at the right end: states at valid steps never see it, and outputs there are zero.
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_hidden_layers: int, bidirectional: bool, dropout: float
    ) -> None:
        super().__init__()
        directions = 2 if bidirectional else 1
        self.layers = nn.ModuleList(
            nn.ModuleList(
                RNNLayer(input_size if i == 0 else directions * hidden_size, hidden_size) for _ in range(directions)
            )
            for i in range(num_hidden_layers)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, lengths: Tensor, initial: Tensor | None = None) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Reads a batch.

        Args:
            x: Inputs (T, B, E).
            lengths: Valid steps of each sequence (B,), at least 1.
            initial: States to begin with (layers * D, B, H); zeros if None.

        Returns:
            The top layer's states (T, B, D * H), each layer's and direction's last state (layers * D, B, H), and all
            states by layer, each (T, B, D * H).
        """
        T = x.shape[0]
        valid = (torch.arange(T, device=x.device)[:, None] < lengths)[..., None]  # (T, B, 1)
        final, every = [], []
        for i, directions in enumerate(self.layers):
            states = []
            for d, layer in enumerate(directions):
                h = None if initial is None else initial[i * len(directions) + d]
                out = layer(reverse(x, lengths) if d else x, h)  # (T, B, H)
                final.append(out.gather(0, (lengths - 1).view(1, -1, 1).expand(1, -1, out.shape[2]))[0])
                states.append(reverse(out, lengths) if d else out)
            every.append(torch.cat(states, -1) * valid)  # (T, B, D * H)
            x = self.dropout(every[-1])
        return every[-1], torch.stack(final), every


class RNNOutput(NamedTuple):
    """What an :class:`RNN` gives.

    Attributes:
        logits: (B, C) of a classifier, (B, T, V) of a language model.
        loss: Mean cross-entropy in nats, if labels were given.
        state: Last states, (layers * D, B, H): what a next call can go on from.
        hidden_states: States by layer, (layers, B, T, D * H), if traced.
    """

    logits: Tensor
    loss: Tensor | None = None
    state: Tensor | None = None
    hidden_states: Tensor | None = None


class RNN(Model):
    """Embedding, recurrent layers, and a head that classifies the text or names the next token."""

    config_class = RNNConfig

    def __init__(self, config: RNNConfig) -> None:
        super().__init__(config)
        c = config
        width = c.hidden_size * (2 if c.bidirectional else 1)
        self.embedding = nn.Embedding(c.vocab_size, c.embedding_size)
        self.rnn = RNNStack(c.embedding_size, c.hidden_size, c.num_hidden_layers, c.bidirectional, c.dropout)
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
        state: Tensor | None = None,
        trace: bool = False,
    ) -> RNNOutput:
        """Reads a batch of texts.

        Args:
            input_ids: Token ids (B, T), padded at the right end.
            lengths: Valid tokens of each text (B,); all if None.
            labels: Classes (B,); of a language model the next tokens (B, T), -100 where there is none.
            inputs_embeds: Embeddings (B, T, E) in place of ``input_ids``.
            state: Where an earlier call left off.
            trace: Whether to return all states.
        """
        x = self.embedding(input_ids) if inputs_embeds is None else inputs_embeds  # (B, T, E)
        if lengths is None:
            lengths = torch.full(x.shape[:1], x.shape[1], device=x.device)
        if self.training and self.config.token_dropout:
            x = x * (torch.rand(*x.shape[:2], 1, device=x.device) >= self.config.token_dropout)
        states, final, every = self.rnn(self.dropout(x).transpose(0, 1), lengths, state)
        if self.config.head == "language-modeling":
            logits = self.head(self.dropout(states).transpose(0, 1))  # (B, T, V)
        else:
            D = 2 if self.config.bidirectional else 1
            logits = self.head(self.dropout(torch.cat(tuple(final[-D:]), -1)))  # (B, D * H) -> (B, C)
        hidden = torch.stack(every).transpose(1, 2) if trace else None
        return RNNOutput(logits, loss_of(logits, labels), final, hidden)


def loss_of(logits: Tensor, labels: Tensor | None) -> Tensor | None:
    """Mean cross-entropy; binary where there is one output."""
    if labels is None:
        return None
    if logits.shape[-1] == 1:
        return nn.functional.binary_cross_entropy_with_logits(logits[..., 0], labels.to(logits.dtype))
    return nn.functional.cross_entropy(logits.flatten(0, -2), labels.flatten())
