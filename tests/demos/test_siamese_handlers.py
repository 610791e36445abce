"""The Siamese page's handlers, called without a browser: each clip is read once and becomes one spectrogram an answer."""

import gradio as gr
import numpy as np
import pytest

import lmdemo
from demos.core.page import Page
from demos.tabs.audio.siamese.looks import EXAMPLES, path
from demos.tabs.audio.siamese.tab import Siamese
from lmdemo.data import audio


@pytest.fixture(scope="module")
def tab():
    with gr.Blocks():
        return Siamese(Page())


@pytest.mark.parametrize("example", [name for name, (_, clips) in EXAMPLES.items() if len(clips) == 2])
def test_an_example_makes_one_spectrogram_of_each_clip(tab, monkeypatch, example):
    lmdemo.load("siamese-speaker")
    waves = [audio.read_clip(path(clip)) for clip in EXAMPLES[example][1]]
    read, heard, log_mel, read_clip = [], [], audio.log_mel, audio.read_clip
    monkeypatch.setattr(audio, "read_clip", lambda clip, **how: read.append(clip) or read_clip(clip, **how))
    monkeypatch.setattr(audio, "log_mel", lambda wave, **how: heard.append(wave) or log_mel(wave, **how))
    made = {}
    for step in tab.choose(gr.EventData(None, {"id": example}), source="scratch", mine={}, lang="en"):
        made |= step
    assert (
        "cosine" in made[tab.status] and len(made[tab.inside.moments]["lines"]) == 3
    )  # of each clip, and the threshold
    assert read == [path(clip) for clip in EXAMPLES[example][1]]
    rows = [row for batch in heard for row in np.atleast_2d(batch)]
    assert [sum(np.array_equal(row, wave) for row in rows) for wave in waves] == [1, 1]
