"""rnn-char: the next character of Shakespeare, with the plain recurrent network."""

from pathlib import Path

import torch

from lmdemo.models.rnn import RNN, RNNConfig
from lmdemo.recipes import lstm_char
from lmdemo.recipes.lstm_char import baselines, evaluate, prepare, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = lstm_char.CARD | {
    "summary": "The plain recurrent network naming the next character of Shakespeare's plays, to be held against lstm-char.",
    "limits": "Spells words, loses the sentence. Counted n-grams of five characters, which take far more memory, foresee the next "
    "character better. It knows only the 65 characters of its text.",
}


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    tokenizer, windows, validate = prepare(data, steps=128)
    model = RNN(
        RNNConfig(
            vocab_size=tokenizer.get_vocab_size(),
            embedding_size=64,
            hidden_size=384,
            dropout=0.1,
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
        num_epochs=8,
        batch_size=32,
        learning_rate=2e-3,
        schedule="one-cycle",
        warmup=0.15,
        average_decay=0.995,
    )
