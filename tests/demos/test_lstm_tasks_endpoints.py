"""The named functions of Translation, Speech and Forecasting, called as a program would; what is wrong is said in both languages."""

import time

import numpy as np
import pandas as pd
import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.demos.conftest import EXAMPLES

SENTENCE = "Two young men are playing football in the park."
SAID = EXAMPLES["lstm-speech"] / "enter-sixty-four.flac"
HOURLY, MONTHLY = (EXAMPLES["lstm-forecast"] / f"{n}.csv" for n in ("hourly", "monthly"))
# Functions of the three tabs, with arguments that are right; a new one without a row here fails below.
CALLS = {
    "/translate": {"text": SENTENCE},
    "/translate_alignment": {"text": SENTENCE},
    "/translate_beam": {"text": SENTENCE, "num_beams": 3},
    "/translate_look": {"text": SENTENCE, "step": 2, "place": 3},
    "/translate_compare": {"text": SENTENCE},
    "/translate_prove": {},
    "/speech_transcribe": {"audio": SAID},
    "/speech_letters": {"audio": SAID},
    "/speech_compare": {"audio": SAID},
    "/speech_vocabulary": {},
    "/speech_prove": {},
    "/forecast_series": {"file": HOURLY},
    "/forecast_own": {"file": MONTHLY, "horizon": 12},
    "/forecast_sum": {"file": HOURLY, "step": 5},
    "/forecast_prove": {},
}
LANGUAGES = [("en", "Expected: "), ("hi-Latn", "Chahiye tha: ")]


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def call(client, name, **arguments):
    return client.predict(
        **{k: handle_file(str(v)) if k in ("audio", "file") else v for k, v in arguments.items()}, api_name=name
    )


def refusal(client, name, **arguments) -> str:
    with pytest.raises((AppError, ValueError)) as caught:
        call(client, name, **arguments)
    assert "Traceback" not in str(caught.value) and 'File "' not in str(caught.value)
    return str(caught.value)


def test_each_function_is_named_typed_and_described(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith(("/translate", "/speech", "/forecast"))} == set(CALLS)
    for name in CALLS:
        assert found[name]["description"].strip(), name
        assert all(p["python_type"]["type"] != "Any" for p in found[name]["parameters"]), name


@pytest.mark.parametrize("name", CALLS)
def test_each_function_answers(client, name):
    result = call(client, name, **CALLS[name])
    assert result
    if name == "/translate":
        assert "Männer" in result["translation_text"] and result["unknown_words"] == {}
        assert "flamingo" in call(client, name, text="A flamingo runs.")["unknown_words"]
    if name == "/translate_alignment":
        assert np.sum(result["alignment"], 1) == pytest.approx(1, abs=1e-3) and len(result["alignment"]) == len(
            result["target_tokens"]
        )
    if name == "/translate_beam":
        nodes = result["nodes"]
        assert max(sum(n["step"] == s for n in nodes) for s in {n["step"] for n in nodes}) <= 3
        assert all(
            n["parent"] == -1
            or (nodes[n["parent"]]["step"] == n["step"] - 1 and n["score"] <= nodes[n["parent"]]["score"] + 1e-3)
            for n in nodes
        )
        best = nodes[result["best"]]
        assert best["ending"] == max(n["ending"] for n in nodes if n["ending"] is not None)
    if name == "/translate_look":
        assert sum(result["products"]) + result["rest"] == pytest.approx(result["scores"][3], abs=1e-3)
        looked = call(client, "/translate_alignment", text=SENTENCE)["alignment"]
        assert result["shares"] == pytest.approx(looked[2], abs=1e-3)
    if name in (
        "/translate_compare",
        "/speech_compare",
    ):  # the network is off here: ours answers, the hub's model is told to be missing
        assert "model" in result["scratch"] and "Expected" in result["hub"]["error"]
    if name == "/speech_transcribe":
        assert result["text"] == "enter sixty four"
        assert (
            call(client, name, audio=SAID, num_beams=1)["text"] == call(client, "/speech_letters", audio=SAID)["text"]
        )
    if name == "/speech_letters":
        run = [k for n, k in enumerate(result["path"]) if n == 0 or k != result["path"][n - 1]]
        assert " ".join("".join(result["letters"][k] for k in run).split()) == result["text"]
    if name == "/speech_vocabulary":
        assert {"enter", "sixty", "four"} <= set(result)
    if name == "/forecast_series":
        assert len(result["mean"]) == 96 and all(
            a < b < c for a, b, c in zip(result["lower"], result["mean"], result["upper"], strict=True)
        )
        assert result["index"][0] == "2024-04-30 00:00"
    if name == "/forecast_own":
        assert (
            result["season"] == 12
            and result["index"][0] == "2024-01-01"
            and set(result["errors"]) == {"lstm", "naive", "seasonal", "nlinear"}
        )
        assert result["errors"]["lstm"]["rmse"] < result["errors"]["naive"]["rmse"]
    if name == "/forecast_sum":
        assert result["last"] + sum(result["products"]) + result["rest"] + result["correction"] == pytest.approx(
            result["mean"], abs=1e-4
        )
        assert result["mean"] == pytest.approx(call(client, "/forecast_series", file=HOURLY)["mean"][4], abs=1e-4)
    if name.endswith("_prove"):
        assert all(check["passed"] for check in result)


