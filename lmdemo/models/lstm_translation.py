"""Translation: an LSTM reads a sentence, another writes it in a second language and looks back at every word (attention).

Sutskever et al., arXiv:1409.3215; Bahdanau et al., arXiv:1409.0473; the global, bilinear attention of Luong et al.,
arXiv:1508.04025. Differs in: what was looked at is not fed to the next step, so that a whole sentence trains at once;
one table of pieces of words serves both languages and the output (Press & Wolf, arXiv:1608.05859).

Shapes: B sentences, S source and T target pieces, E embedding, H hidden units of the decoder, V vocabulary.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmdemo.models.base import Model
from lmdemo.models.lstm import LSTMStack

PAD, UNK, BOS, EOS = range(4)


@dataclass(frozen=True)
class LSTMTranslationConfig:
    """Shape of an :class:`LSTMTranslation`.

    Attributes:
        vocab_size: Pieces of words of both languages; the first four pad, stand for the unknown, begin and end.
        embedding_size: Numbers a piece is turned into.
        hidden_size: Units of the decoder; the encoder has half of them in each direction.
        dropout: Part of embeddings and of what the output reads that is zeroed in training, 0 to 1.
        token_dropout: Part of the pieces, read and written, that is zeroed as a whole in training, 0 to 1.
        label_smoothing: Part of the truth that is spread over all pieces in training, 0 to 1.
    """

    vocab_size: int = 4_000
    embedding_size: int = 192
    hidden_size: int = 256
    dropout: float = 0.3
    token_dropout: float = 0.05
    label_smoothing: float = 0.1


class Memory(NamedTuple):
    """What the encoder hands over: ``states`` (B, S, H), which of them are padding (B, S), and (state, cell) to begin with."""

    states: Tensor
    padding: Tensor
    begin: tuple[Tensor, Tensor]


class LSTMTranslationOutput(NamedTuple):
    """What an :class:`LSTMTranslation` gives.

    Attributes:
        logits: (B, T, V).
        loss: Cross-entropy in nats a piece (with smoothing in training), if labels were given.
        attention: How much each target piece looked at each source piece, (B, T, S); rows sum to 1.
    """

    logits: Tensor
    loss: Tensor | None
    attention: Tensor


class LSTMTranslation(Model):
    """Bidirectional encoder, attending decoder, one shared table of pieces."""

    config_class = LSTMTranslationConfig

    def __init__(self, config: LSTMTranslationConfig) -> None:
        super().__init__(config)
        c = config
        self.embedding = nn.Embedding(c.vocab_size, c.embedding_size)
        nn.init.normal_(self.embedding.weight, std=c.embedding_size**-0.5)
        self.encoder = LSTMStack(c.embedding_size, c.hidden_size // 2, bidirectional=True)
        self.decoder = LSTMStack(c.embedding_size, c.hidden_size)
        self.look = nn.Linear(c.hidden_size, c.hidden_size, bias=False)
        self.combine = nn.Linear(2 * c.hidden_size, c.embedding_size)
        self.bias = nn.Parameter(torch.zeros(c.vocab_size))
        self.dropout = nn.Dropout(c.dropout)

    def _embed(self, ids: Tensor) -> Tensor:
        x = self.dropout(self.embedding(ids))  # (B, T, E)
        if self.training and self.config.token_dropout:
            x = x * (torch.rand(*ids.shape, 1, device=ids.device) >= self.config.token_dropout)
        return x.transpose(0, 1)

    def encode(self, input_ids: Tensor, lengths: Tensor) -> Memory:
        """Reads source pieces (B, S), ``lengths`` (B,) of them valid."""
        x = self._embed(input_ids)  # (S, B, E)
        out = self.encoder(x, lengths)
        begin = tuple(torch.cat(tuple(s), -1)[None] for s in (out.state, out.cell))  # both directions: (1, B, H)
        return Memory(
            out.last.transpose(0, 1), torch.arange(input_ids.shape[1], device=lengths.device) >= lengths[:, None], begin
        )

    def decode(
        self,
        decoder_input_ids: Tensor,
        memory: Memory,
        state: tuple[Tensor, Tensor] | None = None,
        *,
        attend: bool = True,
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Writes on.

        Args:
            decoder_input_ids: What was written so far, or since ``state``, (B, T).
            memory: What was read.
            state: State and cell after an earlier call (1, B, H); the encoder's end if None.
            attend: False lets every step see the mean of all words instead, to see what attention is good for.

        Returns:
            Logits (B, T, V), attention (B, T, S), and state and cell now.
        """
        x = self._embed(decoder_input_ids)  # (T, B, E)
        lengths = torch.full(x.shape[1:2], len(x), device=x.device)
        out = self.decoder(x, lengths, memory.begin if state is None else state)
        h = out.last.transpose(0, 1)  # (B, T, H)
        scores = self.look(h) @ memory.states.transpose(1, 2)  # (B, T, H) @ (B, H, S) -> (B, T, S)
        scores = scores if attend else torch.zeros_like(scores)
        attention = scores.masked_fill(memory.padding[:, None], -torch.inf).softmax(-1)
        seen = attention @ memory.states  # (B, T, S) @ (B, S, H) -> (B, T, H)
        both = self.combine(torch.cat((h, seen), -1)).tanh()  # (B, T, 2H) -> (B, T, E)
        return self.dropout(both) @ self.embedding.weight.T + self.bias, attention, (out.state, out.cell)

    def forward(
        self, input_ids: Tensor, lengths: Tensor, decoder_input_ids: Tensor, labels: Tensor | None = None
    ) -> LSTMTranslationOutput:
        """Reads source pieces (B, S) and, given the translation up to each piece (B, T), names the next (labels (B, T), -100
        where there is none).
        """
        logits, attention, _ = self.decode(decoder_input_ids, self.encode(input_ids, lengths))
        loss = None
        if labels is not None:
            smoothing = self.config.label_smoothing if self.training else 0.0
            loss = nn.functional.cross_entropy(
                logits.flatten(0, 1).float(), labels.flatten(), label_smoothing=smoothing
            )
        return LSTMTranslationOutput(logits, loss, attention)
