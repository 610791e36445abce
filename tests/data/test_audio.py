"""Sound: what is refused before it is decoded, and features that equal torchaudio's."""

import numpy as np
import pytest
import soundfile
import torch
import torchaudio

from lmdemo.data import audio
from lmdemo.errors import InputError

TONE = (0.5 * np.sin(np.arange(16_000) / 10)).astype(np.float32)


@pytest.mark.parametrize(
    ("clip", "key"),
    [
        ((16_000, np.zeros(16_000, np.int16)), "audio_silent"),
        ((4_000, TONE), "audio_rate"),
        ((16_000, TONE[:100]), "audio_length"),
        ((16_000, np.tile(TONE, 600)), "audio_length"),
        ((16_000, np.ones((16_000, 9), np.float32)), "audio_channels"),
        ((16_000, np.full(16_000, np.nan)), "audio_broken"),
        (None, "audio_type"),
        ((16_000, "tone"), "audio_type"),
        ("/no/such.wav", "audio_not_readable"),
    ],
)
def test_bad_clips_are_refused(clip, key):
    with pytest.raises(InputError) as caught:
        audio.read_clip(clip)
    assert caught.value.key == key


def test_broken_and_soundless_files_are_refused(tmp_path):
    (tmp_path / "text.mp3").write_text("no sound at all")
    soundfile.write(tmp_path / "empty.wav", TONE[:0], 16_000)
    for name, key in (("text.mp3", "audio_not_readable"), ("empty.wav", "audio_length")):
        with pytest.raises(InputError) as caught:
            audio.read_clip(tmp_path / name)
        assert caught.value.key == key


def test_eight_channels_and_other_rates_are_mixed_down(tmp_path):
    soundfile.write(tmp_path / "eight.wav", np.repeat(TONE[:, None], 8, 1), 44_100)
    clip = audio.read_clip(tmp_path / "eight.wav")
    assert clip.dtype == np.float32 and clip.shape == (int(np.ceil(16_000 * 16_000 / 44_100)),)
    whole = audio.read_clip((16_000, (TONE * 32768).astype(np.int16)))
    assert np.abs(whole - TONE).max() < 1e-3


def test_log_mel_equals_torchaudio():
    rng = np.random.default_rng(0)
    clip = rng.normal(size=8_000).astype(np.float32)
    reference = torchaudio.transforms.MelSpectrogram(
        16_000, n_fft=512, win_length=400, hop_length=160, f_min=20.0, n_mels=40
    )
    expected = (reference(torch.from_numpy(clip)) + 1e-6).log().T.numpy()
    ours = audio.log_mel(clip)
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() < 1e-3
    assert np.abs(audio.log_mel(clip, window=320) - expected).max() > 1e-3  # a planted fault


@pytest.mark.data
def test_an4_keeps_its_last_speakers_apart(data):
    train, held = (audio.read_an4(data / "an4", s) for s in ("train", "val"))
    assert len(train) + len(held) == 948 and len({u.speaker for u in held}) == 8
    assert not {u.speaker for u in train} & {u.speaker for u in held}
