"""What was changed in an input is told under its answer, in both languages, on pages and by functions."""

import gradio as gr
import pytest
from PIL import Image, ImageDraw

from demos.core.page import Page
from demos.tabs.recurrent.lstm.tab import LSTM
from demos.tabs.recurrent.text.functions import recurrent_classify
from demos.tabs.recurrent.translation.functions import translate
from demos.tabs.recurrent.translation.tab import Translation
from demos.tabs.start.tab import Start
from demos.tabs.transformers.bert.functions import bert_fill
from demos.tabs.transformers.encoder.functions import transformer_classify
from demos.tabs.transformers.gpt.functions import gpt_next_tokens
from demos.tabs.transformers.gpt.reading import following
from demos.tabs.vision.cnn.functions import cnn_classify
from demos.tabs.vision.cnn.tab import CNN
from demos.tabs.vision.yolo.functions import yolo_detect
from tests.demos.handlers import merged

INVISIBLE = {"en": "left out: 1.", "hi-Latn": "chhod diya: 1."}
ODD = "I lo\u200bve it"


@pytest.fixture(scope="module")
def build():
    def made(tab):
        with gr.Blocks():
            return tab(Page())

    return made


@pytest.fixture
def white(tmp_path):
    """A white digit on nothing."""
    picture = Image.new("RGBA", (200, 200), (255, 255, 255, 0))
    ImageDraw.Draw(picture).line([(50, 50), (150, 50), (90, 160)], (255, 255, 255, 255), 14)
    picture.save(tmp_path / "white.png")
    return str(tmp_path / "white.png")


@pytest.mark.parametrize("lang", INVISIBLE)
def test_texts(build, lang):
    lstm = build(LSTM)
    asked = {"source": "scratch", "gate": "none", "lang": lang}
    made = merged(lstm.reading.answer(text=ODD, model="lstm-sentiment", **asked))
    assert INVISIBLE[lang] in made[lstm.reading.facts] and "positive" in made[lstm.reading.status]
    made = merged(lstm.reading.answer(text="I love it", model="lstm-sentiment", **asked))
    assert "lm-noted" not in made[lstm.reading.facts]
    options = {"temperature": 0.8, "top_k": 0, "count": 20, "seed": 1, "lang": lang}
    made = merged(lstm.writing.write(prompt="RO\u200bMEO:\u2026", **options))
    assert INVISIBLE[lang] in made[lstm.writing.facts] and "… = ..." in made[lstm.writing.facts]
    start = build(Start)
    assert INVISIBLE[lang] in merged(start.reading.read(text=ODD, lang=lang))[start.reading.status]


@pytest.mark.parametrize(("lang", "said"), [("en", "read as: A man"), ("hi-Latn", "aise padha: A man")])
def test_sentences(build, lang, said):
    page = build(Translation)
    asked = {"model": "lstm-translation", "source": "scratch", "beams": 5, "attend": True, "lang": lang}
    made = merged(page.answer(sentence="A MAN IS PLAYING A GUITAR.", **asked))
    assert said in made[page.facts] and "Gitarre" in made[page.status]


@pytest.mark.parametrize(("lang", "said"), [("en", "laid on black"), ("hi-Latn", "black ke upar")])
def test_pictures(build, white, lang, said):
    tab = build(CNN)
    made = merged(tab.take(photo=white, model="cnn-digits", source="scratch", lang=lang))
    assert "**7**" in made[tab.status] and said in made[tab.facts]
    assert said in merged(iter([tab.told_of(made[tab.found], lang)]))[tab.facts]
    assert [said in note for note in cnn_classify(white, "cnn-digits", lang=lang)["notes"]] == [True]
    assert [said in note for note in yolo_detect(white, "yolo-drawings", lang=lang)["notes"]] == [True]


@pytest.mark.parametrize("lang", INVISIBLE)
def test_functions(lang):
    told = [
        recurrent_classify(ODD, lang=lang),
        transformer_classify(ODD, lang=lang),
        bert_fill("A dog is [MASK] in the\u200b park.", lang=lang),
        gpt_next_tokens(ODD, lang=lang),
        translate("Two d\u00adogs run.", lang=lang),
    ]
    for found in told:
        assert len(found["notes"]) == 1 and found["notes"][0].endswith(INVISIBLE[lang])
    assert recurrent_classify("I love it", lang=lang)["notes"] == []


def test_what_gpt_keeps_of_a_text_tells_it_too():
    import lmdemo

    assert [note.key for note in following(lmdemo.load("gpt-shakespeare"), text=ODD).notes] == ["text_invisible"]
