"""Voices, recordings and sounds: bad clips, warnings, enrolment, search. The networks are random; the clips are synthetic."""

import json

import numpy as np
import pytest
import soundfile

from demos.core.words import LANGUAGES, say, say_error
from lmdemo.adapters.speaker_verification import (
    Fingerprinting,
    SoundEvents,
    SpeakerVerification,
    lay_out,
    leave_one_out,
    plane,
    rank,
)
from lmdemo.catalog import MODELS
from lmdemo.data import voices
from lmdemo.errors import InputError, OptionError, WeightsError
from lmdemo.models.siamese import Siamese, SiameseConfig

RATE = 16_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("siamese")
    Siamese(SiameseConfig(hidden_sizes=(4, 6, 8), embedding_size=16, loss="contrast", num_classes=0)).save_pretrained(
        place
    )
    settings = {
        "threshold": 0.6,
        "prototypes": {"a": np.eye(16)[0].tolist(), "b": np.eye(16)[1].tolist()},
        "confusion": {"1": [[2, 0], [1, 1]], "2": [[1, 1], [0, 2]]},
    }
    (place / "siamese.json").write_text(json.dumps(settings))
    return place


def opened(kind, name, folder):
    return kind.open(folder, row=MODELS[name], source="scratch", device="cpu")


@pytest.fixture(scope="module")
def speaker(folder):
    return opened(SpeakerVerification, "siamese-speaker", folder)


@pytest.fixture(scope="module")
def voice():
    return voices.speak(0, 1, 2.0)


def test_the_score_is_symmetric_and_1_with_itself(speaker, voice):
    other = voices.speak(1, 2, 2.4)
    there, back = speaker(((RATE, voice), (RATE, other))), speaker.verify((RATE, other), (RATE, voice))
    assert there.score == pytest.approx(back.score, abs=1e-5) and -1 <= there.score <= 1
    itself = speaker(((RATE, voice), (RATE, voice)))
    assert itself.score == pytest.approx(1, abs=1e-5) and itself.same and "identical" in itself.warnings


def test_many_at_once_equal_one_by_one(speaker, voice):
    clips = [(RATE, voice), (RATE, voice[:20_000]), (RATE, voice[5_000:])]
    assert np.abs(speaker.embed_many(clips) - np.stack([speaker.embed(c) for c in clips])).max() < 1e-5


def test_the_threshold_can_be_moved_and_is_checked(speaker, voice):
    pair = ((RATE, voice), (RATE, voices.speak(1, 2, 2.0)))
    assert speaker(pair, threshold=-1.0).same and not speaker(pair, threshold=1.0).same
    for wrong in (1.5, "high", float("nan"), True):
        with pytest.raises(OptionError):
            speaker(pair, threshold=wrong)


def test_the_trace_explains_the_score(speaker, voice):
    result = speaker(((RATE, voice), (RATE, voices.speak(1, 2, 2.0))), trace=True)
    a, b = result.trace["embeddings"]
    assert float(np.sum(a * b)) == pytest.approx(result.score, abs=1e-5)
    assert result.trace["log_mel_0"].shape == (201, 64) and result.trace["stage3_1"].shape[0] == 8
    assert result.trace["pooled_mean_0"].shape == result.trace["pooled_spread_0"].shape == (8, 8)
    assert len(result.trace["moments_0"]) == len(result.trace["seconds_0"]) == 6


BAD = {
    "silence": (np.zeros(RATE, np.float32), "audio_silent"),
    "0.2 s": (np.ones(3_200, np.float32), "audio_length"),
    "10 minutes": (np.ones(600 * RATE, np.float32), "audio_length"),
    "nothing": (None, "audio_type"),
}


@pytest.mark.parametrize("name", BAD)
def test_clips_that_cannot_be_compared_are_told_in_both_languages(speaker, voice, name):
    wave, key = BAD[name]
    with pytest.raises(InputError) as caught:
        speaker(((RATE, voice), None if wave is None else (RATE, wave)))
    assert caught.value.key == key and f"error.{key}" in say
    assert len({say_error(caught.value, lang) for lang in LANGUAGES}) == 2


