"""The handlers of RNN and LSTM, called as the page calls them, without a browser."""

import gradio as gr
import pytest

from demos.core.page import Page
from demos.tabs.recurrent.lstm.tab import LSTM
from demos.tabs.recurrent.rnn.tab import RNN
from demos.tabs.recurrent.text import labs, letters
from demos.tabs.recurrent.text.asked import Found
from demos.tabs.recurrent.text.letters import MOST
from demos.tabs.recurrent.text.measures import EXAMPLES, LONG
from demos.views.unrolled import SHOWN
from lmdemo.errors import HubError, InputError, OptionError
from tests.demos.handlers import clicked as event
from tests.demos.handlers import merged as last

TEXT, HINGLISH = EXAMPLES["english"][0], EXAMPLES["hinglish"][0]
ASKED = {"model": "lstm-sentiment", "source": "scratch", "gate": "none", "lang": "en"}
WRITE = {"prompt": "ROMEO:\n", "temperature": 0.8, "top_k": 0, "count": 40, "seed": 1}


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
    look = tab.reading.look
    assert end[look.timeline]["tokens"] == end[look.cells]["tokens"] == TEXT.split()
    assert len(end[look.memory]["rows"]) == len(end[look.fading]["lines"]) == 2
    assert all(end[guess]["question"] for guess in look.guesses.values())
    assert tab.readers[0] in end[tab.snippet] and hidden(end[tab.reading.stop])


def test_names_that_are_not_there_are_refused(tab):
    options = {k: v for k, v in WRITE.items() if k != "prompt"}
    for steps in (tab.reading.choose(event(text="/etc/passwd"), **ASKED),
                  tab.writing.choose(event(text="/etc/passwd"), **options, lang="en")):  # fmt: skip
        with pytest.raises(InputError):
            list(steps)


def test_a_link_changes_what_it_names(lstm):
    given = ASKED | WRITE | {"text": ""}
    assert last(lstm.from_link(**given))[lstm.found] is None
    made = last(lstm.from_link(**given | {"model": "lstm-hinglish", "text": HINGLISH, "lang": "hi-Latn"}))
    assert "**positive**" in made[lstm.reading.status] and hidden(made[lstm.source])
    assert HINGLISH in made[lstm.reading.examples]["texts"]
    assert made[lstm.hubless]["visible"] and "kyunki" in made[lstm.hubless]["value"]
    made = last(lstm.from_link(**given | {"model": "lstm-char", "text": TEXT}))
    assert hidden(made[lstm.for_reading]) and not hidden(made[lstm.for_writing]) and lstm.found not in made
    assert made[lstm.writing.wrote].count == 40  # the page that writes opens with something written


def test_another_model_answers_to_the_same_text(lstm):
    given = ASKED | WRITE | {"text": "so warm and so funny"}
    made = last(lstm.change_model(**given | {"model": "lstm-hinglish"}))
    assert made[lstm.found].model == "lstm-hinglish" and "character n-grams" in made[lstm.reading.facts]
    assert made[lstm.found].text == given["text"] and lstm.reading.box not in made
    made = last(lstm.change_model(**given | {"model": "lstm-hinglish", "text": TEXT}))  # an example of another language
    assert made[lstm.found].text == made[lstm.reading.box] == HINGLISH
    assert lstm.found not in last(lstm.change_model(**given | {"model": "lstm-char"}))


def test_a_page_begins_with_an_example_in_the_visitors_language(tab, lstm):
    assert tab.begin("en") == {tab.model: tab.readers[0], tab.reading.box: TEXT}
    assert lstm.begin("hi-Latn") == {lstm.model: "lstm-hinglish", lstm.reading.box: HINGLISH}


