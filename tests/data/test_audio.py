"""Sound: what is refused before it is decoded, and features that equal torchaudio's."""

import struct

import numpy as np
import pytest
import soundfile
import torch
import torchaudio

from lmdemo.data import audio
from lmdemo.errors import InputError
from tests.media import sound, tone

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


# -- a clip is judged by what it holds --------------------------------------------------------------------------------

VOICE = tone()


def variable_mp3(loud_first: bool) -> tuple[bytes, float]:
    """Frames of 320 and of 32 kbit/s one behind the other, and no word on how many they are; and how long they last."""
    made = []
    for rate in ("320k", "32k"):
        import io

        import av

        file = io.BytesIO()
        with av.open(file, "w", format="mp3", container_options={"write_xing": "0", "id3v2_version": "0"}) as container:
            stream = container.add_stream("libmp3lame", rate=44_100, layout="mono", options={"b": rate, "abr": "0"})
            samples = tone(3, 44_100)[None]
            for start in range(0, samples.shape[1] - 1152, 1152):
                frame = av.AudioFrame.from_ndarray(samples[:, start : start + 1152], format="fltp", layout="mono")
                frame.sample_rate, frame.pts = 44_100, start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        made.append(file.getvalue())
    return b"".join(made if loud_first else made[::-1]), 6.0


@pytest.mark.parametrize("loud_first", [True, False])
def test_an_mp3_without_its_length_is_read_to_its_end(tmp_path, loud_first):
    """A length guessed from the first frames' bit rate is a third, or three times, of what there is."""
    content, seconds = variable_mp3(loud_first)
    (tmp_path / "a.mp3").write_bytes(content)
    clip, facts = audio.open_clip(tmp_path / "a.mp3", longest=8)
    assert facts.seconds == pytest.approx(seconds, abs=0.2) == pytest.approx(len(clip) / 16_000, abs=0.2)
    assert clip[-16_000:].std() == pytest.approx(0.354, abs=0.03)


def refusal(source, **options) -> InputError:
    with pytest.raises(InputError) as caught:
        audio.read_clip(source, **options)
    return caught.value


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "MP3", "WebM", "Matroska", "AIFF", "AU"])
def test_a_file_that_is_cut_off_is_told_with_both_lengths(tmp_path, kind):
    whole = sound(kind, tone(4, 16_000))
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2])
    error = refusal(tmp_path / "a")
    assert error.key == "audio_cut_off" and error.expected == "4.0 s" and 1 < float(error.got.split()[0]) < 3


def test_an_ogg_without_its_last_page_is_read_and_told(tmp_path):
    whole = sound("OGG", tone(4, 48_000), 48_000)
    (tmp_path / "a").write_bytes(whole)
    assert audio.open_clip(tmp_path / "a")[1].changed == ()
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2])
    facts = audio.open_clip(tmp_path / "a")[1]
    assert facts.changed == ("open_end",) and 1 < facts.seconds < 3


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_a_wav_out_of_a_pipe_is_whole(tmp_path, size):
    """Who writes into a pipe can't come back to fill the lengths in."""
    content = bytearray(sound("WAV", VOICE))
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    (tmp_path / "a.wav").write_bytes(content)
    clip, facts = audio.open_clip(tmp_path / "a.wav")
    assert facts.seconds == 1 and np.abs(clip - VOICE).max() < 1e-4


def test_what_is_too_long_is_not_decoded_to_its_end(tmp_path):
    soundfile.write(tmp_path / "hour.flac", np.zeros(3600 * 8_000, np.int16), 8_000)
    error = refusal(tmp_path / "hour.flac")
    assert (error.key, error.got) == ("audio_length", "3600 s")


@pytest.mark.parametrize("as_file", [True, False])
def test_channels_that_cancel_each_other_are_not_mixed(tmp_path, as_file):
    pair = np.stack((VOICE, -VOICE), 1)
    (tmp_path / "a.wav").write_bytes(sound("WAV", pair))
    clip, facts = audio.open_clip(tmp_path / "a.wav" if as_file else (16_000, pair))
    assert (
        facts.changed == ("one_channel",) and facts.channels == 2 and np.abs(np.abs(clip) - np.abs(VOICE)).max() < 1e-4
    )
    half = np.stack((VOICE, 0 * VOICE), 1)  # one channel is silent: mixed as ever
    clip, facts = audio.open_clip((16_000, half))
    assert facts.changed == () and np.abs(clip - VOICE / 2).max() < 1e-6


@pytest.mark.parametrize("offset", [0.01, -0.3, 0.9])
def test_a_constant_is_silence(tmp_path, offset):
    still = np.full(16_000, offset, np.float32)
    (tmp_path / "a.wav").write_bytes(sound("WAV", still))
    assert refusal(tmp_path / "a.wav").key == refusal((16_000, still)).key == "audio_silent"


