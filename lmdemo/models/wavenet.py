"""WaveNet: sound sample by sample, each drawn from what a stack of dilated causal convolutions heard of those before it.

van den Oord et al., "WaveNet: a generative model for raw audio" (2016), arXiv:1609.03499; mels as its condition from Shen et al.,
arXiv:1712.05884. Differs in: what is drawn is not the sample but what a linear predictor leaves of it, so that the network also
hears the prediction and its last excitation, and is told the pitch and where in its period a sample lies (see
:mod:`lmdemo.models.closed_loop`); the mels are held over their frame, not interpolated. The textbook preset reads the waveform itself.

Shapes: B clips, S samples, F frames of ``hop`` samples, M numbers a frame, L blocks of kernel size K, C channels, V levels.
"""

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmdemo.errors import OptionError
from lmdemo.models import compiled
from lmdemo.models.base import Model
from lmdemo.models.closed_loop import FLOOR, LEVELS, VALUES, Choose, Guide, Heard, speak

LONGEST = 160_000  # samples of a receptive field: ten seconds at 16 kHz
TOLD = 3  # levels that a sample's step is told: sample before, prediction, excitation before


@dataclass(frozen=True)
class WaveNetConfig:
    """Shape of a :class:`WaveNet`.

    Attributes:
        num_features: Numbers a frame: mel bands, and the pitch and its strength.
        hop: Samples a frame.
        phases: Parts of the pitch's period; one more stands for no voice.
        dilations: How far apart the samples are that each block hears.
        kernel_size: How many of them.
        channels: Of the blocks.
        skip_channels: That each block hands to the head.
        head_channels: Between the head's two layers.
        conditioning: Channels that a frame becomes.
        loudness: By how much sounds are louder inside, so that their levels are fine.
        plain: Whether the blocks are the textbook's, and the input is the waveform itself.
    """

    num_features: int = 82
    hop: int = 200
    phases: int = 48
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128) * 2
    kernel_size: int = 2
    channels: int = 64
    skip_channels: int = 64
    head_channels: int = 128
    conditioning: int = 64
    loudness: float = 2.0
    plain: bool = False

    def __post_init__(self) -> None:
        if min(self.dilations, default=0) < 1 or self.kernel_size < 1 or self.receptive_field > LONGEST:
            raise OptionError(
                "wavenet_reach",
                expected=f"1 - {LONGEST:,} samples",
                got=f"kernel {self.kernel_size}, dilations {', '.join(map(str, self.dilations))[:60]}",
                hint="Take fewer or smaller dilations.",
            )

    @property
    def receptive_field(self) -> int:
        """How many samples, the newest included, a drawn one hangs on."""
        return 1 + (self.kernel_size - 1) * sum(self.dilations)

    @classmethod
    def textbook(cls) -> "WaveNetConfig":
        """Three plain causal blocks of 32 filters."""
        return cls(dilations=(1, 2, 4), channels=32, loudness=1.0, plain=True)


