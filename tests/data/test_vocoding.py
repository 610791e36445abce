"""What vocoders start from: mels as torchaudio's, the envelope as scipy's, filters that take each other back, pitch and phase of a
known voice; each check also finds a planted fault.
"""

import numpy as np
import pytest
import torch
import torchaudio
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from lmdemo.data import vocoding
from lmdemo.data.vocoding import HOP, N_FFT, NUM_MELS, ORDER, PREEMPHASIS, WINDOW
from lmdemo.data.vocoding import SAMPLING_RATE as RATE

SECONDS = 2


def resonances(*of: tuple[float, float]) -> np.ndarray:
    """The denominator of a filter that rings at these frequencies, each so many Hz wide."""
    poles = [np.exp(-np.pi * w / RATE + sign * 2j * np.pi * f / RATE) for f, w in of for sign in (1, -1)]
    return np.poly(poles).real


TRACT = resonances((500, 80), (1_500, 120), (2_500, 160), (3_500, 250), (5_500, 400), (7_000, 500))


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    """A whisper: noise through a vocal tract."""
    made = lfilter([1], TRACT, np.random.default_rng(0).standard_normal(RATE * SECONDS))
    return (0.1 * made / made.std()).astype(np.float32)


def voice(hertz: float) -> tuple[np.ndarray, np.ndarray]:
    """A pulse a period through a vocal tract, with a little noise, and where the pulses are."""
    turns = np.floor(np.arange(RATE * SECONDS) * hertz / RATE)
    pulses = (np.diff(turns, prepend=-1) > 0).astype(float)
    hiss = 0.01 * np.random.default_rng(1).standard_normal(len(pulses))
    made = lfilter([1], TRACT, lfilter([1], [1, -0.9], pulses) + hiss)  # a source falls, too, towards high tones
    return (0.3 * made / np.abs(made).max()).astype(np.float32), np.flatnonzero(pulses)


# -- mels --------------------------------------------------------------------------------------------------------------


