"""Copy memory: a generated task that only memory solves. No model is shipped: the page trains both networks while one waits.

A sequence begins with one of :data:`SYMBOLS` symbols, then ``length`` others follow that mean nothing; at the end the
network has to name the first. Chance is one in :data:`SYMBOLS`. After Hochreiter & Schmidhuber, Neural Computation 9 (1997).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lmdemo.models.lstm import LSTM, LSTMConfig
from lmdemo.models.rnn import RNN, RNNConfig
from lmdemo.training.trainer import Trainer

SYMBOLS = 8
UNITS = 32
SOLVED = 0.99  # accuracy at which a network needs no further training


class CopyMemory:
    """Sequences made anew in every batch.

    Args:
        length: Steps between the symbol and the question.
        size: Sequences of an epoch.
    """

    def __init__(self, length: int, size: int = 32_000) -> None:
        self.length, self.size = length, size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, indices: Sequence[int]) -> dict[str, torch.Tensor]:
        labels = torch.randint(SYMBOLS, (len(indices),))
        ids = torch.randint(SYMBOLS + 1, 2 * SYMBOLS + 1, (len(indices), self.length + 1))  # never one of the symbols
        ids[:, 0] = labels + 1
        return {"input_ids": ids, "labels": labels}


def build(member: str, length: int, *, seed: int = 0) -> Trainer:
    """An RNN or an LSTM of the same number of units, and its training.

    The LSTM's forget gates begin open, and its input gates closed, in proportion to the length, as its gates allow
    (chrono initialisation: Tallec & Ollivier, arXiv:1804.11188). A plain network has nothing to set; its state weights
    begin orthogonal, which is what helps it most.
    """
    torch.manual_seed(seed)
    sizes = {"vocab_size": 2 * SYMBOLS + 1, "embedding_size": 16, "hidden_size": UNITS, "num_labels": SYMBOLS}
    if member == "rnn":
        model = RNN(RNNConfig(**sizes))
    else:
        model = LSTM(LSTMConfig(**sizes, dropout=0.0, recurrent_dropout=0.0))
        bias = model.lstm.layers[0][0].b.data
        bias[UNITS : 2 * UNITS] = torch.log1p(torch.rand(UNITS) * (length - 1))  # the forget gate
        bias[:UNITS] = -bias[UNITS : 2 * UNITS]  # the input gate
    nn.init.normal_(model.embedding.weight)
    held = CopyMemory(length)[range(512)]

    def validate(model: nn.Module) -> dict[str, float]:
        return {"accuracy": (model(held["input_ids"]).logits.argmax(1) == held["labels"]).float().mean().item()}

    return Trainer(
        model=model,
        train_data=CopyMemory(length),
        validate=validate,
        metric="accuracy",
        seed=seed,
        num_epochs=1,
        batch_size=32,
        learning_rate=1e-2,
        schedule="constant",
    )


@dataclass(frozen=True)
class Lap:
    """How far a network is.

    Attributes:
        member: ``rnn`` or ``lstm``.
        step: Training steps done.
        accuracy: On 512 sequences, 0 to 1.
        solved: Whether it needs no further training.
        seconds: Time spent on this network.
    """

    member: str
    step: int
    accuracy: float
    solved: bool
    seconds: float


def race(
    length: int,
    *,
    members: Sequence[str] = ("rnn", "lstm"),
    seed: int = 0,
    steps: int = 300,
    seconds: float = 12.0,
    every: int = 10,
) -> Iterator[Lap]:
    """Trains the networks in turns, ``every`` steps each, until each has solved the task or has had its steps or seconds.

    Args:
        length: Steps between the symbol and the question, from 1.
        members: Who runs.
        seed: Of weights and sequences.
        steps: Most training steps of each.
        seconds: Most seconds of each.
        every: Steps of a turn.
    """
    trainers = {m: build(m, length, seed=seed) for m in members}
    runs = {m: t.run() for m, t in trainers.items()}
    spent = dict.fromkeys(members, 0.0)
    for member in members:
        yield _lap(member, trainers[member], 0, 0.0)
    step = 0
    while runs and step < steps:
        step += every
        for member in list(runs):
            started = time.perf_counter()
            for _ in range(every):
                next(runs[member])
            spent[member] += time.perf_counter() - started
            lap = _lap(member, trainers[member], step, spent[member])
            yield lap
            if lap.solved or spent[member] > seconds:
                del runs[member]


def _lap(member: str, trainer: Trainer, step: int, seconds: float) -> Lap:
    trainer.model.eval()
    with torch.no_grad():
        accuracy = trainer.validate(trainer.model)["accuracy"]
    return Lap(member, step, accuracy, accuracy >= SOLVED, seconds)
