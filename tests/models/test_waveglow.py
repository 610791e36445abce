"""WaveGlow: there and back, every likelihood counted, frames where they belong, and what a new flow does."""

import pytest
import torch

from lmdemo.models import waveglow
from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig, spectral_distance
from lmdemo.proofs._vocoding import shaken
from lmdemo.proofs.waveglow import SMALL, inputs_for
from tests.models.learning import stuck

CONFIGS = list(SMALL.values())


@pytest.mark.parametrize("config", [*CONFIGS, WaveGlowConfig()])
def test_there_and_back_is_the_sound_again(config):
    torch.manual_seed(0)
    model, (waveform, mels, phase) = shaken(WaveGlow(config), 0.2), inputs_for(config)
    with torch.no_grad():
        latent = model(waveform, mels, phase).latent
        assert (model.inverse(latent, mels, phase) - waveform).abs().max() < 1e-4
        assert (latent.transpose(1, 2).reshape(waveform.shape) - waveform).abs().max() > 0.1  # it did something


def test_a_new_flow_only_turns():
    """Couplings begin at zero, so that sizes stay: a turn changes no length, and its determinant is one."""
    torch.manual_seed(0)
    model, (waveform, mels, phase) = WaveGlow(WaveGlowConfig()).eval(), inputs_for(WaveGlowConfig())
    out = model(waveform, mels, phase)
    assert out.log_determinant.abs() < 1e-2 and out.latent.norm().item() == pytest.approx(
        waveform.norm().item(), rel=1e-4
    )


@pytest.mark.parametrize("config", CONFIGS)
def test_the_steps_from_noise_to_voice_end_in_the_voice(config):
    torch.manual_seed(0)
    model, (waveform, mels, phase) = shaken(WaveGlow(config), 0.3), inputs_for(config)
    with torch.no_grad():
        latent = model(waveform, mels, phase).latent
        steps = list(model.unfolding(latent, mels, phase))
    assert len(steps) == config.num_flows and all(s.shape == waveform.shape for s in steps)
    far = [(s - waveform).abs().mean().item() for s in steps]
    assert far[-1] < 1e-4 < min(far[:-1])


@pytest.mark.parametrize("hop, group", [(8, 4), (24, 8), (200, 8), (200, 20)])
def test_every_sample_is_told_its_own_frame(hop, group):
    """Also where a frame is an odd number of groups."""
    torch.manual_seed(0)
    config = WaveGlowConfig(num_mels=5, hop=hop, group=group, num_flows=2, channels=4, num_layers=1, phase=False)
    model, mels = shaken(WaveGlow(config)), torch.randn(1, 9, 5)
    changed = mels.clone()
    changed[:, 4] += 3
    moved = (model.condition(mels) - model.condition(changed)).abs().amax((0, 1)) > 1e-6
    assert len(moved) == 9 * hop // group
    middle = (moved.nonzero().float().mean().item() + 0.5) * group / hop
    assert middle == pytest.approx(4.5, abs=0.5 * group / hop + 1e-3)


def test_context_is_what_stands_beside():
    torch.manual_seed(0)
    config = CONFIGS[0]
    model, mels = shaken(WaveGlow(config), 0.3), torch.randn(1, 9, 5)
    S, phase = 5 * config.hop, torch.rand(1, 5 * config.hop)
    waveform = torch.randn(1, S)
    latent = model(waveform, mels, phase, context=2).latent
    assert latent.shape == (1, config.group, S // config.group)
    assert (model.inverse(latent, mels, phase, context=2) - waveform).abs().max() < 1e-4


def test_sigma_says_how_far_from_the_middle_it_is_drawn():
    torch.manual_seed(0)
    config = CONFIGS[0]
    model, (_, mels, phase) = shaken(WaveGlow(config), 0.3), inputs_for(config)
    drawn = [model.generate(mels, phase, sigma=s, generator=torch.Generator().manual_seed(1)) for s in (0.0, 0.5, 1.0)]
    silent = model.inverse(torch.zeros(2, 4, 6), mels, phase)
    assert torch.equal(drawn[0], silent) and (drawn[1] - silent).norm() < (drawn[2] - silent).norm()


def test_spectra_are_compared_by_size_alone():
    torch.manual_seed(0)
    tone = torch.sin(torch.arange(4_000) * 0.3)[None]
    other = torch.sin(torch.arange(4_000) * 0.6)[None]
    assert spectral_distance(tone, tone) == 0
    assert spectral_distance(torch.cos(torch.arange(4_000) * 0.3)[None], tone) < 0.5 * spectral_distance(other, tone)


def test_the_spectral_loss_reaches_the_network_and_adds_to_the_likelihood():
    torch.manual_seed(0)
    config = WaveGlowConfig(num_mels=5, hop=200, group=20, num_flows=2, channels=6, num_layers=2, conditioning=4)
    model = shaken(WaveGlow(config), 0.2)
    waveform, mels, phase = torch.randn(2, 1_200), torch.randn(2, 6, 5), torch.rand(2, 1_200)
    plain, more = (model(waveform, mels, phase, spectral=s).loss for s in (0.0, 0.5))
    assert more > plain
    (more - plain).backward()
    assert all(p.grad is not None for p in model.parameters())


def test_the_shipped_one_is_small_enough():
    assert WaveGlow(WaveGlowConfig()).num_parameters <= 2_500_000


@pytest.mark.parametrize("config", CONFIGS)
def test_every_parameter_learns(config):
    assert stuck(WaveGlow(config)) == []


def test_saves_and_opens_again(tmp_path):
    model, (waveform, mels, phase) = shaken(WaveGlow(CONFIGS[0]), 0.3), inputs_for(CONFIGS[0])
    model.save_pretrained(tmp_path)
    again = WaveGlow.from_pretrained(tmp_path)
    assert torch.equal(again(waveform, mels, phase).latent, model(waveform, mels, phase).latent)


def test_a_flow_without_its_turn_back_is_found(monkeypatch):
    monkeypatch.setattr(waveglow.torch.linalg, "inv", lambda w: w.T * 1.001)
    with pytest.raises(AssertionError):
        test_there_and_back_is_the_sound_again(CONFIGS[0])
