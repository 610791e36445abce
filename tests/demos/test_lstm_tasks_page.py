"""The tabs Translation, Speech and Forecasting as visitors meet them, in a real browser."""

import re
from urllib.parse import quote

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from tests.demos.conftest import EXAMPLES, SCREENS, check_screen, drawn
from tests.media import sound

SLOW = 60_000  # the first request opens a network


def answered(page, text: str):
    expect(page.locator(".prose.lm-status").filter(visible=True)).to_contain_text(text, timeout=SLOW)


@pytest.mark.slow
def test_the_link_names_the_tab_that_is_seen(visit):
    page = visit().open("tab=lstm-translation")
    expect(page.get_by_role("button", name="Two young men").first).to_be_visible()  # the link's tab has come
    for name, member in (("RNN", "rnn"), ("LSTM", "lstm-translation"), ("Vision", "cnn"), ("LSTM", "lstm-translation")):
        page.get_by_role("tab", name=name, exact=True).first.click()
        expect(page).to_have_url(re.compile(f"tab={member}(&|$)"), timeout=SLOW)


def step(page, member: str, key: str):
    """Opens a step of a member's page."""
    page.locator(f"#step-{member}-{key}-button").click()
    expect(page.locator(f"#panel-{member} .lm-see").filter(visible=True).first).to_be_visible()


def test_translate_look_at_a_cell_and_walk_the_tree(visit):
    page = visit().open("tab=lstm-translation")
    answered(page, "Zwei junge Männer")  # it opens on its first example
    expect(page.locator(".lm-facts .lm-line").filter(visible=True)).to_contain_text("BLEU")
    drawn(page)
    matrix = page.locator("#translation-alignment svg[role=application]").last
    matrix.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#translation-alignment [role=status]")).to_contain_text("While writing “Männer”")
    expect(page.locator("#translation-look")).to_contain_text("sum: the score")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#translation-look caption")).to_contain_text("“Männer” looking at “young”")
    page.locator("#translation-alignment text", has_text="park").first.hover()
    expect(page.locator("#translation-alignment [role=status]")).to_contain_text("On “park”")
    step(page, "lstm-translation", "beam")
    expect(page.locator("#translation-beam li.won")).to_contain_text("Zwei junge Männer")
    page.locator("#translation-beam svg[role=application]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#translation-beam [role=status]")).to_contain_text("log-probability")
    page.locator("#translation-beam g.lost").first.hover()
    expect(page.locator("#translation-beam [role=status]")).to_contain_text("Dropped at step 1")
    page.locator("#translation-text textarea").fill("A flamingo runs.")
    answered(page, "Never met in training: flamingo")
    page.locator("#translation-text textarea").fill("😂😂")
    answered(page, "There are no words in it")
    assert "text=" in page.url and "step=beam" in page.url


def test_the_writing_is_replayed_and_stopped(visit):
    page = visit().open("tab=lstm-translation&text=A+dog+runs.")
    answered(page, "Ein Hund")
    view = page.locator("#translation-alignment")
    view.get_by_role("button", name="One step on").click()
    expect(view.locator(".player span")).to_have_text("Step 2 of 5")
    assert view.locator("svg").first.locator("text.coming").count() == 2
    view.get_by_role("button", name="Play").click()
    expect(view.get_by_role("button", name="Pause")).to_be_visible()
    expect(view.locator(".player span")).to_have_text("Step 5 of 5", timeout=SLOW)  # the end
    expect(view.locator("[role=status]")).to_contain_text("ended the sentence")
    expect(view.get_by_role("button", name="Play")).to_be_visible()


def test_attention_is_in_the_link(visit):
    page = visit().open(f"tab=lstm-translation&attention=false&step=off&text={quote('A dog runs over the grass.')}")
    expect(page.locator("#translation-compared")).to_contain_text("Without:", timeout=SLOW)
    expect(page.locator("#translation-attend input")).not_to_be_checked()
    expect(page.locator("#translation-switched h4")).to_have_text("With attention")
    page.locator("#translation-attend input").check()
    expect(page.locator("#translation-switched h4")).to_contain_text("Without attention", timeout=SLOW)
    expect(page).not_to_have_url(re.compile("attention="))


