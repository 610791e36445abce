"""Start in a browser: a sentence and its five answers in the first screen, while one types, and on to their pages."""

import re

import pytest
from playwright.sync_api import expect

from demos.tabs.start.families import FAMILIES
from demos.tabs.start.reading import FIRST
from demos.tabs.start.ways import WAYS
from tests.demos.conftest import SCREENS as LOOKS
from tests.demos.conftest import check_screen

OPENED = 60_000  # ms; the first request opens five networks
SCREENS = {"desktop": (1280, 800, 3_000), "phone": (390, 844, 5_000)}  # width, height, longest page


def opened(visit, width: int = 1280, height: int = 800, query: str = "", scheme: str = "light"):
    visitor = visit(width, scheme)
    visitor.page.set_viewport_size({"width": width, "height": height})
    page = visitor.open(query)
    expect(page.locator("#start-lanes svg")).to_have_count(len(FAMILIES), timeout=OPENED)
    return page


def answers(page) -> list[str]:
    return page.locator("#start-lanes .lane b").all_inner_texts()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_box_and_the_answers_stand_in_the_first_screen(visit, screen):
    width, height, longest = SCREENS[screen]
    page = opened(visit, width, height)
    box = page.locator("#start-text textarea")
    assert box.input_value() == FIRST["en"] and box.bounding_box()["y"] < height / 2
    expect(box).to_be_focused()
    shown = len(FAMILIES) if screen == "desktop" else 3
    for i in range(shown):
        lane = page.locator("#start-lanes .lane").nth(i).bounding_box()
        assert lane["y"] + lane["height"] <= height
    assert page.evaluate("document.documentElement.scrollHeight") <= longest
    assert (
        page.evaluate(
            "Math.min(...[...document.querySelectorAll('svg text')].map(t => parseFloat(getComputedStyle(t).fontSize)))"
        )
        >= 11
    )


def test_nothing_jumps_when_the_answers_come(visit):
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.address}/")
    lanes = page.locator("#start-lanes .lane")
    expect(lanes).to_have_count(len(FAMILIES), timeout=OPENED)
    before = page.locator("#start-tiles").bounding_box()["y"]
    expect(page.locator("#start-lanes svg")).to_have_count(len(FAMILIES), timeout=OPENED)
    assert page.locator("#start-tiles").bounding_box()["y"] == pytest.approx(before, abs=2)


def test_it_answers_while_one_types_with_one_request_at_a_time(visit):
    page = opened(visit)
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/queue/join" in r.url else None)
    box, before = page.locator("#start-text textarea"), answers(page)
    box.press_sequentially(" and wonderful", delay=20)
    expect(page.locator("#start-lanes .word").last).to_have_text("wonderful", timeout=OPENED)
    assert answers(page) != before and 1 <= len(asked) <= len(" and wonderful")
    page.wait_for_url(re.compile("text=.*wonderful"))
    box.fill("")
    expect(page.locator("#start-status")).to_contain_text("Write a sentence", timeout=OPENED)
    expect(page.locator("#start-lanes .lane")).to_have_count(len(FAMILIES))
    box.fill("नमस्ते दुनिया")
    expect(page.locator("#start-status")).to_contain_text("Devanagari is not read here", timeout=OPENED)
    expect(box).to_have_value("नमस्ते दुनिया")


def test_a_word_that_is_pointed_at_is_told_in_every_lane(visit):
    page = opened(visit)
    notes = page.locator("#start-lanes .lane small")
    before = notes.all_inner_texts()
    page.locator("#start-lanes .lane .inside").first.hover(position={"x": 200, "y": 20})
    expect(notes.first).to_have_class("here")
    assert len({text.split(":")[0] for text in notes.all_inner_texts()}) == 1
    page.mouse.move(5, 5)
    assert notes.all_inner_texts() == before
    page.locator("#start-lanes .list").focus()
    page.keyboard.press("ArrowRight")
    expect(notes.first).to_contain_text("A: after it")
    page.keyboard.press("ArrowRight")
    assert all(text.startswith("sad: ") for text in notes.all_inner_texts())
    assert "GPT: " in page.locator("#start-lanes [role=status]").inner_text()
    page.keyboard.press("Escape")
    assert notes.all_inner_texts() == before


def test_a_finger_chooses_a_word(visit):
    page = opened(visit, 390, 844)
    page.locator("#start-lanes .lane .inside").first.tap(position={"x": 100, "y": 20})
    expect(page.locator("#start-lanes .lane small").nth(2)).to_contain_text("looks at")


def test_a_lane_leads_to_its_page_with_the_sentence(visit):
    page = opened(visit, query="text=a%20dull%20film")
    page.get_by_role("link", name="LSTM", exact=True).first.click()
    page.wait_for_url(re.compile("/lstm.*text=a.dull.film"), timeout=OPENED)
    expect(page.locator("#panel-lstm textarea").first).to_have_value("a dull film", timeout=OPENED)


def test_hinglish_opens_on_hinglish_and_its_models(visit):
    page = opened(visit, query="tab=start&lang=hi-Latn")
    expect(page.locator("#start-text textarea")).to_have_value(FIRST["hi-Latn"])
    expect(page.locator("#start-status")).to_contain_text("Hinglish models")
    page.get_by_label("English").check()
    expect(page.locator("#start-status")).to_contain_text("RNN, BERT and GPT have none", timeout=OPENED)


def test_eight_tiles_lead_to_running_examples(visit):
    page = opened(visit)
    links = page.locator("#start-tiles a")
    assert links.count() == len(WAYS) == 8
    links.first.click()
    page.wait_for_url(re.compile("/vision.*model=cnn-digits"), timeout=OPENED)
    expect(page.locator("#panel-cnn .lm-status").first).to_contain_text("3", timeout=OPENED)


def test_what_is_here_and_the_doctor_are_folded(visit):
    page = opened(visit)
    page.get_by_role("button", name="What is here").click()
    expect(page.get_by_role("link", name="cnn-fashion")).to_be_visible(timeout=OPENED)


def test_the_advice_follows_data_and_machine(visit):
    page = opened(visit)
    page.get_by_role("button", name="In general: which family, for your data and your machine?").click()
    page.get_by_label("a GPU").click()
    page.get_by_label("little: up to hundreds").click()
    expect(page.get_by_text("take a pretrained one").first).to_be_visible(timeout=OPENED)


def test_every_model_is_asked_at_the_press_of_a_button(visit):
    page = opened(visit, query="lang=hi-Latn")
    page.get_by_role("button", name="Doctor: kya har model apna pata hua jawab deta hai?").click()
    page.get_by_role("button", name="Har model ko khol kar poochiye").click()
    table = page.get_by_role("region", name="Isi machine pe khola")
    expect(table).to_contain_text("python -m lmdemo fetch resnet-50", timeout=2 * OPENED)
    expect(table.get_by_role("row", name=re.compile("cnn-fashion"))).to_contain_text("theek")


@pytest.mark.parametrize("width, scheme", LOOKS)
def test_axe_finds_nothing(visit, width, scheme):
    check_screen(opened(visit, width, 844, f"__theme={scheme}", scheme))
