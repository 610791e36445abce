"""The handlers of RNN and LSTM, called as the page calls them, without a browser."""

import gradio as gr
import pytest

from demos.core.page import Page
from demos.tabs.recurrent.lstm.tab import LSTM
from demos.tabs.recurrent.rnn.tab import RNN
from demos.tabs.recurrent.text.looks import Found
from demos.tabs.recurrent.text.measures import EXAMPLES
from lmdemo.errors import HubError, InputError, OptionError
from tests.demos.handlers import clicked as event
from tests.demos.handlers import merged as last

TEXT, HINGLISH = EXAMPLES["english"][0], EXAMPLES["hinglish"][0]
ASKED = {"model": "lstm-sentiment", "source": "scratch", "gate": "none", "lang": "en"}


@pytest.fixture(scope="module", params=[RNN, LSTM])
def tab(request):
    with gr.Blocks():
        return request.param(Page())


@pytest.fixture(scope="module")
def lstm():
    with gr.Blocks():
        return LSTM(Page())


def hidden(update) -> bool:
    return update["visible"] is False


def answered(tab, **asked):
    return last(tab.reading.answer(**({"text": TEXT} | ASKED | {"model": tab.readers[0]} | asked)))


def test_an_example_is_filled_in_and_answered_at_once(tab):
    first, *_, end = tab.reading.choose(event(text=TEXT), **ASKED | {"model": tab.readers[0]})
    assert first == {tab.reading.box: TEXT}
    assert "**positive**" in end[tab.reading.status] and end[tab.found].text == TEXT
    assert end[tab.reading.inside.timeline]["tokens"] == TEXT.split()
    assert len(end[tab.reading.inside.memory]["rows"]) == 2
    assert tab.readers[0] in end[tab.snippet] and hidden(end[tab.reading.stop])


def test_names_that_are_not_there_are_refused(tab):
    for choose in (lambda e: list(tab.reading.choose(e, **ASKED)), lambda e: tab.writing.choose(e, lang="en")):
        with pytest.raises(InputError):
            choose(event(text="/etc/passwd"))


def test_a_link_changes_what_it_names(lstm):
    given = ASKED | {"text": ""}
    assert list(lstm.from_link(**given)) == []
    made = last(lstm.from_link(**given | {"model": "lstm-hinglish", "text": HINGLISH, "lang": "hi-Latn"}))
    assert "**positive**" in made[lstm.reading.status] and hidden(made[lstm.source])
    assert HINGLISH in made[lstm.reading.examples]["texts"]
    assert made[lstm.hubless]["visible"] and "kyunki" in made[lstm.hubless]["value"]
    made = last(lstm.from_link(**given | {"model": "lstm-char", "text": TEXT}))
    assert hidden(made[lstm.for_reading]) and not hidden(made[lstm.for_writing]) and lstm.found not in made


def test_another_model_answers_to_the_same_text(lstm):
    made = last(lstm.change_model(**ASKED | {"text": TEXT, "model": "lstm-hinglish"}))
    assert made[lstm.found].model == "lstm-hinglish" and "lstm-hinglish" in made[lstm.reading.figures]
    assert lstm.found not in last(lstm.change_model(**ASKED | {"text": TEXT, "model": "lstm-char"}))


def test_a_held_gate_is_told_beside_all_gates_at_work(lstm):
    made = answered(lstm, gate="forget")
    assert "forget gate held at 1" in made[lstm.reading.inside.changed]
    assert sum(lane["dashed"] for lane in made[lstm.reading.inside.timeline]["lanes"]) == 1
    assert 'open_gates=("forget",)' in made[lstm.snippet]


def test_what_is_wrong_with_a_text_stands_where_the_answer_would(tab):
    found = answered(tab, text="😂😂")[tab.found]
    assert isinstance(found.wrong, InputError) and not found.answers
    assert "There are no words in it" in tab.reading.show(found=found, lang="en")[tab.reading.status]
    assert "Ismein koi word nahi hai" in tab.reading.show(found=found, lang="hi-Latn")[tab.reading.status]
    assert answered(tab, text="  ")[tab.found] is None


