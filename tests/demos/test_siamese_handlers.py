"""The Siamese page's handlers, called without a browser: what is asked once, what follows the threshold, what a question's truth is."""

from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import soundfile

import lmdemo
from demos.core.clips import place_of
from demos.core.page import Page
from demos.core.words import LANGUAGES
from demos.tabs.audio.siamese import looks, quiz, searched
from demos.tabs.audio.siamese.classes import Own
from demos.tabs.audio.siamese.enrolled import VOICES
from demos.tabs.audio.siamese.functions import path
from demos.tabs.audio.siamese.looks import PAIRS
from demos.tabs.audio.siamese.sounds import EXAMPLES
from demos.tabs.audio.siamese.sounds import Found as Sound
from demos.tabs.audio.siamese.tab import WAYS, Siamese
from lmdemo.adapters.speaker_verification import leave_one_out
from lmdemo.data import audio
from lmdemo.errors import InputError
from tests.demos.handlers import clicked, event, merged

OPTIONS = {"source": "scratch", "threshold": None, "layer": 0, "by_size": ""}
LINK = OPTIONS | {"example": "", "which": "rain", "start": 1.0, "noise": 5.0, "index": {}, "mine": {}}
LINK |= {"found": None, "searched": None, "named": None, "lang": "en"}


@pytest.fixture(scope="module")
def tab():
    with gr.Blocks() as app:
        made = Siamese(Page())
        made.app = app
    return made


@pytest.fixture(scope="module")
def compared(tab):
    return merged(tab.from_pair("same", "scratch", None, 0, "", "en"))


@pytest.fixture(scope="module")
def people(tab):
    part = tab.voices.people
    return part, part.begin_with(known=None, source="scratch", threshold=None, lang="en")


def question(made, part, key):
    """A step's question as its view has it, and its right answer."""
    asked = made[part.guesses[key]]
    assert len(set(asked["choices"])) == len(asked["choices"]) > 1 and asked["told"]
    return asked, [asked["choices"][i] for i in asked["right"]]


@pytest.mark.parametrize("example", PAIRS)
def test_an_example_makes_one_spectrogram_of_each_clip(tab, monkeypatch, example):
    lmdemo.load("siamese-speaker")
    waves = [audio.read_clip(path(clip)) for clip in PAIRS[example]]
    read, heard, log_mel, open_clip = [], [], audio.log_mel, audio.open_clip
    monkeypatch.setattr(audio, "open_clip", lambda clip, **how: read.append(clip) or open_clip(clip, **how))
    monkeypatch.setattr(audio, "log_mel", lambda wave, **how: heard.append(wave) or log_mel(wave, **how))
    monkeypatch.setattr(quiz, "draw", lambda about: None)  # two other clips
    label = tab.say("en", f"siamese.example.{example}")
    made = merged(tab.choose(clicked(text=label), **OPTIONS, lang="en"))
    tracks = made[tab.voices.spectra]["tracks"]
    assert "cosine" in made[tab.voices.status] and [len(t["curves"]) for t in tracks] == [1, 1]
    assert read == [path(clip) for clip in PAIRS[example]]
    rows = [row for batch in heard for row in np.atleast_2d(batch)]
    assert [sum(np.array_equal(row, wave) for row in rows) for wave in waves] == [1, 1]


def test_a_page_opens_on_its_first_pair_answered(tab):
    begun = tab.begin("en")
    made = merged(tab.from_link(way="two", came="", model=begun[tab.model], **LINK))
    assert made[tab.voices.status].startswith("**The same speaker**") and "lm-line" in made[tab.voices.facts]


