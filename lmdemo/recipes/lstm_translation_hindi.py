"""lstm-translation-hindi: English to Hindi, as far as two thousand short sentences carry."""

from pathlib import Path

from lmdemo.adapters.translation import Translator
from lmdemo.data import text
from lmdemo.models.lstm_translation import LSTMTranslationConfig
from lmdemo.recipes.lstm_translation import judged_on, save, trainer_of, word_table
from lmdemo.training.trainer import Trainer

__all__ = ["CARD", "baselines", "build", "evaluate", "save"]

CARD = {
    "summary": "The architecture of lstm-translation, smaller, on the few English-Hindi pairs of Tatoeba.",
    "data": "Tatoeba through manythings.org/anki: every tenth of 2,616 lines to judge, the others (without sentences that are "
    "judged) to train on.",
    "data_licence": "CC-BY 2.0 (France); each line's authors are named in the file",
    "limits": "Two thousand sentences are far too few to translate: it knows everyday sentences like those it saw, and makes something up for "
    "others. By chrF, which counts letters in common, a word-for-word table is slightly better: it gives each word its commonest partner, "
    "while the network writes fluent sentences that often mean something else; by BLEU, which counts runs of words, the network is ahead of it. "
    "It shows how much data translation takes.",
    "primary_metric": "chrf",
    "seeds": 1,
    "table": {
        "data": "Tatoeba, 2,000 pairs",
        "figure": "chrF {chrf:.1f}, BLEU {bleu:.1f} on held-out lines: too little data to translate",
        "baseline": ("word-for-word table", "word-for-word table {chrf:.1f}, {bleu:.1f}"),
    },
}


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    config = LSTMTranslationConfig(vocab_size=2_000, embedding_size=128, hidden_size=192, dropout=0.4)
    return trainer_of(
        text.read_tatoeba(data, "train"),
        text.read_tatoeba(data, "val"),
        config,
        seed=seed,
        num_epochs=40,
        batch_size=32,
        learning_rate=2e-3,
    )


def evaluate(adapter: Translator, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """BLEU and chrF with beam search; chrF says more where few whole words are right. And how sure the network was."""
    return judged_on(adapter, *text.read_tatoeba(data, split))


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """Word for word by a table."""
    return word_table(text.read_tatoeba(data, "train"), text.read_tatoeba(data, split))
