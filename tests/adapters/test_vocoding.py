"""Vocoders: one call for networks and classical methods, in one piece or streamed; what each shows inside; bad clips and options."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from lmdemo.adapters.outputs import Info
from lmdemo.adapters.protocols import ShowsFlow, ShowsWaveNet, Speaks, Vocodes
from lmdemo.adapters.vocoding import METHODS, Known, WaveGlowVocoding, WaveNetVocoding, WaveRNNVocoding, classical
from lmdemo.adapters.vocoding import hub as hub_vocoding
from lmdemo.data import audio, vocoding
from lmdemo.data.vocoding import HOP
from lmdemo.errors import HubFileError, InputError, OptionError, UnknownModelError, WeightsError
from lmdemo.models.closed_loop import Guide
from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig
from lmdemo.models.wavenet import LONGEST, WaveNet, WaveNetConfig
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.proofs._vocoding import shaken
from tests.data.test_vocoding import voice

RATE = 16_000
INFO = Info("small", "wavenet", "text-to-speech", "scratch", 0, 0, "cpu", "", "", "")
CLIP = (RATE, voice(200.0)[0][:12_800].astype(np.float32))  # 64 frames


def small(kind: type):
    """An adapter around a small network whose weights matter."""
    torch.manual_seed(0)
    if kind is WaveNetVocoding:
        sizes = {"channels": 8, "skip_channels": 8, "head_channels": 8, "conditioning": 8}
        model = shaken(WaveNet(WaveNetConfig(dilations=(1, 2, 4, 64, 128), **sizes)), 0.7)
    elif kind is WaveRNNVocoding:
        model = shaken(WaveRNN(WaveRNNConfig(hidden_size=16, head_channels=12, conditioning=8)), 0.7)
    else:
        model = shaken(WaveGlow(WaveGlowConfig(channels=8, num_layers=2, conditioning=8)), 0.1)
    mean, deviation = (getattr(model, n, None) for n in ("feature_mean", "feature_deviation"))
    if mean is not None:
        features = vocoding.features(vocoding.mels(vocoding.whole_hops(CLIP[1])))
        mean.copy_(torch.from_numpy(features.mean(0)))
        deviation.copy_(torch.from_numpy(features.std(0) + 0.1))
    return kind(model, INFO)


OURS = {kind.__name__: small(kind) for kind in (WaveNetVocoding, WaveRNNVocoding, WaveGlowVocoding)}
ALL = OURS | {name: classical(name) for name in METHODS}
NET, RNN, GLOW = OURS.values()
every = pytest.mark.parametrize("adapter", ALL.values(), ids=ALL)
spoken = pytest.mark.parametrize("adapter", (NET, RNN), ids=("wavenet", "wavernn"))


# -- one call for all ----------------------------------------------------------------------------------------------------


@every
def test_a_clip_and_its_mels_lead_to_the_same_sound(adapter):
    mel = adapter.mel(CLIP)
    assert mel.shape == (64, 80) and adapter.hop == HOP
    of_clip, of_mel = adapter(CLIP, seed=3, trace=True), adapter(mel, seed=3)
    assert np.array_equal(of_clip.waveform, of_mel.waveform) and of_clip.waveform.shape == (64 * HOP,)
    assert of_clip.waveform.dtype == np.float32 and np.abs(of_clip.waveform).max() <= 1
    assert of_clip.sampling_rate == RATE and of_clip.seconds == 0.8 and of_clip.milliseconds > 0
    assert of_clip.times_real_time == pytest.approx(800 / of_clip.milliseconds)
    assert np.array_equal(of_clip.trace["log_mel"], mel) and of_clip.trace["hertz"].shape == (80,)
    assert of_clip.engine in ("numba", "torch", "scipy") and not of_mel.trace
    if adapter in OURS.values():
        assert of_clip.trace["pitch"].shape == (64,) and of_clip.trace["phase"].shape == (64 * HOP,)


@every
def test_another_seed_is_another_sound(adapter):
    made = [adapter(CLIP, seed=seed).waveform for seed in (0, 0, 1)]
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])


@every
def test_streamed_it_is_the_same_sound(adapter):
    pieces = list(adapter.stream(CLIP, seed=5))
    assert len(pieces) > (1 if adapter in OURS.values() else 0) and all(p.milliseconds > 0 for p in pieces)
    whole = np.concatenate([p.waveform for p in pieces])
    assert np.abs(whole - adapter(CLIP, seed=5).waveform).max() < 1e-4
    (held,) = adapter.stream(CLIP, hold_mels=1)
    assert np.array_equal(held.waveform, adapter(CLIP, hold_mels=1).waveform)


def test_a_flow_whose_pieces_hear_too_little_is_found(monkeypatch):
    from lmdemo.adapters.vocoding import ours

    monkeypatch.setattr(ours, "CONTEXT", -3)  # no frame to either side
    whole = np.concatenate([p.waveform for p in GLOW.stream(CLIP, seed=5)])
    assert np.abs(whole - GLOW(CLIP, seed=5).waveform).max() > 1e-4


def test_closing_a_stream_lets_the_adapter_go():
    stream = NET.stream(CLIP)
    next(stream)
    assert NET.in_use
    stream.close()
    assert not NET.in_use


@every
def test_holding_the_mels_brings_the_sound_nearer_to_them(adapter):
    mel = adapter.mel(CLIP)
    errors = [np.abs(vocoding.mels(adapter(mel, hold_mels=n).waveform) - mel).mean() for n in (0, 1, 2)]
    assert errors[0] > errors[1] > errors[2]


def test_classical_methods_stand_in_order():
    mel = NET.mel(CLIP)
    errors = [np.abs(vocoding.mels(classical(n)(mel).waveform) - mel).mean() for n in METHODS]
    griffin_lim, noise, pulses = errors
    assert griffin_lim < 0.4 < pulses < noise
    with pytest.raises(UnknownModelError, match="griffin-lim"):
        classical("wavegrad")


def test_they_answer_their_protocols():
    assert isinstance(NET, ShowsWaveNet) and isinstance(RNN, Speaks) and isinstance(GLOW, ShowsFlow)
    assert all(isinstance(a, Vocodes) for a in ALL.values())
    for adapter in OURS.values():
        assert sum(row[3] for row in adapter.layers()) == adapter.model.num_parameters


# -- sample by sample ----------------------------------------------------------------------------------------------------


def generated(adapter, mel: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Waveform, logits and levels of a generation that says what the clip says, since a network without training shouts."""
    features, signal = vocoding.features(mel), vocoding.preemphasis(vocoding.whole_hops(CLIP[1]))
    levels = vocoding.to_levels(2 * vocoding.residual(signal, vocoding.envelope(mel).predictor))
    phase = vocoding.phase_parts(vocoding.phase_from_mels(mel))
    guide = Guide.of(vocoding.envelope(mel).predictor, phase, 0.85 / vocoding.sharpness(features[:, -1]), forced=levels)
    samples, logits = zip(*adapter.model.generate(torch.from_numpy(features), guide), strict=True)
    return vocoding.deemphasis(np.concatenate(samples)), np.concatenate(logits), levels


