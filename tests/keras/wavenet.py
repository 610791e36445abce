"""The textbook WaveNet in Keras: the twin of ``WaveNetConfig.textbook()``."""

import keras
from keras import layers


def build() -> keras.Model:
    """Three causal convolutions further and further apart, each with a tanh and a linear 1x1; the levels of the next sample."""
    blocks = [
        layer
        for dilation in (1, 2, 4)
        for layer in (
            layers.Conv1D(32, 2, dilation_rate=dilation, padding="causal"),
            layers.Conv1D(32, 1, activation="tanh"),
            layers.Conv1D(32, 1),
        )
    ]
    return keras.Sequential([layers.Input((None, 1)), *blocks, layers.Conv1D(256, 1)])