def test_hindi_from_a_link_and_in_hinglish(visit):
    page = visit().open(
        f"tab=lstm-translation&lang=hi-Latn&model=lstm-translation-hindi&text={quote('Where is my book?')}"
    )
    answered(page, "humara")
    expect(page.locator(".prose.lm-status").filter(visible=True)).to_contain_text(re.compile("[\u0900-\u097f]"))
    expect(page.locator("#translation-hubless")).to_contain_text("Hub model nahi hai, kyunki")
    expect(page.locator("#translation-alignment [role=status]")).to_contain_text("likhte waqt")


def test_hear_an_example_and_choose_a_letter(visit):
    page = visit().open("tab=lstm-speech")
    answered(page, "enter sixty four")  # it opens on its first example
    page.get_by_label("“one two three”").click()
    answered(page, "one two three")
    page.locator("#speech-ctc canvas[role=application]").click(position={"x": 200, "y": 30})
    expect(page.locator("#speech-letter")).to_contain_text("sum: the logit")
    before = page.locator("#speech-ctc [role=status]").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#speech-ctc [role=status]")).not_to_have_text(before)
    step(page, "lstm-speech", "text")
    expect(page.locator("#speech-collapse .text")).to_have_text(["one two threig", "one two three"])
    step(page, "lstm-speech", "beam")
    expect(page.locator("#speech-beam")).to_contain_text("one two three")
    page.get_by_label("Hinglish", exact=True).click()
    expect(page.locator(".prose.lm-status").filter(visible=True)).to_contain_text("humara")
    assert "example=one-two-three" in page.url


def test_a_cursor_runs_over_the_letters_while_the_clip_plays(visit):
    page = visit().open("tab=lstm-speech&example=help&words=false")
    answered(page, "help")
    sound, cursor = page.locator("#speech-ctc audio"), page.locator("#speech-ctc .cursor")
    sound.evaluate("async a => { a.muted = true; await a.play(); }")
    expect(cursor).to_have_css("visibility", "visible")
    page.wait_for_function("document.querySelector('#speech-ctc audio').ended", timeout=SLOW)
    assert float(cursor.evaluate("c => parseFloat(c.style.left)")) > 100
    sound.evaluate("a => { a.currentTime = 0.3; }")
    page.wait_for_function("parseFloat(document.querySelector('#speech-ctc .cursor').style.left) < 500")
    step(page, "lstm-speech", "beam")
    expect(page.locator("#speech-word-model input")).not_to_be_checked()


def test_a_file_without_sound_is_told_and_the_hub_is_said(visit, tmp_path):
    visitor = visit()
    page = visitor.open("tab=lstm-speech&source=both&lang=hi-Latn&example=help")
    answered(page, "help")
    expect(page.get_by_role("alert").filter(has_text="wav2vec2-base-960h")).to_contain_text("Chahiye tha")
    (tmp_path / "empty.mp3").write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00")
    page.locator("#speech-clip").get_by_role("button", name=re.compile("clear|remove", re.I)).first.click()
    page.locator("#speech-clip").get_by_role("button", name="Upload file").click()
    page.locator("#speech-clip input[type=file]").set_input_files(str(tmp_path / "empty.mp3"))
    expect(page.get_by_text("Recording kharab hai")).to_be_visible(timeout=SLOW)
    visitor.notes[:] = [n for n in visitor.notes if "MediaError" not in n]  # Gradio's player tries the broken file too


