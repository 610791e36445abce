"""A decoder as one strip: tokens, embedding, blocks that unfold where they stand, and what may come next, with the way of each
token drawn between them.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.views import View

TOKENS = 16  # the last ones are drawn
NUMBERS = 1_200  # of the vectors of all blocks together, a token: the first ones of each are drawn
UNITS = 5  # of each feed-forward part that are named
CELLS = 64  # in which its units are drawn, each the strongest of its share


class Strip(View):
    """Shows what :func:`strip` makes; triggers ``open`` with ``block`` and ``head`` (-1 for all together) when one is chosen, and
    ``pin`` with the ``token``'s place in the text, -1 for none.
    """

    files = "strip"
    EVENTS = (*View.EVENTS, "open", "pin")


def cut(
    trace: Mapping[str, np.ndarray], ids: Sequence[int], lenses: Sequence[Sequence[Mapping[str, float]]]
) -> dict[str, Any]:
    """Of a trace what the strip draws: its last tokens, in few bits.

    Args:
        trace: ``tokens`` (T,), ``embeddings`` and ``positions`` (T, E), ``hidden_states`` (L + 1, T, E), ``attended`` and ``fed``
            (L, T, E), ``units`` (L, T, F), ``attention`` (L, heads, T, T).
        ids: The ids of all tokens that were read, those of the trace the last of them.
        lenses: Of the last tokens what each of L + 1 layers would answer.
    """
    weights = trace["attention"]
    layers, heads, count = weights.shape[:3]
    last = slice(max(0, count - TOKENS), None)
    size = trace["embeddings"].shape[-1]
    few = slice(0, min(size, NUMBERS // layers))
    # Of those before the ones in view one number a token: all the attention that they get.
    seen = np.concatenate((weights[..., last, : last.start].sum(-1, keepdims=True), weights[..., last, last]), -1)
    stream, parts = trace["hidden_states"][:, last], {name: trace[name][:, last] for name in ("attended", "fed")}
    vectors = {"token": trace["embeddings"][last], "position": trace["positions"][last], "stream": stream, **parts}
    units = trace["units"][:, last]
    tokens = [str(t) for t in trace["tokens"][last]]
    return {
        "tokens": tokens,
        "ids": list(ids[-len(tokens) :]),
        "first": len(ids) - len(tokens),
        "size": size,
        "shown": few.stop,
        "layers": layers,
        "heads": heads,
        "width": units.shape[-1],
        "attention": _coded(np.round(65_535 * seen.clip(0, 1)).astype("<u2")),
        "vectors": {name: _small(values[..., few]) for name, values in vectors.items()},
        "lengths": {name: _lengths(values) for name, values in vectors.items()},
        "cells": _small(_strongest(units)),
        "active": (units > 0).sum(-1).tolist(),
        "units": [[_named(row) for row in layer] for layer in units],
        "lens": [[next(iter(layer.items()), ("", 0.0)) for layer in answers] for answers in lenses[-len(tokens) :]],
    }


def strip(
    cut: Mapping[str, Any],
    says: Sequence[Sequence[tuple[str, float]]],
    words: Mapping[str, str],
    *,
    block: int = 0,
    head: int = -1,
    token: int = -1,
) -> dict[str, Any]:
    """The JSON of the view.

    Args:
        cut: Made by :func:`cut`.
        says: After each token what may come next: tokens with probabilities.
        words: The view's phrases.
        block: Which block is unfolded.
        head: Which of its heads is drawn, -1 for all together.
        token: The place in the text of the token that is followed, -1 for the last.
    """
    block, head = min(max(block, 0), cut["layers"] - 1), min(head, cut["heads"] - 1)
    says = [[(name, round(p, 4)) for name, p in row] for row in says]
    return {**cut, "says": says, "words": dict(words), "block": block, "head": head, "token": token}


def _coded(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _small(values: np.ndarray) -> dict[str, Any]:
    """Vectors (..., T, N) as bytes, each stage at its own scale, where the largest hundredth is cut off."""
    stages = np.abs(values).reshape(-1, *values.shape[-2:])
    scales = np.maximum(np.quantile(stages, 0.99, axis=(1, 2)), 1e-6)
    parts = values.reshape(stages.shape) / scales[:, None, None]
    return {"values": _coded(np.round(127 * parts.clip(-1, 1)).astype(np.int8)), "scales": scales.round(4).tolist()}


def _lengths(values: np.ndarray) -> list:
    return np.linalg.norm(values, axis=-1).astype(float).round(2).tolist()


def _strongest(units: np.ndarray) -> np.ndarray:
    """(L, T, F) -> (L, T, 64)."""
    rest = -units.shape[-1] % CELLS
    padded = np.pad(units, ((0, 0), (0, 0), (0, rest)))
    return padded.reshape(*units.shape[:2], CELLS, -1).max(-1)


def _named(row: np.ndarray) -> list[tuple[int, float]]:
    return [(int(i), round(float(row[i]), 2)) for i in np.argsort(-row)[:UNITS]]