def test_unknown_words_are_told_and_led_to_who_knows_them(tab, lstm):
    status, switch = tab.reading.status, tab.reading.switch
    made = answered(tab, text=HINGLISH)
    known, total = made[tab.found].known
    assert known < total / 2 and f"Only {known} of {total} words known" in made[status]
    assert hidden(made[switch]) != tab.gated and hidden(made[tab.reading.onward]) == tab.gated
    assert "./lstm?" in made[tab.reading.onward]["value"]
    made = answered(tab)
    assert f"{made[tab.found].known[1]} words known" in made[status] and hidden(made[switch])
    given = ASKED | {"text": HINGLISH, "chosen": None}
    assert last(lstm.to_hinglish(**given))[lstm.found].model == "lstm-hinglish"


def test_a_close_call_is_called_undecided_and_classes_keep_their_places(tab):
    orders, doubts = set(), []
    for text in EXAMPLES["english"]:
        made = answered(tab, text=text)
        score = made[tab.found].own.result.score
        doubts.append(score < 0.65)
        assert ("undecided" in made[tab.reading.status]) == doubts[-1]
        orders.add(tuple(row["label"] for row in made[tab.reading.bars]["groups"][0]["rows"]))
    assert orders == {("negative", "positive")}


def test_each_question_has_the_answer_that_the_network_gives(tab):
    import lmdemo

    made, look = answered(tab), tab.reading.look
    own = made[tab.found].own
    adapter, labels = lmdemo.load(tab.readers[0]), own.extra.labels

    def right(key):
        asked = made[look.guesses[key]]
        (n,) = asked["right"]
        return asked["choices"][n]

    if tab.gated:
        assert right("watch") == adapter(TEXT, open_gates=("forget",)).label
        gates = adapter(TEXT, trace=True).trace["gates"][0, :3]
        assert right("unit") == ("input gate", "forget gate", "output gate")[int(gates.mean((1, 2)).argmax())]
    else:
        words, place = TEXT.split(), labels.index(own.result.label)
        without = {w: [v for j, v in enumerate(words) if j != i] for i, w in enumerate(words) if w.isalpha()}
        scores = adapter.classify_many([" ".join(rest) for rest in without.values()])[:, place]
        assert right("watch") == list(without)[int(abs(scores - own.result.score).argmax())]
        assert right("unit") == adapter(" ".join(reversed(words))).label
    answers = [{lmdemo.load(m)(f"{w} {LONG['english']}").label for w in ("wonderful", "awful")}
               for m in ("rnn-sentiment", "lstm-sentiment")]  # fmt: skip
    turned = [len(a) == 2 for a in answers]
    assert right("reach") == {(1, 1): "both", (1, 0): "RNN", (0, 1): "LSTM", (0, 0): "neither"}[tuple(turned)]


def test_a_memory_is_measured_on_a_text_over_which_it_can_fade(tab):
    look, long = tab.reading.look, " ".join([TEXT] * 3)
    short = answered(tab)[look.fading]
    assert LONG["english"] in short["note"] and len(short["lines"][0]["points"]) == len(LONG["english"].split()) + 1
    assert "your text" in answered(tab, text=long)[look.fading]["note"]
    assert short["lines"][0]["points"][0] == [0.0, 1.0]


def test_a_held_gate_is_told_beside_all_gates_at_work(lstm):
    made = answered(lstm, gate="forget")
    assert "forget gate held at 1" in made[lstm.reading.look.changed]
    assert sum(lane["dashed"] for lane in made[lstm.reading.look.timeline]["lanes"]) == 1
    assert 'open_gates=("forget",)' in made[lstm.snippet]


def test_what_is_wrong_with_a_text_stands_where_the_answer_would(tab):
    found = answered(tab, text="😂😂")[tab.found]
    assert isinstance(found.wrong, InputError) and not found.answers
    for lang, said in (("en", "There are no words in it"), ("hi-Latn", "Ismein koi word nahi hai")):
        assert said in tab.reading.show(found=found, chosen=None, lang=lang)[tab.reading.status]
    assert answered(tab, text="  ")[tab.found] is None


