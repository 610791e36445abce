"""Learning-rate schedules: pure functions of how far a training has come.

Each takes ``done``, the part of the training that lies behind (0 to 1), and ``warmup``, the part spent rising, and
returns the factor by which the top learning rate is multiplied.
"""

import math
from collections.abc import Callable


def constant(done: float, warmup: float = 0.0) -> float:
    """Rises linearly over the warm-up, then stays at 1."""
    return min(1.0, done / warmup) if warmup else 1.0


def cosine(done: float, warmup: float = 0.0) -> float:
    """Rises linearly, then falls to 0 along half a cosine (Loshchilov & Hutter, arXiv:1608.03983)."""
    if done < warmup:
        return done / warmup
    return 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))


def one_cycle(done: float, warmup: float = 0.3, start: float = 1 / 25, end: float = 1e-4) -> float:
    """Rises along a cosine from ``start`` to 1, then falls along a cosine to ``end`` (Smith, arXiv:1708.07120)."""
    if done < warmup:
        return start + (1 - start) * 0.5 * (1 - math.cos(math.pi * done / warmup))
    return end + (1 - end) * 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))


class Plateau:
    """Multiplies the rate by ``factor`` whenever ``patience`` validations in a row brought nothing better.

    Args:
        factor: What the rate is multiplied by, between 0 and 1.
        patience: Validations without a better figure that are borne.
    """

    def __init__(self, factor: float = 0.3, patience: int = 2) -> None:
        self.factor, self.patience = factor, patience
        self.scale, self.bad = 1.0, 0

    def observe(self, better: bool) -> None:
        """Takes note of one validation."""
        self.bad = 0 if better else self.bad + 1
        if self.bad > self.patience:
            self.scale, self.bad = self.scale * self.factor, 0


SCHEDULES: dict[str, Callable[[float, float], float]] = {
    "constant": constant,
    "cosine": cosine,
    "one-cycle": one_cycle,
    "plateau": constant,
}
