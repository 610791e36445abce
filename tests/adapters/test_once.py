"""An input is prepared once an answer: pictures opened, clips turned into mel spectrograms, texts read by GPT; each is counted."""

from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image

import lmdemo
from lmdemo.adapters.image_classification import ours as classification
from lmdemo.adapters.object_detection import detector
from lmdemo.adapters.speaker_verification import clips
from lmdemo.adapters.speech_recognition import ours as speech
from lmdemo.data import image, voices
from lmdemo.data.image import load_shipped
from tests.conftest import PROJECT

RATE = 16_000


@pytest.fixture
def opened(monkeypatch) -> list:
    """What was opened as a picture."""
    calls: list = []

    def count(source):
        calls.append(source)
        return image.open_small(source)

    monkeypatch.setattr(classification, "open_small", count)
    monkeypatch.setattr(detector, "open_small", count)
    return calls


@pytest.mark.parametrize("trace", [False, True])
def test_a_cnn_opens_its_picture_once_for_the_answer_and_every_look_at_it(opened, trace):
    adapter, (pixels, _) = lmdemo.load("cnn-fashion", device="cpu"), load_shipped()
    result = adapter(pixels[0], trace=trace)
    if trace:
        seen, done = adapter.see(result.trace)
        assert np.array_equal(seen, pixels[0]) and done == ()
        for look in (adapter.grad_cam, adapter.integrated_gradients, adapter.embed):
            again = look(result.trace)
            assert len(opened) == 1 and np.array_equal(again, look(pixels[0]))
            opened.pop()
        adapter.shifted(result.trace, 1, 1)
        adapter.convolution_step(result.trace, 1, 0, 3, 3)
        adapter.layers()
    assert len(opened) == 1


def test_a_light_picture_tells_what_was_done_to_it():
    adapter, (pixels, _) = lmdemo.load("cnn-fashion", device="cpu"), load_shipped()
    done = [adapter.see(adapter(given, trace=True).trace)[1] for given in (pixels[0], 255 - pixels[0])]
    assert done == [(), ("inverted",)]


@pytest.mark.parametrize("trace", [False, True])
def test_yolo_opens_its_picture_once(opened, trace):
    adapter = lmdemo.load("yolo-cells", device="cpu")
    adapter(Image.effect_noise((96, 64), 60).convert("RGB"), trace=trace)
    adapter.layers()
    assert len(opened) == 1


def test_each_clip_of_a_pair_becomes_one_spectrogram(monkeypatch):
    """Of its halves and of its moments there are others, all of one length in one call."""
    adapter, log_mel, lengths, calls = lmdemo.load("siamese-speaker", device="cpu"), clips.audio.log_mel, Counter(), []

    def count(waveform, **options):
        calls.append(waveform.shape)
        lengths[waveform.shape[-1]] += int(np.prod(waveform.shape[:-1]))
        return log_mel(waveform, **options)

    monkeypatch.setattr(clips.audio, "log_mel", count)
    first, second = voices.speak(0, 1, 3.2), voices.speak(1, 2, 2.4)
    adapter.verify((RATE, first), (RATE, second), trace=True)
    assert lengths[len(first)] == lengths[len(second)] == 1
    assert len(calls) == 5, calls  # two clips, the halves of the long one, the moments of both


@pytest.mark.parametrize("trace", [False, True])
def test_speech_recognition_reads_its_clip_once_and_makes_one_spectrogram(monkeypatch, trace):
    adapter, calls = lmdemo.load("lstm-speech", device="cpu"), []
    for name in ("open_clip", "log_mel"):
        made = getattr(speech.audio, name)
        monkeypatch.setattr(speech.audio, name, lambda *a, n=name, f=made, **k: calls.append(n) or f(*a, **k))
    result = adapter((RATE, voices.speak(0, 1, 2.4)), trace=trace)
    assert calls == ["open_clip", "log_mel"] and ("log_mel" in result.trace) == trace


@pytest.fixture
def passes(monkeypatch) -> list[int]:
    """Of every pass of gpt-shakespeare how many tokens it read."""
    adapter, calls = lmdemo.load("gpt-shakespeare", device="cpu"), []
    forward = adapter.model.forward

    def count(input_ids, *args, **options):
        calls.append(input_ids.shape[1])
        return forward(input_ids, *args, **options)

    monkeypatch.setattr(adapter.model, "forward", count)
    return calls


TEXT = "ROMEO:\nIs the day so young?"


def test_gpt_reads_a_text_once_for_all_that_is_told_of_it(passes):
    adapter = lmdemo.load("gpt-shakespeare", device="cpu")
    T = len(adapter.tokenize(TEXT).ids)
    reading = adapter.read(TEXT, trace=True, count=3)
    assert passes == [T]
    following, surprise = adapter.next_tokens(TEXT), adapter.surprise(TEXT)
    assert reading.following.tokens[:5] == following.tokens[:5]
    assert np.allclose(reading.following.logits, following.logits, atol=1e-4)
    assert np.allclose(reading.nats, surprise, atol=1e-4, equal_nan=True)
    trace, lens = adapter.trace_tokens(adapter.tokenize(TEXT).ids), adapter.lens(TEXT, count=3)
    assert reading.trace.keys() == trace.keys() - {"logits"}
    assert all(reading.trace[k].shape == trace[k].shape for k in reading.trace)
    assert np.allclose(reading.trace["attention"], trace["attention"], atol=1e-5)
    for ours, theirs in zip(reading.lens, lens, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("switches", [{"positions": False}, {"layer_norm": False}, {"heads_off": [(0, 1)]}])
def test_a_part_switched_off_costs_one_more_reading(passes, switches):
    """What is written goes on from the keys and values of that reading, one token a pass."""
    adapter = lmdemo.load("gpt-shakespeare", device="cpu")
    T, options = len(adapter.tokenize(TEXT).ids), {"max_new_tokens": 12, "temperature": 0.8, "seed": 1}
    whole = adapter.read(TEXT, trace=True, count=3, **options)
    without = adapter.read(TEXT, trace=False, **options, **switches)
    assert [n for n in passes if n > 1] == [T, T] and passes.count(1) == 2 * 11
    assert whole.written == adapter(TEXT, **options).tokens
    assert without.written == adapter(TEXT, **options, **switches).tokens
    assert np.allclose(without.following.logits, adapter.next_tokens(TEXT, **switches).logits, atol=1e-4)


def test_a_reading_of_one_token_and_of_more_than_is_traced(passes):
    adapter = lmdemo.load("gpt-shakespeare", device="cpu")
    one = adapter.read("I", trace=True, max_new_tokens=2, seed=0)
    assert len(one.written) == 2 and np.isnan(one.nats[0])
    long = adapter.read("the day is young and " * 100, trace=True)
    assert long.prompt.dropped > 0 and len(long.trace["tokens"]) == len(long.prompt.ids)
    assert not torch.is_inference_mode_enabled()


def test_a_call_stands_in_the_base_alone_and_results_are_whole_when_made():
    defined, replaced = [], []
    for path in sorted((PROJECT / "lmdemo" / "adapters").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        defined += [path.name] * ("def __call__(" in text)
        replaced += [path.name] * (
            "import replace" in text or "dataclasses.replace" in text or ".trace.update(" in text
        )
    assert defined == ["base.py", "protocols.py"] and replaced == []
