"""A Siamese network: one encoder for both clips, whose embeddings are compared by their angle.

Bromley et al. 1993 (signatures); He et al., arXiv:1512.03385 (residual blocks); Snyder et al. 2018 (statistics pooling).
What differs from the first: log-mels instead of pen strokes, residual convolutions, a mean and a spread over time, and the
losses of later papers to choose from (see LOSSES).

Shapes: B clips, F frames, M mel bands, C channels, D the embedding, P people (or clips, or kinds of sound), U clips of each.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from lmdemo.errors import OptionError
from lmdemo.models.base import Model

LOSSES = ("pairs", "contrast", "triplet", "ge2e", "additive-margin")


@dataclass(frozen=True)
class SiameseConfig:
    """Sizes of the network.

    Attributes:
        num_mels: Mel bands, M.
        hidden_sizes: Channels of the stages; each stage but the first halves time and frequency, as the stem does.
        num_blocks: Residual blocks a stage.
        embedding_size: D.
        normalization: ``band`` takes the mean of each band away, and with it the level, the microphone and most of the room;
            ``clip`` takes only the level away, for sounds that are known by their colour.
        dropout: Part of the pooled statistics that is dropped in training.
        loss: One of ``LOSSES``.
        margin: By how much a pair must beat the others: cosine for pairs, contrast, triplet and additive margin.
        scale: What cosines are multiplied with before a softmax, at the start of training where it is learnt.
        num_classes: How many classes there are to train on; needed by ``additive-margin`` only.
    """

    num_mels: int = 64
    hidden_sizes: tuple[int, ...] = (24, 48, 96, 128)
    num_blocks: int = 1
    embedding_size: int = 128
    normalization: str = "band"
    dropout: float = 0.1
    loss: str = "additive-margin"
    margin: float = 0.2
    scale: float = 24.0
    num_classes: int = 66

    def __post_init__(self) -> None:
        if self.loss not in LOSSES or self.normalization not in ("band", "clip"):
            raise OptionError(
                "unknown_option",
                expected=", ".join((*LOSSES, "band", "clip")),
                got=f"{self.loss}, {self.normalization}",
                hint="Take one of these.",
            )


# -- parts ---------------------------------------------------------------------------------------------------------------


def normalize(log_mels: Tensor, lengths: Tensor, kind: str) -> Tensor:
    """Takes the mean away, so that level (and for ``band`` the colour of the channel) leaves no trace.

    Args:
        log_mels: (B, F, M), anything beyond ``lengths``.
        lengths: Frames that count, (B,).
        kind: ``band`` or ``clip``.

    Returns:
        The same shape, 0 beyond ``lengths``.
    """
    there = (torch.arange(log_mels.shape[1], device=log_mels.device) < lengths[:, None])[..., None]  # (B, F, 1)
    mean = (log_mels * there).sum(1, keepdim=True) / lengths[:, None, None]  # (B, 1, M)
    if kind == "clip":
        mean = mean.mean(2, keepdim=True)
    return (log_mels - mean) * there / 3.0  # natural logarithms of power spread by about 3


class Block(nn.Module):
    """Two 3 x 3 convolutions beside a short cut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = (
            nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride > 1 or inputs != outputs else nn.Identity()
        )
        self.stride = stride

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, M, F) and frames that count, (B,), to the same after the block."""
        out = shortened(lengths, self.stride)
        hidden = mask(self.norm1(self.conv1(x)).relu(), out)
        return mask((self.norm2(self.conv2(hidden)) + self.shortcut(x)).relu(), out), out


def shortened(lengths: Tensor, stride: int) -> Tensor:
    """Frames left by a convolution of this stride."""
    return (lengths + stride - 1) // stride


def mask(x: Tensor, lengths: Tensor) -> Tensor:
    """Zero beyond each clip's end, which is what the convolution of the clip alone would find there. x: (B, C, M, F)."""
    if bool((lengths == x.shape[3]).all()):
        return x
    return x * (torch.arange(x.shape[3], device=x.device) < lengths[:, None])[:, None, None, :]


def statistics(x: Tensor, lengths: Tensor) -> Tensor:
    """Mean and standard deviation over the frames that count: (B, K, F) -> (B, 2K). However long a clip, as many numbers."""
    there = (torch.arange(x.shape[2], device=x.device) < lengths[:, None])[:, None, :]  # (B, 1, F)
    n = lengths[:, None]
    mean = (x * there).sum(2) / n
    variance = (((x - mean[..., None]) * there) ** 2).sum(2) / n
    return torch.cat((mean, (variance + 1e-5).sqrt()), 1)


# -- losses: embeddings of unit length (B, D) and labels (B,) to one number ----------------------------------------------


