"""The tabs RNN and LSTM as visitors meet them, in a real browser."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.demos.conftest import SCREENS, check_screen

TEXT = "a warm , funny film that never loses its way ."


def answered(page, text: str):
    expect(page.locator(".prose.lm-status").first).to_contain_text(text, timeout=60_000)


def test_type_watch_and_take_one_number_apart(visit):
    page = visit().open("tab=lstm")
    page.get_by_role("button", name="a warm , funny film").click()
    answered(page, "positive")
    expect(page.locator(".lm-card").first).to_contain_text("lstm-sentiment")
    box = page.locator("#lstm-text textarea")
    box.press("End")
    box.press_sequentially(" but the end is awful .", delay=20)
    expect(page.locator("#lstm-timeline [role=status]")).to_contain_text("step 17", timeout=30_000)
    page.get_by_role("button", name="forget gate", exact=True).click()
    heat = page.locator("#lstm-timeline canvas")
    heat.click(position={"x": 100, "y": 40})
    expect(page.locator("#lstm-timeline [role=status]")).to_contain_text("forget gate 0.")
    expect(page.locator("#lstm-step section")).to_have_count(4)
    before = page.locator("#lstm-step h4").inner_text()
    heat.press("ArrowRight")
    expect(page.locator("#lstm-step h4")).not_to_have_text(before)
    page.get_by_label("forget gate held at 1").click()
    expect(page.locator("#lstm-gate-text")).to_contain_text("the cell's mean size")
    expect(page.locator("#lstm-memory .row")).to_have_count(2)
    expect(page).to_have_url(re.compile("text=a.*gate=forget"))


def test_a_mistake_while_typing_is_said_where_the_answer_stands(visit):
    page = visit().open("tab=rnn")
    page.locator("#rnn-text textarea").fill("😂😂")
    answered(page, "There are no words in it")
    page.get_by_label("Hinglish", exact=True).click()
    answered(page, "Ismein koi word nahi hai")
    page.locator("#rnn-text textarea").fill("फ़िल्म अच्छी है")
    answered(page, "Inmein se koi word pehchana nahi gaya")
    page.locator("#rnn-text textarea").fill(TEXT)
    answered(page, "positive")


def test_what_is_pasted_and_deleted_is_answered_like_what_is_typed(visit):
    page = visit().open("tab=rnn")
    box = page.locator("#rnn-text textarea")
    box.focus()
    page.keyboard.insert_text("bad")  # as a clipboard or a phone's keyboard does: no key is pressed
    words = page.locator("#rnn-timeline tbody tr")
    expect(words).to_have_count(1, timeout=30_000)
    page.keyboard.type(" film")
    expect(words).to_have_count(2)
    for _ in " film":
        page.keyboard.press("Backspace")
    expect(words).to_have_count(1)


def test_an_example_and_a_link_are_answered_in_one_request(visit):
    page = visit().open(f"tab=lstm&text={quote(TEXT)}")
    answered(page, "positive")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/queue/join" in r.url else None)
    page.get_by_role("button", name="it begins well").click()
    answered(page, "negative")
    page.wait_for_timeout(500)
    assert len(asked) == 1
    page.reload()
    answered(page, "negative")
    page.wait_for_timeout(500)
    assert len(asked) == 2


def test_hinglish_from_a_link_and_in_hinglish(visit):
    page = visit().open(
        f"tab=lstm&lang=hi-Latn&model=lstm-hinglish&text={quote('kya mast movie thi bhai , dil khush ho gaya')}"
    )
    answered(page, "positive")
    expect(page.locator("#lstm-hubless")).to_contain_text("Hub model nahi hai, kyunki")
    expect(page.get_by_role("heading", name="Andar dekhiye").first).to_be_visible()
    expect(page.locator("#lstm-memory")).to_contain_text("LSTM akela hai")


def test_write_look_at_a_character_and_stop(visit):
    page = visit().open("tab=rnn&model=rnn-char")
    page.locator("#rnn-write").click()
    expect(page.locator("#rnn-write-status")).to_contain_text("a second", timeout=60_000)
    letters = page.locator("#rnn-written .pick")
    letters.nth(40).click()
    expect(page.locator("#rnn-letter")).to_contain_text("Character 41 is")
    expect(page.locator("#rnn-expected li")).to_have_count(10)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#rnn-letter")).to_contain_text("Character 42 is")
    expect(page.locator("#rnn-letters [role=status]")).to_contain_text("how much each character was expected")
    page.locator("#rnn-prompt textarea").fill("ROMEO ☃")
    page.locator("#rnn-write").click()
    expect(page.get_by_text("Some characters are not known")).to_be_visible()
    page.locator("#rnn-prompt textarea").fill("ROMEO:")
    page.get_by_role("spinbutton", name="Characters to write").fill("1000")
    page.keyboard.press("Enter")
    page.locator("#rnn-write").click()
    page.locator("#rnn-write-stop").click()
    expect(page.locator("#rnn-write-status")).to_contain_text("Stopped")


def test_the_race_and_the_clock(visit):
    page = visit().open("tab=rnn&length=3")
    page.locator("#rnn-race").click()
    expect(page.locator("#rnn-race-text")).to_contain_text(
        re.compile(r"LSTM: solved, 100 %|LSTM: solved, 99 %"), timeout=90_000
    )
    expect(page.locator("#rnn-laps svg")).to_have_attribute("aria-label", re.compile("RNN: .*LSTM: "))
    page.locator("#rnn-measure").click()
    expect(page.locator("#rnn-speed tbody tr")).to_have_count(7, timeout=60_000)


def test_the_hub_beside_ours_and_code_and_proof(visit):
    page = visit().open(f"tab=lstm&source=both&text={quote(TEXT)}")
    answered(page, "positive")
    expect(page.get_by_role("alert").filter(has_text="distilbert-sst2")).to_contain_text("network is off")
    page.get_by_role("button", name="Code").click()
    expect(page.locator(".lm-fold").filter(has_text="Repeat this result")).to_contain_text('source="hub"')
    page.get_by_role("button", name="Show layers and source").click()
    expect(page.get_by_role("row", name=re.compile("embedding"))).to_be_visible()
    page.get_by_role("button", name="Proof").click()
    page.locator("#proof-lstm").click()
    expect(page.get_by_role("table").last).to_contain_text("✓ equal", timeout=60_000)
    assert page.get_by_text("✗").count() == 0


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("query", [f"lstm&gate=forget&text={quote(TEXT)}", "rnn&model=rnn-char"])
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, query):
    page = visit(width, scheme).open(f"tab={query}&__theme={scheme}")
    if "char" in query:
        page.locator("#rnn-write").click()
        page.locator("#rnn-written .pick").nth(30).click()
        expect(page.locator("#rnn-expected li")).to_have_count(10)
    else:
        answered(page, "positive")
        page.locator("#lstm-timeline canvas").click(position={"x": 100, "y": 40})
        expect(page.locator("#lstm-step section")).to_have_count(4)
    check_screen(page)