def test_what_is_on_show_is_said_in_hinglish_without_a_network(tab, monkeypatch):
    found = answered(tab)[tab.found]
    look = tab.reading.look
    chosen = look.pick(event(step=2, unit=3, layer=0), found=found, lang="en")[look.chosen]
    monkeypatch.setattr("lmdemo.load", None)
    shown = tab.reading.show(found=found, chosen=chosen, lang="hi-Latn")
    assert "humara" in shown[tab.reading.status] and "ek ek word" in shown[look.timeline]["title"]
    for view in (look.timeline, look.cells):
        assert "poora hisaab" in shown[view]["sums"]["title"]


def test_a_chosen_number_outlives_a_gate_and_more_words_but_not_another_word(lstm):
    look = lstm.reading.look
    found = answered(lstm)[lstm.found]
    picked = look.pick(event(step=2, unit=3, layer=0), found=found, lang="en")
    chosen, before = picked[look.chosen], picked[look.timeline]["sums"]
    assert (before["step"], before["unit"]) == (2, 3) and len(before["parts"]) == 4
    made = answered(lstm, gate="forget", chosen=chosen)
    after = made[look.timeline]["sums"]
    assert made[look.chosen].held == ("forget",) and after["parts"][1]["held"] and after["parts"][1]["value"] == 1
    assert answered(lstm, text=TEXT + " yes", chosen=chosen)[look.chosen].unit == 3
    assert "sums" not in answered(lstm, text="dull " + TEXT, chosen=chosen)[look.timeline]


def test_a_network_that_reads_both_ways_hands_on_what_comes_from_the_front(lstm):
    made = answered(lstm, model="lstm-hinglish", text=LONG["hinglish"])
    cells, timeline = made[lstm.reading.look.cells], made[lstm.reading.look.timeline]
    assert [s["key"] for s in cells["strips"]] == ["cell", "state"] and max(cells["ids"]) < 128
    assert len(cells["ids"]) == len(timeline["ids"]) == 48 and max(timeline["ids"]) >= 128
    assert len(cells["tokens"]) <= SHOWN


def test_a_long_text_leaves_a_light_state(lstm):
    trace = answered(lstm, text=" ".join([TEXT] * 60))[lstm.found].own.result.trace
    assert len(trace["tokens"]) == 660 and trace["hidden_states"].shape[:2] == (1, 110)
    assert trace["gates"].shape[:3] == (1, 4, 110) and trace["scores_after"].shape[0] == 110


def test_a_unit_that_is_not_there_is_refused_and_nothing_chosen_changes_nothing(lstm):
    look = lstm.reading.look
    assert look.pick(event(step=0, unit=0, layer=0), found=None, lang="en") == {}
    with pytest.raises(OptionError):
        look.pick(event(step=99, unit=0, layer=0), found=answered(lstm)[lstm.found], lang="en")


def test_a_hub_that_is_away_leaves_our_answer(lstm, monkeypatch):
    import lmdemo

    def load(name, *, source="scratch", **options):
        if source == "hub":
            raise HubError("hub_offline", expected="a network", got="none", hint="Go online.")
        return real(name, source=source, **options)

    real = lmdemo.load
    monkeypatch.setattr(lmdemo, "load", load)
    made = answered(lstm, source="both")
    assert "**positive**" in made[lstm.reading.status] and "distilbert-sst2" in made[lstm.reading.facts]
    assert 'source="hub"' in made[lstm.snippet]
    made = answered(lstm, source="hub")
    assert "No answer this time" in made[lstm.reading.status]
    look = lstm.reading.look
    assert "transformer" in made[look.empty]["value"] and all(made[view] == {} for view in look.views)


