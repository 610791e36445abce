"""The real app in a process of its own, and a real browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import demos
from tests.conftest import PROJECT


def start_app(*options: str, **environment: str) -> tuple[subprocess.Popen, str]:
    """Starts app.py on a free port and waits until it answers."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port), *options],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        assert process.poll() is None, "the app ended"
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return process, address
        except httpx.HTTPError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError("the app did not answer")


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """The address of the running page; the network is off."""
    process, address = start_app("--offline", LMDEMO_HUB_DIR=str(tmp_path_factory.mktemp("hub")))
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def playwright_():
    """What starts browsers; there is one a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_):
    """The system's Chromium or Chrome, else Playwright's own."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    browser = playwright_.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
    )  # a camera and a microphone that are drawn
    yield browser
    browser.close()


LEFT = re.compile("AbortError|Connection errored out")  # leaving a page ends its stream, which Gradio notes as an error


class Visitor:
    """A page with what a person would trip over noted down."""

    def __init__(self, browser, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 600
        )
        self.page, self.address, self.notes = self.context.new_page(), address, []
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda m: m.type == "error" and not LEFT.search(m.text) and self.notes.append(m.text))
        self.page.on("pageerror", lambda e: self.notes.append(str(e)))
        self.page.on(
            "request", lambda r: r.url.startswith("http") and not r.url.startswith(address) and self.notes.append(r.url)
        )

    def open(self, query: str = ""):
        """Opens a link; one of a member leads on to its family's page."""
        self.page.goto(f"{self.address}/?{query}", timeout=90_000)
        self.page.get_by_role("tab", name="Start").wait_for(timeout=90_000)  # a busy machine draws slowly
        return self.page


@pytest.fixture
def visit(browser, app):
    """Opens pages; at the end none may have logged an error or asked another host."""
    visitors = []

    def make(width: int = 1280, scheme: str = "light", address: str = app) -> Visitor:
        visitors.append(Visitor(browser, address, width, scheme))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
        assert visitor.notes == []


def drawn(page) -> None:
    """Waits until all of a page is there: below its answer nothing is seen before, nor can it have the focus."""
    page.locator("html:not(.lm-loading)").wait_for(state="attached", timeout=60_000)


def check_screen(page) -> None:
    """No page is wider than the screen, and axe finds nothing serious on it."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_timeout(700)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1
    found = [
        (v["id"], [n["html"][:160] for n in v["nodes"]][:4])
        for v in Axe().run(page).response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert found == []


# Widths and colours in which each page is looked at: a phone in the dark is the hardest, a desktop takes as long again.
SCREENS = [(390, "dark"), pytest.param(1280, "light", marks=pytest.mark.slow)]
FOLDERS = {row.member: Path(PROJECT, row.tab.partition(":")[0].replace(".", "/")).parent for row in demos.TABS}
EXAMPLES = {member: folder / "examples" for member, folder in FOLDERS.items()}
