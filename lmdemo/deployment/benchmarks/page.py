"""Every page in Chromium, from a cold cache: until its first tab can be used, what it weighs, what a click asks."""

import gzip
import shutil
import statistics
import urllib.request
from contextlib import ExitStack, contextmanager
from typing import Any

from lmdemo.deployment.benchmarks import Figure
from lmdemo.deployment.benchmarks.serving import APP, BARE, SMALL, serving, with_more
from lmdemo.errors import ResourceError

SPEEDS = (1, 4)  # how many times slower the CPU is made
SETTLED = 4_000  # ms until what a page does by itself is over
MORE = 8  # members beside ours
# Noted in the page at each frame. First: the row of tabs is seen, and below it a control that can be used. Whole: all of the
# first tab is there, its code and its player or what stands below it included.
WATCH = """
const there = e => e.offsetParent && !e.disabled, visible = e => there(e) && getComputedStyle(e).visibility === 'visible';
const seen = (s, so = there) => [...document.querySelectorAll(s)].some(e => so(e) && !e.closest('.lm-head, footer'));
const watch = () => {
  const tabs = [...document.querySelectorAll('[role=tab]')].some(visible);  // of the page itself, on Start in the header
  const first = tabs && seen('input, textarea, .gradio-container button', visible);
  if (first) window.firstTab ??= performance.now();
  if (first && (seen('.lm-foot a') || (seen('.cm-editor') && seen('#sound button')) || seen('#bare button')))
    window.wholeTab = performance.now();
  else requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
"""
FAMILIES = "[...document.querySelectorAll('.lm-tabs a')].map(a => new URL(a.href).pathname.slice(1))"
PANELS = "[...document.querySelectorAll('[id^=panel-]')].map(e => e.id)"
EXAMPLE = "[id$='-examples'] button, [id$='-example'] button, button[id$='-example'], [id$='-example'] input"


@contextmanager
def chromium() -> Any:
    """The system's Chromium or Chrome, else Playwright's own."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ResourceError(
            "no_browser", expected="playwright", got="-", hint="Install it: pip install -r requirements-dev.txt"
        ) from None
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def first_tab(browser: Any, address: str, slower: int) -> tuple[float, float]:
    """Seconds from the click on a link until the page's first tab can be used, and until all of it is there."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_function("window.wholeTab", timeout=120_000)
    first, whole = page.evaluate("[window.firstTab / 1000, window.wholeTab / 1000]")
    context.close()
    return first, whole


def requests_of_an_example(browser: Any, address: str) -> dict[str, int]:
    """For each member of a page: requests that a click on its first example makes, and what follows it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page, asked, made = context.new_page(), [], {}
    page.on("request", lambda r: "/queue/join" in r.url and asked.append(r.url))
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.wholeTab")
    for panel in page.evaluate(PANELS):
        member = panel.removeprefix("panel-")
        page.goto(f"{address}?tab={member}")
        page.wait_for_function("window.wholeTab")
        page.wait_for_timeout(SETTLED)
        example = page.locator(f"#{panel}").locator(EXAMPLE).locator("visible=true").first
        if example.count():
            asked.clear()
            example.click()
            page.wait_for_timeout(SETTLED)
            made[member] = len(asked)
    context.close()
    return made


def measure(threads: int, rounds: int) -> list[Figure]:
    """Each family's page against a bare and a small app; the same page with more members in the house."""
    with ExitStack() as stack:
        port, more, small, bare = (
            stack.enter_context(serving(command, threads))[0] for command in (APP, with_more(MORE), SMALL, BARE)
        )
        browser = stack.enter_context(chromium())
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("[role=tab]").first.wait_for()
        families = page.evaluate(FAMILIES)
        page.close()
        addresses = {f"/{f}": f"http://127.0.0.1:{port}/{f}" for f in families}
        addresses |= {"small": f"http://127.0.0.1:{small}/", "bare": f"http://127.0.0.1:{bare}/"}
        addresses |= {"more": f"http://127.0.0.1:{more}/{families[-1]}"}
        figures = []
        for slower in SPEEDS:
            times: dict[str, list[tuple[float, float]]] = {name: [] for name in addresses}
            for _ in range(max(5, rounds // 6)):
                for name, address in addresses.items():
                    times[name].append(first_tab(browser, address, slower))
            for part, what in enumerate(("first control", "whole first tab")):
                medians = {name: statistics.median(t[part] for t in visits) for name, visits in times.items()}
                figures += _ratios(medians, families, what, slower)
        for family in families:
            figures += _weight(f"/{family}", addresses[f"/{family}"])
        for family in families:
            made = requests_of_an_example(browser, addresses[f"/{family}"])
            figures += [Figure(f"requests of a click on an example: {m}", n, "", 1) for m, n in made.items()]
    return figures


def _ratios(medians: dict[str, float], families: list[str], what: str, slower: int) -> list[Figure]:
    cpu = "" if slower == 1 else f", CPU {slower} times slower"
    note = f"small app {medians['small']:.2f} s, bare app {medians['bare']:.2f} s"
    figures = [
        Figure(
            f"{what} of /{family} / small app{cpu}",
            medians[f"/{family}"] / medians["small"],
            "ratio",
            1.2,
            f"{medians[f'/{family}']:.2f} s; {note}",
        )
        for family in families
    ]
    last = f"/{families[-1]}"
    return [
        *figures,
        Figure(
            f"{what} of {last} with {MORE} more members / without{cpu}",
            medians["more"] / medians[last],
            "ratio",
            None,
            f"{medians['more']:.2f} s",
        ),
    ]


def _weight(name: str, address: str) -> list[Figure]:
    with urllib.request.urlopen(address) as answer:
        html = answer.read()
    sent = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(sent) as answer:
        packed = answer.read()
    assert gzip.decompress(packed)
    return [Figure(f"HTML of {name}", len(html) / 1000, "KB", 300, f"{len(packed) / 1000:.0f} KB in transit")]
