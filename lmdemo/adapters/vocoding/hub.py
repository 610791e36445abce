"""Mels spoken by the hub's HiFi-GAN of SpeechT5, as transformers runs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import count_numbers, hub_info, load_tensors, open_pickle
from lmdemo.adapters.outputs import Info
from lmdemo.adapters.vocoding.mels import PreparedMels, Vocoder
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import audio

FILE = "pytorch_model.bin"


class HubVocoding(Vocoder):
    """The hub's microsoft/speecht5_hifigan, from a local folder. As :class:`lmdemo.adapters.vocoding.mels.Vocoder`, but its mels are its
    own: of base 10, 80 Hz to 7.6 kHz, a frame every 256 samples; they are normalised inside the network. It draws nothing, so a
    ``seed`` changes nothing; its sound comes in one piece.
    """

    sources = ("hub",)
    threads = None  # as many as there are: a GFLOP a frame

    def __init__(self, model: torch.nn.Module, info: Info) -> None:
        from transformers import SpeechT5FeatureExtractor

        super().__init__(model, info)
        self.features = SpeechT5FeatureExtractor()
        self.hop = self.features.sample_stride

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot: only the pinned file, and only its tensors.

        Raises:
            HubFileError: The file is not the pinned one.
            WeightsError: It is missing, or holds another network's tensors.
        """
        hub, member = HUB["speecht5-hifigan"], row.member if row else "waveglow"
        (sha256,) = (f.sha256 for f in hub.files if f.name == FILE)
        model = open_hifigan(Path(folder), sha256=sha256)
        parameters, size = count_numbers(model), (Path(folder) / FILE).stat().st_size
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.to(device), info)

    def analyse(self, waveform: np.ndarray) -> np.ndarray:
        """The log mels that this network was trained on, (F, 80)."""
        made = self.features(audio_target=waveform, sampling_rate=audio.SAMPLING_RATE, return_tensors="np")
        return made.input_values[0].astype(np.float32)

    def preprocess(self, inputs: Any, *, seed: int = 0) -> PreparedMels:
        """Reads a clip or mels."""
        return self.prepare(inputs, seed=seed)

    def pieces(self, prepared: PreparedMels) -> Iterator[np.ndarray]:
        """The whole waveform."""
        yield self.model(torch.from_numpy(prepared.mels).to(self.device)).float().cpu().numpy()

    def internals(self, prepared: PreparedMels) -> dict[str, np.ndarray]:
        """What a trace holds: ``log_mel`` alone, whose bands are not those of the others."""
        return {"log_mel": prepared.mels}


def open_hifigan(folder: Path, *, sha256: str) -> torch.nn.Module:
    """The network of a folder whose weights' checksum is known; see :meth:`HubVocoding.open`."""
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    tensors = open_pickle(folder / FILE, sha256=sha256, what="SpeechT5HifiGan")
    model = SpeechT5HifiGan(SpeechT5HifiGanConfig.from_pretrained(folder, local_files_only=True))
    load_tensors(model, tensors, what="SpeechT5HifiGan")
    return model.eval().requires_grad_(False)
