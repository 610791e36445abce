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
    expect(page.locator(".lm-answered .lm-status:visible").first).to_contain_text(text, timeout=FIRST)


def selected(page):
    """The open step."""
    return page.locator(".lm-steps:visible > .tab-wrapper [role=tab][aria-selected=true]").inner_text()


def test_two_clips_a_threshold_and_the_product_behind_the_score(visit):
    page = visit().open("tab=siamese")
    said(page, "The same speaker")  # it opens on its first pair
    verdict = page.locator("#siamese-verdict")
    handle, told = verdict.get_by_role("slider"), verdict.locator("[role=status]")
    handle.focus()
    page.keyboard.press("End")
    expect(told).to_contain_text("Different speakers")
    expect(page.locator("#siamese-said")).to_contain_text("Different speakers")
    page.wait_for_url(re.compile("threshold=1"))
    page.keyboard.press("Home")
    expect(told).to_contain_text("The same speaker")
    expect(told).to_contain_text("4,368 / 4,368 (100.0 %)")
    expect(handle).to_be_focused()  # the answer leaves the handle alone
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
    page.get_by_role("checkbox", name="strongest products first").check()
    page.wait_for_url(re.compile("products=size"))
    spectra = page.locator("#siamese-spectra")
    spectra.get_by_role("button", name=re.compile("stage1")).click()
    page.wait_for_url(re.compile("layer=2"))
    expect(spectra.get_by_role("button", name=re.compile("stage1"))).to_have_attribute("aria-pressed", "true")


def test_the_handle_is_dragged_on_its_axis(visit):
    page = visit().open("tab=siamese&example=two")
    said(page, "cosine")
    verdict = page.locator("#siamese-verdict")
    box, handle = verdict.locator(".plot").bounding_box(), verdict.get_by_role("slider")
    y = handle.bounding_box()["y"] + 14
    page.mouse.move(box["x"] + box["width"] * 0.7, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, y, steps=5)
    page.mouse.up()
    middle = handle.bounding_box()
    assert middle["x"] + middle["width"] / 2 == pytest.approx(box["x"] + box["width"] * 0.4, abs=2)
    line = verdict.locator("line.limit").bounding_box()
    assert line["x"] + line["width"] / 2 == pytest.approx(middle["x"] + middle["width"] / 2, abs=1.5)
    page.wait_for_url(re.compile("threshold=0"))


PLAYED = """() => {
  window.played = [];
  const play = Audio.prototype.play;
  HTMLAudioElement.prototype.play = function () { window.played.push(this.src); return Promise.resolve(); };
}"""


def test_clips_dots_and_cells_are_heard(visit):
    page = visit().open("tab=siamese")
    said(page, "cosine")
    page.evaluate(PLAYED)
    page.locator("#siamese-spectra").get_by_role("button", name="Play First clip").click()
    page.locator("#siamese-quiz").get_by_role("button").first.click()
    page.get_by_role("tab", name="Your people").click()
    for view in ("#siamese-matrix", "#siamese-plane"):
        drawn = page.locator(f"{view} svg")
        expect(drawn).to_be_visible(timeout=FIRST)
        drawn.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
    page.locator("#siamese-plane .point").nth(3).click()
    played = page.evaluate("window.played")
    assert len(played) == 5
    for url in played:
        answered = page.request.get(url)
        assert answered.ok and answered.body()[:4] == b"OggS"


def test_several_people_and_a_threshold_of_ones_own(visit):
    page = visit().open("tab=siamese")
    page.get_by_role("tab", name="Your people").click()
    levels = page.locator("#siamese-levels")
    expect(levels).to_contain_text("12 pairs of one person, 54 of two", timeout=FIRST)
    levels.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(levels.locator("[role=status]").first).to_contain_text("0 / 54 (0.0 %)")
    page.keyboard.press("Home")
    expect(levels.locator("[role=status]").first).to_contain_text("54 / 54 (100.0 %)")
    levels.get_by_role("button", name="equal-error").click()
    expect(page.locator("#siamese-matrix .wrong.refused")).to_have_count(0)
    nearest = page.locator("#siamese-plane [role=status]")
    before = nearest.inner_text()
    page.locator("#siamese-plane svg").focus()
    page.keyboard.press("ArrowRight")
    expect(nearest).not_to_have_text(before)
    page.get_by_role("button", name="Enrol people").click()
    page.get_by_role("button", name="Forget all").click()
    expect(page.get_by_text("Nobody is enrolled yet.")).to_be_visible()


@needs("speaker")
@pytest.mark.parametrize(
    "way, step",
    [
        ("many", "Your people"),
        *(
            pytest.param(*p, marks=pytest.mark.slow)
            for p in (("two", "Two fingerprints"), ("along", "Along a recording"))
        ),
    ],
)
def test_a_link_opens_its_inner_mode_and_it_stays_open(visit, way, step):
    page = visit().open(f"tab=siamese&way={way}")
    said(page, "cosine")
    expect(page.locator(".lm-steps:visible > .tab-wrapper [role=tab][aria-selected=true]")).to_contain_text(step)
    seen = set()
    for _ in range(15):
        seen.add((selected(page), page.url))
        page.wait_for_timeout(200)
    assert len({tab for tab, _ in seen}) == 1