def test_writing_grows_and_a_character_is_looked_at(tab, monkeypatch):
    writing = tab.writing
    *_, end = writing.write(**WRITE, lang="en")
    wrote = end[writing.wrote]
    assert len(wrote.text) == len("ROMEO:\n") + 40 and "40 characters" in end[writing.status]
    assert tab.writer in end[tab.snippet] and hidden(end[writing.stop])
    for name, view in writing.insides.items():
        assert name in end[view]["title"] and len(end[view]["ids"]) == MOST
    assert "opened" not in end[writing.written]  # nothing covers the text before one asks
    expected = wrote.passages[tab.writer].expected
    assert expected[wrote.letter.at] == min(expected[1:])
    picked = writing.pick(event(index=12), wrote=wrote, lang="en")
    assert "Character 12 is" in picked[writing.sentence] and len(picked[writing.written]["opened"]["rows"]) == 10
    assert [row["title"] for row in picked[writing.moved]["rows"]] == ["rnn-char", "lstm-char"]
    assert picked[writing.wrote].letter.at == 12 and wrote.letter.at != 12
    for index in (0, 99, -3):
        with pytest.raises(OptionError):
            writing.pick(event(index=index), wrote=wrote, lang="en")
    assert writing.pick(event(index=1), wrote=None, lang="en") == {}
    monkeypatch.setattr("lmdemo.load", None)
    shown = writing.show(wrote=picked[writing.wrote], lang="hi-Latn")
    assert "expect" in shown[writing.sentence] and shown[writing.written] != picked[writing.written]


def test_an_example_is_gone_on_with_at_once(tab):
    writing = tab.writing
    options = {k: v for k, v in WRITE.items() if k != "prompt"}
    first, *_, end = writing.choose(event(text="To be, or not to be"), **options, lang="en")
    assert first == {writing.prompt: "To be, or not to be"} and end[writing.wrote].text.startswith(
        "To be, or not to be"
    )


def test_which_writer_is_less_surprised_is_measured_on_what_is_drawn(tab):
    import numpy as np

    import lmdemo

    *_, end = tab.writing.write(**WRITE, lang="en")
    text, nats = end[tab.writing.wrote].text, []
    for name in letters.WRITERS:
        trace = lmdemo.load(name).read(text)
        at = [trace["vocabulary"].tolist().index(c) for c in text[1:]]
        nats.append(-np.log(trace["probabilities"][np.arange(len(at)), at]).mean())
    assert end[tab.writing.guesses["letters"]]["right"] == [int(np.argmin(nats))]
    shares = end[tab.writing.wrote].letter.shares
    assert end[tab.writing.guesses["letter"]]["right"] == [int(np.argmax([shares[n] for n in letters.WRITERS]))]


def test_the_race_is_told_lap_by_lap_and_said_again(tab):
    lab = tab.reading.copy_memory
    first, *laps, end = lab.race(length=1, lang="en")
    made = last(laps)
    assert first[lab.run].length == 1 and len(made[lab.run].laps) > 2
    assert not hidden(first[lab.stop]) and hidden(end[lab.stop])
    assert "LSTM" in made[lab.said] and "RNN" in made[lab.said]
    assert lab.show(run=made[lab.run], lang="hi-Latn")[lab.laps]["title"] != made[lab.laps]["title"]
    assert lab.show(run=None, lang="en") == {}


@pytest.mark.slow
def test_the_task_is_solved_by_whom_the_page_says():
    from lmdemo.recipes.copy_memory import race

    solved = {lap.member for lap in race(labs.ASKED, seconds=120) if lap.solved}
    assert solved == set(labs.SOLVED_BY)


def test_who_solves_the_task_is_asked_with_the_answer_that_was_measured(tab):
    asked = tab.reading.copy_memory.question("en")
    assert [asked["choices"][n] for n in asked["right"]] == [m.upper() for m in labs.SOLVED_BY]


def test_a_book_takes_what_its_words_take(tab):
    lab = tab.reading.speed
    for ms, right in ((0.0005, 0), (0.01, 1), (1.0, 2), (10.0, 3)):  # for each word
        made = lab.question("rnn-sentiment", ((8, 1.0), (512, 1.0 + 504 * ms)), "en")
        assert made[lab.guesses["cost"]]["right"] == [right]
    *_, end = lab.measure(model=tab.readers[0], lang="en")
    assert len(end[lab.drawn]["lines"]) == 2 and end[lab.guesses["cost"]]["told"]


def test_found_is_frozen():
    with pytest.raises(AttributeError):
        Found("a", "rnn-sentiment", "none").text = "b"
