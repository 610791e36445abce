"""WaveGlow: a normalizing flow between sound and noise, both ways in one pass (Prenger, Valle, Catanzaro, 2018, arXiv:1811.00002).

Differs from the paper, unless the textbook preset is taken: groups of 20 samples, fewer flows and narrower networks, one network
that prepares the mels for all flows, and what goes through the flow is the residual of a linear predictor, told the phase of the
pitch's period (see :mod:`lmdemo.data.vocoding`) rather than the sound itself.

Shapes: B clips, S samples, F frames of ``hop`` samples, G samples a group, N = S / G groups, M mel bands, C channels of the
conditioning, W channels of a coupling's network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmdemo.models.base import Model

DRAWN = 0.6  # deviation of the noise from which sounds are drawn in training
WINDOWS = (128, 256, 512, 1024)  # of the spectra that are compared


@dataclass(frozen=True)
class WaveGlowConfig:
    """Shape of a :class:`WaveGlow`.

    Attributes:
        num_mels: Bands of the mels.
        hop: Samples a frame; a multiple of ``group``.
        group: Samples that stand side by side as channels.
        num_flows: Steps of the flow: a 1x1 convolution and a coupling each.
        early_every, early_size: After every so many steps so many channels are done, and go straight to the latent.
        channels, num_layers: Of each coupling's network.
        kernel_size: Of its dilated convolutions.
        conditioning: Channels that the mels become.
        phase: Whether the phase of the pitch's period is told.
    """

    num_mels: int = 80
    hop: int = 200
    group: int = 20
    num_flows: int = 6
    early_every: int = 2
    early_size: int = 4
    channels: int = 96
    num_layers: int = 4
    kernel_size: int = 3
    conditioning: int = 64
    phase: bool = True

    @classmethod
    def textbook(cls) -> "WaveGlowConfig":
        """The paper's shape."""
        return cls(
            group=8,
            num_flows=12,
            early_every=4,
            early_size=2,
            channels=256,
            num_layers=8,
            conditioning=640,
            phase=False,
        )


class WaveGlowOutput(NamedTuple):
    """What a :class:`WaveGlow` gives.

    Attributes:
        latent: Noise that the sound became, (B, G, N).
        log_determinant: Of the whole map, summed over clips.
        loss: Negative log-likelihood a sample, without the constant.
    """

    latent: Tensor
    log_determinant: Tensor
    loss: Tensor


class CouplingNetwork(nn.Module):
    """What a half of the channels and the mels tell of the other half: a WaveNet that looks both ways.

    Its last layer begins at zero, so that a new flow changes nothing.
    """

    def __init__(self, size: int, conditioning: int, config: WaveGlowConfig) -> None:
        super().__init__()
        c = config
        self.channels = c.channels
        self.start = nn.Conv1d(size, c.channels, 1)
        self.condition = nn.Conv1d(conditioning, 2 * c.channels * c.num_layers, 1)
        self.dilated = nn.ModuleList(
            nn.Conv1d(c.channels, 2 * c.channels, c.kernel_size, dilation=2**i, padding=2**i * (c.kernel_size // 2))
            for i in range(c.num_layers)
        )
        last = c.num_layers - 1
        self.out = nn.ModuleList(
            nn.Conv1d(c.channels, c.channels * (1 if i == last else 2), 1) for i in range(c.num_layers)
        )
        self.end = nn.Conv1d(c.channels, 2 * size, 1)
        nn.init.zeros_(self.end.weight)
        nn.init.zeros_(self.end.bias)

    def forward(self, half: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """(B, size, N) and (B, C, N) -> logarithm of the scale, within -2 to 2, and shift, (B, size, N) each."""
        x, told, total = self.start(half), self.condition(condition).chunk(len(self.dilated), 1), 0
        for dilated, out, of_layer in zip(self.dilated, self.out, told, strict=True):
            wave, gate = (dilated(x) + of_layer).chunk(2, 1)
            made = out(torch.tanh(wave) * torch.sigmoid(gate))
            if made.shape[1] > self.channels:  # all but the last layer hand on
                step, made = made.chunk(2, 1)
                x = x + step
            total = total + made
        scale, shift = self.end(total).chunk(2, 1)
        return 2 * torch.tanh(scale / 2), shift


class FlowStep(nn.Module):
    """An invertible 1x1 convolution, which mixes the channels, and a coupling, which changes one half knowing the other."""

    def __init__(self, size: int, conditioning: int, config: WaveGlowConfig) -> None:
        super().__init__()
        rotation = torch.linalg.qr(torch.randn(size, size)).Q
        rotation[:, 0] *= torch.sign(torch.det(rotation))  # a turn, no reflection
        self.weight = nn.Parameter(rotation)
        self.network = CouplingNetwork(size // 2, conditioning, config)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """(B, size, N) -> the same shape, and the logarithm of the determinant."""
        x = F.conv1d(x, self.weight[:, :, None])
        kept, changed = x.chunk(2, 1)
        scale, shift = self.network(kept, condition)
        turned = torch.slogdet(self.weight)[1] * x.shape[0] * x.shape[2]
        return torch.cat([kept, changed * scale.exp() + shift], 1), turned + scale.sum()

    def inverse(self, x: Tensor, condition: Tensor) -> Tensor:
        """Takes :meth:`forward` back: the kept half tells again what was done to the other."""
        kept, changed = x.chunk(2, 1)
        scale, shift = self.network(kept, condition)
        x = torch.cat([kept, (changed - shift) * (-scale).exp()], 1)
        return F.conv1d(x, torch.linalg.inv(self.weight)[:, :, None])


def spectral_distance(made: Tensor, true: Tensor) -> Tensor:
    """How far apart two sounds (B, S) are in the size of their spectra, over windows of several lengths."""
    total = made.new_zeros(())
    for size in WINDOWS:
        window = torch.hann_window(size, device=made.device)
        a, b = (
            torch.stft(x, size, size // 4, window=window, return_complex=True).abs().clamp_min(1e-3)
            for x in (made, true)
        )
        total = total + (a - b).norm() / b.norm() + (a.log() - b.log()).abs().mean()
    return total / len(WINDOWS)


class WaveGlow(Model):
    """Sound to noise for training, noise to sound for use."""

    config_class = WaveGlowConfig

    def __init__(self, config: WaveGlowConfig) -> None:
        super().__init__(config)
        c = config
        per_frame = c.hop // c.group
        self.register_buffer("mel_mean", torch.zeros(c.num_mels))
        self.register_buffer("mel_deviation", torch.ones(c.num_mels))
        self.frames = nn.ModuleList(
            [nn.Conv1d(c.num_mels, 128, 3, padding=1), nn.Conv1d(128, c.conditioning, 3, padding=1)]
        )
        self.upsample = nn.ConvTranspose1d(  # a frame becomes per_frame groups, also where that is odd
            c.conditioning,
            c.conditioning,
            2 * per_frame,
            stride=per_frame,
            padding=(per_frame + 1) // 2,
            output_padding=per_frame % 2,
        )
        told = c.conditioning + (2 * c.group if c.phase else 0)
        sizes = [c.group - c.early_size * (i // c.early_every) for i in range(c.num_flows)]
        self.steps = nn.ModuleList(FlowStep(size, told, c) for size in sizes)

    def condition(self, mels: Tensor, phase: Tensor | None = None) -> Tensor:
        """What all couplings are told.

        Args:
            mels: (B, F, M).
            phase: Of the pitch's period, (B, S), 0 to 1, -1 without voice; None where the network is not told.

        Returns:
            (B, C or C + 2 G, N).
        """
        x = ((mels - self.mel_mean) / self.mel_deviation).transpose(1, 2)
        for layer in self.frames:
            x = torch.tanh(layer(x))
        x = self.upsample(x)
        return x if phase is None else torch.cat([x, self._marks(phase)], 1)

    def _marks(self, phase: Tensor) -> Tensor:
        """(B, S) -> a bump at each epoch and whether there is voice, (B, 2 G, N)."""
        voiced = phase >= 0
        near = torch.minimum(phase, 1 - phase)
        marks = torch.stack([torch.exp(-((9 * near) ** 2)) * voiced, voiced.to(phase)], -1)  # (B, S, 2)
        return marks.view(len(phase), -1, 2 * self.config.group).transpose(1, 2)

    def forward(
        self, waveform: Tensor, mels: Tensor, phase: Tensor | None = None, context: int = 0, spectral: float = 0.0
    ) -> WaveGlowOutput:
        """Sound to noise.

        Args:
            waveform: (B, S); of the shipped network a residual of unit size.
            mels: (B, F, M), with ``context`` frames more at either end.
            phase: (B, S), see :meth:`condition`.
            context: Frames beside those of the waveform, so that none of its ends looks like the end of a clip.
            spectral: How much it counts how far a sound drawn from noise is from the true one, by :func:`spectral_distance`
                (as in WG-WaveNet, Hsu, Lee, 2020, arXiv:2005.07412).
        """
        x = waveform.view(len(waveform), -1, self.config.group).transpose(1, 2)  # (B, G, N)
        condition, done, total = self._told(mels, phase, context), [], waveform.new_zeros(())
        for i, step in enumerate(self.steps):
            if self._early(i):
                done.append(x[:, : self.config.early_size])
                x = x[:, self.config.early_size :]
            x, determinant = step(x, condition)
            total = total + determinant
        latent = torch.cat([*done, x], 1)
        loss = ((latent**2).sum() / 2 - total) / latent.numel()
        if spectral:
            drawn = self._flow_back(DRAWN * torch.randn_like(latent), condition)
            loss = loss + spectral * spectral_distance(drawn, waveform)
        return WaveGlowOutput(latent, total, loss)

    def _told(self, mels: Tensor, phase: Tensor | None, context: int) -> Tensor:
        edge = context * self.config.hop // self.config.group
        condition = self.condition(mels)
        condition = condition[:, :, edge : condition.shape[2] - edge]
        return condition if phase is None else torch.cat([condition, self._marks(phase)], 1)

    def _early(self, step: int) -> bool:
        return step > 0 and step % self.config.early_every == 0

    def inverse(self, latent: Tensor, mels: Tensor, phase: Tensor | None = None, context: int = 0) -> Tensor:
        """Noise to sound: (B, G, N) -> (B, S)."""
        *_, waveform = self.unfolding(latent, mels, phase, context)
        return waveform

    def unfolding(
        self, latent: Tensor, mels: Tensor, phase: Tensor | None = None, context: int = 0
    ) -> Iterator[Tensor]:
        """The sound after each step from noise to voice, (B, S) each; what is still to come in is left as it is."""
        yield from self._unfolding(latent, self._told(mels, phase, context))

    def _unfolding(self, latent: Tensor, condition: Tensor) -> Iterator[Tensor]:
        size = self.config.early_size
        waiting = sum(self._early(i) for i in range(len(self.steps))) * size
        x = latent[:, waiting:]
        for i in reversed(range(len(self.steps))):
            x = self.steps[i].inverse(x, condition)
            if self._early(i):
                waiting -= size
                x = torch.cat([latent[:, waiting : waiting + size], x], 1)
            yield torch.cat([latent[:, :waiting], x], 1).transpose(1, 2).reshape(len(x), -1)

    def _flow_back(self, latent: Tensor, condition: Tensor) -> Tensor:
        *_, waveform = self._unfolding(latent, condition)
        return waveform

    def generate(
        self, mels: Tensor, phase: Tensor | None = None, *, sigma: float = 0.7, generator: torch.Generator | None = None
    ) -> Tensor:
        """The sound of mels: (B, F, M) -> (B, S), from noise of deviation ``sigma`` >= 0."""
        c = self.config
        shape = (len(mels), c.group, mels.shape[1] * c.hop // c.group)
        return self.inverse(sigma * torch.randn(shape, generator=generator, device=mels.device), mels, phase)