def test_what_is_on_show_is_said_in_hinglish_without_a_network(tab, monkeypatch):
    found = answered(tab)[tab.found]
    inside = tab.reading.inside
    chosen = inside.pick(event(step=2, unit=3, layer=0), found=found, lang="en")[inside.chosen]
    monkeypatch.setattr("lmdemo.load", None)
    shown = tab.reading.show(found=found, lang="hi-Latn")
    assert "humara network" in shown[tab.reading.status] and "ek ek word" in shown[inside.timeline]["title"]
    assert "poora hisaab" in inside.show_step(chosen=chosen, lang="hi-Latn")[inside.step]["title"]


def test_a_long_text_leaves_a_light_state(lstm):
    trace = answered(lstm, text=" ".join([TEXT] * 60))[lstm.found].own.result.trace
    assert len(trace["tokens"]) == 660 and trace["hidden_states"].shape[:2] == (1, 110)
    assert trace["gates"].shape[:3] == (1, 4, 110) and trace["scores_after"].shape[0] == 110


def test_a_unit_that_is_not_there_is_refused_and_nothing_chosen_changes_nothing(lstm):
    inside = lstm.reading.inside
    assert inside.pick(event(step=0, unit=0, layer=0), found=None, lang="en") == {}
    with pytest.raises(OptionError):
        inside.pick(event(step=99, unit=0, layer=0), found=answered(lstm)[lstm.found], lang="en")


def test_a_hub_that_is_away_leaves_our_answer(lstm, monkeypatch):
    import lmdemo

    def load(name, *, source="scratch", **options):
        if source == "hub":
            raise HubError("hub_offline", expected="a network", got="none", hint="Go online.")
        return real(name, source=source, **options)

    real = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", load)
    made = answered(lstm, source="both")
    assert "**positive**" in made[lstm.reading.status] and "distilbert-sst2" in made[lstm.reading.cards]
    assert 'source="hub"' in made[lstm.snippet]
    made = answered(lstm, source="hub")
    assert "No answer this time" in made[lstm.reading.status] and hidden(made[lstm.reading.inside.column])
    assert "transformer" in made[lstm.reading.inside.empty]["value"]


def test_writing_grows_and_a_character_is_looked_at(tab, monkeypatch):
    options = {"prompt": "ROMEO:\n", "temperature": 0.8, "top_k": 0, "count": 40, "seed": 1}
    writing = tab.writing
    *_, end = writing.write(**options, lang="en")
    wrote = end[writing.wrote]
    assert len(wrote.text) == len("ROMEO:\n") + 40 and "40 characters" in end[writing.status]
    assert tab.writer in end[tab.snippet] and len(end[writing.timeline]["ids"]) == 48
    picked = writing.pick(event(index=12), wrote=wrote, lang="en")
    assert "Character 12 is" in picked[writing.sentence] and len(picked[writing.expected]["rows"]) == 10
    assert picked[writing.wrote].letter.at == 12 and wrote.letter is None
    for index in (0, 99, -3):
        with pytest.raises(OptionError):
            writing.pick(event(index=index), wrote=wrote, lang="en")
    assert writing.pick(event(index=1), wrote=None, lang="en") == {}
    monkeypatch.setattr("lmdemo.load", None)
    shown = writing.show(wrote=picked[writing.wrote], lang="hi-Latn")
    assert "expect" in shown[writing.sentence] and shown[writing.written] != picked[writing.written]


def test_the_race_is_told_lap_by_lap_and_said_again(tab):
    lab = tab.reading.copy_memory
    first, *_, end = lab.race(length=1, lang="en")
    assert first[lab.run].length == 1 and len(end[lab.run].laps) > 2
    assert "LSTM" in end[lab.said] and "RNN" in end[lab.said]
    assert lab.show(run=end[lab.run], lang="hi-Latn")[lab.laps]["title"] != end[lab.laps]["title"]
    assert lab.show(run=None, lang="en") == {}


def test_found_is_frozen():
    with pytest.raises(AttributeError):
        Found("a", "rnn-sentiment", "none").text = "b"
