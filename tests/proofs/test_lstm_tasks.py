"""The proofs of translation, speech and forecasting pass, and turn red when a formula is wrong."""

import pytest
import torch

from lmdemo.adapters.speech_recognition import ctc
from lmdemo.adapters.translation import beam_search
from lmdemo.data import audio
from lmdemo.models import lstm_forecast, lstm_translation
from lmdemo.proofs import prove


def failed(member: str) -> set[str]:
    return {check.name for check in prove(member) if not check.passed}


@pytest.mark.parametrize("member", ["lstm-translation", "lstm-speech", "lstm-forecast"])
def test_proof_passes(member):
    assert failed(member) == set()


def test_attention_that_sees_padding_is_found(monkeypatch):
    right = lstm_translation.LSTMTranslation.encode

    def blind(self, input_ids, lengths):
        memory = right(self, input_ids, lengths)
        return memory._replace(padding=torch.zeros_like(memory.padding))

    monkeypatch.setattr(lstm_translation.LSTMTranslation, "encode", blind)
    assert "LSTMTranslation, logits" in failed("lstm-translation")


def test_a_search_that_compares_endings_wrongly_is_found(monkeypatch):
    right = beam_search._endings
    monkeypatch.setattr(beam_search, "_endings", lambda *a: right(*a) * 0.9)
    assert failed("lstm-translation") == {"beam search, scores"}


def test_a_search_that_mixes_up_its_states_is_found(monkeypatch):
    right = lstm_translation.LSTMTranslation.decode

    def forgetful(self, ids, memory, state=None, **options):
        logits, attention, state = right(self, ids, memory, state, **options)
        return logits, attention, tuple(s.flip(1) for s in state)  # states of other beginnings

    monkeypatch.setattr(lstm_translation.LSTMTranslation, "decode", forgetful)
    assert "beam search, scores" in failed("lstm-translation")


def test_a_collapse_that_drops_double_letters_is_found(monkeypatch):
    right = ctc.collapse

    def wrong(path, letters):
        text = right(path, letters)
        return "".join(c for n, c in enumerate(text) if n == 0 or c != text[n - 1])

    monkeypatch.setattr(ctc, "collapse", wrong)
    assert failed("lstm-speech") == {"collapse, over every path"}


def test_a_beam_search_that_loses_paths_is_found(monkeypatch):
    right = ctc.ranked_beams
    monkeypatch.setattr(ctc, "ranked_beams", lambda *a, **k: [r._replace(score=r.score - 0.01) for r in right(*a, **k)])
    assert failed("lstm-speech") == {"beam search, all beams kept"}


def test_another_mel_scale_is_found(monkeypatch):
    right = audio.mel_filters
    monkeypatch.setattr(audio, "mel_filters", lambda *a, **k: right(*a, **k) ** 1.01)
    assert failed("lstm-speech") == {"log_mel"}


def test_a_wrong_quantile_is_found(monkeypatch):
    right = lstm_forecast.pinball
    monkeypatch.setattr(lstm_forecast, "pinball", lambda error, quantile: right(error, 1 - quantile))
    assert failed("lstm-forecast") == {"LSTMForecast, loss", "pinball"}
