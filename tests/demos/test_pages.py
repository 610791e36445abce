"""One page a family under one row of tabs: what goes along, what a page held, what a click costs."""

import re

import pytest
from playwright.sync_api import expect

import demos
from tests.demos.conftest import SCREENS, check_screen

FIRST = 60_000  # ms; the first request opens a network
FAMILIES = {row.family: row for row in reversed(demos.TABS)}


def requests(page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/queue/join" in r.url else None)
    return asked


def test_the_row_of_tabs_is_on_every_page_says_where_one_is_and_a_page_asks_once_when_it_opens(visit):
    page = visit().open()
    page.wait_for_url(re.compile("tab=start"), timeout=FIRST)
    asked = requests(page)
    for family, row in FAMILIES.items():
        asked.clear()
        tab = page.get_by_role("tab", name=row.say("en", f"tab.{family}"), exact=True).first
        tab.click()
        page.wait_for_url(re.compile(rf"/{row.path}\?.*tab={row.member}"), timeout=FIRST)
        page.wait_for_timeout(1_000)
        assert len(asked) == 1, family
        chosen = page.locator(".lm-tabs [aria-selected=true]")
        expect(chosen).to_have_text(row.say("en", f"tab.{family}"))
        expect(chosen).to_have_count(1)


def test_language_and_what_a_page_held_go_along_and_back_and_forward_work(visit):
    page = visit().open("tab=gpt&lang=hi-Latn&text=Good%20morrow")
    box = page.locator("#gpt-text textarea")
    expect(box).to_have_value("Good morrow", timeout=FIRST)
    page.get_by_role("tab", name="Vision").click()
    page.wait_for_url(re.compile("/vision.*lang=hi-Latn"), timeout=FIRST)
    expect(page.get_by_label("Hinglish")).to_be_checked()
    page.get_by_role("tab", name="Transformers").click()
    page.wait_for_url(re.compile("/transformers.*tab=gpt"), timeout=FIRST)
    expect(box).to_have_value("Good morrow", timeout=FIRST)
    page.go_back()
    page.wait_for_url(re.compile("/vision"), timeout=FIRST)
    page.go_forward()
    page.wait_for_url(re.compile("/transformers"), timeout=FIRST)
    expect(box).to_have_value("Good morrow", timeout=FIRST)


def test_a_member_that_was_left_answers_again_once_it_is_looked_at(visit):
    page = visit().open("tab=lstm&text=a%20warm%20film")
    status = page.locator("#panel-lstm .lm-status").first
    expect(status).to_contain_text("positive", timeout=FIRST)
    page.get_by_role("tab", name="Translation", exact=True).click()
    page.wait_for_url(re.compile("tab=lstm-translation"), timeout=FIRST)
    expect(page.locator("#panel-lstm-translation .lm-facts .lm-line").first).to_be_visible(timeout=FIRST)
    page.get_by_role("tab", name="Start", exact=True).click()
    page.wait_for_url(re.compile("tab=start"), timeout=FIRST)
    asked = requests(page)
    page.get_by_role("tab", name="LSTM", exact=True).click()
    page.wait_for_url(re.compile("tab=lstm-translation"), timeout=FIRST)
    expect(page.locator("#panel-lstm-translation .lm-facts .lm-line").first).to_be_visible(timeout=FIRST)
    assert len(asked) == 1  # the page's own; the member that is not seen waits
    page.get_by_role("tab", name="Text", exact=True).click()
    expect(status).to_contain_text("positive", timeout=FIRST)
    expect(page.locator("#lstm-text textarea")).to_have_value("a warm film")
    assert len(asked) == 2


def test_the_tabs_work_by_keyboard(visit):
    page = visit().open()
    page.get_by_role("tab", name="RNN", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/rnn"), timeout=FIRST)


@pytest.mark.slow
@pytest.mark.parametrize("width, scheme", SCREENS)
def test_the_page_of_functions_fits_and_says_what_there_is(visit, width, scheme):
    visitor = visit(width, scheme)
    page = visitor.open("tab=cnn")
    page.get_by_role("link", name="Use this page from Python").click()
    page.wait_for_url(re.compile("/functions-vision"), timeout=FIRST)
    expect(page.get_by_role("cell", name="cnn_classify", exact=True)).to_be_visible(timeout=FIRST)
    expect(page.get_by_role("cell", name="yolo_detect", exact=True)).to_be_visible()
    check_screen(page)
    if width > 600:  # Gradio has no such panel on a phone
        page.get_by_role("button", name="Use via API").click()
        expect(page.get_by_text("/cnn_classify").first).to_be_visible(timeout=FIRST)
        page.wait_for_timeout(500)
        visitor.notes[:] = [n for n in visitor.notes if "404" not in n]  # it asks for MCP, which is off
