"""WaveRNN: its layer is torch's GRU; one sample at a time as all at once; compiled as torch; torchaudio's network with its weights."""

import itertools

import numpy as np
import pytest
import torch
import torchaudio
from torch import nn

from lmdemo.data.vocoding import to_levels
from lmdemo.errors import OptionError
from lmdemo.models import compiled, wavernn, wavernn_stacked
from lmdemo.models.wavernn import GRU, Steps, WaveRNN, WaveRNNConfig, cell, halves_of, value_of
from lmdemo.models.wavernn_stacked import StackedWaveRNN, StackedWaveRNNConfig
from lmdemo.proofs._vocoding import guide, heard, shaken, spoken
from tests.models.learning import stuck

SMALL = {
    "num_features": 5,
    "hop": 8,
    "phases": 6,
    "hidden_size": 10,
    "embedding_size": 4,
    "head_channels": 12,
    "conditioning": 6,
}
CONFIGS = [WaveRNNConfig(**SMALL, bunch=b) for b in (1, 2, 4)]
DUAL = WaveRNNConfig(**SMALL, dual=True)
STACKED = StackedWaveRNNConfig(6, (2, 3), 32, 12, 20, 2, 16, 5, 8)


# -- the layer ---------------------------------------------------------------------------------------------------------


def copied(gru: nn.GRU) -> GRU:
    ours = GRU(gru.hidden_size)
    ours.U.data, ours.b.data = gru.weight_hh_l0.data.T.contiguous(), gru.bias_hh_l0.data.clone()
    return ours


def gru_differences() -> dict[str, float]:
    torch.manual_seed(0)
    theirs = nn.GRU(4, 7)
    ours, x, h = copied(theirs), torch.randn(9, 3, 4), torch.randn(3, 7)
    expected, _ = theirs(x, h[None])
    sums = (x @ theirs.weight_ih_l0.T + theirs.bias_ih_l0).detach()
    states, by_hand = ours(sums, h), [h]
    for a in sums:
        by_hand.append(cell(a, by_hand[-1], ours.U, ours.b))
    weight = torch.randn_like(states)
    (expected * weight).sum().backward()
    (states * weight).sum().backward()
    return {
        "states": (states - expected).abs().max().item(),
        "cell": (torch.stack(by_hand[1:]) - expected).abs().max().item(),
        "U": (ours.U.grad - theirs.weight_hh_l0.grad.T).abs().max().item(),
        "b": (ours.b.grad - theirs.bias_hh_l0.grad).abs().max().item(),
    }


def test_the_layer_is_torchs_gru():
    assert max(gru_differences().values()) < 1e-5


def test_a_wrong_cell_is_found(monkeypatch):
    monkeypatch.setitem(globals(), "cell", lambda a, h, U, b: 0.99 * cell_of(a, h, U, b))
    cell_of = wavernn.cell
    assert gru_differences()["cell"] > 1e-3


def test_a_wrong_gradient_is_found(monkeypatch):
    right = Steps.backward

    def forgets(ctx, *gradients):
        da, dh, dU, db, none = right(ctx, *gradients)
        return da, dh, dU * 0.99, db, none

    monkeypatch.setattr(Steps, "backward", staticmethod(forgets))
    wrong = [name for name, value in gru_differences().items() if value > 1e-5]
    assert wrong == ["U"]


def test_the_gradient_through_time_is_right_to_the_last_digit():
    torch.manual_seed(0)
    shapes = ((5, 3, 12), (3, 4), (4, 12), (12,))
    a, h, U, b = (torch.randn(*s, dtype=torch.float64, requires_grad=True) for s in shapes)
    assert torch.autograd.gradcheck(lambda *x: Steps.apply(*x, torch.float64), (a, h, U, b))


def test_mixed_precision_is_near():
    torch.manual_seed(0)
    gru, sums, h = GRU(32), torch.randn(20, 4, 96), torch.zeros(4, 32)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = gru(sums, h)
    assert mixed.dtype == torch.float32 and 1e-6 < (mixed - gru(sums, h)).abs().max() < 0.05


# -- all at once, and one by one -----------------------------------------------------------------------------------------


