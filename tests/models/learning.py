"""Does every parameter learn? One training step on noise, for any of our networks."""

import torch
from torch import Tensor, nn

from lmdemo.models.bert import Bert
from lmdemo.models.cnn import CNN
from lmdemo.models.gpt import GPT
from lmdemo.models.lstm import LSTM
from lmdemo.models.lstm_forecast import LSTMForecast
from lmdemo.models.lstm_speech import LSTMSpeech
from lmdemo.models.lstm_translation import LSTMTranslation
from lmdemo.models.rnn import RNN
from lmdemo.models.siamese import Siamese
from lmdemo.models.transformer import Transformer
from lmdemo.models.waveglow import WaveGlow
from lmdemo.models.wavenet import WaveNet
from lmdemo.models.wavernn import WaveRNN
from lmdemo.models.wavernn_stacked import StackedWaveRNN
from lmdemo.models.yolo import YOLO

B, T = 4, 6


def batch_for(model: nn.Module) -> dict[str, Tensor]:
    """A small batch of noise that gives a loss."""
    c = model.config
    if isinstance(model, CNN):
        pixels = torch.randn(B, c.num_channels, c.image_size, c.image_size)
        return {"pixel_values": pixels, "labels": torch.arange(B) % len(c.labels)}
    if isinstance(model, YOLO):
        boxes = torch.tensor([[2.0, 2, 30, 30], [40, 40, 60, 60], [10, 40, 30, 60]]).expand(
            B, -1, -1
        )  # for every grid one
        return {"pixel_values": torch.rand(B, 3, 64, 64), "labels": torch.tensor([[0, 1, 2]] * B), "boxes": boxes}
    if isinstance(model, Siamese):
        return {"input_features": torch.randn(B, 64, c.num_mels), "labels": torch.tensor([0, 0, 1, 1])}
    if isinstance(model, LSTMSpeech):
        labels = torch.randint(1, len(c.letters), (B, 3))
        features, lengths = torch.randn(B, 60, c.num_mels), torch.full((B,), 60)
        return {"input_features": features, "lengths": lengths, "labels": labels, "label_lengths": torch.full((B,), 3)}
    if isinstance(model, LSTMForecast):
        return {"values": torch.randn(B, c.context_length), "labels": torch.randn(B, c.prediction_length)}
    if isinstance(model, WaveGlow):
        S, phase = 2 * c.hop, torch.rand(B, 2 * c.hop) if c.phase else None
        return {"waveform": torch.randn(B, S), "mels": torch.randn(B, 2, c.num_mels), "phase": phase}
    if isinstance(model, WaveNet) and c.plain:
        return {"inputs": torch.randn(B, 40, 1), "labels": torch.randint(256, (B, 40))}
    if isinstance(model, WaveNet | WaveRNN):
        S, before = 2 * c.hop, c.before if isinstance(model, WaveRNN) else 0
        levels = torch.cat(
            [torch.randint(256, (B, before + S, 3)), torch.randint(c.phases + 1, (B, before + S, 1))], -1
        )
        labels = torch.randint(256, (B, S, 2) if isinstance(model, WaveRNN) and c.dual else (B, S))
        return {"inputs": levels, "features": torch.randn(B, 2, c.num_features), "labels": labels}
    if isinstance(model, StackedWaveRNN):
        S, mels = 2 * c.hop, torch.randn(B, 2 + c.kernel_size - 1, c.num_mels)
        return {"waveform": torch.rand(B, S) * 2 - 1, "mels": mels, "labels": torch.randint(c.num_levels, (B, S))}
    known = isinstance(model, RNN | LSTM | LSTMTranslation | Transformer | Bert | GPT)
    assert known, f"write a batch of {type(model).__name__} into tests/models/learning.py"
    ids = torch.randint(5, c.vocab_size, (B, T))
    if isinstance(model, LSTMTranslation):
        lengths = torch.full((B,), T)
        return {"input_ids": ids, "lengths": lengths, "decoder_input_ids": ids, "labels": ids}
    if isinstance(model, GPT | Bert):
        return {"input_ids": ids, "labels": ids}
    if getattr(c, "head", "classification") == "language-modeling":
        return {"input_ids": ids, "labels": ids}
    labels = torch.arange(B) % max(2, c.num_labels)
    return {"input_ids": ids, "lengths": torch.full((B,), T), "labels": labels}


def stuck(model: nn.Module, steps: int = 3) -> list[str]:
    """The parameters that some steps of training give no gradient, or do not move.

    One step is too little: what stands before a layer that begins at zero hears of the loss only when that has moved.
    """
    torch.manual_seed(0)
    batch, told = batch_for(model.train()), set()
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad])
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for _ in range(steps):
        optimizer.zero_grad()
        model(**batch).loss.backward()
        optimizer.step()
        told |= {name for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().max() > 0}
    return [name for name, p in model.named_parameters() if name not in told or torch.equal(p, before[name])]
