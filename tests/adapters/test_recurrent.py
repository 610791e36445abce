"""The recurrent networks' adapters on tiny weights made here: answers, traces, what is refused, two callers at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import torch

from lmdemo.adapters.forecasting import Forecasting
from lmdemo.adapters.speech_recognition import SpeechRecognition, WordModel, beam_search, collapse
from lmdemo.adapters.text_classification import TextClassification
from lmdemo.adapters.text_generation import TextGeneration
from lmdemo.adapters.translation import Translator
from lmdemo.catalog import ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.models.lstm_forecast import LSTMForecast, LSTMForecastConfig
from lmdemo.models.lstm_speech import LSTMSpeech, LSTMSpeechConfig
from lmdemo.models.lstm_translation import LSTMTranslation, LSTMTranslationConfig
from lmdemo.models.rnn import RNN, RNNConfig

SENTENCES = ["a fine film", "a dull film", "it is fine and not dull at all"]


def row(member: str, task: str, model: str = "") -> ModelRow:
    return ModelRow(
        name="tiny", member=member, task=task, purpose="", model=model, adapter="", recipe="", data="", training_data=""
    )


def classifier(folder, kind: str, **config) -> TextClassification:
    torch.manual_seed(0)
    tokenizer = text.NgramTokenizer(buckets=50) if kind == "pieces" else text.word_tokenizer(SENTENCES, 50)
    size = 51 if kind == "pieces" else tokenizer.get_vocab_size()
    cls, made = (RNN, RNNConfig) if kind == "rnn" else (LSTM, LSTMConfig)
    model = cls(made(vocab_size=size, embedding_size=6, hidden_size=5, **config))
    torch.nn.init.normal_(model.embedding.weight)
    model.save_pretrained(folder)
    tokenizer.save(folder / "ngrams.json") if kind == "pieces" else tokenizer.save(str(folder / "tokenizer.json"))
    labels = ["negative", "positive"] if config.get("num_labels", 1) == 1 else ["negative", "neutral", "positive"]
    (folder / "labels.json").write_text(json.dumps(labels))
    path = "lmdemo.models.rnn.RNN" if kind == "rnn" else "lmdemo.models.lstm.LSTM"
    member = "rnn" if kind == "rnn" else "lstm"
    return TextClassification.open(folder, row=row(member, "text-classification", path), source="scratch", device="cpu")


@pytest.fixture(
    params=[
        ("rnn", {}),
        ("lstm", {}),
        ("lstm", {"bidirectional": True, "num_hidden_layers": 2}),
        ("pieces", {"bidirectional": True, "pooling": "max", "num_labels": 3}),
    ],
    ids=str,
)
def classify(request, tmp_path):
    return classifier(tmp_path, request.param[0], **request.param[1])


def test_classification_and_its_trace(classify):
    result = classify("It's a fine film", trace=True)
    assert sum(result.scores.values()) == pytest.approx(1) and result.label in classify.labels
    assert list(result.scores.values()) == sorted(result.scores.values(), reverse=True)
    config, trace = classify.model.config, result.trace
    T, width = len(trace["tokens"]), config.hidden_size * (1 + config.bidirectional)
    assert trace["hidden_states"].shape == (config.num_hidden_layers, T, width)
    assert ["It's a fine film"[a:b] for a, b in trace["offsets"]] == trace["tokens"].tolist()
    assert trace["scores_after"].shape == (T, len(classify.labels))
    last = dict(zip(classify.labels, trace["scores_after"][-1], strict=True))
    assert last == pytest.approx(dict(result.scores), abs=1e-5)
    before = "a fine"
    prefix = dict(zip(classify.labels, classify.scores_after("a fine film")[1], strict=True))
    assert prefix == pytest.approx(dict(classify(before).scores), abs=1e-5)
    many = classify.classify_many(["a fine film", "it is dull"])
    assert many[0] == pytest.approx([classify("a fine film").scores[n] for n in classify.labels], abs=1e-5)


def test_one_unit_taken_apart_gives_the_traced_number(classify):
    trace = classify("a fine film", trace=True).trace
    for layer in range(classify.model.config.num_hidden_layers):
        for step, number in ((0, 3), (2, 3), (0, -1), (2, -1)):  # forwards, and the last unit of a backward direction
            number %= trace["hidden_states"].shape[2]
            unit = classify.unit_step("a fine film", step, number, layer)
            assert unit.output == pytest.approx(trace["hidden_states"][layer, step, number], abs=1e-5)
            sums = unit.input_weights @ unit.inputs + unit.state_weights @ unit.state + unit.biases
            assert sums == pytest.approx(unit.sums, abs=1e-5)
    with pytest.raises(OptionError):
        classify.unit_step("a fine film", 3, 0)


def test_layers_add_up(classify):
    assert sum(row[3] for row in classify.layers()) == classify.model.num_parameters


def test_gradient_of_the_answer_equals_a_small_change(classify):
    gradient = classify.gradient_of_answer("a fine film", classify.labels[-1])
    assert gradient.shape == (3,) and (gradient >= 0).all() and gradient.max() > 0
    batch = classify.preprocess("a fine film").tensors
    model, n = classify.model, len(classify.labels) - 1

    def odds(x):
        logits = model(inputs_embeds=x, lengths=batch["lengths"]).logits[0].double()
        return logits[0] if len(logits) == 1 else logits[n] - torch.cat((logits[:n], logits[n + 1 :])).logsumexp(0)

    with torch.no_grad():
        x = model.embed(batch["input_ids"]) if hasattr(model, "embed") else model.embedding(batch["input_ids"])
        slopes = []
        for e in range(x.shape[2]):
            d = torch.zeros_like(x)
            d[0, 1, e] = 1e-2
            slopes.append(float(odds(x + d) - odds(x - d)) / 2e-2)
    assert np.linalg.norm(slopes) == pytest.approx(gradient[1], rel=0.02, abs=1e-4)


def test_what_is_left_of_a_first_word_is_the_distance_between_two_readings(classify):
    found = classify.remembered("a fine film", "dull", "good")
    size = classify.model.config.hidden_size
    a, b = (classify(f"{w} a fine film", trace=True) for w in ("dull", "good"))
    apart = np.linalg.norm((a.trace["hidden_states"] - b.trace["hidden_states"])[0, :, :size], axis=1)
    assert found.left == pytest.approx(apart / apart[0], abs=1e-4) and found.left.shape == (4,)
    assert [label for label, _ in found.answers] == [a.label, b.label]
    assert [score for _, score in found.answers] == pytest.approx([a.score, b.score], abs=1e-5)
    assert classify.remembered("a fine film", "good", "good").left[1:] == pytest.approx([0, 0, 0])


def test_open_gates(classify):
    if classify.info.member == "rnn":
        with pytest.raises(OptionError):
            classify("a fine film", open_gates=("forget",))
    else:
        opened = classify("a fine film", trace=True, open_gates=("forget",))
        assert (opened.trace["gates"][:, 1] == 1).all()
        assert classify.unit_step("a fine film", 1, 2, open_gates=("forget",)).output == pytest.approx(
            opened.trace["hidden_states"][0, 1, 2], abs=1e-5
        )
        assert opened.score != classify("a fine film").score
        with pytest.raises(OptionError):
            classify("a fine film", open_gates=("update",))


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("", "text_empty"),
        ("😀", "text_no_letters"),
        ("x" * 100_000, "text_too_long"),
        ("\x00a", "text_control"),
        ("फ़िल्म अच्छी है", "text_unknown"),
        ("a " * 9_000, "text_too_many_words"),
    ],
)
def test_bad_text(classify, given, key):
    with pytest.raises(InputError) as caught:
        classify(given)
    assert caught.value.key == key


def test_two_callers_never_mix(classify):
    alone = [classify(s, trace=True) for s in SENTENCES]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda n: classify(SENTENCES[n % 3], trace=True), range(24)))
    for n, result in enumerate(together):
        assert result.scores == pytest.approx(dict(alone[n % 3].scores), abs=1e-6)
        assert result.trace["tokens"].tolist() == alone[n % 3].trace["tokens"].tolist()


@pytest.fixture(params=["rnn", "lstm"])
def write(request, tmp_path):
    torch.manual_seed(0)
    tokenizer = text.character_tokenizer("abc def\n")
    cls, made, path = (
        (RNN, RNNConfig, "lmdemo.models.rnn.RNN")
        if request.param == "rnn"
        else (LSTM, LSTMConfig, "lmdemo.models.lstm.LSTM")
    )
    cls(
        made(vocab_size=tokenizer.get_vocab_size(), embedding_size=4, hidden_size=8, head="language-modeling")
    ).save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return TextGeneration.open(
        tmp_path, row=row(request.param, "text-generation", path), source="scratch", device="cpu"
    )


def test_generation(write):
    result = write("abc", max_new_tokens=12, seed=1, trace=True)
    assert result.text.startswith("abc") and len(result.tokens) == 12 and result.text == "abc" + "".join(result.tokens)
    assert (
        result == write("abc", max_new_tokens=12, seed=1) or result.text == write("abc", max_new_tokens=12, seed=1).text
    )
    assert result.text == write("abc", max_new_tokens=12, seed=1, use_cache=False).text
    pieces = list(write.stream("abc", max_new_tokens=12, seed=1))
    assert pieces[-1] == result.text and all(b.startswith(a) for a, b in pairwise(pieces))
    assert sum(row[3] for row in write.layers()) == write.model.num_parameters
    assert np.allclose(write.read(result.text)["probabilities"], result.trace["probabilities"])
    p = result.trace["probabilities"]
    assert p.shape == (15, len(write.vocabulary)) and p.sum(-1) == pytest.approx(1)
    greedy = write("abc", max_new_tokens=3, temperature=0)
    assert greedy.text == write("abc", max_new_tokens=3, top_k=1, temperature=2.0).text
    expected = write.expected_at("abc de", 3)
    assert max(expected, key=expected.get) == next(iter(expected))
    assert write.gradient_of_character("abc de", 3).shape == (3,)


def test_a_stream_goes_on_in_another_thread_and_leaves_no_mode_behind(write):
    stream = write.stream("abc", max_new_tokens=8, seed=1)
    assert next(stream) and not torch.is_inference_mode_enabled()
    with ThreadPoolExecutor(1) as thread:
        assert list(thread.submit(list, stream).result())[-1] == write("abc", max_new_tokens=8, seed=1).text


def test_nats_equal_one_pass_over_a_short_text(write):
    ids = torch.tensor([text.encode(write.tokenizer, "abc def abc").ids])
    with torch.no_grad():
        expected = write.model(ids[:, :-1], labels=ids[:, 1:]).loss.item()
    n, nats = write.nats_per_token("abc def abc", streams=3, context=100)
    assert n == 10 and nats == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("given", "options", "key"),
    [
        ("", {}, "text_empty"),
        ("aXY", {}, "text_unknown_characters"),
        ("a" * 6_000, {}, "text_too_long"),
        ("a\x00", {}, "text_control"),
        ("a", {"temperature": -1}, "temperature_range"),
        ("a", {"temperature": float("nan")}, "temperature_range"),
        ("a", {"top_k": 99}, "top_k_range"),
        ("a", {"max_new_tokens": 0}, "max_new_tokens_range"),
    ],
)
def test_bad_generation(write, given, options, key):
    with pytest.raises((InputError, OptionError)) as caught:
        write(given, **options)
    assert caught.value.key == key


@pytest.fixture
def translate(tmp_path):
    torch.manual_seed(0)
    tokenizer = text.piece_tokenizer(["a man walks", "ein Mann geht"] * 3, 60)
    LSTMTranslation(
        LSTMTranslationConfig(vocab_size=tokenizer.get_vocab_size(), embedding_size=8, hidden_size=8)
    ).save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return Translator.open(tmp_path, row=row("lstm", "translation"), source="scratch", device="cpu")


def test_translation(translate):
    result = translate("a man Ж walks", trace=True, num_beams=4)
    assert result.alignment.shape == (len(result.target_tokens), len(result.source_tokens))
    assert result.alignment.sum(-1) == pytest.approx(1)
    assert not result.trace["known"].all() and "Ж" in "".join(result.source_tokens)
    tokens, parents, scores = (result.trace[f"beam_{n}"] for n in ("tokens", "parents", "scores"))
    assert tokens.shape == parents.shape == scores.shape and tokens.shape[1] <= 4
    for step in range(1, len(tokens)):
        for beam in np.flatnonzero(np.isfinite(scores[step])):
            parent = parents[step, beam]
            assert tokens[step - 1, parent] not in ("", "[EOS]")
            assert scores[step, beam] <= scores[step - 1, parent] + 1e-5


def test_a_beam_of_one_takes_the_likeliest_piece(translate):
    result = translate("a man walks", num_beams=1, trace=True)
    memory = translate.model.encode(**translate.preprocess("a man walks").tensors)
    ids = [2]
    with torch.no_grad():
        for _ in range(len(result.trace["beam_tokens"])):
            logits = translate.model.decode(torch.tensor([ids]), memory)[0][0, -1]
            logits[[0, 2]] = -torch.inf
            ids.append(int(logits.argmax()))
    assert [translate.tokenizer.id_to_token(i) for i in ids[1:]] == result.trace["beam_tokens"][:, 0].tolist()


@pytest.mark.parametrize("beams", [0, -1, 1.5, True, 1000])
def test_bad_beams(translate, beams):
    with pytest.raises(OptionError) as caught:
        translate("a man", num_beams=beams)
    assert caught.value.key == ("num_beams_range" if type(beams) is int else "option_type")


def test_forecast_comes_back_in_its_own_unit(tmp_path):
    LSTMForecast(LSTMForecastConfig(context_length=8, patch_size=4, prediction_length=3)).save_pretrained(tmp_path)
    foresee = Forecasting.open(tmp_path, row=row("lstm", "time-series-forecasting"), source="scratch", device="cpu")
    result = foresee([1000.0 + n for n in range(20)], trace=True)
    assert result.index.tolist() == [20, 21, 22] and result.mean == pytest.approx([1019] * 3, abs=1e-2)
    assert (result.lower < result.mean).all() and result.trace["past"].tolist() == [1000.0 + n for n in range(12, 20)]
    assert np.isfinite(foresee([5.0] * 20).mean).all()
    with pytest.raises(InputError) as caught:
        foresee([1.0, 2.0])
    assert caught.value.key == "series_too_short"


def test_speech(tmp_path):
    LSTMSpeech(LSTMSpeechConfig(hidden_size=4)).save_pretrained(tmp_path)
    (tmp_path / "words.json").write_text(json.dumps({"": {"yes": 2}, "*": {"yes": 2, "no": 1}}))
    hear = SpeechRecognition.open(
        tmp_path, row=row("lstm", "automatic-speech-recognition"), source="scratch", device="cpu"
    )
    assert hear.vocabulary == ["no", "yes"]
    clip = (16_000, np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1)
    result = hear(clip, trace=True)
    assert result.trace["probabilities"].sum(-1) == pytest.approx(1) and result.trace["log_mel"].shape == (101, 40)
    assert hear(clip, num_beams=1).text == str(result.trace["greedy"])
    with pytest.raises(OptionError):
        hear(clip, num_beams=0)
    with pytest.raises(InputError):
        hear((16_000, np.zeros(16_000)))


def test_ctc_collapse_and_beam_search():
    letters = " ab"
    assert collapse(np.array([0, 2, 2, 0, 2, 1, 1, 3, 0]), letters) == "aa b"
    words = WordModel({"": {"a": 1, "b": 1}, "*": {"a": 1, "b": 1}})
    p = np.array(
        [[0.6, 1e-9, 0.4, 1e-9], [0.6, 1e-9, 0.4, 1e-9]]
    )  # the likeliest path is silent, the likeliest text is "a"
    assert collapse(p.argmax(1), letters) == ""
    assert beam_search(np.log(p), letters, words, 8, weight=0.0, bonus=0.0) == "a"
    p = np.array([[0.02, 1e-9, 0.48, 0.5]])
    liked = WordModel({"": {"a": 9}, "*": {"a": 9, "b": 1}})
    assert (
        beam_search(np.log(p), letters, liked, 8, weight=0.0) == "b"
        and beam_search(np.log(p), letters, liked, 8) == "a"
    )
