"""gpt-shakespeare: a small GPT-2 that continues Shakespeare, by pieces of words learnt from the same text."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from lmdemo.adapters.text_generation import GPTGeneration
from lmdemo.data import text
from lmdemo.models.gpt import GPT, GPTConfig
from lmdemo.recipes.lstm_char import ngram_nats, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = {
    "summary": "A GPT-2 of 2.9 million parameters, trained on Shakespeare's plays; it writes by saying the next piece of a word, again "
    "and again.",
    "data": "tiny-shakespeare: 1,115,394 characters; the last tenth is kept for validation. Its 1,024 pieces were merged on the "
    "training part alone.",
    "data_licence": "MIT as stated by the source repository; the plays are in the public domain",
    "limits": "It writes what looks like Shakespeare, not what makes sense, and knows nothing that is not in these plays. It sees the "
    "last 256 pieces, about 600 characters. Symbols that the plays do not use are unknown to it.",
    "primary_metric": "nats_per_character",
    "seeds": 1,
    "table": {
        "data": "tiny-shakespeare",
        "figure": "{nats_per_character:.2f} nats a character on validation",
        "baseline": ("n-grams up to 5 characters, interpolated", "counted n-grams {nats_per_character:.2f}"),
    },
}
VOCABULARY = 1_024


class Windows:
    """Pieces of a long text, cut at other places in every epoch; in the first part of the training each is read as two
    halves, which costs less.

    Args:
        ids: The whole text (N,).
        steps: Tokens of each piece.
        halves: Part of the training, 0 to 1, in which pieces are halved.
    """

    def __init__(self, ids: Tensor, steps: int, halves: float) -> None:
        self.ids, self.steps, self.halves = ids, steps, halves
        self.done = 0.0

    def __len__(self) -> int:
        return (len(self.ids) - 1) // self.steps - 1

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        start = torch.tensor(indices) * self.steps + torch.randint(self.steps, (len(indices),))
        piece = self.ids[start[:, None] + torch.arange(self.steps + 1)]  # (B, steps + 1)
        ids, labels = piece[:, :-1], piece[:, 1:]
        if self.done < self.halves:
            ids, labels = (t.reshape(-1, self.steps // 2) for t in (ids, labels))  # (2 B, steps / 2)
        return {"input_ids": ids, "labels": labels}


def judge(ids: Tensor, characters: int, steps: int) -> Callable[[nn.Module], dict[str, float]]:
    """A ``validate`` that gives nats a character, the text cut into pieces (each begins knowing nothing: slightly worse
    than ``evaluate``, which slides).
    """
    pieces = (len(ids) - 1) // steps
    x = torch.stack([ids[n * steps : (n + 1) * steps + 1] for n in range(pieces)])
    per_character = len(ids) / characters  # tokens a character
    return lambda model: {
        "nats_per_character": per_character
        * sum(model(part[:, :-1], labels=part[:, 1:]).loss.item() * len(part) for part in x.split(8))
        / pieces
    }


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    written, held = (text.read_characters(data, split) for split in ("train", "val"))
    tokenizer = text.byte_tokenizer([written], VOCABULARY)
    train, judged = (torch.tensor(tokenizer.encode(t).ids) for t in (written, held))
    config = GPTConfig(vocab_size=tokenizer.get_vocab_size(), dropout=0.1)
    model = GPT(config)
    model.tokenizer = tokenizer
    return Trainer(
        model=model,
        train_data=Windows(train, config.max_position_embeddings, halves=0.7),
        validate=judge(judged, len(held), config.max_position_embeddings),
        metric="nats_per_character",
        greater_is_better=False,
        seed=seed,
        num_epochs=16,
        batch_size=8,
        learning_rate=2e-3,
        schedule="one-cycle",
        warmup=0.1,
        beta2=0.99,
        weight_decay=0.1,
        average_decay=0.995,
        precision="bf16",
        validate_every=2,
    )


def evaluate(adapter: GPTGeneration, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Nats and bits a character: the surprise of all tokens over the number of characters."""
    n, nats = adapter.nats_per_character(text.read_characters(data, split))
    return n, {"nats_per_character": nats, "bits_per_character": nats / math.log(2)}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Counts of characters after the same 0 to 5 characters, mixed by Witten-Bell's rule."""
    train, judged = text.read_characters(data, "train"), text.read_characters(data, split)
    return {
        f"n-grams up to {order + 1} characters, interpolated": {"nats_per_character": ngram_nats(train, judged, order)}
        for order in (3, 4, 5)
    }
