"""WaveNet: causal, as far as it says; one sample at a time as all at once; compiled as torch; planted faults are found."""

import sys

import numpy as np
import pytest
import torch

from lmdemo.data.vocoding import from_levels, to_levels
from lmdemo.errors import OptionError
from lmdemo.models import closed_loop, compiled, wavenet
from lmdemo.models.wavenet import Queue, WaveNet, WaveNetConfig
from lmdemo.proofs._vocoding import guide, heard, shaken, spoken
from tests.models.learning import stuck

SMALL = {
    "num_features": 5,
    "hop": 8,
    "phases": 6,
    "dilations": (1, 2, 4, 1, 3),
    "channels": 12,
    "skip_channels": 10,
    "head_channels": 16,
    "conditioning": 6,
}
CONFIGS = [WaveNetConfig(**SMALL), WaveNetConfig(**SMALL | {"kernel_size": 3}), WaveNetConfig.textbook()]


def batch(config: WaveNetConfig, frames: int = 5) -> tuple[torch.Tensor, torch.Tensor | None]:
    S = frames * config.hop if not config.plain else 40
    if config.plain:
        return torch.randn(2, S, 1), None
    levels = torch.cat([torch.randint(256, (2, S, 3)), torch.randint(config.phases + 1, (2, S, 1))], -1)
    return levels, torch.randn(2, frames, config.num_features)


@pytest.mark.parametrize("config", CONFIGS)
def test_a_sample_hears_its_receptive_field_and_nothing_else(config):
    torch.manual_seed(0)
    model = shaken(WaveNet(config))
    inputs, features = batch(config)
    before, at = model(inputs, features).logits, 3
    changed = inputs.clone()
    changed[:, at] = 1 - changed[:, at] if config.plain else (changed[:, at] + 1) % 7
    moved = (model(changed, features).logits - before).abs().amax((0, 2)) > 1e-6
    reach = config.receptive_field
    assert not moved[:at].any() and moved[at] and moved[at + reach - 1] and not moved[at + reach :].any()


