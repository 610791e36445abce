"""The figures on the page are the cards': nothing is written twice, and a baseline that wins is named with its reason."""

import pytest

from demos.core.words import Speaker
from demos.tabs.recurrent.rnn.tab import RNN
from demos.tabs.recurrent.text.figures import beaten_by, beside_baselines, card_figures
from demos.tabs.recurrent.text.functions import READERS, WRITERS

say = Speaker(RNN.folder)


@pytest.mark.parametrize("model", [*READERS, *WRITERS])
@pytest.mark.parametrize("lang", ["en", "hi-Latn"])
def test_every_card_can_be_read_and_worded(model, lang):
    figures = card_figures(model)
    shown = beside_baselines(model, say, lang)
    assert (
        figures.baselines
        and figures.n in shown
        and shown.count("<tr>") == 2 + len(figures.baselines) + (figures.seeds > 1)
    )
    assert (say(lang, f"why.{model}") in shown) == bool(beaten_by(model))


def test_a_plain_network_is_beaten_by_a_bag_of_words_and_the_page_says_so():
    assert beaten_by("rnn-sentiment") == ["bag of words, logistic regression"]
    assert beaten_by("rnn-char") and not beaten_by("lstm-sentiment")