@pytest.mark.slow
def test_ten_fast_clicks_end_in_one_stable_step(visit):
    page = visit().open("tab=siamese&way=many")
    said(page, "cosine")
    names = ["Along a recording", "Two fingerprints", "Your people", "Against unseen", "Along a recording"]
    for name in names * 2:
        page.get_by_role("tab", name=name).click(no_wait_after=True)
    page.wait_for_timeout(1500)
    seen = set()
    for _ in range(15):
        seen.add((selected(page), page.url))
        page.wait_for_timeout(200)
    assert len(seen) == 1
    tab, url = seen.pop()
    assert "Along a recording" in tab and "step=along" in url and "way=along" in url


@needs("fingerprint")
def test_recordings_are_indexed_and_found_under_noise(visit):
    page = visit().open("tab=siamese&model=siamese-fingerprint&noise=10")
    expect(page.locator(".prose#siamese-found, #siamese-found .prose").first).to_contain_text("rain", timeout=FIRST)
    pairs = page.locator("#siamese-pairs")
    expect(pairs.locator("canvas")).to_have_count(2)
    assert pairs.locator("line.pair").count() > 10 and pairs.locator("line.thread").count() > 10
    page.get_by_role("button", name="the peaks win").click()
    said(page, "clock tick")
    page.get_by_role("tab", name="Your own recordings").click()
    expect(page.locator("#siamese-index").first).to_contain_text("7 recordings in the index")
    assert page.get_by_role("radio", name="hub's model").count() == 0  # a source would do nothing here


@needs("sound")
def test_a_sound_is_named_and_a_link_opens_it_in_hinglish(visit):
    page = visit().open("tab=siamese&example=rain&lang=hi-Latn")
    said(page, "prototype se cosine")
    expect(page.locator("#siamese-prototypes .point")).to_have_count(11)  # ten, and the sound
    page.get_by_role("tab", name="Confusion, aur aapki classes").click()
    expect(page.get_by_role("table").first).to_contain_text("samundar ki lehrein")
    page.get_by_role("button", name="Bells aur strings jodiye").click()
    expect(page.locator("#siamese-mine").first).to_contain_text("do clips chahiye", timeout=FIRST)
    page.get_by_role("tab", name="Prototypes ka plane").click()
    expect(page.locator("#siamese-prototypes .point")).to_have_count(13, timeout=FIRST)


def test_the_language_changes_all_that_is_on_show(visit):
    page = visit().open("tab=siamese&step=people")
    said(page, "cosine")
    expect(page.locator("#siamese-plane svg")).to_be_visible(timeout=FIRST)
    page.get_by_role("radio", name="Hinglish").check(force=True)
    said(page, "Wahi speaker")
    expect(page.locator("#siamese-plane [role=status]")).to_contain_text("Sabse paas")
    expect(page.locator("#siamese-matrix svg")).to_be_visible()


def test_the_hub_that_is_not_here_is_said_beside_our_answer(visit):
    page = visit().open("tab=siamese&source=both&example=two")
    said(page, "ours")
    expect(page.get_by_role("alert").filter(has_text="ecapa-voxceleb")).to_contain_text("network is off")


@pytest.mark.slow
@pytest.mark.parametrize("query", ["example=two", "model=siamese-fingerprint", "model=siamese-sound", "step=people"])
def test_a_phone_in_the_dark(visit, query):
    page = visit(390, "dark").open(f"tab=siamese&__theme=dark&{query}")
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
        "/siamese_enrol",
        "/siamese_along",
        "/siamese_find",
        "/siamese_sound",
        "/siamese_prove",
    }
    there = client.predict(first=clip("voice-1-0"), second=clip("voice-0-1"), api_name="/siamese_verify")
    back = client.predict(first=clip("voice-0-1"), second=clip("voice-1-0"), api_name="/siamese_verify")
    assert there["score"] == pytest.approx(back["score"], abs=1e-4) and there["same"] == (
        there["score"] >= there["threshold"]
    )
    assert np.linalg.norm(client.predict(clip=clip("voice-1-0"), api_name="/siamese_embed")) == pytest.approx(
        1, abs=1e-3
    )


def test_the_functions_that_enrol_follow_and_prove(client):
    voice = np.array(client.predict(clips=[clip("voice-0-0"), clip("voice-0-1")], api_name="/siamese_enrol"))
    own, other = (np.array(client.predict(clip=clip(c), api_name="/siamese_embed")) for c in ("voice-0-2", "voice-1-0"))
    assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-3) and voice @ own > voice @ other
    along = client.predict(reference=clip("voice-0-0"), recording=clip("talk"), api_name="/siamese_along")
    assert len(along["seconds"]) == len(along["cosines"]) == 27 and max(along["cosines"]) > along["threshold"]
    assert all(check["passed"] for check in client.predict(api_name="/siamese_prove"))


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