@pytest.mark.parametrize(("lang", "said"), LANGUAGES)
@pytest.mark.parametrize(
    "text",
    ["", "😂😂", "a " * 50_000, "a\x00b", "नमस्ते दुनिया", "word " * 190 + "."],
    ids=["empty", "emoji", "long", "control", "script", "words"],
)
def test_bad_text_is_told_in_the_visitors_language_and_the_next_request_works(client, text, lang, said):
    assert said in refusal(client, "/translate", text=text, lang=lang)
    assert call(client, "/translate", text="A man.")["translation_text"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("/translate", {"text": SENTENCE, "num_beams": 0}),
        ("/translate", {"text": SENTENCE, "num_beams": 33}),
        ("/translate", {"text": SENTENCE, "model": "x"}),
        ("/translate", {"text": SENTENCE, "model": "lstm-translation-hindi", "source": "hub"}),
        ("/translate_look", {"text": SENTENCE, "step": 999}),
        ("/translate_look", {"text": SENTENCE, "place": -1}),
        ("/speech_transcribe", {"audio": SAID, "num_beams": 0}),
        ("/forecast_own", {"file": MONTHLY, "horizon": 0}),
        ("/forecast_own", {"file": MONTHLY, "horizon": 60}),
        ("/forecast_own", {"file": MONTHLY, "season": -1}),
        ("/forecast_series", {"file": MONTHLY}),
        ("/forecast_series", {"file": HOURLY, "column": "nope"}),
        ("/forecast_sum", {"file": HOURLY, "step": 97}),
    ],
)
@pytest.mark.parametrize(("lang", "said"), LANGUAGES)
def test_wrong_arguments_are_told(client, name, arguments, lang, said):
    assert said in refusal(client, name, **arguments, lang=lang)


def sounds(folder) -> dict:
    rng = np.random.default_rng(0)
    noise = lambda seconds, rate=16_000, channels=1: rng.normal(0, 0.1, (int(seconds * rate), channels))  # noqa: E731
    files = {
        n: folder / n
        for n in (
            "silence.wav",
            "long.wav",
            "slow.wav",
            "many.wav",
            "empty.mp3",
            "text.wav",
            "short.wav",
            "headless.wav",
        )
    }
    soundfile.write(files["silence.wav"], np.zeros(16_000), 16_000)
    soundfile.write(files["long.wav"], noise(600, 8_000), 8_000)
    soundfile.write(files["slow.wav"], noise(2, 4_000), 4_000)
    soundfile.write(files["many.wav"], noise(1, channels=9), 16_000)
    files["empty.mp3"].write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x00")  # an mp3's tag, and no sound after it
    files["text.wav"].write_text("I am text")
    soundfile.write(files["short.wav"], noise(0.05), 16_000)
    files["headless.wav"].write_bytes(files["slow.wav"].read_bytes()[:30])
    return files


@pytest.mark.parametrize(
    "file", ["silence.wav", "long.wav", "slow.wav", "many.wav", "empty.mp3", "text.wav", "short.wav", "headless.wav"]
)
@pytest.mark.parametrize(("lang", "said"), LANGUAGES)
def test_a_bad_clip_is_told_at_once_and_the_next_request_works(client, tmp_path, file, lang, said):
    path = sounds(tmp_path)[file]
    call(client, "/speech_vocabulary")  # opens the network
    started = time.perf_counter()
    assert said in refusal(client, "/speech_transcribe", audio=path, lang=lang)
    assert time.perf_counter() - started < 10
    assert call(client, "/speech_transcribe", audio=SAID)["text"] == "enter sixty four"


def test_eight_channels_and_other_rates_are_mixed_down(client, tmp_path):
    clip, rate = soundfile.read(SAID)
    soundfile.write(tmp_path / "eight.wav", np.repeat(clip[:, None], 8, 1), rate)
    assert call(client, "/speech_transcribe", audio=tmp_path / "eight.wav")["text"] == "enter sixty four"


def tables(folder) -> dict:
    month = pd.date_range("2020-01-01", periods=60, freq="MS").strftime("%Y-%m-%d")
    lines = [f"{d},{n}" for n, d in enumerate(month)]
    rows = {
        "text": ["date,value", *lines[:30], "2022-07-01,about 30", *lines[31:]],
        "one": ["date,value", lines[0]],
        "header": ["date,value"],
        "twice": ["date,value", *lines, lines[7]],
        "uneven": ["date,value", *lines[:5], *lines[30:]],
        "million": ["value", *["1.5"] * 1_000_000],
        "words": ["a,b", "x,y", "z,w"],
        "empty": [""],
    }
    for name, content in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(content))
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return {name: folder / f"{name}.csv" for name in (*rows, "picture")}


@pytest.mark.parametrize("file", ["text", "one", "header", "twice", "uneven", "million", "words", "empty", "picture"])
@pytest.mark.parametrize(("lang", "said"), LANGUAGES)
def test_a_bad_table_is_told_with_its_row_and_the_next_request_works(client, tmp_path, file, lang, said):
    path = tables(tmp_path)[file]
    for name in ("/forecast_series", "/forecast_own"):
        told = refusal(client, name, file=path, lang=lang)
        assert said in told
        if file == "text":
            assert "31" in told
    assert call(client, "/forecast_series", file=HOURLY)["filled"] == 0


def test_a_million_rows_are_refused_fast(tmp_path):
    from lmdemo.data.series import read_series
    from lmdemo.errors import InputError

    path = tables(tmp_path)["million"]
    times = []
    for _ in range(3):
        started = time.perf_counter()
        with pytest.raises(InputError):
            read_series(path)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.5
