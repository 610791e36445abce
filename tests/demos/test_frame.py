"""Every member's page, as who opens it finds it: input and answer in the first screen, never empty, not too long."""

import re

import pytest
from playwright.sync_api import expect

import demos
from tests.demos.conftest import check_screen, drawn

FIRST = 60_000  # ms; the first request opens a network
SCREENS = {"desktop": (1280, 800, 3_000), "phone": (390, 844, 5_000)}  # width, height, longest page
MEMBERS = [row for row in demos.TABS if row.member != "start"]
NAMES = [row.member for row in MEMBERS]
INPUT = ".lm-given :is(textarea, canvas, [data-testid=file-upload], button, input)"


def opened(visit, row, width: int, height: int, more: str = "", scheme: str = "light"):
    """A member's page after its first answer."""
    visitor = visit(width, scheme)
    visitor.page.set_viewport_size({"width": width, "height": height})
    page = visitor.open(f"tab={row.member}&__theme={scheme}{more}")
    panel = page.locator(f"#panel-{row.member}")
    expect(panel.locator(".lm-facts:visible .lm-line").first).to_be_visible(timeout=FIRST)
    return page, panel


def check_first_screen(page, panel, screen: str) -> None:
    """Input and answer stand in the first screen, the answer is there, and the page is not too long."""
    width, height, longest = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(500)
    for name, part in (("input", INPUT), ("answer", ".lm-answered .lm-status")):
        box = panel.locator(part).locator("visible=true").first.bounding_box()
        assert box and 0 <= box["y"] and box["y"] + min(box["height"], 40) <= height, (screen, name, box)
    assert panel.locator(".lm-answered .lm-status:visible").first.inner_text().strip()
    assert page.evaluate("document.documentElement.scrollHeight") <= longest, screen


def check_steps(page, panel, member: str) -> None:
    """Each step opens, says what one sees, asks a question, and stands in the link."""
    drawn(page)
    steps = panel.locator(".lm-steps:visible > .tab-wrapper [role=tab]")
    assert steps.count() >= 2
    for i in range(steps.count()):
        steps.nth(i).click()
        key = steps.nth(i).get_attribute("id").removeprefix(f"step-{member}-").removesuffix("-button")
        page.wait_for_url(re.compile(f"step={key}"))
        assert panel.locator(".lm-see:visible").first.inner_text().strip(), key
        expect(panel.locator(".lm-guess .asked:visible").first).to_be_visible(timeout=FIRST)


@pytest.mark.parametrize("row", MEMBERS, ids=NAMES)
def test_a_member_opens_answered_on_a_phone_and_a_desktop_and_all_its_steps_open(row, visit):
    """One visit, since opening a page is what takes the time."""
    page, panel = opened(visit, row, *SCREENS["phone"][:2], scheme="dark")
    check_first_screen(page, panel, "phone")
    check_screen(page)
    check_first_screen(page, panel, "desktop")
    check_steps(page, panel, row.member)


@pytest.mark.slow
@pytest.mark.parametrize("row", MEMBERS, ids=NAMES)
def test_the_same_in_hinglish(row, visit):
    page, panel = opened(visit, row, *SCREENS["desktop"][:2], "&lang=hi-Latn")
    check_first_screen(page, panel, "desktop")
    check_screen(page)
    check_first_screen(page, panel, "phone")
    check_steps(page, panel, row.member)
    assert page.evaluate("document.documentElement.lang") == "hi-Latn"


def test_a_link_that_skips_the_header_is_first(visit):
    page, _ = opened(visit, MEMBERS[0], 1280, 800)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "lm-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.lm-given') !== null")


def test_a_guided_visit_is_started_by_a_click_and_can_be_left(visit):
    page, _ = opened(visit, MEMBERS[0], 390, 844)
    assert page.locator(".lm-stop").count() == 0
    page.locator(".lm-tour").click()
    stop = page.locator(".lm-stop")
    said = []
    while stop.count():
        said.append(stop.locator("p").inner_text())
        stop.locator(".next").click()
    assert 4 <= len(said) <= 5 and len(set(said)) == len(said)
    page.locator(".lm-tour").click()
    expect(stop).to_be_visible()
    page.keyboard.press("Escape")
    expect(stop).to_have_count(0)


def test_a_sentence_goes_along_until_another_is_written(visit):
    page, panel = opened(visit, MEMBERS[0], 1280, 800)
    panel.locator("textarea").first.fill("what a lovely little film")
    page.wait_for_url(re.compile("text=what"))
    panel.get_by_role("link", name="LSTM").click()
    box = page.locator("#panel-lstm textarea").first
    expect(box).to_have_value("what a lovely little film", timeout=FIRST)
    page.get_by_role("tab", name="Translation", exact=True).click()
    expect(page.locator("#panel-lstm-translation textarea").first).to_have_value(
        "what a lovely little film", timeout=FIRST
    )
    expect(page.locator("#panel-lstm-translation .lm-facts .lm-line").first).to_be_visible(timeout=FIRST)
    page.wait_for_timeout(1_000)  # its steps have all been told
    page.locator("#panel-lstm-translation textarea").first.fill("a man rides a horse")
    page.wait_for_url(re.compile("horse"))
    page.get_by_role("tab", name="RNN", exact=True).click()
    expect(page.locator("#panel-rnn textarea").first).to_have_value("a man rides a horse", timeout=FIRST)


def test_back_leads_to_the_member_before(visit):
    page, _ = opened(visit, next(r for r in MEMBERS if r.member == "lstm"), 1280, 800)
    page.get_by_role("tab", name="Translation", exact=True).click()
    page.wait_for_url(re.compile("tab=lstm-translation"))
    page.go_back()
    expect(page.locator("#panel-lstm")).to_be_visible()
    page.wait_for_url(re.compile("tab=lstm(&|$)"))


def test_the_link_can_be_copied(visit):
    page, panel = opened(visit, MEMBERS[0], 1280, 800)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.locator(".lm-copy").first.click()
    expect(panel.locator(".lm-copy").first).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
