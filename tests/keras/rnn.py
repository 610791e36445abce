"""The textbook RNN in Keras: the twin of ``RNNConfig.textbook()``."""

import keras
from keras import layers


def build() -> keras.Model:
    """Embeddings, 32 recurrent units, one sigmoid."""
    return keras.Sequential(
        [
            layers.Input((None,), dtype="int32"),
            layers.Embedding(10_000, 32),
            layers.SimpleRNN(32),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
