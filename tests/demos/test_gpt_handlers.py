"""The GPT page's handlers, called without a browser: what one request answers, how often a network is asked, both languages."""

import base64
import json
import pickle
import re
from unittest import mock

import gradio as gr
import numpy as np
import pytest
import torch

import lmdemo
from demos.core.page import Page
from demos.tabs.transformers.gpt import guesses, looks
from demos.tabs.transformers.gpt.found import Found
from demos.tabs.transformers.gpt.reading import GO_ON, MEASURED, drawn
from demos.tabs.transformers.gpt.tab import EXAMPLES, GPT
from demos.tabs.transformers.parts import SHOWN
from demos.views import MAX_BYTES
from demos.views.attention import attention
from demos.views.next_tokens import group, probabilities
from lmdemo.adapters.text_generation import GPTGeneration, Sampling
from lmdemo.catalog import MODELS
from lmdemo.data import text
from lmdemo.errors import HubUnreachableError, InputError
from lmdemo.models.gpt import GPT as Network
from lmdemo.models.gpt import GPTConfig
from tests.conftest import PROJECT
from tests.demos.handlers import clicked as event
from tests.demos.handlers import merged

PLAY = "ROMEO:\nIs the day so young?\n\nBENVOLIO:\nBut new struck nine.\n\nROMEO:\nAy me! sad hours seem long.\n" * 20
OPTIONS = looks.OPTIONS
PLACE = {"block": 0, "shown_head": -1, "token": -1}
ASKED = {"source": "scratch", "off": "nothing", "head": "0.0", "found": None, "lang": "en", **PLACE, **OPTIONS}
WRITING = {"count": 8, "seed": 3}


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
    assert len(passes) == 1 + 4 and set(made) <= outputs(page, "read")  # the first time it is also told what it misses
    found = made[page.found]
    passes.clear()
    made = merged(page.read(text=EXAMPLES[2], **ASKED | {"found": found}))
    assert len(passes) == 1 and made[page.found].missed == found.missed
    found = made[page.found]
    passes.clear()
    made = merged(page.read(text=EXAMPLES[2], **ASKED | {"off": "positions", "found": found}))
    over = [n for n in passes if n > 1]  # the others write on, one token after another
    assert len(over) == 2 and len(passes) == 2 + 2 * 23  # with the part and without; both go on
    passes.clear()
    found = made[page.found]
    merged(page.read(text=EXAMPLES[2], **ASKED | {"off": "layer_norm", "found": found}))
    assert len([n for n in passes if n > 1]) == 1  # how the whole network goes on is known
    passes.clear()
    merged(page.read(text=EXAMPLES[1], **ASKED | {"off": "positions", "found": found}))
    assert len([n for n in passes if n > 1]) == 2  # another text, while a part is switched off
    passes.clear()
    made = merged(page.read(text=EXAMPLES[2], **ASKED | {"found": found}))
    assert passes == [] and made[page.look.off_text] == "Everything is at work."


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
    assert made[page.box] == EXAMPLES[1] and made[page.bars]["groups"] and made[page.look.strip]["tokens"]
    with pytest.raises(InputError):
        list(page.choose_example(event(text="/etc/passwd"), **ASKED))
    linked = merged(page.from_link(text=EXAMPLES[1], **ASKED | {"temperature": 1.5}))
    assert linked[page.bars]["options"]["temperature"] == 1.5 and linked[page.bars]["groups"]
    first = merged(page.from_link(text="", **ASKED | {"top_k": 3.0}))  # no page is empty
    assert first[page.box] == page.begin("en")[page.box] == EXAMPLES[0] == first[page.found].text
    assert first[page.bars]["options"]["top_k"] == 3