@spoken
def test_the_distribution_is_that_from_which_a_sample_was_drawn(adapter):
    mel = adapter.mel(CLIP)
    waveform, logits, levels = generated(adapter, mel)
    off = []
    for at in (3 * HOP, 5_000, 5_001, 9_777):
        drawn = adapter.distribution(mel, at, waveform=waveform)
        off.append(np.abs(drawn.logits - logits[at]).max())
        assert drawn.at == at and drawn.probabilities.sum() == pytest.approx(1)
        assert drawn.level == levels[at] and 0 < drawn.bits <= 8
    assert np.median(off) < 1e-3 * np.abs(logits).max()  # now and then a sample lies on the edge of a level
    spoken = adapter(mel, seed=4).waveform
    here, same = adapter.distribution(mel, 5_000, seed=4), adapter.distribution(mel, 5_000, waveform=spoken)
    assert np.abs(here.logits - same.logits).max() < 1e-3 * np.abs(logits).max()  # what it speaks itself
    other = adapter.distribution(mel, 5_000, waveform=np.roll(waveform, 40))
    assert np.abs(other.logits - logits[5_000]).max() > 3e-3 * np.abs(logits).max()


@spoken
def test_temperature_sharpens_and_leaves_the_logits(adapter):
    cool, hot = (adapter.distribution(CLIP, 6_000, temperature=t) for t in (0.3, 2.0))
    assert np.array_equal(cool.logits, hot.logits) and cool.probabilities.max() > hot.probabilities.max()
    assert cool.temperature == pytest.approx(0.15 * hot.temperature) and cool.bits == hot.bits
    assert len(cool.values) == 256 and (np.diff(cool.values) > 0).all()


