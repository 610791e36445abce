"""Texts: what is refused, how they are cut, and the data sets' layouts."""

import gzip

import pytest
import torch

from lmdemo.data import text
from lmdemo.errors import DataError, InputError


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (7, "text_type"),
        ("", "text_empty"),
        (" \n\t", "text_empty"),
        ("a" * 100_000, "text_too_long"),
        ("ab\x00c", "text_control"),
        ("\x1b[31m", "text_control"),
        ("\ud800", "text_control"),
        ("😀😀", "text_no_letters"),
        ("?!", "text_no_letters"),
    ],
)
def test_bad_text_is_refused(given, key):
    with pytest.raises(InputError) as caught:
        text.check_text(given)
    assert caught.value.key == key


def test_good_text_is_composed():
    assert text.check_text("e\u0301") == "é"
    assert text.check_text("नमस्ते") == "नमस्ते"
    assert text.check_text("😀", letters=False) == "😀"


def test_words_are_cut_as_in_the_treebank():
    tokenizer = text.word_tokenizer(["i do n't like it 's"], 50)
    cut = text.encode(tokenizer, "I don't like it's!")
    assert cut.tokens == ["I", "do", "n't", "like", "it", "'s", "!"]
    assert cut.ids[-1] == tokenizer.token_to_id(text.UNK) and text.UNK not in cut.tokens
    assert all(i > 1 for i in cut.ids[:-1])


def test_pieces_of_spellings_overlap():
    ngrams = text.NgramTokenizer()
    bahut, bohot, film = (set(ngrams.pieces(w)) for w in ("bahut", "bohot", "film"))
    assert len(bahut & bohot) > 0 == len(bahut & film)
    assert ngrams.pieces("Bohoooot") == ngrams.pieces("bohoot")
    encoded = ngrams.encode("yaar https // t . co / x1 acha")
    assert encoded.tokens == ["yaar", "acha"]
    assert max(max(ids) for ids in encoded.ids) <= ngrams.buckets and min(min(ids) for ids in encoded.ids) >= 1


def test_ngrams_survive_saving(tmp_path):
    text.NgramTokenizer(buckets=5).save(tmp_path / "n.json")
    assert text.NgramTokenizer.from_file(tmp_path / "n.json") == text.NgramTokenizer(buckets=5)


def test_bags_are_padded():
    ids, lengths = text.pad([[[1, 2, 3], [4]], [[5]]])
    assert ids.tolist() == [[[1, 2, 3], [4, 0, 0]], [[5, 0, 0], [0, 0, 0]]] and lengths.tolist() == [2, 1]


def test_batches_hold_every_text_once():
    data = text.LabelledTexts([[1] * n for n in range(1, 40)], [0] * 39)
    batches = data.batches(8, torch.Generator().manual_seed(0))
    assert sorted(i for b in batches for i in b) == list(range(39))
    assert data[batches[0]]["input_ids"].shape[0] == len(batches[0])


def test_sst2_layout(tmp_path):
    (tmp_path / "train.tsv").write_text('good "film\t1\nbad\t0\n')
    assert text.read_sst2(tmp_path, "train") == (['good "film', "bad"], [1, 0])
    assert text.read_sst2(tmp_path, "all")[1] == [1, 0]
    (tmp_path / "dev.tsv").write_text("good\tyes\n")
    for split in ("val", "test"):
        with pytest.raises(DataError):
            text.read_sst2(tmp_path, split)


def test_sentimix_layout(tmp_path):
    lines = "meta\t1\tpositive\nmeta\tHin\nacha\tHin\n\nmeta\t2\tnegative\nbura\t\n"
    (tmp_path / "train_conll.txt.gz").write_bytes(gzip.compress(lines.encode()))
    assert text.read_sentimix(tmp_path, "train") == (["meta acha", "bura"], [2, 0])


def test_tatoeba_never_judges_a_sentence_that_it_trained_on(tmp_path):
    lines = [f"s{n % 9}\tत{n}\tattribution" for n in range(40)]
    (tmp_path / "hin.txt").write_text("\n".join(lines))
    train, held = text.read_tatoeba(tmp_path, "train"), text.read_tatoeba(tmp_path, "val")
    assert len(held[0]) == 4 and train[0] and not set(train[0]) & set(held[0])


@pytest.mark.data
def test_real_sets_have_their_sizes(data):
    assert [len(text.read_sst2(data / "sst2", s)[0]) for s in ("train", "val")] == [6920, 872]
    labels = text.read_sentimix(data / "hinglish-sentimix", "val")[1]
    assert [labels.count(n) for n in range(3)] == [533, 754, 582]
    assert len(text.read_sentimix(data / "hinglish-sentimix", "train")[0]) == 15131
    assert len(text.read_multi30k(data / "multi30k-en-de", "train")[0]) == 29000
