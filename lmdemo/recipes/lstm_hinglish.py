"""lstm-hinglish: is a Hinglish tweet positive, neutral or negative? Words are read as bags of their pieces."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.text_classification import TextClassification
from lmdemo.data import text
from lmdemo.metrics import bootstrap_interval
from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.recipes._teacher import soft_labels
from lmdemo.recipes.lstm_sentiment import save_classifier
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A bidirectional LSTM over words made of hashed character pieces, so that bahut, bohot and bhot are read alike.",
    "data": "SemEval-2020 Task 9 (SentiMix), Hindi-English tweets: 15,131 to train on, 1,869 (trial) to judge. Labels are mixed three to "
    "seven with what character n-grams and logistic regression, trained on other folds of the training part, hold likely; of "
    "four passes the best by validation is kept.",
    "data_licence": "not stated by the source",
    "limits": "Tweets of 2019 about politics, cricket and films; labels are noisy (people agree only moderately), so that character "
    "n-grams with logistic regression do as well: whether a piece occurs says most, and 15,000 noisy labels are few for a "
    "recurrent network. It does not read Devanagari, irony, or anything beyond the tweet. It may repeat the prejudices of "
    "its tweets.",
    "primary_metric": "macro_f1",
    "seeds": 3,
    "table": {
        "data": "SentiMix tweets",
        "figure": "macro F1 {mean:.3f} on validation (mean of {seeds} seeds)",
        "baseline": ("character n-grams, logistic regression", "character n-grams {macro_f1:.3f}"),
    },
}
NGRAMS = text.NgramTokenizer(buckets=41_000, longest=6)  # many thin embeddings: fewer pieces share one by chance
DROPPED = 0.4  # part of the pieces that each batch leaves out


def macro_f1(answers: np.ndarray, labels: np.ndarray) -> float:
    """The mean of the three classes' F1."""
    from sklearn.metrics import f1_score

    return float(f1_score(labels, answers, average="macro"))


def examples(data: Path | None, split: str, ngrams: text.NgramTokenizer, *, dropped: float = 0.0) -> text.LabelledTexts:
    """Encoded tweets with their classes, in training softened by :func:`teacher`; ``dropped`` is the part of the pieces that each batch leaves out."""
    tweets, labels = text.read_sentimix(data, split)
    encoded = text.LabelledTexts([ngrams.encode(t).ids or [[1]] for t in tweets], labels, unknown=dropped, unknown_id=0)
    if split == "train":
        encoded.labels = soft_labels(tweets, labels, teacher(), share=0.7, folds=4)
    return encoded


def teacher():
    """Pieces of words weighed by tf-idf, with logistic regression: also the baseline."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
        LogisticRegression(max_iter=100),
    )


def judge(held: text.LabelledTexts) -> Callable[[nn.Module], dict[str, float]]:
    """A ``validate`` that gives macro F1 and mean loss."""

    def validate(model: nn.Module) -> dict[str, float]:
        answers, labels, loss = [], [], 0.0
        for batch in held.batches(256, torch.Generator().manual_seed(0)):
            values = held[batch]
            output = model(**values)
            answers.append(output.logits.argmax(1))
            labels.append(values["labels"])
            loss += output.loss.item() * len(batch)
        return {"macro_f1": macro_f1(torch.cat(answers).numpy(), torch.cat(labels).numpy()), "loss": loss / len(held)}

    return validate


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    model = LSTM(
        LSTMConfig(
            vocab_size=NGRAMS.buckets + 1,
            embedding_size=32,
            hidden_size=128,
            bidirectional=True,
            dropout=0.4,
            token_dropout=0.15,
            pooling="max",
            num_labels=3,
        )
    )
    model.tokenizer, model.words = NGRAMS, text.common_words(text.read_sentimix(data, "train")[0])
    return Trainer(
        model=model,
        train_data=examples(data, "train", NGRAMS, dropped=DROPPED),
        validate=judge(examples(data, "val", NGRAMS)),
        metric="macro_f1",
        seed=seed,
        num_epochs=4,
        batch_size=32,
        learning_rate=2e-3,
        average_decay=0.998,
        keep_best=True,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights, the pieces' settings, labels, and the words that were common in the training tweets."""
    save_classifier(model, folder, text.SENTIMENTS)
    (folder / "words.txt").write_text("\n".join(model.words) + "\n", encoding="utf-8")


def evaluate(adapter: TextClassification, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Macro F1, accuracy with a 95 % interval."""
    tweets, labels = text.read_sentimix(data, split)
    answers, labels = adapter.classify_many(tweets).argmax(1), np.array(labels)
    low, high = bootstrap_interval(answers == labels)
    return len(labels), {
        "macro_f1": macro_f1(answers, labels),
        "accuracy": (answers == labels).mean().item(),
        "accuracy_low": low,
        "accuracy_high": high,
    }


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """The largest class, and :func:`teacher` on the hard labels."""
    (tweets, classes), (judged, labels) = text.read_sentimix(data, "train"), text.read_sentimix(data, split)
    labels = np.array(labels)
    methods = {
        "largest class": np.full(len(labels), np.bincount(classes).argmax()),
        "character n-grams, logistic regression": teacher().fit(tweets, classes).predict(judged),
    }
    return {
        name: {"macro_f1": macro_f1(a, labels), "accuracy": (a == labels).mean().item()} for name, a in methods.items()
    }
