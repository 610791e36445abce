"""Camera and microphone in a real browser: what they see is read right, what can't be had is said, nothing runs unseen."""

import re
import shutil

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.demos.conftest import Visitor

WAIT = 60_000  # ms; the first request opens the network
ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# Notes each stream before the page's scripts see it.
NOTED = """
window.streams = [];
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async asked => { window.asked = asked; const s = await real(asked); window.streams.push(s); return s; };
"""
LIVE = "window.streams.flatMap(s => s.getTracks()).filter(t => t.readyState === 'live').length"
STROKES = {
    "7": [[(0.0, 0.0), (1.0, 0.0), (0.45, 1.0)]],
    "3": [
        [
            (0.1, 0.1),
            (0.45, 0.0),
            (0.85, 0.15),
            (0.8, 0.4),
            (0.4, 0.48),
            (0.85, 0.6),
            (0.9, 0.85),
            (0.5, 1.0),
            (0.05, 0.9),
        ]
    ],
}


def film(path, digit: str) -> None:
    """A sheet with one digit, drawn with a marker, as a camera sees it: Y4M, two frames."""
    sheet = np.full((480, 640, 3), 235, np.uint8)
    for stroke in STROKES[digit]:
        points = (np.array(stroke) * (150, 230) + (245, 120)).astype(np.int32)
        cv2.polylines(sheet, [points], False, (60, 40, 30), 16, cv2.LINE_AA)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 1)
    planes = cv2.cvtColor(sheet, cv2.COLOR_BGR2YUV_I420).tobytes()
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + 2 * (b"FRAME\n" + planes))


@pytest.fixture
def opened(playwright_, app):
    """Opens pages in browsers with other devices; each is closed at the end, and may have logged no error."""
    there = []

    def make(*args: str, script: str = NOTED, permissions: tuple[str, ...] = (), width: int = 1280) -> Visitor:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright_.chromium.launch(executable_path=path, args=[*ARGS, *args])
        visitor = Visitor(browser, app, width)
        visitor.context.grant_permissions(list(permissions))
        visitor.page.add_init_script(script)
        there.append((browser, visitor))
        return visitor

    yield make
    for browser, visitor in there:
        browser.close()
        assert visitor.notes == []


def notice(page):
    return page.locator(".lm-notice").locator("visible=true")


def start_camera(page) -> None:
    page.locator("#panel-yolo").get_by_role("tab", name="Camera").click()
    page.get_by_role("button", name="Start the camera").click()


def status(page):
    return page.locator("#panel-yolo .prose.lm-status").locator("visible=true")


ANOTHER = ["7", pytest.param("3", marks=pytest.mark.slow)]


@pytest.mark.parametrize("digit", ANOTHER)
def test_a_digit_held_to_the_camera_is_read_right_and_can_be_looked_into(opened, tmp_path, digit):
    film(tmp_path / "sheet.y4m", digit)
    page = opened(*FAKE, f"--use-file-for-fake-video-capture={tmp_path}/sheet.y4m").open("tab=yolo&model=yolo-drawings")
    start_camera(page)
    expect(status(page)).to_have_text(f"1 × {digit}", timeout=WAIT)
    view = page.locator("#yolo-boxes")
    expect(view.locator(".rate")).to_contain_text("frames a second")
    expect(view.locator(".tag")).to_contain_text(digit)
    assert page.evaluate("window.asked.video.facingMode.ideal") == "environment"
    page.get_by_role("button", name="Stop, and keep this picture").click()
    expect(status(page)).to_contain_text("1 found", timeout=WAIT)
    assert page.evaluate(LIVE) == 0
    page.locator("#step-yolo-grid-button").click()
    expect(page.locator("#yolo-grid figcaption")).to_contain_text(f"“{digit}” in each cell")


@pytest.mark.parametrize("digit", ANOTHER)
def test_the_camera_of_a_photo_is_not_mirrored(opened, tmp_path, digit):
    film(tmp_path / "sheet.y4m", digit)
    page = opened(*FAKE, f"--use-file-for-fake-video-capture={tmp_path}/sheet.y4m").open("tab=cnn&model=cnn-digits")
    panel = page.locator("#panel-cnn")
    expect(panel.locator(".lm-facts:visible .lm-line").first).to_be_visible(timeout=WAIT)
    panel.get_by_role("tab", name="Camera").click()
    panel.locator("#cnn-camera").get_by_role("button", name="Access").click()
    page.wait_for_function("document.querySelector('#cnn-camera video')?.videoWidth > 0")
    panel.get_by_role("button", name="capture photo").click()
    expect(panel.locator(".lm-status strong").locator("visible=true").first).to_have_text(digit, timeout=WAIT)


def test_a_slider_stays_while_the_camera_runs_and_the_labels_are_not_built_anew(opened):
    page = opened(*FAKE).open("tab=yolo&model=yolo-drawings")
    start_camera(page)
    view = page.locator("#yolo-boxes")
    expect(view.locator(".rate")).to_be_visible(timeout=WAIT)
    slider = view.get_by_label("Least score")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    assert slider.input_value() == "0.35" and slider.evaluate("e => e === document.activeElement")
    page.wait_for_url(re.compile("score=0.35"))
    page.get_by_role("button", name="Stop, and keep this picture").click()


