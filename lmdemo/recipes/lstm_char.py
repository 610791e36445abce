"""lstm-char: the next character of Shakespeare, with a state that lasts as long as the text."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from lmdemo.adapters.text_generation import TextGeneration
from lmdemo.data import text
from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "An LSTM that names the next character, trained on Shakespeare's plays; it writes by asking itself again and again.",
    "data": "tiny-shakespeare: 1,115,394 characters; the last tenth is kept for validation.",
    "data_licence": "MIT as stated by the source repository; the plays are in the public domain",
    "limits": "It writes what looks like Shakespeare, not what makes sense. It knows only the 65 characters of its text.",
    "primary_metric": "nats_per_character",
    "seeds": 1,
    "table": {
        "data": "tiny-shakespeare",
        "figure": "{nats_per_character:.2f} nats a character on validation",
        "baseline": ("n-grams up to 5 characters, interpolated", "counted n-grams {nats_per_character:.2f}"),
    },
}


class Windows:
    """Pieces of a long text, cut at other places in every epoch.

    Args:
        ids: The whole text (N,).
        steps: Characters of each piece.
    """

    def __init__(self, ids: Tensor, steps: int) -> None:
        self.ids, self.steps = ids, steps

    def __len__(self) -> int:
        return (len(self.ids) - 1) // self.steps - 1

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        start = torch.tensor(indices) * self.steps + torch.randint(self.steps, (len(indices),))
        piece = self.ids[start[:, None] + torch.arange(self.steps + 1)]  # (B, steps + 1)
        return {"input_ids": piece[:, :-1], "labels": piece[:, 1:]}


def judge(held: Tensor, pieces: int = 32) -> Callable[[nn.Module], dict[str, float]]:
    """A ``validate`` that gives nats a character, the text cut into pieces (each begins knowing nothing: slightly worse
    than ``evaluate``, which lets them warm up).
    """
    steps = (len(held) - 1) // pieces
    ids = torch.stack([held[n * steps : (n + 1) * steps + 1] for n in range(pieces)])
    return lambda model: {"nats_per_character": model(ids[:, :-1], labels=ids[:, 1:]).loss.item()}


def prepare(data: Path | None, steps: int):
    """The tokenizer of the whole text, the training windows of ``steps`` characters, and the judge."""
    tokenizer = text.character_tokenizer(text.read_characters(data, "all"))
    train, held = (torch.tensor(tokenizer.encode(text.read_characters(data, split)).ids) for split in ("train", "val"))
    return tokenizer, Windows(train, steps), judge(held)


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    tokenizer, windows, validate = prepare(data, steps=64)  # short pieces: twice the updates for the same work
    model = LSTM(
        LSTMConfig(
            vocab_size=tokenizer.get_vocab_size(),
            embedding_size=64,
            hidden_size=384,
            dropout=0.2,
            recurrent_dropout=0.1,
            head="language-modeling",
        )
    )
    model.tokenizer = tokenizer
    return Trainer(
        model=model,
        train_data=windows,
        validate=validate,
        metric="nats_per_character",
        greater_is_better=False,
        seed=seed,
        num_epochs=30,
        batch_size=32,
        learning_rate=4e-3,
        schedule="one-cycle",
        warmup=0.15,
        average_decay=0.995,
        weight_decay=0.02,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights and tokenizer."""
    model.save_pretrained(folder)
    model.tokenizer.save(str(folder / "tokenizer.json"))


def evaluate(adapter: TextGeneration, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Nats and bits a character, each character judged knowing all before it in its thirty-second of the text."""
    n, nats = adapter.nats_per_token(text.read_characters(data, split))
    return n, {"nats_per_character": nats, "bits_per_character": nats / math.log(2)}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Counts of characters after the same 0 to 5 characters, mixed by Witten-Bell's rule."""
    train, judged = text.read_characters(data, "train"), text.read_characters(data, split)
    return {
        f"n-grams up to {order + 1} characters, interpolated": {"nats_per_character": ngram_nats(train, judged, order)}
        for order in (3, 4, 5)
    }


def ngram_nats(train: str, judged: str, order: int) -> float:
    """Mean surprise of interpolated n-grams (Witten & Bell 1991): each context trusts its counts by as much as it has
    seen more characters than different ones, and asks the context one shorter for the rest.
    """
    counts: dict[str, Counter] = defaultdict(Counter)
    for n in range(order + 1):
        for i in range(n, len(train)):
            counts[train[i - n : i]][train[i]] += 1
    totals = {context: (c.total(), len(c)) for context, c in counts.items()}
    floor = 1 / len(set(train + judged))
    surprise = 0.0
    for i in range(len(judged)):
        p = floor
        for n in range(min(order, i) + 1):
            context = judged[i - n : i]
            if context not in totals:
                break
            total, kinds = totals[context]
            p = (counts[context][judged[i]] + kinds * p) / (total + kinds)
        surprise -= math.log(p)
    return surprise / len(judged)
