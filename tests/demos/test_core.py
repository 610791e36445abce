"""What all pages share: an expected mistake becomes a sentence, an unexpected one a number in the log; what is shown is escaped."""

import logging
import re
import threading

import gradio as gr
import pytest

import lmdemo
from demos.core import cards
from demos.core.cards import facts, html_table, proof_table, source_lines
from demos.core.endpoints import Whole, check_value
from demos.core.errors import guarded
from demos.core.handlers import something
from demos.core.page import Page
from demos.core.sources import opening, wanted
from demos.core.tab import Answer, Missing, Tab, calling
from demos.core.words import say
from lmdemo.adapters.outputs import Classification, Info
from lmdemo.errors import HubUnreachableError, InputError
from lmdemo.proofs import Check

MISTAKE = InputError("picture_too_small", expected=">= 8 x 8 pixels", got="<b>1 x 1</b>", hint="Take a larger picture.")


@guarded
def fails(error: Exception | None, lang: str = "en"):
    """Fails as it is told."""
    if error:
        raise error
    return "fine"


@guarded
def streams(error: Exception, lang: str = "en"):
    yield "begun"
    raise error


def message(call, *args) -> gr.Error:
    with pytest.raises(gr.Error) as caught:
        for _ in call(*args) or ():
            pass
    return caught.value


@pytest.mark.parametrize("call", [fails, streams])
@pytest.mark.parametrize("lang, said", [("en", "Expected: "), ("hi-Latn", "Chahiye tha: ")])
def test_an_expected_mistake_is_said_in_the_visitors_language(call, lang, said, caplog):
    error = message(call, MISTAKE, lang)
    assert said in error.message and error.title == say(lang, "error.title") and not error.print_exception
    assert "<b>" not in error.message and "1 x 1" in error.message  # what came can't be markup
    assert not caplog.records


@pytest.mark.parametrize("call", [fails, streams])
def test_an_unexpected_mistake_is_a_number_on_the_page_and_its_story_in_the_log(call, caplog):
    with caplog.at_level(logging.ERROR, logger="lmdemo.page"):
        error = message(call, ZeroDivisionError("/secret/path"), "en")
    number = re.search(r"[0-9a-f]{8}", error.message)[0]
    assert "secret" not in error.message and number in caplog.text and "/secret/path" in caplog.text


def test_a_program_is_told_in_plain_text():
    error = InputError("series_column", expected=">= 1 & <b>", got="<i>", hint="Take one of these.")

    def refuses(lang: str):
        raise error

    with pytest.raises(gr.Error) as caught:
        guarded(refuses, plain=True)("en")
    assert ">= 1 & <b>" in caught.value.message and "&lt;" not in caught.value.message
    assert "&gt;= 1 &amp; &lt;b&gt;" in message(fails, error, "en").message


def test_what_a_handler_raises_for_the_page_passes_unchanged():
    assert message(fails, gr.Error("as it is"), "en").message == "as it is"
    assert fails(None) == "fine" and fails.__doc__ == "Fails as it is told."


WHOLE, NUMBER, SLIDER = Whole(0, precision=0), gr.Number(0), gr.Slider(-2, 2, 0)


@pytest.mark.parametrize(
    "component, given, key",
    [
        *((WHOLE, v, "not_a_number") for v in ("three", True, None, [1], float("nan"), {})),
        (WHOLE, 1.5, "not_whole"),
        (WHOLE, float("inf"), "not_whole"),
        (NUMBER, "3", "not_a_number"),
        (SLIDER, 2.1, "number_range"),
        (SLIDER, float("inf"), "number_range"),
        (SLIDER, "1", "not_a_number"),
        (gr.Radio(["a", "b"]), "c", "unknown_choice"),
        (gr.Radio(["a", "b"]), None, "unknown_choice"),
        (gr.Dropdown(["a"]), ["a"], "unknown_choice"),
    ],
)
def test_what_a_component_does_not_admit_is_said(component, given, key):
    with pytest.raises(InputError) as caught:
        check_value("speed", component, given)
    assert caught.value.key == key and caught.value.expected.startswith("speed: ") and f"error.{key}" in say


@pytest.mark.parametrize(
    "component, given",
    [(WHOLE, 3), (WHOLE, 3.0), (WHOLE, -1), (NUMBER, 0.5), (SLIDER, 2), (gr.Radio([("A", "a")]), "a")],
)
def test_what_a_component_admits_passes(component, given):
    check_value("speed", component, given)


def test_opening_tells_meanwhile_and_hands_the_adapter_over(monkeypatch):
    go = threading.Event()

    def slow(name, source, progress, stop):
        go.wait(5)
        return f"{name} from {source}"

    monkeypatch.setattr(lmdemo, "load", slow, raising=False)
    steps = opening("x-net", "hub", "hi-Latn")
    assert "x-net" in next(steps)
    go.set()
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value == "x-net from hub"


