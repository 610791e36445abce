"""The handlers of Encoder and BERT without a browser: one answer for all events, and what is said again or refused."""

import base64
import json
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

import lmdemo
from demos.core.page import Page
from demos.tabs.transformers.bert.beside import usual
from demos.tabs.transformers.bert.compare import CONTRASTS, PAIR
from demos.tabs.transformers.bert.hiding import EXAMPLES, NONE, check_hide, hidden, masked, toggle
from demos.tabs.transformers.bert.tab import Bert
from demos.tabs.transformers.encoder import cost
from demos.tabs.transformers.encoder.looks import HINGLISH, SENTIMENT
from demos.tabs.transformers.encoder.tab import Encoder
from demos.tabs.transformers.found import Found
from demos.tabs.transformers.looking import check_place
from demos.tabs.transformers.parts import SHOWN
from demos.views import MAX_BYTES
from lmdemo.errors import InputError
from tests.demos.handlers import clicked

FILM, CAPTION = "a warm , funny film that never loses its way .", next(iter(EXAMPLES))
BLUE = "A man in a [MASK] shirt is riding a bike down the street."
YAAR = "yaar movie bahut achhi thi"
ASKED = {"source": "scratch", "off": "nothing", "head": "0.0", "look": "0.-1", "place": "0.0", "lang": "en"}


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
    asked = ASKED | {"text": text, "model": next(iter(tab.texts))} | {name: "" for name in tab.options()} | options
    return last(tab.answer(**asked))


def truths(tab, shown: dict) -> dict[str, dict]:
    """The questions by step, as they are asked."""
    return {step: shown[view] for step, view in tab.guesses.items() if shown.get(view)}


@pytest.mark.parametrize("name, text, said", [("encoder", FILM, "**positive**"), ("bert", CAPTION, "**blue**")])
def test_an_example_is_filled_in_and_answered_in_one_go(request, name, text, said):
    tab = request.getfixturevalue(name)
    model = next(iter(tab.texts))
    fresh = {option: "7" for option in tab.options()}
    first, *_, shown = tab.choose(clicked(text=text), **ASKED | fresh | {"text": "before", "model": model})
    assert first == {tab.box: text} | {c: "" for c in tab.options().values()}
    assert said in shown[tab.status] and getattr(shown[tab.found], "whole", shown[tab.found].text) == text
    assert all(len(json.dumps(v, default=str)) < MAX_BYTES for v in shown.values() if isinstance(v, dict))
    with pytest.raises(InputError):
        list(tab.choose(clicked(text="/etc/passwd"), **ASKED | fresh | {"text": "", "model": model}))


def test_a_page_opens_on_an_example_in_its_language_answered(encoder, bert):
    for lang, model, said in (("en", SENTIMENT, "positive"), ("hi-Latn", HINGLISH, "positive")):
        begun = encoder.begin(lang)
        text = begun[encoder.box]
        assert begun[encoder.model] == model and text in encoder.texts[model]
        assert (
            f"**{said}**"
            in last(encoder.from_link(**ASKED | {"lang": lang, "model": model, "text": text}))[encoder.status]
        )
    assert encoder.box.value in encoder.texts[SENTIMENT] and bert.box.value == CAPTION
    shown, compared = bert.from_link(
        **ASKED | {"model": "bert-captions", "text": CAPTION, "hide": "", "first": PAIR[0], "second": PAIR[1]}
    )
    assert "**blue**" in shown[bert.status] and compared[bert.compare.slopes]["rows"]


def test_what_a_link_names_and_no_more(encoder, bert):
    first, *_ = encoder.from_link(**ASKED | {"text": YAAR, "model": HINGLISH})
    assert not first[encoder.source]["visible"] and first[encoder.hubless]["visible"]
    shown = answer(bert, BLUE, off="positions", look="2.1", place="1.3")
    assert "Without **positions**" in shown[bert.off_text]
    assert (shown[bert.looking.view]["block"], shown[bert.looking.view]["head"]) == (2, 1)
    assert (shown[bert.column.view]["block"], shown[bert.column.view]["head"]) == (1, 3)
    for check, wrong in ((check_place, "1"), (check_place, "a.b"), (check_hide, "4;5"), (check_hide, "x")):
        with pytest.raises(ValueError):
            check(wrong)
    assert (check_place("-1.0"), check_hide("4,7"), check_hide(NONE), check_hide("")) == ("-1.0", "4,7", "-", "")


