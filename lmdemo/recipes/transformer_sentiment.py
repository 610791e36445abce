"""transformer-sentiment: does a sentence of a film review praise the film? Same data and judges as lstm-sentiment."""

from pathlib import Path

import torch
from torch import nn

from lmdemo.data import text
from lmdemo.models.transformer import Transformer, TransformerConfig
from lmdemo.recipes._teacher import soft_labels
from lmdemo.recipes.lstm_sentiment import LABELS, baselines, evaluate, judge, save_classifier
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = {
    "summary": "A small Transformer encoder that reads an English sentence at once and tells praise from blame. Words are read as bags "
    "of their pieces, so that a word it never met is not a blank.",
    "data": "Stanford Sentiment Treebank, two classes, whole sentences only: 6,920 to train on, 872 (dev) to judge. Labels are mixed "
    "one to two with what n-grams and logistic regression, trained on other folds of the training part, hold likely; "
    "of six passes the best by validation is kept.",
    "data_licence": "not stated by the source",
    "limits": "Film reviews of the 1990s and 2000s in English. From 6,920 sentences attention learns little grammar: mostly it "
    "weighs words, so that irony, comparisons and a far-off “not” mislead it. No pretrained word vectors are used.",
    "primary_metric": "accuracy",
    "seeds": 3,
    "table": {
        "data": "SST-2, sentences",
        "figure": "{mean:.1%} on validation (mean of {seeds} seeds)",
        "baseline": ("bag of words, logistic regression", "bag of words {accuracy:.1%}"),
    },
}
NGRAMS = text.NgramTokenizer(buckets=20_000, shortest=3, longest=6)
DROPPED = 0.3  # part of the pieces that each batch leaves out


def examples(data: Path | None, split: str, *, unknown: float = 0.0) -> text.LabelledTexts:
    """Encoded sentences with their classes."""
    sentences, labels = text.read_sst2(data, split)
    return text.LabelledTexts([NGRAMS.encode(s).ids or [[1]] for s in sentences], labels, unknown=unknown, unknown_id=0)


def teacher():
    """Words and pairs of words beside pieces of words, with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    return make_pipeline(
        make_union(
            TfidfVectorizer(token_pattern=r"[^\s]+", ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 6), sublinear_tf=True, min_df=2),
        ),
        LogisticRegression(max_iter=200, C=3),
    )


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(vocab_size=NGRAMS.buckets + 1))
    model.tokenizer = NGRAMS
    train = examples(data, "train", unknown=DROPPED)
    train.labels = soft_labels(*text.read_sst2(data, "train"), teacher(), share=2 / 3, folds=10)
    return Trainer(
        model=model,
        train_data=train,
        validate=judge(examples(data, "val")),
        metric="accuracy",
        seed=seed,
        num_epochs=6,
        batch_size=32,
        learning_rate=3e-3,
        average_decay=0.998,
        keep_best=True,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights, the pieces' settings and labels."""
    save_classifier(model, folder, LABELS)