@spoken
@pytest.mark.parametrize("at", [-1, 64 * HOP, 1.5, True])
def test_there_is_no_such_sample(adapter, at):
    with pytest.raises(OptionError, match="12,799"):
        adapter.distribution(CLIP, at)


def test_a_waveform_of_another_length_is_refused():
    with pytest.raises(InputError):
        NET.distribution(NET.mel(CLIP), 3, waveform=np.zeros(100, np.float32))


def test_one_sample_taken_apart_leads_to_its_logits():
    p, c, model = NET.sample_products(CLIP, 7_000), NET.model.config, NET.model
    assert np.array_equal(p.gated, p.wave * p.gate) and p.taps[:, 0].tolist() == list(c.dilations)
    with torch.inference_mode():
        out = [b.out(torch.from_numpy(g)) for b, g in zip(model.blocks, p.gated, strict=True)]
        last = model.head[-1](torch.from_numpy(p.hidden)).numpy()
    for i, made in enumerate(out):
        step = (p.stream[i] + made[: c.channels].numpy()) * 0.5**0.5
        assert np.abs(step - p.stream[i + 1]).max() < 1e-4
        assert np.abs(made[c.channels :].numpy() - p.skips[i]).max() < 1e-5
    assert np.abs(p.skips.sum(0) * len(out) ** -0.5 - p.skip_sum).max() < 1e-4
    assert np.abs(last - p.drawn.logits).max() < 1e-3
    assert np.abs(p.drawn.logits - NET.distribution(CLIP, 7_000).logits).max() < 1e-5
    assert p.told.shape == (4,) and p.told[3] <= c.phases


def test_a_receptive_field_is_a_tree_that_meets_at_one_sample():
    own = NET.receptive_field()
    assert own.samples == NET.model.config.receptive_field == 200 and own.milliseconds == 12.5
    field = NET.receptive_field(3, (1, 3))
    assert field.samples == 9 and field.reads[-1].tolist() == [0] and field.reads[-2].tolist() == [0, 3, 6]
    assert field.reads[0].tolist() == list(range(9))
    sparse = NET.receptive_field(2, (5,))
    assert sparse.samples == 6 and sparse.reads[0].tolist() == [0, 5]
    assert NET.receptive_field(2, (2**16,)).reads == () and NET.receptive_field(1, (1,)).samples == 1


@pytest.mark.parametrize(
    "kernel_size, dilations",
    [
        (0, (1,)),
        (2, ()),
        (2, (0, 1)),
        (2, (LONGEST,)),
        (10**12, (10**12,)),
        (2, (1,) * 65),
        (2, (1.5,)),
        (True, (1,)),
        (2, ("1",)),
    ],
)
def test_dilations_that_would_take_all_memory_are_refused(kernel_size, dilations):
    with pytest.raises(OptionError, match="160,000"):
        NET.receptive_field(kernel_size, dilations)


def test_unasked_it_speaks_as_long_as_it_may():
    pieces = list(NET.free(0.5, seed=1))
    made = np.concatenate([p.waveform for p in pieces])
    assert len(made) == 8_000 and np.isfinite(made).all()
    row = NET.mel(CLIP)[30]
    other = np.concatenate([p.waveform for p in NET.free(0.5, mel=row, seed=1)])
    assert len(other) == 8_000 and not np.array_equal(other, made)
    for seconds in (0, -1, 31, float("nan")):
        with pytest.raises(OptionError):
            NET.free(seconds)
    with pytest.raises(InputError):
        list(NET.free(0.5, mel=np.zeros(7, np.float32)))


# -- in one pass ---------------------------------------------------------------------------------------------------------


def test_the_flow_ends_with_the_voice():
    steps = GLOW.flow(CLIP, seed=2)
    assert len(steps) == GLOW.model.config.num_flows + 1
    assert np.abs(steps[-1].waveform - GLOW(CLIP, seed=2).waveform).max() < 1e-4
    assert not np.array_equal(steps[0].waveform, steps[1].waveform)


def test_a_voice_becomes_noise_and_comes_back():
    latent = GLOW.latent(CLIP)
    assert latent.values.shape == (20, 640) and latent.error < 1e-3 and np.isfinite(latent.nats)
    back = GLOW.back(latent)
    assert np.abs(back.waveform - latent.waveform).max() < 1e-3
    half, nothing = GLOW.back(latent, scale=0.5), GLOW.back(latent, scale=0)
    assert not np.allclose(half.waveform, back.waveform, atol=1e-3) and np.isfinite(nothing.waveform).all()
    with pytest.raises(OptionError):
        GLOW.back(latent, scale=-1)


