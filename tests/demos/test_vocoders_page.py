"""WaveNet, WaveRNN and WaveGlow in a real browser, and their functions over the API."""

import re

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

import demos
from demos.tabs.audio.vocoding.functions import path
from tests.demos.conftest import SCREENS, check_screen

FIRST = 60_000  # ms; the first request opens the networks and compiles their loops
ON_PAGE = [row.member for row in demos.TABS if row.tab.startswith("demos.tabs.audio.wave")]
wavenet, wavernn = (pytest.mark.parametrize("member", [m for m in ON_PAGE if m == n]) for n in ("wavenet", "wavernn"))
PLAYED = """() => {
  window.played = [];
  HTMLAudioElement.prototype.play = function () { window.played.push([this.src, this.currentTime]); return Promise.resolve(); };
  HTMLAudioElement.prototype.pause = function () {};
}"""


def opened(visit, member: str, *args, more: str = "&example=reader&beside=lpc-noise"):
    """A vocoder's page with its answer; who speaks beside it is quick."""
    page = visit(*args).open(f"tab={member}{more}")
    rows = page.locator(f"#{member}-players .track")
    expect(rows).to_have_count(3, timeout=FIRST)
    expect(page.locator(f"#{member}-said")).to_contain_text("×", timeout=FIRST)
    return page, rows


@pytest.mark.parametrize("width, scheme", SCREENS)
@pytest.mark.parametrize("member", ON_PAGE)
def test_its_steps_fit_the_screen_and_have_no_fault_that_axe_finds(visit, member, width, scheme):
    page, _ = opened(visit, member, width, scheme, more=f"&example=reader&beside=lpc-noise&__theme={scheme}")
    steps = page.locator(f"#panel-{member} .lm-steps > .tab-wrapper [role=tab]")
    for i in range(steps.count()):
        steps.nth(i).click()
        expect(page.locator(f"#panel-{member} .lm-guess .asked:visible").first).to_be_visible(timeout=FIRST)
        check_screen(page)


def test_another_voice_goes_on_at_the_same_moment_by_mouse_and_keyboard(visit):
    page, rows = opened(visit, "waveglow")
    page.evaluate(PLAYED)
    line = page.locator("#waveglow-players input[type=range]")
    line.focus()
    for _ in range(100):  # a second on
        page.keyboard.press("ArrowRight")
    rows.nth(0).click()
    rows.nth(1).click()
    page.locator("#waveglow-players .flip").click()
    page.keyboard.press("3")
    played = page.evaluate("window.played")
    assert played[0][0] == played[2][0]  # back to the one before
    assert len({url for url, _ in played}) == 3 and all(at == pytest.approx(1, abs=0.05) for _, at in played)
    for url, _ in played:
        answered = page.request.get(url)
        assert answered.ok and answered.body()[:4] == b"RIFF"
    expect(rows.nth(2)).to_have_attribute("data-on", "true")


def test_it_is_heard_while_it_is_made(visit):
    page, _ = opened(visit, "waveglow")
    page.evaluate("""() => {
      window.heard = 0;
      const start = AudioBufferSourceNode.prototype.start;
      AudioBufferSourceNode.prototype.start = function (at) { window.heard += this.buffer.length; start.call(this, at); };
    }""")
    page.locator("#waveglow-speak").click()
    expect(page.locator("#waveglow-live")).to_contain_text("real time", timeout=FIRST)
    page.wait_for_function("() => window.heard > 36_000", timeout=FIRST)  # all of 2.3 seconds, each piece once
    assert page.evaluate("window.heard") <= 37_120


@wavenet
def test_kernel_and_dilations_draw_another_tree_and_stand_in_the_link(visit, member):
    page, _ = opened(visit, member)
    page.locator("#step-wavenet-reach-button").click()
    told = page.locator("#wavenet-reach-said")
    expect(told).to_contain_text("511 samples")
    box = page.locator("#wavenet-dilations input, #wavenet-dilations textarea").first
    box.fill("1, 2, 4")
    box.press("Enter")
    expect(told).to_contain_text("8 samples")
    page.wait_for_url(re.compile("dilations=1"))
    tree = page.locator("#wavenet-reach svg")
    tree.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#wavenet-reach [role=status]")).to_contain_text("Block 3, dilation 4")
    box.fill("one, two")
    box.press("Enter")
    expect(page.get_by_text("reach back too far, or not at all").first).to_be_visible()


