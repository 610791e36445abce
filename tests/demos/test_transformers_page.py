"""The tabs Encoder and BERT as visitors meet them, in a real browser, and their named functions."""

import re
from urllib.parse import quote

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from demos.tabs.transformers.bert.hiding import toggle
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


def test_read_a_text_down_to_one_cell(visit):
    page = visit().open("tab=transformer")
    page.get_by_role("button", name="a warm , funny film").click()
    answered(page, "positive")
    expect(page.locator("#transformer-pieces .word").first).to_be_visible()
    expect(page.locator("#transformer-embeddings img")).to_have_count(3)
    page.get_by_role("button", name=re.compile("^Block 1|Block 1")).first.click()
    matrix = page.locator("#transformer-blocks .frame canvas")
    matrix.click(position={"x": 20, "y": 20})
    expect(page.locator("#transformer-blocks .cell")).to_contain_text("Softmax")
    before = page.locator("#transformer-blocks .caption").inner_text()
    matrix.press("ArrowRight")
    expect(page.locator("#transformer-blocks .caption")).not_to_have_text(before)
    page.get_by_label("positions", exact=True).click()
    expect(page.locator("#transformer-off-text")).to_contain_text("Without positions")
    expect(page).to_have_url(re.compile("off=positions"))
    expect(page).to_have_url(re.compile("text=a"))
    page.get_by_role("button", name="Show it for this text").click()
    expect(page.locator("#transformer-decision .row")).to_have_count(3)
    page.get_by_role("button", name="Let all three answer").click()
    expect(page.locator("#transformer-table tbody tr")).to_have_count(3)


def test_hinglish_from_a_link_in_hinglish(visit):
    page = visit().open(
        f"tab=transformer&lang=hi-Latn&model=transformer-hinglish&text={quote('kya mast movie thi bhai , dil khush ho gaya')}"
    )
    answered(page, "positive")
    expect(page.get_by_text("Hub model nahi hai, kyunki Hinglish tweets")).to_be_visible()
    page.get_by_role("button", name="Teenon se poochiye").click()
    expect(page.locator("#transformer-table")).to_contain_text("RNN ne sirf English reviews padhe hain")
    page.locator("#transformer-text textarea").fill("\U0001f602\U0001f602")
    answered(page, "Ismein koi word nahi hai")


def test_a_word_is_hidden_by_a_click_and_comes_back(visit):
    page = visit().open(f"tab=bert&text={quote('A man in a red shirt.')}")
    answered(page, "No word is hidden yet")
    page.locator("#bert-hide .token", has_text="red").click()
    expect(page.locator("#bert-text textarea")).to_have_value("A man in a [MASK] shirt.")
    expect(page.locator("#bert-bars li").first).to_be_visible(timeout=60_000)
    expect(page.locator("#bert-blocks .fold")).to_have_count(4)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#bert-slopes svg")).to_be_visible()
    page.locator("#bert-hide .token", has_text="[MASK]").click()
    expect(page.locator("#bert-text textarea")).to_have_value("A man in a red shirt.")
    page.get_by_label("Hinglish", exact=True).click()
    answered(page, "Abhi koi word chhupa nahi hai")


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open(f"tab=bert&source=both&text={quote(CAPTION)}")
    expect(page.get_by_role("alert").filter(has_text="bert-base-uncased")).to_contain_text(
        "network is off", timeout=60_000
    )
    expect(page.locator("#bert-bars li").first).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("member, text", [("transformer", TEXT), ("bert", CAPTION)])
def test_neither_tab_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, member, text):
    page = visit(width, scheme).open(f"tab={member}&text={quote(text)}&__theme={scheme}")
    page.locator(f"#{member}-blocks .fold").nth(1).click(timeout=60_000)
    expect(page.locator(f"#{member}-blocks .cell")).to_be_visible()
    if member == "bert":
        page.locator("#bert-compare").click()
        expect(page.locator("#bert-slopes svg")).to_be_visible()
    check_screen(page)


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


def test_hiding_and_bringing_back():
    text, before = toggle("A man's dog, (big).", 2, [])
    assert text == "A man's [MASK], (big)." and before[2] == "dog"
    text, before = toggle(text, 0, before)
    assert text == "[MASK] man's [MASK], (big)."
    assert toggle(text, 2, before)[0] == "[MASK] man's dog, (big)." and toggle(text, 99, before)[0] == text
    assert toggle("[MASK] runs", 0, [])[0] == "[MASK] runs"  # what was never seen can't come back
