"""The tabs Encoder and BERT as visitors meet them, in a real browser, and their named functions."""

import re
from urllib.parse import quote

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from tests.demos.conftest import SCREENS, check_screen

TEXT = "a warm , funny film that never loses its way ."
CAPTION = "A man in a [MASK] shirt is riding a bike down the street."
CALLS = {
    "/transformer_classify": {"text": TEXT, "off": "head", "block": 1, "head": 2},
    "/transformer_attention": {"text": TEXT, "block": 1, "head": 3},
    "/transformer_layer_answers": {"text": TEXT},
    "/transformer_decision": {"text": TEXT},
    "/transformer_tokens": {"text": TEXT},
    "/transformer_three": {"text": "kya mast movie thi bhai", "model": "transformer-hinglish"},
    "/transformer_cost": {"text": TEXT, "length": 32},
    "/transformer_layers": {"model": "transformer-hinglish"},
    "/transformer_prove": {},
    "/bert_fill": {"text": CAPTION, "top_k": 5, "off": "positions"},
    "/bert_pieces": {"text": "a snowboarder"},
    "/bert_compare": {"first": "A man is playing the [MASK].", "second": "A boy is playing in the [MASK]."},
    "/bert_attention": {"text": CAPTION, "block": 2, "head": 1},
    "/bert_layer_answers": {"text": CAPTION},
    "/bert_layers": {},
    "/bert_prove": {},
}


def answered(page, text: str):
    status = page.locator(".prose.lm-status").locator("visible=true")  # a family holds a member that was not asked, too
    expect(status.first).to_contain_text(text, timeout=60_000)


def step(page, member: str, key: str):
    page.locator(f"#step-{member}-{key}-button").click()


def test_the_page_opens_answered_and_a_text_is_read_down_to_one_cell(visit):
    page = visit().open("tab=transformer")
    answered(page, "positive")
    expect(page.locator("#transformer-pieces .words button").first).to_be_visible()
    expect(page.locator("#transformer-embeddings canvas")).to_have_count(3)
    page.locator("#transformer-pieces .words button", has_text="warm").click()
    expect(page.locator("#transformer-pieces .detail")).to_contain_text("<warm>")
    step(page, "transformer", "looks")
    page.locator("#transformer-arcs .token", has_text="film").hover()
    expect(page.locator("#transformer-arcs .told")).to_contain_text("“film” looks most at")
    page.locator("#transformer-arcs [data-head='2']").click()
    expect(page).to_have_url(re.compile(r"look=0\.2"))
    step(page, "transformer", "blocks")
    page.locator("#transformer-blocks .fold").nth(1).click()
    expect(page.locator("#transformer-blocks .cell")).to_contain_text("Softmax")
    expect(page).to_have_url(re.compile(r"block=1\.0"))
    step(page, "transformer", "switch")
    page.get_by_label("positions", exact=True).click()
    expect(page.locator("#transformer-off-text")).to_contain_text("Without positions")
    expect(page).to_have_url(re.compile("off=positions"))
    step(page, "transformer", "rests")
    expect(page.locator("#transformer-decision tbody tr")).to_have_count(11)
    step(page, "transformer", "three")
    expect(page.locator("#transformer-table tbody tr")).to_have_count(3)
    expect(page).to_have_url(re.compile("step=three"))


def test_an_english_network_says_that_hinglish_is_foreign_and_hands_it_on(visit):
    page = visit().open(f"tab=transformer&text={quote('yaar movie bahut achhi thi')}")
    answered(page, "undecided")
    expect(page.locator("#transformer-more")).to_contain_text("Only 1 of 5 words")
    page.locator("#transformer-other").click()
    answered(page, "positive")
    expect(page).to_have_url(re.compile("model=transformer-hinglish"))


def test_hinglish_opens_with_the_network_that_reads_it(visit):
    page = visit().open("tab=transformer&lang=hi-Latn")
    answered(page, "positive")
    expect(page.get_by_text("Hub model nahi hai, kyunki Hinglish tweets")).to_be_visible()
    step(page, "transformer", "three")
    expect(page.locator("#transformer-table")).to_contain_text("sirf English reviews padhe hain")
    page.locator("#transformer-text textarea").fill("\U0001f602\U0001f602")
    answered(page, "Ismein koi word nahi hai")


def test_a_guess_is_answered_with_the_truth(visit):
    page = visit().open("tab=transformer")
    answered(page, "positive")
    asked = page.locator(".lm-guess").locator("visible=true").first
    expect(asked).to_contain_text("You misspell")
    asked.locator(".choices button").first.click()
    expect(asked.locator(".told")).to_contain_text("%")


