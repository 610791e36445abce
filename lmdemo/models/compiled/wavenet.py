"""WaveNet's loop over samples, compiled: the numbers of :class:`lmdemo.models.wavenet.Speaker`, many times faster.

Shapes: S samples, F frames, L blocks of kernel size K, C channels, Z skip channels, O head channels, V levels.
"""

from typing import NamedTuple

import numpy as np
from torch import Tensor

from lmdemo.models.closed_loop import LEVELS, VALUES, Guide, Heard
from lmdemo.models.compiled.parts import (
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
    """A network's weights as the loop reads them: matrices (inputs, outputs)."""

    tables: np.ndarray  # (4, V, C), slopes added; the last one's rows beyond the phases are never read
    dilated: np.ndarray  # (L, K C, 2 C)
    out: np.ndarray  # (L, C, C + Z)
    out_bias: np.ndarray  # (L, C + Z)
    head_1: np.ndarray  # (Z, O)
    bias_1: np.ndarray  # (O,)
    head_2: np.ndarray  # (O, V)
    bias_2: np.ndarray  # (V,)

    @classmethod
    def of(cls, model) -> "Weights":
        """Those of a :class:`lmdemo.models.wavenet.WaveNet`."""
        heights = np.arange(LEVELS, dtype=np.float32)[:, None] / (LEVELS / 2 - 0.5) - 1
        tables = np.zeros((len(model.tables), LEVELS, model.config.channels), np.float32)
        for k, table in enumerate(model.tables):
            tables[k, : table.num_embeddings] = array(table.weight)
        for k, slope in enumerate(array(model.slopes)):
            tables[k] += heights * slope
        _, first, _, second = model.head
        return cls(
            tables,
            np.stack([array(b.dilated.weight.T) for b in model.blocks]),
            np.stack([array(b.out.weight.T) for b in model.blocks]),
            np.stack([array(b.out.bias) for b in model.blocks]),
            array(first.weight.T),
            array(first.bias),
            array(second.weight.T),
            array(second.bias),
        )


class Speaker:
    """The loop and what it keeps between calls."""

    def __init__(self, model, order: int) -> None:
        c = model.config
        self.config, self.weights, self.heard = c, Weights.of(model), Heard.nothing(order)
        self.dilations = np.array(c.dilations)
        longest = (c.kernel_size - 1) * max(c.dilations)
        self.rings = np.zeros((len(c.dilations), longest + 1, c.channels), np.float32)
        self.places = np.zeros(len(c.dilations), np.int64)

    def speak(self, told: Tensor, guide: Guide, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """As :meth:`lmdemo.models.wavenet.Speaker.speak`."""
        samples = np.empty(len(guide.phase), np.float32)
        logits = np.empty((len(samples), LEVELS), np.float32)
        c = self.config
        state = (self.dilations, self.rings, self.places, self.heard.samples, self.heard.level)
        _speak(self.weights, array(told), guide, *state, VALUES, c.kernel_size, c.hop, floor, samples, logits)
        return samples, logits


@compiled
def _speak(w, told, guide, dilations, rings, places, heard, last, values, kernel_size, hop, floor, samples, logits):
    blocks, room, C = rings.shape
    scale = np.float32(1 / np.sqrt(blocks))
    half = np.float32(np.sqrt(0.5))
    x, taps, sums = np.empty(C, np.float32), np.empty(kernel_size * C, np.float32), np.empty(2 * C, np.float32)
    made, out = np.empty(C, np.float32), np.empty(w.out.shape[2], np.float32)
    skips, hidden = np.empty(w.head_1.shape[0], np.float32), np.empty(w.head_1.shape[1], np.float32)
    for t in range(len(samples)):
        frame = t // hop
        prediction = predict(guide.predictor[frame], heard)
        first, second = w.tables[0, level_of(heard[0])], w.tables[1, level_of(prediction)]
        third, fourth = w.tables[2, last[0]], w.tables[3, guide.phase[t]]
        for j in range(C):
            x[j] = first[j] + second[j] + third[j] + fourth[j]
        for j in range(len(skips)):
            skips[j] = 0
        for i in range(blocks):
            here = places[i]
            for k in range(kernel_size):  # the oldest first; the ring holds room samples
                back = here - (kernel_size - 1 - k) * dilations[i]
                if back < 0:
                    back += room
                if k == kernel_size - 1:
                    copy(rings[i, back], x)
                copy(taps[k * C : (k + 1) * C], rings[i, back])
            places[i] = here + 1 if here + 1 < room else 0
            copy(sums, told[frame, i])
            add_product(sums, taps, w.dilated[i])
            for j in range(C):
                made[j] = tanh(sums[j]) * sigmoid(sums[C + j])
            copy(out, w.out_bias[i])
            add_product(out, made, w.out[i])
            for j in range(C):
                x[j] = (x[j] + out[j]) * half
            for j in range(len(skips)):
                skips[j] += out[C + j]
        for j in range(len(skips)):
            skips[j] = max(skips[j] * scale, np.float32(0))
        copy(hidden, w.bias_1)
        add_product(hidden, skips, w.head_1)
        for j in range(len(hidden)):
            hidden[j] = max(hidden[j], np.float32(0))
        now = logits[t]
        copy(now, w.bias_2)
        add_product(now, hidden, w.head_2)
        last[0] = guide.forced[t, 0]
        if last[0] < 0:
            last[0] = draw(now, guide.uniform[t, 0], guide.temperature[frame], floor)
        samples[t] = hear(heard, prediction + values[last[0]])