def pairs_loss(e: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Each pair by itself (Hadsell et al. 2006): same ones to cosine 1, others below ``1 - 2 * margin``; both kinds weigh alike."""
    cosine = e @ e.T
    same, other = _same_and_other(labels)
    return (1 - cosine)[same].square().mean() + (cosine - (1 - 2 * margin)).relu()[other].square().mean()


def contrast_loss(e: Tensor, labels: Tensor, scale: float) -> Tensor:
    """Each clip must pick its partners among all of the batch (Khosla et al., arXiv:2004.11362)."""
    same, _ = _same_and_other(labels)
    scores = (scale * e @ e.T).masked_fill(torch.eye(len(e), dtype=torch.bool, device=e.device), -1e9)
    return -scores.log_softmax(1)[same].mean()


def triplet_loss(e: Tensor, labels: Tensor, margin: float) -> Tensor:
    """The farthest same clip must be nearer than the nearest other one (Hermans et al., arXiv:1703.07737)."""
    cosine = e @ e.T
    same, other = _same_and_other(labels)
    farthest = cosine.masked_fill(~same, 2).amin(1)
    nearest = cosine.masked_fill(~other, -2).amax(1)
    return (nearest - farthest + margin).relu().mean()


def ge2e_loss(e: Tensor, labels: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Each clip belongs to the centroid of its label, its own part left out (Wan et al., arXiv:1710.10467)."""
    names, which, counts = labels.unique(return_inverse=True, return_counts=True)
    sums = torch.zeros(len(names), e.shape[1], device=e.device, dtype=e.dtype).index_add(0, which, e)  # (P, D)
    cosine = functional.normalize(e) @ functional.normalize(sums).T  # (B, P)
    without = functional.normalize(sums[which] - e)
    kept = counts[which] > 1  # who is alone has no centroid without itself
    own = torch.where(kept, (e * without).sum(1), cosine.gather(1, which[:, None])[:, 0])
    cosine = cosine.scatter(1, which[:, None], own[:, None])
    return functional.cross_entropy(w.clamp_min(1e-3) * cosine + b, which)


def additive_margin_loss(e: Tensor, labels: Tensor, classes: Tensor, margin: float, scale: float) -> Tensor:
    """A softmax over classes in which the right cosine counts less by a margin (Wang et al., arXiv:1801.05599). classes: (N, D)."""
    cosine = e @ functional.normalize(classes).T
    return functional.cross_entropy(scale * (cosine - margin * functional.one_hot(labels, len(classes))), labels)


def _same_and_other(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Which pairs (B, B) share a label, without those of a clip with itself, and which don't."""
    same = labels[:, None] == labels
    return same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device), ~same


# -- the network ---------------------------------------------------------------------------------------------------------


class SiameseOutput(NamedTuple):
    """What the network gives.

    Attributes:
        embeddings: Unit length, (B, D).
        loss: With labels.
        hidden_states: With ``trace``: after the stem and each stage, (B, C, M', F').
        lengths: With ``trace``: frames of the last stage that count, (B,).
    """

    embeddings: Tensor
    loss: Tensor | None = None
    hidden_states: tuple[Tensor, ...] = ()
    lengths: Tensor | None = None


class Siamese(Model):
    """The shared encoder. That two clips go through the same weights is what makes it Siamese."""

    config_class = SiameseConfig

    def __init__(self, config: SiameseConfig) -> None:
        super().__init__(config)
        sizes = config.hidden_sizes
        self.stem = nn.Conv2d(1, sizes[0], 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(sizes[0])
        self.stages = nn.ModuleList()
        for i, (inputs, outputs) in enumerate(zip((sizes[0], *sizes), sizes, strict=False)):
            blocks = [
                Block(inputs if j == 0 else outputs, outputs, 2 if i and j == 0 else 1)
                for j in range(config.num_blocks)
            ]
            self.stages.append(nn.ModuleList(blocks))
        bands = config.num_mels
        for _ in sizes:  # the stem and all stages but the first halve
            bands = (bands + 1) // 2
        self.pooled_norm = nn.BatchNorm1d(2 * sizes[-1] * bands)
        self.projection = nn.Linear(2 * sizes[-1] * bands, config.embedding_size)
        if config.loss == "additive-margin":
            self.classes = nn.Parameter(torch.randn(config.num_classes, config.embedding_size) * 0.1)
        if config.loss == "ge2e":
            self.w, self.b = nn.Parameter(torch.tensor(10.0)), nn.Parameter(torch.tensor(-5.0))

    def forward(
        self,
        input_features: Tensor,
        lengths: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        trace: bool = False,
    ) -> SiameseOutput:
        """Embeds clips.

        Args:
            input_features: Natural log-mels, (B, F, M).
            lengths: Frames that count, (B,); all by default.
            labels: Who or what each clip is, (B,).
            trace: Whether to return the internals.
        """
        if lengths is None:
            lengths = torch.full((len(input_features),), input_features.shape[1], device=input_features.device)
        x = normalize(input_features, lengths, self.config.normalization).transpose(1, 2)[:, None]  # (B, 1, M, F)
        lengths = shortened(lengths, 2)
        x = mask(self.norm(self.stem(x)).relu(), lengths)
        hidden = [x]
        for stage in self.stages:
            for block in stage:
                x, lengths = block(x, lengths)
            hidden.append(x)
        pooled = self.pooled_norm(
            statistics(x.flatten(1, 2), lengths)
        )  # (B, C, M', F') -> (B, C M', F') -> (B, 2 C M')
        pooled = functional.dropout(pooled, self.config.dropout, self.training)
        e = functional.normalize(self.projection(pooled))
        return SiameseOutput(
            e,
            None if labels is None else self.loss(e, labels),
            tuple(hidden) if trace else (),
            lengths if trace else None,
        )

    def loss(self, e: Tensor, labels: Tensor) -> Tensor:
        """The config's loss of unit embeddings (B, D) with labels (B,)."""
        c = self.config
        if c.loss == "additive-margin":
            return additive_margin_loss(e, labels, self.classes, c.margin, c.scale)
        if c.loss == "ge2e":
            return ge2e_loss(e, labels, self.w, self.b)
        if c.loss == "contrast":
            return contrast_loss(e, labels, c.scale)
        return (pairs_loss if c.loss == "pairs" else triplet_loss)(e, labels, c.margin)