@pytest.mark.parametrize("lang", ["en", "hi-Latn"])
@pytest.mark.parametrize(
    "given, off",
    [("ROMEO:\nIs the day é", "nothing"), ("I", "head"), (PLAY[:1500], "positions"), ("ROMEO:", "layer_norm")],
)
def test_what_is_shown(page, small, lang, given, off):
    place = {"block": 1, "shown_head": 2, "token": -1}
    asked = ASKED | {"source": "both", "off": off, "head": "0.1", "lang": lang} | place
    made = merged(page.read(text=given, **asked))
    sentence, inside, write = made[page.status], page.look, page.writing
    assert len(made[page.bars]["groups"]) == 1 and made[write.written] == {} and 'role="alert"' in made[page.facts]
    assert ("é" in sentence) == ("é" in given) and ("72" in sentence) == (len(given) > 1000)
    assert all(len(json.dumps(v, default=str)) < MAX_BYTES for v in made.values() if isinstance(v, dict))
    assert (made[inside.off_text] == page.say(lang, "switch.none")) == (off == "nothing")
    assert (
        (made[inside.strip]["block"], made[inside.strip]["head"])
        == (1, 2)
        == (made[inside.heads]["block"], made[inside.heads]["head"])
    )
    again = page.show(found=made[page.found], lang=lang, **place, **OPTIONS)
    assert {c: v for c, v in again.items() if isinstance(v, str)}.items() <= made.items()

    options = {"source": "scratch", "found": made[page.found], "lang": lang, **WRITING, **OPTIONS}
    made = merged(write.write(text=given, **options))
    found, (row,) = made[page.found], made[page.found].written
    shown = made[write.written]["rows"][0]
    assert "8 tokens" in made[page.status] and shown["pickable"]
    assert (
        "".join(row.tokens) == row.text[row.starts[0] :]
        and "".join(row.tokens[row.first_token :]) in row.text[len(given) :]
    )
    if row.first_token < len(row.tokens):
        picked = write.pick(event(row=0, index=shown["first"]), found=found, lang=lang, **OPTIONS)
        assert picked[write.written]["rows"][0]["chosen"] == shown["first"] and picked[page.bars]["groups"]
        assert picked[page.found].picked.index == row.first_token
        assert picked[page.found].picked.before == row.text[: row.starts[row.first_token]]


def said_first(page, made) -> float:
    return float(made[page.status].split("”")[1].split("%")[0])


@pytest.mark.parametrize(
    "options", [OPTIONS, {"temperature": 1.6, "top_k": 5, "top_p": 0.7}, {"temperature": 0, "top_k": 0, "top_p": 1}]
)
def test_status_bars_and_strip_tell_the_probability_that_a_token_is_drawn_with(page, small, options):
    made = merged(page.read(text=EXAMPLES[0], **ASKED | options))
    following = small.next_tokens(EXAMPLES[0])
    logits = torch.full((1, 400), -torch.inf)
    logits[0, : len(following.logits)] = torch.tensor(following.logits)
    sampling = Sampling(vocab_size=400, max_new_tokens=1, **options)
    drawn = sampling.choose(logits.repeat(20_000, 1), torch.Generator().manual_seed(0))
    share = np.bincount(drawn, minlength=5)[:5] / 20_000
    says = [p for _, p in made[page.look.strip]["says"][-1]]
    assert np.allclose(says, share, atol=0.015) and said_first(page, made) == pytest.approx(100 * says[0], abs=0.06)
    assert [t for t, _ in made[page.look.strip]["says"][-1]] == following.tokens[:5]
    moved = merged([page.move(event(**options), found=made[page.found], lang="en", **PLACE)])
    assert moved[page.status] == made[page.status] and moved[page.look.strip] == made[page.look.strip]


def test_probabilities_of_a_large_vocabulary_add_up():
    logits = np.sort(np.random.default_rng(0).normal(0, 3, 5_000))[::-1]
    made = group("", ["t"] * 400, logits)
    for options in ({}, {"temperature": 2.0}, {"top_k": 40}, {"top_p": 0.5}, {"top_p": 0.999, "temperature": 2.0}):
        options = {"temperature": 0.8, "top_k": 0, "top_p": 1.0} | options
        p, rest = probabilities(made, options)
        assert p.sum() + rest[:, 0] @ rest[:, 1] == pytest.approx(1)
        whole = np.exp((logits - logits[0]) / options["temperature"])
        whole[options["top_k"] or len(whole) :] = 0
        whole /= whole.sum()
        if options["top_p"] < 1:
            whole[np.cumsum(whole) - whole >= options["top_p"]] = 0
        assert p[0] == pytest.approx(whole[0] / whole.sum(), rel=0.05 if options["top_p"] > 0.99 else 2e-3)


def test_a_chosen_token_goes_behind_all_that_was_written(page, small):
    found = merged(page.read(text="ROMEO:\nIs", **ASKED))[page.found]
    asked = ASKED | WRITING | {"found": found}
    steps = list(page.choose_token(event(token=" the", group=0), **asked))
    assert steps[0] == {page.box: "ROMEO:\nIs the"}
    made = merged(steps)
    found, (row,) = made[page.found], made[page.found].written
    assert found.text == "ROMEO:\nIs the" and row.tokens and row.text.startswith(found.text)
    assert set(made) <= outputs(page, "choose_token") and made[page.look.cut]["cuts"]
    after = small.next_tokens(row.text)  # the bars go on from what was written
    assert made[page.bars]["groups"][0]["tokens"][:5] == after.tokens[:5]
    steps = list(page.choose_token(event(token=" so", group=0), **asked | {"found": found}))
    assert steps[0] == {page.box: row.text + " so"}  # nothing that was written is lost
    picked = page.writing.pick(
        event(row=0, index=made[page.writing.written]["rows"][0]["first"] + 2), found=found, lang="en", **OPTIONS
    )
    steps = list(page.choose_token(event(token="!", group=0), **asked | {"found": picked[page.found]}))
    assert steps[0] == {page.box: row.text[: row.starts[row.first_token + 2]] + "!"}
    assert list(page.choose_token(event(token="x", group=0), **ASKED | WRITING)) == []
    with pytest.raises(InputError):
        list(page.choose_token(event(token="x", group=7), **asked))