class GatedBlock(nn.Module):
    """A wave times a gate, both made of the same taps; part is added to the stream, part goes to the head."""

    def __init__(self, config: WaveNetConfig) -> None:
        super().__init__()
        c = config
        self.dilated = nn.Linear(
            c.kernel_size * c.channels, 2 * c.channels, bias=False
        )  # the condition brings the bias
        self.out = nn.Linear(c.channels, c.channels + c.skip_channels)

    def forward(self, x: Tensor, taps: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Stream (..., S, C), its taps (..., S, K C) and what the frames tell (..., F, 2 C) -> stream, and skip (..., S, skip)."""
        sums = self.dilated(taps).unflatten(-2, (told.shape[-2], -1)) + told.unsqueeze(-2)  # (..., F, S / F, 2 C)
        wave, gate = sums.flatten(-3, -2).chunk(2, -1)
        step, skip = self.out(torch.tanh(wave) * torch.sigmoid(gate)).split(
            (x.shape[-1], self.out.out_features - x.shape[-1]), -1
        )
        return (x + step) * 0.5**0.5, skip


class PlainBlock(nn.Module):
    """The textbook's: a causal convolution, a tanh 1x1, a linear 1x1."""

    def __init__(self, inputs: int, config: WaveNetConfig) -> None:
        super().__init__()
        c = config
        self.dilated = nn.Linear(c.kernel_size * inputs, c.channels)
        self.squashed = nn.Linear(c.channels, c.channels)
        self.out = nn.Linear(c.channels, c.channels)

    def forward(self, x: Tensor, taps: Tensor, told: Tensor | None) -> tuple[Tensor, Tensor]:
        """Taps (..., S, K inputs) -> (..., S, C), twice: the stream is also what the head may read."""
        x = self.out(torch.tanh(self.squashed(self.dilated(taps))))
        return x, x


def taps_of(x: Tensor, kernel_size: int, dilation: int) -> Tensor:
    """Beside each sample those before it, ``dilation`` apart, the oldest first: (B, S, C) -> (B, S, K C); zeros before the first."""
    padded = F.pad(x, (0, 0, (kernel_size - 1) * dilation, 0))
    return torch.cat([padded[:, k * dilation : k * dilation + x.shape[1]] for k in range(kernel_size)], -1)


class Queue:
    """A block's inputs that are still needed, so that a new sample computes nothing twice."""

    def __init__(self, kernel_size: int, dilation: int, channels: int) -> None:
        self.kernel_size, self.dilation = kernel_size, dilation
        size = (kernel_size - 1) * dilation
        self.kept = deque([torch.zeros(1, channels)] * size, maxlen=size)

    def taps(self, x: Tensor) -> Tensor:
        """The newest input (1, C) and those before it as :func:`taps_of` gives them, (1, K C)."""
        taps = torch.cat([*(self.kept[k * self.dilation] for k in range(self.kernel_size - 1)), x], -1)
        self.kept.append(x)
        return taps


class WaveNetOutput(NamedTuple):
    """What a :class:`WaveNet` gives.

    Attributes:
        logits: Of the level of each sample's excitation, (B, S, V); of the textbook's of the next sample.
        loss: Mean cross-entropy in nats, if labels were given.
        hidden_states: The stream before the first block and after each, L + 1 of (B, S, C), if traced.
    """

    logits: Tensor
    loss: Tensor | None = None
    hidden_states: tuple[Tensor, ...] | None = None


class WaveNet(Model):
    """Tables of levels, blocks that look further and further back, and a head that says how likely each level is."""

    config_class = WaveNetConfig

    def __init__(self, config: WaveNetConfig) -> None:
        super().__init__(config)
        c = config
        if c.plain:
            self.blocks = nn.ModuleList(PlainBlock(1 if i == 0 else c.channels, c) for i in range(len(c.dilations)))
            self.head = nn.Linear(c.channels, LEVELS)
            return
        self.register_buffer("feature_mean", torch.zeros(c.num_features))
        self.register_buffer("feature_deviation", torch.ones(c.num_features))
        self.frames = nn.ModuleList(
            [nn.Conv1d(c.num_features, 96, 3, padding=1), nn.Conv1d(96, c.conditioning, 3, padding=1)]
        )
        self.told = nn.Linear(c.conditioning, len(c.dilations) * 2 * c.channels)
        sizes = [LEVELS] * TOLD + [c.phases + 1]
        self.tables = nn.ModuleList(nn.Embedding(size, c.channels) for size in sizes)
        self.slopes = nn.Parameter(torch.randn(TOLD, c.channels) * 0.5)  # what a table has in common over its levels
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1)
        self.blocks = nn.ModuleList(GatedBlock(c) for _ in c.dilations)
        self.head = nn.Sequential(
            nn.ReLU(), nn.Linear(c.skip_channels, c.head_channels), nn.ReLU(), nn.Linear(c.head_channels, LEVELS)
        )

    def forward(
        self,
        inputs: Tensor,
        features: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        context: int = 0,
        trace: bool = False,
    ) -> WaveNetOutput:
        """Hears whole clips at once, each sample only what is before it.

        Args:
            inputs: Levels of the sample before, of the prediction and of the excitation before, and the part of the pitch's period,
                (B, S, 4); of the textbook's the waveform before each sample, (B, S, 1).
            features: Of the frames, (B, F, M), with ``context`` frames more at either end; None for the textbook's.
            labels: Levels (B, S), -100 where they do not count.
            context: Frames beside those of the samples, so that none of the ends looks like the end of a clip.
            trace: Whether to return the stream.
        """
        told = None if features is None else self.condition(features, context)
        x = (
            self.begin(inputs) if told is None else self.begin(inputs).to(told.dtype)
        )  # in mixed precision the stream is, too
        states, total = [x], 0
        for i, (block, dilation) in enumerate(zip(self.blocks, self.config.dilations, strict=True)):
            taps = taps_of(x, self.config.kernel_size, dilation)
            x, skip = block(x, taps, None if told is None else told[:, :, i])
            total = total + skip
            states.append(x)
        logits = self.end(x, total)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100)
        return WaveNetOutput(logits, loss, tuple(states) if trace else None)

    def condition(self, features: Tensor, context: int = 0) -> Tensor:
        """What each block is told of each frame: (..., F + 2 context, M) -> (..., F, L, 2 C)."""
        x = ((features - self.feature_mean) / self.feature_deviation).transpose(-1, -2)
        for layer in self.frames:
            x = torch.tanh(layer(x))
        x = x[..., context : x.shape[-1] - context].transpose(-1, -2)  # (..., F, conditioning)
        return self.told(x).unflatten(-1, (len(self.blocks), -1))

    def begin(self, inputs: Tensor) -> Tensor:
        """(..., S, 4) -> the stream before the first block, (..., S, C)."""
        if self.config.plain:
            return inputs
        found = [table(inputs[..., k]) for k, table in enumerate(self.tables)]
        heights = inputs[..., :TOLD].to(self.slopes.dtype) / (LEVELS / 2 - 0.5) - 1  # -1 to 1
        return sum(found) + heights @ self.slopes

    def end(self, x: Tensor, skips: Tensor) -> Tensor:
        """The last stream and the sum of all skips -> logits (..., V)."""
        return self.head(x) if self.config.plain else self.head(skips * len(self.blocks) ** -0.5)

    # -- one sample at a time ------------------------------------------------------------------------------------------

    def queues(self) -> list[Queue]:
        """As before the first sample."""
        c = self.config
        sizes = [1 if c.plain and i == 0 else c.channels for i in range(len(c.dilations))]
        return [Queue(c.kernel_size, d, size) for d, size in zip(c.dilations, sizes, strict=True)]

    def step(self, inputs: Tensor, told: Sequence[Tensor | None], queues: Sequence[Queue]) -> Tensor:
        """One sample: inputs (1, 4), what each block is told (1, 2 C), and the queues, which move on -> logits (1, V)."""
        x, total = self.begin(inputs), 0
        for block, queue, of_block in zip(self.blocks, queues, told, strict=True):
            x, skip = block(x, queue.taps(x), of_block)
            total = total + skip
        return self.end(x, total)

    @torch.inference_mode()
    def generate(
        self, features: Tensor, guide: Guide, *, floor: float = FLOOR, frames: int = 8, fast: bool = True
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Speaks.

        Args:
            features: Of the frames, (F, M).
            guide: Predictor, phase, temperature and chance.
            floor: See :data:`lmdemo.models.closed_loop.FLOOR`.
            frames: How many are spoken before they are handed out.
            fast: Whether to take the compiled loop where there is one (see :func:`lmdemo.models.compiled.find`).

        Yields:
            Samples of the pre-emphasised signal (frames * hop,), and the logits from which they were drawn (frames * hop, V).
        """
        told = self.condition(features)
        loop = compiled.find("wavenet") if fast else None
        speaker = (loop or sys.modules[__name__]).Speaker(self, guide.predictor.shape[1])
        for start in range(0, len(told), frames):
            part = guide.part(start, start + frames, self.config.hop)
            samples, logits = speaker.speak(told[start : start + frames], part, floor)
            yield samples / self.config.loudness, logits


class Speaker:
    """The readable loop: a step of torch for each sample."""

    def __init__(self, model: WaveNet, order: int) -> None:
        self.model, self.queues, self.heard = model, model.queues(), Heard.nothing(order)

    def speak(self, told: Tensor, guide: Guide, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """Goes on for as many samples as the guide has: samples (S,), loud, and their logits (S, V)."""

        def step(inputs: tuple[int, ...], frame: int, choose: Choose) -> tuple[float, np.ndarray]:
            logits = self.model.step(torch.tensor([inputs]), told[frame, :, None], self.queues)[0].numpy()
            return VALUES[choose(logits, 0)], logits

        samples, logits = zip(*speak(step, guide, self.heard, self.model.config.hop, floor), strict=True)
        return np.array(samples, np.float32), np.stack(logits)
