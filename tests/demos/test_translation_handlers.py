"""The Translation page's handlers, called without a browser: one click one answer, what is kept, what is refused."""

import pickle
from unittest import mock

import gradio as gr
import pytest

import lmdemo
from demos.core.page import Page
from demos.tabs.recurrent.translation import questions
from demos.tabs.recurrent.translation.looks import EXAMPLES
from demos.tabs.recurrent.translation.tab import Translation
from lmdemo.errors import InputError, OptionError
from tests.demos.handlers import clicked, event, merged

FOOTBALL = EXAMPLES["lstm-translation"][0]
ASKED = {"model": "lstm-translation", "source": "scratch", "beams": 5, "attend": True, "lang": "en"}
HINDI = ASKED | {"model": "lstm-translation-hindi"}


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = Translation(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


def test_a_click_fills_the_sentence_in_and_answers_in_one_request(page):
    made = merged(page.choose(clicked(text=FOOTBALL), **ASKED))
    assert made[page.sentence] == FOOTBALL and "Zwei junge Männer" in made[page.status]
    assert made[page.look.ours]["pickable"] and made[page.look.search]["nodes"] and made[page.look.theirs] == {}
    assert f"({FOOTBALL!r}, num_beams=5)" in made[page.snippet]
    assert set(made) <= set(event(page, "Translation.choose").outputs)


def test_what_is_kept_of_an_answer_is_light_and_said_again_in_the_other_language(page):
    found = merged(page.answer(sentence="A flamingo runs.", **ASKED))[page.found]
    assert len(pickle.dumps(found)) < 50_000
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        hinglish, english = page.show(found=found, lang="hi-Latn"), page.show(found=found, lang="en")
    assert "Never met in training: flamingo" in english[page.status] and "humara:" in hinglish[page.status]
    ours, theirs = english[page.look.ours], hinglish[page.look.ours]
    assert ours["weights"] == theirs["weights"] and ours["words"] != theirs["words"]


def test_a_network_is_asked_once_an_answer_and_a_hub_that_is_away_is_said(page, monkeypatch):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    kind = type(lmdemo.load("lstm-translation"))
    asked, really = [], kind.__call__
    with mock.patch.object(kind, "__call__", lambda self, x, **o: asked.append(o) or really(self, x, **o)):
        made = merged(page.answer(sentence=FOOTBALL, **ASKED | {"source": "both", "attend": False}))
    assert (
        asked[0] == {"trace": True, "num_beams": 5, "attend": False} and len(asked) == 6
    )  # the others answer the questions
    assert "t5-small" in made[page.facts] and made[page.look.theirs] == {}
    assert not made[page.look.ours]["pickable"] and "attend=False" in made[page.snippet]


def test_a_cell_is_written_out(page):
    found = merged(page.answer(sentence=FOOTBALL, **ASKED))[page.found]
    made = page.look.pick(clicked(step=2, place=2), found=found, lang="en")
    assert "looking at “men”" in made[page.look.looked]
    assert page.look.pick(clicked(step=2, place=2), found=None, lang="en") == {}
    with pytest.raises(OptionError):
        page.look.pick(clicked(step=2, place=999), found=found, lang="en")


def test_a_link_answers_by_the_model_that_it_names(page):
    made = merged(page.from_link(sentence="Where is my book?", **HINDI))
    assert made[page.found].model == "lstm-translation-hindi" and page.model not in made and page.sentence not in made
    assert made[page.source]["visible"] is False and made[page.hubless]["value"]
    assert made[page.examples]["texts"] == list(EXAMPLES["lstm-translation-hindi"])
    assert list(page.from_link(sentence="", **ASKED)) == []
    assert page.found not in merged(page.from_link(sentence="", **HINDI))


def test_another_model_translates_the_same_sentence(page):
    made = merged(page.choose_model(sentence="I am very happy.", **HINDI | {"source": "hub"}))
    assert [a.source for a in made[page.found].answers] == ["scratch"]  # the hub has none
    assert set(made) <= set(event(page, "Translation.choose_model").outputs)


@pytest.mark.parametrize("sentence, told", [("", "Give an input"), ("  ", "Give an input"), ("😂😂", "no words in it")])
def test_half_a_sentence_is_told_where_the_answer_would_stand(page, sentence, told):
    made = merged(page.answer(sentence=sentence, **ASKED))
    assert told in made[page.status] and made[page.found] is None and made[page.facts] == "" == made[page.snippet]
    assert (
        made[page.look.empty]["visible"]
        and made[page.sure] == {}
        and made[page.look.ours] == {} == made[page.look.search]
    )


@pytest.mark.parametrize("posted", ["Anything else.", "", None, 7, ["a"], EXAMPLES["lstm-translation-hindi"][0]])
def test_no_posted_name_is_an_example(page, posted):
    with pytest.raises(InputError) as caught:
        list(page.choose(clicked(text=posted), **ASKED))
    assert caught.value.key == "unknown_choice"


def test_the_language_changes_words_and_visibility_together(page):
    made = page.page._reword({page.model: "lstm-translation-hindi"}, "hi-Latn")
    assert made[page.source]["visible"] is False and made[page.source]["label"] == "Source"
    assert "kyunki" in made[page.hubless]["value"] and "Examples" in made[page.examples]["title"]


def test_the_page_opens_on_its_first_example(page):
    assert page.begin("en") == page.begin("hi-Latn") == {page.sentence: FOOTBALL} and page.sentence.value == FOOTBALL


def test_the_dropped_are_drawn_and_the_writing_can_be_replayed(page):
    made = merged(page.answer(sentence=FOOTBALL, **ASKED))
    tree, steps = made[page.look.search], made[page.look.ours]["steps"]
    assert {n["step"] for n in tree["dropped"]} == {n["step"] for n in tree["nodes"]}
    assert len(steps) == len(made[page.look.ours]["target"]) + 1  # the end, too
    assert steps[0]["from"][0][0] == "▁Zwei" and steps[0]["p"] == steps[0]["from"][0][1]


@pytest.mark.parametrize(
    "sentence", ["I love you.", "Good morning!", "The parliament will raise the interest rate next year."]
)
def test_a_sentence_far_from_captions_is_told_by_the_network_s_own_sureness(page, sentence):
    made = merged(page.answer(sentence=sentence, **ASKED))
    near = merged(page.answer(sentence=FOOTBALL, **ASKED))
    assert "Far from what it learnt" in made[page.status] and "Far from" not in near[page.status]
    assert made[page.sure]["score"] < made[page.sure]["tenth"] < made[page.sure]["median"] < near[page.sure]["score"]
    assert "usse door" in page.show(found=made[page.found], lang="hi-Latn")[page.status]


def test_attention_the_other_way_round_stands_beside(page):
    for attend in (True, False):
        made = merged(page.answer(sentence=FOOTBALL, **ASKED | {"attend": attend}))
        assert "With attention: **Zwei junge Männer spielen" in made[page.look.compared]
        title = "Without attention" if attend else "With attention"
        assert made[page.look.switched]["title"].startswith(title) and not made[page.look.switched]["matrix"]


@pytest.mark.parametrize("sentence", [FOOTBALL, EXAMPLES["lstm-translation"][3], "I love you."])
def test_what_is_told_after_a_guess_is_true(page, sentence):
    """Each truth is found again by asking the network."""
    made = merged(page.answer(sentence=sentence, **ASKED))
    translate = lmdemo.load("lstm-translation")
    asked = {key: made[guess] for key, guess in page.look.guesses.items()}
    own = translate(sentence)
    word = asked["write"]["question"].split("“")[1].split("”")[0]
    without = translate(sentence.replace(word, "", 1))
    gone = len(own.target_tokens) - questions.kept(own.target_tokens, without.target_tokens)
    assert asked["write"]["right"] == [0 if gone == 0 else 1 if gone <= 2 else 2]
    assert f"“{without.translation_text}”: {gone} of {len(own.target_tokens)}" in asked["write"]["told"]
    greedy = translate(sentence, num_beams=1).translation_text
    assert asked["beam"]["right"] == [0 if greedy == own.translation_text else 1] and greedy in asked["beam"]["told"]
    begun = asked["off"]["question"].split("“")[1].split("”")[0]
    on, off = (translate(begun, attend=attend).translation_text for attend in (True, False))
    assert sentence.startswith(begun) and asked["off"]["right"] == [0 if on == off else 1]


def test_one_word_alone_can_not_be_left_out(page):
    made = merged(page.answer(sentence="Dogs", **ASKED))
    assert made[page.look.guesses["write"]] == {} and made[page.look.guesses["beam"]]["question"]
