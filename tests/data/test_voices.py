"""Synthetic clips are the same every time and keep their voice; spectral peaks find a recording again."""

import numpy as np
import pytest
import soundfile

from lmdemo.data import audio, peaks, voices
from tests.conftest import PROJECT


def test_a_voice_is_the_same_every_time_and_others_differ():
    first = voices.speak(0, 1, 1.0)
    assert first.dtype == np.float32 and first.shape == (16_000,) and np.array_equal(first, voices.speak(0, 1, 1.0))
    assert voices.voice(0).pitch < 140 < voices.voice(1).pitch


@pytest.mark.parametrize(
    "kind", ["rain", "clock tick", "helicopter", "sea waves", "fire crackling", "chainsaw", "bells", "strings"]
)
def test_sounds_fill_their_length(kind):
    clip = voices.sound(kind, 1, 2.0)
    assert clip.shape == (32_000,) and np.isfinite(clip).all() and 0.69 < np.abs(clip).max() < 0.71


def test_the_pages_examples_are_what_the_program_makes():
    clip, rate = soundfile.read(
        PROJECT / "demos" / "tabs" / "audio" / "siamese" / "examples" / "voice-0-0.ogg", dtype="float32"
    )
    made = voices.speak(0, 0, 2.5)
    assert rate == 16_000 and np.corrcoef(clip[: len(made)], made[: len(clip)])[0, 1] > 0.98


def test_peaks_agree_on_one_shift_in_time():
    clips = {k: voices.sound(k, 3, 4.0) for k in ("bells", "strings")}
    where = peaks.index({k: peaks.hashes(peaks.find_peaks(c)) for k, c in clips.items()})
    noisy = audio.add_noise(
        clips["bells"][16_000:48_000], audio.coloured_noise(32_000, 1.0, np.random.default_rng(0)), 5
    )
    found = peaks.look_up(noisy, where)
    assert found[0][0] == "bells" and found[0][1] > 3 * dict(found).get("strings", 1)
    assert peaks.look_up(voices.sound("rain", 9, 1.0), {}) == []