def batch(config: WaveRNNConfig, frames: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    S = config.before + frames * config.hop
    levels = torch.cat([torch.randint(256, (2, S, 3)), torch.randint(config.phases + 1, (2, S, 1))], -1)
    return levels, torch.randn(2, frames, config.num_features)


@pytest.mark.parametrize("config", CONFIGS)
def test_no_sample_hears_what_comes_later(config):
    torch.manual_seed(0)
    model = shaken(WaveRNN(config))
    inputs, features = batch(config)
    changed, at = inputs.clone(), 17
    changed[:, config.before + at, :3] += torch.where(changed[:, config.before + at, :3] > 128, -50, 50)
    moved = (model(changed, features).logits - model(inputs, features).logits).abs().amax((0, 2)) > 1e-6
    assert not moved[:at].any() and moved[at] and moved[at + config.bunch :].any()


def before(config: WaveRNNConfig) -> torch.Tensor:
    return torch.tensor([[[128, 128, 128, config.phases]] * config.before])


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("fast", [False, True])
def test_step_by_step_is_as_all_at_once(config, fast):
    torch.manual_seed(0)
    model, told = shaken(WaveRNN(config)), guide(5, 8, 6, forced=True)
    features = torch.randn(5, 5)
    samples, logits = spoken(model, features, told, fast=fast)
    inputs = torch.cat((before(config), heard(samples, config.loudness, told, 8)), 1)
    with torch.no_grad():
        expected = model(inputs, features[None]).logits[0].numpy()
    assert np.abs(logits - expected).max() < 1e-4 and np.abs(expected).max() > 1


@pytest.mark.parametrize("fault", ["near", "step_sums"])
def test_what_is_told_to_one_way_only_is_found(monkeypatch, fault):
    right = getattr(WaveRNN, fault)
    monkeypatch.setattr(
        WaveRNN, fault, lambda self, x, *more: right(self, x.flip(0) if fault == "near" else x * 0, *more)
    )
    with pytest.raises(AssertionError):
        test_step_by_step_is_as_all_at_once(CONFIGS[1], True)  # the compiled loop has its own


def test_the_state_is_carried_on():
    torch.manual_seed(0)
    config = CONFIGS[1]
    model, (inputs, features) = shaken(WaveRNN(config)), batch(config)
    whole = model(inputs, features)
    cut = config.before + 2 * config.hop
    told = model.condition(features)
    model.condition = lambda x, context: x  # worked out for the whole clip, whose parts have no ends
    one = model(inputs[:, :cut], told[:, :2])
    two = model(inputs[:, 2 * config.hop :], told[:, 2:], state=one.state)
    parts = torch.cat((one.logits, two.logits), 1)
    assert torch.allclose(parts, whole.logits, atol=1e-5) and torch.allclose(two.state, whole.state, atol=1e-5)


def test_labels_of_minus_100_do_not_count():
    torch.manual_seed(0)
    model, (inputs, features) = shaken(WaveRNN(CONFIGS[1])), batch(CONFIGS[1])
    labels = torch.randint(256, (2, 40))
    labels[:, :30] = -100
    out = model(inputs, features, labels)
    rest = nn.functional.cross_entropy(out.logits[:, 30:].flatten(0, 1), labels[:, 30:].flatten())
    assert out.loss.item() == pytest.approx(rest.item(), abs=1e-5)


# -- the dual softmax ----------------------------------------------------------------------------------------------------


def test_halves_make_the_whole_to_16_bits():
    values = np.linspace(-1, 1 - 2**-15, 4_001)
    coarse, fine = halves_of(values)
    assert coarse.min() == 0 and coarse.max() == 255 and 0 <= fine.min() and fine.max() == 255
    assert np.abs(value_of(coarse, fine) - values).max() <= 2**-16 + 1e-12


def test_the_fine_half_hears_the_coarse_one_and_not_the_other_way():
    torch.manual_seed(0)
    model, (inputs, features) = shaken(WaveRNN(DUAL)), batch(DUAL)
    labels = torch.randint(256, (2, 40, 2))
    logits, alone = model(inputs, features, labels).logits, model(inputs, features).logits
    other = model(inputs, features, (labels + torch.tensor([7, 9])) % 256).logits
    assert logits.shape == (2, 40, 2, 256) and alone.shape == (2, 40, 1, 256)
    assert torch.equal(logits[:, :, 0], other[:, :, 0]) and torch.equal(logits[:, :, :1], alone)
    assert not torch.allclose(logits[:, :, 1], other[:, :, 1])
    finer = model(inputs, features, (labels + torch.tensor([0, 9])) % 256).logits
    assert torch.equal(finer, logits)  # which fine half comes is told to nobody


def test_a_dual_one_speaks_as_it_is_trained():
    torch.manual_seed(0)
    model, told = shaken(WaveRNN(DUAL)), guide(5, 8, 6, forced=True)
    features, halves = torch.randn(5, 5), torch.from_numpy(told.forced)
    samples, logits = spoken(model, features, told)
    levels = told._replace(forced=np.stack([to_levels(value_of(*told.forced.T))] * 2, 1))  # what is heard of it
    inputs = torch.cat((before(DUAL), heard(samples, DUAL.loudness, levels, 8)), 1)
    with torch.no_grad():
        out = model(inputs, features[None], halves[None])
    assert logits.shape == (40, 2, 256) and np.abs(logits - out.logits[0].numpy()).max() < 1e-4
    parts = [nn.functional.cross_entropy(out.logits[0, :, k], halves[:, k]).item() for k in (0, 1)]
    assert out.loss.item() == pytest.approx(sum(parts), abs=1e-4)  # nats of a sample


# -- the loop ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [*CONFIGS, WaveRNNConfig()])
@pytest.mark.parametrize("forced", [True, False])
def test_compiled_is_as_torch(config, forced):
    torch.manual_seed(0)
    model, frames = shaken(WaveRNN(config)), 400 // config.hop
    features = torch.randn(frames, config.num_features)
    told = guide(frames, config.hop, config.phases, forced=forced)
    assert compiled.which("wavernn") == "numba"
    ours, theirs = (spoken(model, features, told, fast=fast) for fast in (True, False))
    assert np.abs(ours[1] - theirs[1]).max() < 1e-4 and np.abs(theirs[1]).max() > 1
    assert np.abs(ours[0] - theirs[0]).max() < 1e-6


def test_a_difference_of_the_compiled_loop_is_found(monkeypatch):
    right = wavernn.cell
    monkeypatch.setattr(wavernn, "cell", lambda a, h, U, b: right(a, h, U.T.reshape(U.shape), b))
    with pytest.raises(AssertionError):
        test_compiled_is_as_torch(CONFIGS[1], True)


@pytest.mark.parametrize("config, fast", [(CONFIGS[1], False), (CONFIGS[1], True), (CONFIGS[2], True), (DUAL, True)])
def test_it_says_the_same_in_pieces_of_any_length(config, fast):
    model, told = shaken(WaveRNN(config)), guide(7, 8, 6)
    features = torch.randn(7, 5)
    whole = spoken(model, features, told, fast=fast, frames=7)[0]
    assert len(whole) == 56 and np.array_equal(whole, spoken(model, features, told, fast=fast, frames=3)[0])


# -- torchaudio's ------------------------------------------------------------------------------------------------------


def theirs(config: StackedWaveRNNConfig) -> nn.Module:
    torch.manual_seed(0)
    c = config
    sizes = (c.num_blocks, c.hidden_size, c.head_channels, c.kernel_size, c.num_mels, c.block_channels, c.aux_channels)
    return shaken(torchaudio.models.WaveRNN(list(c.upsample_scales), c.num_levels, c.hop, *sizes), 0.7)


def stacked_difference(config: StackedWaveRNNConfig = STACKED) -> float:
    model = theirs(config)
    ours = StackedWaveRNN.from_torchaudio(model.state_dict(), config.upsample_scales)
    assert ours.config == config and ours.num_parameters == sum(p.numel() for p in model.parameters())
    mels, waveform = torch.randn(2, 7, config.num_mels), torch.rand(2, 3 * config.hop) * 2 - 1
    with torch.no_grad():
        expected = model(waveform[:, None], mels.transpose(1, 2)[:, None])[:, 0]
        return (ours(waveform, mels).logits - expected).abs().max().item()


@pytest.mark.parametrize("config", [STACKED, StackedWaveRNNConfig()])
def test_torchaudios_network_with_its_weights(config):
    assert stacked_difference(config) < 1e-4


@pytest.mark.parametrize("fault", ["layers", "names"])
def test_another_network_than_torchaudios_is_found(monkeypatch, fault):
    if fault == "layers":
        right = GRU.forward
        monkeypatch.setattr(GRU, "forward", lambda self, a, h: right(self, a, h) * 0.99)
    else:  # the two layers' matrices, which are of one shape, in each other's place
        right = wavernn_stacked.torchaudio_names
        swap = {"grus.0.U": "grus.1.U", "grus.1.U": "grus.0.U"}
        monkeypatch.setattr(
            wavernn_stacked, "torchaudio_names", lambda s: {k: swap.get(v, v) for k, v in right(s).items()}
        )
    assert stacked_difference() > 1e-4


@pytest.mark.parametrize("config", [STACKED, StackedWaveRNNConfig()])
def test_torchaudios_step_by_step_is_as_all_at_once(config):
    model = StackedWaveRNN.from_torchaudio(theirs(config).state_dict(), config.upsample_scales)
    mels, S = torch.randn(3, config.num_mels), 3 * config.hop
    for forced in (np.random.default_rng(0).integers(0, config.num_levels, S), None):
        fast, slow = (
            tuple(np.concatenate(p) for p in zip(*model.generate(mels, forced=forced, fast=f), strict=True))
            for f in (True, False)
        )
        off, size = np.abs(fast[1] - slow[1]).max(), np.abs(slow[1]).max()
        assert off < 1e-4 * size and size > 1  # of weights rounded to 16 bits
        assert np.abs(fast[0] - slow[0]).max() < 1e-6
        padded = nn.functional.pad(mels, (0, 0, 2, 2))[None]
        waveform = torch.from_numpy(np.pad(slow[0], (1, 0))[:-1])[None]
        with torch.no_grad():
            assert np.abs(model(waveform, padded).logits[0].numpy() - slow[1]).max() < 1e-4


def test_it_draws_as_torchaudio_infers():
    """Over many short clips each level comes as often."""
    config = StackedWaveRNNConfig(3, (2,), 4, 8, 8, 1, 8, 5, 8)
    model = theirs(config)
    ours, mels = StackedWaveRNN.from_torchaudio(model.state_dict(), (2,)), torch.randn(1, 3)
    torch.manual_seed(0)
    with torch.no_grad():
        drawn = model.infer(mels.T[None].expand(4_000, -1, -1))[0][:, 0].numpy()
    own = np.stack([np.concatenate([s for s, _ in ours.generate(mels, seed=seed)]) for seed in range(4_000)])
    for pair in itertools.product(range(4), repeat=2):
        values = 2 * np.array(pair) / 3 - 1
        often = [(np.abs(x - values) < 1e-5).all(1).mean() for x in (drawn, own)]
        assert often[0] == pytest.approx(often[1], abs=0.04)


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_the_shipped_one_is_small_enough():
    assert WaveRNN(WaveRNNConfig()).num_parameters <= 2_000_000


@pytest.mark.parametrize(
    "model", [WaveRNN(CONFIGS[1]), WaveRNN(DUAL), StackedWaveRNN(STACKED)], ids=lambda m: str(m.config)[:60]
)
def test_every_parameter_learns(model):
    assert stuck(model) == []


@pytest.mark.parametrize("config", [*CONFIGS, DUAL])
def test_saves_and_opens_again(tmp_path, config):
    model = shaken(WaveRNN(config))
    model.save_pretrained(tmp_path)
    again, (inputs, features) = WaveRNN.from_pretrained(tmp_path), batch(config)
    assert again.config == config and torch.equal(again(inputs, features).logits, model(inputs, features).logits)


@pytest.mark.parametrize("bunch", [0, 3, 400])
def test_impossible_bunches_are_refused(bunch):
    with pytest.raises(OptionError):
        WaveRNNConfig(bunch=bunch)