def test_a_file_counts_by_what_it_holds_also_for_the_browser(visit, tmp_path):
    """A recorder's .webm is video by its name, to the browser; a photo is refused in words, not by a list of types."""
    said, rate = soundfile.read(EXAMPLES["lstm-speech"] / "help.flac")
    (tmp_path / "memo.webm").write_bytes(sound("WebM", np.repeat(said, 3), 3 * rate))
    (tmp_path / "photo.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    visitor = visit()
    page = visitor.open("tab=lstm-speech")
    answered(page, "enter sixty four")  # it opens on its first example
    box = page.locator("#speech-clip")
    for name in ("memo.webm", "photo.jpg"):
        box.get_by_role("button", name=re.compile("clear|remove", re.I)).first.click()
        box.get_by_role("button", name="Upload file").click()
        box.locator("input[type=file]").set_input_files(str(tmp_path / name))
        expected = "Read as: WebM" if name == "memo.webm" else "Got: HEIC photo"
        expect(page.get_by_text(expected)).to_be_visible(timeout=SLOW)
    visitor.notes[:] = [n for n in visitor.notes if "MediaError" not in n]  # Gradio's player tries the photo too


def test_forecast_train_on_an_example_and_read_the_charts(visit, tmp_path):
    page = visit().open("tab=lstm-forecast")
    answered(page, "In 96 steps")  # it opens on its first example
    page.get_by_label("passengers, monthly").click()
    answered(page, "knows hours")
    expect(page.locator("#forecast-note")).to_contain_text("Trained in")
    chart = page.locator("#forecast-chart svg[role=application]")
    assert chart.bounding_box()["width"] > 500
    chart.focus()
    page.keyboard.press("End")
    expect(page.locator("#forecast-chart [role=status]")).to_contain_text("2024-12-01")
    expect(page.locator("#forecast-chart [role=status]")).to_contain_text("our LSTM")
    page.get_by_role("button", name="forget gate", exact=True).filter(visible=True).click()
    expect(page.locator("#forecast-gates [role=status]")).to_contain_text("forget gate 0.")
    step(page, "lstm-forecast", "parts")
    expect(page.locator("#forecast-sum")).to_contain_text("sum: the forecast")
    step(page, "lstm-forecast", "end")
    expect(page.locator("#forecast-errors")).to_contain_text("NLinear, ridge")
    step(page, "lstm-forecast", "train")
    page.locator("#forecast-run").click()
    expect(page.locator("#forecast-loss polyline").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("train on this series")).to_be_checked()
    (tmp_path / "own.csv").write_text("day;a;b\n" + "\n".join(f"2024-01-{d:02};{d},5;{d % 7}" for d in range(1, 32)))
    page.locator("#forecast-file input[type=file]").set_input_files(str(tmp_path / "own.csv"))
    expect(page.locator("#forecast-column")).to_be_visible(timeout=SLOW)


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
def test_no_tick_touches_the_next_no_type_is_small_and_no_step_too_long(visit, width):
    page = visit(width).open("tab=lstm-forecast&example=monthly")
    answered(page, "knows hours")
    boxes = page.locator("#forecast-chart svg[role=application] text").evaluate_all(
        "all => all.map(t => { const b = t.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom, parseFloat(getComputedStyle(t).fontSize)]; })"
    )
    assert all(size >= 11 for *_, size in boxes)
    for n, (left, right, top, bottom, _) in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert other[0] >= right or other[1] <= left or other[2] >= bottom or other[3] <= top, (n, other)
    step(page, "lstm-forecast", "parts")  # the longest
    expect(page.locator("#forecast-sum")).to_contain_text("sum: the forecast")
    assert page.evaluate("document.documentElement.scrollHeight") <= (5_000 if width == 390 else 3_000)


def test_a_forecast_link_opens_the_same_state_in_another_window(visit):
    page = visit().open("tab=lstm-forecast&example=hourly&lang=hi-Latn&step=end")
    answered(page, "96 steps baad")
    expect(page.locator("#forecast-held h4")).to_contain_text("Aakhri 96 steps")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tab", "waits"),
    [
        ("lstm-translation&text=A+dog+runs.", "Hund"),
        ("lstm-speech&example=help", "help"),
        ("lstm-forecast&example=hourly", "In 96 steps"),
    ],
)
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_page_is_too_wide_and_axe_finds_nothing_serious(visit, width, scheme, tab, waits):
    page = visit(width, scheme).open(f"tab={tab}&__theme={scheme}")
    answered(page, waits)
    check_screen(page)


def test_the_examples_are_small():
    for member in ("lstm-speech", "lstm-forecast"):
        assert all(p.stat().st_size < 50_000 for p in (EXAMPLES[member]).iterdir())
