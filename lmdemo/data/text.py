"""Texts: data sets, checks of what a visitor typed, and tokenizers by word, by character and by pieces of words."""

import gzip
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from lmdemo.errors import DataError, InputError, WeightsError

MAX_CHARACTERS = 20_000
SENTIMENTS = ("negative", "neutral", "positive")
PAD, UNK = "[PAD]", "[UNK]"
CLS, SEP, MASK = "[CLS]", "[SEP]", "[MASK]"
LATIN_WORD = r"[A-Za-z]+"


# -- what a visitor typed ----------------------------------------------------------------------------------------------


def check_text(text: object, *, limit: int = MAX_CHARACTERS, letters: bool = True) -> str:
    """The text in composed form (NFC), if it can be read.

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
        raise InputError(
            "text_too_long",
            expected=f"1 - {limit:,} characters",
            got=f"{len(text):,} characters",
            hint="Give a shorter piece of it.",
        )
    control = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Cn") and c not in "\n\r\t"), None)
    if control is not None:
        raise InputError(
            "text_control",
            expected="printable characters",
            got=f"U+{ord(control):04X}",
            hint="Remove the control character; it often comes from a copied binary file.",
        )
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        raise InputError(
            "text_empty", expected=f"1 - {limit:,} characters", got="0 characters", hint="Type something first."
        )
    if letters and not any(c.isalnum() for c in text):
        raise InputError("text_no_letters", expected="a-z, 0-9", got=text.strip()[:20], hint="Add at least one word.")
    return text


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
    """A text in pieces: their ids (of words that are cut further, a list of ids each), how they read, and where they stand
    in the text (start, end).
    """

    ids: list[Any]
    tokens: list[str]
    offsets: list[tuple[int, int]]


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


def encode(tokenizer: Tokenizer, text: str) -> Tokens:
    """A text in the tokenizer's pieces; ``tokens`` are cut from the text itself, so that unknown words stay readable."""
    encoded = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(encoded.ids, [text[a:b] for a, b in encoded.offsets], encoded.offsets)


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

    def encode(self, text: str) -> Tokens:
        """The words of a text, each with the ids of its pieces."""
        shown = re.sub(_ADDRESS, lambda m: " " * len(m[0]), text)  # an address says nothing, and no two are alike
        spans = [m.span() for m in re.finditer(r"\w+|[^\w\s]+", shown)]
        words = [text[a:b] for a, b in spans]
        return Tokens(
            [[zlib.crc32(p.encode()) % self.buckets + 1 for p in self.pieces(w)] for w in words], words, spans
        )

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