def stepped(model: WaveNet, inputs: torch.Tensor, features: torch.Tensor | None) -> torch.Tensor:
    """The logits of one clip, sample by sample."""
    told, queues, config = None if features is None else model.condition(features), model.queues(), model.config
    of = lambda t: [None] * len(queues) if told is None else told[t // config.hop, :, None]  # noqa: E731
    return torch.cat([model.step(inputs[t : t + 1], of(t), queues) for t in range(len(inputs))])


@pytest.mark.parametrize("config", CONFIGS)
@torch.inference_mode()
def test_step_by_step_is_as_all_at_once(config):
    torch.manual_seed(0)
    model = shaken(WaveNet(config))
    inputs, features = batch(config)
    alone = stepped(model, inputs[1], None if features is None else features[1])
    assert (alone - model(inputs, features).logits[1]).abs().max() < 1e-5


@pytest.mark.parametrize("fault", ["forgets", "late"])
def test_a_wrong_queue_is_found(monkeypatch, fault):
    right = Queue.taps

    def forgets(self, x):
        self.kept.clear()
        self.kept.extend([torch.zeros_like(x)] * self.kept.maxlen)
        return right(self, x)

    def late(self, x):
        return right(self, x).roll(1, -1)

    monkeypatch.setattr(Queue, "taps", {"forgets": forgets, "late": late}[fault])
    with pytest.raises(AssertionError):
        test_step_by_step_is_as_all_at_once(CONFIGS[0])


def test_context_is_what_stands_beside():
    torch.manual_seed(0)
    model = shaken(WaveNet(CONFIGS[0]))
    inputs, features = batch(CONFIGS[0], frames=9)
    middle = model(inputs[:, 16:-16], features, context=2).logits
    told = model.condition(features)[:, 2:-2]
    assert torch.allclose(told, model.condition(features, 2), atol=1e-6) and middle.shape == (2, 40, 256)


def test_labels_of_minus_100_do_not_count():
    torch.manual_seed(0)
    model = shaken(WaveNet(CONFIGS[0]))
    inputs, features = batch(CONFIGS[0])
    labels = torch.randint(256, inputs.shape[:2])
    labels[:, :30] = -100
    out = model(inputs, features, labels)
    rest = torch.nn.functional.cross_entropy(out.logits[:, 30:].flatten(0, 1), labels[:, 30:].flatten())
    assert out.loss.item() == pytest.approx(rest.item(), abs=1e-5)


# -- the loop ----------------------------------------------------------------------------------------------------------


def test_levels_are_those_of_the_data():
    values = np.concatenate([np.linspace(-1.1, 1.1, 2_003), [-0.0, 1e-9, -1e-9]])
    assert [closed_loop.level_of(v) for v in values] == to_levels(values).tolist()
    assert np.abs(closed_loop.VALUES - from_levels(np.arange(256))).max() < 1e-7


def test_levels_are_drawn_as_often_as_they_are_likely():
    logits, uniform = np.array([0.0, 1.0, 2.0, -9.0], np.float32), np.linspace(0, 1, 10_000, endpoint=False)
    for temperature, floor in ((1.0, 0.0), (0.5, 0.02)):
        counts = np.bincount([closed_loop.draw(logits, u, temperature, floor) for u in uniform], minlength=4) / 10_000
        p = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
        p = np.maximum(p - floor, 0)
        assert np.abs(counts - p / p.sum()).max() < 1e-3
    assert closed_loop.draw(logits, 1.0, 1.0, 0.001) == 2 and closed_loop.draw(-logits, 0.0, 1.0, 0.2) == 3


@pytest.mark.parametrize("fast", [False, True])
def test_what_it_is_told_in_the_loop_is_what_training_tells_it(fast):
    """The logits of a spoken clip are those of one pass over what was heard before each sample."""
    model, told = shaken(WaveNet(CONFIGS[0])), guide(5, 8, 6, forced=True)
    features = torch.randn(5, 5)
    samples, logits = spoken(model, features, told, fast=fast)
    inputs = heard(samples, model.config.loudness, told, 8)
    with torch.no_grad():
        expected = model(inputs, features[None]).logits[0].numpy()
    assert np.abs(logits - expected).max() < 1e-4


@pytest.mark.parametrize("config", [*CONFIGS[:2], WaveNetConfig()])
@pytest.mark.parametrize("forced", [True, False])
def test_compiled_is_as_torch(config, forced):
    torch.manual_seed(0)
    model, frames = shaken(WaveNet(config)), 320 // config.hop
    features = torch.randn(frames, config.num_features)
    told = guide(frames, config.hop, config.phases, forced=forced)
    assert compiled.which("wavenet") == "numba"
    ours, theirs = (spoken(model, features, told, fast=fast) for fast in (True, False))
    assert np.abs(ours[1] - theirs[1]).max() < 1e-4 and np.abs(theirs[1]).max() > 1
    assert np.abs(ours[0] - theirs[0]).max() < 1e-6


def test_a_difference_of_the_compiled_loop_is_found(monkeypatch):
    right = wavenet.GatedBlock.forward
    monkeypatch.setattr(wavenet.GatedBlock, "forward", lambda self, x, t, told: right(self, x * 1.001, t, told))
    with pytest.raises(AssertionError):
        test_compiled_is_as_torch(CONFIGS[0], True)


@pytest.mark.parametrize("fast", [False, True])
def test_it_says_the_same_in_pieces_of_any_length(fast):
    model, told = shaken(WaveNet(CONFIGS[0])), guide(7, 8, 6)
    features = torch.randn(7, 5)
    whole = spoken(model, features, told, fast=fast, frames=7)[0]
    assert len(whole) == 56 and np.array_equal(whole, spoken(model, features, told, fast=fast, frames=3)[0])
    other = guide(7, 8, 6, seed=1)
    assert not np.array_equal(whole, spoken(model, features, told._replace(uniform=other.uniform), fast=fast)[0])


def test_without_a_compiler_torch_speaks(monkeypatch):
    for name in [n for n in sys.modules if n.startswith("lmdemo.models.compiled.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)
    compiled.find.cache_clear()
    try:
        assert compiled.which("wavenet") == "torch"
        assert len(spoken(shaken(WaveNet(CONFIGS[0])), torch.randn(2, 5), guide(2, 8, 6))[0]) == 16
    finally:
        compiled.find.cache_clear()


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_the_shipped_one_is_small_enough():
    model = WaveNet(WaveNetConfig())
    assert model.num_parameters <= 700_000 and model.config.receptive_field == 511


@pytest.mark.parametrize("config", [CONFIGS[0], CONFIGS[2]])
def test_every_parameter_learns(config):
    assert stuck(WaveNet(config)) == []


@pytest.mark.parametrize("config", CONFIGS)
def test_saves_and_opens_again(tmp_path, config):
    model = shaken(WaveNet(config))
    model.save_pretrained(tmp_path)
    again, (inputs, features) = WaveNet.from_pretrained(tmp_path), batch(config)
    assert again.config == config and torch.equal(again(inputs, features).logits, model(inputs, features).logits)


@pytest.mark.parametrize(
    "change", [{"dilations": ()}, {"dilations": (0, 1)}, {"kernel_size": 0}, {"dilations": (2**20,)}]
)
def test_impossible_reaches_are_refused(change):
    with pytest.raises(OptionError):
        WaveNetConfig(**change)
