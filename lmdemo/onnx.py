"""A module and example tensors become an ONNX file that has been checked against the module."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn


class _First(nn.Module):
    """Names one field of a network's output as the graph's result."""

    def __init__(self, model: nn.Module, field: str) -> None:
        super().__init__()
        self.model, self.field = model, field

    def forward(self, *inputs: Tensor) -> Tensor:
        return getattr(self.model(*inputs), self.field)


def export(
    model: nn.Module, inputs: tuple[Tensor, ...], path: Path, *, field: str = "logits", tolerance: float = 1e-4
) -> float:
    """Writes ``model(*inputs).<field>`` as one ONNX file.

    Args:
        model: A network whose output is a NamedTuple.
        inputs: Example tensors; their shapes are kept.
        path: The file to write.
        field: Which field of the output the graph gives.
        tolerance: The largest difference from the module that is accepted.

    Returns:
        The largest difference that was found.

    Raises:
        ValueError: The file does not give the same answer.
    """
    import onnxruntime

    wrapped = _First(copy.deepcopy(model).cpu(), field).eval()
    torch.onnx.export(wrapped, inputs, path, dynamo=True, external_data=False, verbose=False)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = {i.name: x.numpy() for i, x in zip(session.get_inputs(), inputs, strict=True)}
    with torch.inference_mode():
        difference = float(np.abs(session.run(None, given)[0] - wrapped(*inputs).numpy()).max())
    if difference > tolerance:
        raise ValueError(f"the exported graph differs by {difference:.1e}, more than {tolerance:.0e}")
    return difference
