"""How pages reach the browser: old links lead on, text is compressed, what never changes is kept."""

import re

import httpx
import pytest

import demos


@pytest.mark.parametrize("row", demos.TABS, ids=lambda row: row.member)
def test_a_members_link_leads_to_its_familys_page(app, row):
    query = f"?tab={row.member}&lang=hi-Latn&text=a%20%26%20b"
    for wrong in {r.path for r in demos.TABS}:
        answer = httpx.get(f"{app}/{wrong}{query}", follow_redirects=True)
        assert answer.status_code == 200
        assert str(answer.url) == f"{app}/{row.path}{query}"


@pytest.mark.parametrize(
    "query", ["", "?tab=nonsense", "?tab=", "?tab=http://example.org", "?tab=%0d%0aX: y", "?x=%ff"]
)
def test_other_links_are_answered_where_they_are(app, query):
    answer = httpx.get(f"{app}/{query}")
    assert answer.status_code == 200


def test_a_link_leads_nowhere_but_to_pages(app):
    for path in ("gradio_api/info?tab=cnn", "config?tab=cnn", "lmdemo/x/y?tab=cnn"):
        assert httpx.get(f"{app}/{path}").status_code in (200, 404)


@pytest.mark.parametrize("path", sorted({row.path for row in demos.TABS}))
def test_a_page_is_compressed_and_small(app, path):
    with httpx.stream("GET", f"{app}/{path}", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = sum(len(part) for part in answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
    page = httpx.get(f"{app}/{path}")
    assert len(page.content) <= 300_000 and sent < len(page.content) / 3
    assert "immutable" not in page.headers.get("cache-control", "")


def test_styles_and_scripts_come_once_and_are_kept(app):
    addresses = re.findall(r"\./(lmdemo/[\w/.]+)", httpx.get(app).text)
    assert {a.split("/", 2)[2] for a in addresses} >= {"page.css", "views/_runtime.js"}
    for address in addresses:
        answer = httpx.get(f"{app}/{address}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
    old = re.sub(r"lmdemo/\w+/", "lmdemo/000000000000/", addresses[0])
    assert httpx.get(f"{app}/{old}").status_code == 404
    assert httpx.get(f"{app}/{addresses[0].rsplit('/', 1)[0]}/../core/url.py").status_code == 404


def test_gradios_assets_are_kept(app):
    asset = re.search(r"assets/[\w.-]+\.js", httpx.get(app).text)[0]
    assert "immutable" in httpx.get(f"{app}/{asset}").headers["cache-control"]
    assert "immutable" not in httpx.get(f"{app}/assets/none.js").headers.get("cache-control", "")