def test_what_is_kept_of_a_long_text_is_what_the_views_draw(encoder):
    words = ["good", "bad", "film"] * 100
    shown = answer(encoder, " ".join(words), source="both")
    found = shown[encoder.found]
    trace = found.there[0].result.trace
    assert trace["attention"].shape[2:] == (SHOWN, SHOWN) and len(trace["tokens"]) == len(words)
    assert sum(v.nbytes for v in trace.values()) < 1_000_000
    whole = lmdemo.load(found.model)(found.text, trace=True).trace
    kept = encoder.column.unfold(SimpleNamespace(block=1, head=99), found=found, lang="en")
    assert kept[encoder.column.place] == "1.99"
    drawn = np.frombuffer(base64.b64decode(kept[encoder.column.view]["weights"]), "<f4")
    assert np.array_equal(drawn.reshape(SHOWN, SHOWN), whole["attention"][1, -1, :SHOWN, :SHOWN])
    assert "distilbert" in shown[encoder.facts] and 'role="alert"' in shown[encoder.facts]  # the hub could not be had
    assert shown[encoder.rests] == {} and shown[encoder.unread]["visible"]


def test_a_head_that_is_not_there_is_the_first_one(encoder, bert):
    for tab, text in ((encoder, FILM), (bert, BLUE)):
        for head in ("9.9", "x", ""):
            shown = answer(tab, text, off="head", head=head)
            assert "block 0, head 0" in shown[tab.off_text] and "heads_off=((0, 0),)" in shown[tab.snippet]
            assert shown[tab.switch.head]["visible"]


def test_what_is_wrong_stands_where_the_answer_would(encoder, bert):
    for tab, text, said, options in (
        (encoder, "\U0001f602", "no words", {}),
        (bert, "A man.", "No word is hidden yet", {"hide": NONE}),
    ):
        shown = answer(tab, text, **options)
        assert said in shown[tab.status] and shown[tab.bars] == {} and shown[tab.facts] == ""
        assert all(c["visible"] for c in (shown[f] for f in tab.foreign))
        assert shown[tab.found].wrong.__traceback__ is None
        emptied = answer(tab, "  ")
        assert emptied[tab.found] is None and emptied[tab.status] == tab.say("en", "nothing_yet")


def test_all_that_is_on_show_is_said_in_the_other_language(encoder, monkeypatch):
    found = answer(encoder, FILM, off="head")[encoder.found]
    monkeypatch.setattr(lmdemo, "load", None)  # nothing is computed anew
    said = encoder.page._reword({encoder.found: found}, "hi-Latn")
    assert "parameters" in said[encoder.facts] and "ke bina" in said[encoder.off_text]
    assert said[encoder.table].count("<tr>") == 4 and "jawab" in said[encoder.table]
    assert said[encoder.rests]["words"]["for"] == "haq mein"
    head = said[encoder.switch.head]
    assert head["label"] == "Kaunsa head" and head["visible"] and len(head["choices"]) > 1


def test_a_sentence_in_another_language_is_told_and_can_be_read_by_the_other_model(encoder):
    shown = answer(encoder, YAAR)
    assert "undecided" in shown[encoder.status] and "Only 1 of 5 words" in shown[encoder.more]
    assert shown[encoder.other]["visible"] and "transformer-hinglish" in shown[encoder.table]
    first, *_, shown = encoder.read_as_hinglish(**ASKED | {"text": YAAR, "model": SENTIMENT})
    assert first[encoder.model] == HINGLISH and shown[encoder.found].model == HINGLISH
    assert "**positive**" in shown[encoder.status] and not shown[encoder.other]["visible"]
    assert "learned English reviews only" in shown[encoder.table]
    english = answer(encoder, FILM)
    assert not english[encoder.other]["visible"] and english[encoder.more] == ""


