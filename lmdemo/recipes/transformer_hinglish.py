"""transformer-hinglish: is a Hinglish tweet positive, neutral or negative? Same data and judges as lstm-hinglish."""

from pathlib import Path

import torch

from lmdemo.data import text
from lmdemo.models.transformer import Transformer, TransformerConfig
from lmdemo.recipes.lstm_hinglish import DROPPED, baselines, evaluate, examples, judge, save
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = {
    "summary": "A small Transformer encoder over words made of hashed character pieces, so that bahut, bohot and bhot are read alike.",
    "data": "SemEval-2020 Task 9 (SentiMix), Hindi-English tweets: 15,131 to train on, 1,869 (trial) to judge. Labels are mixed three to "
    "seven with what character n-grams and logistic regression, trained on other folds of the training part, hold likely.",
    "data_licence": "not stated by the source",
    "limits": "Tweets of 2019 about politics, cricket and films; labels are noisy (people agree only moderately), so that character "
    "n-grams with logistic regression are close behind. It does not read Devanagari, irony, or anything beyond the tweet. "
    "It may repeat the prejudices of its tweets.",
    "primary_metric": "macro_f1",
    "seeds": 1,
    "table": {
        "data": "SentiMix tweets",
        "figure": "macro F1 {macro_f1:.3f} on validation",
        "baseline": ("character n-grams, logistic regression", "character n-grams {macro_f1:.3f}"),
    },
}
NGRAMS = text.NgramTokenizer(buckets=21_000, longest=6)


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    model = Transformer(
        TransformerConfig(
            vocab_size=NGRAMS.buckets + 1, num_hidden_layers=1, dropout=0.4, token_dropout=0.15, num_labels=3
        )
    )
    model.tokenizer = NGRAMS
    return Trainer(
        model=model,
        train_data=examples(data, "train", NGRAMS, dropped=DROPPED),
        validate=judge(examples(data, "val", NGRAMS)),
        metric="macro_f1",
        seed=seed,
        num_epochs=5,
        batch_size=64,
        learning_rate=3e-3,
        average_decay=0.998,
    )
