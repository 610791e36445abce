"""The page as visitors meet it: Vision · CNN and Start, in a real browser."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.demos.conftest import EXAMPLES, SCREENS, check_screen, drawn

TSHIRT = "T-shirt or top"


def status(page, text: str):
    expect(page.locator(".lm-answered .prose.lm-status:visible")).to_contain_text(text, timeout=30_000)


def answered(page, text: str):
    """All steps of an example or a drawing are there."""
    status(page, text)
    page.wait_for_function("location.search.includes('example=') || location.search.includes('drawing=')")


def test_one_number_unfolds_where_it_stands(visit):
    page = visit().open("tab=cnn")
    answered(page, TSHIRT)  # a page opens on its first example
    expect(page.locator(".prose.lm-facts:visible")).to_contain_text("172,746")
    stages = page.locator("#cnn-stages")
    stages.get_by_role("button", name=re.compile("^relu3, map")).nth(2).hover()
    expect(stages.locator(".status")).to_contain_text("Fed most by pool2")
    assert stages.locator(".edges path").count() == 7 and stages.locator(".feeds").count() == 7
    stages.get_by_role("button", name=re.compile("^All 48 maps of relu3")).click()
    stages.locator(".tray").get_by_role("button", name="relu3, map 5", exact=True).click()
    panel = stages.locator(".lm-convolution")
    expect(panel.locator("h4")).to_contain_text("Convolution 3, map 5")
    expect(panel).to_contain_text("29 other maps")
    assert panel.locator(".inputs .input").count() == 32 and stages.locator(".folded").count() == 9
    said = panel.locator("h4").inner_text()
    panel.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.locator("h4")).not_to_have_text(said)
    expect(page).to_have_url(re.compile(r"pick=relu3\.5\."), timeout=30_000)
    panel.get_by_role("button", name="Slide the window").click()
    said = panel.locator("h4").inner_text()
    expect(panel.locator("h4")).not_to_have_text(said)
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Fold up again").click()
    expect(panel).to_have_count(0)
    stages.get_by_role("button", name=re.compile("^T-shirt or top")).click()
    expect(panel).to_contain_text("softmax")


def test_an_unfolded_number_stays_in_another_language_and_in_a_copied_link(visit):
    page = visit().open("tab=cnn&pick=relu2.3.4.12&scale=map")
    panel = page.locator("#cnn-stages .lm-convolution")
    expect(panel.locator("h4")).to_contain_text("Convolution 2, map 3, row 4, column 12", timeout=30_000)
    expect(page.get_by_role("button", name="each map by itself")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Hinglish").click()
    expect(panel).to_contain_text("Window chalaiye")
    assert "pick=relu2.3.4.12" in page.url


def test_maps_follow_a_dragged_picture(visit):
    page = visit().open("tab=cnn&step=move")
    answered(page, TSHIRT)
    told = page.locator("#cnn-shift .told")
    expect(told).to_contain_text("stays", timeout=30_000)
    drawn(page)
    pad = page.locator("#cnn-shift .pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    pixel = box["width"] / 28
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100 + 4 * pixel, box["y"] + 100, steps=6)
    expect(page.locator("#cnn-shift .left p")).to_contain_text("4 right")
    expect(page.locator("#cnn-shift .row", has_text="pool2")).to_contain_text("exact")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"move=4\.0"), timeout=30_000)
    pad.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cnn-shift .row", has_text="pool2")).not_to_contain_text("exact")
    page.locator("#cnn-examples button").nth(2).click()
    answered(page, "Ankle boot")
    expect(page.locator("#cnn-shift .left p")).to_contain_text("0 right")


def test_reasons_filters_and_a_kernel_of_ones_own(visit):
    page = visit().open("tab=cnn&step=why")
    answered(page, TSHIRT)
    reasons = page.locator("#cnn-reasons")
    expect(reasons.locator("figure")).to_have_count(2, timeout=30_000)
    reasons.get_by_role("button", name="blocks of 4 × 4").click()
    expect(page).to_have_url(re.compile("grain=blocks"), timeout=30_000)
    reasons.get_by_role("button", name=re.compile("^Shirt")).click()
    expect(reasons.locator("figcaption").first).to_contain_text("“Shirt”", timeout=30_000)
    reasons.get_by_role("application").first.focus()
    page.keyboard.press("ArrowDown")
    expect(reasons.locator(".read").first).to_contain_text("row 15")
    page.get_by_role("tab", name="What filters like").click()
    filters = page.locator("#cnn-filters")
    filters.get_by_role("group", name="Convolution", exact=True).get_by_role("button", name="2").click()
    expect(filters.locator("h4", has_text="kernels of convolution 2")).to_be_visible(timeout=30_000)
    filters.locator(".kernel").nth(2).click()
    expect(filters.locator("h4", has_text="What excites filter 2 most")).to_be_visible(timeout=30_000)
    expect(filters.locator("figure")).to_have_count(12)
    page.get_by_role("tab", name="Your own kernel").click()
    toy = page.locator("#cnn-toy")
    toy.get_by_role("group", name="Stride").get_by_role("button", name="2").click()
    expect(toy.locator(".formula")).to_contain_text("= 14")
    toy.get_by_role("spinbutton").nth(4).fill("3")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("toy=-10"), timeout=30_000)


def test_code_and_proof(visit):
    page = visit().open("tab=cnn")
    answered(page, TSHIRT)
    page.get_by_role("button", name="Code").click()
    page.get_by_role("button", name="Show layers and source").click()
    expect(page.locator(".lm-fold .lm-table:visible").first).to_contain_text("172,746")
    page.get_by_role("button", name="Proof").click()
    page.get_by_role("button", name="Run the check here").click()
    expect(page.get_by_role("table").last).to_contain_text("✓ equal")
    assert page.get_by_text("✗").count() == 0


def test_upload_and_bad_files_in_the_visitors_language(visit, tmp_path):
    page = visit().open("tab=cnn&lang=hi-Latn&way=photo")
    answered(page, "T-shirt ya top")
    (tmp_path / "fake.png").write_text("I am text")
    chooser = page.locator("#cnn-photo input[type=file]")
    chooser.set_input_files(str(tmp_path / "fake.png"))
    expect(page.get_by_text("Chahiye tha: ")).to_be_visible(timeout=30_000)  # the first request opens the network
    assert page.get_by_text("Traceback").count() == 0 and page.locator(".lm-bars li:visible").count() == 0
    chooser = page.locator("#cnn-photo input[type=file]")
    if chooser.count() == 0:
        page.locator("#cnn-photo").get_by_role("button", name=re.compile("remove|clear", re.I)).first.click()
    Image.open(EXAMPLES["cnn"] / "photo-boot.jpg").save(tmp_path / "boot.png")
    page.locator("#cnn-photo input[type=file]").set_input_files(str(tmp_path / "boot.png"))
    status(page, "Ankle boot")


@pytest.mark.slow
def test_a_file_of_forty_megabytes_is_refused_and_the_next_one_works(visit, tmp_path):
    page = visit().open("tab=cnn&lang=hi-Latn&way=photo")
    answered(page, "T-shirt ya top")
    with (tmp_path / "heavy.png").open("wb") as file:
        file.write((EXAMPLES["cnn"] / "sneaker.png").read_bytes())
        file.truncate(40_000_000)
    page.locator("#cnn-photo input[type=file]").set_input_files(str(tmp_path / "heavy.png"))
    expect(page.get_by_text("Chahiye tha: <= 20 MB. Mila: 40.0 MB.")).to_be_visible(
        timeout=180_000
    )  # a busy machine takes its time
    page.get_by_role("button", name="Boot", exact=True).click()
    answered(page, "Ankle boot")


def test_draw_by_mouse_and_by_keyboard(visit):
    page = visit().open("tab=cnn&model=cnn-digits")
    answered(page, "2")
    pad = page.locator("#cnn-pad canvas")
    expect(pad).to_be_visible()
    page.wait_for_timeout(500)  # the tab's views have been drawn
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    page.mouse.down()
    for x, y in ((190, 60), (160, 140), (130, 220)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()
    answered(page, "7")
    assert "drawing=" in page.url
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".lm-bars li:visible")).to_have_count(0)  # an empty pad keeps no answer
    assert "drawing=" not in page.url
    pad.focus()
    for key in [*["ArrowUp"] * 9, " ", *["ArrowDown"] * 18, " "]:
        page.keyboard.press(key)
    answered(page, "1")


def test_a_copied_link_opens_the_same_state_in_another_window(visit):
    first = visit().open("tab=cnn")
    first.get_by_role("button", name="Boot", exact=True).click()
    answered(first, "Ankle boot")
    first.get_by_label("Hinglish").click()
    expect(first.get_by_role("heading", name="Andar dekhiye")).to_be_visible()
    expect(first.locator(".prose.lm-status:visible")).to_contain_text("bharose ke saath")
    second = visit()
    page = second.open(first.url.split("?", 1)[1])
    answered(page, "Ankle boot")
    expect(page.get_by_role("heading", name="Andar dekhiye")).to_be_visible()


def test_a_broken_link_is_told_and_works(visit):
    page = visit().open("tab=cnn&source=nonsense&model=%00&example=../../etc/passwd&drawing=!!")
    expect(page.get_by_text("could not be used")).to_be_visible()
    page.get_by_role("button", name="Boot", exact=True).click()
    answered(page, "Ankle boot")


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open("tab=cnn&source=both&example=photo-boot.jpg")
    answered(page, "Ankle boot")
    expect(page.get_by_role("alert").filter(has_text="resnet-50")).to_contain_text("network is off")


def test_two_visitors_never_see_each_others_results(visit):
    one, two = visit().open("tab=cnn"), visit().open("tab=cnn")
    one.get_by_role("button", name="Boot", exact=True).click()
    two.get_by_role("button", name="Trousers", exact=True).click()
    answered(one, "Ankle boot")
    answered(two, "Trouser")
    answered(one, "Ankle boot")


def test_by_keyboard_alone(visit):
    page = visit().open("tab=cnn")
    answered(page, TSHIRT)
    page.get_by_role("button", name="Boot", exact=True).focus()
    page.keyboard.press("Enter")
    answered(page, "Ankle boot")
    assert page.evaluate("document.activeElement.dataset.id") == "photo-boot.jpg"  # the row is drawn anew, focus stays
    page.locator("#cnn-stages .cell[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#cnn-stages .lm-convolution h4")).to_contain_text("Convolution 2")
    page.keyboard.press("Escape")
    expect(page.locator("#cnn-stages .lm-convolution")).to_have_count(0)


def test_by_finger_a_number_unfolds_below_the_columns(visit):
    page = visit(390).open("tab=cnn&model=cnn-digits")
    answered(page, "2")
    page.get_by_role("button", name=re.compile("^relu2, map")).first.tap()
    panel = page.locator("#cnn-stages .lm-convolution")
    expect(panel.locator("h4")).to_contain_text("Convolution 2")
    box = panel.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 391


@pytest.mark.slow
def test_each_model_offers_its_own_examples(visit):
    page = visit().open("tab=cnn")
    answered(page, TSHIRT)
    page.get_by_label("Digits").click()
    answered(page, "2")
    page.locator("#cnn-examples").get_by_role("button", name="Nine").click()
    answered(page, "9")


def test_the_camera_is_not_mirrored(visit):
    page = visit().open("tab=cnn&way=camera")
    answered(page, TSHIRT)
    page.locator("#cnn-camera").get_by_role("button").first.click()
    video = page.locator("#cnn-camera video")
    expect(video).to_be_visible()
    assert "flip" not in (video.get_attribute("class") or "") and video.evaluate(
        "v => getComputedStyle(v).transform"
    ) in ("none", "matrix(1, 0, 0, 1, 0, 0)")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [*SCREENS, pytest.param(390, "light", marks=pytest.mark.slow)])
@pytest.mark.parametrize("tab", ["cnn&example=photo-boot.jpg"])
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, tab):
    page = visit(width, scheme).open(f"tab={tab}&__theme={scheme}")
    answered(page, "Ankle boot")
    check_screen(page)