def test_a_flow_that_does_not_lead_back_is_found(monkeypatch):
    step = GLOW.model.steps[2]
    monkeypatch.setattr(step, "inverse", lambda x, condition: type(step).inverse(step, x, condition) * 1.01)
    assert GLOW.latent(CLIP).error > 1e-2


def test_without_noise_there_is_no_chance():
    still = [GLOW(CLIP, sigma=0, seed=s).waveform for s in (0, 1)]
    assert np.array_equal(*still) and not np.array_equal(still[0], GLOW(CLIP, sigma=1.0).waveform)


# -- bad clips and options -----------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize(
    "clip, key",
    [
        ((RATE, np.zeros(RATE, np.float32)), "audio_silent"),
        ((RATE, np.zeros(0, np.float32)), "audio_length"),
        ((RATE, np.full(100, 0.5, np.float32)), "audio_length"),
        ((RATE, np.full(600 * RATE, 0.1, np.float32)), "audio_length"),
        ((4_000, np.full(8_000, 0.1, np.float32)), "audio_rate"),
        ((RATE, np.full((RATE, 9), 0.1, np.float32)), "audio_channels"),
        ((RATE, np.full(RATE, np.nan, np.float32)), "audio_broken"),
        ("no-such-file.wav", "audio_not_readable"),
        (None, "audio_type"),
        (np.zeros((10, 79), np.float32), "mel_shape"),
        (np.zeros((0, 80), np.float32), "mel_shape"),
        (np.zeros((2_401, 80), np.float32), "mel_shape"),
        (np.zeros((10, 80), int), "mel_shape"),
        (np.full((10, 80), np.nan, np.float32), "mel_range"),
        (np.full((10, 80), 1e3, np.float32), "mel_range"),
    ],
)
def test_what_can_not_be_spoken_is_told(adapter, clip, key):
    with pytest.raises(InputError) as told:
        adapter(clip)
    assert told.value.key == key
    with pytest.raises(InputError):
        next(adapter.stream(clip))


def test_a_video_is_no_clip(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    with pytest.raises(InputError):
        GLOW(path)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_and_two_channels_are_read(tmp_path, rate):
    sound = audio.resample(CLIP[1], RATE, rate)
    path = tmp_path / "clip.wav"
    soundfile.write(path, np.stack((sound, sound), 1), rate)
    result = GLOW(path)
    assert result.seconds == pytest.approx(0.8, abs=0.03) and np.isfinite(result.waveform).all()


@every
def test_odd_clips_are_spoken(adapter):
    click, loud = np.zeros(6_400, np.float32), np.clip(30 * CLIP[1], -1, 1)
    click[3_000] = 1.0
    assert np.isfinite(adapter((RATE, click)).waveform).all()
    told = adapter((RATE, loud))
    assert told.warnings == ("clipped",) and np.isfinite(told.waveform).all()
    assert adapter(CLIP).warnings == ()


@pytest.mark.parametrize(
    "adapter, option, values",
    [
        *((a, "temperature", (0, -1, 2.5, float("nan"), True, "warm")) for a in (NET, RNN)),
        (GLOW, "sigma", (-0.1, 2.5, float("nan"), None)),
        *((a, "seed", (-1, 1.5, "x", True)) for a in ALL.values()),
        *((a, "hold_mels", (-1, 3, 0.5)) for a in ALL.values()),
        *((a, "loudness", (1,)) for a in ALL.values()),
    ],
)
def test_options_out_of_range_are_told(adapter, option, values):
    for value in values:
        with pytest.raises(OptionError):
            adapter(CLIP, **{option: value})
        with pytest.raises(OptionError):
            next(adapter.stream(CLIP, **{option: value}))


# -- how near to the training ----------------------------------------------------------------------------------------------


def mels_of(hertz: float) -> np.ndarray:
    return vocoding.mels(vocoding.whole_hops(voice(hertz)[0][:16_000].astype(np.float32)))


@pytest.fixture(scope="module")
def known() -> Known:
    high, low = [mels_of(f) for f in (180, 190, 200, 210, 220)], [mels_of(f) for f in (100, 105, 110)]
    return Known.of({"high": high, "low": low}, {"high": [mels_of(f) for f in (185, 195, 205, 215)]})


def test_what_is_like_the_training_fits_and_other_sounds_do_not(known):
    rng, t = np.random.default_rng(0), np.arange(16_000) / RATE
    noise = vocoding.mels((0.1 * rng.standard_normal(16_000)).astype(np.float32))
    chord = vocoding.mels(sum(0.1 * np.sin(2 * np.pi * f * t) for f in (880, 1_108, 1_318)).astype(np.float32))
    assert known.fit(mels_of(200)) > 0.5 and known.fit(noise) == known.fit(chord) == 0
    assert known.fit(mels_of(200) + 2) == pytest.approx(known.fit(mels_of(200)))  # as loud as it may be
    assert known.distance(mels_of(105)) < known.distance(mels_of(140))  # near one of both sets, or between them


def test_it_is_kept_beside_the_weights(known, tmp_path):
    known.write(tmp_path)
    again = Known.read(tmp_path)
    assert again.fit(mels_of(203)) == pytest.approx(known.fit(mels_of(203)), abs=0.01)
    (tmp_path / "empty").mkdir()
    assert Known.read(tmp_path / "empty") is None
    told = GLOW(CLIP)
    assert told.fit is None
    result = WaveGlowVocoding(GLOW.model, INFO, known)(CLIP)
    assert 0 <= result.fit <= 1 and result == replace(told, fit=result.fit, milliseconds=result.milliseconds)


# -- the hub's -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hifigan(tmp_path_factory):
    """A small HiFi-GAN in the hub's own layout, and its checksum."""
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    folder = tmp_path_factory.mktemp("hifigan")
    torch.manual_seed(0)
    config = SpeechT5HifiGanConfig(
        upsample_initial_channel=32, resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3]]
    )
    model = SpeechT5HifiGan(config).eval()
    model.mean.fill_(-2.0)
    model.scale.fill_(1.5)
    config.save_pretrained(folder)
    path = folder / hub_vocoding.FILE
    torch.save(model.state_dict(), path)
    return folder, hashlib.sha256(path.read_bytes()).hexdigest(), model


