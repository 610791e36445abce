"""Texts: data sets, checks of what a visitor typed, and tokenizers by word, by character and by pieces of words."""

import functools
import gzip
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from lmdemo.errors import DataError, InputError, WeightsError
from lmdemo.notes import Note

MAX_CHARACTERS = 20_000
SENTIMENTS = ("negative", "neutral", "positive")
PAD, UNK = "[PAD]", "[UNK]"
CLS, SEP, MASK = "[CLS]", "[SEP]", "[MASK]"
LATIN_WORD = r"[A-Za-z]+"


# -- what a visitor typed ----------------------------------------------------------------------------------------------


class Typed(NamedTuple):
    """A text as networks read it, and where each of its characters stands in the text as it was typed.

    Attributes:
        text: Without invisible signs and other shapes of letters, in composed form (NFC), lines ended by a line feed.
        begins, ends: Of each character where that which it stands for begins and ends in the typed text; None where the two
            texts are the same.
        notes: What was changed that its writer may want to know.
    """

    text: str
    begins: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None
    notes: tuple[Note, ...] = ()

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where a part of :attr:`text` stands in the typed text."""
        if self.begins is None or self.ends is None:
            return begin, end
        if begin >= end:  # nothing, as the marks of a beginning and an end
            return (self.ends[end - 1],) * 2 if end else (0, 0)
        return self.begins[begin], self.ends[end - 1]


def read_typed(text: object, *, limit: int = MAX_CHARACTERS, letters: bool = True) -> Typed:
    """What a visitor typed or pasted, if it can be read, as the networks know texts.

    Signs that nobody sees are left out, where they do not shape what is seen (the joiner of emoji and of Indian scripts
    does); other shapes of letters and digits (ligatures, full-width, bold) become plain ones; between letters all apostrophes
    and hyphens become those of a keyboard; white space becomes a space or a line feed.

    Args:
        text: What was given.
        limit: Characters that are read.
        letters: Whether it has to hold a letter or digit.

    Raises:
        InputError: It is no text, empty, too long, holds control characters, or no letter where one is needed.
    """
    if not isinstance(text, str):
        raise InputError("text_type", expected="str", got=type(text).__name__, hint="Give a text.")
    if len(text) > limit:
        raise _too_long(len(text), limit)
    control = next((c for c in text if _is_control(c)), None)
    if control is not None:
        raise InputError(
            "text_control",
            expected="printable characters",
            got=f"U+{ord(control):04X}",
            hint="Remove the control character; it often comes from a copied binary file.",
        )
    typed = clean(text)
    if len(typed.text) > limit:  # a ligature is up to three letters
        raise _too_long(len(typed.text), limit)
    if not typed.text.strip():
        raise InputError(
            "text_empty", expected=f"1 - {limit:,} characters", got="0 characters", hint="Type something first."
        )
    if letters and not any(c.isalnum() for c in typed.text):
        raise InputError(
            "text_no_letters", expected="words", got=typed.text.strip()[:20], hint="Add at least one word."
        )
    return typed


def _too_long(length: int, limit: int) -> InputError:
    return InputError(
        "text_too_long",
        expected=f"1 - {limit:,} characters",
        got=f"{length:,} characters",
        hint="Give a shorter piece of it.",
    )


def check_text(text: object, *, limit: int = MAX_CHARACTERS, letters: bool = True) -> str:
    """The text of :func:`read_typed` alone, for those to whom it is the same where its words stand."""
    return read_typed(text, limit=limit, letters=letters).text


# Unicode's Default_Ignorable_Code_Point, marks of annotations and the sign in place of an object: nothing of them is seen.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"
_FLAG = "\U0001f3f4"  # the black flag, whose invisible tags name a country
_LINES = "\n\r\x0b\x0c\x85\u2028\u2029"
_BLANK = "\u2800"  # Braille's empty cell
_APOSTROPHES = "\u2019\u2018\u201b\u2032\u02bc\u02bb\u02b9\u00b4`\u055a\ua78c\u05f3"
_COMMON_APOSTROPHES = "\u2019\u02bc"  # of phones and word processors: not worth a word
_HYPHENS = "\u2010\u2011"
_ABBREVIATED = {"mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "no"}  # no end of a sentence
_PLAIN = re.compile(r"[\n -_a-~]*")  # nothing in it is ever changed


def _is_control(c: str) -> bool:
    """What no text holds: controls but white space, halves of characters, and the 66 that Unicode will never assign.

    A character of the category Cn else is one that Unicode assigned after this Python was made.
    """
    if c in _LINES or c == "\t":
        return False
    return unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


@functools.lru_cache(maxsize=4096)
def _folded(c: str) -> str:
    """Another shape of a letter or digit as the plain one; marks such as "…", "²" and "™" stay, they mean something."""
    kind = unicodedata.decomposition(c).partition(">")[0][1:]
    plain = unicodedata.normalize("NFKC", c)
    if not kind or len(plain) > 3:
        return c
    category = unicodedata.category(c)
    if kind in ("wide", "narrow"):
        return plain
    if kind in ("super", "sub"):
        return plain if category == "Lm" else c
    letter = category[0] == "L" or (category[0] == "N" and kind != "fraction")
    return plain if letter or (kind in ("circle", "square") and plain.isascii() and plain.isalnum()) else c


def _shapes(before: str, c: str, after: str) -> bool:
    """Whether an invisible sign shapes what is seen: in an emoji, or in a script that joins its letters."""
    if _is_tag(c):
        return before == _FLAG or _is_tag(before)
    if not before or before.isspace():
        return False
    if _is_variation(c):  # how the sign before it is drawn
        drawn = not before.isascii() and unicodedata.category(before)[0] in "SP"
        return drawn or after == "\u20e3"
    if c not in _JOINERS or not after or _INVISIBLE.match(after):
        return False
    symbols = "So", "Sk"
    drawn = ord(before) > 0x2000 and (unicodedata.category(before) in symbols or before == "\ufe0f")
    if drawn or ord(before) >= 0x1F000:  # an emoji of several
        return c == "\u200d" and unicodedata.category(after) in symbols
    return 0x0590 <= ord(before) < 0x1D00 or 0xA800 <= ord(before) < 0xFB00 or ord(before) >= 0x10A00


def _is_tag(c: str) -> bool:
    return "\U000e0020" <= c <= "\U000e007f"


def _is_variation(c: str) -> bool:
    return "\ufe00" <= c <= "\ufe0f"


def _is_lettered(c: str) -> bool:
    """Whether it is a letter, a digit, or a mark on one."""
    return c.isalnum() or unicodedata.category(c)[0] == "M"


def clean(text: str) -> Typed:
    """Any text as :func:`read_typed` has it, unchecked."""
    if _PLAIN.fullmatch(text):
        return Typed(text)
    plainer: dict[str, str] = {}
    seen = [i for i, c in enumerate(text) if not _INVISIBLE.match(c) or c in _JOINERS or _is_tag(c) or _is_variation(c)]
    made: list[tuple[str, int, int]] = []  # characters, and where what they stand for begins and ends
    invisible = len(text) - len(seen)
    for i, following in zip(seen, [*seen[1:], len(text)], strict=False):
        c, before = text[i], made[-1][0] if made else ""
        if c == "\n" and text[i - 1 : i] == "\r":
            made[-1] = ("\n", i - 1, i + 1)
        elif c in _LINES:
            made.append(("\n", i, i + 1))
        elif (c.isspace() and c != "\t") or c == _BLANK:
            made.append((" ", i, i + 1))
        elif _INVISIBLE.match(c) and not _shapes(before, c, text[following : following + 1]):
            invisible += 1
        elif (plain := _folded(c)) != c:
            plainer[c] = plain
            made += [(p, i, i + 1) for p in plain]
        else:
            made.append((c, i, i + 1))
    made = _composed(made)
    for i in range(1, len(made) - 1):
        c, begin, end = made[i]
        if c in _APOSTROPHES or c in _HYPHENS:
            plain = "-" if c in _HYPHENS else "'"
            if _is_lettered(made[i - 1][0]) and made[i + 1][0].isalnum():
                made[i] = plain, begin, end
                if c not in _COMMON_APOSTROPHES and c not in _HYPHENS:
                    plainer[c] = plain
    notes = []
    if invisible:
        notes.append(Note("text_invisible", "Signs that nobody sees were left out: {n}.", {"n": invisible}))
    notes += read_as(plainer)
    result = "".join(c for c, _, _ in made)
    if result == text:
        return Typed(text)
    return Typed(result, tuple(a for _, a, _ in made), tuple(b for _, _, b in made), tuple(notes))


def read_sentence(text: object, *, limit: int = MAX_CHARACTERS) -> tuple[str, tuple[Note, ...]]:
    """A sentence as networks that translate know them: in one line, and not in capitals; and what was changed.

    Args:
        text: What was given.
        limit: Characters that are read.

    Raises:
        InputError: It can't be read; see :func:`read_typed`.
    """
    typed = read_typed(text, limit=limit)
    line, notes = " ".join(typed.text.split()), list(typed.notes)
    capitals, small = (sum(map(kind, line)) for kind in (str.isupper, str.islower))
    if capitals >= 4 and capitals > 4 * small:  # a shorter word in capitals may be a name, such as "USA"
        line = re.sub(r"\bi\b", "I", line.lower())
        line = re.sub(r"(^\W*|[.!?]\s+)(\w)", lambda m: m[1] + m[2].upper(), line)
        notes.append(Note("text_capitals", "It was in capitals, and read as: {text}", {"text": line}))
    ended = re.finditer(r"\b(\w+)[.!?।]+[\"'”’)]*\s+\w", line)
    ends = sum(len(m[1]) > 1 and m[1].lower() not in _ABBREVIATED for m in ended)
    if ends:
        said = "These {n} sentences were read as one; the network learnt from single ones. Give one at a time."
        notes.append(Note("text_sentences", said, {"n": ends + 1}))
    return line, tuple(notes)


def read_as(signs: Mapping[str, str]) -> tuple[Note, ...]:
    """Tells which signs were read as which plainer ones; nothing of none."""
    listed = ", ".join(f"{c} = {plain}" for c, plain in list(signs.items())[:8])
    said = "Other shapes of signs were read as plain ones: {signs}."
    return (Note("text_read_as", said, {"signs": listed}),) if signs else ()


def _composed(made: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """In composed form, each character with the place of all that it is made of."""
    if unicodedata.is_normalized("NFC", "".join(c for c, _, _ in made)):
        return made
    groups: list[list[tuple[str, int, int]]] = []
    for one in made:
        joins = bool(groups) and unicodedata.combining(one[0]) > 0
        if groups and not joins:  # a few letters are composed of several that each could stand alone
            so_far = "".join(c for c, _, _ in groups[-1])
            apart = unicodedata.normalize("NFC", so_far) + unicodedata.normalize("NFC", one[0])
            joins = unicodedata.normalize("NFC", so_far + one[0]) != apart
        if joins:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [
        (c, group[0][1], group[-1][2])
        for group in groups
        for c in unicodedata.normalize("NFC", "".join(c for c, _, _ in group))
    ]


# -- data sets ---------------------------------------------------------------------------------------------------------


def _open_text(folder: Path | None, name: str) -> str:
    """A text file of a data set, plain or gzipped."""
    for path in (folder / name, folder / f"{name}.gz") if folder is not None else ():
        if path.is_file():
            try:
                data = path.read_bytes()
                read = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
            except (OSError, EOFError, UnicodeDecodeError) as error:
                raise DataError(
                    "data_damaged",
                    expected=f"{path.name}: UTF-8",
                    got=str(error)[:100],
                    hint="Copy or download the file again.",
                ) from error
            if not read.strip():
                raise DataError(
                    "data_damaged",
                    expected=f"{path.name}: text",
                    got="0 characters",
                    hint="Copy or download the file again.",
                )
            return read
    raise DataError(
        "data_missing", expected=name, got=f"no such file in {folder}", hint="Name the folder that holds it."
    )


def _parts(folder: Path | None, split: str, files: dict[str, str]) -> list[str]:
    """Texts of the files that make up a split; ``all`` is every one that the folder holds."""
    if split != "all":
        return [_open_text(folder, files[split])]
    here = [
        n for n in files.values() if folder is not None and any((folder / f"{n}{z}").is_file() for z in ("", ".gz"))
    ]
    return [_open_text(folder, n) for n in here or list(files.values())[:1]]


def _bad_line(name: str, number: int, expected: str, line: str) -> DataError:
    return DataError(
        "data_layout", expected=expected, got=f"{name}, {number}: {line[:60]!r}", hint="Mend or remove this line."
    )


def read_sst2(folder: Path | None, split: str) -> tuple[list[str], list[int]]:
    """Sentences of film reviews and whether they praise (1) or not (0): ``{train,dev,test}.tsv``."""
    texts, labels = [], []
    for part in _parts(folder, split, {"train": "train.tsv", "val": "dev.tsv", "test": "test.tsv"}):
        for number, line in enumerate(part.splitlines(), 1):
            text, tab, label = line.rpartition("\t")
            if not tab or label.strip() not in ("0", "1"):
                raise _bad_line("sst2", number, "sentence<TAB>0|1", line)
            texts.append(text)
            labels.append(int(label))
    return texts, labels


def read_sentimix(folder: Path | None, split: str) -> tuple[list[str], list[int]]:
    """Hinglish tweets, tokens joined by spaces, and their place in :data:`SENTIMENTS`: ``{train,trial,test}_conll.txt``."""
    texts, labels = [], []
    files = {"train": "train_conll.txt", "val": "trial_conll.txt", "test": "test_conll.txt"}
    for part in _parts(folder, split, files):
        for number, block in enumerate(re.split(r"\n\s*\n", part.strip()), 1):
            lines = block.splitlines()
            head = lines[0].split("\t")
            if head[0] != "meta" or len(head) < 3 or head[2].strip() not in SENTIMENTS:
                raise _bad_line("sentimix", number, "meta<TAB>id<TAB>" + "|".join(SENTIMENTS), lines[0])
            texts.append(" ".join(line.split("\t")[0] for line in lines[1:]))
            labels.append(SENTIMENTS.index(head[2].strip()))
    return texts, labels


def read_characters(folder: Path | None, split: str) -> str:
    """``input.txt``: the first nine tenths of its characters (train), the last (val), or all."""
    text = _open_text(folder, "input.txt")
    cut = len(text) * 9 // 10
    return {"train": text[:cut], "val": text[cut:]}.get(split, text)


def read_multi30k(folder: Path | None, split: str) -> tuple[list[str], list[str]]:
    """English captions and their German translations, line by line: ``{train,val,test}.{en,de}``."""
    source, target = (
        [
            line
            for part in _parts(folder, split, {s: f"{s}.{lang}" for s in ("train", "val", "test")})
            for line in part.splitlines()
        ]
        for lang in ("en", "de")
    )
    if len(source) != len(target):
        raise DataError(
            "data_layout",
            expected=f"{len(source):,} lines",
            got=f"{len(target):,} lines",
            hint="Both languages need the same number of lines.",
        )
    return source, target


def read_tatoeba(folder: Path | None, split: str) -> tuple[list[str], list[str]]:
    """English sentences and Hindi translations: ``hin.txt``; every tenth line is kept for validation."""
    lines = [line.split("\t") for line in _open_text(folder, "hin.txt").splitlines() if line]
    short = next((n for n, fields in enumerate(lines, 1) if len(fields) < 2), None)
    if short:
        raise _bad_line("hin.txt", short, "English<TAB>Hindi", "\t".join(lines[short - 1]))
    held = {f[0] for f in lines[9::10]}  # an English sentence with several translations must not stand on both sides
    kept = {"val": lines[9::10], "train": [f for n, f in enumerate(lines, 1) if n % 10 and f[0] not in held]}.get(
        split, lines
    )
    return [f[0] for f in kept], [f[1] for f in kept]


# -- tokenizers --------------------------------------------------------------------------------------------------------

# Words as the Penn Treebank cuts them: "don't" is "do" and "n't", "it's" is "it" and "'s"; punctuation stands alone.
_WORDS = r"n't\b|'(?:s|ve|re|ll|d|m)\b|\w+?(?=n't\b)|\w+(?:-\w+)*|[^\w\s]"


# Web addresses, also cut into tokens as the tweets are: "https // t . co / abc".
_ADDRESS = r"https?\s*:?\s*/\s*/\s*[^\s/.]+(?:\s*[./]\s*[^\s/.]+)*"


class Tokens(NamedTuple):
    """A text in pieces: their ids (of words that are cut further, a list of ids each), how they read, where they stand
    in the text (start, end), and what was changed in it before.
    """

    ids: list[Any]
    tokens: list[str]
    offsets: list[tuple[int, int]]
    notes: tuple[Note, ...] = ()


def word_tokenizer(
    texts: Iterable[str],
    vocab_size: int,
    *,
    lowercase: bool = True,
    special: Sequence[str] = (PAD, UNK),
    min_count: int = 1,
) -> Tokenizer:
    """One id for each of the most frequent words; 0 pads, 1 stands for all others."""
    tokenizer = Tokenizer(models.WordLevel({name: i for i, name in enumerate(special)}, unk_token=UNK))
    steps = [normalizers.NFC(), normalizers.Replace("’", "'")] + [normalizers.Lowercase()] * lowercase
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), "removed", invert=True)
    counts: dict[str, int] = {}
    for text in texts:
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)):
            counts[word] = counts.get(word, 0) + 1
    ranked = sorted((w for w, n in counts.items() if n >= min_count), key=lambda w: (-counts[w], w))
    vocabulary = [*special, *ranked[: vocab_size - len(special)]]
    tokenizer.model = models.WordLevel({word: i for i, word in enumerate(vocabulary)}, unk_token=UNK)
    return tokenizer


def character_tokenizer(text: str) -> Tokenizer:
    """One id for each character of ``text``; 0 pads, 1 stands for all others."""
    tokenizer = Tokenizer(models.WordLevel({c: i for i, c in enumerate([PAD, UNK, *sorted(set(text))])}, unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return tokenizer


def piece_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Pieces of words by byte-pair merges (Sennrich et al., arXiv:1508.07909), case kept; "▁" marks where a word begins.
    Ids 0 to 3 pad, stand for unknown characters, begin and end.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])
    special = [PAD, UNK, "[BOS]", "[EOS]"]
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=vocab_size, special_tokens=special, show_progress=False, min_frequency=2)
    )
    return tokenizer


def word_piece_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Word pieces as BERT reads them (Wu et al., arXiv:1609.08144), in lower case; "##" marks one that goes on inside a word.
    Ids 0 to 4 pad, stand for unknown characters, begin, end and hide.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNK))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        texts,
        trainers.WordPieceTrainer(
            vocab_size=vocab_size, special_tokens=[PAD, UNK, CLS, SEP, MASK], show_progress=False, min_frequency=2
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}", special_tokens=[(CLS, 2), (SEP, 3)]
    )
    return tokenizer


_LETTERS = r"\w\u0900-\u0963\u0966-\u097f"  # Devanagari's vowel signs are no \w to Python
WORD = rf"[{_LETTERS}]+|[^{_LETTERS}\s]"


def byte_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Pieces by byte-pair merges as GPT-2 cuts them: spaces belong to the word behind them, every byte has a sign of its
    own, so that cutting loses nothing. Id 0 stands for bytes that the texts do not hold.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNK))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=vocab_size, special_tokens=[UNK], show_progress=False)
    )
    return tokenizer


# GPT-2 writes each byte as one printable sign: those that are printable as themselves, the others from U+0100 on.
_PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
_BYTES = {chr(b): b for b in _PRINTABLE} | {
    chr(256 + n): b for n, b in enumerate(sorted(set(range(256)) - set(_PRINTABLE)))
}


def show_bytes(token: str) -> str:
    """A piece of :func:`byte_tokenizer` or GPT-2 as it reads in a text; where it is part of a character only, its bytes."""
    if any(c not in _BYTES for c in token):
        return token
    data = bytes(_BYTES[c] for c in token)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(f"<{b:02X}>" for b in data)


class Cut(NamedTuple):
    """How one word becomes pieces: after each step its pieces as they read, and the ids of the last ones."""

    steps: list[list[str]]
    ids: list[int]


def merge_steps(tokenizer: Tokenizer, text: str) -> list[Cut]:
    """How a byte-pair tokenizer cuts a text: for each word its signs, then its pieces after each merge, by the merges' order."""
    model = json.loads(tokenizer.to_str())["model"]
    ranks = {tuple(m if isinstance(m, list) else m.split(" ")): n for n, m in enumerate(model["merges"])}
    words = []
    for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text):
        pieces, steps = list(word), [list(word)]
        while True:
            rank, pair = min(
                ((ranks.get(pair, len(ranks)), pair) for pair in pairwise(pieces)), default=(len(ranks), ("", ""))
            )
            if rank == len(ranks):
                break
            merged, i = [], 0
            while i < len(pieces):  # everywhere in the word, as in training
                take = 2 if tuple(pieces[i : i + 2]) == pair else 1
                merged.append("".join(pieces[i : i + take]))
                i += take
            pieces = merged
            steps.append(pieces)
        ids = [model["vocab"].get(p, model["vocab"].get(UNK, 0)) for p in pieces]
        words.append(Cut([[show_bytes(p) for p in step] for step in steps], ids))
    return words


