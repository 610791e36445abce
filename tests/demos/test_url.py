"""The state in the URL: every value is checked, what is broken is named, and the rest is used."""

import json

import pytest

import demos
from demos.core.url import MAX_SAVED, Field, number, one_of, read, read_saved, read_threads, text

FIELDS = [
    Field(None, "lang", None, one_of(("en", "hi-Latn")), "en"),
    Field("cnn", "model", None, one_of(("a", "b")), "a"),
    Field("cnn", "text", None, text(5), ""),
    Field("yolo", "model", None, one_of(("c",)), "c"),
    Field("yolo", "threshold", None, number(0, 1), 0.25),
]


def test_only_the_open_members_fields_are_read():
    query = {"lang": "hi-Latn", "tab": "cnn", "model": "b", "text": "hello", "threshold": "0.5", "unknown": "x"}
    assert read(query, FIELDS, "cnn") == ({0: "hi-Latn", 1: "b", 2: "hello"}, [])
    assert read(query, FIELDS, "yolo") == ({0: "hi-Latn", 4: 0.5}, ["model"])  # "b" is the other member's
    assert read({}, FIELDS, "cnn") == ({}, [])


@pytest.mark.parametrize(
    "name, value",
    [
        ("lang", "fr"),
        ("lang", ""),
        ("model", "<script>"),
        ("text", "longer"),
        ("threshold", "1.01"),
        ("threshold", "nan"),
        ("threshold", "-inf"),
        ("threshold", "0,5"),
        ("threshold", ""),
    ],
)
def test_what_is_broken_is_named_and_the_rest_used(name, value):
    member = "yolo" if name == "threshold" else "cnn"
    good = {"lang": "en"} if name != "lang" else {"text": "ok"}
    values, refused = read(good | {name: value}, FIELDS, member)
    assert refused == [name] and len(values) == 1


def test_a_fields_script_carries_its_values_as_json():
    field = Field("cnn", "te'xt\"", None, text(), "</script>", 7)
    inner = field.script.split("put(")[1].rsplit(', 7, "")', 1)[0]
    owner, name, value, initial = json.loads(f"[{inner.replace('value', '0', 1)}]")
    assert (owner, name, value, initial) == ("cnn", "te'xt\"", 0, "</script>")


def test_every_member_keeps_its_choices_in_the_url():
    """Whatever the page keeps has a check that admits its initial value and refuses nonsense."""
    app = demos.build_app()
    scripts = [d.js for d in app.fns.values() if d.js and "lmdemo.put(" in str(d.js)]
    for row in demos.TABS:
        assert any(f'put("{row.member}", ' in s for s in scripts), row.member
    assert any('put(null, "lang"' in s for s in scripts)


def test_what_a_browser_tab_kept_is_checked_like_a_link():
    kept = {"cnn": {"model": "b", "text": "too long"}, "yolo": {"model": "nonsense", "threshold": 0.5}, "x": {}, "y": 1}
    assert read_saved(json.dumps(kept), FIELDS, "siamese") == {1: "b", 4: 0.5}
    assert read_saved(json.dumps(kept), FIELDS, "cnn") == {4: 0.5}  # the link speaks of cnn
    for nonsense in ("", "{", "[]", "null", "3", '{"cnn": [1]}', '{"cnn": {"model": ["b"]}}', "9" * (MAX_SAVED + 1)):
        assert read_saved(nonsense, FIELDS, "yolo") == {}


def test_what_goes_along_is_taken_by_the_fields_that_want_it():
    fields = [
        Field("rnn", "text", None, text(9), thread="sentence"),
        Field("cnn", "example", None, one_of(("a",)), thread="picture"),
        Field("cnn", "model", None, one_of(("b",))),
    ]
    kept = json.dumps({"threads": {"sentence": "a film", "picture": "a", "other": "x"}, "rnn": {"text": "mine"}})
    assert read_threads(kept, fields) == {0: "a film", 1: "a"}
    assert read_saved(kept, fields, None) == {0: "mine"}
    too_long = json.dumps({"threads": {"sentence": "a long film", "picture": "<b>"}})
    assert read_threads(too_long, fields) == {}


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"threads": 1}', '{"threads": {"sentence": {"a": 1}}}', "null"])
def test_a_browser_may_send_anything_as_what_goes_along(kept):
    assert read_threads(kept, [Field("rnn", "text", None, text(9), thread="sentence")]) == {}
