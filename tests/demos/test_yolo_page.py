"""Vision · YOLO as visitors meet it: boxes, suppression, grid, camera, video and Darknet files, in a real browser."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.adapters.test_darknet_detection import write
from tests.demos.conftest import EXAMPLES, SCREENS, check_screen, start_app

WAIT = 60_000  # the first request opens the network


def answered(page, text: str | re.Pattern):
    expect(page.locator(".prose.lm-status").locator("visible=true")).to_contain_text(text, timeout=WAIT)


def view(page):
    return page.locator("#yolo-boxes")


def summary(page) -> str:
    return view(page).locator("p[role=status]").inner_text()


def save_video(path, frames: int = 4) -> None:
    picture = cv2.imread(str(EXAMPLES["yolo"] / "drawing-1.jpg"))
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (picture.shape[1], picture.shape[0]))
    for _ in range(frames):
        video.write(picture)
    video.release()


def test_look_at_an_example_from_all_sides_without_asking_the_network_again(visit):
    visitor = visit()
    page = visitor.open("tab=yolo")
    page.get_by_role("button", name="Smear, drawn", exact=True).click()
    answered(page, "found")
    expect(page.locator(".lm-card").locator("visible=true")).to_contain_text("1,264,265")
    expect(page.locator("#yolo-maps canvas").first).to_be_visible()
    asked = []
    page.on("request", lambda r: "queue/join" in r.url and asked.append(r.url))
    before = summary(page)
    view(page).get_by_label("Least score").fill("0.9")
    fewer = summary(page)
    assert int(fewer.split()[0]) < int(before.split()[0])
    view(page).get_by_label("Least score").fill("1")
    assert "highest score seen is 0.9" in summary(page)
    view(page).get_by_label("Least score").fill("0.25")
    assert summary(page) == before
    view(page).get_by_label("red cell").uncheck()
    assert int(summary(page).split()[0]) < 8
    view(page).get_by_label("red cell").check()
    view(page).get_by_role("button", name="Before and after").click()
    expect(view(page).locator("figure")).to_have_count(2)
    view(page).get_by_role("button", name="Step by step").click()
    view(page).get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(view(page).locator(".stepper")).to_contain_text("Step 2 of")
    page.keyboard.press("Enter")  # the button is drawn anew and keeps the focus
    expect(view(page).locator(".stepper")).to_contain_text("Step 3 of")
    expect(view(page).locator("table").first).to_contain_text("> 0.70")
    view(page).get_by_role("button", name="Grid").click()
    view(page).get_by_role("button", name=re.compile("stride 32: 10")).click()
    view(page).get_by_role("button", name="white cell").click()
    expect(view(page).locator("figcaption")).to_contain_text("“white cell” in each cell of stride 32")
    view(page).get_by_role("button", name="Kept boxes").click()
    view(page).get_by_role("button", name="1", exact=True).click()
    expect(view(page).locator(".edges > div")).to_have_count(4)
    assert asked == []


def test_downloads_hold_what_is_kept(visit):
    page = visit().open("tab=yolo&example=drawing-1&model=yolo-drawings")
    answered(page, "found")
    n = int(summary(page).split()[0])
    texts = {}
    for kind in ("JSON", "CSV", "COCO", "YOLO"):
        with page.expect_download() as download:
            view(page).get_by_role("button", name=kind, exact=True).click()
        texts[kind] = Path(download.value.path()).read_text()
    rows, coco = json.loads(texts["JSON"]), json.loads(texts["COCO"])
    lines = texts["YOLO"].splitlines()
    assert len(rows) == len(coco["annotations"]) == len(lines) == len(texts["CSV"].splitlines()) - 1 == n > 0
    width, height = coco["images"][0]["width"], coco["images"][0]["height"]
    for row, note, line in zip(rows, coco["annotations"], lines, strict=True):
        k, x, y, w, h = map(float, line.split())
        assert (
            coco["categories"][int(k)]["name"] == row["label"] and 0 <= row["box"]["xmin"] < row["box"]["xmax"] <= width
        )
        assert np.allclose(note["bbox"], [(x - w / 2) * width, (y - h / 2) * height, w * width, h * height], atol=0.11)


def test_upload_and_what_is_wrong_in_hinglish(visit, tmp_path):
    page = visit().open("tab=yolo&lang=hi-Latn&model=yolo-drawings")
    expect(page.get_by_label("Hinglish")).to_be_checked(timeout=WAIT)  # the server has answered the link
    Image.new("RGB", (60, 1), "white").save(tmp_path / "flat.png")
    page.locator("#yolo-photo input[type=file]").set_input_files(str(tmp_path / "flat.png"))
    expect(page.get_by_text("Chahiye tha: ")).to_be_visible(timeout=WAIT)
    page.locator("#yolo-photo").get_by_role("button", name=re.compile("remove|clear", re.I)).first.click()
    Image.new("RGB", (200, 150), "white").save(tmp_path / "empty.png")
    page.locator("#yolo-photo input[type=file]").set_input_files(str(tmp_path / "empty.png"))
    answered(page, "sabse bada score")


def test_language_and_link_keep_the_state(visit):
    first = visit().open("tab=yolo")
    first.get_by_role("button", name="Drawings 2").click()
    answered(first, "found")
    first.get_by_label("Hinglish").click()
    answered(first, "mile")
    expect(view(first).get_by_role("button", name="Ek ek step")).to_be_visible()
    page = visit().open(first.url.split("?", 1)[1])
    answered(page, "mile")
    assert summary(page) == summary(first) and "example=drawing-2" in page.url


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open("tab=yolo&source=both")
    page.get_by_role("button", name="Bus (hub)").click()
    alert = page.get_by_role("alert").filter(has_text="yolov8n")
    expect(alert).to_contain_text("network is off", timeout=WAIT)


def test_video_with_progress_and_a_broken_one(visit, tmp_path):
    page = visit().open("tab=yolo&model=yolo-drawings")
    page.get_by_role("tab", name="Video").click()
    page.get_by_role("button", name="Look through the video").click()
    expect(page.get_by_text("There is no video")).to_be_visible(timeout=WAIT)
    save_video(tmp_path / "a.mp4")
    page.locator("#yolo-video input[type=file]").set_input_files(str(tmp_path / "a.mp4"))
    expect(page.locator("#yolo-video video")).to_be_visible()
    page.get_by_role("button", name="Look through the video").click()
    answered(page, "2 frames looked at. Seen: ")
    expect(view(page).locator("table")).to_be_visible()
    page.get_by_label("Hinglish").click()
    answered(page, "2 frames dekhe")


def test_camera(visit):
    visitor = visit()
    visitor.context.grant_permissions(["camera"])
    page = visitor.open("tab=yolo")
    page.get_by_role("tab", name="Camera").click()
    camera = page.locator("#yolo-camera")
    camera.get_by_role("button", name="Access").click()
    camera.get_by_role("button", name="capture photo").click()
    answered(page, "frames per second")
    expect(view(page).locator("img")).to_be_visible()
    slider = view(page).get_by_label("Least score")
    slider.evaluate("e => { e.value = 0.77; e.dispatchEvent(new Event('input')); }")
    shown = view(page).locator("img").get_attribute("src")
    expect(view(page).locator("img")).not_to_have_attribute("src", shown, timeout=WAIT)  # the next frame
    assert slider.input_value() == "0.77"


def test_darknet_files_from_the_folder_named_at_start(visit, tmp_path):
    write(tmp_path)
    process, address = start_app("--offline", "--darknet", str(tmp_path))
    try:
        page = visit(address=address).open("tab=yolo&source=darknet&example=cells-1")
        answered(page, "Darknet files through OpenCV:")
        expect(page.locator(".lm-card").locator("visible=true")).to_contain_text("net")
        expect(view(page).get_by_role("button", name="Step by step")).to_be_visible()
        expect(view(page).get_by_role("button", name="Grid")).to_have_count(0)  # their cells are not told
        page.close()  # before its server goes
    finally:
        process.terminate()
        process.wait(20)


def test_darknet_without_a_folder_says_how_to_name_one(visit):
    page = visit().open("tab=yolo&example=cells-1&source=darknet")
    expect(page.get_by_role("alert").filter(has_text="--darknet DIR")).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme):
    page = visit(width, scheme).open(f"tab=yolo&example=drawing-1&model=yolo-drawings&__theme={scheme}")
    answered(page, "found")
    check_screen(page)