def test_a_voice_on_an_offset_is_heard_without_it():
    clip, facts = audio.open_clip((16_000, VOICE * 0.5 + 0.3))
    assert facts.changed == ("offset",) and np.abs(clip - VOICE * 0.5).max() < 2e-3
    assert audio.open_clip((16_000, VOICE + 4e-3))[1].changed == ()  # every sound card has a little


WORDS = (VOICE * 32767).round()


@pytest.mark.parametrize(
    ("samples", "changed"),
    [
        (WORDS.astype(np.int16), ()),
        ((WORDS * 65536).astype(np.int32), ()),
        (WORDS.astype(np.int32), ("range",)),
        (WORDS.astype(np.int64), ("range",)),  # what a list of samples out of JSON becomes
        ((WORDS * 256).astype(np.int32), ("range",)),  # 24 bits
        (WORDS.astype(np.float32), ("range",)),
        (WORDS.astype(np.float64), ("range",)),
        ((WORDS + 32768).astype(np.uint16), ()),
        ((WORDS + 32768).astype(np.int64).astype(np.uint32), ("range",)),
        ((VOICE * 127 + 128).round().astype(np.uint8), ()),
        ((VOICE * 127).round().astype(np.int8), ()),
        (VOICE.astype(np.float16), ()),
        (VOICE[None], ("turned",)),
        (np.stack((VOICE, VOICE)), ("turned",)),
        (VOICE[:, None], ()),
        (VOICE * 2.2, ("loud",)),  # 1.1
        (VOICE * 2.01, ()),  # a hair
    ],
)
def test_samples_of_every_type_and_shape(samples, changed):
    clip, facts = audio.open_clip((16_000, samples))
    assert facts.changed == changed and facts.kind == "samples" and facts.seconds == 1
    scaled = clip * (np.abs(VOICE).max() / np.abs(clip).max())
    assert np.abs(scaled - VOICE).max() < 0.01 and 0.48 < np.abs(clip).max() < 1.01


@pytest.mark.parametrize(
    ("samples", "key", "got"),
    [
        (VOICE * 200, "audio_range", "-100 - 100"),  # percent
        (VOICE * 1e9, "audio_range", "-5e+08 - 5e+08"),
        ((VOICE * 1e18).astype(np.int64), "audio_range", None),
        (np.where(np.arange(16_000) == 9, np.inf, VOICE), "audio_broken", "NaN, inf"),
        (np.ones((8, 8)), "audio_length", "0.00 s"),
        (np.ones((2, 100, 100)), "audio_type", None),
        (VOICE > 0, "audio_type", None),
        (VOICE.astype(complex), "audio_type", None),
        (["a", "b"], "audio_type", None),
        ([[1], [2, 3]], "audio_type", None),
    ],
)
def test_samples_that_are_no_sound(samples, key, got):
    error = refusal((16_000, samples))
    assert error.key == key and got in (None, error.got)


@pytest.mark.parametrize("rate", [float("inf"), float("nan"), "fast", None, 10**400])
def test_rates_that_are_none(rate):
    assert refusal((rate, VOICE)).key in ("audio_type", "audio_rate")


def test_floats_in_a_file_are_judged_alike(tmp_path):
    for factor, expected in ((30_000, ("range",)), (2.2, ("loud",))):
        soundfile.write(tmp_path / "a.wav", VOICE * factor, 16_000, subtype="FLOAT")
        assert audio.open_clip(tmp_path / "a.wav")[1].changed == expected
    for factor, key in ((200, "audio_range"), (np.nan, "audio_broken"), (1e30, "audio_range")):
        soundfile.write(tmp_path / "a.wav", VOICE * factor, 16_000, subtype="FLOAT")
        assert refusal(tmp_path / "a.wav").key == key


def test_files_are_read_as_soundfile_reads_them(tmp_path):
    """Sample by sample, so that what was trained on stays what it was."""
    noise = np.random.default_rng(0).normal(0, 0.2, 16_000).clip(-1, 1)
    for name, subtype, near in (
        ("a.wav", "PCM_16", 0),
        ("a.wav", "PCM_24", 0),
        ("a.wav", "PCM_U8", 0),
        ("a.wav", "DOUBLE", 1e-7),
        ("a.flac", "PCM_16", 0),
        ("a.ogg", "VORBIS", 1e-5),
    ):
        soundfile.write(tmp_path / name, noise, 16_000, subtype=subtype)
        theirs = soundfile.read(tmp_path / name, dtype="float32")[0]
        assert np.abs(audio.read_clip(tmp_path / name)[: len(theirs)] - theirs).max() <= near + 1e-7, (name, subtype)


def test_a_rate_beyond_need_is_brought_down_on_the_way(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.repeat(tone(1, 192_000)[:, None], 8, 1), 192_000)
    clip, facts = audio.open_clip(tmp_path / "a.wav")
    assert facts.sampling_rate == 192_000 and facts.channels == 8 and np.abs(clip - tone())[200:-200].max() < 2e-3


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