@wavenet
def test_a_sample_is_chosen_and_written_out(visit, member):
    page, _ = opened(visit, member)
    page.locator("#step-wavenet-sample-button").click()
    view = page.locator("#wavenet-levels")
    expect(view.locator("h4").nth(1)).to_contain_text("Sample", timeout=FIRST)
    before = view.locator("h4").nth(1).inner_text()
    view.locator("svg").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(view.locator("h4").nth(1)).not_to_have_text(before, timeout=FIRST)
    page.wait_for_url(re.compile("at="))
    expect(view.locator("svg").nth(1)).to_be_focused()
    expect(page.locator("#wavenet-products")).to_contain_text("wave × gate")


@wavernn
def test_the_temperature_sharpens_at_once_and_is_heard_when_it_is_let_go(visit, member):
    page, _ = opened(visit, member)
    page.locator("#step-wavernn-levels-button").click()
    view = page.locator("#wavernn-levels")
    told = view.locator("[role=status]")
    expect(told).to_contain_text("At temperature 0.85", timeout=FIRST)
    heat = view.get_by_role("slider", name="Temperature")
    heat.focus()
    page.keyboard.press("ArrowLeft")
    expect(told).to_contain_text("At temperature 0.80")
    page.wait_for_url(re.compile("temperature=0.8"))
    expect(page.locator("#wavernn-live")).to_contain_text("real time", timeout=FIRST)


def test_a_voice_comes_back_from_its_noise_and_the_scale_stands_in_the_link(visit):
    page, _ = opened(visit, "waveglow")
    page.locator("#step-waveglow-latent-button").click()
    expect(page.locator("#waveglow-latent-said")).to_contain_text("deviation", timeout=FIRST)
    scale = page.locator("#waveglow-scale input[type=range]")
    scale.focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile("scale=0"))
    expect(page.locator("#waveglow-back")).to_contain_text("noise × 0.00", timeout=FIRST)
    page.locator("#step-waveglow-flow-button").click()
    expect(page.locator("#waveglow-flow .title strong")).to_have_count(7)


def test_a_clip_goes_along_from_speech(visit):
    page = visit().open("tab=lstm-speech")
    expect(page.locator("#panel-lstm-speech .lm-facts .lm-line").first).to_be_visible(timeout=FIRST)
    page.locator("#speech-clip").get_by_role("button", name=re.compile("clear|remove", re.I)).first.click()
    page.locator("#speech-clip").get_by_role("button", name="Upload file").click()
    page.locator("#speech-clip input[type=file]").set_input_files(path("unheard"))
    expect(page.locator("#speech-example input:checked")).to_have_count(0, timeout=FIRST)
    page.wait_for_timeout(1_000)
    page.locator("#panel-lstm-speech").get_by_role("link", name="WaveGlow").click()
    expect(page.locator("#waveglow-said")).to_contain_text("×", timeout=FIRST)
    expect(page.locator("#waveglow-example input:checked")).to_have_count(0)
    expect(page.locator("#waveglow-players .clock")).to_contain_text("/ 2.9 s", timeout=FIRST)


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def test_waveglow_over_the_api(client):
    clip = handle_file(path("reader"))
    heard = client.predict(clip=clip, sigma=0.5, api_name="/waveglow_speak")
    assert heard.endswith(".wav")
    latent = client.predict(clip=clip, api_name="/waveglow_latent")
    assert latent["error"] < 1e-3 and latent["deviation"] > 0
    assert any(row["kind"] == "affine coupling" for row in client.predict(api_name="/waveglow_layers"))
    with pytest.raises(AppError, match="sigma: 0 - 2"):
        client.predict(clip=clip, sigma=-1, api_name="/waveglow_speak")


@wavenet
def test_wavenet_over_the_api(client, member):
    assert client.predict(kernel_size=2, dilations="1,2,4", api_name="/wavenet_reach")["samples"] == 8
    with pytest.raises(AppError, match="reach back"):
        client.predict(dilations="99999999", api_name="/wavenet_reach")


@wavernn
def test_wavernn_over_the_api(client, member):
    levels = client.predict(clip=handle_file(path("reader")), at=9_000, api_name="/wavernn_levels")
    assert sum(levels["probabilities"]) == pytest.approx(1, abs=1e-3)
