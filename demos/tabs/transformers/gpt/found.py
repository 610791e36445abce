"""What the page keeps of the answers; everything on show is made from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from demos.core.tab import Answer, Answers, Missing
from demos.tabs.transformers.gpt.functions import OURS
from lmdemo.errors import LmdemoError

FIRST_HEAD = "0.0"


@dataclass(frozen=True)
class Without:
    """What a network does without one of its parts: how it goes on, how surprised it is, what may come next."""

    head: str
    tokens: tuple[str, ...]
    surprise: float | None
    group: dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What one network makes of a text.

    Attributes:
        group: What may come next, as bars.
        milliseconds: Time of the network.
        read, dropped, context: Tokens that were read, that the context has no room for, that it holds.
        unknown: Characters that were in no training text.
        notes: What was changed in the text before.
        cut: How each word of the text's end becomes tokens.
        capitals: How many tokens the text would be in capitals.
        trace: The internals of the last tokens; of our network alone, as are all below.
        earlier: Tokens before those in ``trace``.
        strip: What the strip draws.
        ends: What may come after each of the strip's tokens.
        tokens, lenses: After the last tokens what each layer would already say.
        ranks: At which place each layer has what the last one says.
        surprise: Nats a token of the text; None where it is too short.
        strange: Nats a character.
        goes_on: The tokens with which it goes on; None until another part is switched off.
        without: What it does without that part.
        missed: Nats a token of a known text without each part, and without none.
    """

    group: dict[str, Any]
    milliseconds: float
    read: int
    dropped: int
    context: int
    unknown: str
    notes: tuple[Any, ...] = ()
    cut: Sequence[Any] = ()
    capitals: int = 0
    trace: Mapping[str, np.ndarray] = field(default_factory=dict)
    earlier: int = 0
    strip: Mapping[str, Any] = field(default_factory=dict)
    ends: Sequence[Mapping[str, Any]] = ()
    tokens: Sequence[str] = ()
    lenses: Sequence[Sequence[Mapping[str, float]]] = ()
    ranks: Sequence[int] = ()
    surprise: float | None = None
    strange: float | None = None
    goes_on: tuple[str, ...] | None = None
    without: Without | None = None
    missed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """One continuation, and when it was all there its tokens: where each begins, how unexpected it was, 0 to 1; and what may
    come after it.
    """

    source: str
    text: str
    n: int
    seconds: float
    first: float
    tokens: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    first_token: int = 0
    weights: tuple[float, ...] = ()
    after: Answer | None = None


@dataclass(frozen=True)
class Picked:
    """A token of a continuation, the text before it, and what else could have stood there."""

    row: int
    index: int
    before: str
    answer: Answer


@dataclass(frozen=True)
class Found:
    """What was asked and answered, or what is wrong with it; everything on show is made from it."""

    text: str
    source: str
    off: str = "nothing"
    head: str = FIRST_HEAD
    answers: Answers = ()
    wrong: LmdemoError | None = None
    how: Mapping[str, Any] | None = None  # options of what was written
    written: tuple[Written, ...] = ()
    several: tuple[Written, ...] = ()
    picked: Picked | None = None

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]

    @property
    def inside(self) -> Read | None:
        """The answer that is looked into: of a network of ours, where one answered."""
        there = sorted(self.there, key=lambda a: a.source not in OURS)
        return there[0].result if there else None

    @property
    def on_show(self) -> list[tuple[Answer, str]]:
        """What may come next and after which text: at the token that was picked, after what was written, or after what was given."""
        if self.picked:
            return [(self.picked.answer, self.picked.before)]
        rows = {row.source: row for row in self.written if row.after}
        return [
            (rows[a.source].after or a, rows[a.source].text) if a.source in rows else (a, self.text) for a in self.there
        ]

    def with_answer(self, answer: Answer | Missing) -> "Found":
        """The same with one source's answer in place of its last one."""
        others = {a.source: a for a in self.answers}
        return replace(self, answers=tuple((others | {answer.source: answer}).values()))

    def known(self, text: str) -> dict[str, Read]:
        """What each source made of a text before, so that no network reads it once more to leave out another part."""
        return {a.source: a.result for a in self.there if a.result.cut} if self.text == text else {}

    @property
    def missed(self) -> dict[str, Mapping[str, float]]:
        """How much each source's network misses its parts: measured once."""
        return {a.source: a.result.missed for a in self.there if a.result.missed}
