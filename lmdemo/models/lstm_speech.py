"""Speech to letters: bidirectional LSTMs over log-mel frames, trained by connectionist temporal classification (CTC).

Graves et al., ICML 2006. Differs in: three frames are read as one step, dropout between layers.

Shapes: B clips, F frames, M mel bands, T = F / stack steps, H hidden units, C letters and the blank (id 0).
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmdemo.models.base import Model
from lmdemo.models.lstm import LSTMStack


@dataclass(frozen=True)
class LSTMSpeechConfig:
    """Shape of an :class:`LSTMSpeech`.

    Attributes:
        num_mels: Bands of the features.
        stack: Frames that one step reads.
        hidden_size: Units of each layer and direction.
        num_hidden_layers: Layers above one another.
        dropout: Part of each layer's input that is zeroed in training, 0 to 1.
        letters: What it can write, in the order of its outputs after the blank.
    """

    num_mels: int = 40
    stack: int = 3
    hidden_size: int = 128
    num_hidden_layers: int = 2
    dropout: float = 0.3
    letters: str = " 'abcdefghijklmnopqrstuvwxyz"


class LSTMSpeechOutput(NamedTuple):
    """What an :class:`LSTMSpeech` gives.

    Attributes:
        logits: (B, T, C).
        lengths: Valid steps (B,).
        loss: CTC loss in nats a letter, if labels were given.
        hidden_states: By layer (layers, B, T, 2H), if traced.
    """

    logits: Tensor
    lengths: Tensor
    loss: Tensor | None = None
    hidden_states: Tensor | None = None


class LSTMSpeech(Model):
    """Log-mel frames -> bidirectional LSTM layers -> letters over time."""

    config_class = LSTMSpeechConfig

    def __init__(self, config: LSTMSpeechConfig) -> None:
        super().__init__(config)
        c = config
        self.lstm = LSTMStack(
            c.num_mels * c.stack, c.hidden_size, c.num_hidden_layers, bidirectional=True, dropout=c.dropout
        )
        self.dropout = nn.Dropout(c.dropout)
        self.head = nn.Linear(2 * c.hidden_size, len(c.letters) + 1)

    def forward(
        self,
        input_features: Tensor,
        lengths: Tensor,
        labels: Tensor | None = None,
        label_lengths: Tensor | None = None,
        *,
        trace: bool = False,
    ) -> LSTMSpeechOutput:
        """Listens.

        Args:
            input_features: Normalised log-mels (B, F, M), padded at the end.
            lengths: Valid frames of each clip (B,).
            labels: Letters' ids from 1, padded (B, letters).
            label_lengths: Valid letters (B,).
            trace: Whether to return all states.
        """
        k = self.config.stack
        x = nn.functional.pad(input_features, (0, 0, 0, -input_features.shape[1] % k))
        steps = x.view(len(x), -1, k * x.shape[2]).transpose(0, 1)  # (B, F, M) -> (T, B, k * M)
        lengths = (lengths + k - 1) // k
        out = self.lstm(steps, lengths)
        logits = self.head(self.dropout(out.last))  # (T, B, C)
        loss = None
        if labels is not None:
            loss = nn.functional.ctc_loss(logits.log_softmax(-1), labels, lengths, label_lengths, zero_infinity=True)
        hidden = torch.stack(out.states).transpose(1, 2) if trace else None
        return LSTMSpeechOutput(logits.transpose(0, 1), lengths, loss, hidden)


def normalize(features: Tensor) -> Tensor:
    """Log-mels (F, M) with every band at mean 0 and deviation 1 over the clip: loudness and microphone drop out."""
    return (features - features.mean(0)) / features.std(0, correction=0).clamp_min(0.1)