def test_corrupted_files_are_told(speaker, voice, tmp_path):
    soundfile.write(tmp_path / "good.ogg", voice, RATE)
    whole = (tmp_path / "good.ogg").read_bytes()
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "cut.ogg").write_bytes(whole[:60])
    (tmp_path / "empty.mp3").write_bytes(b"")
    for name, key in (
        ("text.wav", "audio_not_readable"),
        ("cut.ogg", "audio_broken"),
        ("empty.mp3", "audio_not_readable"),
    ):
        with pytest.raises(InputError) as caught:
            speaker.embed(tmp_path / name)
        assert caught.value.key == key


def test_rates_channels_and_loudness_make_no_difference(speaker, voice, tmp_path):
    e = speaker.embed((RATE, voice))
    soundfile.write(tmp_path / "stereo.wav", np.stack((voice, voice), 1), RATE)
    assert speaker.embed(tmp_path / "stereo.wav") @ e > 0.999
    assert speaker.embed((RATE, voice * 0.3)) @ e > 0.999
    from lmdemo.data.audio import resample

    assert speaker.embed((44_100, resample(voice, RATE, 44_100))) @ e > 0.98


def test_what_makes_a_score_unsure_is_warned_about(speaker, voice):
    other = (RATE, voices.speak(1, 2, 2.0))
    assert "short" in speaker(((RATE, voice[:RATE]), other)).warnings
    assert "clipped" in speaker(((RATE, np.clip(voice * 8, -0.7, 0.7)), other)).warnings
    assert "clipped" in speaker(((RATE, np.clip(voice * 8, -1, 1)), other)).warnings
    for hertz in (100, 440, 3000):  # a clean tone is at its highest level often, and is not cut off
        tone = 0.4 * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE).astype(np.float32)
        assert "clipped" not in speaker(((RATE, tone), other)).warnings
    assert speaker(((RATE, voices.sound("bells", 1, 4.0)), other)).score <= 1  # music is compared as any other sound
    assert not speaker.voice_changes((RATE, voice))  # too short to tell


def test_two_people_in_one_clip_are_warned_about(speaker, voice, monkeypatch):
    clip = np.concatenate((voices.speak(0, 1, 2.0), voices.speak(1, 2, 2.0)))
    monkeypatch.setattr(speaker, "threshold", 0.9999)
    assert "voice_changes" in speaker(((RATE, clip), (RATE, voice))).warnings


def test_enrolment_and_search(speaker, voice):
    known = {
        "a": speaker.enroll([(RATE, voice), (RATE, voices.speak(0, 5, 2.0))]),
        "b": speaker.enroll([(RATE, voices.speak(1, 2, 2.0))]),
    }
    found = speaker.find((RATE, voice), known)
    assert {m.name for m in found} == {"a", "b"} and found[0].score >= found[1].score
    assert speaker.find((RATE, voice), lay_out(known)) == found
    with pytest.raises(InputError):
        speaker.find((RATE, voice), {})
    with pytest.raises(InputError):
        speaker.enroll([])


def test_searching_many_finds_the_nearest():
    rng = np.random.default_rng(0)
    known = {str(i): e / np.linalg.norm(e) for i, e in enumerate(rng.normal(size=(500, 8)))}
    assert [m.name for m in rank(known["321"], known, top=1)] == ["321"]
    several = {k: np.stack([-v, v]) for k, v in known.items()}
    best = rank(known["7"], several, top=3, hop=0.25)
    assert best[0].name == "7" and best[0].seconds == 0.25 and len(best) == 3


def test_along_a_recording(speaker, voice):
    seconds, cosines = speaker.along((RATE, voice), (RATE, np.tile(voice, 3)))
    assert len(seconds) == len(cosines) == 9 and cosines[0] == pytest.approx(1, abs=1e-4)