def test_the_truths_about_the_encoder_are_those_of_its_network(encoder):
    shown, adapter = answer(encoder, FILM), lmdemo.load(SENTIMENT)
    asked, whole = truths(encoder, shown), adapter(FILM)
    assert set(asked) == set(encoder.guesses)
    moves = {
        "words": adapter(FILM.replace("funny", "funy")).scores["positive"],
        "switch": adapter(FILM, positions=False).scores["positive"],
    }
    for step, after in moves.items():
        assert asked[step]["right"] == [int(np.digitize(100 * abs(after - whole.score), (2, 10)))], step
    silent = adapter(FILM, heads_off=[(b, h) for b in range(2) for h in range(4)])
    assert asked["looks"]["right"] == [int(silent.label != whole.label)]
    twice = 100 * (adapter(f"{FILM} {FILM}").scores["positive"] - whole.score)
    assert asked["blocks"]["right"] == [1 if abs(twice) < 1 else 0 if twice > 0 else 2]
    words = FILM.split()
    change = [
        abs(adapter(" ".join(words[:n] + words[n + 1 :])).scores["positive"] - whole.score) for n in range(len(words))
    ]
    assert asked["rests"]["choices"][asked["rests"]["right"][0]] == words[int(np.argmax(change))]
    turned = [
        (lmdemo.load(n)(FILM).label, lmdemo.load(n)(" ".join(words[::-1])).label)
        for n in ("rnn-sentiment", "lstm-sentiment", SENTIMENT)
    ]
    assert asked["three"]["right"] == [sum(a != b for a, b in turned)]
    assert asked["cost"]["choices"][asked["cost"]["right"][0]] == f"{(1024 // 32) ** 2:,} ×"


def test_the_truths_about_bert_are_those_of_its_network(bert):
    shown, adapter = answer(bert, CAPTION), lmdemo.load("bert-captions")
    asked = truths(bert, shown)
    assert set(asked) == set(bert.guesses) - {"compare"}

    def best(text: str, **options) -> list[str]:
        return [next(iter(c)) for c in adapter(text, **options).candidates]

    assert asked["hide"]["right"] == [int(best("in a [MASK] shirt is") != best(BLUE))]
    every = "A [MASK] in [MASK] blue [MASK] is [MASK] a [MASK] down [MASK] street."
    right = sum(a == b for a, b in zip(best(every), ["man", "a", "shirt", "riding", "bike", "the"], strict=True))
    assert f"{right} of 6" in asked["turns"]["told"]
    turned = (
        best("a in man A [MASK] shirt is riding a bike down the street."),
        best("A man in a [MASK] street the down bike a riding is shirt ."),
    )
    assert asked["blocks"]["choices"][asked["blocks"]["right"][0]] in (turned[0][0], turned[1][0])
    stay = sum(best(BLUE, heads_off=[(b, h) for h in range(6)]) == best(BLUE) for b in range(4))
    assert asked["switch"]["choices"][asked["switch"]["right"][0]] == str(stay)
    told = asked["looks"]["told"]
    word = told.split("“")[1].split("”")[0]
    assert asked["looks"]["right"] == [int(best(BLUE.replace(word, "[MASK]"))[0] != best(BLUE)[0])]


def test_cost_grows_with_length(encoder, monkeypatch):
    monkeypatch.setattr(
        cost, "cost_of", lambda name, text, n, keep=False: SimpleNamespace(seconds=n / 1e3, bytes=n * 10)
    )
    with gr.Blocks():
        part = cost.Cost(encoder, encoder.found)
    found = Found(SENTIMENT, FILM, "scratch", answers=answer(encoder, FILM)[encoder.found].answers)
    steps = list(part.measure(found=found, lang="en"))
    assert "32 words" in steps[0][part.told] and "32-fold for the RNN" in steps[-1][part.told]
    assert [len(line["points"]) for line in steps[-1][part.memory]["lines"]] == [6, 6, 6, 6]
    assert {line["colour"] for line in steps[-1][part.memory]["lines"]} == {"rnn", "lstm", "transformer"}
    said = part.show(measured=steps[-1][part.measured], lang="hi-Latn")
    assert "32 guna" in said[part.told] and said[part.time]["title"] == "Ek text ka time"
    assert list(part.measure(found=None, lang="en")) == []


# -- BERT ------------------------------------------------------------------------------------------------------------------


