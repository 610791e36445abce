"""lstm-sentiment: does a sentence of a film review praise the film?"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.text_classification import TextClassification
from lmdemo.data import text
from lmdemo.metrics import bootstrap_interval
from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "An LSTM that reads an English sentence word by word and tells praise from blame.",
    "data": "Stanford Sentiment Treebank, two classes, whole sentences only: 6,920 to train on, 872 (dev) to judge.",
    "data_licence": "not stated by the source",
    "limits": "Film reviews of the 1990s and 2000s in English. Words that were not in the training sentences are not read; "
    "irony, comparisons and other domains mislead it. No pretrained word vectors are used.",
    "primary_metric": "accuracy",
    "seeds": 3,
    "table": {
        "data": "SST-2, sentences",
        "figure": "{mean:.1%} on validation (mean of {seeds} seeds)",
        "baseline": ("bag of words, logistic regression", "bag of words {accuracy:.1%}"),
    },
}
LABELS = ("negative", "positive")
VOCAB_SIZE = 10_000
MIN_COUNT = 2  # words met once become the unknown word, so that it is met in training


def tokenizer_for(data: Path | None):
    """The words of the training sentences."""
    return text.word_tokenizer(text.read_sst2(data, "train")[0], VOCAB_SIZE, min_count=MIN_COUNT)


def examples(data: Path | None, split: str, tokenizer) -> text.LabelledTexts:
    """Encoded sentences with their classes."""
    sentences, labels = text.read_sst2(data, split)
    return text.LabelledTexts([text.encode(tokenizer, s).ids or [1] for s in sentences], labels)


def judge(held: text.LabelledTexts) -> Callable[[nn.Module], dict[str, float]]:
    """A ``validate`` that gives accuracy and mean loss."""

    def validate(model: nn.Module) -> dict[str, float]:
        right = loss = 0.0
        for batch in held.batches(256, torch.Generator().manual_seed(0)):
            values = held[batch]
            output = model(**values)
            answers = output.logits[:, 0] > 0 if output.logits.shape[1] == 1 else output.logits.argmax(1)
            right += (answers == values["labels"]).sum().item()
            loss += output.loss.item() * len(batch)
        return {"accuracy": right / len(held), "loss": loss / len(held)}

    return validate


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    tokenizer = tokenizer_for(data)
    model = LSTM(LSTMConfig(vocab_size=tokenizer.get_vocab_size(), dropout=0.5, token_dropout=0.3))
    model.tokenizer = tokenizer
    return Trainer(
        model=model,
        train_data=examples(data, "train", tokenizer),
        validate=judge(examples(data, "val", tokenizer)),
        metric="accuracy",
        seed=seed,
        num_epochs=7,
        batch_size=32,
        learning_rate=2e-3,
        average_decay=0.998,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights, tokenizer and labels."""
    save_classifier(model, folder, LABELS)


def save_classifier(model: nn.Module, folder: Path, labels: Sequence[str]) -> None:
    """What :class:`TextClassification` opens."""
    model.save_pretrained(folder)
    if isinstance(model.tokenizer, text.NgramTokenizer):
        model.tokenizer.save(folder / "ngrams.json")
    else:
        model.tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "labels.json").write_text(json.dumps(list(labels)) + "\n", encoding="utf-8")


def evaluate(adapter: TextClassification, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Accuracy with a 95 % interval."""
    sentences, labels = text.read_sst2(data, split)
    scores = adapter.classify_many(sentences)
    positive = [next(n for n, name in enumerate(adapter.labels) if name.lower() == label) for label in LABELS]
    right = scores[:, positive].argmax(1) == np.array(labels)
    low, high = bootstrap_interval(right)
    return len(labels), {"accuracy": right.mean().item(), "accuracy_low": low, "accuracy_high": high}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """The larger class, and which words there are without their order (bag of words, logistic regression)."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    train, judged = text.read_sst2(data, "train"), text.read_sst2(data, split)
    bag = make_pipeline(CountVectorizer(token_pattern=r"[^\s]+", binary=True), LogisticRegression(max_iter=1000))
    bag.fit(*train)
    labels = np.array(judged[1])
    return {
        "larger class": {"accuracy": max((labels == c).mean() for c in (0, 1)).item()},
        "bag of words, logistic regression": {"accuracy": float(bag.score(judged[0], labels))},
    }
