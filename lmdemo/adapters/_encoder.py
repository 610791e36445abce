"""What the adapters of our encoders share: switched-off heads, the trace, the table of layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from lmdemo.adapters.base import count_numbers
from lmdemo.adapters.outputs import Layer
from lmdemo.errors import OptionError


def head_mask(
    heads_off: Sequence[tuple[int, int]], num_layers: int, num_heads: int, device: torch.device
) -> torch.Tensor | None:
    """(layers, heads) of 1, and 0 where a head is silenced; None where none is.

    Raises:
        OptionError: There is no such head.
    """
    if not heads_off:
        return None
    mask = torch.ones(num_layers, num_heads, device=device)
    for layer, head in heads_off:
        if not (0 <= layer < num_layers and 0 <= head < num_heads):
            raise OptionError(
                "no_such_head",
                expected=f"0-{num_layers - 1}, 0-{num_heads - 1}",
                got=f"{layer}, {head}",
                hint="Choose a layer and a head that are there.",
            )
        mask[layer, head] = 0
    return mask


def as_arrays(trace: Any) -> dict[str, np.ndarray]:
    """The trace of one text as arrays without the batch's axis."""
    named = {name: t.float().cpu() for name, t in trace._asdict().items()}
    named["embeddings"] = named["embeddings"][0]
    return {name: (t if name in ("embeddings", "positions") else t[:, 0]).numpy() for name, t in named.items()}


def encoder_layers(encoder: torch.nn.Module, config: Any) -> list[Layer]:
    """The blocks of an encoder, part by part: name, kind, output shape, parameters."""
    E, F = config.hidden_size, config.intermediate_size
    rows = []
    for n, layer in enumerate(encoder.layers, start=1):
        rows += [
            (
                f"block{n}.attention",
                f"{layer.attention.num_attention_heads} heads of {layer.attention.head_dim}",
                f"T x {E}",
                count_numbers(layer.attention),
            ),
            (f"block{n}.norm1", "LayerNorm", f"T x {E}", count_numbers(layer.norm1)),
            (
                f"block{n}.feed_forward",
                f"Linear to {F}, Linear",
                f"T x {E}",
                count_numbers(layer.up) + count_numbers(layer.down),
            ),
            (f"block{n}.norm2", "LayerNorm", f"T x {E}", count_numbers(layer.norm2)),
        ]
    return rows if encoder.norm is None else [*rows, ("norm", "LayerNorm", f"T x {E}", count_numbers(encoder.norm))]