def test_leaving_early_stops_the_load_and_a_failed_one_is_raised(monkeypatch):
    stopped = threading.Event()

    def endless(name, source, progress, stop):
        stop.wait(10)
        stopped.set()

    monkeypatch.setattr(lmdemo, "load", endless, raising=False)
    steps = opening("x-net", "hub", "en")
    next(steps)
    steps.close()
    assert stopped.wait(5)

    def refuses(name, source, progress, stop):
        raise HubUnreachableError("hub_unreachable", expected="a network", got="none", hint="Turn it on.")

    monkeypatch.setattr(lmdemo, "load", refuses, raising=False)
    with pytest.raises(HubUnreachableError):
        list(opening("x-net", "hub", "en"))


class Plain(Tab):
    """A member without anything."""

    name = "plain"

    def lay_out(self):
        self.status, self.stop = gr.Markdown(), gr.Button()


@pytest.fixture
def tab():
    with gr.Blocks():
        return Plain(Page())


@pytest.mark.parametrize("source, shown", [("hub", True), ("scratch", False)])
def test_a_handler_tells_in_its_status_and_shows_the_way_to_stop(monkeypatch, tab, source, shown):
    go = threading.Event()

    def slow(name, source, progress, stop):
        go.wait(5)
        return "adapter"

    monkeypatch.setattr(lmdemo, "load", slow, raising=False)
    steps = tab.open("x-net", source, "en", status=tab.status, stop=tab.stop)
    told = next(steps)
    assert "x-net" in told[tab.status] and told[tab.stop]["visible"] is shown
    go.set()
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value == "adapter"


class Adapter:
    info = "info"

    def __call__(self, x, *, trace=False):
        return x, trace


def test_asking_gives_an_answer_a_source_or_why_there_is_none(monkeypatch, tab):
    def load(name, source="scratch", **_):
        if source == "hub":
            raise HubUnreachableError("hub_unreachable", expected="a network", got="none", hint="Turn it on.")
        return Adapter()

    monkeypatch.setattr(lmdemo, "load", load, raising=False)
    steps = tab.ask("cnn-fashion", "both", calling("x", trace=True), "en", status=tab.status, extra=lambda a: a.info)
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    ours, hub = end.value.value
    assert ours == Answer("scratch", ("x", True), "info", "info")
    assert isinstance(hub, Missing) and hub.name == "resnet-50" and hub.error.key == "hub_unreachable"


def test_a_model_without_a_hub_answers_alone():
    assert wanted("rnn-char", "both") == wanted("rnn-char", "hub") == ("scratch",)
    assert wanted("cnn-fashion", "both") == ("scratch", "hub") and wanted("cnn-fashion", "hub") == ("hub",)


def test_nothing_becomes_one_skip():
    """Gradio empties every output of a generator that ends without a yield, and refuses an empty dict."""
    skip = {"a": gr.skip()}
    assert something(lambda: {}, "a")() == something(lambda: None, "a")() == skip

    def silent():
        yield from ()

    def speaks():
        yield {"b": 1}
        yield {}

    assert list(something(silent, "a")()) == [skip]
    assert list(something(speaks, "a")()) == [{"b": 1}, skip]


def test_a_visitor_names_only_what_there_is(tab):
    assert tab.known("a", ("a", "b")) == "a"
    for name in ("c", "/etc/passwd", "../a", None, 3, ["a"]):
        with pytest.raises(InputError, match="one of"):
            tab.known(name, ("a", "b"))


def test_tables_and_cards_escape_what_they_show():
    evil = "<img src=x onerror=alert(1)>"
    table = html_table([evil], [(evil, 1234567)], evil)
    info = Info(
        name=evil,
        member="cnn",
        task="t",
        source="scratch",
        parameters=1234,
        bytes=2_500_000,
        device="cpu",
        revision="1",
        licence=evil,
        training_data=evil,
    )
    answer = Answer("hub", Classification("a", 1.0, {"a": 1.0}, milliseconds=1.25), info)
    shown = facts([answer], "cnn-fashion", say, "en")
    assert "<img" not in table + shown and "1,234,567" in table and "1,234" in shown and "2.50" in shown


def test_a_failed_check_is_shown_as_failed():
    checks = [Check("a", "b", 1e-7, 1e-5), Check("c", "d", 1e-3, 1e-5), Check("e", "f", float("nan"), 1e-5)]
    shown = proof_table(checks, 0.5, "en")
    assert shown.count("✓") == 1 and shown.count("✗") == 2


def test_source_lines_are_those_of_the_file():
    text = source_lines("lmdemo/models/cnn.py", "CNN.forward")
    assert text.lstrip().startswith("def forward(") and "return CNNOutput" in text and "def features" not in text
    assert text in (cards.PROJECT / "lmdemo/models/cnn.py").read_text(encoding="utf-8")
