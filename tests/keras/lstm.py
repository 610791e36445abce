"""The textbook LSTM in Keras: the twin of ``LSTMConfig.textbook()``."""

import keras
from keras import layers


def build() -> keras.Model:
    """Embeddings, 64 LSTM units with dropout on their input and on their state, one sigmoid."""
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            layers.Embedding(10_000, 128),
            layers.LSTM(64, dropout=0.2, recurrent_dropout=0.2),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
