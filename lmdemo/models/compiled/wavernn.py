"""WaveRNN's loop over samples, compiled: the numbers of :class:`lmdemo.models.wavernn.Speaker`, many times faster.

Shapes: S samples, F frames, H hidden units, O units of the head, V levels.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmdemo.models.closed_loop import LEVELS, SILENT, VALUES, Guide, Heard
from lmdemo.models.compiled.parts import (
    add,
    add_product,
    array,
    compiled,
    copy,
    draw,
    hear,
    level_of,
    predict,
    sigmoid,
    tanh,
)


class Weights(NamedTuple):
    """A network's weights as the loop reads them: matrices (inputs, outputs), and what a level leads to looked up."""

    heard: np.ndarray  # (bunch, 3, V, 3 H)
    phase: np.ndarray  # (phases + 1, 3 H)
    U: np.ndarray  # (H, 3 H)
    b: np.ndarray  # (3 H,)
    from_state: np.ndarray  # (H, O)
    places: np.ndarray  # (bunch, O), with the bias
    head_phase: np.ndarray  # (phases + 1, O)
    tables: np.ndarray  # (6, V, O), slopes added
    out: np.ndarray  # (O, V)
    bias: np.ndarray  # (V,)

    @classmethod
    def of(cls, model) -> "Weights":
        """Those of a :class:`lmdemo.models.wavernn.WaveRNN`."""
        heights = torch.arange(LEVELS)[:, None] / (LEVELS / 2 - 0.5) - 1
        parts = model.heard.weight.unflatten(
            1, (model.config.bunch, len(model.embeddings), -1)
        )  # (3 H, bunch, 3, E + 1)
        read = torch.stack([torch.cat((e.weight, heights), 1) for e in model.embeddings])  # (3, V, E + 1)
        tables = torch.stack([t.weight + heights * s for t, s in zip(model.tables, model.slopes, strict=True)])
        return cls(
            array(torch.einsum("gbke,kve->bkvg", parts, read)),
            array(model.phase.weight),
            array(model.gru.U),
            array(model.gru.b),
            array(model.from_state[0].weight.T),
            array(model.places + model.from_state[0].bias),
            array(model.head_phase.weight),
            array(tables),
            array(model.out[0].weight.T),
            array(model.out[0].bias),
        )


class Speaker:
    """The loop and what it keeps between calls."""

    def __init__(self, model, order: int) -> None:
        self.model, self.weights, self.heard = model, Weights.of(model), Heard.nothing(order)
        self.h = np.zeros(model.config.hidden_size, np.float32)
        self.past = np.full((model.config.before + 1, 3), SILENT)  # levels of the last samples' steps, the newest last

    def speak(self, told: Tensor, guide: Guide, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """As :meth:`lmdemo.models.wavernn.Speaker.speak`."""
        samples = np.empty(len(guide.phase), np.float32)
        logits = np.empty((len(samples), LEVELS), np.float32)
        gates, head = array(self.model.told(told)), array(self.model.head_told(told))
        state = (self.h, self.past, self.heard.samples, self.heard.level)
        _speak(self.weights, gates, head, guide, *state, VALUES, self.model.config.hop, floor, samples, logits)
        return samples, logits


@compiled
def _speak(w, gates, head, guide, h, past, heard, last, values, hop, floor, samples, logits):
    H, units, bunch = len(h), w.from_state.shape[1], len(w.places)
    a, g = np.empty(3 * H, np.float32), np.empty(3 * H, np.float32)
    from_state, hidden = np.empty(units, np.float32), np.empty(units, np.float32)
    newest = len(past) - 1
    for t in range(len(samples)):
        frame, place, phase = t // hop, t % bunch, guide.phase[t]
        prediction = predict(guide.predictor[frame], heard)
        for k in range(newest):
            for which in range(3):
                past[k, which] = past[k + 1, which]
        past[newest, 0], past[newest, 1], past[newest, 2] = level_of(heard[0]), level_of(prediction), last[0]
        if place == 0:
            copy(a, gates[frame])
            add(a, w.phase[phase])
            for d in range(bunch):
                for which in range(3):
                    add(a, w.heard[d, which, past[newest - bunch + 1 + d, which]])
            copy(g, w.b)
            add_product(g, h, w.U)
            for j in range(H):
                r, z = sigmoid(a[j] + g[j]), sigmoid(a[H + j] + g[H + j])
                n = tanh(a[2 * H + j] + r * g[2 * H + j])
                h[j] = n + z * (h[j] - n)
            for j in range(units):
                from_state[j] = 0
            add_product(from_state, h, w.from_state)
        copy(hidden, from_state)
        add(hidden, head[frame])
        add(hidden, w.places[place])
        add(hidden, w.head_phase[phase])
        add(hidden, w.tables[0, past[newest, 0]])
        add(hidden, w.tables[1, past[newest, 1]])
        add(hidden, w.tables[2, past[newest, 2]])
        add(hidden, w.tables[3, past[newest - 1, 0]])
        add(hidden, w.tables[4, past[newest - 1, 2]])
        add(hidden, w.tables[5, past[newest - 2, 2]])
        for j in range(units):
            hidden[j] = max(hidden[j], np.float32(0))
        now = logits[t]
        copy(now, w.bias)
        add_product(now, hidden, w.out)
        last[0] = guide.forced[t, 0]
        if last[0] < 0:
            last[0] = draw(now, guide.uniform[t, 0], guide.temperature[frame], floor)
        samples[t] = hear(heard, prediction + values[last[0]])
