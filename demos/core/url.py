"""The page's state in the URL: which tab, which language, and the current member's options and small inputs.

The browser keeps one record a member and writes the open member's into the query (``url.js``); on load the server reads the
query back, checks every value, and fills the components. A copied link so opens the same state, also after a restart.
"""

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_TEXT = 2_000  # characters
MAX_DRAWING = 4_096  # bytes
MAX_SAVED = 100_000  # characters of what a browser tab kept of a family's other members
PANEL = "panel-"  # begins the elem_id of each member's part of the page
SCRIPT = Path(__file__).with_name("url.js").read_text(encoding="utf-8")

Check = Callable[[str], Any]


@dataclass(frozen=True)
class Field:
    """One value that the URL holds.

    Attributes:
        member: Whose it is; None for the whole page.
        name: Its key in the query.
        component: The component that holds it.
        check: Makes the component's value of the query's string, or raises ValueError.
        initial: The value that needs no mention.
        limit: Most characters that are written into the URL.
    """

    member: str | None
    name: str
    component: Any
    check: Check
    initial: Any = None
    limit: int = MAX_TEXT

    @property
    def script(self) -> str:
        """What the browser runs whenever the component's value changes."""
        owner, name, initial = (json.dumps(v) for v in (self.member, self.name, self.initial))
        return f"(value) => {{ window.lmdemo.put({owner}, {name}, value, {initial}, {self.limit}); }}"


def one_of(values: Sequence[str]) -> Check:
    """A check that admits these values only."""

    def check(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return check


def text(limit: int = MAX_TEXT) -> Check:
    """A check that admits text up to a length."""

    def check(value: str) -> str:
        if len(value) > limit:
            raise ValueError(f"{len(value)} > {limit}")
        return value

    return check


def number(low: float, high: float) -> Check:
    """A check that admits numbers in a range."""

    def check(value: str) -> float:
        result = float(value)
        if not low <= result <= high:  # also false for NaN
            raise ValueError(value)
        return result

    return check


def read(query: Mapping[str, str], fields: Sequence[Field], member: str | None) -> tuple[dict[int, Any], list[str]]:
    """Checks a query.

    Args:
        query: The URL's parameters.
        fields: All fields of the page.
        member: The member whose fields the query means.

    Returns:
        Values by the field's position in ``fields``, and the names of what could not be used.
    """
    values: dict[int, Any] = {}
    refused: list[str] = []
    for i, field in enumerate(fields):
        if field.name not in query or field.member not in (None, member):
            continue
        try:
            values[i] = field.check(query[field.name])
        except ValueError:
            refused.append(field.name)
    return values, refused


def read_saved(saved: str, fields: Sequence[Field], member: str | None) -> dict[int, Any]:
    """Checks what the browser tab kept of the members beside ``member``; what can't be used is left out.

    Args:
        saved: JSON, member -> field -> value; a browser sent it, so it may be anything.
        fields: All fields of the page.
        member: The member that the query speaks of.

    Returns:
        Values by the field's position in ``fields``.
    """
    try:
        records = json.loads(saved) if len(saved) <= MAX_SAVED else {}
    except ValueError:
        return {}
    values: dict[int, Any] = {}
    for i, field in enumerate(fields):
        record = records.get(field.member) if isinstance(records, dict) and field.member not in (None, member) else None
        if isinstance(record, dict) and isinstance(record.get(field.name), str | int | float):
            with contextlib.suppress(ValueError):
                values[i] = field.check(str(record[field.name]))
    return values