@pytest.mark.parametrize("leave", ["hidden", *(pytest.param(w, marks=pytest.mark.slow) for w in ("member", "example"))])
def test_nothing_runs_unseen(opened, leave):
    page = opened(*FAKE).open("tab=yolo&model=yolo-drawings")
    start_camera(page)
    expect(page.locator("#yolo-boxes .rate")).to_be_visible(timeout=WAIT)
    assert page.evaluate(LIVE) == 1
    if leave == "member":
        page.get_by_role("tab", name="CNN", exact=True).click()
    elif leave == "example":
        page.locator("#yolo-examples").get_by_role("button", name="Drawings 3").click()
        expect(status(page)).to_contain_text("9 found", timeout=WAIT)
    else:
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    page.wait_for_function(f"{LIVE} === 0")
    if leave == "example":  # and no late frame writes over what was chosen
        page.wait_for_timeout(1_000)
        expect(status(page)).to_contain_text("9 found")
        assert notice(page).count() == 0
    if leave == "hidden":
        expect(notice(page)).to_contain_text("switched off when you left")


def test_the_camera_stops_after_a_while_and_says_so(opened):
    quick = (
        "const slow = window.setTimeout; window.setTimeout = (f, ms, ...a) => slow(f, ms === 120000 ? 1500 : ms, ...a);"
    )
    page = opened(*FAKE, script=NOTED + quick).open("tab=yolo&model=yolo-drawings")
    start_camera(page)
    expect(page.locator("#yolo-camera")).to_contain_text("switched off after 120 seconds", timeout=WAIT)
    assert page.evaluate(LIVE) == 0


WRONG = {  # how a device is missing -> browser's options, script, permissions, what is said in English, in Hinglish
    "denied": ((FAKE[0], "--deny-permission-prompts"), "", (), "may not use the {}", "ijazat nahi mili"),
    "missing": ((), "", ("camera", "microphone"), "was found", "nahi mila"),
    "insecure": (FAKE, "delete Navigator.prototype.mediaDevices;", (), "safe addresses only", "surakshit address"),
}


@pytest.mark.parametrize(
    "why, lang",
    [
        ("denied", "en"),
        ("insecure", "hi-Latn"),
        *(
            pytest.param(*p, marks=pytest.mark.slow)
            for p in (("denied", "hi-Latn"), ("missing", "en"), ("missing", "hi-Latn"), ("insecure", "en"))
        ),
    ],
)
def test_a_camera_that_can_not_be_had_is_said_once_and_the_upload_is_offered(opened, why, lang):
    args, script, permissions, english, hinglish = WRONG[why]
    page = opened(*args, script=script, permissions=permissions).open(f"tab=yolo&lang={lang}")
    panel = page.locator("#panel-yolo")
    expect(panel.locator(".lm-facts:visible .lm-line").first).to_be_visible(timeout=WAIT)
    panel.get_by_role("tab", name="Camera").click()
    panel.locator("#yolo-camera button.go").click()
    expect(notice(page)).to_contain_text(english.format("camera") if lang == "en" else hinglish, timeout=WAIT)
    assert notice(page).get_attribute("role") == "alert"
    panel.locator("#yolo-camera button.go").click()
    expect(notice(page)).to_have_count(1)
    notice(page).get_by_role("button").click()
    expect(panel.locator("#yolo-photo")).to_be_visible()


@pytest.mark.parametrize("why", ["missing", *(pytest.param(w, marks=pytest.mark.slow) for w in ("denied", "insecure"))])
def test_a_microphone_that_can_not_be_had_is_said_once(opened, why):
    args, script, permissions, english, _ = WRONG[why]
    page = opened(*args, script=script, permissions=permissions).open("tab=siamese")
    panel = page.locator("#panel-siamese")
    expect(panel.locator(".lm-facts:visible .lm-line").first).to_be_visible(timeout=WAIT)
    panel.get_by_role("button", name="Clear", exact=True).locator("visible=true").first.click()
    panel.get_by_role("button", name="Record", exact=True).locator("visible=true").first.click(timeout=WAIT)
    expect(notice(page)).to_contain_text(english.format("microphone"), timeout=WAIT)
    expect(page.get_by_test_id("toast-body")).to_have_count(0)


@pytest.mark.parametrize("width", [390])
def test_the_notice_has_no_fault_that_axe_finds(opened, width):
    from tests.demos.conftest import check_screen

    page = opened(script="delete Navigator.prototype.mediaDevices;", width=width).open("tab=yolo")
    expect(page.locator("#panel-yolo .lm-facts:visible .lm-line").first).to_be_visible(timeout=WAIT)
    start_camera(page)
    expect(notice(page)).to_be_visible()
    check_screen(page)
