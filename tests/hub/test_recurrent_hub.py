"""The hub adapters beside the recurrent networks, on tiny random checkpoints made here: the same as transformers' own calls."""

import json

import numpy as np
import pytest
import torch

from lmdemo.errors import InputError, OptionError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "fine", "film", "dull", "##s", "!"]


@pytest.fixture
def distilbert(tmp_path):
    from transformers import DistilBertConfig, DistilBertForSequenceClassification, DistilBertTokenizerFast

    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=len(WORDS),
        dim=16,
        hidden_dim=32,
        n_layers=2,
        n_heads=2,
        max_position_embeddings=64,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    model = DistilBertForSequenceClassification(config).eval()
    model.save_pretrained(tmp_path)
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    DistilBertTokenizerFast(vocab=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    return tmp_path, model


def test_distilbert(distilbert):
    from transformers import AutoTokenizer

    from lmdemo.adapters.text_classification import HubTextClassification

    folder, model = distilbert
    classify = HubTextClassification.open(folder, row=None, source="hub", device="cpu")
    result = classify("a fine film!", trace=True)
    with torch.no_grad():
        encoded = AutoTokenizer.from_pretrained(folder)("a fine film!", return_tensors="pt")
        expected = model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).logits[0].softmax(-1)
    assert [result.scores[n] for n in ("negative", "positive")] == pytest.approx(expected.tolist(), abs=1e-5)
    T = len(result.trace["tokens"])
    assert result.trace["attention"].shape == (2, 2, T, T) and result.trace["hidden_states"].shape == (3, T, 16)
    with pytest.raises(InputError):
        classify("a " * 100)


def test_t5(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    from lmdemo.adapters.translation import HubTranslator

    torch.manual_seed(0)
    pieces = ["<pad>", "</s>", "<unk>", "▁translate", "▁English", "▁to", "▁German:", "▁the", "▁house", "▁das", "▁Haus"]
    tokenizer = Tokenizer(models.WordLevel({p: i for i, p in enumerate(pieces)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(tmp_path)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=len(pieces), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0
        )
    ).eval()
    model.save_pretrained(tmp_path)
    translate = HubTranslator.open(tmp_path, row=None, source="hub", device="cpu")
    result = translate("the house", num_beams=2)
    ids = translate.preprocess("the house")
    with torch.no_grad():
        expected = model.generate(**ids.tensors, num_beams=2, max_new_tokens=200)[0]
    assert result.translation_text == translate.tokenizer.decode(expected, skip_special_tokens=True)
    assert result.source_tokens == ("the", "house")  # without the task's own words
    assert result.alignment.shape == (len(result.target_tokens), 2)
    assert np.allclose(result.alignment.sum(-1), 1, atol=1e-4)
    with pytest.raises(OptionError):
        translate("the house", num_beams=0)


def test_wav2vec2(tmp_path):
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    from lmdemo.adapters.speech_recognition import HubSpeechRecognition

    torch.manual_seed(0)
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", "A", "B"]
    (tmp_path / "vocab.json").write_text(json.dumps({c: i for i, c in enumerate(letters)}))
    processor = Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), Wav2Vec2CTCTokenizer(str(tmp_path / "vocab.json")))
    processor.save_pretrained(tmp_path)
    config = Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8, 8),
        conv_stride=(5, 4),
        conv_kernel=(10, 8),
        num_conv_pos_embeddings=8,
        num_conv_pos_embedding_groups=2,
    )
    model = Wav2Vec2ForCTC(config).eval()
    model.save_pretrained(tmp_path)
    hear = HubSpeechRecognition.open(tmp_path, row=None, source="hub", device="cpu")
    clip = (0.1 * np.random.default_rng(0).normal(size=8_000)).astype(np.float32)
    result = hear((16_000, clip), trace=True)
    with torch.no_grad():
        values = processor(clip, sampling_rate=16_000, return_tensors="pt").input_values
        expected = model(values).logits
    assert np.abs(result.trace["probabilities"] - expected[0].softmax(-1).numpy()).max() < 1e-5
    assert result.text == processor.batch_decode(expected.argmax(-1))[0].lower()
    with pytest.raises(InputError):
        hear((16_000, np.zeros(16_000)))
