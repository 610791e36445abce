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
from lmdemo.recipes.lstm_sentiment import save_classifier
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A bidirectional LSTM over words made of hashed character pieces, so that bahut, bohot and bhot are read alike.",
    "data": "SemEval-2020 Task 9 (SentiMix), Hindi-English tweets: 15,131 to train on, 1,869 (trial) to judge.",
    "data_licence": "not stated by the source",
    "limits": "Character n-grams with logistic regression do slightly better on these tweets: whether a piece occurs says most, and "
              "15,000 noisy labels are few for a recurrent network. Tweets of 2019 about politics, cricket and films; labels are noisy (people agree only moderately). It does not "
              "read Devanagari, irony, or anything beyond the tweet. It may repeat the prejudices of its tweets.",
    "primary_metric": "macro_f1",
    "seeds": 1,
}
NGRAMS = text.NgramTokenizer(buckets=15_000)


def macro_f1(answers: np.ndarray, labels: np.ndarray) -> float:
    """The mean of the three classes' F1."""
    from sklearn.metrics import f1_score

    return float(f1_score(labels, answers, average="macro"))


def examples(data: Path | None, split: str, *, unknown: float = 0.0) -> text.LabelledTexts:
    """Encoded tweets with their classes; ``unknown`` is the part of the pieces that each batch leaves out."""
    tweets, labels = text.read_sentimix(data, split)
    return text.LabelledTexts([NGRAMS.encode(t).ids or [[1]] for t in tweets], labels, unknown=unknown, unknown_id=0)


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
    model = LSTM(LSTMConfig(vocab_size=NGRAMS.buckets + 1, embedding_size=64, hidden_size=96, bidirectional=True, dropout=0.5,
                            token_dropout=0.3, pooling="max", num_labels=3))
    model.tokenizer = NGRAMS
    return Trainer(
        model=model, train_data=examples(data, "train", unknown=0.4), validate=judge(examples(data, "val")), metric="macro_f1", seed=seed,
        num_epochs=6, batch_size=64, learning_rate=2e-3, average_decay=0.998,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights, the pieces' settings and labels."""
    save_classifier(model, folder, text.SENTIMENTS)


def evaluate(adapter: TextClassification, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Macro F1, accuracy with a 95 % interval."""
    tweets, labels = text.read_sentimix(data, split)
    answers, labels = adapter.classify_many(tweets).argmax(1), np.array(labels)
    low, high = bootstrap_interval(answers == labels)
    return len(labels), {"macro_f1": macro_f1(answers, labels), "accuracy": (answers == labels).mean().item(),
                         "accuracy_low": low, "accuracy_high": high}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """The largest class, and character n-grams weighed by tf-idf with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    (tweets, classes), (judged, labels) = text.read_sentimix(data, "train"), text.read_sentimix(data, split)
    labels = np.array(labels)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
    learnt = LogisticRegression(max_iter=300).fit(vectors.fit_transform(tweets), classes)
    methods = {"largest class": np.full(len(labels), np.bincount(classes).argmax()),
               "character n-grams, logistic regression": learnt.predict(vectors.transform(judged))}
    return {name: {"macro_f1": macro_f1(a, labels), "accuracy": (a == labels).mean().item()} for name, a in methods.items()}