def test_several_continuations_stand_side_by_side(page, small):
    found = merged(page.read(text="ROMEO:", **ASKED))[page.found]
    options = {"source": "scratch", "several": 4, "lang": "en", **WRITING, **OPTIONS}
    made = merged(page.writing.write_several(found=found, **options))
    assert set(made) <= outputs(page, "write_several")
    view = made[page.writing.columns]
    how = OPTIONS | {"max_new_tokens": 8, "seed": 3}
    *_, texts = small.stream_many("ROMEO:", 4, **how)
    assert view["columns"] and ["".join(row["tokens"]) for row in view["rows"]] == [
        t.removeprefix("ROMEO:") for t in texts
    ]
    assert list(page.writing.write_several(found=None, **options)) == []


def test_where_one_looks_is_kept(page, small):
    found = merged(page.read(text=EXAMPLES[0], **ASKED))[page.found]
    given = {"found": found, "lang": "en", **PLACE, **OPTIONS}
    made = page.look.unfold(event(block=1, head=2), **given)
    assert [made[c] for c in page.look.place.values()] == [1, 2, -1]
    assert (made[page.look.strip]["block"], made[page.look.heads]["head"]) == (1, 2)
    made = page.look.follow(event(token=3), **given)
    assert made[page.look.strip]["token"] == 3 == made[page.look.place["token"]]
    made = page.look.unfold(event(block=99, head=-9), **given)  # a posted event
    assert (made[page.look.strip]["block"], made[page.look.strip]["head"]) == (1, -1)
    assert set(page.look.unfold(event(block=1, head=0), **given | {"found": None})) == set(page.look.place.values())


def test_stopped_and_posted_nonsense(page, small):
    growing = page.writing.write(text="ROMEO:", source="scratch", found=None, lang="en", **WRITING, **OPTIONS)
    with mock.patch("demos.tabs.transformers.gpt.writing.PAUSE", 0):
        found = next(growing)[page.found]
    growing.close()
    made = page.writing.finish(found=found, lang="en", **OPTIONS)
    assert made[page.found].written[0].n == 1 and "1 tokens" in made[page.status]
    assert page.writing.finish(found=None, lang="en", **OPTIONS)[page.status] == "Stopped."
    found = made[page.found]
    for row, index in ((1, 0), (-1, 0), (0, 0), (0, 10_000), ("x", None)):
        with pytest.raises(InputError):
            page.writing.pick(event(row=row, index=index), found=found, lang="en", **OPTIONS)
    moved = page.move(event(temperature=9, top_k=3, top_p=-1), found=None, lang="en", **PLACE)
    assert list(moved.values()) == [2, 3, 0]
    made = merged(page.read(text="ROMEO:", **ASKED | {"off": "head", "head": "77.1"}))
    assert "block 0, head 0" in made[page.look.off_text]  # a head that another network had


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
        **{name: random.random((2, 3, 200, 4)).astype(np.float32) for name in ("queries", "keys", "values")},
    }
    whole, kept = attention(trace, {}, block=1, head=2), attention(drawn(trace), {}, block=1, head=2)
    assert whole["first"] == 200 - SHOWN and {k for k in whole if whole[k] != kept[k]} <= {"first", "before"}
    before = [np.frombuffer(base64.b64decode(v["before"]), "<f4") for v in (whole, kept)]
    assert np.allclose(*before, atol=1e-6)


@pytest.mark.parametrize("lang, told", [("en", "Nothing that it can read"), ("hi-Latn", "padhne layak kuch nahi")])
@pytest.mark.parametrize("text", ["नमस्ते", "🙂"])
def test_what_can_not_be_read_is_said_where_the_answer_would_stand(page, small, text, lang, told):
    made = merged(page.read(text=text, **ASKED | {"lang": lang}))
    assert isinstance(made[page.found].wrong, InputError) and made[page.bars]["groups"] == []
    assert told in made[page.status] and text[0] in made[page.status] and "GPT-2" in made[page.status]
    assert made[page.look.strip] == {} and all(made[g] == {} for g in page.look.guesses.values())
    made = merged(page.read(text=" ", **ASKED))
    assert made[page.found] is None and "Write a beginning" in made[page.status]