def test_a_clip_that_came_along_is_compared_unless_a_link_names_a_pair(tab, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (tmp_path / ("a" * 64)).mkdir()
    clip = tmp_path / ("a" * 64) / "audio.ogg"
    clip.write_bytes(Path(path("voice-1-1")).read_bytes())
    place = place_of(str(clip))
    asked = LINK | {"way": "two", "model": "siamese-speaker", "came": place}
    made = merged(tab.from_link(**asked))
    assert made[tab.voices.first] == str(clip) and made[tab.voices.found].clips[0] == str(clip)
    named = merged(tab.from_link(**asked | {"example": "two"}))
    assert named[tab.voices.found].example == "two"


@pytest.mark.parametrize("way", WAYS)
def test_a_link_alone_chooses_the_inner_mode(tab, way):
    made = merged(tab.from_link(way=way, came="", model="siamese-speaker", **LINK))
    chosen = made.get(tab.voices.steps)
    assert (chosen is None) == (way == "two")
    if chosen:
        assert tab.voices.ways[next(t for t in tab.voices.ways if t.id == chosen["selected"])] == way
    # What a click writes chooses nothing: no event of the field for the mode changes the steps.
    targets = [f for f in tab.app.fns.values() if (tab.way._id, "change") in f.targets]
    assert all(tab.voices.steps not in f.outputs for f in targets)


@pytest.mark.parametrize("model", ["siamese-fingerprint", "siamese-sound"])
def test_each_model_answers_what_a_link_says_of_it(tab, model):
    made = merged(tab.from_link(way="two", came="", model=model, **LINK))
    part = tab.recordings if model == "siamese-fingerprint" else tab.sounds
    assert "**rain**" in made[part.answer if part is tab.recordings else part.status]
    assert made[tab.source] == gr.update(visible=False)


def test_who_comes_back_to_a_model_finds_it_as_it_was_left(tab, compared):
    given = {k: v for k, v in LINK.items() if k != "found"}
    made = merged(tab.change_model(model="siamese-speaker", found=compared[tab.voices.found], **given))
    assert set(made) == {tab.model, tab.for_voices, tab.for_recordings, tab.for_sounds, tab.source}


def test_a_moved_threshold_moves_all_but_its_own_view(tab, compared, people):
    part, enrolled = people
    talk = tab.voices.talk.begin_with(found=None, source="scratch", threshold=None, lang="en")
    states = {"found": compared[tab.voices.found], "known": enrolled[part.known], "asked": None}
    moved = gr.EventData(tab.voices.verdict, {"at": 0.99})
    made = tab.move_threshold(moved, **states, talk=talk[tab.voices.talk.found], lang="en")
    assert made[tab.threshold] == 0.99 and tab.voices.verdict not in made
    assert made[tab.voices.status].startswith("**Different speakers**")
    assert made[tab.voices.unseen]["rows"][0]["at"] == made[part.matrix]["threshold"] == 0.99
    assert made[tab.voices.talk.picture]["tracks"][0]["curves"][0]["limit"] == 0.99


def test_half_a_pair_takes_the_old_answer_away(tab):
    made = merged(tab.compare(first=path("voice-0-0"), second="", **OPTIONS, lang="en"))
    assert made[tab.voices.found] is None and made[tab.voices.facts] == "" and made[tab.voices.spectra] == {}


def test_a_refused_clip_takes_the_old_answer_away(tab, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(16_000), 16_000)
    steps = tab.compare(first=path("voice-0-0"), second=str(tmp_path / "silence.wav"), **OPTIONS, lang="en")
    made = {}
    with pytest.raises(InputError) as caught:
        for step in steps:
            made |= step
    assert caught.value.got == "-∞ dB" and made[tab.voices.verdict] == {} and made[tab.voices.found] is None


def test_the_pair_to_listen_to_is_told_as_it_is(tab, compared):
    found = compared[tab.voices.found]
    asked, right = question(compared, tab.voices, "pair")
    assert right == ["one person" if found.quiz.first[0] == found.quiz.second[0] else "two people"]
    clips = [f"voice-{v}-{k}" for v, k in (found.quiz.first, found.quiz.second)]
    a, b = lmdemo.load("siamese-speaker").embed_many([path(c) for c in clips])
    assert f"{a @ b:.3f}" in asked["told"]
    assert [c["file"]["path"] for c in compared[tab.voices.quiz]["clips"]] == [path(c) for c in clips]
    drawn = [quiz.draw([str(i)]) for i in range(24)]
    assert {q.same for q in drawn} == {True, False} and all(q.first != q.second for q in drawn)


def test_the_question_about_strangers_is_answered_by_the_measured_scores(tab, compared):
    asked, right = question(compared, tab.voices, "unseen")
    other = looks.unseen()[0]["other"]
    score = compared[tab.voices.found].there[0].result.score
    share = sum(n for s, n in other if s >= score) / sum(n for _, n in other)
    bounds = dict(zip(asked["choices"], ((0, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 1.01)), strict=True))
    low, high = bounds[right[0]]
    assert low <= share < high


def test_people_are_asked_about_by_leaving_each_clip_out(people):
    part, made = people
    known = made[part.known]
    counts = leave_one_out({v: known.embeddings[[c.name == v for c in known.clips]] for v in "1234"})
    assert question(made, part, "people")[1] == [str(int(np.trace(counts)))]
    assert len(made[part.matrix]["cosines"]) == len(made[part.plane]["dots"]) == len(VOICES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_clip_lands_on_the_plane_and_its_answer_is_said_in_each_language(people, lang):
    part, made = people
    known = made[part.known]
    asked = part.ask(known=known, clip=path("voice-2-1"), source="scratch", threshold=None, lang="en")[part.asked]
    again = part.show(known=known, asked=asked, threshold=None, lang=lang)
    dots = again[part.plane]["dots"]
    assert len(dots) == len(VOICES) + 1 and dots[-1]["asked"]
    # It is a clip that is enrolled: there it lies, too.
    assert dots[-1]["at"] == pytest.approx(dots[[c.path for c in known.clips].index(path("voice-2-1"))]["at"], abs=1e-3)
    assert part.say(lang, "siamese.voice", n=3) in again[part.whose]


def test_enrolled_people_take_the_place_of_the_synthetic_voices(people):
    part, made = people
    given = {"source": "scratch", "threshold": None, "lang": "en"}
    clips = [path("voice-0-0"), path("voice-0-1")]
    asked = part.enrol(known=made[part.known], name="Asha", files=clips, record="", **given)
    more = part.enrol(known=asked[part.known], name="Ravi", files=[], record=path("voice-1-0"), **given)
    assert [(c.name, c.number) for c in more[part.known].clips] == [("Asha", 1), ("Asha", 2), ("Ravi", 1)]
    assert part.begin_with(known=(), **given) == {}  # who sent all away has nobody
    with pytest.raises(InputError):
        part.ask(known=(), clip=clips[0], **given)


def test_a_question_along_a_recording_is_answered_by_its_windows(tab):
    part = tab.voices.talk
    made = part.begin_with(found=None, source="scratch", threshold=None, lang="en")
    found = made[part.found]
    share = round(100 * float(np.mean(found.cosines >= found.threshold + 0.1)))
    assert question(made, part, "along")[1] == [f"{share} %"]


@pytest.fixture(scope="module")
def excerpt(tab):
    return tab.recordings.excerpt(index={}, which="rain", start=1.0, noise=5.0, lang="en")


def test_an_excerpt_is_aligned_with_the_recording_it_is_from(tab, excerpt):
    part = tab.recordings
    found = excerpt[part.found]
    assert found.best == found.target == "rain" and found.agreement.shift == pytest.approx(1.0, abs=0.02)
    first, second = excerpt[part.pairs]["tracks"]
    assert len(first["pairs"]) == len(second["pairs"]) == dict(found.classic)["rain"]
    assert [p[0] + first["start"] for p in first["pairs"]] == pytest.approx([p[0] for p in second["pairs"]], abs=1e-3)
    assert all(0 <= f <= 1 for p in first["pairs"] for f in (p[1], p[3]))
    seconds, cosines = found.scan
    assert seconds[np.argmax(cosines)] == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(
    "key, how", [("pairs", {"decibels": None, "speed": searched.FASTER}), ("noise", {"decibels": -15})]
)
def test_questions_about_an_excerpt_are_tried(tab, excerpt, key, how):
    part, adapter = tab.recordings, lmdemo.load("siamese-fingerprint")
    index = excerpt[part.index]
    clip = adapter.excerpt(path("rain"), start=1.0, **how)
    network = adapter.find(clip, {n: rows for n, (_, rows, _) in index.items()})[0].name == "rain"
    classic = adapter.find_by_peaks(clip, {n: pairs for n, (_, _, pairs) in index.items()})
    peaks = bool(classic) and classic[0][0] == "rain"
    ways = {(1, 1): "both", (1, 0): "our network alone", (0, 1): "the peaks alone", (0, 0): "neither"}
    assert question(excerpt, part, key)[1] == [ways[int(network), int(peaks)]]


def test_the_index_keeps_what_a_visitor_adds(tab, excerpt):
    part = tab.recordings
    made = part.more(index=excerpt[part.index], files=[path("voice-0-0")], lang="en")
    assert list(made[part.index])[-1] == "voice-0-0" and "8 recordings" in made[part.told_index]
    rows = sum(len(r) for _, r, _ in excerpt[part.index].values())
    assert question(excerpt, part, "index")[1] == [str(rows)]
    with pytest.raises(InputError) as caught:
        part.excerpt(index=made[part.index], which="nothing", start=0, noise=0, lang="en")
    assert caught.value.key == "index_empty"


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_sound_lands_among_the_prototypes_and_is_heard_backwards(tab, example):
    part, adapter = tab.sounds, lmdemo.load("siamese-sound")
    made = merged(tab.from_sound(example, {}, "en"))
    dots = made[part.plane]["dots"]
    assert len(dots) == len(adapter.prototypes) + 1 and dots[-1]["asked"]
    turned = adapter((16_000, audio.read_clip(path(example))[::-1])).label
    same = turned == made[part.found].own.result.label
    assert question(made, part, "prototypes")[1] == ["yes" if same else "no"]


def test_a_class_of_one_clip_is_not_judged_by_itself(tab):
    part = tab.sounds.classes
    made = part.synthetic(mine={}, lang="en")
    assert "needs two clips: bells, strings" in made[part.told_mine]
    assert made[part.table].count("<table>") == 1  # the shipped classes alone
    e = made[part.mine]["bells"].embeddings
    two = {"a": Own((path("bells"),) * 2, np.concatenate((e, e))), "b": made[part.mine]["strings"]}
    table = part.show(mine=two, lang="en")[part.table]
    assert table.count("<table>") == 2 and "–" in table
    named = merged(tab.name_again(found=Sound(path("bells")), mine=made[part.mine], lang="en"))
    assert named[tab.sounds.status].startswith("**bells**")
    assert len(named[tab.sounds.plane]["dots"]) == 13


def test_the_question_about_a_simple_method_has_its_figure(tab):
    part = tab.sounds.classes
    made = part.show(mine={}, lang="en")
    simple = lmdemo.catalog.MODELS["siamese-sound"].figures.splits["val"].baselines["random forest on MFCCs"]
    total = int(lmdemo.load("siamese-sound").confusion[1].sum())
    assert question(made, part, "classes")[1] == [str(round(simple["accuracy_four_folds"] * total))]


def test_only_voices_have_a_source_to_choose(tab):
    assert event(tab, "Siamese.change_model")
    assert tab.show_model("siamese-sound")[tab.source] == gr.update(visible=False)
    assert tab.show_model("siamese-speaker")[tab.source] == gr.update(visible=True)