def cut_words(text: str) -> list[str]:
    """Words and punctuation, case kept."""
    return re.findall(WORD, text)


def encode(tokenizer: Tokenizer, text: str | Typed) -> Tokens:
    """A text in the tokenizer's pieces; ``tokens`` are cut from the text itself, so that unknown words stay readable."""
    typed = Typed(text) if isinstance(text, str) else text
    encoded = tokenizer.encode(typed.text, add_special_tokens=False)
    tokens = [typed.text[a:b] for a, b in encoded.offsets]
    return Tokens(encoded.ids, tokens, [typed.place(*span) for span in encoded.offsets], typed.notes)


def open_tokenizer(folder: Path, name: str = "tokenizer.json") -> Tokenizer:
    """The tokenizer that lies beside a model's weights.

    Raises:
        WeightsError: It is missing or damaged.
    """
    path = folder / name
    if not path.is_file():
        raise WeightsError(
            "weights_missing",
            expected=f"{name} in {folder.name}/",
            got="no such file",
            hint="Take the folder from the project again, or train the model.",
        )
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise WeightsError(
            "weights_damaged",
            expected=f"{name}: a tokenizer",
            got=str(error)[:100],
            hint="Copy or download the file again.",
        ) from error


@dataclass(frozen=True)
class NgramTokenizer:
    """Words as bags of hashed character n-grams, so that "bahut" and "bohot" have pieces in common.

    A word ``<bahut>`` (with its borders marked) becomes itself and all its pieces of ``shortest`` to ``longest``
    characters; each is hashed (CRC-32) to an id from 1 to ``buckets``; 0 pads (Bojanowski et al., arXiv:1607.04606).
    """

    buckets: int = 12_000
    shortest: int = 2
    longest: int = 5
    most: int = 40

    def pieces(self, word: str) -> list[str]:
        """The n-grams of one word, the word itself first, at most ``most``."""
        marked = f"<{squeeze(word)}>"
        found = [marked[i : i + n] for n in range(self.shortest, self.longest + 1) for i in range(len(marked) - n + 1)]
        return list(dict.fromkeys([marked, *found]))[: self.most]

    def encode(self, text: str | Typed) -> Tokens:
        """The words of a text, each with the ids of its pieces."""
        typed = Typed(text) if isinstance(text, str) else text
        shown = re.sub(_ADDRESS, lambda m: " " * len(m[0]), typed.text)  # an address says nothing, and no two are alike
        spans = [m.span() for m in re.finditer(r"\w+|[^\w\s]+", shown)]
        words = [typed.text[a:b] for a, b in spans]
        ids = [[zlib.crc32(p.encode()) % self.buckets + 1 for p in self.pieces(w)] for w in words]
        return Tokens(ids, words, [typed.place(*span) for span in spans], typed.notes)

    def save(self, path: Path) -> None:
        """Writes the settings as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Reads what :meth:`save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def squeeze(word: str) -> str:
    """Lower case, and no letter more than twice in a row: "Bohoooot" is "bohoot"."""
    return re.sub(r"(.)\1{2,}", r"\1\1", word.lower())


def common_words(texts: Iterable[str], least: int = 5) -> list[str]:
    """The words that stand in at least so many texts, squeezed and in order: what a network of pieces has met as words."""
    counts = Counter(word for t in texts for word in {squeeze(w) for w in re.findall(LATIN_WORD, t)})
    return sorted(word for word, count in counts.items() if count >= least)


# -- batches -----------------------------------------------------------------------------------------------------------


def pad(sequences: Sequence[Sequence], value: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Puts id lists side by side, padded at the right: (B, T), or (B, T, G) of bags; and their lengths (B,)."""
    lengths = torch.tensor([len(s) for s in sequences])
    bags = isinstance(sequences[0][0], list)
    most = max(len(bag) for s in sequences for bag in s) if bags else 0
    out = torch.full((len(sequences), int(lengths.max()), *[most] * bags), value)
    for row, sequence in zip(out, sequences, strict=True):
        if bags:
            for slot, bag in zip(row, sequence, strict=False):
                slot[: len(bag)] = torch.tensor(bag)
        else:
            row[: len(sequence)] = torch.tensor(sequence)
    return out, lengths


