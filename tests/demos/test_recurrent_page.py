"""The tabs RNN and LSTM as visitors meet them, in a real browser."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.demos.conftest import SCREENS, check_screen

TEXT = "a warm , funny film that never loses its way ."
HINGLISH = "kya mast movie thi bhai , dil khush ho gaya"


def answered(page, text: str):
    expect(page.locator(".prose.lm-status:visible").first).to_contain_text(text, timeout=60_000)


def step(page, member: str, key: str):
    page.locator(f"#step-{member}-{key}-button").click()


def test_a_page_opens_answered_and_its_views_fill_their_box(visit):
    page = visit().open("tab=rnn")
    answered(page, "positive")
    timeline = page.locator("#rnn-timeline")
    box = timeline.locator(".scroller").bounding_box()["width"]
    assert box > 1_000 and abs(timeline.locator("canvas").bounding_box()["width"] - box) < 12
    page.set_viewport_size({"width": 800, "height": 900})
    expect(timeline.locator("canvas")).not_to_have_attribute("width", re.compile(r"^1\d{3}"))
    small = (
        "[...document.querySelectorAll('.lm-view svg text')].filter(t => parseFloat(getComputedStyle(t).fontSize) < 11)"
    )
    assert page.evaluate(f"{small}.length") == 0


def test_type_watch_and_take_one_number_apart(visit):
    page = visit().open("tab=lstm")
    answered(page, "positive")
    expect(page.locator(".lm-facts .lm-line").first).to_contain_text("parameters")
    box = page.locator("#lstm-text textarea")
    box.press("End")
    box.press_sequentially(" but the end is awful .", delay=20)
    told = page.locator("#lstm-timeline .told")
    expect(told).to_contain_text("step 17", timeout=30_000)
    page.get_by_role("button", name="forget gate", exact=True).first.click()
    heat = page.locator("#lstm-timeline canvas")
    heat.hover(position={"x": 300, "y": 90})
    expect(told).to_contain_text("forget gate 0.")
    heat.click(position={"x": 300, "y": 90})
    sums = page.locator("#lstm-timeline .written")
    expect(sums.locator("section")).to_have_count(4)
    before = sums.locator("h4").inner_text()
    heat.press("ArrowRight")
    expect(sums.locator("h4")).not_to_have_text(before)
    after = sums.locator("h4").inner_text()
    heat.press("ArrowRight")  # the map that came with the sums has the focus
    expect(sums.locator("h4")).not_to_have_text(after)
    page.get_by_label("forget gate held at 1").click()
    expect(page.locator("#lstm-gate-text")).to_contain_text("the cell's mean size")
    expect(sums).to_contain_text("held at 1")  # what was chosen outlives the gate, and the language
    page.get_by_label("Hinglish", exact=True).click()
    expect(sums.locator("h4")).to_contain_text("poora hisaab")
    expect(page).to_have_url(re.compile("text=a.*gate=forget"))


def test_the_state_is_handed_on_from_cell_to_cell(visit):
    page = visit().open("tab=rnn&step=unit")
    view = page.locator("#rnn-step")
    expect(view.locator(".play")).to_contain_text("Pause", timeout=60_000)  # it moves when it is first seen
    view.locator(".play").click()
    expect(view.locator(".play")).to_contain_text("Play")
    expect(view.locator(".step.ahead")).to_have_count(0)
    view.locator(".play").click()
    expect(view.locator(".step.now")).to_have_count(1)
    view.locator("canvas[tabindex]").click(position={"x": 300, "y": 50})
    expect(view.locator(".written section")).to_have_count(1)
    expect(view.locator(".written")).to_contain_text("h = tanh(")
    view.locator("canvas[tabindex]").press("ArrowRight")
    expect(view.locator(".written h4")).to_contain_text("word 4")


def test_nothing_moves_by_itself_where_motion_is_not_wanted(visit):
    visitor = visit()
    visitor.page.emulate_media(reduced_motion="reduce")
    page = visitor.open("tab=rnn&step=unit")
    expect(page.locator("#rnn-step .play")).to_contain_text("Play", timeout=60_000)
    expect(page.locator("#rnn-step .step.ahead")).to_have_count(0)


def test_a_mistake_while_typing_is_said_where_the_answer_stands(visit):
    page = visit().open("tab=rnn")
    answered(page, "positive")
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
    answered(page, "positive")
    box = page.locator("#rnn-text textarea")
    box.fill("")
    box.focus()
    page.keyboard.insert_text("bad")  # as a clipboard or a phone's keyboard does: no key is pressed
    words = page.locator("#rnn-timeline tbody tr:has(> th)")
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
    page = visit().open("tab=lstm&lang=hi-Latn")
    answered(page, "positive")
    expect(page.locator("#lstm-text textarea")).to_have_value(HINGLISH)
    expect(page.locator("#lstm-hubless")).to_contain_text("Hub model nahi hai, kyunki")
    expect(page.get_by_role("heading", name="Andar dekhiye").first).to_be_visible()
    step(page, "lstm", "reach")
    expect(page.locator("#lstm-memory")).to_contain_text("LSTM akela hai")


def test_hinglish_before_a_network_of_english_is_led_to_who_reads_it(visit):
    page = visit().open(f"tab=rnn&text={quote(HINGLISH)}")
    answered(page, "words known")
    page.get_by_role("link", name="Ask the LSTM that reads Hinglish").click()
    expect(page.locator("#lstm-text textarea")).to_have_value(HINGLISH, timeout=60_000)
    expect(page.locator("#lstm-timeline h4").first).to_contain_text("lstm-hinglish", timeout=60_000)
    page = visit().open(f"tab=lstm&text={quote(HINGLISH)}")
    page.locator("#lstm-switch").click()
    expect(page.locator("#lstm-timeline h4").first).to_contain_text("lstm-hinglish", timeout=60_000)
    expect(page).to_have_url(re.compile("model=lstm-hinglish"))


def test_write_and_look_at_a_character(visit):
    page = visit().open("tab=rnn&model=rnn-char")
    status = page.locator("#rnn-write-status")
    expect(status).to_contain_text("a second", timeout=60_000)  # it opens with something written
    letters = page.locator("#rnn-written .pick")
    letters.nth(40).click()
    expect(page.locator("#rnn-written .opened li")).to_have_count(10)
    expect(page.locator("#rnn-letter")).to_contain_text("Character 41 is")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#rnn-letter")).to_contain_text("Character 42 is")
    page.keyboard.press("Escape")
    expect(page.locator("#rnn-written .opened")).to_have_count(0)
    expect(page.locator("#rnn-moved .name")).to_have_text(["rnn-char", "lstm-char"])
    step(page, "rnn", "letters")
    for name in ("rnn-char", "lstm-char"):
        expect(page.locator(f"#rnn-letters-{name} .told")).to_contain_text("how much each character was expected")
    assert page.evaluate("document.documentElement.scrollHeight") <= 3_000
    page.get_by_role("button", name="To be, or not to be").click()
    expect(page.locator("#rnn-written .text")).to_contain_text("To be, or not to be", timeout=30_000)
    page.locator("#rnn-prompt textarea").fill("ROMEO ☃")
    page.locator("#rnn-write").click()
    expect(page.get_by_text("Some characters are not known")).to_be_visible()


def test_writing_can_be_stopped_while_it_runs_and_only_then(visit):
    page = visit().open("tab=lstm&model=lstm-char")
    status, stop = page.locator("#lstm-write-status"), page.locator("#lstm-write-stop")
    expect(status).to_contain_text("a second", timeout=60_000)
    expect(stop).to_be_hidden()
    page.get_by_role("button", name="How it writes").click()
    page.get_by_role("spinbutton", name="Characters to write").fill("1000")
    page.keyboard.press("Enter")
    page.locator("#lstm-write").click()
    stop.dispatch_event("click")  # at once: it is there for as long as the network writes
    expect(status).to_contain_text("Stopped")
    expect(stop).to_be_hidden()


def test_the_race_and_the_clock(visit):
    page = visit().open("tab=rnn&length=3&step=memory")
    page.locator("#rnn-race").click()
    expect(page.locator("#rnn-race-text")).to_contain_text(
        re.compile(r"LSTM: solved, 100 %|LSTM: solved, 99 %"), timeout=90_000
    )
    expect(page.locator("#rnn-laps svg")).to_have_attribute("aria-label", re.compile("RNN: .*LSTM: "))
    step(page, "rnn", "cost")  # is measured when one looks
    expect(page.locator("#rnn-speed tbody tr")).to_have_count(7, timeout=60_000)
    page.locator("#rnn-speed svg").press("ArrowRight")
    expect(page.locator("#rnn-speed .told")).to_contain_text(re.compile("words: 8 · rnn-sentiment"))


def test_a_link_to_a_step_that_measures_measures(visit):
    page = visit().open("tab=lstm&step=cost")
    expect(page.locator("#lstm-speed tbody tr")).to_have_count(7, timeout=60_000)
    expect(page.locator(".lm-guess:visible .asked")).to_contain_text("book")


def test_a_question_is_answered_with_what_is_computed_of_the_text(visit):
    page = visit().open(f"tab=rnn&text={quote(TEXT)}")
    guess = page.locator(".lm-guess:visible").first
    guess.get_by_role("button", name="warm").click(timeout=60_000)
    expect(guess.locator(".told")).to_contain_text(re.compile("Without “|“.*”: without it"))
    page.locator("#rnn-text textarea").fill("a dull , empty film")
    expect(guess.locator(".told")).to_have_count(0, timeout=30_000)


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


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("query", [f"lstm&gate=forget&text={quote(TEXT)}", "rnn&model=rnn-char", "rnn&step=unit"])
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, query):
    page = visit(width, scheme).open(f"tab={query}&__theme={scheme}")
    if "char" in query:
        page.locator("#rnn-written .pick").nth(30).click(timeout=60_000)
        expect(page.locator("#rnn-written .opened li")).to_have_count(10)
    else:
        answered(page, "positive")
        member, view = ("lstm", "timeline") if "lstm" in query else ("rnn", "step")
        page.locator(f"#{member}-{view} canvas[tabindex]").click(position={"x": 100, "y": 40})
        expect(page.locator(f"#{member}-{view} .written section")).to_have_count(4 if member == "lstm" else 1)
    check_screen(page)
