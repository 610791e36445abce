"""The handlers of Encoder and BERT without a browser: one answer for all events, and what is said again or refused."""

import base64
import json
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

import lmdemo
from demos.core.page import Page
from demos.tabs.transformers.bert.compare import Compare
from demos.tabs.transformers.bert.tab import Bert
from demos.tabs.transformers.encoder import cost
from demos.tabs.transformers.encoder.tab import Encoder
from demos.tabs.transformers.found import Found
from demos.tabs.transformers.parts import FOLDED, SHOWN
from demos.views import MAX_BYTES
from lmdemo.errors import InputError

FILM, CAPTION = (
    "a warm , funny film that never loses its way .",
    "A man in a [MASK] shirt is riding a bike down the street.",
)
ASKED = {"source": "scratch", "off": "nothing", "head": "0.0", "place": FOLDED, "lang": "en"}


@pytest.fixture
def encoder() -> Encoder:
    with gr.Blocks():
        return Encoder(Page())


@pytest.fixture
def bert() -> Bert:
    with gr.Blocks():
        return Bert(Page())


def last(steps) -> dict:
    return list(steps)[-1]


def answer(tab, text: str, **options) -> dict:
    return last(tab.answer(**ASKED | {"text": text, "model": next(iter(tab.texts))} | options))


@pytest.mark.parametrize("name, text, said", [("encoder", FILM, "**positive**"), ("bert", CAPTION, "**blue**")])
def test_an_example_is_filled_in_and_answered_in_one_go(request, name, text, said):
    tab = request.getfixturevalue(name)
    model = next(iter(tab.texts))
    first, *_, shown = tab.choose(SimpleNamespace(text=text), **ASKED | {"text": "before", "model": model})
    assert first == {tab.given: text} and said in shown[tab.status] and shown[tab.found].text == text
    assert all(len(json.dumps(v, default=str)) < MAX_BYTES for v in shown.values() if isinstance(v, dict))
    with pytest.raises(InputError):
        list(tab.choose(SimpleNamespace(text="/etc/passwd"), **ASKED | {"text": "", "model": model}))


def test_what_a_link_names_and_no_more(encoder, bert):
    asked = ASKED | {"text": ""}
    assert list(encoder.from_link(**asked | {"model": "transformer-sentiment"})) == []
    assert list(bert.from_link(**asked | {"model": "bert-captions"})) == []
    (chosen,) = encoder.from_link(**asked | {"model": "transformer-hinglish"})
    assert not chosen[encoder.source]["visible"] and chosen[encoder.hubless]["visible"]
    linked = {"model": "bert-captions", "text": CAPTION, "off": "positions"}
    first, *_, shown = bert.from_link(**ASKED | linked)
    assert first[bert.hiding.view]["rows"] and "Without **positions**" in shown[bert.off_text]


def test_what_is_kept_of_a_long_text_is_what_the_views_draw(encoder):
    words = ["good", "bad", "film"] * 100
    shown = answer(encoder, " ".join(words), source="both")
    found = shown[encoder.found]
    trace = found.there[0].result.trace
    assert trace["attention"].shape[2:] == (SHOWN, SHOWN) and len(trace["tokens"]) == len(words)
    assert sum(v.nbytes for v in trace.values()) < 1_000_000
    whole = lmdemo.load(found.model)(found.text, trace=True).trace
    kept = encoder.stack.unfold(SimpleNamespace(block=1, head=99), found=found, lang="en")
    assert kept[encoder.stack.place] == (1, 99)
    drawn = np.frombuffer(base64.b64decode(kept[encoder.stack.column]["weights"]), "<f4")
    assert np.array_equal(drawn.reshape(SHOWN, SHOWN), whole["attention"][1, -1, :SHOWN, :SHOWN])
    assert "hub" in shown[encoder.card] and 'role="alert"' in shown[encoder.card]  # the hub could not be had


def test_a_head_that_is_not_there_is_the_first_one(encoder, bert):
    for tab, text in ((encoder, FILM), (bert, CAPTION)):
        for head in ("9.9", "x", ""):
            shown = answer(tab, text, off="head", head=head)
            assert "block 0, head 0" in shown[tab.off_text] and "heads_off=((0, 0),)" in shown[tab.snippet]
            assert shown[tab.switch.head]["visible"]