@pytest.fixture
def pinned(hifigan, monkeypatch):
    """The catalog's row with the checksum of that one."""
    row = hub_vocoding.HUB["speecht5-hifigan"]
    files = tuple(replace(f, sha256=hifigan[1]) if f.name == hub_vocoding.FILE else f for f in row.files)
    monkeypatch.setattr(hub_vocoding, "HUB", {"speecht5-hifigan": replace(row, files=files)})


def test_the_hubs_speaks_as_transformers_own_call(hifigan, pinned):
    from transformers import SpeechT5FeatureExtractor

    folder, _, theirs = hifigan
    adapter = hub_vocoding.HubVocoding.open(folder, row=None, source="hub", device="cpu")
    mel = adapter.mel(CLIP)
    expected = SpeechT5FeatureExtractor()(audio_target=CLIP[1], sampling_rate=RATE).input_values[0]
    assert np.abs(mel - expected).max() < 1e-6 and adapter.hop == 256 and mel.shape == (51, 80)
    with torch.no_grad():
        sound = theirs(torch.from_numpy(mel))
    result = adapter(CLIP, trace=True)
    assert np.abs(result.waveform - sound.numpy()).max() < 1e-5 and len(result.waveform) == 51 * 256
    assert np.array_equal(result.trace["log_mel"], mel) and isinstance(adapter, Vocodes)
    (piece,) = adapter.stream(CLIP)
    assert np.array_equal(piece.waveform, result.waveform)
    assert adapter.info.bytes == (folder / hub_vocoding.FILE).stat().st_size and adapter.info.licence == "MIT"


def test_another_file_than_the_pinned_one_is_never_opened(hifigan, monkeypatch, tmp_path):
    monkeypatch.setattr(torch, "load", lambda *a, **k: pytest.fail("opened"))
    with pytest.raises(HubFileError):  # the catalog pins the real one
        hub_vocoding.HubVocoding.open(hifigan[0], row=None, source="hub", device="cpu")
    with pytest.raises(WeightsError):
        hub_vocoding.HubVocoding.open(tmp_path, row=None, source="hub", device="cpu")


def test_another_networks_tensors_are_told(tmp_path):
    from transformers import SpeechT5HifiGanConfig

    SpeechT5HifiGanConfig(upsample_initial_channel=32).save_pretrained(tmp_path)
    path = tmp_path / hub_vocoding.FILE
    torch.save({"weight": torch.zeros(3)}, path)
    with pytest.raises(WeightsError):
        hub_vocoding.open_hifigan(tmp_path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
