"""What the pages of Translation, Speech and Forecasting ask their adapters: numbers that add up to what was answered."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from lmdemo.adapters.forecasting import Forecasting
from lmdemo.adapters.speech_recognition import SpeechRecognition, WordModel, align, collapse, ranked_beams
from lmdemo.adapters.translation import Translator
from lmdemo.catalog import ModelRow
from lmdemo.data import series, text
from lmdemo.errors import OptionError
from lmdemo.models.lstm_forecast import LSTMForecast, LSTMForecastConfig
from lmdemo.models.lstm_speech import LSTMSpeech, LSTMSpeechConfig
from lmdemo.models.lstm_translation import LSTMTranslation, LSTMTranslationConfig
from lmdemo.recipes.lstm_forecast import build_own, scale_of


def row(task: str) -> ModelRow:
    return ModelRow(
        name="tiny", member="lstm", task=task, purpose="", model="", adapter="", recipe="", data="", training_data=""
    )


@pytest.fixture
def translate(tmp_path):
    torch.manual_seed(0)
    tokenizer = text.piece_tokenizer(["a man walks", "ein Mann geht"] * 3, 60)
    model = LSTMTranslation(
        LSTMTranslationConfig(vocab_size=tokenizer.get_vocab_size(), embedding_size=8, hidden_size=8)
    )
    model.bias.data[3] = -9.0  # or the untrained network ends at once
    model.save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "words.json").write_text(json.dumps(["a", "man", "walks"]))
    return Translator.open(tmp_path, row=row("translation"), source="scratch", device="cpu")


def test_words_that_were_never_met_are_named_with_their_pieces(translate):
    assert translate.unknown_words("a Man walks!") == []
    ((word, pieces),) = translate.unknown_words("a manna walks")
    assert word == "manna" and "".join(pieces) == "manna"
    trace = translate("a manna walks", trace=True)
    strange = [t for t, known in zip(trace.source_tokens, trace.trace["known"], strict=True) if not known]
    assert "".join(strange) == "manna"


def test_a_look_taken_apart_gives_the_alignment(translate):
    result = translate("a man walks")
    made = translate.take_apart("a man walks", 1, 2)
    assert made.products.sum() + made.rest == pytest.approx(made.scores[2], abs=1e-5)
    assert made.shares == pytest.approx(result.alignment[1], abs=1e-5)
    with pytest.raises(OptionError):
        translate.take_apart("a man walks", 999, 0)


def test_how_sure_it_is_is_the_mean_of_what_it_wrote(translate):
    result = translate("a man walks", trace=True)
    written, likely = result.trace["token_scores"], result.trace["candidate_scores"]
    assert len(written) == len(result.target_tokens) + 1 == len(result.trace["candidates"])
    ended = np.isfinite(result.trace["beam_endings"]).any()  # an untrained network may find no end
    assert result.score == pytest.approx(np.exp(np.log(written if ended else written[:-1]).mean()), rel=1e-4)
    assert (likely[:, 0] >= written - 1e-6).all() and (np.diff(likely) <= 0).all()


def test_what_missed_the_beam_was_no_likelier_than_what_was_kept(translate):
    trace = translate("a man walks", num_beams=3, trace=True).trace
    kept = np.where(np.isfinite(trace["beam_scores"]), trace["beam_scores"], np.inf).min(1)
    assert trace["dropped_scores"].shape[1] == 4 and (trace["dropped_scores"] <= kept[:, None]).all()
    for step, parent in zip(*np.nonzero(np.isfinite(trace["dropped_scores"][1:])), strict=True):
        before = trace["dropped_parents"][step + 1, parent]
        assert trace["beam_tokens"][step, before] not in ("", "[EOS]")  # it goes on from one that went on


def test_attention_switched_off_looks_everywhere_alike(translate):
    result = translate("a man walks", attend=False)
    assert np.ptp(result.alignment) < 1e-6


@pytest.fixture
def hear(tmp_path):
    torch.manual_seed(0)
    LSTMSpeech(LSTMSpeechConfig(hidden_size=4)).save_pretrained(tmp_path)
    (tmp_path / "words.json").write_text(json.dumps({"": {"yes": 2}, "*": {"yes": 2, "no": 1}}))
    return SpeechRecognition.open(tmp_path, row=row("automatic-speech-recognition"), source="scratch", device="cpu")


@pytest.mark.parametrize("said", ["yes", "ee", "", "a b", "x" * 40])
def test_a_text_is_aligned_to_its_likeliest_path(said):
    letters = LSTMSpeechConfig().letters
    log_p = np.log(np.random.default_rng(0).dirichlet(np.ones(len(letters) + 1), 12))
    path = align(log_p, [letters.index(c) + 1 for c in said])
    assert len(path) == 12 and collapse(path, letters) == (said if len(said) < 12 else "")


def test_the_likeliest_path_of_the_greedy_text_is_the_greedy_path(hear):
    trace = hear(
        (16_000, np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1), num_beams=1, trace=True
    ).trace
    assert trace["said_path"].tolist() == trace["path"].tolist()


def test_a_clip_is_played_faster(hear):
    clip = (16_000, np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1)
    slow, fast = hear(clip, trace=True), hear(clip, trace=True, speed=2.0)
    assert len(fast.trace["log_mel"]) == pytest.approx(len(slow.trace["log_mel"]) / 2, abs=2)
    with pytest.raises(OptionError):
        hear(clip, speed=3.0)


def test_a_letter_taken_apart_gives_its_probability(hear):
    clip = (16_000, np.random.default_rng(0).normal(size=16_000).astype(np.float32) * 0.1)
    trace = hear(clip, trace=True).trace
    made = hear.take_apart(trace, 7, 3)
    assert made.products.sum() + made.rest == pytest.approx(made.logits[3], abs=1e-5)
    assert made.probabilities == pytest.approx(trace["probabilities"][7], abs=1e-5)
    assert trace["beam_scores"].tolist() == sorted(trace["beam_scores"], reverse=True)
    assert sum(n for *_, n in hear.layers()) == hear.model.num_parameters
    with pytest.raises(OptionError):
        hear.take_apart(trace, 7, 99)


def test_a_word_that_begins_as_none_is_held_back():
    letters, words = " abc", WordModel({"": {"ab": 1}, "*": {"ab": 1}})
    p = np.full((2, 5), 1e-9)
    p[0, 2], p[1, 4], p[1, 3] = 1, 0.9, 0.1  # heard: "ac", or, less likely, "ab"
    assert ranked_beams(np.log(p), letters, words, 8, weight=0.0, bonus=0.0)[0][0] == "ac"
    assert ranked_beams(np.log(p), letters, words, 8)[0][0].strip() == "ab"


def waves(n: int = 240) -> series.Series:
    t = np.arange(n)
    return series.read_series(
        pd.DataFrame(
            {"date": pd.date_range("2020-01-01", periods=n, freq="D"), "v": 10 + np.sin(2 * np.pi * t / 7) + 0.01 * t}
        )
    )


def test_a_foreseen_value_taken_apart_adds_up_and_the_end_is_hidden(tmp_path):
    torch.manual_seed(0)
    model = LSTMForecast(LSTMForecastConfig(context_length=14, patch_size=7, prediction_length=7))
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.1)
    foresee, read = Forecasting.of(model, "own", (10.0, 2.0)), waves()
    made, result = foresee.take_apart(read, 3), foresee(read)
    assert made.last + made.products.sum() + made.rest + made.correction == pytest.approx(result.mean[2], abs=1e-4)
    held = foresee.hold_out(read)
    changed = series.Series(read.index, np.append(read.values[:-7], read.values[-7:] + 100), read.name)
    assert held.forecasts["lstm"] == pytest.approx(foresee.hold_out(changed).forecasts["lstm"])  # it never saw the end
    assert held.errors["seasonal"]["mae"] == pytest.approx(0.07, abs=0.01) and 0 <= held.coverage <= 1
    assert sum(n for *_, n in foresee.layers()) == model.num_parameters


def test_a_network_trained_here_beats_as_now():
    read = waves()
    trainer = build_own(read, horizon=7, season=7)
    trainer.num_epochs = 60
    for _ in trainer.run():
        pass
    held = Forecasting.of(trainer.model, "own", scale_of(read, 7)).hold_out(read)
    assert held.errors["lstm"]["rmse"] < 0.5 * held.errors["naive"]["rmse"]


@pytest.mark.parametrize(("freq", "season"), [("h", 24), ("D", 7), ("B", 5), ("W", 52), ("MS", 12), ("QS", 4)])
def test_the_calendar_tells_the_season(freq, season):
    index = pd.date_range("2020-01-01", periods=60, freq=freq).to_numpy()
    assert series.season_of(series.Series(index, np.arange(60.0))) == season


def test_without_a_calendar_the_series_tells_its_season():
    t = np.arange(300)
    assert series.season_of(series.Series(t, np.sin(2 * np.pi * t / 25))) == 25
    assert series.season_of(series.Series(t, np.zeros(300))) == 1


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("value\n1.5\n2.5\n", [1.5, 2.5]),
        ("day;v\n2024-01-01;1,5\n2024-01-02;2,5\n", [1.5, 2.5]),
        ("day\tv\n2024-01-01\t1\n2024-01-02\t2\n", [1, 2]),
        ("\ufeffday,v\n2024-01-01,1\n2024-01-02,2\n", [1, 2]),
    ],
)
def test_separators_and_decimal_commas(tmp_path, content, values):
    (tmp_path / "s.csv").write_text(content, encoding="utf-8")
    assert series.read_series(tmp_path / "s.csv").values.tolist() == values
    assert len(Forecasting.columns(tmp_path / "s.csv")) == 1
