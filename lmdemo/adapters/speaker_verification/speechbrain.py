"""SpeechBrain's ECAPA-TDNN, built here by hand: the hub's hyperparams.yaml is code, and is never run."""

from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lmdemo.adapters.base import count_numbers, hub_info, load_tensors, open_pickle
from lmdemo.adapters.speaker_verification.clips import ClipVerification, Embedded
from lmdemo.catalog import HUB, ModelRow

FILE = "embedding_model.ckpt"
# The model card's hyperparams.yaml in words.
SIZES = {
    "input_size": 80,
    "channels": [1024, 1024, 1024, 1024, 3072],
    "kernel_sizes": [5, 3, 3, 3, 1],
    "dilations": [1, 2, 3, 4, 1],
    "attention_channels": 128,
    "lin_neurons": 192,
}


class ECAPAOutput(NamedTuple):
    """Embeddings of unit length, (B, 192)."""

    embeddings: Tensor


class ECAPA(nn.Module):
    """Filter banks, the clip's mean taken away, ECAPA_TDNN (Desplanques et al., arXiv:2005.07143).

    The layers and weights are SpeechBrain's, the path through them is another: frames stand before channels, (B, F, C), so that each
    convolution is one matrix product with the weights as they lie; clips of one length need no masks; and the attention's global
    context is added once instead of being repeated for each frame.
    """

    def __init__(self, sizes: dict[str, Any] = SIZES) -> None:
        super().__init__()
        from speechbrain.lobes.features import Fbank
        from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

        self.features = Fbank(n_mels=sizes["input_size"])
        self.network = ECAPA_TDNN(**sizes)

    def forward(self, waveforms: Tensor) -> ECAPAOutput:
        """(B, samples) at 16 kHz, all of one length."""
        x = self.features(waveforms)  # (B, F, 80)
        x = self._tdnn(self.network.blocks[0], x - x.mean(1, keepdim=True))
        found = []
        for block in self.network.blocks[1:]:
            x = self._res2net(block, x)
            found.append(x)
        x = self._tdnn(self.network.mfa, torch.cat(found, 2))  # (B, F, 3072)
        x = self._norm(self.network.asp_bn, self._pool(x))
        fc = self.network.fc.conv
        return ECAPAOutput(functional.normalize(functional.linear(x, fc.weight[..., 0], fc.bias), eps=1e-6))

    @staticmethod
    def _norm(norm: nn.Module, x: Tensor) -> Tensor:
        """Batch normalisation of the last axis with the statistics of training."""
        norm = norm.norm
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        return torch.addcmul(norm.bias - norm.running_mean * scale, x, scale)

    @staticmethod
    def _conv(conv: nn.Module, x: Tensor) -> Tensor:
        """A convolution over frames, mirrored at the ends: (B, F, C) -> (B, F, C')."""
        weight, frames = conv.conv.weight, x.shape[1]  # (C', C, width)
        width, step = weight.shape[2], conv.conv.dilation[0]
        if width == 1:
            return functional.linear(x, weight[..., 0], conv.conv.bias)
        edge = step * (width - 1) // 2
        x = functional.pad(x[:, None], (0, 0, edge, edge), mode="reflect")[:, 0]
        x = torch.cat([x[:, k * step : k * step + frames] for k in range(width)], 2)  # (B, F, width C)
        return functional.linear(x, weight.transpose(1, 2).flatten(1), conv.conv.bias)

    def _tdnn(self, block: nn.Module, x: Tensor) -> Tensor:
        return self._norm(block.norm, self._conv(block.conv, x).relu_())

    def _res2net(self, block: nn.Module, x: Tensor) -> Tensor:
        residual = self._conv(block.shortcut, x) if block.shortcut else x
        x = self._tdnn(block.tdnn1, x)
        parts = list(x.chunk(block.res2net_block.scale, 2))
        for i, part in enumerate(block.res2net_block.blocks, 1):
            parts[i] = self._tdnn(part, parts[i] if i == 1 else parts[i] + parts[i - 1])
        x = self._tdnn(block.tdnn2, torch.cat(parts, 2))
        gate = self._conv(
            block.se_block.conv2, self._conv(block.se_block.conv1, x.mean(1, keepdim=True)).relu()
        ).sigmoid()
        return torch.addcmul(residual, gate, x)

    def _pool(self, x: Tensor) -> Tensor:
        """Mean and spread, weighted by an attention that knows those of the whole clip: (B, F, C) -> (B, 2C)."""
        asp = self.network.asp
        channels, conv = x.shape[2], asp.tdnn.conv.conv
        variance, mean = torch.var_mean(x, 1, correction=0)
        around = torch.cat((mean, variance.clamp_min(asp.eps).sqrt()), 1)  # (B, 2C)
        constant = functional.linear(around, conv.weight[:, channels:, 0], conv.bias)
        hidden = functional.linear(x, conv.weight[:, :channels, 0]) + constant[:, None]  # (B, F, 128)
        attention = self._conv(asp.conv, self._norm(asp.tdnn.norm, hidden.relu_()).tanh()).softmax(1)
        mean = (attention * x).sum(1)
        variance = (attention * (x - mean[:, None]).square()).sum(1)
        return torch.cat((mean, variance.clamp_min(asp.eps).sqrt()), 1)


class HubSpeakerVerification(ClipVerification):
    """The hub's speechbrain/spkrec-ecapa-voxceleb. Takes and gives what our own :class:`SpeakerVerification` does."""

    sources = ("hub",)
    threshold = 0.25  # SpeechBrain's own

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot; only the pinned file, and only its tensors.

        Raises:
            HubFileError: The file is not the pinned one.
            WeightsError: It is missing, or holds another network's tensors.
        """
        hub = HUB["ecapa-voxceleb"]
        model = open_checkpoint(Path(folder) / FILE, sha256=hub.files[0].sha256)
        member, size = row.member if row else "siamese", (Path(folder) / FILE).stat().st_size
        parameters = count_numbers(model)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.to(device), info)

    def features(self, waves: np.ndarray) -> Tensor:
        """The waves themselves, (B, samples): the network makes its own filter banks."""
        return torch.from_numpy(waves).to(self.device)

    def run(self, features: Tensor, *, trace: bool = False) -> list[Embedded]:
        """Embeds clips of one length."""
        return [Embedded(e) for e in self.model(features).embeddings.float().cpu().numpy()]


def open_checkpoint(path: Path, *, sha256: str, sizes: dict[str, Any] = SIZES) -> ECAPA:
    """The network with the weights of a file whose checksum is known; see :meth:`HubSpeakerVerification.open`."""
    tensors = open_pickle(path, sha256=sha256, what="ECAPA_TDNN")
    model = ECAPA(sizes)
    load_tensors(model.network, tensors, what="ECAPA_TDNN")
    return model.eval().requires_grad_(False)


def random_pair(sizes: dict[str, Any] = SIZES, *, seed: int = 0) -> tuple[ECAPA, Any]:
    """Our path and SpeechBrain's own ``SpeakerRecognition`` around the same random weights, to be compared."""
    from speechbrain.inference.speaker import SpeakerRecognition
    from speechbrain.processing.features import InputNormalization

    torch.manual_seed(seed)
    ours = ECAPA(sizes).eval().requires_grad_(False)
    modules = {
        "compute_features": ours.features,
        "mean_var_norm": InputNormalization(norm_type="sentence", std_norm=False),
        "embedding_model": ours.network,
        "classifier": nn.Identity(),
    }
    return ours, SpeakerRecognition(modules=modules, hparams={"label_encoder": None}, run_opts={"device": "cpu"})