def test_a_word_is_hidden_and_comes_back(bert):
    asked = ASKED | {"model": "bert-captions", "text": CAPTION}
    first, *_, shown = bert.click(clicked(index=5), **asked, hide="")  # it takes the place of the page's choice
    assert first == {bert.hiding.hide: "5"} and shown[bert.found].text == CAPTION.replace("shirt", "[MASK]")
    assert [w["hidden"] for w in shown[bert.hiding.view]["words"]].index(True) == 5
    second, *_, shown = bert.click(clicked(index=1), **asked, hide="5")
    assert second == {bert.hiding.hide: "1,5"} and len(shown[bert.found].there[0].result.candidates) == 2
    back, *_ = bert.click(clicked(index=1), **asked, hide="1,5")
    assert back == {bert.hiding.hide: "5"}
    none, *_, shown = bert.click(clicked(index=5), **asked, hide="5")
    assert none == {bert.hiding.hide: NONE} and "No word is hidden yet" in shown[bert.status]


def test_hiding_and_bringing_back():
    text = "A man's dog, (big)."
    assert masked(text, (2,)) == "A man's [MASK], (big)." and toggle(text, "", 0) == "0"
    assert toggle(text, "2", 0) == "0,2" and masked(text, (0, 2)) == "[MASK] man's [MASK], (big)."
    assert (
        toggle(text, "0,2", 2) == "0"
        and toggle(text, "0", 0) == NONE == toggle(text, "", 2)
        and toggle(text, "0", 99) == "0"
    )
    assert toggle("[mask] runs", "", 0) == ""  # what was never seen can't come back
    assert hidden("[mask] runs", "") == () and hidden("[MASK] runs", "1") == (1,) and hidden("!?", "") == ()
    assert hidden("a warm , funny film", "") == (3,) and hidden("a film", "9") == (1,) and hidden("a film", NONE) == ()
    assert all(hidden(caption, "") == (word,) for caption, word in EXAMPLES.items())


def test_each_word_is_shown_with_what_would_have_stood_there(bert):
    view = answer(bert, "Two dogs are playing in the snow.")[bert.turns]
    asked = [item for item in view["items"] if "candidates" in item]
    assert [item["text"] for item in view["items"]] == ["Two", "dogs", "are", "playing", "in", "the", "snow", "."]
    alone = lmdemo.load("bert-captions")("Two [MASK] are playing in the snow.").candidates[0]
    assert asked[1]["candidates"][0][0] == next(iter(alone)) and asked[1]["score"] == pytest.approx(
        alone["dogs"], rel=1e-3
    )
    assert f"{sum(i['rank'] == 1 for i in asked)} of 7 right" in view["title"]


def test_a_text_far_from_captions_is_told(bert):
    assert "far from the captions" in answer(bert, "The capital of France is [MASK].")[bert.more]
    assert all("far from" not in answer(bert, caption)[bert.more] for caption in EXAMPLES)
    assert usual() == pytest.approx(4.72, abs=0.05)
    assert "Whole words come first" in answer(bert, "main [mask] khata hoon")[bert.more]


def test_two_sentences_are_compared_over_the_whole_vocabulary(bert):
    part = bert.compare
    shown = part.compare(first=PAIR[0], second=PAIR[1], source="both", lang="en")
    assert "Most pulled to the second" in shown[part.differs] and "scratch" not in shown[part.slopes]["title"]
    assert len(shown[part.map]["names"]) == lmdemo.load("bert-captions").model.config.vocab_size
    assert all(len(json.dumps(shown[v])) < MAX_BYTES for v in (part.map, part.slopes))
    asked, ratios = shown[bert.guesses["compare"]], shown[part.moved].ratios
    assert asked["choices"][asked["right"][0]] == f"{int((ratios >= 2).sum()):,}" and len(set(asked["choices"])) > 2
    assert part.show(moved=shown[part.moved], lang="hi-Latn")[part.differs] != shown[part.differs]
    wrong = part.compare(first="no mask", second=PAIR[1], source="scratch", lang="en")
    assert "No word is hidden" in wrong[part.differs] and wrong[part.slopes] == {}
    for name, (first, second) in CONTRASTS.items():
        filled, found = part.choose(clicked(text=name), source="scratch", lang="en")
        assert filled == {part.first: first, part.second: second} and found[part.slopes]["rows"]


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
