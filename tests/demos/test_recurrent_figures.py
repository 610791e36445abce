"""The figures on the page are the cards': nothing is written twice, and a baseline that wins is named with its reason."""

import numpy as np
import pytest

import lmdemo
from demos.core.cards import beside_baselines
from demos.core.words import Speaker
from demos.tabs.recurrent.rnn.tab import RNN
from demos.tabs.recurrent.text.functions import READERS, WRITERS
from demos.tabs.recurrent.text.measures import reach, remembered
from lmdemo.catalog import MODELS

say = Speaker(RNN.folder)


@pytest.mark.parametrize("model", [*READERS, *WRITERS])
@pytest.mark.parametrize("lang", ["en", "hi-Latn"])
def test_every_card_can_be_read_and_worded(model, lang):
    figures = MODELS[model].figures
    shown = beside_baselines(model, say, lang)
    assert (
        figures.baselines
        and f"{figures.n:,}" in shown
        and shown.count("<tr>") == 2 + len(figures.baselines) + (figures.seeds > 1)
    )
    assert (say(lang, f"why.{model}") in shown) == bool(figures.beaten_by)


SHAKESPEARE = (
    "First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak.\n\nFirst Citizen:\nYou are all "
    "resolved rather to die than to famish?\n\nAll:\nResolved. resolved.\n"
)


def test_an_lstm_as_a_rule_looks_further_back_than_a_plain_network():
    reaches = [
        np.mean([reach(lmdemo.load(name).gradient_of_character(SHAKESPEARE, at), 0.99) for at in range(100, 160, 3)])
        for name in WRITERS
    ]
    assert reaches[1] > 1.2 * reaches[0]


def test_over_a_review_a_plain_network_keeps_about_as_much_of_a_first_word_as_an_lstm():
    left = remembered("", "rnn-sentiment").left
    assert left["rnn-sentiment"][-1] > 0.2 and left["rnn-sentiment"][-1] > 0.7 * left["lstm-sentiment"][-1]


def test_a_plain_network_is_beaten_by_a_bag_of_words_and_the_page_says_so():
    assert MODELS["rnn-sentiment"].figures.beaten_by == ["bag of words, logistic regression"]
    assert MODELS["rnn-char"].figures.beaten_by and not MODELS["lstm-sentiment"].figures.beaten_by
