"""What all our networks share: they are ``nn.Module``s that save to and open from a hub repository's layout."""

import dataclasses
import json
from pathlib import Path
from typing import ClassVar, Self

import torch
from huggingface_hub import PyTorchModelHubMixin
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from lmdemo.errors import WeightsError

HALF_ABOVE = 1_000_000  # parameters; larger models are stored (and measured) in float16


class Model(nn.Module, PyTorchModelHubMixin):
    """A network with a flat, frozen dataclass config.

    A subclass names its config class in ``config_class`` and takes one as its only argument. ``forward`` returns a
    NamedTuple, which carries a ``loss`` when labels are given.
    """

    config_class: ClassVar[type]

    def __init__(self, config) -> None:
        super().__init__()
        self.config = config

    @property
    def num_parameters(self) -> int:
        """The number of trained numbers, each shared one counted once."""
        return sum(p.numel() for p in self.parameters())

    def _save_pretrained(self, save_directory: Path) -> None:
        half = self.num_parameters > HALF_ABOVE
        tensors = {
            name: (t.half() if half and t.is_floating_point() else t).detach().cpu().clone().contiguous()
            for name, t in self.state_dict().items()
        }
        save_file(tensors, save_directory / "model.safetensors", metadata={"format": "pt"})
        config = dataclasses.asdict(self.config)
        (save_directory / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> Self:
        """Opens a local folder with ``config.json`` and ``model.safetensors``; every tensor must fit.

        Args:
            folder: A hub repository's folder on this machine. Nothing is downloaded and no pickle is opened.

        Returns:
            The network in evaluation mode, in float32, on the CPU.

        Raises:
            WeightsError: A file is missing or truncated, or belongs to another architecture.
        """
        folder = Path(folder)
        config = cls._read_config(folder)
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise WeightsError(
                "weights_missing",
                expected=f"model.safetensors in {folder.name}/",
                got="no such file",
                hint="Take the folder from the project again, or train the model.",
            )
        try:
            tensors = load_file(weights)
        except (SafetensorError, OSError) as error:
            raise WeightsError(
                "weights_damaged",
                expected="a whole safetensors file",
                got=f"{weights.stat().st_size:,} bytes that can't be read",
                hint="The file seems cut off; copy or download it again.",
            ) from error
        model = cls(config)
        own = model.state_dict()
        wrong = sorted(own.keys() ^ tensors.keys()) or [n for n in own if own[n].shape != tensors[n].shape]
        if wrong:
            name = wrong[0]
            raise WeightsError(
                "weights_foreign",
                expected=f"{name} {list(own[name].shape) if name in own else 'absent'}",
                got=f"{list(tensors[name].shape) if name in tensors else 'absent'}",
                hint=f"These are not the weights of a {cls.__name__} with this config.json.",
            )
        model.load_state_dict(tensors, strict=True)  # copies into float32
        return model.eval()

    @classmethod
    def _read_config(cls, folder: Path):
        path = folder / "config.json"
        if not path.is_file():
            raise WeightsError(
                "weights_missing",
                expected=f"config.json in {folder.name}/",
                got="no such file",
                hint="Take the folder from the project again, or train the model.",
            )
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            for field in dataclasses.fields(cls.config_class):  # JSON knows no tuples
                if isinstance(values.get(field.name), list):
                    values[field.name] = tuple(values[field.name])
            return cls.config_class(**values)
        except (ValueError, TypeError, AttributeError) as error:
            raise WeightsError(
                "weights_foreign",
                expected=f"the fields of {cls.config_class.__name__}",
                got=str(error)[:200],
                hint=f"This config.json does not belong to a {cls.__name__}.",
            ) from error


def count_bytes(module: nn.Module) -> int:
    """Bytes of a module's parameters and buffers in memory."""
    return sum(t.numel() * t.element_size() for t in (*module.parameters(), *module.buffers()))


def as_stored(model: Model) -> Model:
    """Rounds the weights as saving would, so that what is measured is what is shipped."""
    if model.num_parameters > HALF_ABOVE:
        with torch.no_grad():
            for t in (*model.parameters(), *model.buffers()):
                if t.is_floating_point():
                    t.copy_(t.half().float())
    return model