def test_unknown_signs_and_other_kinds_of_text_are_said():
    asked = ASKED | {"lang": "en"}
    with gr.Blocks():
        tab = GPT(Page())
    said = {
        t: merged(tab.read(text=t, **asked))[tab.status]
        for t in (EXAMPLES[0], "Is 🙂 it दिन", "yaar movie bahut achhi thi")
    }
    far, unknown = "Far from its plays", "Not in the plays"
    assert far not in said[EXAMPLES[0]] and unknown not in said[EXAMPLES[0]]
    assert unknown in said["Is 🙂 it दिन"] and "🙂" in said["Is 🙂 it दिन"] and "द" in said["Is 🙂 it दिन"]
    assert far in said["yaar movie bahut achhi thi"] and unknown not in said["yaar movie bahut achhi thi"]


# -- what is asked of the visitor is answered by the network itself -------------------------------------------------------------


def asked_of(page, made, step: str) -> dict:
    return made[page.look.guesses[step]]


def test_guesses_are_answered_by_the_network(page, small):
    made = merged(page.read(text=EXAMPLES[0], **ASKED | {"block": 1, "shown_head": 2}))
    ids = torch.tensor([small.tokenize(EXAMPLES[0]).ids])
    out = small.model(ids, trace=True)
    tokens, T = small.tokenize(EXAMPLES[0]).tokens, ids.shape[1]
    best = int(out.attention[:, 0, :, -1].mean((0, 1)).argmax())
    strip = asked_of(page, made, "strip")
    assert strip["choices"][strip["right"][0]] == f"{guesses.shown(tokens[best])} ({best + 1})"

    q, k = out.queries[1, 0, 2, -1], out.keys[1, 0, 2]
    now, then = ((k @ q) / 8**0.5).softmax(0), (k @ q).softmax(0)
    head, favourite = asked_of(page, made, "head"), int(now.argmax())
    assert guesses.shown(tokens[favourite]) in head["question"]
    assert head["right"] == [0 if then[favourite] - now[favourite] < 0.05 else 1 if then[favourite] < 0.9 else 2]

    lens, final = asked_of(page, made, "lens"), int(out.logits[0, -1].argmax())
    logits = small.model.logits(out.hidden_states[1, 0, -1])
    place = 1 + int((logits > logits[final]).sum())
    assert f"place {place}," in lens["told"] and lens["right"] == [sum(place > most for most in (1, 10, 100))]

    off = asked_of(page, made, "off")
    missed = [
        np.nanmean(small.surprise(MEASURED, **s))
        for s in ({"positions": False}, {"layer_norm": False}, {"heads_off": ((0, 0),)})
    ]
    assert off["right"] == [int(np.argmax(missed))] and f"{missed[0]:.1f}" in off["told"]

    four = asked_of(page, made, "four")
    p = torch.tensor(small.next_tokens(EXAMPLES[0]).logits / OPTIONS["temperature"]).softmax(0)
    drawn = torch.multinomial(p, 4 * 5_000, replacement=True, generator=torch.Generator().manual_seed(0)).view(-1, 4)
    mean = np.mean([len(set(row)) for row in drawn.tolist()])
    assert float(four["told"].split()[1]) == pytest.approx(mean, abs=0.06) and four["right"] == [round(mean) - 1]

    cut, capitals = asked_of(page, made, "cut"), len(small.tokenizer.encode(EXAMPLES[0].upper()).ids)
    assert f"{capitals} instead of {T}" in cut["told"]
    assert cut["right"] == [0 if capitals < T else 1 if capitals == T else 2 if capitals < 2 * T else 3]


def test_a_short_text_asks_nothing_that_it_can_not_answer(page, small):
    made = merged(page.read(text="I", **ASKED))
    assert asked_of(page, made, "strip") == {} == asked_of(page, made, "head") and asked_of(page, made, "cut")


def test_what_the_explanation_lets_one_guess_is_true():
    network = lmdemo.load("gpt-shakespeare")

    def leader(text: str, temperature: float, **switches) -> tuple[str, float]:
        made = network.next_tokens(text, **switches)
        return made.tokens[0], float(torch.tensor(made.logits / temperature).softmax(0)[0])

    sure, known = "O, what a noble mind is here o'erthrown!", "To be, or not to"
    assert leader(sure, 0.8)[1] > 0.9 and leader(known, 0.8)[0] == " be" and leader(known, 0.8)[1] < 0.2
    lost = [leader(t, 0.8)[1] - leader(t, 1.6)[1] for t in (sure, known)]
    assert lost[0] > lost[1]
    assert leader(known, 0.8, positions=False)[0] != " be"


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
    for name in ("strip", "lens", "attention"):
        script = (PROJECT / "demos" / "views" / name / "view.js").read_text(encoding="utf-8")
        told = page.phrases(name, "en")
        assert set(re.findall(r"\bw\.(\w+)", script)) <= set(told), name
