"""Audio & speech · Siamese in a real browser, and its functions over the API."""

import re

import numpy as np
import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from lmdemo.catalog import MODELS
from tests.demos.conftest import EXAMPLES, check_screen


def needs(name: str):
    """Skips a test of a model whose weights are not here."""
    there = (MODELS[f"siamese-{name}"].folder / "model.safetensors").is_file()
    return pytest.mark.skipif(not there, reason=f"siamese-{name} is not trained")


CLIPS = EXAMPLES["siamese"]
FIRST = 60_000  # ms; the first request opens the network


def said(page, text):
    expect(page.locator(".lm-part-result .prose.lm-status").first).to_contain_text(text, timeout=FIRST)


def test_two_clips_a_threshold_and_the_product_behind_the_score(visit):
    page = visit().open("tab=siamese")
    page.get_by_role("button", name="One voice, other words").click()
    said(page, "cosine")
    verdict = page.locator("#siamese-verdict")
    slider = verdict.get_by_role("slider")
    slider.fill("1")
    expect(verdict.locator("[role=status]")).to_contain_text("Different speakers")
    slider.fill("-1")
    expect(verdict.locator("[role=status]")).to_contain_text("The same speaker")
    product = page.locator("#siamese-product svg")
    before = page.locator("#siamese-product .detail").inner_text()
    product.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#siamese-product .detail")).not_to_have_text(before)
    a, b, p = map(
        float,
        re.match(
            r"(-?[\d.]+) × (-?[\d.]+) = (-?[\d.]+)", page.locator("#siamese-product .detail").inner_text()
        ).groups(),
    )
    assert abs(a * b - p) < 1e-3
    expect(page.locator("#siamese-moments svg")).to_be_visible()
    expect(page.locator("#siamese-maps").get_by_role("button", name=re.compile("stage1 B"))).to_be_visible()
    expect(page.locator("#siamese-pooled img")).to_have_count(4)


def test_several_people_and_a_threshold_of_ones_own(visit):
    page = visit().open("tab=siamese")
    page.get_by_role("tab", name="Several people").click()
    page.get_by_role("button", name="Take the four synthetic voices").click()
    levels = page.locator("#siamese-levels")
    expect(levels).to_contain_text("12 pairs of one person, 54 of two", timeout=FIRST)
    levels.get_by_role("slider").fill("1")
    expect(levels.locator("[role=status]").first).to_contain_text("0 / 54 (0.0 %)")
    levels.get_by_role("slider").fill("-1")
    expect(levels.locator("[role=status]").first).to_contain_text("54 / 54 (100.0 %)")
    levels.get_by_role("button", name="equal-error").click()
    before = levels.locator("[role=status]").last.inner_text()
    levels.locator(".plane").focus()
    page.keyboard.press("ArrowRight")
    expect(levels.locator("[role=status]").last).not_to_have_text(before)
    page.get_by_role("button", name="Forget all").click()
    expect(page.get_by_text("Nobody is enrolled yet.")).to_be_visible()


@needs("speaker")
def test_a_link_opens_the_inner_tab_that_was_open(visit):
    page = visit().open("tab=siamese")
    page.get_by_role("tab", name="Several people").click()
    page.wait_for_url(re.compile("way=many"), timeout=FIRST)
    again = visit().open(page.url.partition("?")[2])
    expect(again.get_by_role("button", name="Take the four synthetic voices")).to_be_visible(timeout=FIRST)


@needs("fingerprint")
def test_recordings_are_indexed_and_found_under_noise(visit):
    page = visit().open("tab=siamese&model=siamese-fingerprint&noise=10")
    page.get_by_role("button", name="Index the synthetic recordings").click()
    expect(page.locator(".prose#siamese-found, #siamese-found .prose").first).to_contain_text(
        "Our network: bells", timeout=FIRST
    )
    expect(page.locator("#siamese-peaks img")).to_have_count(2)


@needs("sound")
def test_a_sound_is_named_and_a_link_opens_it_in_hinglish(visit):
    page = visit().open("tab=siamese&example=rain&lang=hi-Latn")
    said(page, "prototype se cosine")
    expect(page.locator("#siamese-sounds li")).to_have_count(10)
    page.get_by_role("button", name="Bells aur strings jodiye").click()
    expect(page.locator("#siamese-sounds li")).to_have_count(12, timeout=FIRST)
    page.get_by_role("button", name="Confusion matrix dikhaiye").click()
    expect(page.get_by_role("table").first).to_contain_text("samundar ki lehrein")


def test_the_hub_that_is_not_here_is_said_beside_our_answer(visit):
    page = visit().open("tab=siamese&source=both&example=two")
    said(page, "our network")
    expect(page.get_by_role("alert").filter(has_text="ecapa-voxceleb")).to_contain_text("network is off")


def test_a_phone_in_the_dark(visit):
    page = visit(390, "dark").open("tab=siamese&example=two&__theme=dark")
    said(page, "cosine")
    check_screen(page)


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def clip(name):
    return handle_file(str(CLIPS / f"{name}.ogg"))


def test_each_function_answers(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith("/siamese")} == {
        "/siamese_verify",
        "/siamese_embed",
        "/siamese_find",
        "/siamese_sound",
    }
    there = client.predict(first=clip("voice-1-0"), second=clip("voice-0-1"), api_name="/siamese_verify")
    back = client.predict(first=clip("voice-0-1"), second=clip("voice-1-0"), api_name="/siamese_verify")
    assert there["score"] == pytest.approx(back["score"], abs=1e-4) and there["same"] == (
        there["score"] >= there["threshold"]
    )
    assert np.linalg.norm(client.predict(clip=clip("voice-1-0"), api_name="/siamese_embed")) == pytest.approx(
        1, abs=1e-3
    )


@needs("fingerprint")
def test_the_function_that_finds(client):
    result = client.predict(
        excerpt=clip("bells"), recordings=[clip("strings"), clip("bells")], api_name="/siamese_find"
    )
    assert result["embedding"][0]["name"] == result["peaks"][0]["name"] == "bells"


@needs("sound")
def test_the_function_that_names_sounds(client):
    assert client.predict(clip=clip("rain"), api_name="/siamese_sound")["label"] == "rain"


@pytest.mark.parametrize("lang, words", [("en", "Nothing can be heard"), ("hi-Latn", "Kuch sunai nahi de raha")])
def test_silence_is_told_in_the_callers_language(client, tmp_path, lang, words):
    soundfile.write(tmp_path / "silence.wav", np.zeros(16_000), 16_000)
    with pytest.raises(AppError, match=words):
        client.predict(
            first=handle_file(str(tmp_path / "silence.wav")),
            second=clip("voice-1-0"),
            lang=lang,
            api_name="/siamese_verify",
        )
