"""The loop of torchaudio's WaveRNN over samples, compiled: the numbers of :class:`lmdemo.models.wavernn_stacked.StackedSpeaker`.

What hangs on the mels alone is worked out before, for all samples at once: also what the first recurrent layer is told, since
nothing bends between the sample before and its gates. The matrices are 16 megabytes large, and fetching them is what takes the
time, so they are rounded to 16 bits.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lmdemo.models.compiled.parts import Rounded, add, add_rounded, array, compiled, copy, draw, sigmoid, tanh


class Weights(NamedTuple):
    """A network's weights as the loop reads them: matrices (inputs, outputs)."""

    x_sample: np.ndarray  # what the sample before adds to the stream, (H,)
    a_sample: np.ndarray  # and to the first layer's gates, (3 H,)
    U_1: Rounded  # (H, 3 H)
    b_1: np.ndarray
    heard_2: Rounded  # (H, 3 H)
    U_2: Rounded
    b_2: np.ndarray
    above_1: Rounded
    above_2: Rounded
    out: Rounded
    bias: np.ndarray


class StackedSpeaker:
    """The loop and what it keeps between calls."""

    def __init__(self, model) -> None:
        H, units = model.config.hidden_size, model.config.head_channels
        self.model, self.sample = model, np.zeros(1, np.float32)
        self.states = np.zeros((2, H), np.float32)
        first, second = model.grus
        sample = model.begin.weight[:, 0]
        # The first layer's gates straight from what is told, (3 H, 1 + M + X / 4): nothing bends on the way.
        self.gates = model.heard[0].weight @ model.begin.weight
        self.gates_bias = model.heard[0](model.begin.bias)
        self.weights = Weights(
            array(sample),
            array(self.gates[:, 0]),
            Rounded.of(first.U),
            array(first.b),
            Rounded.of(model.heard[1].weight[:, :H].T),
            Rounded.of(second.U),
            array(second.b),
            Rounded.of(model.above[0].weight[:, :H].T),
            Rounded.of(model.above[1].weight[:, :units].T),
            Rounded.of(model.out.weight.T),
            array(model.out.bias),
        )

    def speak(
        self, mels: Tensor, aux: Tensor, uniform: np.ndarray, forced: np.ndarray, temperature: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """As :meth:`lmdemo.models.wavernn_stacked.StackedSpeaker.speak`."""
        model, parts = self.model, aux.chunk(4, -1)
        H, units = model.config.hidden_size, model.config.head_channels
        given = torch.cat((torch.zeros_like(mels[:, :1]), mels, parts[0]), -1)
        told = (
            model.begin(given),
            torch.nn.functional.linear(given, self.gates, self.gates_bias),
            *(
                torch.nn.functional.linear(part, layer.weight[:, size:], layer.bias)
                for part, layer, size in zip(parts[1:], (model.heard[1], *model.above), (H, H, units), strict=True)
            ),
        )
        samples, logits = np.empty(len(mels), np.float32), np.empty((len(mels), model.config.num_levels), np.float32)
        told = tuple(array(t) for t in told)
        _speak(self.weights, *told, self.states, self.sample, uniform, forced, float(temperature), samples, logits)
        return samples, logits


@compiled
def _step(h, a, U, b, g, room):
    """A recurrent layer's step: h becomes the next state; a holds what it is told, g and room have room for as much."""
    H = len(h)
    copy(g, b)
    add_rounded(g, h, U, room)
    for j in range(H):
        r, z = sigmoid(a[j] + g[j]), sigmoid(a[H + j] + g[H + j])
        n = tanh(a[2 * H + j] + r * g[2 * H + j])
        h[j] = n + z * (h[j] - n)


@compiled
def _speak(w, xs, first, second, third, fourth, states, sample, uniform, forced, temperature, samples, logits):
    H = states.shape[1]
    x, a, g = np.empty(H, np.float32), np.empty(3 * H, np.float32), np.empty(3 * H, np.float32)
    room = np.empty(max(3 * H, third.shape[1], fourth.shape[1], logits.shape[1]), np.float32)
    one, two = np.empty(third.shape[1], np.float32), np.empty(fourth.shape[1], np.float32)
    for t in range(len(samples)):
        for j in range(3 * H):
            a[j] = first[t, j] + sample[0] * w.a_sample[j]
        _step(states[0], a, w.U_1, w.b_1, g, room)
        for j in range(H):
            x[j] = xs[t, j] + sample[0] * w.x_sample[j]
        add(x, states[0])
        copy(a, second[t])
        add_rounded(a, x, w.heard_2, room)
        _step(states[1], a, w.U_2, w.b_2, g, room)
        add(x, states[1])
        copy(one, third[t])
        add_rounded(one, x, w.above_1, room)
        for j in range(len(one)):
            one[j] = max(one[j], np.float32(0))
        copy(two, fourth[t])
        add_rounded(two, one, w.above_2, room)
        for j in range(len(two)):
            two[j] = max(two[j], np.float32(0))
        copy(logits[t], w.bias)
        add_rounded(logits[t], two, w.out, room)
        level = forced[t] if forced[t] >= 0 else draw(logits[t], uniform[t], temperature, 0.0)
        sample[0] = np.float32(2 * level / (logits.shape[1] - 1) - 1)
        samples[t] = sample[0]