def test_what_is_wrong_stands_where_the_answer_would(encoder, bert):
    for tab, text, said in ((encoder, "\U0001f602", "no words"), (bert, "A man.", "No word is hidden yet")):
        shown = answer(tab, text)
        assert said in shown[tab.status] and not shown[tab.inside]["visible"] and shown[tab.card] == ""
        assert shown[tab.found].wrong.__traceback__ is None
        emptied = answer(tab, "  ")
        assert emptied[tab.found] is None and emptied[tab.status] == tab.say("en", "nothing_yet")


def test_all_that_is_on_show_is_said_in_the_other_language(encoder, monkeypatch):
    found = answer(encoder, FILM, off="head")[encoder.found]
    encoder.three.answers.value = encoder.three.ask(found=found, lang="en")[encoder.three.answers]
    encoder.decision.decided.value = encoder.decision.decide(found=found, lang="en")[encoder.decision.decided]
    monkeypatch.setattr(lmdemo, "load", None)  # nothing is computed anew
    said = encoder.page._reword({encoder.found: found}, "hi-Latn")
    assert "humara network" in said[encoder.status]
    assert said[encoder.three.table].count("<tr>") == 4 and "jawab" in said[encoder.three.table]
    assert len(said[encoder.decision.view]["rows"]) == 3
    head = said[encoder.switch.head]
    assert head["label"] == "Kaunsa head" and head["visible"] and len(head["choices"]) > 1
    assert not said[encoder.said]["visible"] and said[encoder.said]["value"].startswith("Hub ke model")


def test_another_text_takes_away_what_counted_for_the_one_before(encoder):
    shown = answer(encoder, FILM)
    assert shown[encoder.decision.view] == {} and shown[encoder.decision.decided] is None
    assert shown[encoder.three.table] == "" and shown[encoder.three.answers] == ()


def test_buttons_do_nothing_before_there_is_an_answer(encoder):
    alone = Found("transformer-sentiment", FILM, "hub")
    for found in (None, alone):
        assert encoder.decision.decide(found=found, lang="en") == {} == encoder.three.ask(found=found, lang="en")


def test_cost_grows_with_length(encoder, monkeypatch):
    monkeypatch.setattr(
        cost, "cost_of", lambda name, text, n, keep=False: SimpleNamespace(seconds=n / 1e3, bytes=n * 10)
    )
    with gr.Blocks():
        part = cost.Cost(encoder, encoder.found)
    found = Found("transformer-sentiment", FILM, "scratch", answers=answer(encoder, FILM)[encoder.found].answers)
    steps = list(part.measure(found=found, lang="en"))
    assert "32 words" in steps[0][part.told] and "32-fold for the RNN" in steps[-1][part.told]
    assert [len(line["points"]) for line in steps[-1][part.memory]["lines"]] == [6, 6, 6, 6]
    said = part.show(measured=steps[-1][part.measured], lang="hi-Latn")
    assert "32 guna" in said[part.told] and said[part.time]["title"] == "Ek text ka time"
    assert list(part.measure(found=None, lang="en")) == []


def test_a_word_is_hidden_and_comes_back(bert):
    asked = ASKED | {"model": "bert-captions"}
    first, *_, shown = bert.hide(SimpleNamespace(index=4), **asked, text="A man in a red shirt.", before=())
    assert first[bert.given] == "A man in a [MASK] shirt." and "**" in shown[bert.status]
    back, *_ = bert.hide(SimpleNamespace(index=4), **asked, text=first[bert.given], before=first[bert.hiding.before])
    assert back[bert.given] == "A man in a red shirt."


def test_two_sentences_are_compared(bert):
    with gr.Blocks():
        part = Compare(bert, bert.source)
    pair = {"first": "A man is playing the [MASK].", "second": "A boy is playing in the [MASK]."}
    shown = part.compare(**pair, source="both", lang="en")
    assert "Most pulled to the second" in shown[part.told] and "bert-captions" in shown[part.view]["title"]
    assert part.show(moved=shown[part.moved], lang="hi-Latn")[part.told] != shown[part.told]


def test_layers_are_those_of_the_source_that_is_chosen(monkeypatch):
    with gr.Blocks() as blocks:
        Bert(Page())
    layers, opened = next(f.fn for f in blocks.fns.values() if f.name == "layers"), []
    adapter = lmdemo.load("bert-captions")
    monkeypatch.setattr(lmdemo, "load", lambda name, *, source: opened.append(source) or adapter)
    for source in ("scratch", "hub-weights", "both"):
        (table,) = layers(model="bert-captions", source=source, lang="en").values()
        assert "embedding" in table
    assert opened == ["scratch", "hub-weights", "scratch"]
