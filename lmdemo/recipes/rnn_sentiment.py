"""rnn-sentiment: the textbook's recurrent network on sentences of film reviews."""

from pathlib import Path

import torch

from lmdemo.models.rnn import RNN, RNNConfig
from lmdemo.recipes import lstm_sentiment
from lmdemo.recipes.lstm_sentiment import baselines, evaluate, examples, judge, save, tokenizer_for
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = lstm_sentiment.CARD | {
    "summary": "The textbook's recurrent network: 32-dimensional embeddings, 32 units, one sigmoid; the last state answers.",
    "limits": "It forgets: what stood more than about ten words before the end hardly counts. A bag of words, which sees all "
    "words at once, does as well or better. English film reviews only; unseen words are not read.",
}


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    tokenizer = tokenizer_for(data)
    model = RNN(RNNConfig(vocab_size=tokenizer.get_vocab_size(), dropout=0.5, token_dropout=0.2))
    model.tokenizer = tokenizer
    return Trainer(
        model=model,
        train_data=examples(data, "train", tokenizer),
        validate=judge(examples(data, "val", tokenizer)),
        metric="accuracy",
        seed=seed,
        num_epochs=8,
        batch_size=32,
        learning_rate=2e-3,
        average_decay=0.998,
        weight_decay=0.1,
    )
