"""What the vocoders' recipes share: excerpts, what a network hears of them, how it is judged, and vocoders without a network."""

import importlib
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
import torch

from lmdemo.adapters.vocoding import WaveGlowVocoding, WaveNetVocoding, WaveRNNVocoding, from_noise, from_pulses
from lmdemo.adapters.vocoding import speak as say
from lmdemo.catalog import ModelRow
from lmdemo.data import vocoding
from lmdemo.data.vocoding import HOP, ORDER
from lmdemo.models.closed_loop import Guide, Heard, speak
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.recipes import _vocoding
from lmdemo.recipes._vocoding import ALONE, CONTEXT, Excerpts, Parts, Spoken
from tests.data.test_vocoding import voice

ROW = ModelRow(
    name="small",
    member="wavenet",
    task="text-to-speech",
    purpose="",
    model="",
    adapter="",
    recipe="",
    data="ljspeech-subset",
    training_data="",
)
SMALL = {"channels": 8, "skip_channels": 8, "head_channels": 8, "conditioning": 8, "dilations": (1, 2)}


@dataclass
class Clip:
    voice: str
    hertz: float

    def waveform(self) -> np.ndarray:
        return voice(self.hertz)[0][:24_000]


@pytest.fixture(scope="module")
def parts() -> list[Parts]:
    clips = [
        Clip("lj", 200),
        Clip("lj", 210),
        Clip("kathleen", 190),
        *[Clip("reader-26", 130)] * 4,
        Clip("duke/1", 240),
    ]
    return [Parts.of(c) for c in clips]


def test_a_clip_is_taken_apart_and_put_together(parts):
    p = parts[0]
    excitation = vocoding.residual(p.signal, p.shape.predictor) / p.shape.gain
    assert np.abs(excitation - p.residual).max() < 1e-4
    whole = vocoding.spoken(p.residual.astype(float), p.shape)
    assert np.abs(whole - vocoding.whole_hops(Clip("lj", 200).waveform())).max() < 1e-4
    assert p.features.shape == (len(p.mels), 82) and np.array_equal(p.features[:, :80], p.mels)


def test_voices_come_alike_and_lj_alone_at_the_end(parts):
    torch.manual_seed(0)
    data = Excerpts(parts, 10, 100)
    drawn = [p.voice for p, _ in data.draw(4_000)]
    share = {v: drawn.count(v) / 4_000 for v in set(drawn)}
    assert share["lj"] == pytest.approx(0.375, abs=0.03) == share["reader-26"]  # two clean voices
    assert share["kathleen"] == pytest.approx(0.125, abs=0.03) == share["duke/1"]
    data.done = 0.9
    assert {p.voice for p, _ in data.draw(200)} == {"lj"}


def test_excerpts_are_cut_where_they_are_said_to_be(parts):
    data = Excerpts(parts, 4, 100)
    p = parts[0]
    drawn = [(p, 0), (p, 20), (p, len(p.mels) - 4)]
    got = data.samples(drawn, lambda p: p.signal, 30)
    padded = np.pad(p.signal, (30, 0))
    for row, (_, k) in zip(got, drawn, strict=True):
        assert np.array_equal(row, padded[k * HOP : k * HOP + 30 + 4 * HOP])
    mels = data.mels(drawn)
    assert torch.equal(mels[1], torch.from_numpy(p.mels[18:26])) and torch.equal(mels[0][0], mels[0][2])
    assert torch.equal(mels[2][-1], mels[2][-3])


# -- what a network hears ------------------------------------------------------------------------------------------------


