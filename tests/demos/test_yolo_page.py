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


def step(page, key: str):
    page.locator(f"#step-yolo-{key}-button").click()


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
    answered(page, "23 found")
    expect(page.locator(".lm-facts").locator("visible=true").first).to_contain_text("1,264,265")
    asked = []
    page.on("request", lambda r: "queue/join" in r.url and asked.append(r.url))
    before = summary(page)
    view(page).get_by_label("Least score").fill("0.9")
    fewer = summary(page)
    assert int(fewer.split()[0]) < int(before.split()[0])
    page.wait_for_url(re.compile("score=0.9"))
    view(page).get_by_label("Least score").fill("1")
    assert "highest score seen is 0.9" in summary(page)
    view(page).get_by_label("Least score").fill("0.25")
    assert summary(page) == before and "score=" not in page.url
    view(page).get_by_role("button", name="red cell").click()
    assert int(summary(page).split()[0]) < 8
    page.wait_for_url(re.compile("off=RBC"))
    view(page).get_by_role("button", name="red cell").click()
    suppression = page.locator("#yolo-suppression")
    suppression.get_by_role("button", name="Before and after").click()
    expect(suppression.locator("figure")).to_have_count(2)
    page.wait_for_url(re.compile("mode=both"))
    suppression.get_by_role("button", name="Step by step").click()
    suppression.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(suppression.locator(".stepper")).to_contain_text("Step 2 of")
    page.keyboard.press("Enter")  # the button is drawn anew and keeps the focus
    expect(suppression.locator(".stepper")).to_contain_text("Step 3 of")
    expect(suppression.locator("table").first).to_contain_text("> 0.70")
    suppression.get_by_label("Most overlap").fill("0.05")  # moves the answer, too
    assert int(summary(page).split()[0]) < int(before.split()[0])
    suppression.get_by_label("Most overlap").fill("0.7")
    step(page, "grid")
    grid = page.locator("#yolo-grid")
    grid.get_by_role("button", name=re.compile("stride 32: 10")).click()
    grid.get_by_role("button", name="white cell").click()
    expect(grid.locator("figcaption")).to_contain_text("“white cell” in each cell of stride 32")
    step(page, "threshold")
    precision = page.locator("#yolo-precision")
    expect(precision.locator("p[role=status]")).to_contain_text("of 25 found")
    precision.get_by_label("least score", exact=True).fill("0.6")
    expect(precision.locator("p[role=status]")).to_contain_text("at 0.60: 17 of 25 found, 0 wrong, 8 missed")
    step(page, "training")
    expect(page.locator("#yolo-responsible p[role=status]")).to_contain_text("have to answer for it")
    step(page, "maps")
    expect(page.locator("#yolo-maps canvas").first).to_be_visible()
    assert asked == []