def buckets(lengths: Sequence[int], batch_size: int, generator: torch.Generator, *, pool: int = 50) -> list[list[int]]:
    """Batches of like length in random order: shuffles, sorts within pools of ``pool`` batches, cuts, shuffles batches."""
    order = torch.randperm(len(lengths), generator=generator).tolist()
    size, batches = batch_size * pool, []
    for start in range(0, len(order), size):
        chunk = sorted(order[start : start + size], key=lambda i: lengths[i])
        batches += [chunk[i : i + batch_size] for i in range(0, len(chunk), batch_size)]
    return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]


class LabelledTexts:
    """Encoded texts with their classes, in batches of like length.

    Args:
        sequences: Ids of each text, or lists of bags.
        labels: The class of each.
        unknown: Part of the ids that a batch replaces by ``unknown_id``, so that unknown words become familiar, 0 to 1.
    """

    def __init__(
        self, sequences: Sequence[Sequence], labels: Sequence[int], *, unknown: float = 0.0, unknown_id: int = 1
    ) -> None:
        padded = [pad([s]) for s in sequences]
        self.sequences = [ids[0] for ids, _ in padded]
        self.labels = torch.tensor(labels)
        self.unknown, self.unknown_id = unknown, unknown_id

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        chosen = [self.sequences[i] for i in indices]
        shape = [max(s.shape[d] for s in chosen) for d in range(chosen[0].ndim)]
        ids = torch.zeros(len(chosen), *shape, dtype=torch.long)
        for row, sequence in zip(ids, chosen, strict=True):
            row[tuple(slice(n) for n in sequence.shape)] = sequence
        if self.unknown:
            ids = torch.where((torch.rand(ids.shape) < self.unknown) & (ids > 0), self.unknown_id, ids)
        return {
            "input_ids": ids,
            "lengths": torch.tensor([len(s) for s in chosen]),
            "labels": self.labels[list(indices)],
        }

    def batches(self, batch_size: int, generator: torch.Generator) -> list[list[int]]:
        """Batches of like length."""
        return buckets([len(s) for s in self.sequences], batch_size, generator)


