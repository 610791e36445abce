"""The figures on the page are the cards': nothing is written twice, and a baseline that wins is named with its reason."""

import pytest

from demos.core.cards import beside_baselines
from demos.core.words import Speaker
from demos.tabs.recurrent.rnn.tab import RNN
from demos.tabs.recurrent.text.functions import READERS, WRITERS
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


def test_a_plain_network_is_beaten_by_a_bag_of_words_and_the_page_says_so():
    assert MODELS["rnn-sentiment"].figures.beaten_by == ["bag of words, logistic regression"]
    assert MODELS["rnn-char"].figures.beaten_by and not MODELS["lstm-sentiment"].figures.beaten_by
