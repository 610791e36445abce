"""How the next token is chosen from the logits: greedy, by temperature, among the top k, or within the nucleus top p."""

from dataclasses import dataclass

import torch
from torch import Tensor

from lmdemo.adapters.outputs import TOP_K, TOP_P
from lmdemo.errors import OptionError

MAX_NEW_TOKENS = 2_000
MAX_TEMPERATURE = 5


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """The options of one call, checked when they are made.

    Attributes:
        vocab_size: Tokens there are.
        max_new_tokens: How many to write, 1 to 2,000.
        temperature: What the logits are divided by, up to 5; 0 always takes the most probable token.
        top_k: Only so many of the most probable tokens; 0 admits all.
        top_p: Only the most probable tokens that together have this probability (Holtzman et al., arXiv:1904.09751).
        seed: Fixes the choices; None leaves them to chance.

    Raises:
        OptionError: One is out of its range.
    """

    vocab_size: int
    max_new_tokens: int
    temperature: float
    top_k: int = TOP_K
    top_p: float = TOP_P
    seed: int | None = None

    def __post_init__(self) -> None:
        for name, low, high, whole in (
            ("max_new_tokens", 1, MAX_NEW_TOKENS, True),
            ("temperature", 0, MAX_TEMPERATURE, False),
            ("top_k", 0, self.vocab_size, True),
            ("top_p", 0, 1, False),
            ("seed", None, None, True),
        ):
            value = getattr(self, name)
            if name == "seed" and value is None:
                continue
            number = (
                isinstance(value, int | float) and not isinstance(value, bool) and (not whole or value == value // 1)
            )
            if not number or (low is not None and not low <= value <= high):  # also refuses NaN
                raise OptionError(
                    f"{name}_range",
                    expected="0, 1, 2, …" if low is None else f"{low} - {high:,}",
                    got=str(value)[:40],
                    hint="Choose a value inside.",
                )

    def generator(self) -> torch.Generator:
        """Chance of this call alone."""
        made = torch.Generator()
        if self.seed is None:
            made.seed()
        else:
            made.manual_seed(int(self.seed) % 2**63)
        return made

    def choose(self, logits: Tensor, generator: torch.Generator) -> list[int]:
        """One token for each row of (B, V) logits; those at -inf are never taken."""
        if self.temperature == 0 or self.top_k == 1:
            return logits.argmax(-1).tolist()
        logits = logits.float().cpu() / self.temperature
        if self.top_k:
            logits = logits.masked_fill(logits < logits.topk(int(self.top_k)).values[:, -1:], -torch.inf)
        p = logits.softmax(-1)
        if self.top_p < 1:
            ordered, places = p.sort(descending=True, stable=True)
            ordered[ordered.cumsum(-1) - ordered >= max(self.top_p, 1e-9)] = (
                0  # what lies before a token has enough without it
            )
            p = torch.zeros_like(p).scatter_(-1, places, ordered)
        return torch.multinomial(p, 1, generator=generator)[:, 0].tolist()