def test_a_recording_is_found_again_both_ways(folder):
    adapter = opened(Fingerprinting, "siamese-fingerprint", folder)
    clips = {k: (RATE, voices.sound(k, 3, 5.0)) for k in ("bells", "strings", "clock tick")}
    clean = adapter.excerpt(clips["bells"], start=1.0, decibels=None)
    known = {k: adapter.enroll(c) for k, c in clips.items()}
    found = adapter.find(clean, known)
    assert found[0].name == "bells" and found[0].seconds == pytest.approx(
        1.0, abs=0.25
    )  # a clean excerpt needs no training
    pairs = {k: adapter.enroll_peaks(c) for k, c in clips.items()}
    assert adapter.find_by_peaks(adapter.excerpt(clips["strings"], start=1.0, decibels=5.0), pairs)[0][0] == "strings"
    agreed = adapter.agreeing(adapter.excerpt(clips["strings"], start=1.0, decibels=5.0), pairs["strings"])
    counted = dict(adapter.find_by_peaks(adapter.excerpt(clips["strings"], start=1.0, decibels=5.0), pairs))
    assert len(agreed.pairs) == counted["strings"] and agreed.shift == pytest.approx(1.0, abs=0.02)
    assert len(adapter.agreeing(clips["bells"], []).pairs) == 0
    seconds, cosines = adapter.scan(clean, known["bells"])
    assert seconds[cosines.argmax()] == pytest.approx(1.0, abs=0.25) and len(seconds) == len(known["bells"])
    fast = adapter.excerpt(clips["bells"], start=1.0, decibels=None, speed=1.25)
    assert len(fast[1]) == pytest.approx(3 * RATE / 1.25, abs=2)
    level, peaks = adapter.peaks(clips["bells"])
    assert level.shape[1] == 513 and (peaks < level.shape).all() and len(peaks) > 20


def test_sounds_take_classes_from_a_visitor(folder):
    adapter = opened(SoundEvents, "siamese-sound", folder)
    bells = (RATE, voices.sound("bells", 1, 2.0))
    assert set(adapter(bells).scores) == {"a", "b"}
    result = adapter(bells, prototypes={"mine": adapter.enroll([bells])}, trace=True)
    assert (
        result.label == "mine" and sum(result.scores.values()) == pytest.approx(1) and len(result.trace["cosines"]) == 3
    )
    labels, counts = adapter.confusion
    assert labels == ("a", "b") and counts.tolist() == [[3, 1], [1, 3]]


def test_leaving_one_out_and_the_plane():
    rng = np.random.default_rng(0)
    near = {n: rng.normal(size=(4, 6)) * 0.1 + centre for n, centre in (("x", np.eye(6)[0]), ("y", np.eye(6)[1]))}
    assert leave_one_out(near).tolist() == [[4, 0], [0, 4]]
    assert leave_one_out(near | {"alone": np.eye(6)[2:3]}).tolist() == [[4, 0, 0], [0, 4, 0], [0, 0, 0]]


def test_the_plane_shows_what_differs_most_and_takes_others_onto_it():
    rng = np.random.default_rng(0)
    e = rng.normal(size=(8, 6)) * np.array([5, 3, 0.1, 0.1, 0.1, 0.1])
    laid = plane(e, e[:2])
    assert laid.points.shape == (8, 2) and laid.others == pytest.approx(laid.points[:2], abs=1e-5)
    assert laid.shares[0] > laid.shares[1] > 0.01 and laid.shares.sum() == pytest.approx(1, abs=0.01)
    # What lies on the plane keeps its distances there.
    assert np.linalg.norm(laid.points[0] - laid.points[1]) == pytest.approx(
        np.linalg.norm(e[0, :2] - e[1, :2]), rel=0.05
    )
    alone = plane(np.ones((1, 6)))
    assert alone.points.tolist() == [[0, 0]] and alone.others.shape == (0, 2)


def test_layers_count_every_parameter(speaker):
    assert sum(row[3] for row in speaker.layers()) == speaker.model.num_parameters


def test_a_folder_without_its_settings_is_told(folder, tmp_path):
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(WeightsError):
        opened(SpeakerVerification, "siamese-speaker", tmp_path)