class MaskedTexts:
    """Encoded texts in batches of like length, some of whose pieces are hidden anew each time, as labels to be filled in.

    Args:
        sequences: Ids of each text, with begin and end.
        mask_id: The id that hides.
        vocab_size: Pieces there are.
        part: Part of the pieces that is asked for. Of these, four fifths are hidden, a tenth replaced by another piece, and a
            tenth left as it is, so that the network may trust no piece blindly (Devlin et al., section 3.1).
        special: Ids below this are never asked for.
    """

    def __init__(
        self, sequences: Sequence[Sequence[int]], *, mask_id: int, vocab_size: int, part: float = 0.15, special: int = 5
    ) -> None:
        self.sequences, self.mask_id, self.vocab_size, self.part, self.special = (
            sequences,
            mask_id,
            vocab_size,
            part,
            special,
        )

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        ids, lengths = pad([self.sequences[i] for i in indices])
        asked = (torch.rand(ids.shape) < self.part) & (ids >= self.special)
        if not asked.any():
            asked = ids >= self.special
        labels = torch.where(asked, ids, -100)
        fate = torch.rand(ids.shape)
        ids = torch.where(asked & (fate < 0.8), self.mask_id, ids)
        ids = torch.where(asked & (fate > 0.9), torch.randint(self.special, self.vocab_size, ids.shape), ids)
        return {
            "input_ids": ids,
            "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long(),
            "labels": labels,
        }

    def batches(self, batch_size: int, generator: torch.Generator) -> list[list[int]]:
        """Batches of like length."""
        return buckets([len(s) for s in self.sequences], batch_size, generator)
