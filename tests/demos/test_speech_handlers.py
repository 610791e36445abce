"""The Speech page's handlers, called without a browser: one click one answer, what is kept, what is refused."""

import pickle
from unittest import mock

import gradio as gr
import numpy as np
import pytest
import soundfile

import lmdemo
from demos.core.page import Page
from demos.tabs.recurrent.speech import looks, questions
from demos.tabs.recurrent.speech.tab import Speech
from demos.views.ctc import MOST_FRAMES
from lmdemo.errors import InputError, OptionError
from tests.demos.conftest import EXAMPLES
from tests.demos.handlers import clicked, event, merged
from tests.media import sound, video

ASKED = {"source": "scratch", "beams": 16, "word_model": True, "lang": "en"}
HELP = str(EXAMPLES["lstm-speech"] / "help.flac")


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = Speech(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


def test_an_example_brings_its_clip_and_the_answer_in_one_request(page):
    made = merged(page.from_example(example="one-two-three", **ASKED))
    assert made[page.clip].endswith("one-two-three.flac") and page.chosen not in made
    assert "**one two three**" in made[page.status] and "greedy" in made[page.status]
    assert made[page.look.ours]["pickable"] and made[page.look.theirs] == {}
    assert "one two three" in made[page.look.kept] and "speech/examples/one-two-three.flac" in made[page.snippet]
    assert set(made) <= set(event(page, "Speech.from_example").outputs)
    assert list(page.from_example(example=None, **ASKED)) == []  # a link that names none


def test_what_is_kept_of_an_answer_is_light_and_said_again_in_the_other_language(page):
    found = merged(page.from_example(example="enter-sixty-four", **ASKED))[page.found]
    assert len(pickle.dumps(found)) < 200_000
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        hinglish, english = page.show(found=found, lang="hi-Latn"), page.show(found=found, lang="en")
    assert "humara:" in hinglish[page.status] and "ours:" in english[page.status]
    ours, theirs = english[page.look.ours], hinglish[page.look.ours]
    assert ours["data"] == theirs["data"] and ours["words"] != theirs["words"]
    assert {"path", "blank", "space", "player", "said", "quiet"} <= set(ours["words"])
    assert english[page.look.guesses["text"]]["about"] != hinglish[page.look.guesses["text"]]["about"]


def test_a_recording_is_told_as_it_was_read_and_an_example_is_not(page, tmp_path):
    """A recorder's WebM under a WAV's name, its two channels turned over against each other."""
    said, rate = soundfile.read(EXAMPLES["lstm-speech"] / "one-two-three.flac")
    (tmp_path / "a.wav").write_bytes(sound("WebM", np.repeat(np.stack((said, -said), 1), 3, 0), 48_000))
    made = merged(page.hear(clip=str(tmp_path / "a.wav"), **ASKED))
    assert (
        "**one two three**" in made[page.status] and "Read as: WebM, 1.6 s, 48,000 Hz, 2 channels." in made[page.status]
    )
    assert "⚠ Mixed, the channels cancel each other" in made[page.status]
    hinglish = page.show(found=made[page.found], lang="hi-Latn")[page.status]
    assert "Aisi padhi gayi: WebM, 1.6 s" in hinglish and "⚠ Mix karne pe" in hinglish
    assert rate == 16_000 and "Read as" not in merged(page.from_example(example="help", **ASKED))[page.status]
    (tmp_path / "mute.mp4").write_bytes(video("MP4", [0, 0.5]))
    with pytest.raises(InputError) as caught:
        list(page.hear(clip=str(tmp_path / "mute.mp4"), **ASKED))
    assert caught.value.key == "audio_without_sound"


def test_what_is_left_out_of_a_trace_is_not_shown(page, tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 16_000)
    soundfile.write(tmp_path / "long.wav", noise, 16_000)
    asked = ASKED | {"beams": 1}
    found = merged(page.hear(clip=str(tmp_path / "long.wav"), **asked))[page.found]
    (kept,), full = found.answers, lmdemo.load("lstm-speech")(str(tmp_path / "long.wav"), trace=True, num_beams=1)
    assert len(kept.result.trace["log_mel"]) <= MOST_FRAMES < len(full.trace["log_mel"])
    words = page.phrases("view.ctc", "en")
    whole = looks.Answer("scratch", full, kept.info)
    drawn = [looks.letters_over_time(page.say, a, words, "en") for a in (kept, whole)]
    assert drawn[0] == drawn[1]


def test_another_source_or_reading_answers_the_same_clip(page, monkeypatch):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    found = merged(page.from_example(example="help", **ASKED))[page.found]
    made = merged(page.again(found=found, **ASKED | {"source": "both", "beams": 1, "word_model": False}))
    assert "wav2vec2-base-960h" in made[page.facts] and "help" in made[page.status]
    assert made[page.look.kept] == "" and "num_beams=1, word_model=False" in made[page.snippet]
    assert list(page.again(found=None, **ASKED)) == []


def test_a_visitors_clip_takes_the_examples_place(page):
    made = merged(page.hear(clip=HELP, **ASKED))
    assert made[page.chosen] is None and page.clip not in made and "your-clip.wav" in made[page.snippet]
    assert list(page.hear(clip="", **ASKED)) == []  # it was taken away: the answer stays
    assert set(made) <= set(event(page, "Speech.hear").outputs)


def test_of_a_clip_that_cannot_be_read_nothing_is_left(page, tmp_path):
    (tmp_path / "text.wav").write_text("I am text")
    steps, seen = page.hear(clip=str(tmp_path / "text.wav"), **ASKED), {}
    with pytest.raises(InputError) as caught:
        for step in steps:
            seen |= step
    assert caught.value.key == "audio_not_readable"
    assert (
        seen[page.found] is None
        and seen[page.facts] == ""
        and seen[page.look.empty]["visible"]
        and seen[page.sure] == {}
    )


def test_a_letter_is_written_out(page):
    found = merged(page.from_example(example="help", **ASKED))[page.found]
    made = page.look.pick(clicked(step=5, letter=0), found=found, lang="en")
    assert "sum: the logit" in made[page.look.letter] and "blank at 0.15 s" in made[page.look.letter]
    assert page.look.pick(clicked(step=5, letter=0), found=None, lang="en") == {}
    with pytest.raises(OptionError):
        page.look.pick(clicked(step=5, letter=99), found=found, lang="en")


@pytest.mark.parametrize("posted", ["/etc/passwd", "../../translation/tab", "help.flac", "nope", 7])
def test_no_posted_name_opens_a_file_of_the_server(page, posted):
    with pytest.raises(InputError) as caught:
        list(page.from_example(example=posted, **ASKED))
    assert caught.value.key == "unknown_choice"


def test_the_page_opens_on_its_first_example(page):
    assert page.begin("en") == {page.given_clip: looks.EXAMPLES[0]} and page.chosen.value == looks.EXAMPLES[0]


def test_the_clip_that_is_seen_can_be_played(page):
    made = merged(page.from_example(example="help", **ASKED))
    assert made[page.look.ours]["clip"]["path"] == HELP == made[page.clip]
    assert made[page.look.ours]["spectrogram"]["hertz"] == sorted(made[page.look.ours]["spectrogram"]["hertz"])


def test_both_paths_collapse_to_what_is_told(page):
    made = merged(page.from_example(example="one-two-three", **ASKED))
    greedy, beam = made[page.look.collapse]["paths"]
    assert (greedy["text"], beam["text"]) == ("one two threig", "one two three") and beam["marked"]
    for path in (greedy, beam):
        assert questions.merged(path["letters"]) == path["text"]
    alike = merged(page.from_example(example="enter-sixty-four", **ASKED))[page.look.collapse]["paths"]
    assert [p["text"] for p in alike] == ["enter sixty four"]


def test_what_was_never_learnt_is_told_by_the_network_s_own_sureness(page, tmp_path):
    soundfile.write(tmp_path / "tone.wav", 0.3 * np.sin(np.arange(32_000) * 0.17), 16_000)
    made = merged(page.hear(clip=str(tmp_path / "tone.wav"), **ASKED))
    near = merged(page.from_example(example="enter-sixty-four", **ASKED))
    assert "Take this with care" in made[page.status] and "Take this" not in near[page.status]
    assert near[page.sure]["score"] > near[page.sure]["tenth"] > made[page.sure].get("score", 0)


@pytest.mark.parametrize("example", looks.EXAMPLES)
def test_what_is_told_after_a_guess_is_true(page, example):
    """Each truth is found again by asking the network."""
    made = merged(page.from_example(example=example, **ASKED))
    hear, clip, text = lmdemo.load("lstm-speech"), made[page.clip], made[page.found].own.result.text
    asked = {key: made[guess] for key, guess in page.look.guesses.items()}
    faster = hear(clip, speed=questions.FASTER).text
    assert asked["sound"]["right"] == [0 if faster == text else 1] and f"“{faster}”" in asked["sound"]["told"]
    wordless = hear(clip, word_model=False).text
    assert asked["beam"]["right"] == [0 if wordless == text else 1] and f"“{wordless}”" in asked["beam"]["told"]
    shown = made[page.look.collapse]["paths"][-1]["letters"]
    kept = [letter for letter in shown if letter]
    left = "".join(letter for n, letter in enumerate(kept) if n == 0 or letter != kept[n - 1])
    assert asked["text"]["choices"][asked["text"]["right"][0]] == " ".join(left.split())
