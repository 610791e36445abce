"""The Translation page's handlers, called without a browser: one click one answer, what is kept, what is refused."""

import pickle
from unittest import mock

import gradio as gr
import pytest

import lmdemo
from demos.core.page import Page
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
    assert made[page.inside.ours]["pickable"] and made[page.inside.search]["nodes"] and made[page.inside.theirs] == {}
    assert f"({FOOTBALL!r}, num_beams=5)" in made[page.snippet]
    assert set(made) <= set(event(page, "Translation.choose").outputs)


def test_what_is_kept_of_an_answer_is_light_and_said_again_in_the_other_language(page):
    found = merged(page.answer(sentence="A flamingo runs.", **ASKED))[page.found]
    assert len(pickle.dumps(found)) < 50_000
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        hinglish, english = page.show(found=found, lang="hi-Latn"), page.show(found=found, lang="en")
    assert "Never met in training: flamingo" in english[page.status] and "humara network" in hinglish[page.status]
    ours, theirs = english[page.inside.ours], hinglish[page.inside.ours]
    assert ours["weights"] == theirs["weights"] and ours["words"] != theirs["words"]


def test_a_network_is_asked_once_an_answer_and_a_hub_that_is_away_is_said(page, monkeypatch):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    kind = type(lmdemo.load("lstm-translation"))
    asked, really = [], kind.__call__
    with mock.patch.object(kind, "__call__", lambda self, x, **o: asked.append(o) or really(self, x, **o)):
        made = merged(page.answer(sentence=FOOTBALL, **ASKED | {"source": "both", "attend": False}))
    assert asked == [{"trace": True, "num_beams": 5, "attend": False}]
    assert "t5-small" in made[page.card] and made[page.inside.theirs] == {}
    assert not made[page.inside.ours]["pickable"] and "attend=False" in made[page.snippet]


def test_a_cell_is_written_out(page):
    found = merged(page.answer(sentence=FOOTBALL, **ASKED))[page.found]
    made = page.inside.pick(clicked(step=2, place=2), found=found, lang="en")
    assert "looking at “men”" in made[page.inside.looked]
    assert page.inside.pick(clicked(step=2, place=2), found=None, lang="en") == {}
    with pytest.raises(OptionError):
        page.inside.pick(clicked(step=2, place=999), found=found, lang="en")


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
    assert told in made[page.status] and made[page.found] is None and made[page.card] == "" == made[page.snippet]
    assert made[page.inside.column]["visible"] is False and made[page.inside.ours] == {} == made[page.inside.search]


@pytest.mark.parametrize("posted", ["Anything else.", "", None, 7, ["a"], EXAMPLES["lstm-translation-hindi"][0]])
def test_no_posted_name_is_an_example(page, posted):
    with pytest.raises(InputError) as caught:
        list(page.choose(clicked(text=posted), **ASKED))
    assert caught.value.key == "unknown_choice"


def test_the_language_changes_words_and_visibility_together(page):
    made = page.page._reword({page.model: "lstm-translation-hindi"}, "hi-Latn")
    assert made[page.source]["visible"] is False and made[page.source]["label"] == "Source"
    assert "kyunki" in made[page.hubless]["value"] and "Examples" in made[page.examples]["title"]
