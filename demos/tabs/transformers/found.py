"""What Encoder and BERT keep of a text that was answered; everything on show is made from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from demos.core.tab import Answer, Answers, Missing
from demos.tabs.transformers.parts import drawn, switched
from lmdemo.errors import LmdemoError, OptionError

FIRST_HEAD = "0.0"


@dataclass(frozen=True)
class Found:
    """What was asked and answered, or what is wrong with it."""

    model: str
    text: str
    source: str
    off: str = "nothing"
    head: str = FIRST_HEAD
    answers: Answers = ()
    wrong: LmdemoError | None = None

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had; the first is looked into."""
        return [a for a in self.answers if isinstance(a, Answer)]


@dataclass(frozen=True)
class Inside:
    """What the page needs of a network beside its answer.

    Attributes:
        kept: Words or pieces that are read.
        count: Words or pieces of the whole text.
        cut: Each word, cut step by step, and the ids of its pieces.
        unread: What the network does not know.
        labels: Names of its answers.
        without: What it answers with one part switched off.
        head: The head that was switched off, ``block.head``.
        beside: What the member itself needs.
    """

    kept: int
    count: int
    cut: list[Any]
    unread: tuple[str, ...] = ()
    labels: Sequence[str] = ()
    without: Any = None
    head: str = FIRST_HEAD
    beside: Any = None


def light(answer: Answer | Missing) -> Answer | Missing:
    """An answer without what no view draws."""
    if isinstance(answer, Missing):
        return answer
    return replace(answer, result=replace(answer.result, trace=drawn(answer.result.trace)))


def left_out(adapter: Any, found: Found) -> dict[str, Any]:
    """The answer with one part switched off, and the head that was meant."""
    if found.off == "nothing":
        return {}
    try:
        return {"without": adapter(found.text, **switched(found.off, found.head)), "head": found.head}
    except (OptionError, ValueError):  # a head that another network had
        return {"without": adapter(found.text, **switched(found.off, FIRST_HEAD))}


def snippet(found: Found, ours: Sequence[str], printed: str) -> str:
    """Python that repeats the result on show."""
    head = next((a.extra.head for a in found.there if a.source in ours), FIRST_HEAD)
    lines = ["import lmdemo", "", f"text = {found.text[:2000]!r}"]
    for a in found.answers:
        option = f', source="{a.source}"' if a.source != "scratch" else ""
        options = switched(found.off, head) if a.source in ours else {}
        call = "".join(f", {k}={v!r}" for k, v in options.items())
        lines += [f'result = lmdemo.load("{found.model}"{option})(text{call})', f"print({printed})"]
    return "\n".join(lines)
