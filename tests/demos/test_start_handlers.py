"""Start's handlers, called without a browser: five answers to a sentence, links that lead to what they promise."""

from unittest import mock
from urllib.parse import parse_qs, urlsplit

import gradio as gr
import numpy as np
import pytest

import demos
import lmdemo
from demos.core.page import Page
from demos.core.words import LANGUAGES
from demos.tabs.start import families, looks, ways
from demos.tabs.start.families import ENGLISH, FAMILIES, HINGLISH, Sentence, tongue
from demos.tabs.start.functions import HUB_TASKS, TASKS, recommend, start_read
from demos.tabs.start.reading import EXAMPLES, FIRST, Reading
from demos.tabs.start.tab import Start
from demos.views.drawing_pad import picture
from demos.views.lanes import SHOWN
from lmdemo.catalog import MODELS
from lmdemo.errors import InputError, WeightsError
from tests.demos.handlers import clicked, event, merged
from tests.demos.test_unchanged import built

TEXT, MIXED = FIRST["en"], FIRST["hi-Latn"]
DEVANAGARI = "नमस्ते दुनिया"


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = Start(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


def read(page, text: str, lang: str = "en") -> dict:
    return merged(page.reading.read(text=text, lang=lang))


def lanes_of(page, text: str, lang: str = "en") -> dict[str, dict]:
    rows = read(page, text, lang)[page.reading.lanes]["lanes"]
    return dict(zip((f.member for f in FAMILIES), rows, strict=True))


# -- the sentence ------------------------------------------------------------------------------------------------------


def test_pieces_belong_to_the_word_that_their_last_character_stands_in():
    sentence = Sentence("  a dog,  runs")
    assert sentence.words == ("a", "dog,", "runs")
    # "a", " do", "g", ",", "  ", "runs"
    assert sentence.pieces([3, 6, 7, 8, 10, 14]) == [[0], [1, 2, 3, 4], [5]]
    assert Sentence("x " * 50).shown == range(50 - SHOWN, 50) and Sentence("").words == ()


@pytest.mark.parametrize(
    "text, name",
    [
        (TEXT, ENGLISH),
        ("This film is not bad at all", ENGLISH),
        (MIXED, HINGLISH),
        ("yaar movie toh mast thi, bas ending bakwaas", HINGLISH),
        ("maza aa gaya", HINGLISH),
        ("Ich bin ein Berliner", ENGLISH),  # which neither has met is not taken for Hinglish
        ("asdf qwer zxcv", ENGLISH),
        (DEVANAGARI, ENGLISH),
        ("123", ENGLISH),
    ],
)
def test_hinglish_is_told_by_words_that_only_its_model_has_met(text, name):
    assert tongue(text, lmdemo.load).name == name


def test_the_hinglish_model_is_asked_only_where_english_fails():
    asked = []
    tongue(TEXT, lambda name: asked.append(name) or lmdemo.load(name))
    assert asked == ["rnn-sentiment"]


# -- the lanes ---------------------------------------------------------------------------------------------------------


def test_every_lane_says_what_its_network_says(page):
    found, words = lanes_of(page, TEXT), TEXT.split()
    for member, model in (
        ("rnn", "rnn-sentiment"),
        ("lstm", "lstm-sentiment"),
        ("transformer", "transformer-sentiment"),
    ):
        result = lmdemo.load(model)(TEXT)
        assert f"{result.label} {100 * result.score:.0f} %" in found[member]["answer"]
        assert found[member]["answer"].startswith("undecided") == (result.score < 0.65)
    after = lmdemo.load("rnn-sentiment").scores_after(TEXT)
    ends = [families.Sentence(TEXT).pieces([b for _, b in lmdemo.load("rnn-sentiment").tokenize(TEXT).offsets])]
    assert found["rnn"]["values"]["mood"] == pytest.approx([2 * after[own[-1], 1] - 1 for own in ends[0]], abs=1e-3)
    gates = found["lstm"]["values"]["gates"]
    assert np.shape(gates) == (families.UNITS, len(words)) and 0 <= np.min(gates) <= np.max(gates) <= 100
    weights = np.array(found["transformer"]["values"]["weights"])
    assert weights.shape == (len(words), len(words)) and np.abs(weights.sum(1) - 100).max() <= len(words) / 2
    nats = found["gpt"]["values"]["nats"]
    assert nats[0] is None and sum(nats[1:]) == pytest.approx(
        np.nansum(lmdemo.load("gpt-shakespeare").surprise(TEXT)), abs=0.1
    )
    assert all(len(lane["told"]) == len(words) and all(lane["told"]) for lane in found.values())


def test_bert_guesses_what_it_would_for_a_text_with_that_word_hidden(page):
    bert, words = lmdemo.load("bert-captions"), TEXT.split()
    shown = lanes_of(page, TEXT)["bert"]
    for i in (1, 3, 6):
        masked = " ".join("[MASK]" if n == i else w for n, w in enumerate(words))
        best = next(w for w in bert(masked).candidates[0] if not w.startswith("##"))
        assert shown["values"]["guesses"][i] == best
        assert shown["values"]["hits"][i] == (best == words[i])
    assert f"{sum(shown['values']['hits'])} of {len(words)} words" in shown["answer"]


def test_of_a_long_text_bert_guesses_the_words_that_are_drawn(page):
    found = lanes_of(page, "a dog runs through the snow " * 40)["bert"]["values"]  # more than the network reads
    assert len(found["guesses"]) == SHOWN and all(found["guesses"]) and any(found["hits"])


def test_the_next_tokens_are_those_of_the_gpt_page(page):
    following = lmdemo.load("gpt-shakespeare").next_tokens(TEXT)
    p = np.exp(following.logits - following.logits.max())
    p /= p.sum()
    answer = lanes_of(page, TEXT)["gpt"]["answer"]
    told = zip(following.tokens[: families.NEXT], p, strict=False)
    assert answer.endswith("  ".join(f"{looks.readable(token)} {100 * q:.0f}" for token, q in told) + " %")


def test_hinglish_is_read_by_the_hinglish_models_and_the_others_say_that_they_have_none(page):
    made = read(page, MIXED, "hi-Latn")
    found = lanes_of(page, MIXED)
    for member in ("lstm", "transformer"):
        result = lmdemo.load(f"{member}-hinglish")(MIXED)
        assert f"{result.label} {100 * result.score:.0f} %" in found[member]["answer"]
        assert f"model={member}-hinglish" in found[member]["href"]
    met = [k for _, k in lmdemo.load("rnn-sentiment").met(MIXED)]
    assert f"{sum(met)} of {len(met)} words" in found["rnn"]["note"]
    assert all("no Hinglish model" in found[m]["note"] for m in ("rnn", "bert", "gpt"))
    assert made[page.reading.status].startswith("**Hinglish.**") and "Isliye" in made[page.reading.status]


@pytest.mark.parametrize("text", [DEVANAGARI, "?!", "🙂", "привет мир"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_none_can_read_is_said_and_nothing_is_lost(page, text, lang):
    made = read(page, text, lang)
    assert page.reading.box not in made and made[page.reading.status]
    shown = made[page.reading.lanes]
    assert [lane["kind"] for lane in shown["lanes"]] == list(looks.KINDS.values())  # each keeps its place
    if text == DEVANAGARI:
        assert "evanagari" in made[page.reading.status] and all(lane["wrong"] for lane in shown["lanes"])


@pytest.mark.parametrize("text", ["", "  \n", None])
def test_without_a_text_the_lanes_wait(page, text):
    made = read(page, text)
    assert made[page.reading.said] is None and "Write a sentence" in made[page.reading.status]
    assert all(not lane["answer"] and not lane["values"] for lane in made[page.reading.lanes]["lanes"])


def test_too_long_a_text_is_said(page):
    assert "too long" in read(page, "word " * 5_000)[page.reading.status]
    long = read(page, "a dog runs " * 50)[page.reading.lanes]
    assert len(long["tokens"]) == SHOWN and long["before"] == 150 - SHOWN
    assert all(lane["answer"] for lane in long["lanes"])


def test_lanes_come_one_after_the_other_while_networks_are_opened(page, monkeypatch):
    monkeypatch.setattr("demos.tabs.start.reading.SOON", 0.0)
    steps = [
        made[page.reading.lanes]["lanes"]
        for made in page.reading.read(text=TEXT, lang="en")
        if page.reading.lanes in made
    ]
    assert [sum(bool(lane["values"]) for lane in lanes) for lanes in steps] == [1, 2, 3, 4, 5, 5]
    assert steps[0][4]["answer"] == "…"


def test_a_model_that_is_missing_leaves_the_others_alone(page, monkeypatch):
    really = lmdemo.load

    def load(name, **options):
        if name == "bert-captions":
            raise WeightsError("weights_missing", expected="model.safetensors", got="-", hint="Train it.")
        return really(name, **options)

    monkeypatch.setattr(lmdemo, "load", load, raising=False)
    found = lanes_of(page, TEXT)
    assert found["bert"]["wrong"] and "missing" in found["bert"]["answer"] and found["gpt"]["values"]


def test_what_is_on_show_is_said_again_in_the_other_language(page):
    said = read(page, TEXT)[page.reading.said]
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        english, hinglish = (page.reading.show(said=said, lang=lang)[page.reading.lanes] for lang in ("en", "hi-Latn"))
    assert [a["values"] for a in english["lanes"]] == [b["values"] for b in hinglish["lanes"]]
    assert (
        english["lanes"][3]["told"] != hinglish["lanes"][3]["told"] and "lang=hi-Latn" in hinglish["lanes"][0]["href"]
    )


def test_examples_are_offered_in_the_visitors_language_first_and_no_others_are_taken(page):
    assert page.reading.examples.value["texts"][0] == FIRST["en"]
    made = merged(page.reading.choose(clicked(text=MIXED), lang="en"))
    assert made[page.reading.box] == MIXED and made[page.reading.said].tongue.name == HINGLISH
    assert set(made) <= set(event(page, Reading.choose.__qualname__).outputs)
    with pytest.raises(InputError):
        list(page.reading.choose(clicked(text="/etc/passwd"), lang="en"))
    assert page.begin("hi-Latn") == {page.reading.box: MIXED} and set(FIRST.values()) < set(EXAMPLES)


# -- links -------------------------------------------------------------------------------------------------------------


def leads(href: str) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(urlsplit(href).query).items()}


def check(href: str, checks: dict) -> None:
    """A link names a member, and a state that its page takes."""
    state = leads(href)
    member = state.pop("tab")
    assert member in {row.member for row in demos.TABS}, href
    for name, value in state.items():
        if name not in ("lang", "step"):
            assert (member, name) in checks, href
            checks[member, name](value)


@pytest.fixture(scope="module")
def checks():
    return {(field.member, field.name): field.check for field in built()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_link_leads_to_a_state_that_its_page_takes(page, checks, lang):
    found = [lane["href"] for lane in lanes_of(page, MIXED, lang).values()]
    found += [tile["href"] for tile in ways.ways(page.say, lang)["tiles"]]
    found += [m["href"] for row in ways.for_each_task(page.say, lang)["rows"] for m in row["models"]]
    assert len(found) == 5 + 8 + len(MODELS)
    for href in found:
        check(href, checks)


def test_a_lane_leads_to_its_page_with_the_sentence(page):
    for member, lane in lanes_of(page, TEXT).items():
        assert leads(lane["href"]) == {"tab": member, "text": TEXT}


def test_the_digit_that_the_tile_shows_is_read_as_one():
    assert lmdemo.load("cnn-digits")(picture(ways.THREE)).label == "3"


def test_a_step_that_a_tile_names_is_there():
    app = demos.build_app()
    steps = {getattr(block, "elem_id", None) for block in app.blocks.values()}
    assert all(f"step-{m}-{s['step']}" in steps for m, s in ways.WAYS.values() if "step" in s)


# -- which model for what ----------------------------------------------------------------------------------------------


def test_every_model_is_listed_under_its_task_best_first(page):
    rows = {row["task"]: row["models"] for row in ways.for_each_task(page.say, "en")["rows"]}
    assert sum(len(models) for models in rows.values()) == len(MODELS)
    assert leads(rows["Translate"][0]["href"])["tab"] == "lstm-translation"
    assert leads(rows["Write down speech"][0]["href"])["tab"] == "lstm-speech"
    assert leads(rows["Say what a picture shows"][0]["href"])["tab"] == "cnn"
    writers = [leads(m["href"]).get("model", "gpt-shakespeare") for m in rows["Continue a text"]]
    assert writers == sorted(writers, key=lambda name: MODELS[name].figures.ours)
    assert [m["beaten"] for m in rows["Continue a text"]] == [bool(MODELS[name].figures.beaten_by) for name in writers]


def test_a_task_without_a_phrase_is_told_by_the_models_purpose(page, monkeypatch):
    import dataclasses

    new = dataclasses.replace(MODELS["rnn-char"], name="new-one", task="mood-reading", purpose="read moods")
    monkeypatch.setattr(ways, "MODELS", {"new-one": new})
    assert ways.for_each_task(page.say, "en")["rows"][0]["task"] == "read moods"


@pytest.mark.parametrize("task", TASKS)
def test_advice_names_only_models_that_do_the_task_here(task):
    for row in recommend(task, "thousands", "laptop"):
        assert not row["model"] or MODELS[row["model"]].task == HUB_TASKS[task]
    assert {r["member"]: r["model"] for r in recommend("translate", "much", "gpu")}["transformer"] == ""


def test_advice_and_what_is_here_link_to_pages(page):
    made = page.advice.advise(task="forecast", data="thousands", compute="laptop", lang="en")
    assert 'href="./?tab=lstm-forecast"' in made[page.advice.table]
    assert page.here.look(lang="hi-Latn")[page.here.here].count("<a href=") == len(MODELS)


# -- for programs ------------------------------------------------------------------------------------------------------


def test_programs_get_the_same_five_answers():
    told = start_read(TEXT)
    assert told["language"] == ENGLISH and [lane["member"] for lane in told["lanes"]] == [f.member for f in FAMILIES]
    assert told["lanes"][0]["label"] == lmdemo.load("rnn-sentiment")(TEXT).label
    assert len(told["lanes"][3]["guesses"]) == len(TEXT.split()) and len(told["lanes"][4]["next"]) == families.NEXT
    assert all("error" in lane for lane in start_read(DEVANAGARI)["lanes"])
    assert "nahi" in start_read(DEVANAGARI, "hi-Latn")["lanes"][0]["error"]
    with pytest.raises(InputError):
        start_read(" ")