def test_a_word_is_hidden_by_a_click_and_comes_back(visit):
    page = visit().open(f"tab=bert&text={quote('A man in a red shirt.')}")
    expect(page.locator("#bert-hide .masked")).to_have_count(1, timeout=60_000)  # the page has chosen one
    page.locator("#bert-hide .token", has_text="red").click()
    expect(page.locator("#bert-hide .masked")).to_contain_text("[MASK]")
    expect(page).to_have_url(re.compile("hide=4"))
    expect(page.locator("#bert-text textarea")).to_have_value("A man in a red shirt.")
    expect(page.locator("#bert-bars li").first).to_be_visible(timeout=60_000)
    step(page, "bert", "turns")
    expect(page.locator("#bert-turns .words button")).to_have_count(6)
    page.locator("#bert-turns .words button", has_text="shirt").hover()
    expect(page.locator("#bert-turns .detail")).to_contain_text("In place of “shirt”")
    step(page, "bert", "blocks")
    expect(page.locator("#bert-blocks .fold")).to_have_count(4)
    page.locator("#bert-hide .masked").click()
    answered(page, "No word is hidden yet")
    page.get_by_label("Hinglish", exact=True).click()
    answered(page, "Abhi koi word chhupa nahi hai")


def test_two_sentences_are_compared_while_they_are_written(visit):
    page = visit().open("tab=bert&step=compare")
    expect(page.locator("#bert-slopes svg")).to_be_visible(timeout=60_000)
    page.locator("#bert-contrasts button", has_text="man / woman").click()
    expect(page.locator("#bert-second textarea")).to_have_value("A young woman in a [MASK].")
    expect(page.locator("#bert-slopes")).to_contain_text("dress")
    page.locator("#bert-vocabulary svg").press("ArrowRight")
    expect(page.locator("#bert-vocabulary .told")).to_contain_text("in the second")
    page.locator("#bert-first textarea").fill("Two [MASK] play.")
    expect(page.locator("#bert-slopes")).to_contain_text("dogs")
    expect(page).to_have_url(re.compile("first=Two"))


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open(f"tab=bert&source=both&text={quote(CAPTION)}")
    expect(page.get_by_role("alert").filter(has_text="bert-base-uncased")).to_contain_text(
        "network is off", timeout=60_000
    )
    expect(page.locator("#bert-bars li").first).to_be_visible()


LONGEST = {1280: 3_000, 390: 5_000}  # pixels of a page by its width, whichever step is open


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("member", ["transformer", "bert", "gpt"])
def test_no_step_is_too_wide_or_too_long_and_axe_finds_nothing_serious(visit, width, scheme, member):
    page = visit(width, scheme).open(f"tab={member}&__theme={scheme}")
    expect(page.locator(f"#panel-{member} .lm-facts .lm-line").first).to_be_visible(timeout=60_000)
    steps = page.locator(f"[id^=step-{member}-][id$=-button]")
    for i in range(steps.count()):
        steps.nth(i).click()
        check_screen(page)
        key = steps.nth(i).get_attribute("id")
        assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST[width], key


# -- named functions -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def test_each_function_is_named_typed_and_described(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith(("/transformer", "/bert"))} == set(CALLS)
    for name in CALLS:
        assert found[name]["description"].strip(), name
        assert all(p["python_type"]["type"] != "Any" for p in found[name]["parameters"]), name


@pytest.mark.parametrize("name", CALLS)
def test_each_function_answers(client, name):
    result = client.predict(**CALLS[name], api_name=name)
    assert result
    if name == "/transformer_attention":
        weights, Q, K = (np.array(result[k]) for k in ("weights", "queries", "keys"))
        scores = np.exp(Q @ K.T / Q.shape[1] ** 0.5)
        assert np.allclose(scores / scores.sum(1, keepdims=True), weights, atol=1e-3)
    if name == "/bert_fill":
        assert len(result["candidates"][0]) == 5 and result["pieces_read"] == result["pieces_given"]


@pytest.mark.parametrize(
    "name, arguments, said",
    [
        ("/transformer_classify", {"text": ""}, "There is no text"),
        ("/transformer_classify", {"text": "a\x00b"}, "control character"),
        ("/transformer_classify", {"text": "a " * 50_000}, "too long"),
        ("/transformer_attention", {"text": TEXT, "head": 9}, "no such head"),
        ("/bert_fill", {"text": "no mask"}, "No word is hidden"),
        ("/bert_fill", {"text": CAPTION, "top_k": 0}, "out of range"),
        ("/bert_fill", {"text": "a dog " * 200 + "[MASK]"}, "beyond what the network reads"),
        ("/bert_fill", {"text": "a [MASK]", "lang": "hi-Latn", "source": "hub"}, "Model is machine pe nahi hai"),
    ],
)
def test_what_is_wrong_is_said(client, name, arguments, said):
    with pytest.raises(AppError, match=said) as caught:
        client.predict(**arguments, api_name=name)
    assert "Traceback" not in str(caught.value)
