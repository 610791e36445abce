"""What the adapters of our recurrent networks share."""

from torch import nn

from lmdemo.adapters.base import count_numbers
from lmdemo.adapters.outputs import Layer


def layers(model: nn.Module) -> list[Layer]:
    """Each layer of an RNN or LSTM with its embedding and head: name, kind, shape of what it gives for T tokens, parameters."""
    config, stack = model.config, model.lstm if hasattr(model, "lstm") else model.rnn
    kind, directions = type(stack).__name__.removesuffix("Stack"), 1 + config.bidirectional
    width = directions * config.hidden_size
    rows = [("embedding", "Embedding", f"T x {config.embedding_size}", count_numbers(model.embedding))]
    rows += [
        (f"{kind.lower()}{n}", kind + ", both directions" * config.bidirectional, f"T x {width}", count_numbers(layer))
        for n, layer in enumerate(stack.layers, start=1)
    ]
    if config.head == "language-modeling":
        return [*rows, ("head", "Linear, softmax", f"T x {config.vocab_size}", count_numbers(model.head))]
    pooled = "maximum over T" if getattr(config, "pooling", "last") == "max" else "last state"
    squash = "sigmoid" if config.num_labels == 1 else "softmax"
    return [
        *rows,
        ("pool", pooled, str(width), 0),
        ("head", f"Linear, {squash}", str(config.num_labels), count_numbers(model.head)),
    ]
