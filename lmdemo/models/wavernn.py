"""WaveRNN: sound sample by sample from one recurrent layer, and a small network that says how likely each level is.

Kalchbrenner et al., "Efficient neural audio synthesis" (2018), arXiv:1802.08435. Differs in: what is drawn is what a linear predictor
leaves of a sample (see :mod:`lmdemo.models.closed_loop`); the recurrent layer steps once a bunch of samples, and the small network
at every sample, which hears the last ones by tables (Vipperla et al., "Bunched LPCNet" (2020), arXiv:2008.04574). The paper's dual
softmax, coarse and fine halves of 16 bits, is an option: the fine half hears the coarse one by a table.

Shapes: B clips, S samples, F frames of ``hop`` samples, N = S / bunch steps, M numbers a frame, H hidden units, O units of the head,
V levels. Inside, time comes first, because a step reads one slice.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from lmdemo.errors import OptionError
from lmdemo.models import compiled
from lmdemo.models.base import Model
from lmdemo.models.closed_loop import FLOOR, LEVELS, SILENT, VALUES, Choose, Guide, Heard, speak

HEARD = 3  # levels that are heard of a sample's step: sample before, prediction, excitation before
NEAR = (
    (0, 0),
    (1, 0),
    (2, 0),
    (0, 1),
    (2, 1),
    (2, 2),
)  # what the head hears: which of these, from how many samples back
BACK = 2  # the furthest of those


@dataclass(frozen=True)
class WaveRNNConfig:
    """Shape of a :class:`WaveRNN`.

    Attributes:
        num_features: Numbers a frame: mel bands, and the pitch and its strength.
        hop: Samples a frame.
        phases: Parts of the pitch's period; one more stands for no voice.
        hidden_size: Units of the recurrent layer.
        bunch: Samples a step of it; divides the hop.
        embedding_size: Numbers that a level becomes for the recurrent layer.
        head_channels: Units of the small network.
        conditioning: Channels that a frame becomes.
        dual: Whether 16 bits are drawn, the coarse half and then the fine one, rather than one of 256 levels.
        loudness: By how much sounds are louder inside, so that their levels are fine.
    """

    num_features: int = 82
    hop: int = 200
    phases: int = 48
    hidden_size: int = 384
    bunch: int = 2
    embedding_size: int = 16
    head_channels: int = 128
    conditioning: int = 128
    dual: bool = False
    loudness: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= self.bunch <= self.hop or self.hop % self.bunch:
            raise OptionError(
                "wavernn_bunch", expected=f"a divisor of {self.hop}", got=str(self.bunch), hint="Take 1, 2 or 4."
            )

    @property
    def before(self) -> int:
        """Samples before the first whose steps are heard, too."""
        return max(self.bunch - 1, BACK)


def cell(a: Tensor, h: Tensor, U: Tensor, b: Tensor) -> Tensor:
    """A step of the recurrent layer: input sums (B, 3 H) and state (B, H) -> the next state.

    The reset gate r says how much of the state is heard in the candidate n, the update gate z how much of it is kept.
    """
    (a_r, a_z, a_n), (g_r, g_z, g_n) = a.chunk(3, -1), (h @ U + b).chunk(3, -1)
    r, z = torch.sigmoid(a_r + g_r), torch.sigmoid(a_z + g_z)
    n = torch.tanh(a_n + r * g_n)
    return (1 - z) * n + z * h


class Steps(torch.autograd.Function):
    """:func:`cell` for all steps, and its gradient through time; ``low`` is the type in which the state is multiplied."""

    @staticmethod
    def forward(ctx, a: Tensor, h_0: Tensor, U: Tensor, b: Tensor, low: torch.dtype) -> Tensor:
        """(N, B, 3 H), (B, H), (H, 3 H), (3 H,) -> the states (N, B, H), and what the way back needs of them."""
        N, B, H = *a.shape[:2], U.shape[0]
        states, gates, news = (U.new_empty(N, B, size) for size in (H, 2 * H, H))
        heard = U.new_empty(N, B, 3 * H, dtype=low)
        h, W, bias, a = h_0, U.to(low), b.to(low), a.to(low)
        for t in range(N):
            g = torch.addmm(bias, h.to(low), W, out=heard[t])
            rz = torch.sigmoid((a[t, :, : 2 * H] + g[:, : 2 * H]).to(U.dtype), out=gates[t])
            n = torch.addcmul(a[t, :, 2 * H :].to(U.dtype), rz[:, :H], g[:, 2 * H :].to(U.dtype), out=news[t]).tanh_()
            h = torch.lerp(n, h, rz[:, H:], out=states[t])
        ctx.save_for_backward(h_0, U, states, gates, news, heard)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx, dstates: Tensor) -> tuple[Tensor | None, ...]:
        """Backpropagation through time: the gradients, from the last step to the first."""
        h_0, U, states, gates, news, heard = ctx.saved_tensors
        N, _, H = states.shape
        da, dg = torch.empty_like(heard), torch.empty_like(heard)
        dh, back = torch.zeros_like(h_0), U.T.to(heard.dtype).contiguous()
        for t in range(N - 1, -1, -1):
            dh = dh + dstates[t]
            r, z, n = gates[t, :, :H], gates[t, :, H:], news[t]
            dn = dh * (1 - z) * (1 - n * n)
            dz = dh * ((states[t - 1] if t else h_0) - n) * z * (1 - z)
            dr = dn * heard[t, :, 2 * H :] * r * (1 - r)
            torch.cat((dr, dz, dn), 1, out=da[t])
            torch.cat((dr, dz, dn * r), 1, out=dg[t])
            dh = torch.addcmul(torch.mm(dg[t], back).to(dh.dtype), dh, z)
        before, dg = torch.cat((h_0[None], states[:-1])).flatten(0, 1).to(dg.dtype), dg.flatten(0, 1)
        return (
            da,
            dh,
            (before.T @ dg).to(U.dtype),
            dg.sum(0).to(U.dtype),
            None,
        )  # one product sums U's gradient over all steps


class GRU(nn.Module):
    """The recurrent layer; what it is told reaches it as sums that were made outside."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.U = nn.Parameter(
            torch.cat([nn.init.orthogonal_(torch.empty(hidden_size, hidden_size)) for _ in range(3)], 1)
        )
        self.b = nn.Parameter(torch.zeros(3 * hidden_size))

    def forward(self, a: Tensor, h: Tensor) -> Tensor:
        """All steps: (N, B, 3 H) and the state before (B, H) -> (N, B, H). In mixed precision the state stays whole."""
        kind = a.device.type
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else self.U.dtype
        return Steps.apply(a, h, self.U, self.b, low)


