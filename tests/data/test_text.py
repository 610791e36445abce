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


def read(given: str) -> str:
    return text.read_typed(given).text


@pytest.mark.parametrize("newest", ["\U0001fa77", "\U0001fae9", "\U0001fac8", "\u088f", "\U000323b0"])
def test_what_is_newer_than_this_python_is_no_control_character(newest):
    assert read(f"A great film {newest}") == f"A great film {newest}"


@pytest.mark.parametrize("never", ["\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe", "\x7f", "\x9b", "\udfff"])
def test_what_no_text_holds_is_refused(never):
    with pytest.raises(InputError) as caught:
        text.read_typed(f"a {never}")
    assert caught.value.key == "text_control" and caught.value.got == f"U+{ord(never):04X}"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\u2009", "\u1680", "\u205f", "\u2800"])
def test_every_space_parts_words(space):
    assert read(f"two{space}dogs") == "two dogs" and text.read_sentence(f"two{space}dogs")[0] == "two dogs"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_is_one(end):
    assert read(f"ROMEO:{end}Ay") == "ROMEO:\nAy"


@pytest.mark.parametrize(
    "sign",
    [
        "\u200b",
        "\u00ad",
        "\u2060",
        "\ufeff",
        "\u200e",
        "\u202e",
        "\u2066",
        "\u200d",
        "\u200c",
        "\ufe0f",
        "\u3164",
        "\ufffc",
        "\U000e0041",
    ],
)
def test_signs_that_nobody_sees_do_not_cut_words(sign):
    typed = text.read_typed(f"{sign}I lo{sign}ve it{sign}")
    assert typed.text == "I love it" and [n.key for n in typed.notes] == ["text_invisible"]
    assert typed.notes[0].values == {"n": 3} and typed.place(2, 6) == (3, 8)


@pytest.mark.parametrize(
    "shaped",
    [
        "\u0915\u094d\u200d\u0937",
        "\u0930\u094d\u200c\u092f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "👨\u200d👩\u200d👧 a",
        "❤\ufe0f\u200d🔥 a",
        "👍🏽 a",
        "1\ufe0f\u20e3 a",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f a",
    ],
)
def test_signs_that_shape_what_is_seen_stay(shaped):
    typed = text.read_typed(shaped)
    assert typed.text == shaped and typed.notes == ()


@pytest.mark.parametrize(
    ("shape", "plain"),
    [
        ("terri\ufb01c", "terrific"),
        ("o\ufb03ce", "office"),
        ("\uff27\uff32\uff25\uff21\uff34\uff01", "GREAT!"),
        ("\U0001d420\U0001d42b\U0001d41e\U0001d41a\U0001d42d", "great"),
        ("\u24d6\u24e1\u24d4\u24d0\u24e3", "great"),
        ("\u1d4d\u02b3\u1d49\u1d43\u1d57", "great"),
        ("\U0001d7d3 stars", "5 stars"),
        ("Roc\u2163y", "RocIVy"),
    ],
)
def test_other_shapes_of_letters_are_read_as_plain_ones(shape, plain):
    typed = text.read_typed(shape)
    assert typed.text == plain and [n.key for n in typed.notes] == ["text_read_as"]


@pytest.mark.parametrize("kept", ["wait… what", "10 m²", "1½ stars", "Disney™", "naïve café", "Straße", "तुम कैसे हो?"])
def test_signs_with_a_meaning_of_their_own_stay(kept):
    assert text.read_typed(kept) == text.Typed(kept)


@pytest.mark.parametrize("sign", "\u2019\u2018\u201b\u2032\u02bc\u00b4`\uff07")
def test_an_apostrophe_is_one_whatever_its_shape(sign):
    assert (
        read(f"don{sign}t") == "don't"
        and read(f"{sign}a{sign} b") == f"{text.clean(sign).text}a{text.clean(sign).text} b"
    )
    assert bool(text.read_typed(f"don{sign}t").notes) == (sign not in "\u2019\u02bc")


def test_a_hyphen_that_does_not_break_is_one():
    assert read("well\u2011made") == "well-made" == read("well\u2010made")


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("The film is terri\ufb01c!", "terrific"),
        ("I lo\u200bve it", "love"),
        ("\ufeffI \u200elove it", "love"),
        ("cafe\u0301 cre\u0300me", "crème"),
        ("one\r\ntwo\r\nthree", "three"),
        ("\U0001d420\U0001d42b\U0001d41e\U0001d41a\U0001d42d film 🩷", "film"),
        ("각 \u1100\u1161\u11a8 end", "각"),
    ],
)
def test_places_point_into_the_text_as_it_was_typed(typed, word):
    read = text.read_typed(typed)
    begin = read.text.index(word, 1 if read.text.startswith("각") else 0)
    a, b = read.place(begin, begin + len(word))
    assert text.clean(typed[a:b]).text == word
    assert (a == 0 or typed[a - 1].isspace() or typed[a - 1] == "\u200e") and (
        b == len(typed) or not typed[b].isalnum()
    )


def test_both_tokenizers_point_into_the_typed_text():
    given = "\u200bThe \ufb01lm is gre\u00adat"
    words = text.encode(text.word_tokenizer(["the film is great"], 50), text.read_typed(given))
    bags = text.NgramTokenizer().encode(text.read_typed(given))
    for cut in (words, bags):
        assert [t.lower() for t in cut.tokens] == ["the", "film", "is", "great"] and cut.notes
        assert [given[a:b] for a, b in cut.offsets] == ["The", "\ufb01lm", "is", "gre\u00adat"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("A MAN IS PLAYING A GUITAR.", "A man is playing a guitar."),
        ("I DON'T KNOW. I'M SORRY.", "I don't know. I'm sorry."),
        ("“STOP!” HE SAID, ok", "“Stop!” he said, ok"),
    ],
)
def test_a_sentence_in_capitals_is_read_as_one_and_that_is_said(given, sentence):
    read, notes = text.read_sentence(given)
    assert read == sentence and sentence in str(notes[0]) and notes[0].key == "text_capitals"


@pytest.mark.parametrize(
    "given", ["A man in the USA.", "TV", "USA!", "I am.", "Two dogs", "Mr. Brown and Dr. A. Smith run."]
)
def test_other_sentences_are_left_as_they_are(given):
    assert text.read_sentence(given) == (given, ())


def test_lines_are_one_sentence_and_several_sentences_are_told():
    assert text.read_sentence("Two\ndogs  run\ton the beach.") == ("Two dogs run on the beach.", ())
    read, notes = text.read_sentence("Two dogs run.\nA man sings.")
    assert read == "Two dogs run. A man sings." and [n.key for n in notes] == ["text_sentences"]
    assert notes[0].values == {"n": 2}


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
