"""transformer-hinglish: is a Hinglish tweet positive, neutral or negative? Same data and judges as lstm-hinglish."""

from pathlib import Path

import torch

from lmdemo.data import text
from lmdemo.models.transformer import Transformer, TransformerConfig
from lmdemo.recipes._teacher import soft_labels
from lmdemo.recipes.lstm_hinglish import baselines, evaluate, judge, save
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
}
NGRAMS = text.NgramTokenizer(buckets=21_000, longest=6)
DROPPED = 0.4  # part of the pieces that each batch leaves out


def examples(data: Path | None, split: str, *, unknown: float = 0.0) -> text.LabelledTexts:
    """Encoded tweets with their classes; ``unknown`` is the part of the pieces that each batch leaves out."""
    tweets, labels = text.read_sentimix(data, split)
    return text.LabelledTexts([NGRAMS.encode(t).ids or [[1]] for t in tweets], labels, unknown=unknown, unknown_id=0)


def teacher():
    """Pieces of words weighed by tf-idf, with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True), LogisticRegression(max_iter=100))


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(vocab_size=NGRAMS.buckets + 1, num_hidden_layers=1, dropout=0.4, token_dropout=0.15, num_labels=3))
    model.tokenizer = NGRAMS
    train = examples(data, "train", unknown=DROPPED)
    train.labels = soft_labels(*text.read_sentimix(data, "train"), teacher(), share=0.7, folds=4)
    return Trainer(
        model=model, train_data=train, validate=judge(examples(data, "val")), metric="macro_f1", seed=seed, num_epochs=5,
        batch_size=64, learning_rate=3e-3, average_decay=0.998,
    )