class WaveRNNOutput(NamedTuple):
    """What a :class:`WaveRNN` gives.

    Attributes:
        logits: Of each sample's level (B, S, V); of a dual one of the coarse and, where labels are given, of the fine half,
            (B, S, 1 or 2, V).
        loss: Mean cross-entropy in nats, if labels were given: of a dual one that of both halves together.
        state: Of the recurrent layer after the last step, (B, H): what a next call can go on from.
        hidden_states: After each step, (B, N, H).
    """

    logits: Tensor
    loss: Tensor | None
    state: Tensor
    hidden_states: Tensor


class WaveRNN(Model):
    """A recurrent layer that hears every level, and a head that hears it and the last few."""

    config_class = WaveRNNConfig

    def __init__(self, config: WaveRNNConfig) -> None:
        super().__init__(config)
        c = config
        H, units = c.hidden_size, c.head_channels
        self.register_buffer("feature_mean", torch.zeros(c.num_features))
        self.register_buffer("feature_deviation", torch.ones(c.num_features))
        self.frames = nn.ModuleList(
            nn.Conv1d(i, c.conditioning, 3, padding=1) for i in (c.num_features, c.conditioning)
        )
        self.deeper = nn.ModuleList(nn.Linear(c.conditioning, c.conditioning) for _ in range(2))

        self.embeddings = nn.ModuleList(nn.Embedding(LEVELS, c.embedding_size) for _ in range(HEARD))
        self.heard = nn.Linear(c.bunch * HEARD * (c.embedding_size + 1), 3 * H, bias=False)
        self.told = nn.Linear(c.conditioning, 3 * H)
        self.phase = nn.Embedding(c.phases + 1, 3 * H)
        self.gru = GRU(H)

        heads = 2 if c.dual else 1  # the halves of the state make the halves of a dual sample
        self.from_state = nn.ModuleList(nn.Linear(H // heads, units) for _ in range(heads))
        self.head_told = nn.Linear(c.conditioning, units, bias=False)
        self.head_phase = nn.Embedding(c.phases + 1, units)
        self.places = nn.Parameter(torch.zeros(c.bunch, units))  # within the bunch
        self.tables = nn.ModuleList(nn.Embedding(LEVELS, units) for _ in NEAR)
        self.slopes = nn.Parameter(torch.randn(len(NEAR), units) * 0.3)  # what a table has in common over its levels
        self.out = nn.ModuleList(nn.Linear(units, LEVELS) for _ in range(heads))
        self.coarse = nn.Embedding(LEVELS, units) if c.dual else None
        for table in (*self.embeddings, *self.tables):
            nn.init.normal_(table.weight, std=0.2)
        for table in (self.phase, self.head_phase):
            nn.init.normal_(table.weight, std=0.1)

    def forward(
        self,
        inputs: Tensor,
        features: Tensor,
        labels: Tensor | None = None,
        *,
        state: Tensor | None = None,
        context: int = 0,
    ) -> WaveRNNOutput:
        """Hears whole clips at once.

        Args:
            inputs: Levels of the sample before, of the prediction and of the excitation before, and the part of the pitch's period,
                for ``config.before`` samples before the first, and all from there, (B, before + S, 4).
            features: Of the frames, (B, F, M), with ``context`` frames more at either end.
            labels: Levels (B, S), of a dual one halves (B, S, 2); -100 where they do not count.
            state: Where an earlier call left off (B, H); zeros if None.
            context: Frames beside those of the samples, so that none of the ends looks like the end of a clip.
        """
        c, inputs = self.config, inputs.transpose(0, 1)  # (before + S, B, 4)
        S, B = inputs.shape[0] - c.before, inputs.shape[1]
        told = self.condition(features, context).transpose(0, 1)[:, None]  # (F, 1, B, conditioning)
        bunches = inputs[c.before - c.bunch + 1 :][:S].unflatten(0, (-1, c.bunch)).transpose(1, 2)  # (N, B, bunch, 4)
        sums = self.step_sums(bunches[..., :HEARD], inputs[c.before :: c.bunch, :, 3])  # (N, B, 3 H)
        sums = (sums.unflatten(0, (len(told), -1)) + self.told(told)).flatten(0, 1)
        states = self.gru(sums, self.gru.b.new_zeros(B, c.hidden_size) if state is None else state)  # (N, B, H)

        near = self.near(inputs[c.before - BACK :])  # (S, B, O)
        near = (near.unflatten(0, (len(told), -1)) + self.head_told(told)).flatten(0, 1)
        near = near.unflatten(0, (-1, c.bunch)) + self.places[:, None]  # (N, bunch, B, O)
        halves = [
            (near + head(part)[:, None]).flatten(0, 1)  # (S, B, O)
            for head, part in zip(self.from_state, states.chunk(len(self.from_state), -1), strict=True)
        ]
        coarse = None if labels is None or not c.dual else labels[..., 0].clamp(min=0).T
        logits = self.levels(halves, coarse).transpose(0, 1)  # (B, S, V) or (B, S, 1 or 2, V)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits.flatten(0, -2).float(), labels.flatten(), ignore_index=-100)
            loss = loss * len(self.out)
        return WaveRNNOutput(logits, loss, states[-1], states.transpose(0, 1))

    def condition(self, features: Tensor, context: int = 0) -> Tensor:
        """What is told of each frame: (..., F + 2 context, M) -> (..., F, conditioning)."""
        x = ((features - self.feature_mean) / self.feature_deviation).transpose(-1, -2)
        for layer in self.frames:
            x = torch.tanh(layer(x))
        x = x[..., context : x.shape[-1] - context].transpose(-1, -2)
        for layer in self.deeper:
            x = torch.tanh(layer(x))
        return x

    def step_sums(self, levels: Tensor, phase: Tensor) -> Tensor:
        """The levels of a bunch (..., bunch, 3) and the part of the period (...) -> sums of the gates (..., 3 H)."""
        parts = [
            torch.cat((e(levels[..., k]), height(levels[..., k, None])), -1) for k, e in enumerate(self.embeddings)
        ]
        return self.heard(torch.cat(parts, -1).flatten(-2)) + self.phase(phase)

    def near(self, inputs: Tensor) -> Tensor:
        """What the head hears of the last levels: (BACK + S, ..., 4) -> (S, ..., O)."""
        S = inputs.shape[0] - BACK
        chosen = torch.stack([inputs[BACK - back : BACK - back + S, ..., which] for which, back in NEAR], -1)
        total = self.head_phase(inputs[BACK:, ..., 3]) + height(chosen) @ self.slopes
        for k, table in enumerate(self.tables):
            total = total + table(chosen[..., k])
        return total

    def levels(self, halves: list[Tensor], coarse: Tensor | None) -> Tensor:
        """The head's sums (..., O) -> logits (..., V); of a dual one (..., 1 or 2, V), the fine ones where the coarse are known."""
        if self.coarse is None:
            return self.out[0](F.relu(halves[0]))
        logits = [self.out[0](F.relu(halves[0]))]
        if coarse is not None:
            logits.append(self.out[1](F.relu(halves[1] + self.coarse(coarse))))
        return torch.stack(logits, -2)

    @torch.inference_mode()
    def generate(
        self, features: Tensor, guide: Guide, *, floor: float = FLOOR, frames: int = 8, fast: bool = True
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Speaks; arguments and what it yields are those of :meth:`lmdemo.models.wavenet.WaveNet.generate`.

        The logits of a dual one are those of both halves, (frames * hop, 2, V); its loop is always torch's.
        """
        told = self.condition(features)
        loop = compiled.find("wavernn") if fast and not self.config.dual else None
        speaker = (loop or sys.modules[__name__]).Speaker(self, guide.predictor.shape[1])
        for start in range(0, len(told), frames):
            part = guide.part(start, start + frames, self.config.hop)
            samples, logits = speaker.speak(told[start : start + frames], part, floor)
            yield samples / self.config.loudness, logits


def height(levels: Tensor) -> Tensor:
    """Levels as numbers from -1 to 1."""
    return levels / (LEVELS / 2 - 0.5) - 1


class Speaker:
    """The readable loop: a step of torch for each sample."""

    def __init__(self, model: WaveRNN, order: int) -> None:
        c = model.config
        self.model, self.heard = model, Heard.nothing(order)
        self.h = torch.zeros(1, c.hidden_size)
        silence = torch.tensor([[SILENT, SILENT, SILENT, c.phases]])
        self.inputs = deque([silence] * (c.before + 1), maxlen=c.before + 1)

    def speak(self, told: Tensor, guide: Guide, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """Goes on for as many samples as the guide has: samples (S,), loud, and their logits (S, V)."""
        c, model, spoken = self.model.config, self.model, 0

        def step(inputs: tuple[int, ...], frame: int, choose: Choose) -> tuple[float, np.ndarray]:
            nonlocal spoken
            self.inputs.append(torch.tensor([inputs]))
            last, place = torch.stack(tuple(self.inputs)), spoken % c.bunch  # (before + 1, 1, 4)
            if place == 0:
                bunch = last[-c.bunch :].transpose(0, 1)  # (1, bunch, 4)
                sums = model.step_sums(bunch[..., :HEARD], last[-1, :, 3]) + model.told(told[frame])
                self.h = cell(sums, self.h, model.gru.U, model.gru.b)
            spoken += 1
            near = model.near(last[-BACK - 1 :])[0] + model.head_told(told[frame]) + model.places[place]  # (1, O)
            halves = [
                near + head(part)
                for head, part in zip(model.from_state, self.h.chunk(len(model.from_state), -1), strict=True)
            ]
            logits = model.levels(halves, None)[0]
            if not c.dual:
                return VALUES[choose(logits.numpy(), 0)], logits.numpy()
            coarse = choose(logits[0].numpy(), 0)
            logits = model.levels(halves, torch.tensor([coarse]))[0]
            fine = choose(logits[1].numpy(), 1)
            return value_of(coarse, fine), logits.numpy()

        samples, logits = zip(*speak(step, guide, self.heard, c.hop, floor), strict=True)
        return np.array(samples, np.float32), np.stack(logits)


def halves_of(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The coarse and the fine half of the 16 bits of values from -1 to 1."""
    bits = np.clip(np.round(np.asarray(value, np.float64) * 32_768) + 32_768, 0, 65_535).astype(np.int64)
    return bits // 256, bits % 256


def value_of(coarse: int, fine: int) -> float:
    """Takes :func:`halves_of` back."""
    return (coarse * 256 + fine) / 32_768 - 1
