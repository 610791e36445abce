"""WaveRNN of two recurrent layers, as torchaudio has it from fatchord's: it draws the sample itself, in levels of equal height.

``torchaudio.models.WaveRNN``, from which weights can be taken; after Kalchbrenner et al., arXiv:1802.08435, see
:mod:`lmdemo.models.wavernn` for the network that we train.

Shapes: B clips, S samples, F frames, M mel bands, X numbers more that a frame tells, H hidden units, V levels. Inside the recurrent
layers time comes first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmdemo.models import compiled
from lmdemo.models.base import Model
from lmdemo.models.closed_loop import draw
from lmdemo.models.wavernn import GRU, cell


@dataclass(frozen=True)
class StackedWaveRNNConfig:
    """Shape of a :class:`StackedWaveRNN`; the defaults are torchaudio's, for frames of 200 samples.

    Attributes:
        num_mels: Bands of the mels.
        upsample_scales: By how much the mels are stretched, step by step, to one row a sample.
        num_levels: Of a sample.
        hidden_size: Units of each recurrent layer.
        head_channels: Units of the layers above.
        num_blocks, block_channels: Of the residual network that reads the mels.
        kernel_size: Frames that its first layer sees.
        aux_channels: Numbers that it tells of a frame, a quarter to each of four layers.
    """

    num_mels: int = 80
    upsample_scales: tuple[int, ...] = (5, 5, 8)
    num_levels: int = 256
    hidden_size: int = 512
    head_channels: int = 512
    num_blocks: int = 10
    block_channels: int = 128
    kernel_size: int = 5
    aux_channels: int = 128

    @property
    def hop(self) -> int:
        """Samples a frame."""
        return prod(self.upsample_scales)


class Residual(nn.Module):
    """Two 1x1 convolutions whose result is added to what they read."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers = [nn.Conv1d(channels, channels, 1, bias=False), nn.BatchNorm1d(channels), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv1d(channels, channels, 1, bias=False), nn.BatchNorm1d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, F) -> the same shape."""
        return x + self.layers(x)


class Told(NamedTuple):
    """What the mels tell each sample: of the stretched mels (B, S, M), and four times X / 4 numbers, (B, S, X)."""

    mels: Tensor
    aux: Tensor


class StackedOutput(NamedTuple):
    """What a :class:`StackedWaveRNN` gives: logits of each sample's level (B, S, V), and mean cross-entropy if labels were given."""

    logits: Tensor
    loss: Tensor | None = None


