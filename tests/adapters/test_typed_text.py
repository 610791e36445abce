"""Text as people type and paste it, asked of the shipped networks: an odd sign answers as the plain text beside it."""

import numpy as np
import pytest

import lmdemo
from lmdemo.errors import InputError

SENTIMENT = ("rnn-sentiment", "lstm-sentiment", "transformer-sentiment")  # of words, of words, and of their pieces


@pytest.mark.parametrize("model", SENTIMENT)
@pytest.mark.parametrize(
    ("odd", "plain", "keys"),
    [
        ("A great film \U0001fa77", "A great film", ["text_signs"]),
        ("“A great film” 😀", "A great film", ["text_signs"]),
        ("The film is terri\ufb01c", "The film is terrific", ["text_read_as"]),
        ("I lo\u200bve it", "I love it", ["text_invisible"]),
        ("\ufeffI lo\u00adve\u00a0it", "I love it", ["text_invisible"]),
        ("I don\u00b4t like this film", "I don't like this film", ["text_read_as"]),
        ("I don\u2019t like this film", "I don't like this film", []),
        ("\uff29 \U0001d425\U0001d428\U0001d42f\U0001d41e it", "I love it", ["text_read_as"]),
    ],
)
def test_a_sentiment_is_that_of_the_plain_text(model, odd, plain, keys):
    read = lmdemo.load(model)
    result, other = read(odd, trace=True), read(plain)
    if model == "transformer-sentiment" and keys == ["text_signs"]:  # emoji are pieces to it, if new ones
        assert result.label == other.label and result.score == pytest.approx(other.score, abs=0.02)
        return
    assert result.label == other.label and result.score == pytest.approx(other.score, abs=1e-6)
    assert [note.key for note in result.notes] == keys and other.notes == ()
    np.testing.assert_allclose(*read.classify_many([odd, plain]), atol=1e-6)
    words = [odd[a:b] for a, b in result.trace["offsets"]]
    assert len(words) == len(result.trace["tokens"]) and "".join(words) in odd.replace(" ", "").replace(
        "\u00a0", ""
    ).replace("“", "").replace("”", "")


@pytest.mark.parametrize("model", ["lstm-hinglish", "transformer-hinglish"])
def test_a_network_of_pieces_reads_emoji_and_is_spared_invisible_signs(model):
    read = lmdemo.load(model)
    assert read("bahut acchi \u200bmovie").scores == read("bahut acchi movie").scores
    assert "❤\ufe0f" in read("bahut acchi ❤\ufe0f", trace=True).trace["tokens"]


@pytest.mark.parametrize(
    ("model", "odd", "plain"),
    [
        ("lstm-translation", "Two\u00a0dogs run\u202fon the beach.", "Two dogs run on the beach."),
        ("lstm-translation", "Two\ndogs run\r\non  the beach.\n", "Two dogs run on the beach."),
        ("lstm-translation", "A MAN IS PLAYING A GUITAR.", "A man is playing a guitar."),
        ("lstm-translation-hindi", "I DON'T KNOW.", "I don't know."),
        ("lstm-translation-hindi", "I don\u00b4t know.", "I don't know."),
    ],
)
def test_a_translation_is_that_of_the_plain_sentence(model, odd, plain):
    translate = lmdemo.load(model)
    assert translate(odd).translation_text == translate(plain).translation_text
    assert translate.unknown_words(odd) == translate.unknown_words(plain)
    assert bool(translate(odd).notes) == (not odd.startswith("Two"))


def test_a_hidden_word_is_found_where_it_was_typed():
    fill = lmdemo.load("bert-captions")
    typed = "\u200bA dog is \uff3bMASK\uff3d in the \ufb01eld\u00a0."
    read, result = fill.pieces(typed), fill(typed)
    assert result.candidates == fill("A dog is [MASK] in the field .").candidates
    (place,) = [p for token, p in zip(read.tokens, read.offsets, strict=True) if token == "[MASK]"]
    assert typed[slice(*place)] == "\uff3bMASK\uff3d" and [n.key for n in result.notes] == [
        "text_invisible",
        "text_read_as",
    ]
    assert [typed[w.start : w.end] for w in fill.hide_each(typed)][-1] == "\ufb01eld"


def test_gpt_goes_on_from_the_text_as_it_was_typed():
    write = lmdemo.load("gpt-shakespeare")
    typed, plain = "ROMEO:\r\nI lo\u200bve don\u00b4t", "ROMEO:\nI love don't"
    options = {"max_new_tokens": 8, "seed": 1}
    result, other = write(typed, **options), write(plain, **options)
    assert result.text == typed + other.text.removeprefix(plain) and len(result.notes) == 2
    assert list(write.stream(typed, **options))[-1] == result.text
    starts = write.token_starts(typed)
    assert len(starts) == len(write.tokenize(typed).ids) == len(write.tokenize(plain).ids)
    assert typed[starts[-1] :] == "\u00b4t"
    assert write.read(typed, trace=False).notes == result.notes


@pytest.mark.parametrize("strange", ["😀", "😀 😀", "नमस्ते दुनिया"])
def test_gpt_reads_no_text_of_which_it_knows_but_the_spaces(strange):
    write = lmdemo.load("gpt-shakespeare")
    with pytest.raises(InputError) as caught:
        write(strange)
    assert caught.value.key == "text_unknown_characters"


@pytest.mark.parametrize("model", ["rnn-char", "lstm-char"])
def test_characters_of_phones_are_written_as_the_network_knows_them(model):
    write = lmdemo.load(model)
    typed, plain = "“Ay…” – don’t—\r\nI", "'Ay...' - don't--\nI"
    options = {"max_new_tokens": 5, "seed": 1}
    result = write(typed, **options)
    assert result.text == write(plain, **options).text == list(write.stream(typed, **options))[-1]
    assert [n.key for n in result.notes] == ["text_read_as"] and "’" not in str(result.notes[0])


@pytest.mark.parametrize("model", ["rnn-char", "lstm-char"])
@pytest.mark.parametrize("accent", ["caf\u00e9", "cafe\u0301", "caf\u00e9 \U0001fa77"])
def test_the_character_that_is_not_known_is_told(model, accent):
    with pytest.raises(InputError) as caught:
        lmdemo.load(model)(accent)
    assert caught.value.key == "text_unknown_characters" and "é" in caught.value.got and "e" not in caught.value.got