def by_hand(signal: np.ndarray, predictor: np.ndarray, before: int, S: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample by sample, without noise."""
    inputs, labels, excitation = [], [], 0.0
    for t in range(-before, S):
        at = ALONE + before + t
        prediction = float((predictor[max(t, 0) // HOP] * signal[at - ORDER : at][::-1]).sum())
        inputs.append(vocoding.to_levels(np.array([signal[at - 1], prediction, excitation])))
        excitation = signal[at] - prediction
        labels.append(vocoding.to_levels(np.array(excitation)))
    return np.stack(inputs), np.array(labels)[before:]


@pytest.mark.parametrize("before", [0, 3])
def test_without_noise_it_hears_the_sound_itself(parts, before):
    p, S = parts[0], 3 * HOP
    signal, predictor = 2 * p.signal[4_000 - ALONE - before : 4_000 + S], p.shape.predictor[20:23]
    told = torch.from_numpy(signal)[None], torch.from_numpy(predictor)[None]
    inputs, labels = _vocoding.heard(*told, before, noise=0.0)
    expected = by_hand(signal.astype(float), predictor, before, S)
    off = [(a[0].numpy() - b) for a, b in zip((inputs, labels), expected, strict=True)]
    assert max(np.abs(o).max() for o in off) <= 1 and np.mean(off[0] != 0) < 1e-3  # a level's edge, in single precision


def test_noise_is_as_large_as_the_levels_of_the_excitation(parts):
    torch.manual_seed(0)
    p, S = parts[0], 40 * HOP
    signal = torch.from_numpy(2 * p.signal[4_000 - ALONE : 4_000 + S])[None].repeat(20, 1)
    predictor = torch.from_numpy(p.shape.predictor[20:60])[None].repeat(20, 1, 1)
    clean, labels = _vocoding.heard(signal, predictor, 0, noise=0.0)
    noisy, mended = _vocoding.heard(signal, predictor, 0)
    moved = (noisy[:, 1:, 2] - clean[:, 1:, 2]).float()  # of the excitation
    assert 0.3 < moved.std() < 6 and (noisy[..., 0] != clean[..., 0]).float().mean() < 0.6
    assert (mended != labels).float().mean() > 0.2  # what brings the noisy one back is another


def test_what_it_has_to_say_is_the_sound(parts):
    """Who says exactly the labels in the loop makes the sound again, but for what rounding to levels costs."""
    p, S = parts[0], 20 * HOP
    signal, predictor = 2 * p.signal[: ALONE + S], p.shape.predictor[:20]
    padded = torch.from_numpy(np.pad(signal, (ALONE, 0))[: ALONE + S])[None]
    _, labels = _vocoding.heard(padded, torch.from_numpy(predictor)[None], 0, noise=0.0)
    guide = Guide.of(predictor, np.zeros(S), 1.0, forced=labels[0].numpy())
    values = vocoding.from_levels(np.arange(256))
    step = lambda told, frame, choose: (float(values[choose(None, 0)]), None)  # noqa: E731
    made = np.array([x for x, _ in speak(step, guide, Heard.nothing(ORDER), HOP, 0.0)])
    error = made - signal[: len(made)]
    assert 10 * np.log10((signal[: len(made)] ** 2).mean() / (error**2).mean()) > 10


@pytest.mark.parametrize("before, unheard", [(0, 50), (2, 20)])
def test_a_batch_fits_its_network(parts, before, unheard):
    torch.manual_seed(0)
    data = Spoken(parts, 3, 100, loudness=2.0, unheard=unheard, before=before)
    batch = data[[0, 1, 2]]
    assert batch["inputs"].shape == (3, before + 3 * HOP, 4) and batch["features"].shape == (3, 3 + 2 * CONTEXT, 82)
    assert (batch["labels"][:, :unheard] == -100).all() and (batch["labels"][:, unheard:] >= 0).all()
    assert batch["inputs"].min() >= 0 and batch["inputs"][..., :3].max() < 256 and batch["inputs"][..., 3].max() <= 48
    model = (
        WaveRNN(WaveRNNConfig(hidden_size=8, head_channels=8, conditioning=8))
        if before
        else WaveNet(WaveNetConfig(**SMALL))
    )
    _vocoding.normalize(model, parts)
    assert model(**batch).loss.isfinite()
    torch.manual_seed(0)
    again = data[[0, 1, 2]]
    assert all(torch.equal(batch[k], again[k]) for k in ("inputs", "features", "labels"))


def test_what_speaks_is_told_what_training_told(parts):
    """A clip's own mels lead to as many samples, and another seed to others."""
    torch.manual_seed(0)
    model = WaveNet(WaveNetConfig(**SMALL)).eval()
    _vocoding.normalize(model, parts)
    mels = parts[0].mels[:30]
    made = [np.concatenate(list(say(model, mels, seed=seed))) for seed in (0, 0, 1)]
    assert made[0].shape == (30 * HOP,) and np.isfinite(made[0]).all()
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])


# -- judged ------------------------------------------------------------------------------------------------------------


def test_the_sound_itself_is_without_fault():
    clip = vocoding.whole_hops(voice(200.0)[0])
    figures = _vocoding.judge(clip, clip)
    assert figures["log_mel_error"] == 0 and figures.get("stoi", 1) > 0.99 and figures.get("pesq", 5) > 4.5
    quieter = _vocoding.judge(clip, 0.5 * clip)
    assert quieter["log_mel_error"] == pytest.approx(2 * np.log(2), abs=0.1)


