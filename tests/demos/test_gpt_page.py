"""The GPT tab in a browser: bars that re-rank at once, writing on from a chosen token, one cell written out, language, URL."""

import re

import pytest
from playwright.sync_api import expect

from tests.demos.conftest import drawn

LINK = "tab=gpt&text=ROMEO%3A%0AIs+the+day+so&count=10"
PATIENCE = 60_000


@pytest.fixture
def opened(visit):
    """The tab with a text that was read."""

    def make(query: str = LINK, **options):
        page = visit(**options).open(query)
        page.set_default_timeout(PATIENCE)
        page.locator("#gpt-next li button").first.wait_for()
        drawn(page)
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
    box, written = (page.locator(f"#gpt-{name}").bounding_box() for name in ("text", "written"))
    assert box["y"] + box["height"] < written["y"] and written["y"] + 60 < 800  # under the box, in the first screen
    before, given = (
        "".join(picks.all_text_contents()).replace("↵\n", "\n"),
        page.locator("#gpt-text textarea").input_value(),
    )
    bar = page.locator("#gpt-next li button").nth(1)
    token = bar.locator(".name").inner_text().replace("␣", " ").replace("↵", "\n")
    bar.click()  # nothing that was written is lost
    expect(page.locator("#gpt-text textarea")).to_have_value(given + before + token, timeout=PATIENCE)
    expect(page.locator("#gpt-written .pick").first).to_be_visible(timeout=PATIENCE)
    page.locator("#gpt-written .pick").nth(3).click()  # what else could have stood there
    expect(page.locator("#gpt-written .chosen")).to_have_count(1, timeout=PATIENCE)
    earlier = page.locator("#gpt-written .pick").all_text_contents()[:3]
    page.locator("#gpt-next li button").nth(2).click()
    kept = re.escape(given + before + token + "".join(earlier).replace("↵\n", "\n"))
    expect(page.locator("#gpt-text textarea")).to_have_value(re.compile(f"^{kept}.{{1,20}}$", re.S), timeout=PATIENCE)


def test_opens_answered_and_status_bars_and_strip_agree(opened):
    page = opened("tab=gpt")
    assert "ROMEO" in page.locator("#gpt-text textarea").input_value()

    def told() -> list[float]:
        return [
            float(re.search(r"([\d.]+) %", page.locator("#gpt-status").inner_text())[1]),
            percents(page)[0],
            float(page.locator("#gpt-strip .percent").first.inner_text().split()[0]),
        ]

    assert len(set(told())) == 1
    before = told()[0]
    slide(page, "temperature", 1.5)
    expect(page.locator("#gpt-status")).not_to_contain_text(f"{before:.1f} %", timeout=PATIENCE)
    expect(page.locator("#gpt-strip .percent").first).not_to_have_text(f"{before:.1f} %", timeout=PATIENCE)
    assert len(set(told())) == 1 and told()[0] < before


def test_a_token_is_followed_through_all_blocks(opened):
    page = opened()
    strip = page.locator("#gpt-strip")
    assert strip.locator("[aria-expanded=true]").get_attribute("data-block") == "0"  # the first is open
    names = strip.locator(".name")
    third = names.nth(2).inner_text()
    names.nth(2).hover()
    expect(strip.locator("summary")).to_contain_text(f"“{third}”")
    assert strip.locator("tbody tr").count() == 6 and names.nth(2).evaluate("e => e.classList.contains('hot')")
    names.nth(2).click()
    page.mouse.move(5, 5)
    expect(strip.locator("summary")).to_contain_text(f"“{third}”")  # it is kept
    page.wait_for_url(re.compile("token=2"))
    strip.locator("[data-block='4']").click()
    expect(strip.locator("[data-block='4']")).to_have_attribute("aria-expanded", "true")
    strip.locator("[data-head='1']").click()
    page.wait_for_url(re.compile("(?=.*block=4)(?=.*head=1)"))
    page.reload()
    drawn(page)
    expect(strip.locator("[data-block='4']")).to_have_attribute("aria-expanded", "true", timeout=PATIENCE)
    expect(strip.locator("[data-head='1']")).to_have_attribute("aria-pressed", "true")
    expect(strip.locator("summary")).to_contain_text(f"“{third}”")
    names.nth(2).focus()
    page.keyboard.press("ArrowDown")
    assert names.nth(3).evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("token=3"))
    expect(names.nth(3)).to_have_attribute("aria-pressed", "true")


@pytest.mark.slow
def test_the_strip_runs_downward_on_a_phone_and_nothing_is_smaller_than_eleven_pixels(opened):
    for width in (390, 1280):
        page = opened(width=width)
        strip = page.locator("#gpt-strip")
        strip.locator(".stage").wait_for()
        assert strip.locator(".down").count() == (width == 390)
        box = strip.locator(".stage").bounding_box()
        assert (box["height"] > box["width"]) == (width == 390)
        sizes = strip.evaluate(
            "v => [...v.querySelectorAll('*')].filter(e => e.textContent.trim() && !e.children.length).map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 11 and page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1


def test_bars_re_rank_in_the_browser_and_the_url_keeps_them(opened):
    page = opened(LINK + "&temperature=1")
    first = percents(page)
    assert slide(page, "temperature", 0)[:2] == [100.0, 0.0]
    flat = slide(page, "temperature", 2)
    assert flat[0] < first[0] and flat == sorted(flat, reverse=True)
    assert sum(slide(page, "top_k", 3)) == pytest.approx(100, abs=0.3) and page.locator("#gpt-next .out").count() == 5
    page.wait_for_url(re.compile(r"temperature=2.*top_k=3|top_k=3.*temperature=2"))
    page.reload()
    page.locator("#gpt-next li button.out").first.wait_for()
    assert page.locator("#gpt-next .out").count() == 5


def test_a_block_unfolds_down_to_one_cell(opened):
    page = opened(LINK + "&step=head", width=390)
    page.locator("#gpt-blocks .fold").nth(1).click()
    expect(page.locator("#gpt-blocks .fold").nth(1)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
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
    assert page.locator("#gpt-blocks .across span, #gpt-blocks .rows > .down span").count() >= 16  # tokens on both axes
    page.locator("#gpt-blocks .heads button").nth(2).click()
    expect(page.locator("#gpt-blocks .heads button").nth(2)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1


@pytest.mark.slow
def test_other_language_switches_and_several_in_columns(opened):
    page = opened(LINK + "&several=3&off=positions&step=off")
    assert "nats a token" in page.locator("#gpt-off-text").inner_text()
    page.get_by_role("tab", name="Four continuations").click()
    page.locator("#gpt-write-several").click()
    rows = page.locator("#gpt-columns .row")
    expect(rows).to_have_count(3, timeout=PATIENCE)
    expect(page.locator("#gpt-columns")).to_contain_text("less that token was expected", timeout=PATIENCE)
    boxes = [rows.nth(i).bounding_box() for i in range(3)]
    assert len({box["y"] for box in boxes}) == 1 and boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
    page.get_by_role("radio", name="Hinglish").check()
    expect(page.locator("#gpt-status")).to_contain_text("chance sabse zyada", timeout=PATIENCE)
    page.get_by_role("tab", name="Kuch band karke dekhiye").click()
    expect(page.locator("#gpt-off-text")).to_contain_text("bina", timeout=PATIENCE)


def test_what_can_not_be_read_is_said_in_place(visit):
    page = visit().open("tab=gpt&lang=hi-Latn&text=%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87")
    expect(page.locator("#gpt-status")).to_contain_text("padhne layak kuch nahi", timeout=PATIENCE)
