"""WaveNet against torch's convolutions, against itself sample by sample and window by window, and compiled against torch."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lmdemo.models import compiled
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.proofs import Check, _vocoding

SMALL = WaveNetConfig(
    num_features=5,
    hop=8,
    phases=6,
    dilations=(1, 2, 4, 1, 3),
    channels=12,
    skip_channels=10,
    head_channels=16,
    conditioning=6,
)
FRAMES = 5


def prove() -> tuple[Check, ...]:
    """Checks the whole network, how far it hears, both ways of speaking, and the mels; some seconds where nothing is compiled yet."""
    torch.manual_seed(0)
    model, textbook = (_vocoding.shaken(WaveNet(c), 1.0) for c in (SMALL, WaveNetConfig.textbook()))
    with torch.inference_mode():
        checks = [*_against_torch(model, textbook), _causal(model), *_cached(model, textbook), *_compiled(model)]
    return (*checks, _vocoding.mels())


def inputs_for(model: WaveNet) -> tuple[Tensor, Tensor]:
    """Random levels and features of two clips."""
    c = model.config
    S = FRAMES * c.hop
    levels = torch.cat([torch.randint(256, (2, S, 3)), torch.randint(c.phases + 1, (2, S, 1))], -1)
    return levels, torch.randn(2, FRAMES, c.num_features)


def convolution(linear: nn.Linear, x: Tensor, dilation: int, kernel_size: int) -> Tensor:
    """A causal convolution of torch's (B, C, S) with the weights of one of our matrices."""
    weight = linear.weight.unflatten(1, (kernel_size, -1)).transpose(1, 2)  # (outputs, inputs, taps)
    padded = functional.pad(x, ((kernel_size - 1) * dilation, 0))
    return functional.conv1d(padded, weight, linear.bias, dilation=dilation)


def plain(model: WaveNet, inputs: Tensor, features: Tensor | None) -> Tensor:
    """The same network by torch.nn.functional.conv1d: channels before time, the condition repeated for every sample."""
    c = model.config
    x = model.begin(inputs).transpose(1, 2)
    total = 0
    for i, (block, dilation) in enumerate(zip(model.blocks, c.dilations, strict=True)):
        sums = convolution(block.dilated, x, dilation, c.kernel_size)
        if c.plain:
            x = convolution(block.out, torch.tanh(convolution(block.squashed, sums, 1, 1)), 1, 1)
            continue
        told = model.condition(features)[:, :, i].transpose(1, 2).repeat_interleave(c.hop, 2)
        wave, gate = (sums + told).chunk(2, 1)
        made = convolution(block.out, torch.tanh(wave) * torch.sigmoid(gate), 1, 1)
        x, total = (x + made[:, : c.channels]) / 2**0.5, total + made[:, c.channels :]
    if c.plain:
        return convolution(model.head, x, 1, 1).transpose(1, 2)
    total = total / len(model.blocks) ** 0.5
    _, first, _, second = model.head
    return convolution(second, torch.relu(convolution(first, torch.relu(total), 1, 1)), 1, 1).transpose(1, 2)


def _against_torch(model: WaveNet, textbook: WaveNet) -> list[Check]:
    reference, waveform = "torch.nn.functional.conv1d, same weights", torch.randn(2, 50, 1)
    shipped, checks = _vocoding.shaken(WaveNet(WaveNetConfig()), 1.0), []
    for name, network, given in (
        ("small", model, inputs_for(model)),
        ("as shipped", shipped, inputs_for(shipped)),
        ("textbook", textbook, (waveform, None)),
    ):
        details = f"{network.num_parameters:,} parameters, {given[0].shape[1]} samples of 2 clips"
        ours, theirs = network(*given).logits, plain(network, *given)
        checks.append(_vocoding.check(f"WaveNet, {name}", reference, ours, theirs, 1e-5, details))
    return checks


def _causal(model: WaveNet) -> Check:
    """How far away the furthest sample is that hears of another, and whether any before it does."""
    levels, features = inputs_for(model)
    changed, at = levels.clone(), 7
    changed[:, at] = (changed[:, at] + 3) % 7
    moved = (model(changed, features).logits - model(levels, features).logits).abs().amax((0, 2)) > 0
    first, last = moved.nonzero()[0].item() - at, moved.nonzero()[-1].item() - at
    found = torch.tensor([first, last + 1])
    return _vocoding.check(
        "WaveNet, causality",
        "receptive field by the formula",
        found,
        torch.tensor([0, model.config.receptive_field]),
        0.0,
        f"a changed sample is heard from itself on, for {last + 1} samples",
    )


def _cached(model: WaveNet, textbook: WaveNet) -> list[Check]:
    """One sample at a time, against the window of the receptive field read anew for every sample."""
    levels, features = inputs_for(model)
    told, queues, hop = model.condition(features)[0], model.queues(), model.config.hop
    ours = torch.cat(
        [model.step(levels[0, t : t + 1], told[t // hop, :, None], queues) for t in range(levels.shape[1])]
    )
    waveform, queues = torch.randn(1, 50, 1), textbook.queues()
    nothing = [None] * len(queues)
    ours_too = torch.cat([textbook.step(waveform[0, t : t + 1], nothing, queues) for t in range(50)])
    reach = textbook.config.receptive_field
    windows = [textbook(waveform[:, max(0, t + 1 - reach) : t + 1]).logits[0, -1] for t in range(reach, 50)]
    return [
        _vocoding.check(
            "WaveNet, queues",
            "all samples at once",
            ours,
            model(levels, features).logits[0],
            1e-5,
            f"{len(ours)} samples",
        ),
        _vocoding.check(
            "WaveNet, textbook, queues",
            "each sample's window read anew",
            ours_too[reach:],
            torch.stack(windows),
            1e-5,
            f"windows of {reach} samples",
        ),
    ]


def _compiled(model: WaveNet) -> list[Check]:
    c, checks = model.config, []
    features = torch.randn(FRAMES, c.num_features)
    told = _vocoding.guide(FRAMES, c.hop, c.phases, forced=True)
    slow = _vocoding.spoken(model, features, told, fast=False)
    once = model(_vocoding.heard(slow[0], c.loudness, told, c.hop), features[None]).logits[0]
    checks.append(
        _vocoding.check(
            "WaveNet, speaking", "one pass over what was spoken", slow[1], once, 1e-4, f"{len(once)} samples"
        )
    )
    if compiled.which("wavenet") == "numba":
        fast = _vocoding.spoken(model, features, told)
        drawn = [
            _vocoding.spoken(model, features, told._replace(forced=np.full_like(told.forced, -1)), fast=f)[0]
            for f in (True, False)
        ]
        checks += [
            _vocoding.check("WaveNet, compiled, logits", "the loop of torch", fast[1], slow[1], 1e-4, "forced levels"),
            _vocoding.check("WaveNet, compiled, samples", "the loop of torch", *drawn, 1e-6, "drawn levels"),
        ]
    return checks