def mel_difference(clip: np.ndarray) -> float:
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # else torchaudio's triangles and window are rounded to single precision
    try:
        theirs = torchaudio.transforms.MelSpectrogram(
            RATE, n_fft=N_FFT, win_length=WINDOW, hop_length=HOP, f_min=0.0, n_mels=NUM_MELS, center=False
        )
    finally:
        torch.set_default_dtype(usual)
    padded = np.pad(clip.astype(float), ((N_FFT - HOP) // 2, N_FFT))
    expected = theirs(torch.from_numpy(padded)).clamp_min(vocoding.FLOOR).log().T[: len(clip) // HOP]
    ours = vocoding.mels(clip)
    assert ours.dtype == np.float32 and ours.shape == (len(clip) // HOP, NUM_MELS)
    return float(np.abs(ours - expected.numpy()).max())


def test_mels_equal_torchaudios(noise):
    assert mel_difference(noise) < 1e-5


@pytest.mark.parametrize("fault", [{"WINDOW": WINDOW - 4}, {"HOP": HOP - 8}, {"NUM_MELS": NUM_MELS - 1}])
def test_other_mels_are_found(monkeypatch, noise, fault):
    vocoding.window.cache_clear()
    try:
        for name, value in fault.items():
            monkeypatch.setattr(vocoding, name, value)
        with pytest.raises(AssertionError):
            assert mel_difference(noise) < 1e-5
    finally:
        vocoding.window.cache_clear()


def test_frames_stand_on_the_middle_of_their_hop():
    clip = np.zeros(HOP * 21, np.float32)
    clip[HOP * 10 + HOP // 2] = 1
    loud = vocoding.mels(clip).mean(1)
    assert loud.argmax() == 10 and loud[9] == pytest.approx(loud[11], abs=0.05)


def test_what_is_below_speech_is_taken_out():
    time = np.arange(RATE + 123) / RATE
    clean = vocoding.whole_hops(np.sin(2 * np.pi * 15 * time) + 0.1 * np.sin(2 * np.pi * 300 * time))
    assert len(clean) == RATE // HOP * HOP and clean.dtype == np.float32
    assert clean[RATE // 2 :].std() == pytest.approx(0.1 / np.sqrt(2), rel=0.3)


# -- the envelope ------------------------------------------------------------------------------------------------------


def toeplitz_difference(mel: np.ndarray) -> float:
    """From scipy: the power spectrum of each frame, its autocorrelation, and the normal equations solved as they stand."""
    triangles = torchaudio.functional.melscale_fbanks(N_FFT // 2 + 1, 0.0, RATE / 2, NUM_MELS, RATE).double().numpy()
    area, bins = triangles.sum(0), np.arange(N_FFT // 2 + 1)
    centres = (triangles * bins[:, None]).sum(0) / area
    lift = np.abs(1 - PREEMPHASIS * np.exp(-2j * np.pi * bins / N_FFT)) ** 2
    lag = np.exp(-0.5 * (2 * np.pi * 30 / RATE * np.arange(ORDER + 1)) ** 2)
    ours, worst = vocoding.envelope(mel).predictor, 0.0
    for weights, bands in zip(ours, mel.astype(float), strict=True):
        power = np.exp(np.interp(bins, centres, bands - np.log(area))) * lift
        correlation = np.fft.irfft(power)[: ORDER + 1]
        correlation[0] = correlation[0] * 1.0001 + 1e-5
        correlation *= lag
        worst = max(worst, np.abs(weights - solve_toeplitz(correlation[:-1], correlation[1:])).max())
    return worst


def test_the_predictor_solves_the_normal_equations(noise):
    assert toeplitz_difference(vocoding.mels(noise)[:40]) < 1e-4


def test_a_predictor_of_another_signal_is_found(monkeypatch, noise):
    monkeypatch.setattr(vocoding, "PREEMPHASIS", 0.8)
    assert toeplitz_difference(vocoding.mels(noise)[:40]) > 1e-2


def test_the_residual_is_white_and_of_about_unit_size(noise):
    signal = vocoding.preemphasis(noise)
    shape = vocoding.envelope(vocoding.mels(noise))
    left = vocoding.residual(signal, shape.predictor)
    assert left.var() < 0.1 * signal.var()
    assert 0.6 < (left / shape.gain).std() < 1.1  # bands smear resonances, so that more seems left than is
    bands = np.abs(np.fft.rfft((left / shape.gain)[: 8 * 4_000].reshape(8, -1))) ** 2
    flat = bands.mean(0)[:2_000].reshape(10, -1).mean(1)
    assert flat.max() / flat.min() < 2.5


def test_the_gain_of_white_noise_is_its_size():
    white = (0.1 * np.random.default_rng(4).standard_normal(RATE)).astype(np.float32)
    shape = vocoding.envelope(vocoding.mels(white))
    left = vocoding.residual(vocoding.preemphasis(white), shape.predictor)
    assert (left / shape.gain).std() == pytest.approx(1, abs=0.05) and left.std() == pytest.approx(0.1, abs=0.005)


def round_trip(clip: np.ndarray) -> float:
    shape = vocoding.envelope(vocoding.mels(clip))
    signal = vocoding.preemphasis(clip)
    back = vocoding.Mouth().predicted(vocoding.residual(signal, shape.predictor), shape.predictor)
    whole = vocoding.spoken(vocoding.residual(signal, shape.predictor) / shape.gain, shape)
    return float(max(np.abs(back - signal).max(), np.abs(whole - clip).max()))


def test_residual_and_filter_take_each_other_back(noise):
    assert round_trip(noise) < 1e-5


@pytest.mark.parametrize("fault", ["forgets", "turned"])
def test_a_wrong_filter_is_found(monkeypatch, noise, fault):
    right = vocoding.Mouth.predicted

    def wrong(mouth: vocoding.Mouth, excitation: np.ndarray, predictor: np.ndarray) -> np.ndarray:
        if fault == "turned":
            return right(mouth, excitation, predictor[:, ::-1])
        frames = zip(excitation.reshape(-1, HOP), predictor, strict=True)  # each begins as if nothing had been before
        return np.concatenate([right(vocoding.Mouth(), x, w[None]) for x, w in frames])

    monkeypatch.setattr(vocoding.Mouth, "predicted", wrong)
    with np.errstate(over="ignore", invalid="ignore"):
        assert not round_trip(noise) < 1e-3


def test_preemphasis_is_taken_back(noise):
    assert np.abs(vocoding.deemphasis(vocoding.preemphasis(noise)) - noise).max() < 1e-5


def test_piece_by_piece_the_mouth_says_the_same(noise):
    shape = vocoding.envelope(vocoding.mels(noise))
    excitation = vocoding.residual(vocoding.preemphasis(noise), shape.predictor) / shape.gain
    whole, mouth, made = vocoding.spoken(excitation, shape), vocoding.Mouth(), []
    for a, b in ((0, 1), (1, 7), (7, len(shape.predictor))):
        here = slice(a * HOP, b * HOP)
        made.append(mouth.spoken(excitation[here], vocoding.Envelope(shape.predictor[a:b], shape.gain[here])))
    assert np.abs(np.concatenate(made) - whole).max() < 1e-5
    forgetful = np.concatenate([vocoding.Mouth().deemphasis(x) for x in np.split(noise, 2)])
    assert np.abs(forgetful - vocoding.deemphasis(noise)).max() > 1e-3


# -- spectra -----------------------------------------------------------------------------------------------------------


def test_a_spectrum_is_the_sound(noise):
    assert np.abs(vocoding.from_spectrum(vocoding.spectrum(noise)) - noise).max() < 1e-5


def test_a_power_spectrum_has_the_mels_that_were_asked_for():
    mel = vocoding.mels(voice(150.0)[0].astype(np.float32))
    errors = [np.abs(np.log(vocoding.power(mel, n) @ vocoding.filters()) - mel).mean() for n in (0, 5, 40)]
    assert errors[0] > errors[1] > errors[2] < 0.02 and (vocoding.power(mel, 5) > 0).all()


def test_a_held_sound_comes_nearer_to_its_mels(noise):
    mel = vocoding.mels(voice(150.0)[0].astype(np.float32))
    other = noise[: len(mel) * HOP] if len(noise) >= len(mel) * HOP else np.resize(noise, len(mel) * HOP)
    once = vocoding.held(other, mel)
    twice = vocoding.held(once, mel)
    errors = [np.abs(vocoding.mels(x.astype(np.float32)) - mel).mean() for x in (other, once, twice)]
    assert errors[0] > errors[1] > errors[2]


# -- pitch and phase ---------------------------------------------------------------------------------------------------

# The lowest bands stand 20 Hz apart, so the mels of a deep voice tell little of it.
PITCHES = [130.0, 180.0, 220.0, 270.0]
INSIDE = slice(2 * HOP, (SECONDS * RATE // HOP - 2) * HOP)


@pytest.mark.parametrize("hertz", PITCHES)
def test_the_pitch_of_a_voice_is_found(hertz):
    found = vocoding.pitch(vocoding.mels(voice(hertz)[0]))
    assert (found.strength > vocoding.VOICED).mean() > 0.9
    assert np.abs(np.log2(found.hertz[found.strength > vocoding.VOICED] / hertz)).mean() < 0.05


def test_a_whisper_has_no_pitch(noise):
    assert (vocoding.pitch(vocoding.mels(noise)).strength > vocoding.VOICED).mean() < 0.2


def test_the_smoothest_path_is_the_best_of_all():
    score = np.random.default_rng(2).normal(size=(4, 5))
    ways = np.stack(np.meshgrid(*[range(5)] * 4, indexing="ij"), -1).reshape(-1, 4)
    steps = np.abs(np.diff(ways, axis=1))
    total = score[np.arange(4), ways].sum(1) - 0.4 * steps.sum(1)
    total[(steps > 2).any(1)] = -np.inf
    assert np.array_equal(vocoding._best_path(score, 0.4, 2), ways[total.argmax()])


def epochs(phase: np.ndarray) -> np.ndarray:
    """Where a period ends and the next begins."""
    return np.flatnonzero((np.diff(phase) < -0.5) & (phase[:-1] >= 0) & (phase[1:] >= 0)) + 1


def marks_missed(clip: np.ndarray, pulses: np.ndarray) -> float:
    """The share of pulses with no epoch within a fifth of a millisecond, their common delay taken off."""
    found = epochs(vocoding.phase_from_sound(clip, vocoding.mels(clip)))
    inner = pulses[(pulses > INSIDE.start) & (pulses < INSIDE.stop)]
    off = found[np.abs(inner[:, None] - found).argmin(1)] - inner
    return float((np.abs(off - np.median(off)) > RATE // 5_000).mean())


@pytest.mark.parametrize("hertz", PITCHES)
def test_epochs_stand_at_the_pulses(hertz):
    assert marks_missed(*voice(hertz)) < 0.05


def test_epochs_set_by_the_period_alone_are_found(monkeypatch):
    right = vocoding._between_epochs
    monkeypatch.setattr(vocoding, "_between_epochs", lambda peaks, *rest: right(np.zeros_like(peaks), *rest))
    assert marks_missed(*voice(180.0)) > 0.3


@pytest.mark.parametrize("hertz", PITCHES)
@pytest.mark.parametrize("told", ["mels", "sound"])
def test_the_phase_goes_round_once_a_period(hertz, told):
    clip, _ = voice(hertz)
    mel = vocoding.mels(clip)
    phase = vocoding.phase_from_mels(mel) if told == "mels" else vocoding.phase_from_sound(clip, mel)
    assert len(phase) == len(mel) * HOP and ((phase == -1) | ((phase >= 0) & (phase < 1))).all()
    inner = phase[INSIDE]
    seconds = (inner >= 0).sum() / RATE
    assert seconds > 0.9 * len(inner) / RATE and len(epochs(inner)) / seconds == pytest.approx(hertz, rel=0.05)


def test_parts_of_the_phase():
    parts = vocoding.phase_parts(np.array([-1.0, 0.0, 0.5, 0.9999999, 1.0]))
    assert parts.tolist() == [vocoding.PHASES, 0, vocoding.PHASES // 2, vocoding.PHASES - 1, vocoding.PHASES - 1]


# -- levels ------------------------------------------------------------------------------------------------------------


def test_levels_equal_torchaudios_mu_law():
    values = np.linspace(-1.2, 1.2, 10_001)
    theirs = torchaudio.functional.mu_law_encoding(torch.from_numpy(values.clip(-1, 1)), vocoding.LEVELS)
    assert np.array_equal(vocoding.to_levels(values), theirs.numpy())
    back = torchaudio.functional.mu_law_decoding(torch.arange(vocoding.LEVELS), vocoding.LEVELS)
    assert np.abs(vocoding.from_levels(np.arange(vocoding.LEVELS)) - back.numpy()).max() < 1e-6


def test_levels_and_values_take_each_other_back():
    levels = np.arange(vocoding.LEVELS)
    assert np.array_equal(vocoding.to_levels(vocoding.from_levels(levels)), levels)
    values = np.random.default_rng(3).uniform(-1, 1, 1_000)
    off = np.abs(vocoding.from_levels(vocoding.to_levels(values)) - values)
    assert (off <= 0.0225 * (np.abs(values) + 1 / 255)).all()  # finer near zero