class StackedWaveRNN(Model):
    """Two recurrent layers with what they read added to what they make, and three layers above."""

    config_class = StackedWaveRNNConfig

    def __init__(self, config: StackedWaveRNNConfig) -> None:
        super().__init__(config)
        c = config
        H, part = c.hidden_size, c.aux_channels // 4
        self.frames = nn.Sequential(
            nn.Conv1d(c.num_mels, c.block_channels, c.kernel_size, bias=False),
            nn.BatchNorm1d(c.block_channels),
            nn.ReLU(),
            *(Residual(c.block_channels) for _ in range(c.num_blocks)),
            nn.Conv1d(c.block_channels, c.aux_channels, 1),
        )
        self.smooth = nn.ModuleList(nn.Conv1d(1, 1, 2 * s + 1, padding=s, bias=False) for s in c.upsample_scales)
        for layer, scale in zip(self.smooth, c.upsample_scales, strict=True):
            nn.init.constant_(layer.weight, 1 / (2 * scale + 1))
        self.begin = nn.Linear(1 + c.num_mels + part, H)
        self.heard = nn.ModuleList([nn.Linear(H, 3 * H), nn.Linear(H + part, 3 * H)])
        self.grus = nn.ModuleList([GRU(H), GRU(H)])
        self.above = nn.ModuleList(
            [nn.Linear(H + part, c.head_channels), nn.Linear(c.head_channels + part, c.head_channels)]
        )
        self.out = nn.Linear(c.head_channels, c.num_levels)

    def forward(self, waveform: Tensor, mels: Tensor, labels: Tensor | None = None) -> StackedOutput:
        """Hears whole clips at once.

        Args:
            waveform: The sample before each, -1 to 1, (B, S).
            mels: (B, F, M), with ``kernel_size // 2`` frames more at either end.
            labels: Levels (B, S), -100 where they do not count.
        """
        told = self.tell(mels)
        parts = told.aux.chunk(4, -1)
        x = self.begin(torch.cat((waveform[..., None], told.mels, parts[0]), -1))  # (B, S, H)
        for gru, heard, also in zip(self.grus, self.heard, ((), parts[1:2]), strict=True):
            sums = heard(torch.cat((x, *also), -1)).transpose(0, 1)
            x = x + gru(sums, x.new_zeros(len(x), self.config.hidden_size)).transpose(0, 1)
        for layer, part in zip(self.above, parts[2:], strict=True):
            x = F.relu(layer(torch.cat((x, part), -1)))
        logits = self.out(x)
        loss = None if labels is None else F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        return StackedOutput(logits, loss)

    def tell(self, mels: Tensor) -> Told:
        """(B, F + kernel_size - 1, M) -> what each of the frames' samples is told."""
        x, hop = mels.transpose(1, 2), self.config.hop
        aux = self.frames(x).repeat_interleave(hop, -1).transpose(1, 2)  # (B, S, X)
        rows = x.flatten(0, 1)[:, None]  # (B M, 1, frames)
        for layer, scale in zip(self.smooth, self.config.upsample_scales, strict=True):
            rows = layer(rows.repeat_interleave(scale, -1))
        edge = self.config.kernel_size // 2 * hop
        return Told(rows[:, 0, edge : rows.shape[2] - edge].unflatten(0, (len(mels), -1)).transpose(1, 2), aux)

    def step(self, sample: float, mel: Tensor, aux: Tensor, states: list[Tensor]) -> Tensor:
        """One sample: the one before it, what it is told (M,) and (X,), and two states (1, H), which are replaced -> (V,)."""
        parts = aux.chunk(4)
        x = self.begin(torch.cat((mel.new_tensor([sample]), mel, parts[0])))[None]
        for i, also in enumerate(((), parts[1:2])):
            sums = self.heard[i](torch.cat((x[0], *also)))[None]
            states[i] = cell(sums, states[i], self.grus[i].U, self.grus[i].b)
            x = x + states[i]
        for layer, part in zip(self.above, parts[2:], strict=True):
            x = F.relu(layer(torch.cat((x[0], part))))[None]
        return self.out(x)[0]

    @torch.inference_mode()
    def generate(
        self,
        mels: Tensor,
        *,
        temperature: float = 1.0,
        seed: int = 0,
        forced: np.ndarray | None = None,
        fast: bool = True,
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Speaks, a frame at a time.

        Args:
            mels: (F, M).
            temperature: Above 0.
            seed: Of the chance.
            forced: Levels that are taken in place of drawn ones, (S,); -1 where one is drawn.
            fast: Whether to take the compiled loop where there is one.

        Yields:
            Samples (hop,) and the logits from which they were drawn, (hop, V).
        """
        c, edge = self.config, self.config.kernel_size // 2
        told = self.tell(F.pad(mels, (0, 0, edge, edge))[None])
        S = told.mels.shape[1]
        uniform = np.random.default_rng(seed).random(S)
        forced = np.full(S, -1) if forced is None else np.ascontiguousarray(forced, np.int64)
        loop = compiled.find("wavernn_stacked") if fast else None
        speaker = StackedSpeaker(self) if loop is None else loop.StackedSpeaker(self)
        for start in range(0, S, c.hop):
            now = slice(start, start + c.hop)
            yield speaker.speak(told.mels[0, now], told.aux[0, now], uniform[now], forced[now], temperature)

    @classmethod
    def from_torchaudio(cls, state: Mapping[str, Tensor], upsample_scales: tuple[int, ...]) -> Self:
        """The network of ``torchaudio.models.WaveRNN(...).state_dict()``."""
        renamed = {ours: state[theirs] for theirs, ours in torchaudio_names(state).items()}
        for name in renamed:
            if name.endswith(".U"):
                renamed[name] = renamed[name].T
            elif name.startswith("smooth."):
                renamed[name] = renamed[name][:, :, 0]  # they stretch pictures, we rows
        model = cls(
            StackedWaveRNNConfig(
                num_mels=renamed["frames.0.weight"].shape[1],
                upsample_scales=tuple(upsample_scales),
                num_levels=len(renamed["out.bias"]),
                hidden_size=len(renamed["grus.0.U"]),
                head_channels=len(renamed["above.0.bias"]),
                num_blocks=sum(name.endswith("layers.0.weight") for name in renamed),
                block_channels=len(renamed["frames.0.weight"]),
                kernel_size=renamed["frames.0.weight"].shape[2],
                aux_channels=len(
                    renamed[f"frames.{max(int(n.split('.')[1]) for n in renamed if n[:7] == 'frames.')}.bias"]
                ),
            )
        )
        model.load_state_dict(renamed)
        return model.eval()


def torchaudio_names(state: Mapping[str, Tensor]) -> dict[str, str]:
    """What each tensor of torchaudio's is called here: their name -> ours."""
    renamed = {
        "upsample.resnet.melresnet_model.": "frames.",
        ".resblock_model.": ".layers.",
        "rnn1.weight_ih_l0": "heard.0.weight",
        "rnn1.bias_ih_l0": "heard.0.bias",
        "rnn1.weight_hh_l0": "grus.0.U",
        "rnn1.bias_hh_l0": "grus.0.b",
        "rnn2.weight_ih_l0": "heard.1.weight",
        "rnn2.bias_ih_l0": "heard.1.bias",
        "rnn2.weight_hh_l0": "grus.1.U",
        "rnn2.bias_hh_l0": "grus.1.b",
        "fc1.": "above.0.",
        "fc2.": "above.1.",
        "fc3.": "out.",
        "fc.": "begin.",
        **{f"upsample.upsample_layers.{2 * i + 1}.": f"smooth.{i}." for i in range(10)},
    }
    names = {}
    for theirs in state:
        ours = theirs
        for old, new in renamed.items():
            ours = ours.replace(old, new)
        names[theirs] = ours
    return names


class StackedSpeaker:
    """The readable loop: a step of torch for each sample."""

    def __init__(self, model: StackedWaveRNN) -> None:
        self.model, self.sample = model, 0.0
        self.states = [torch.zeros(1, model.config.hidden_size) for _ in model.grus]

    def speak(
        self, mels: Tensor, aux: Tensor, uniform: np.ndarray, forced: np.ndarray, temperature: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Goes on for as many samples as are told of: samples (S,), and their logits (S, V)."""
        samples, logits = (
            np.empty(len(mels), np.float32),
            np.empty((len(mels), self.model.config.num_levels), np.float32),
        )
        for t in range(len(mels)):
            logits[t] = self.model.step(self.sample, mels[t], aux[t], self.states).numpy()
            level = forced[t] if forced[t] >= 0 else draw(logits[t], uniform[t], temperature, 0.0)
            self.sample = samples[t] = 2 * level / (logits.shape[1] - 1) - 1
        return samples, logits
