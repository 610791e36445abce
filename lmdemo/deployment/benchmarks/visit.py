"""A visit from a phone with a slow CPU to a server that was just started: until one has an answer to one's own input."""

import time
from typing import Any

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.page import chromium
from lmdemo.deployment.benchmarks.serving import APP, serving

SLOWER = 4  # times
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
WAIT = 120_000  # ms
SENTENCE = "I laughed all evening and cried at the end"
TEXT, PICTURE = 10, 12  # seconds
# Family -> its first member, and the bar. The address opens Start; one tap leads to the family, the second into box or pad.
VISITS = {
    "rnn": ("rnn", TEXT),
    "lstm": ("lstm", TEXT),
    "transformers": ("transformer", TEXT),
    "vision": ("cnn", PICTURE),
}
SHIFTS = """
window.shifts = 0;
new PerformanceObserver(all => all.getEntries().forEach(e => { if (!e.hadRecentInput) window.shifts += e.value; }))
  .observe({type: 'layout-shift', buffered: true});
"""


def measure(threads: int, rounds: int) -> list[Figure]:
    """Seconds from the address to the first answer of one's own, and how much of each page moves while it loads."""
    figures = []
    with chromium() as browser:
        for family, (member, bar) in VISITS.items():
            with serving(APP, threads) as (port, _, _):
                opened, own = first_answer(browser, f"http://127.0.0.1:{port}/", family)
            name = f"address to own answer, {member}, new server, phone, CPU {SLOWER} times slower"
            figures.append(Figure(name, own, "s", bar, f"two taps; the member stood answered after {opened:.1f} s"))
        with serving(APP, threads) as (port, _, _):
            for family in ("", *VISITS, "audio"):
                moved = [shift(browser, f"http://127.0.0.1:{port}/{family}", size) for size in (PHONE, DESKTOP)]
                note = "phone {:.3f}, desktop {:.3f}".format(*moved)
                figures.append(Figure(f"layout shift of /{family} while it loads", max(moved), "CLS", 0.1, note))
    return figures


def first_answer(browser: Any, address: str, family: str) -> tuple[float, float]:
    """Seconds until the member that was tapped stands answered, and until it has answered what was written or drawn."""
    member, bar = VISITS[family]
    page = browser.new_context(viewport=PHONE, has_touch=True).new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    started = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=WAIT)
    page.locator(f".lm-tabs a[data-family={family}]").tap(timeout=WAIT)
    panel = page.locator(f"#panel-{member}")
    panel.locator(".lm-facts .lm-line").first.wait_for(timeout=WAIT)
    opened = time.perf_counter() - started
    status = panel.locator(".lm-answered .lm-status").locator("visible=true").first
    before = status.inner_text()
    if bar == PICTURE:
        pad = panel.locator("canvas").locator("visible=true").first
        box = pad.bounding_box()
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
        page.mouse.up()
    else:
        field = panel.locator("textarea").locator("visible=true").first
        field.tap()
        field.fill(SENTENCE)
    page.wait_for_function(
        "([e, before]) => e.innerText.trim() && e.innerText !== before",
        arg=[status.element_handle(), before],
        timeout=WAIT,
    )
    own = time.perf_counter() - started
    page.context.close()
    return opened, own


def shift(browser: Any, address: str, size: dict[str, int]) -> float:
    """How much of the page moves by itself until nothing happens any more."""
    page = browser.new_context(viewport=size).new_page()
    page.add_init_script(SHIFTS)
    page.goto(address, timeout=WAIT)
    page.wait_for_function("document.querySelector('.lm-tabs') && !document.querySelector('.lm-loading')", timeout=WAIT)
    page.wait_for_timeout(2_000)
    moved = page.evaluate("window.shifts")
    page.context.close()
    return float(moved)
