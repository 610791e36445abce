"""The page as visitors meet it: Vision · CNN and Start, in a real browser."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.demos.conftest import EXAMPLES, SCREENS, check_screen

TSHIRT = "T-shirt or top"


def answered(page, text: str):
    expect(page.locator(".prose.lm-status")).to_contain_text(text, timeout=30_000)


def test_classify_an_example_and_look_inside(visit):
    page = visit().open("tab=cnn")
    page.get_by_role("button", name="T-shirt").click()
    answered(page, TSHIRT)
    expect(page.locator(".lm-card")).to_contain_text("172,746")
    page.get_by_role("button", name=re.compile("^relu3")).click()
    page.get_by_role("button", name="map 5", exact=True).click()
    page.locator("#cnn-maps .frame canvas").click(position={"x": 100, "y": 100})
    expect(page.locator("#cnn-step h4")).to_contain_text("Convolution 3, map 5")
    expect(page.locator("#cnn-step")).to_contain_text("other input maps")
    before = page.locator("#cnn-step h4").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cnn-step h4")).not_to_have_text(before)
    page.get_by_role("spinbutton", name="right").fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("answer (stays|changes)")).first).to_be_visible()
    page.get_by_role("button", name="Show it for this picture").click()
    expect(page.get_by_role("img", name="Which pixels speak")).to_be_visible()
    page.get_by_role("button", name="Show the filters").click()
    page.locator("#cnn-filters button").nth(2).click()
    expect(page.locator("#cnn-patches img")).to_have_count(8)


def test_code_and_proof(visit):
    page = visit().open("tab=cnn")
    page.get_by_role("button", name="Code").click()
    page.get_by_role("button", name="Show layers and source").click()
    expect(page.get_by_role("table")).to_contain_text("172,746")
    page.get_by_role("button", name="Proof").click()
    page.get_by_role("button", name="Run the check here").click()
    expect(page.get_by_role("table").last).to_contain_text("✓ equal")
    assert page.get_by_text("✗").count() == 0


def test_upload_and_bad_files_in_the_visitors_language(visit, tmp_path):
    page = visit().open("tab=cnn&lang=hi-Latn")
    (tmp_path / "fake.png").write_text("I am text")
    chooser = page.locator("#cnn-photo input[type=file]")
    chooser.set_input_files(str(tmp_path / "fake.png"))
    expect(page.get_by_text("Chahiye tha: ")).to_be_visible(timeout=30_000)  # the first request opens the network
    assert page.get_by_text("Traceback").count() == 0
    chooser = page.locator("#cnn-photo input[type=file]")
    if chooser.count() == 0:
        page.locator("#cnn-photo").get_by_role("button", name=re.compile("remove|clear", re.I)).first.click()
    Image.open(EXAMPLES["cnn"] / "photo-boot.jpg").save(tmp_path / "boot.png")
    page.locator("#cnn-photo input[type=file]").set_input_files(str(tmp_path / "boot.png"))
    answered(page, "Ankle boot")


def test_a_file_of_forty_megabytes_is_refused_and_the_next_one_works(visit, tmp_path):
    page = visit().open("tab=cnn&lang=hi-Latn")
    with (tmp_path / "heavy.png").open("wb") as file:
        file.write((EXAMPLES["cnn"] / "sneaker.png").read_bytes())
        file.truncate(40_000_000)
    page.locator("#cnn-photo input[type=file]").set_input_files(str(tmp_path / "heavy.png"))
    expect(page.get_by_text("Chahiye tha: <= 20 MB. Mila: 40.0 MB.")).to_be_visible(
        timeout=180_000
    )  # a busy machine takes its time
    page.get_by_role("button", name="Boot").click()
    answered(page, "Ankle boot")


def test_draw_by_mouse_and_by_keyboard(visit):
    page = visit().open("tab=cnn&model=cnn-digits")
    page.get_by_role("tab", name="Draw").click()
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
    pad.focus()
    for key in [*["ArrowUp"] * 9, " ", *["ArrowDown"] * 18, " "]:
        page.keyboard.press(key)
    answered(page, "1")


def test_a_copied_link_opens_the_same_state_in_another_window(visit):
    first = visit().open("tab=cnn")
    first.get_by_role("button", name="Boot").click()
    answered(first, "Ankle boot")
    first.get_by_label("Hinglish").click()
    expect(first.get_by_role("heading", name="Andar dekhiye")).to_be_visible()
    expect(first.locator(".prose.lm-status")).to_contain_text("humara network")
    second = visit()
    page = second.open(first.url.split("?", 1)[1])
    answered(page, "Ankle boot")
    expect(page.get_by_role("heading", name="Andar dekhiye")).to_be_visible()


def test_a_broken_link_is_told_and_works(visit):
    page = visit().open("tab=cnn&source=nonsense&model=%00&example=../../etc/passwd&drawing=!!")
    expect(page.get_by_text("could not be used")).to_be_visible()
    page.get_by_role("button", name="Boot").click()
    answered(page, "Ankle boot")


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open("tab=cnn&source=both&example=photo-boot.jpg")
    answered(page, "Ankle boot")
    expect(page.get_by_role("alert").filter(has_text="resnet-50")).to_contain_text("network is off")


def test_two_visitors_never_see_each_others_results(visit):
    one, two = visit().open("tab=cnn"), visit().open("tab=cnn")
    one.get_by_role("button", name="Boot").click()
    two.get_by_role("button", name="Trousers").click()
    answered(one, "Ankle boot")
    answered(two, "Trouser")
    answered(one, "Ankle boot")


def test_by_keyboard_alone(visit):
    page = visit().open("tab=cnn")
    page.get_by_role("button", name="Boot").focus()
    page.keyboard.press("Enter")
    answered(page, "Ankle boot")


@pytest.mark.parametrize(("width", "scheme"), [*SCREENS, pytest.param(390, "light", marks=pytest.mark.slow)])
@pytest.mark.parametrize("tab", ["start", "cnn&example=photo-boot.jpg"])
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, tab):
    page = visit(width, scheme).open(f"tab={tab}&__theme={scheme}")
    if "cnn" in tab:
        answered(page, "Ankle boot")
    else:
        expect(page.get_by_role("table").first).to_be_visible()
    check_screen(page)


def test_start_ranks_and_tells_what_is_here(visit):
    page = visit().open()
    expect(page.get_by_role("table").first).to_contain_text("CNN")
    page.get_by_label("a GPU").click()
    page.get_by_label("little: up to hundreds").click()
    expect(page.get_by_text("take a pretrained one").first).to_be_visible()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text(re.compile(r"This page uses [\d,]+ MB"))).to_be_visible()


def test_start_asks_every_model_at_the_press_of_a_button(visit):
    page = visit().open("tab=start&lang=hi-Latn")
    page.get_by_role("button", name="Har model ko khol kar poochiye").click()
    table = page.get_by_role("region", name="Isi machine pe khola")
    expect(table).to_contain_text("python -m lmdemo fetch resnet-50", timeout=60_000)
    expect(table.get_by_role("row", name=re.compile("cnn-fashion"))).to_contain_text("theek")
