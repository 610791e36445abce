"""The textbook Transformer block in Keras: the twin of a block of ``TransformerConfig.textbook()``."""

import keras
from keras import layers


def build(embed_dim: int = 32, num_heads: int = 2, ff_dim: int = 32) -> keras.Model:
    """Attention with heads as wide as the embedding, add and norm, feed-forward, add and norm."""
    x = layers.Input((None, embed_dim))
    attended = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)(x, x)
    attended = layers.Dropout(0.1)(attended)
    first = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, attended]))
    fed = layers.Dense(ff_dim, activation="relu")(first)
    fed = layers.Dense(embed_dim)(fed)
    fed = layers.Dropout(0.1)(fed)
    return keras.Model(x, layers.LayerNormalization(epsilon=1e-6)(layers.Add()([first, fed])))
