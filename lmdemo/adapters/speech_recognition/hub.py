"""Clips written down by the hub's wav2vec 2.0, as transformers runs it."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, hub_info, weight_bytes
from lmdemo.adapters.outputs import Info, Transcription
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import audio


class HubSpeechRecognition(Adapter[Prepared, Transcription]):
    """The hub's wav2vec 2.0, from a local folder. Takes and gives what :class:`SpeechRecognition` does, without options;
    the trace holds ``probabilities`` (T, C), ``letters`` (C,), ``path`` (T,) and ``step_seconds``.
    """

    sources = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, processor: Any) -> None:
        super().__init__(model, info)
        self.processor = processor

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import Wav2Vec2ForCTC, Wav2Vec2Processor

        processor = Wav2Vec2Processor.from_pretrained(folder, local_files_only=True)
        model = Wav2Vec2ForCTC.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False
        )
        hub, member = HUB["wav2vec2-base-960h"], row.member if row else "lstm"
        parameters, size = count_numbers(model), weight_bytes(folder)
        info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        return cls(model.eval().to(device), info, processor)

    def preprocess(self, inputs: Any) -> Prepared:
        """Reads a clip: ``input_values`` (1, samples), normalised as the hub's model wants it."""
        clip, facts = audio.open_clip(inputs, shortest=0.2)
        ready = self.processor(clip, sampling_rate=audio.SAMPLING_RATE, return_tensors="pt")
        return Prepared(tensors={k: v.to(self.device) for k, v in ready.items()}, heard=(facts,))

    def forward(self, prepared: Prepared, *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**prepared.tensors)

    def postprocess(self, output: Any, prepared: Prepared, *, milliseconds: float, trace: bool) -> Transcription:
        """The likeliest letter at each step, collapsed."""
        path = output.logits.argmax(-1)
        internals: dict[str, np.ndarray] = {}
        if trace:
            names = self.processor.tokenizer.convert_ids_to_tokens(range(output.logits.shape[-1]))
            internals = {
                "probabilities": output.logits[0].softmax(-1).float().cpu().numpy(),
                "letters": np.array(names),
                "path": path[0].cpu().numpy(),
                "step_seconds": np.array(0.02),
            }
        said = self.processor.batch_decode(path)[0].lower()
        return Transcription(text=said, milliseconds=milliseconds, trace=internals, heard=prepared.heard)
