"""Pictures of the running page: every member at two widths, light and dark, in each language; and those of README.

``python -m tests.shots`` (``make shots``) fills ``shots/``; with ``--readme`` it makes the pictures in ``docs/`` anew, and records
beside them what they show, so that a test tells when they are no longer true.
"""

import argparse
import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gradio as gr

import demos
import lmdemo
from demos.core.url import STEP
from demos.core.words import ENGLISH, LANGUAGES
from demos.tabs.start.ways import THREE
from tests.conftest import PROJECT
from tests.demos.conftest import start_app

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
ANSWERED = {"start": "#start-lanes svg"}  # what tells that a member has answered; of others the line of facts
FACTS = "#panel-{member} .lm-facts:visible .lm-line"
DOCS = PROJECT / "docs"
RECORD = DOCS / "pictures.json"
# README's pictures: file -> member, what its link says, and from where on it is shown.
README: dict[str, tuple[str, dict[str, str], str]] = {
    "start.webp": ("start", {}, ".lm-head"),
    "cnn.webp": ("cnn", {"model": "cnn-digits", "drawing": THREE}, ".lm-head"),
    "gpt.webp": ("gpt", {}, "#panel-gpt .lm-inside"),
}
MOST = 150_000  # bytes of each of them
PATIENCE = 90_000  # ms


def pictured() -> dict[str, Any]:
    """What README's pictures show that may change: the release, the names of the tabs, the steps of the members in them."""
    members = [member for member, *_ in README.values()]
    steps: dict[str, list[str]] = {member: [] for member in members}
    for block in demos.build_app().blocks.values():
        for member in members:
            if isinstance(block, gr.Tab) and str(block.elem_id).startswith(f"{STEP}{member}-"):
                steps[member].append(str(block.label))
    tabs = [row.say(ENGLISH, f"tab.{family}") for family, (row, *_) in demos.families().items()]
    return {"release": lmdemo.__version__, "tabs": tabs, "steps": steps, "pictures": sorted(README)}


@contextlib.contextmanager
def browsing() -> Iterator[tuple[Any, str]]:
    """A browser, and the address of the app, which runs meanwhile without a network."""
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("LMDEMO_HUB_DIR", str(PROJECT / "no-cache"))  # a picture shows what every machine has
    process, address = start_app("--offline")
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            yield browser, address
            browser.close()
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def opened(browser: Any, address: str, member: str, screen: str, scheme: str, query: dict[str, str]) -> Iterator[Any]:
    """A member's page when it has answered."""
    width, height = SCREENS[screen]
    phone = screen == "phone"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, is_mobile=phone, has_touch=phone
    )
    page = context.new_page()
    page.goto(f"{address}/?{urlencode({'tab': member, '__theme': scheme} | query)}", timeout=PATIENCE)
    page.locator(ANSWERED.get(member, FACTS.format(member=member))).first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1_000)  # what is drawn, and what slides in
    yield page
    context.close()


def every(folder: Path, members: Sequence[str]) -> None:
    """First screen and whole page of each member, everywhere."""
    folder.mkdir(parents=True, exist_ok=True)
    with browsing() as (browser, address):
        for member, screen, scheme, lang in product(members, SCREENS, SCHEMES, LANGUAGES):
            name = f"{member}-{screen}-{scheme}-{lang}"
            try:
                with opened(browser, address, member, screen, scheme, {"lang": lang}) as page:
                    page.screenshot(path=folder / f"{name}.png")
                    page.screenshot(path=folder / f"{name}-whole.png", full_page=True)
                    print(name, page.evaluate("document.documentElement.scrollHeight"), "px")
            except Exception as error:  # one page that does not answer leaves the others alone
                print(name, str(error).splitlines()[0])


def for_readme() -> None:
    """README's pictures, and what they show."""
    from PIL import Image

    DOCS.mkdir(exist_ok=True)
    with browsing() as (browser, address):
        for file, (member, query, begin) in README.items():
            with opened(browser, address, member, "desktop", "light", query) as page:
                page.evaluate("document.activeElement.blur()")  # no cursor that blinks
                page.locator(begin).first.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 60)")
                page.wait_for_timeout(1_000)
                picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").save(DOCS / file, quality=82, method=6)
            print(file, f"{(DOCS / file).stat().st_size:,} bytes")
    RECORD.write_text(json.dumps(pictured(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Reads the options."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [row.member for row in demos.TABS]
    p.add_argument("members", nargs="*", help=f"of {', '.join(names)}; all by default")
    p.add_argument("--out", type=Path, default=PROJECT / "shots", help="folder of the pictures (default shots/)")
    p.add_argument("--readme", action="store_true", help="README's pictures alone, into docs/")
    args = p.parse_args()
    if unknown := set(args.members) - set(names):
        p.error(f"no member {', '.join(sorted(unknown))}")
    if args.readme:
        for_readme()
    else:
        every(args.out, args.members or names)


if __name__ == "__main__":
    main()
