"""The named functions of the tabs RNN and LSTM, called as a program would; what is wrong is said in both languages."""

from itertools import pairwise

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

TEXT = "a warm , funny film that never loses its way ."
# Functions of the two tabs, with arguments that are right; a new one without a row here fails below.
CALLS = {
    "/recurrent_classify": {"text": TEXT},
    "/recurrent_words": {"text": TEXT, "gate": "forget"},
    "/recurrent_step": {"text": TEXT, "step": 3, "unit": 5},
    "/recurrent_memory": {"text": TEXT},
    "/recurrent_copy_memory": {"length": 2},
    "/recurrent_speed": {},
    "/recurrent_write": {"prompt": "ROMEO:\n", "max_new_tokens": 30},
    "/recurrent_expected": {"text": "ROMEO:\nWhat", "position": 8},
    "/recurrent_layers": {"model": "lstm-hinglish"},
    "/recurrent_prove": {"member": "rnn"},
}
BAD = {"empty": "", "long": "a " * 50_000, "emoji": "😂😂🔥", "script": "फ़िल्म अच्छी है", "control": "a\x00b"}


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def refusal(client, name, **arguments) -> str:
    with pytest.raises((AppError, ValueError)) as caught:
        client.predict(**arguments, api_name=name)
    assert "Traceback" not in str(caught.value) and 'File "' not in str(caught.value)
    return str(caught.value)


def test_each_function_is_named_typed_and_described(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith("/recurrent")} == set(CALLS)
    for name in CALLS:
        assert found[name]["description"].strip(), name
        assert all(p["python_type"]["type"] != "Any" for p in found[name]["parameters"]), name


@pytest.mark.parametrize("name", CALLS)
def test_each_function_answers(client, name):
    result = client.predict(**CALLS[name], api_name=name)
    if name == "/recurrent_classify":
        assert result["label"] == "positive" and sum(result["scores"].values()) == pytest.approx(1, abs=1e-5)
    if name == "/recurrent_words":
        assert len(result["scores_after"]["positive"]) == len(result["words"]) == 11 and set(
            result["mean_size"]["forget"]
        ) == {1}
    if name == "/recurrent_step":
        sums = (
            np.array(result["input_weights"]) @ result["inputs"]
            + np.array(result["state_weights"]) @ result["state"]
            + result["biases"]
        )
        assert sums == pytest.approx(result["sums"], abs=1e-4)
    if name == "/recurrent_memory":
        assert {k: len(v) for k, v in result.items()} == {"rnn-sentiment": 11, "lstm-sentiment": 11}
    if name == "/recurrent_copy_memory":
        assert {lap["member"] for lap in result} == {"rnn", "lstm"} and any(lap["solved"] for lap in result)
    if name == "/recurrent_speed":
        assert all(v["512"] > v["8"] > 0 for v in result.values())
    if name == "/recurrent_write":
        assert result.startswith("ROMEO:\n") and len(result) == len("ROMEO:\n") + 30
        assert result == client.predict(**CALLS[name], api_name=name)
    if name == "/recurrent_expected":
        assert len(result["moved_by"]) == 8 and 0 < sum(result["expected"].values()) <= 1.0001
    if name == "/recurrent_prove":
        assert all(check["passed"] for check in result)


def test_characters_are_streamed(client):
    job = client.submit(prompt="KING", model="rnn-char", max_new_tokens=300, api_name="/recurrent_write")
    last = job.result(timeout=60)
    parts = job.outputs()
    assert len(parts) > 1 and all(b.startswith(a) for a, b in pairwise(parts)) and parts[-1] == last


@pytest.mark.parametrize("lang, said", [("en", "Expected: "), ("hi-Latn", "Chahiye tha: ")])
@pytest.mark.parametrize("kind", BAD)
def test_bad_text_is_told_in_the_visitors_language_and_the_next_request_works(client, kind, lang, said):
    for model in ("rnn-sentiment", "lstm-hinglish"):
        assert said in refusal(client, "/recurrent_classify", text=BAD[kind], model=model, lang=lang)
    assert said in refusal(client, "/recurrent_write", prompt=BAD[kind], lang=lang)
    assert said in refusal(client, "/recurrent_expected", text=BAD[kind], lang=lang)
    assert client.predict(text=TEXT, api_name="/recurrent_classify")["label"] == "positive"


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("/recurrent_classify", {"text": TEXT, "model": "cnn-fashion"}),
        ("/recurrent_classify", {"text": TEXT, "model": "lstm-hinglish", "source": "hub"}),
        ("/recurrent_words", {"text": TEXT, "model": "rnn-sentiment", "gate": "forget"}),
        ("/recurrent_words", {"text": TEXT, "gate": "update"}),
        ("/recurrent_step", {"text": TEXT, "step": 11}),
        ("/recurrent_step", {"text": TEXT, "unit": -1}),
        ("/recurrent_step", {"text": TEXT, "unit": 1.5}),
        ("/recurrent_copy_memory", {"length": 101}),
        ("/recurrent_write", {"prompt": "ROMEO", "temperature": 6}),
        ("/recurrent_write", {"prompt": "ROMEO", "max_new_tokens": 0}),
        ("/recurrent_write", {"prompt": "ROMEO", "top_k": 99}),
        ("/recurrent_expected", {"text": "ROMEO", "position": 5}),
        ("/recurrent_expected", {"text": "ROMEO", "position": 0}),
    ],
)
def test_wrong_arguments_are_refused(client, name, arguments):
    assert "Chahiye tha: " in refusal(client, name, **arguments, lang="hi-Latn")


def test_the_hub_is_said_to_be_missing(client):
    assert "network is off" in refusal(client, "/recurrent_classify", text=TEXT, source="hub")
