"""The GPT page's handlers, called without a browser: what one request answers, how often a network is asked, both languages."""

import base64
import json
import pickle
from unittest import mock

import gradio as gr
import numpy as np
import pytest
import torch

import lmdemo
from demos.core.page import Page
from demos.tabs.transformers.gpt import looks
from demos.tabs.transformers.gpt.reading import GO_ON, Found, drawn
from demos.tabs.transformers.gpt.tab import EXAMPLES, GPT
from demos.tabs.transformers.parts import SHOWN
from demos.views import MAX_BYTES
from demos.views.attention import attention
from lmdemo.adapters.text_generation import GPTGeneration
from lmdemo.catalog import MODELS
from lmdemo.data import text
from lmdemo.errors import HubUnreachableError, InputError
from lmdemo.models.gpt import GPT as Network
from lmdemo.models.gpt import GPTConfig
from tests.demos.handlers import clicked as event
from tests.demos.handlers import merged

PLAY = "ROMEO:\nIs the day so young?\n\nBENVOLIO:\nBut new struck nine.\n\nROMEO:\nAy me! sad hours seem long.\n" * 20
OPTIONS = looks.OPTIONS
ASKED = {"source": "scratch", "off": "nothing", "head": "0.0", "place": (-1, 0), "found": None, "lang": "en", **OPTIONS}
WRITING = {"count": 8, "several": 1, "seed": 3}


@pytest.fixture(scope="module")
def page():
    with gr.Blocks() as app:
        tab = GPT(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


@pytest.fixture(scope="module")
def adapter(tmp_path_factory) -> GPTGeneration:
    folder, tokenizer = tmp_path_factory.mktemp("gpt"), text.byte_tokenizer([PLAY], 90)
    torch.manual_seed(0)
    config = GPTConfig(
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=96,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=48,
    )
    Network(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return GPTGeneration.open(folder, row=MODELS["gpt-shakespeare"], source="scratch", device="cpu")


@pytest.fixture
def small(adapter, monkeypatch):
    """The small network in place of ours; the hub can't be reached."""

    def load(name, source="scratch", **_):
        if source != "scratch":
            raise HubUnreachableError("hub_unreachable", expected="a", got="b", hint="c")
        return adapter

    monkeypatch.setattr(lmdemo, "load", load)
    return adapter


def outputs(page, handler: str) -> set:
    return {c for f in page.app.fns.values() if getattr(f.fn, "__name__", "") == handler for c in f.outputs}


@pytest.fixture
def passes(adapter, monkeypatch):
    """How many tokens each pass of the network read."""
    read, forward = [], adapter.model.forward
    monkeypatch.setattr(
        adapter.model, "forward", lambda ids, *a, **k: read.append(ids.shape[1]) or forward(ids, *a, **k)
    )
    return read


def test_a_keystroke_takes_one_pass_and_a_part_switched_off_one_more(page, small, passes):
    made = merged(page.read(text=EXAMPLES[0], **ASKED))
    assert len(passes) == 1 and set(made) <= outputs(page, "read")
    found = made[page.found]
    passes.clear()
    made = merged(page.read(text=EXAMPLES[0], **ASKED | {"off": "positions", "found": found}))
    over = [n for n in passes if n > 1]  # the others write on, one token after another
    assert len(over) == 2 and len(passes) == 2 + 2 * 23  # with the part and without; both go on
    passes.clear()
    found = made[page.found]
    merged(page.read(text=EXAMPLES[0], **ASKED | {"off": "layer_norm", "found": found}))
    assert len([n for n in passes if n > 1]) == 1  # how the whole network goes on is known
    passes.clear()
    merged(page.read(text=EXAMPLES[1], **ASKED | {"off": "positions", "found": found}))
    assert len([n for n in passes if n > 1]) == 2  # another text, while a part is switched off
    passes.clear()
    made = merged(page.read(text=EXAMPLES[0], **ASKED | {"found": found}))
    assert passes == [] and made[page.inside.off_text] == "Everything is at work."


@pytest.mark.parametrize("off, switches", [("positions", {"positions": False}), ("head", {"heads_off": ((0, 0),)})])
@pytest.mark.parametrize("text", ["I", EXAMPLES[0], PLAY])  # one of one token, and one that fills the context
def test_both_go_on_as_a_call_does(page, small, text, off, switches):
    fresh = merged(page.read(text=text, **ASKED | {"off": off}))[page.found].inside
    before = merged(page.read(text=text, **ASKED))[page.found]
    switched = merged(page.read(text=text, **ASKED | {"off": off, "found": before}))[page.found].inside
    for found in (fresh, switched):
        assert found.goes_on == small(text, **GO_ON).tokens
        assert found.without.tokens == small(text, **GO_ON, **switches).tokens


def test_an_example_answers_in_one_request_and_a_link_too(page, small):
    made = merged(page.choose_example(event(text=EXAMPLES[1]), **ASKED))
    assert made[page.given] == EXAMPLES[1] and made[page.bars]["groups"] and made[page.inside.column]["visible"]
    with pytest.raises(InputError):
        list(page.choose_example(event(text="/etc/passwd"), **ASKED))
    linked = merged(page.from_link(text=EXAMPLES[1], **ASKED | {"temperature": 1.5}))
    assert linked[page.bars]["options"]["temperature"] == 1.5 and linked[page.bars]["groups"]
    assert list(page.from_link(text="", **ASKED)) == []
    (sliders,) = page.from_link(text="", **ASKED | {"top_k": 3.0})
    assert list(sliders) == [page.bars] and sliders[page.bars]["options"]["top_k"] == 3


@pytest.mark.parametrize("lang", ["en", "hi-Latn"])
@pytest.mark.parametrize(
    "given, off",
    [("ROMEO:\nIs the day é", "nothing"), ("I", "head"), (PLAY[:1500], "positions"), ("ROMEO:", "layer_norm")],
)
def test_what_is_shown(page, small, lang, given, off):
    asked = ASKED | {"source": "both", "off": off, "head": "0.1", "place": (1, 2), "lang": lang}
    made = merged(page.read(text=given, **asked))
    sentence, inside = made[page.status], page.inside
    assert len(made[page.bars]["groups"]) == 1 and made[page.written] == {} and 'role="alert"' in made[page.card]
    assert ("é" in sentence) == ("é" in given) and ("72" in sentence) == (len(given) > 1000)
    assert all(len(json.dumps(v, default=str)) < MAX_BYTES for v in made.values() if isinstance(v, dict))
    assert (made[inside.off_text] == page.say(lang, "switch.none")) == (off == "nothing")
    again = page.show(found=made[page.found], place=(1, 2), lang=lang, **OPTIONS)
    assert {c: v for c, v in again.items() if isinstance(v, str)}.items() <= made.items()

    made = merged(
        page.writing.write(text=given, source="scratch", found=made[page.found], lang=lang, **WRITING, **OPTIONS)
    )
    found, (row,) = made[page.found], made[page.found].written
    assert "8 tokens" in made[page.status] and made[page.written]["rows"][0]["pickable"]
    assert (
        "".join(row.tokens) == row.text[row.starts[0] :]
        and "".join(row.tokens[row.first_token :]) in row.text[len(given) :]
    )
    if row.first_token < len(row.tokens):
        picked = page.writing.pick(event(row=0, index=row.first_token), found=found, lang=lang, **OPTIONS)
        assert picked[page.written]["rows"][0]["chosen"] == row.first_token and picked[page.bars]["groups"]


def test_a_chosen_token_is_read_and_written_on_in_one_request(page, small):
    found = merged(page.read(text="ROMEO:\nIs", **ASKED))[page.found]
    asked = ASKED | WRITING | {"found": found}
    steps = list(page.choose_token(event(token=" the"), **asked))
    assert steps[0] == {page.given: "ROMEO:\nIs the"}
    made = merged(steps)
    assert made[page.found].text == "ROMEO:\nIs the" and made[page.found].written[0].tokens
    assert set(made) <= outputs(page, "choose_token") and made[page.inside.cut]["cuts"]
    assert list(page.choose_token(event(token="x"), **ASKED | WRITING)) == []


def test_stopped_and_posted_nonsense(page, small):
    growing = page.writing.write(text="ROMEO:", source="scratch", found=None, lang="en", **WRITING, **OPTIONS)
    with mock.patch("demos.tabs.transformers.gpt.writing.PAUSE", 0):
        found = next(growing)[page.found]
    growing.close()
    made = page.writing.finish(found=found, lang="en", **OPTIONS)
    assert made[page.found].written[0].n == 1 and "1 tokens" in made[page.status]
    assert page.writing.finish(found=None, lang="en", **OPTIONS) == {page.status: "Stopped."}
    found = made[page.found]
    for row, index in ((1, 0), (-1, 0), (0, 0), (0, 10_000), ("x", None)):
        with pytest.raises(InputError):
            page.writing.pick(event(row=row, index=index), found=found, lang="en", **OPTIONS)
    moved = page.writing.moved(event(temperature=9, top_k=3, top_p=-1), lang="en")
    assert list(moved.values()) == [2, 3, 0]
    made = merged(page.read(text="ROMEO:", **ASKED | {"off": "head", "head": "77.1"}))
    assert "block 0, head 0" in made[page.inside.off_text]  # a head that another network had


def test_a_session_stays_light_and_the_cut_attention_adds_up(page):
    long = PLAY[:1500]
    found = merged(page.read(text=long, **ASKED))[page.found]
    assert len(pickle.dumps(found)) < 3_000_000
    random = np.random.default_rng(0)
    weights = np.tril(random.random((2, 3, 200, 200))).astype(np.float32)
    weights /= weights.sum(-1, keepdims=True)
    trace = {
        "tokens": np.array([f"t{i}" for i in range(200)]),
        "mask": np.tri(200, dtype=bool),
        "attention": weights,
        "hidden_states": random.random((3, 200, 4)),
        **{name: random.random((2, 3, 200, 4)).astype(np.float32) for name in ("queries", "keys", "values")},
        **{name: random.random((200, 4)) for name in ("embeddings", "positions")},
    }
    whole, kept = attention(trace, {}, block=1, head=2), attention(drawn(trace), {}, block=1, head=2)
    assert whole["first"] == 200 - SHOWN and {k for k in whole if whole[k] != kept[k]} <= {"first", "before"}
    before = [np.frombuffer(base64.b64decode(v["before"]), "<f4") for v in (whole, kept)]
    assert np.allclose(*before, atol=1e-6)


def test_what_can_not_be_read_is_said_where_the_answer_would_stand(page, small):
    made = merged(page.read(text="नमस्ते", **ASKED | {"lang": "hi-Latn"}))
    assert isinstance(made[page.found].wrong, InputError) and made[page.bars]["groups"] == []
    assert made[page.inside.empty]["visible"] and made[page.status]
    made = merged(page.read(text=" ", **ASKED))
    assert made[page.found] is None and "Give a beginning" in made[page.status]


def test_the_snippet_repeats_the_result(small):
    how = {"temperature": 0.9, "top_k": 5, "top_p": 0.9, "max_new_tokens": 6, "seed": 3}
    answers = (mock.Mock(source="scratch"),)
    said = []
    exec(looks.snippet(Found("Is the", "scratch", how=how, answers=answers), OPTIONS), {"print": said.append})
    *_, (streamed,) = small.stream_many("Is the", 1, **how)
    assert said == [streamed]


def test_every_word_of_the_views_is_there(page):
    for prefix, names in (
        ("next", {"temperature", "top_k", "top_p", "all", "others", "choose", "after"}),
        ("view.shaded", {"character", "space", "newline"}),
    ):
        assert set(page.phrases(prefix, "en")) == names
