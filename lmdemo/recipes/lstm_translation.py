"""lstm-translation: picture captions from English to German."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from lmdemo.adapters.translation import Translator
from lmdemo.data import text
from lmdemo.metrics import sureness
from lmdemo.models.lstm_translation import BOS, EOS, LSTMTranslation, LSTMTranslationConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A bidirectional LSTM reads, another writes and looks back at every word; pieces of words shared by both languages.",
    "data": "Multi30k, picture captions: 29,000 English-German pairs to train on, 1,014 (val) to judge.",
    "data_licence": "text: not stated by the source; of the pictures (not used): research and education only",
    "limits": "It knows captions: present tense, people, dogs, streets. Anything else is pressed into that world, and often "
    "confidently wrong. Words that never occurred in the training are spelt from pieces, and mostly go wrong.",
    "primary_metric": "bleu",
    "seeds": 1,
    "table": {
        "data": "Multi30k captions",
        "figure": "BLEU {bleu:.1f} (cased, 13a) on validation",
        "baseline": ("word-for-word table", "word-for-word table {bleu:.1f}"),
    },
}


class Pairs:
    """Sentences and their translations as pieces, in batches of like length."""

    def __init__(self, tokenizer: Tokenizer, source: Sequence[str], target: Sequence[str]) -> None:
        self.source, self.target = ([e.ids for e in tokenizer.encode_batch(list(s))] for s in (source, target))

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        ids, lengths = text.pad([[*self.source[i], EOS] for i in indices])
        given, _ = text.pad([[BOS, *self.target[i]] for i in indices])
        labels, _ = text.pad([[*self.target[i], EOS] for i in indices], -100)
        return {"input_ids": ids, "lengths": lengths, "decoder_input_ids": given, "labels": labels}

    def batches(self, batch_size: int, generator: torch.Generator) -> list[list[int]]:
        """Batches of like length."""
        return text.buckets([len(t) for t in self.target], batch_size, generator)


def trainer_of(
    train: tuple[list[str], list[str]],
    held: tuple[list[str], list[str]],
    config: LSTMTranslationConfig,
    *,
    seed: int,
    **settings,
) -> Trainer:
    """Settings that both language pairs share; the pieces are learnt from the training pairs."""
    torch.manual_seed(seed)
    tokenizer = text.piece_tokenizer([*train[0], *train[1]], config.vocab_size)
    model = LSTMTranslation(LSTMTranslationConfig(**{**config.__dict__, "vocab_size": tokenizer.get_vocab_size()}))
    model.tokenizer = tokenizer
    model.words = sorted({w.casefold() for sentence in train[0] for w in text.cut_words(sentence)})
    judged = Pairs(tokenizer, *held)

    def validate(model: nn.Module) -> dict[str, float]:
        nats = pieces = 0.0
        for batch in judged.batches(64, torch.Generator().manual_seed(0)):
            values = judged[batch]
            n = (values["labels"] >= 0).sum().item()
            nats, pieces = nats + model(**values).loss.item() * n, pieces + n
        return {"nats_per_piece": nats / pieces}

    return Trainer(
        model=model,
        train_data=Pairs(tokenizer, *train),
        validate=validate,
        metric="nats_per_piece",
        greater_is_better=False,
        seed=seed,
        **{"schedule": "one-cycle", "warmup": 0.15, "average_decay": 0.998, "precision": "bf16", **settings},
    )


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    return trainer_of(
        text.read_multi30k(data, "train"),
        text.read_multi30k(data, "val"),
        LSTMTranslationConfig(),
        seed=seed,
        num_epochs=13,
        batch_size=64,
        learning_rate=2.5e-3,
    )


def save(model: LSTMTranslation, folder: Path) -> None:
    """Weights, tokenizer, and the English words of the training, so that others can be told from them."""
    model.save_pretrained(folder)
    model.tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "words.json").write_text(json.dumps(model.words, ensure_ascii=False) + "\n", encoding="utf-8")


def scores(truth: Sequence[str], answers: Sequence[str]) -> dict[str, float]:
    """BLEU (cased, 13a) and chrF of sacrebleu, 0 to 100."""
    import sacrebleu

    return {
        "bleu": sacrebleu.corpus_bleu(list(answers), [list(truth)]).score,
        "chrf": sacrebleu.corpus_chrf(list(answers), [list(truth)]).score,
    }


def evaluate(adapter: Translator, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """BLEU and chrF with beam search, and how sure the network was."""
    return judged_on(adapter, *text.read_multi30k(data, split))


def judged_on(adapter: Translator, source: Sequence[str], target: Sequence[str]) -> tuple[int, dict[str, float]]:
    """How many sentences, and the figures on them."""
    answers = [adapter(s) for s in source]
    told = scores(target, [a.translation_text for a in answers])
    return len(source), told | sureness([a.score for a in answers])


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Word for word by a table."""
    return word_table(text.read_multi30k(data, "train"), text.read_multi30k(data, split))


def word_table(
    train: tuple[list[str], list[str]], judged: tuple[list[str], list[str]], rounds: int = 4
) -> dict[str, dict[str, float]]:
    """Translates each word by its likeliest partner in a table learnt by IBM model 1 (Brown et al. 1993)."""
    cut = text.cut_words
    pairs = [(cut(s), cut(t)) for s, t in zip(*train, strict=True)]
    table: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(lambda: 1.0))
    for _ in range(rounds):
        counts: dict[str, Counter] = defaultdict(Counter)
        for source, target in pairs:
            for t in target:
                shares = [table[s][t] for s in source]
                total = sum(shares)
                for s, share in zip(source, shares, strict=True):
                    counts[s][t] += share / total
        table = defaultdict(dict, {s: {t: n / c.total() for t, n in c.items()} for s, c in counts.items()})
    best = {s: max(partners, key=partners.get) for s, partners in table.items()}
    answers = [" ".join(best.get(w, w) for w in cut(s)).replace(" .", ".").replace(" ,", ",") for s in judged[0]]
    return {"word-for-word table": scores(judged[1], answers)}
