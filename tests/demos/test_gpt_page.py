"""The GPT tab in a browser: bars that re-rank at once, writing on from a chosen token, one cell written out, language, URL."""

import re

import pytest
from playwright.sync_api import expect

LINK = "tab=gpt&text=ROMEO%3A%0AIs+the+day+so&count=10"
PATIENCE = 60_000


@pytest.fixture
def opened(visit):
    """The tab with a text that was read."""

    def make(query: str = LINK, **options):
        page = visit(**options).open(query)
        page.set_default_timeout(PATIENCE)
        page.locator("#gpt-next li button").first.wait_for()
        return page

    return make


def slide(page, name: str, value: float) -> list[float]:
    """Moves a slider; what the bars say in the same moment, before anybody could have been asked."""
    shown = page.locator("#gpt-next").evaluate(
        """(view, [name, value]) => {
        const slider = view.querySelector(`[data-name=${name}]`);
        slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true}));
        return [...view.querySelectorAll('.percent')].map(e => parseFloat(e.textContent)); }""",
        [name, value],
    )
    return shown


def percents(page) -> list[float]:
    return [float(t.split()[0]) for t in page.locator("#gpt-next .percent").all_inner_texts()]


def test_writes_on_and_a_bar_takes_another_way(opened):
    page = opened()
    page.locator("#gpt-write").click()
    picks = page.locator("#gpt-written .pick")
    picks.first.wait_for()
    assert picks.count() >= 5 and "10 tokens" in page.locator("#gpt-status").inner_text()
    before = page.locator("#gpt-written").inner_text()
    picks.nth(3).click()  # what else could have stood there
    expect(page.locator("#gpt-written .chosen")).to_have_count(1, timeout=PATIENCE)
    second = page.locator("#gpt-next li button").nth(1)
    token = second.locator(".name").inner_text()
    second.click()
    expect(page.locator("#gpt-text textarea")).to_have_value(
        re.compile(re.escape(token.replace("␣", " ").replace("↵", "\n")) + "$"), timeout=PATIENCE
    )
    expect(page.locator("#gpt-written .pick").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#gpt-written")).not_to_have_text(before, timeout=PATIENCE)


def test_bars_re_rank_in_the_browser_and_the_url_keeps_them(opened):
    page = opened(LINK + "&temperature=1")
    first = percents(page)
    assert slide(page, "temperature", 0)[:2] == [100.0, 0.0]
    flat = slide(page, "temperature", 2)
    assert flat[0] < first[0] and flat == sorted(flat, reverse=True)
    assert sum(slide(page, "top_k", 3)) == pytest.approx(100, abs=0.3) and page.locator("#gpt-next .out").count() == 9
    page.wait_for_url(re.compile(r"temperature=2.*top_k=3|top_k=3.*temperature=2"))
    page.reload()
    page.locator("#gpt-next li button.out").first.wait_for()
    assert page.locator("#gpt-next .out").count() == 9


def test_a_block_unfolds_down_to_one_cell(opened):
    page = opened(width=390)
    page.locator("#gpt-blocks .fold").nth(1).click()
    cell = page.locator("#gpt-blocks .cell")
    cell.locator("h5").wait_for()
    numbers = cell.locator("dd").all_inner_texts()
    assert len(numbers) == 4 and "÷" in numbers[1] and "√48" in numbers[1]
    share = float(numbers[3].split("=")[-1])
    assert share == pytest.approx(
        float(re.search(r"([\d.]+) %", page.locator("#gpt-blocks .caption").inner_text())[1]) / 100, abs=6e-4
    )
    matrix = page.locator("#gpt-blocks .matrix canvas")
    matrix.focus()
    matrix.press("ArrowUp")
    matrix.press("ArrowRight")
    assert "∞" in cell.locator("dd").nth(2).inner_text()  # what comes later is masked
    page.locator("#gpt-blocks .heads button").nth(2).click()
    expect(page.locator("#gpt-blocks .heads button").nth(2)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1


def test_other_language_switches_and_several_at_once(opened):
    page = opened(LINK + "&several=2&off=positions")
    assert "nats a token" in page.locator("#gpt-off-text").inner_text()
    page.locator("#gpt-write").click()
    page.locator("#gpt-written .pick").first.wait_for()
    assert page.locator("#gpt-written .row").count() == 2
    page.get_by_text("Hinglish", exact=True).click()
    expect(page.locator("#gpt-status")).to_contain_text("har second", timeout=PATIENCE)
    expect(page.locator("#gpt-off-text")).to_contain_text("bina", timeout=PATIENCE)


def test_what_can_not_be_read_is_said_in_place(visit):
    page = visit().open("tab=gpt&lang=hi-Latn&text=%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87")
    expect(page.locator("#gpt-status")).to_contain_text("Kuch characters pehchane nahi gaye", timeout=PATIENCE)
