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
STEP = "step-"  # begins the elem_id of each step of a member's page: step-<member>-<key>
THREADS = "threads"  # the key of what goes along from member to member, in what a browser tab kept
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
        thread: What it goes along as from member to member, such as ``sentence``; "" where it stays.
    """

    member: str | None
    name: str
    component: Any
    check: Check
    initial: Any = None
    limit: int = MAX_TEXT
    thread: str = ""

    @property
    def script(self) -> str:
        """What the browser runs whenever the component's value changes."""
        given = ", ".join(json.dumps(v) for v in (self.initial, self.limit, self.thread))
        return (
            f"(value) => {{ window.lmdemo.put({json.dumps(self.member)}, {json.dumps(self.name)}, value, {given}); }}"
        )


def one_of(values: Sequence[str]) -> Check:
    """A check that admits these values only."""

    def check(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return check


def switch(text: str) -> bool:
    """A check that admits what a checkbox holds."""
    return bool(one_of(("true", "false"))(text.lower()) == "true")


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
    records = _json(saved)
    values: dict[int, Any] = {}
    for i, field in enumerate(fields):
        if field.member in (None, member):
            continue
        value = records.get(field.member, {}).get(field.name)
        with contextlib.suppress(ValueError):
            if value is not None:
                values[i] = field.check(str(value))
    return values


def read_threads(saved: str, fields: Sequence[Field]) -> dict[int, Any]:
    """Checks what goes along from member to member; what a member can't take is left out.

    Args:
        saved: As in :func:`read_saved`.
        fields: All fields of the page.

    Returns:
        Values by the field's position in ``fields``.
    """
    threads = _json(saved).get(THREADS, {})
    values: dict[int, Any] = {}
    for i, field in enumerate(fields):
        if field.thread in threads:
            with contextlib.suppress(ValueError):
                values[i] = field.check(str(threads[field.thread]))
    return values


def _json(saved: str) -> dict[str, dict[str, Any]]:
    """What a browser kept, as far as it has the right form."""
    try:
        records = json.loads(saved) if len(saved) <= MAX_SAVED else {}
    except ValueError:
        return {}
    if not isinstance(records, dict):
        return {}
    plain = {owner: record for owner, record in records.items() if isinstance(record, dict)}
    return {o: {k: v for k, v in r.items() if isinstance(v, str | int | float)} for o, r in plain.items()}