def test_without_a_network_there_is_a_whisper_and_a_buzz():
    clip = vocoding.whole_hops(voice(200.0)[0])
    mels = vocoding.mels(clip)
    noise, pulses = from_noise(mels, 0), from_pulses(mels, 0)
    error = [_vocoding.judge(clip, made)["log_mel_error"] for made in (noise, pulses, np.zeros_like(clip))]
    assert len(noise) == len(pulses) == len(clip) and error[1] < error[0] < error[2]
    strengths = [vocoding.pitch(vocoding.mels(x.astype(np.float32))).strength.mean() for x in (noise, pulses)]
    assert strengths[1] > vocoding.VOICED > strengths[0]


def test_a_pitch_that_is_off_is_counted():
    pytest.importorskip("librosa")
    clip, other = (vocoding.whole_hops(voice(f)[0].astype(np.float32)) for f in (200.0, 290.0))
    assert _vocoding.f0_error(clip, clip) == 0
    assert _vocoding.f0_error(clip, other) > 0.5
    hiss = 0.01 * np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    assert _vocoding.f0_error(hiss, hiss) == 0  # nothing is voiced


# -- a training, and what is found of it ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small data root: ten clips of LJ, and others beside it."""
    root, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for name, count in (
        ("ljspeech-subset/wavs", 10),
        ("voices/reader-26", 14),
        ("voices/kathleen", 12),
        *((f"voices/duke/d{i}", 1) for i in range(7)),
    ):
        (root / name).mkdir(parents=True)
        end = "wav" if name.startswith("lj") else "flac"
        for i in range(count):
            hertz = rng.uniform(120, 240)
            soundfile.write(root / name / f"{i:02}.{end}", voice(hertz)[0][:16_000], vocoding.SAMPLING_RATE)
    return root / "ljspeech-subset"


def test_a_few_clips_of_every_voice_are_judged(folder):
    chosen = _vocoding.to_judge(folder, "val")
    assert {name: len(some) for name, some in chosen.items()} == {"lj": 8, "reader-26": 4, "kathleen": 1, "duke": 1}
    assert all(len(clip) <= 6 * vocoding.SAMPLING_RATE for some in chosen.values() for clip in some)


def test_figures_of_lj_come_first_and_those_of_people_never_heard_last(folder):
    chosen = {name: some[:1] for name, some in _vocoding.to_judge(folder, "val").items()}
    found = _vocoding.figures(chosen, lambda clip, i: from_pulses(vocoding.mels(vocoding.whole_hops(clip)), i))
    measured = [k for k in ("pesq", "stoi", "log_mel_error", "f0_error", "dnsmos") if k in found]
    assert list(found)[: len(measured)] == measured and "log_mel_error" in measured
    if "stoi" in found:
        assert found["stoi never heard"] == found["stoi duke"] and "stoi lj" not in found


@pytest.mark.parametrize("name", ["wavenet", "wavernn", "waveglow"])
def test_a_recipe_trains_judges_and_keeps_what_it_heard(name, folder, tmp_path):
    """One step of the shipped shape; the adapter opens what was kept, and says what the trained network says."""
    recipe = importlib.import_module(f"lmdemo.recipes.{name}")
    trainer = recipe.build(folder, seed=0)
    assert trainer.metric == recipe.CARD["primary_metric"] == "pesq"
    batch = trainer.train_data[[0, 1]]
    assert trainer.model(**batch).loss.isfinite()
    recipe.save(trainer.model.eval(), tmp_path)
    kind = {"wavenet": WaveNetVocoding, "wavernn": WaveRNNVocoding, "waveglow": WaveGlowVocoding}[name]
    adapter = kind.open(tmp_path, row=ROW, source="scratch", device="cpu")
    clip = (vocoding.SAMPLING_RATE, Clip("lj", 200).waveform()[:6_000].astype(np.float32))
    assert 0 <= adapter(clip).fit <= 1 and adapter.info.parameters == trainer.model.num_parameters
    short = {"lj": [clip[1]]}
    patched = lambda data, split: short  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_vocoding, "to_judge", patched)
        n, found = recipe.evaluate(adapter, folder, "val")
        floors = recipe.baselines(folder, "val")
    assert n == 1 and set(floors) == {"Griffin-Lim", "LPC, noise", "LPC, pulses"}
    assert all(set(f) == set(found) for f in floors.values())
    assert floors["Griffin-Lim"]["log_mel_error"] < found["log_mel_error"]
    made = _vocoding.judged(
        [type("", (), {"waveform": lambda self: clip[1]})()], lambda mels, i: adapter(mels).waveform
    )
    assert made["log_mel_error"] == pytest.approx(found["log_mel_error"], abs=1e-3)