def test_a_box_is_taken_apart(visit):
    page = visit().open("tab=yolo")
    answered(page, "10 found")
    step(page, "edges")
    edges = page.locator("#yolo-edges")
    expect(edges.locator(".edge")).to_have_count(4)
    expect(edges.locator("figcaption")).to_have_text("What the name rests on", timeout=WAIT)
    edges.get_by_role("button", name="#4 · star").click()
    expect(edges.locator("p").first).to_contain_text("Box #4, star")
    expect(edges.locator("canvas.heat")).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_box_has_its_name_and_no_name_covers_another(visit, width):
    page = visit(width).open("tab=yolo")
    answered(page, "10 found")
    tags = view(page).locator(".tag")
    expect(tags).to_have_count(10)
    names = ["0", "0", "star", "5", "7", "star", "star", "circle", "1", "8"]
    assert [t.split()[0] for t in tags.all_inner_texts()] == names
    boxes = [t.bounding_box() for t in tags.all()]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            apart = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            assert apart or a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
    assert float(tags.first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 11


def test_a_link_brings_thresholds_labels_and_the_step_back(visit):
    query = "tab=yolo&model=yolo-drawings&example=drawing-2&score=0.93&off=star&mode=both&step=suppress&iou=0.5"
    page = visit().open(query)
    answered(page, "10 found")
    assert summary(page).startswith("4 boxes kept")
    expect(page.locator("#yolo-suppression figure")).to_have_count(2)
    assert view(page).get_by_label("Most overlap").input_value() == "0.5"
    expect(view(page).get_by_role("button", name="star")).to_have_attribute("aria-pressed", "false")
    for part in ("score=0.93", "off=star", "mode=both", "iou=0.5"):
        assert part in page.url


def test_downloads_hold_what_is_kept(visit):
    page = visit().open("tab=yolo&example=drawing-1&model=yolo-drawings")
    answered(page, "found")
    n = int(summary(page).split()[0])
    view(page).locator("summary").click()
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
    expect(page.locator("#panel-yolo .lm-facts .lm-line").first).to_be_visible(timeout=WAIT)  # the page's own example
    page.wait_for_timeout(1_000)
    Image.new("RGB", (60, 1), "white").save(tmp_path / "flat.png")
    page.locator("#yolo-photo input[type=file]").set_input_files(str(tmp_path / "flat.png"))
    expect(page.get_by_text("Chahiye tha: ")).to_be_visible(timeout=WAIT)
    expect(view(page).locator("img")).to_have_count(0)  # no old answer under what was refused
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
    expect(first.locator("#yolo-suppression").get_by_role("button", name="Ek ek step")).to_be_visible()
    page = visit().open(first.url.split("?", 1)[1])
    answered(page, "mile")
    assert summary(page) == summary(first) and "example=drawing-2" in page.url


def test_a_hub_that_cannot_be_reached_is_said_beside_our_answer(visit):
    page = visit().open("tab=yolo&source=both")
    page.get_by_role("button", name="Bus (hub)").click()
    alert = page.get_by_role("alert").filter(has_text="yolov8n")
    expect(alert).to_contain_text("network is off", timeout=WAIT)
    answered(page, "no answer from yolov8n")


def test_video_with_progress_and_a_broken_one(visit, tmp_path):
    page = visit().open("tab=yolo&model=yolo-drawings")
    page.get_by_role("tab", name="Video").click()
    page.get_by_role("button", name="Look through the video").click()
    expect(page.get_by_text("There is no video")).to_be_visible(timeout=WAIT)
    save_video(tmp_path / "a.mp4")
    page.locator("#yolo-video input[type=file]").set_input_files(str(tmp_path / "a.mp4"))
    expect(page.locator("#yolo-video video")).to_be_visible()
    page.get_by_role("button", name="Look through the video").click()
    answered(page, "of 2 frames")
    film = page.locator("#yolo-film video")
    expect(film).to_be_visible(timeout=WAIT)
    page.wait_for_function("document.querySelector('#yolo-film video').videoWidth === 480")
    seen = page.locator("#yolo-seen")
    expect(seen.locator(".lane").first).to_be_visible()
    slider = seen.get_by_label("Moment of the video")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(seen.locator("p[role=status]")).to_contain_text("Second 0.2: ")
    expect(view(page).locator("img")).to_be_visible()
    page.get_by_label("Hinglish").click()
    answered(page, "2 frames mein se")
    page.get_by_role("button", name="Drawings 2").click()
    answered(page, "10 mile")
    expect(film).to_be_hidden()


def test_darknet_files_from_the_folder_named_at_start(visit, tmp_path):
    write(tmp_path)
    process, address = start_app("--offline", "--darknet", str(tmp_path))
    try:
        page = visit(address=address).open("tab=yolo&source=darknet&example=cells-1")
        answered(page, "Darknet files through OpenCV")
        expect(page.locator(".lm-facts").locator("visible=true").first).to_contain_text("net")
        expect(page.locator("#yolo-suppression").get_by_role("button", name="Step by step")).to_be_visible()
        step(page, "grid")
        expect(page.locator("#yolo-grid")).to_contain_text("does not tell its cells")
        page.close()  # before its server goes
    finally:
        process.terminate()
        process.wait(20)


def test_darknet_without_a_folder_says_how_to_name_one(visit):
    page = visit().open("tab=yolo&example=cells-1&source=darknet")
    expect(page.get_by_role("alert").filter(has_text="--darknet DIR")).to_be_visible(timeout=WAIT)


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme):
    page = visit(width, scheme).open(f"tab=yolo&example=drawing-1&model=yolo-drawings&__theme={scheme}")
    answered(page, "found")
    check_screen(page)
