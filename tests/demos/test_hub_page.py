"""A pretrained model on the page, from a hub on this machine: its progress, stopping, what went wrong, and the way back."""

import re

import pytest
from playwright.sync_api import expect

from lmdemo.catalog import HUB
from tests.demos.conftest import start_app
from tests.demos.test_cnn_page import answered, status
from tests.hub.loopback import loopback
from tests.hub.test_hub import build_tiny_resnet


@pytest.fixture(scope="module")
def networked(tmp_path_factory):
    """The hub, and the page that asks it."""
    folder, kept = (
        build_tiny_resnet(tmp_path_factory.mktemp("resnet"), (64, 128, 256, 512)),
        tmp_path_factory.mktemp("kept"),
    )
    with loopback() as hub:
        row = HUB["resnet-50"]
        hub.files = {f"/{row.id}/resolve/{row.revision}/{p.name}": p.read_bytes() for p in folder.iterdir()}
        process, address = start_app(
            "--no-offline", LMDEMO_HUB_DIR=str(kept), LMDEMO_HUB_ENDPOINT=hub.address, HF_HUB_OFFLINE="0"
        )
        yield hub, address
        process.terminate()
        process.wait(20)


def opened(visit, address: str, query: str):
    """The page, once the link's source has been filled in."""
    page = visit(address=address).open(query)
    expect(page.locator("input[type=radio][value=hub]")).to_be_checked()
    return page


@pytest.mark.parametrize(
    "lang, said",
    [("en", "Try again later"), pytest.param("hi-Latn", "Thodi der baad try kijiye", marks=pytest.mark.slow)],
)
def test_a_hub_that_refuses_is_said_and_our_network_still_answers(networked, visit, lang, said):
    hub, address = networked
    hub.refuse = 503
    page = opened(visit, address, f"tab=cnn&source=hub&lang={lang}")
    page.get_by_role("button", name="Boot").click()
    expect(page.get_by_role("alert").filter(has_text="resnet-50")).to_contain_text(said, timeout=30_000)
    page.locator("input[type=radio][value=scratch]").check()
    answered(page, "Ankle boot")
    hub.refuse = 0


def test_a_download_shows_its_progress_can_be_stopped_and_goes_on(networked, visit):
    hub, address = networked
    hub.pause = 0.6
    page = opened(visit, address, "tab=cnn&source=hub")  # asks at once, about its first example
    status(page, re.compile(r"Downloading resnet-50: .*[0-9.]+ of [1-9][0-9.]* MB"))
    page.get_by_role("button", name="Stop", exact=True).click()
    answered(page, "what was downloaded is kept")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    hub.pause = 0.0
    page.get_by_role("button", name="Boot").click()  # the way back: the same example once more
    answered(page, "thing 2")
    facts = page.locator("#panel-cnn .lm-facts")
    expect(facts.locator(".lm-line.hub")).to_contain_text("resnet-50")
    page.get_by_label("side by side").click()
    expect(facts.locator(".lm-line")).to_have_count(2)
    answered(page, "Ankle boot")
    for kind, model in (("ours", "cnn-fashion"), ("hub", "resnet-50")):
        for fact in (model, "parameters", "MB", "ms", "cpu"):
            expect(facts.locator(f".lm-line.{kind}")).to_contain_text(fact)
