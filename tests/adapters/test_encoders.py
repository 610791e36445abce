"""Encoder classification and filling in masks on tiny weights made here: answers, traces, switches, what is refused, the hub's files."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from lmdemo.adapters import outputs
from lmdemo.adapters.fill_mask import HubMaskFilling, MaskFilling
from lmdemo.adapters.text_classification import EncoderClassification, cost_at, peak_memory
from lmdemo.catalog import ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.bert import Bert, BertConfig
from lmdemo.models.transformer import Transformer, TransformerConfig
from lmdemo.proofs.bert import reference

SENTENCES = [
    "a man in a red shirt",
    "a woman in a blue shirt is running",
    "two dogs are running",
    "a dog plays in the snow",
]


def row(member: str, task: str, model: str) -> ModelRow:
    return ModelRow(
        name="tiny", member=member, task=task, purpose="", model=model, adapter="", recipe="", data="", training_data=""
    )


@pytest.fixture(params=["pieces", "words"])
def classify(request, tmp_path) -> EncoderClassification:
    torch.manual_seed(0)
    tokenizer = text.NgramTokenizer(buckets=50) if request.param == "pieces" else text.word_tokenizer(SENTENCES, 50)
    size = 51 if request.param == "pieces" else tokenizer.get_vocab_size()
    model = Transformer(
        TransformerConfig(vocab_size=size, hidden_size=16, head_dim=4, intermediate_size=24, max_position_embeddings=30)
    )
    torch.nn.init.normal_(model.embedding.weight)
    model.save_pretrained(tmp_path)
    tokenizer.save(tmp_path / "ngrams.json" if request.param == "pieces" else str(tmp_path / "tokenizer.json"))
    (tmp_path / "labels.json").write_text(json.dumps(["negative", "positive"]))
    return EncoderClassification.open(
        tmp_path,
        row=row("transformer", "text-classification", "lmdemo.models.transformer.Transformer"),
        source="scratch",
        device="cpu",
    )


@pytest.fixture
def captions_folder(tmp_path):
    torch.manual_seed(0)
    tokenizer = text.word_piece_tokenizer(SENTENCES * 3, 80)
    model = Bert(
        BertConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=24,
            max_position_embeddings=20,
        )
    )
    model.save_pretrained(tmp_path)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


@pytest.fixture
def fill(captions_folder) -> MaskFilling:
    return MaskFilling.open(
        captions_folder, row=row("bert", "fill-mask", "lmdemo.models.bert.Bert"), source="scratch", device="cpu"
    )


# -- the encoder ---------------------------------------------------------------------------------------------------------


def test_classification_trace_and_switches(classify):
    result = classify("A man in a red shirt", trace=True)
    t, T = result.trace, 6
    assert sum(result.scores.values()) == pytest.approx(1) and list(result.scores.values()) == sorted(
        result.scores.values(), reverse=True
    )
    assert t["tokens"].tolist() == ["A", "man", "in", "a", "red", "shirt"] and t["known"].all()
    assert t["embeddings"].shape == t["positions"].shape == (T, 16) and t["hidden_states"].shape == (3, T, 16)
    assert t["queries"].shape == t["keys"].shape == t["values"].shape == (2, 4, T, 4) and t["attention"].shape == (
        2,
        4,
        T,
        T,
    )
    assert t["layer_scores"].shape == (3, 2) and t["layer_scores"][-1].max() == pytest.approx(result.score, abs=1e-5)
    for options in ({"positions": False}, {"layer_norm": False}, {"heads_off": ((1, 2),)}):
        assert classify("A man in a red shirt", **options).scores != result.scores
    assert classify.classify_many(["A man in a red shirt", ""])[0] == pytest.approx(
        [result.scores["negative"], result.scores["positive"]], abs=1e-5
    )
    assert sum(r[3] for r in classify.layers()) == classify.info.parameters


@pytest.mark.parametrize("options", [{"heads_off": ((2, 0),)}, {"heads_off": ((0, -1),)}, {"nonsense": 1}])
def test_wrong_options_are_told(classify, options):
    with pytest.raises(OptionError):
        classify("a dog", **options)


@pytest.mark.parametrize(
    "given, key",
    [
        ("", "text_empty"),
        (" \n", "text_empty"),
        ("\x00a dog", "text_control"),
        (7, "text_type"),
        ("?!", "text_no_letters"),
        ("a " * 20_000, "text_too_long"),
        ("यह अच्छा है", "text_unknown"),
    ],
)
def test_bad_texts_are_told(classify, given, key):
    with pytest.raises(InputError) as caught:
        classify(given)
    assert caught.value.key == key


def test_a_text_past_the_longest_is_cut_and_told(classify):
    long = "a dog runs " * 20
    assert classify.kept(long) == (30, 60) and len(classify(long, trace=True).trace["tokens"]) == 30
    assert classify(long).scores == classify("a dog runs " * 10).scores
    assert classify.kept("dog") == (1, 1) and classify("dog").label in classify.labels
    mixed = classify("a dog अच्छा 🐕 <b>", trace=True).trace
    assert mixed["known"].tolist()[:2] == [True, True] and not mixed["known"][2]


def test_integrated_gradients_sum_to_the_difference(classify):
    given = "a woman in a blue shirt is running"
    found = classify.integrated_gradients(given, "positive", steps=200)
    with torch.no_grad():
        x = classify.model.embed(classify.preprocess(given).tensors["input_ids"])
        odds = [
            float(o.logits[0, 1] - o.logits[0, 0])
            for o in (classify.model(inputs_embeds=x), classify.model(inputs_embeds=x * 0))
        ]
    assert found.shape == (8,) and found.sum() == pytest.approx(odds[0] - odds[1], abs=0.02)
    with pytest.raises(OptionError):
        classify.integrated_gradients(given, "glad")


def test_what_is_left_without_a_word(classify):
    found = classify.without_each("a red shirt")
    assert found.shape == (3, 2)
    assert found[1] == pytest.approx([classify("a shirt").scores[k] for k in classify.labels], abs=1e-5)
    assert classify.without_each("dog").shape == (0, 2)


def test_memory_is_counted_and_attention_kept_costs_more():
    assert peak_memory(lambda: torch.zeros(1000, 250) + 1) == pytest.approx(2_000_000, rel=0.01)


def test_cost_grows_with_length(classify):
    short, long, kept = (
        cost_at(classify, "a dog", 4),
        cost_at(classify, "a dog", 30),
        cost_at(classify, "a dog", 30, keep=True),
    )
    assert short.bytes < long.bytes < kept.bytes and min(short.seconds, long.seconds) > 0


def test_two_callers_at_once_never_mix(classify):
    texts = ["a man in a red shirt", "two dogs are running in the snow"] * 8
    with ThreadPoolExecutor(4) as pool:
        shapes = [r.trace["attention"].shape[-1] for r in pool.map(lambda t: classify(t, trace=True), texts)]
    assert shapes == [len(t.split()) for t in texts]


# -- filling in -----------------------------------------------------------------------------------------------------------


def test_candidates_trace_and_switches(fill):
    result = fill("A man in a [MASK] shirt is [MASK].", trace=True, top_k=5)
    t = result.trace
    T, masks = len(t["tokens"]), t["masks"].tolist()
    assert len(result.candidates) == 2 and all(
        len(c) == 5 and list(c.values()) == sorted(c.values(), reverse=True) for c in result.candidates
    )
    assert (
        t["tokens"][0] == "[CLS]" and t["tokens"][-1] == "[SEP]" and [t["tokens"][m] for m in masks] == ["[MASK]"] * 2
    )
    assert (
        t["attention"].shape == (2, 2, T, T)
        and t["queries"].shape == (2, 2, T, 8)
        and t["hidden_states"].shape == (3, T, 16)
    )
    assert t["layer_tokens"].shape == (3, 2, 5) and t["layer_tokens"][-1, 0].tolist() == list(result.candidates[0])
    for options in ({"positions": False}, {"layer_norm": False}, {"heads_off": ((0, 1),)}):
        assert fill("A man in a [MASK] shirt is [MASK].", top_k=5, **options).candidates != result.candidates
    assert sum(r[3] for r in fill.layers()) == fill.info.parameters


@pytest.mark.parametrize(
    "given, key",
    [
        ("", "text_empty"),
        ("a man", "mask_missing"),
        ("a\x00[MASK]", "text_control"),
        ("(mask)", "mask_missing"),
        ("a dog " * 30 + "[MASK]", "mask_beyond"),
        ("x" * 20_001, "text_too_long"),
        (None, "text_type"),
    ],
)
def test_bad_texts_for_masks_are_told(fill, given, key):
    with pytest.raises(InputError) as caught:
        fill(given)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "given",
    ["[MASK]", "[MASK] " * 12, "[MASK][MASK]", "日本 [MASK] 🐕", "A [MASK] dog. " + "two dogs are running " * 30],
)
def test_odd_texts_are_answered(fill, given):
    result = fill(given, trace=True)
    assert 1 <= len(result.candidates) == len(result.trace["masks"]) and len(result.trace["tokens"]) <= 20
    assert all(np.isfinite(list(c.values())).all() for c in result.candidates)


@pytest.mark.parametrize(
    "options", [{"top_k": 0}, {"top_k": 101}, {"top_k": "many"}, {"heads_off": ((0, 2),)}, {"temperature": 1}]
)
def test_wrong_options_for_masks_are_told(fill, options):
    with pytest.raises(OptionError):
        fill("a [MASK]", **options)


def test_a_mask_may_be_small_and_whole_words_come_first(fill):
    assert fill("a [mask] in a [Mask] shirt").candidates == fill("a [MASK] in a [MASK] shirt").candidates
    apart, joined = (fill(t, top_k=80).candidates[0] for t in ("a red [MASK]", "a red[MASK]"))
    kinds = [word.startswith("##") for word in apart]
    assert kinds == sorted(kinds) and any(kinds) and sum(apart.values()) == pytest.approx(1, abs=1e-4)
    assert list(joined.values()) == sorted(joined.values(), reverse=True)


@pytest.mark.parametrize(
    "scores, clear", [((0.66, 0.34), True), ((0.6, 0.4), False), ((0.6, 0.2, 0.2), True), ((0.6, 0.35, 0.05), False)]
)
def test_an_answer_is_decided_by_its_lead_over_the_next(scores, clear):
    assert outputs.decided(dict(enumerate(scores))) is clear


def test_each_word_is_hidden_in_turn(fill):
    given = "A man, redogs [MASK]"
    words = fill.hide_each(given, top_k=4)
    assert [given[w.start : w.end] for w in words] == ["A", "man", "redogs"]
    for word in words:
        alone = fill(given[: word.start] + "[MASK]" + given[word.end :], top_k=80).candidates[0]
        scores = list(alone.values())
        assert list(word.candidates.values()) == pytest.approx(scores[:4], abs=1e-6)
        if word.rank is not None:
            own = given[word.start : word.end].lower()
            assert word.score == pytest.approx(alone[own], abs=1e-6) == scores[word.rank - 1]
    late = fill.hide_each(given, top_k=4, begin=2)
    assert [w.start for w in late] == [2, 7] and late[0].score == pytest.approx(words[1].score, abs=1e-6)
    assert words[2].rank is None and fill.hide_each("नमस्ते")[0].rank is None
    surprise = np.mean([-np.log(w.score) for w in words])
    assert fill.nats_per_word(given) == pytest.approx(surprise) and np.isnan(fill.nats_per_word("[MASK]"))


def test_the_whole_vocabulary_is_compared(fill):
    words, p = fill.likelihoods("a [MASK] in a red shirt", "two [MASK] are running")
    assert p.shape == (len(words), 2) and np.allclose(p.sum(0), 1, atol=1e-4)
    for word, score in fill("two [MASK] are running").candidates[0].items():
        assert score == pytest.approx(p[words.index(word), 1], abs=1e-6)


def test_pieces_are_cut_from_the_longest(fill):
    ((steps, ids),) = [c for c in fill.cut("redogs") if len(c[0]) > 1][:1]
    assert (
        steps[0] == ["redogs"]
        and "".join(p.removeprefix("##") for p in steps[-1]) == "redogs"
        and len(ids) == len(steps[-1])
    )
    assert all(p.startswith("##") for step in steps for p in step[1:])
    assert fill.pieces("a dog " * 30).count == 62 and len(fill.pieces("a dog " * 30).ids) == 20


def test_two_sentences_are_compared(fill):
    moves = fill.compare("a [MASK] in a red shirt", "two [MASK] are running", top_k=4)
    first = fill("a [MASK] in a red shirt", top_k=4).candidates[0]
    assert 4 <= len(moves) <= 8 and all(moves[w][0] == pytest.approx(p, abs=1e-6) for w, p in first.items())
    with pytest.raises(InputError):
        fill.compare("a [MASK]", "no mask")


def test_many_texts_give_what_one_gives(fill):
    given = ["a [MASK] in a red shirt", "two [MASK] are [MASK]"]
    ids = [fill.pieces(t).ids for t in given]
    for answers, one in zip(fill.fill_many(ids), given, strict=True):
        best = [max(c, key=lambda w: c[w]) for c in fill(one, top_k=80).candidates]  # of all pieces
        assert [fill.tokenizer.id_to_token(int(a)) for a in answers] == best


def test_our_network_with_the_hubs_weights_says_what_transformers_says(tmp_path):
    tokenizer = text.word_piece_tokenizer(SENTENCES * 3, 60)
    theirs = reference(tmp_path, vocab_size=tokenizer.get_vocab_size())
    tokenizer.enable_padding(length=16)  # as hub files may come
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    ours, hub = (
        kind.open(tmp_path, row=None, source=source, device="cpu")
        for kind, source in ((MaskFilling, "hub-weights"), (HubMaskFilling, "hub"))
    )
    a, b = (f("a man in a [MASK] shirt", trace=True, top_k=6) for f in (ours, hub))
    ids = torch.tensor([ours.pieces("a man in a [MASK] shirt").ids])
    with torch.inference_mode():
        expected = theirs(ids).logits[0, a.trace["masks"][0]].softmax(-1).topk(6)
    assert (
        list(a.candidates[0])
        == list(b.candidates[0])
        == [ours.tokenizer.id_to_token(i) for i in expected.indices.tolist()]
    )
    assert list(a.candidates[0].values()) == pytest.approx(expected.values.tolist(), abs=1e-4)
    assert (
        np.abs(a.trace["attention"] - b.trace["attention"]).max() < 1e-4
        and np.abs(a.trace["hidden_states"] - b.trace["hidden_states"]).max() < 1e-3
    )
    assert ours.info.source == "hub-weights" and hub.info.parameters == ours.info.parameters
    with pytest.raises(OptionError):
        hub("a [MASK]", positions=False)


def test_words_that_were_common_in_training_are_known_to_a_model_of_pieces(tmp_path):
    ngrams = text.NgramTokenizer(buckets=50)
    config = TransformerConfig(vocab_size=51, hidden_size=16, head_dim=4, intermediate_size=24)
    Transformer(config).save_pretrained(tmp_path)
    ngrams.save(tmp_path / "ngrams.json")
    (tmp_path / "labels.json").write_text(json.dumps(["negative", "positive"]))
    (tmp_path / "words.txt").write_text("\n".join(text.common_words(["bahut achha", "Bahuuut accha", "bahut"], 2)))
    kind = row("transformer", "text-classification", "lmdemo.models.transformer.Transformer")
    opened = EncoderClassification.open(tmp_path, row=kind, source="scratch", device="cpu")
    assert opened.met("BAHUT achha, 12 !") == [("BAHUT", True), ("achha", False)]


def test_what_was_met_is_told_of_texts_that_are_refused(classify):
    assert classify.met("नमस्ते") and not any(known for _, known in classify.met("नमस्ते"))
    with pytest.raises(InputError):
        classify("नमस्ते")
