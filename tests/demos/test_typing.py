"""Every way of changing a text box is told once, with the text that is there; a program's change is not."""

import json

from playwright.sync_api import expect


def test_typing_deleting_and_pasting_are_heard_and_a_click_on_an_example_is_one_request(visit):
    page = visit().open("tab=lstm-translation")
    status, box = page.locator(".prose.lm-status").filter(visible=True), page.locator("#translation-text textarea")
    expect(page.get_by_role("button", name="Two young men")).to_be_visible()
    asked = []
    page.on("request", lambda r: "queue/join" in r.url and asked.append(json.loads(r.post_data)["data"]))
    page.get_by_role("button", name="Two young men").click()
    expect(status).to_contain_text("Zwei junge Männer", timeout=60_000)
    page.wait_for_timeout(500)
    assert len(asked) == 1
    box.fill("A man.")  # as a paste does: no key is pressed
    expect(status).to_contain_text("Mann")
    assert len(asked) == 2 and "A man." in asked[-1]
    box.press("End")
    box.press("Backspace")
    page.wait_for_timeout(500)
    assert len(asked) == 3 and "A man" in asked[-1]
    box.press("s")
    page.wait_for_timeout(500)
    assert len(asked) == 4 and "A mans" in asked[-1]
