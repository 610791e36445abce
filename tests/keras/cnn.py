"""The textbook CNN in Keras: the twin of ``CNNConfig.textbook()``."""

import keras
from keras import layers


def build() -> keras.Model:
    """Two convolutions with pooling, one dense layer, ten classes."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )
