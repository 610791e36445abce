"""WaveRNN against torch.nn.GRU and torchaudio.models.WaveRNN, against itself sample by sample, and compiled against torch."""

import numpy as np
import torch
from torch import nn

from lmdemo.models import compiled
from lmdemo.models.wavernn import GRU, WaveRNN, WaveRNNConfig, cell
from lmdemo.models.wavernn_stacked import StackedWaveRNN
from lmdemo.proofs import Check, _vocoding

SMALL = WaveRNNConfig(
    num_features=5, hop=8, phases=6, hidden_size=10, embedding_size=4, head_channels=12, conditioning=6
)
FRAMES = 5
SCALES = (2, 3)  # of torchaudio's network here


def prove() -> tuple[Check, ...]:
    """Checks the recurrent layer, both ways of speaking, torchaudio's network and the mels; some seconds where nothing is compiled."""
    torch.manual_seed(0)
    return (*_layer(), *_speaking(), *_torchaudio(), _vocoding.mels())


def _layer() -> list[Check]:
    theirs = nn.GRU(4, 7)
    ours = GRU(7)
    ours.U.data, ours.b.data = theirs.weight_hh_l0.data.T.contiguous(), theirs.bias_hh_l0.data.clone()
    x, h = torch.randn(9, 3, 4), torch.randn(3, 7)
    expected, _ = theirs(x, h[None])
    sums = (x @ theirs.weight_ih_l0.T + theirs.bias_ih_l0).detach()
    states, by_hand = ours(sums, h), [h]
    for a in sums:
        by_hand.append(cell(a, by_hand[-1], ours.U, ours.b))
    weight = torch.randn_like(states)
    (expected * weight).sum().backward()
    (states * weight).sum().backward()
    told = "torch.nn.GRU", "3 sequences, 9 steps"
    return [
        _vocoding.check("WaveRNN cell", told[0], torch.stack(by_hand[1:]), expected, 1e-5, told[1]),
        _vocoding.check("WaveRNN states", told[0], states, expected, 1e-5, told[1]),
        _vocoding.check("WaveRNN gradients", told[0], ours.U.grad, theirs.weight_hh_l0.grad.T, 1e-5, told[1]),
    ]


@torch.inference_mode()
def _speaking() -> list[Check]:
    model = _vocoding.shaken(WaveRNN(SMALL))
    c, features = SMALL, torch.randn(FRAMES, SMALL.num_features)
    told = _vocoding.guide(FRAMES, c.hop, c.phases, forced=True)
    slow = _vocoding.spoken(model, features, told, fast=False)
    silence = torch.tensor([[[128, 128, 128, c.phases]] * c.before])
    inputs = torch.cat((silence, _vocoding.heard(slow[0], c.loudness, told, c.hop)), 1)
    once = model(inputs, features[None]).logits[0]
    checks = [
        _vocoding.check(
            "WaveRNN, speaking", "one pass over what was spoken", slow[1], once, 1e-4, f"{len(once)} samples"
        )
    ]
    if compiled.which("wavernn") == "numba":
        fast = _vocoding.spoken(model, features, told)
        drawn = [
            _vocoding.spoken(model, features, told._replace(forced=np.full_like(told.forced, -1)), fast=f)[0]
            for f in (True, False)
        ]
        checks += [
            _vocoding.check("WaveRNN, compiled, logits", "the loop of torch", fast[1], slow[1], 1e-4, "forced levels"),
            _vocoding.check("WaveRNN, compiled, samples", "the loop of torch", *drawn, 1e-6, "drawn levels"),
        ]
    return checks


@torch.inference_mode()
def _torchaudio() -> list[Check]:
    import torchaudio

    theirs = _vocoding.shaken(torchaudio.models.WaveRNN(list(SCALES), 32, 6, 2, 12, 20, 5, 6, 16, 8), 0.7)
    ours = StackedWaveRNN.from_torchaudio(theirs.state_dict(), SCALES)
    mels, waveform = torch.randn(2, 7, 6), torch.rand(2, 18) * 2 - 1
    expected = theirs(waveform[:, None], mels.transpose(1, 2)[:, None])[:, 0]
    forced = np.random.default_rng(0).integers(0, 32, 18)
    slow, fast = (
        np.concatenate([x for _, x in ours.generate(mels[0, :3], forced=forced, fast=f)]) for f in (False, True)
    )
    samples = torch.from_numpy(2 * np.pad(forced[:-1], (1, 0)) / 31 - 1).float()[None]
    samples[0, 0] = 0
    padded = nn.functional.pad(mels[:1, :3], (0, 0, 2, 2))
    again = theirs(samples[:, None], padded.transpose(1, 2)[:, None])[0, 0]
    reference = "torchaudio.models.WaveRNN, same weights"
    checks = [
        _vocoding.check("WaveRNN, stacked", reference, ours(waveform, mels).logits, expected, 1e-4, "2 clips"),
        _vocoding.check("WaveRNN, stacked, step by step", reference, slow, again, 1e-4, "18 samples"),
    ]
    if compiled.which("wavernn_stacked") == "numba":
        size = float(np.abs(slow).max())
        checks.append(
            _vocoding.check(
                "WaveRNN, stacked, compiled",
                "the loop of torch, by the largest logit",
                fast / size,
                slow / size,
                1e-4,
                "weights rounded to 16 bits",
            )
        )
    return checks
