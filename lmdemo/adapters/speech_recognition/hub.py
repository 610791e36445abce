"""Clips written down by the hub's wav2vec 2.0, as transformers runs it."""

import time
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import Info, Transcription
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import audio
from lmdemo.errors import OptionError
from lmdemo.pool import computing_with, use_threads


class HubSpeechRecognition(Adapter):
    """The hub's wav2vec 2.0, from a local folder. Takes and gives what :class:`SpeechRecognition` does, without options;
    the trace holds ``probabilities`` (T, C), ``letters`` (C,), ``path`` (T,) and ``step_seconds``."""

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
        hub = HUB["wav2vec2-base-960h"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "lstm",
                task="automatic-speech-recognition",
                source=source,
                parameters=sum(p.numel() for p in model.parameters()),
                bytes=sum(f.stat().st_size for f in folder.glob("*.safetensors")),
                device=device,
                revision=hub.revision,
                licence=hub.licence,
                training_data=hub.training_data,
            ),
            processor,
        )

    def preprocess(self, inputs: Any) -> dict[str, Any]:
        """Reads a clip: ``input_values`` (1, samples), normalised as the hub's model wants it."""
        clip = audio.read_clip(inputs, shortest=0.2)
        return {
            k: v.to(self.device)
            for k, v in self.processor(clip, sampling_rate=audio.SAMPLING_RATE, return_tensors="pt").items()
        }

    def postprocess(self, output: Any, *, milliseconds: float, trace: bool, **options: Any) -> Transcription:
        """The likeliest letter at each step, collapsed."""
        if options:
            raise OptionError("unknown_option", expected="trace", got=", ".join(options), hint="Leave it out.")
        path = output.logits.argmax(-1)
        internals = {}
        if trace:
            names = self.processor.tokenizer.convert_ids_to_tokens(range(output.logits.shape[-1]))
            internals = {
                "probabilities": output.logits[0].softmax(-1).float().cpu().numpy(),
                "letters": np.array(names),
                "path": path[0].cpu().numpy(),
                "step_seconds": np.array(0.02),
            }
        return Transcription(
            text=self.processor.batch_decode(path)[0].lower(), milliseconds=milliseconds, trace=internals
        )

    def __call__(self, inputs: Any, *, trace: bool = False, **options: Any) -> Transcription:
        """Writes down one clip."""
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            tensors = self.preprocess(inputs)
            started = time.perf_counter()
            output = self.model(**tensors)
            synchronize(self.device)
            return self.postprocess(output, milliseconds=1000 * (time.perf_counter() - started), trace=trace, **options)
