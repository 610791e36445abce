"""What was done to an input before it was read: data, so that an interface can word it in the visitor's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """Something that was changed, left out or understood in an input, and that its giver may want to know.

    Attributes:
        key: A stable name in snake case, such as ``"text_invisible"``; interfaces look their own wording up by it.
        said: It as a plain English sentence, with ``{names}`` of the values.
        values: What the sentence names.
    """

    key: str
    said: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said.format(**self.values)
