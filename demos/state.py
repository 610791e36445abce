"""The page's state in the URL: which tab, which language, and the current member's options and small inputs.

The browser keeps one record a member and writes the open member's into the query; on load the server reads the query
back, checks every value, and fills the components. A copied link so opens the same state, also after a restart.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_TEXT = 2_000  # characters
MAX_DRAWING = 4_096  # bytes

PANEL = "panel-"  # begins the elem_id of each member's tab

# Runs once in <head>. `put` notes a value, `open` says that another tab was chosen; both rewrite the query without a
# reload, once `start` has said that the server has read it. Which member is open is seen on the page: events of tabs come
# late and in any order, and a tab that was left open inside another tells nothing when that is chosen again.
SCRIPT = """
window.lmdemo = window.lmdemo || (() => {
  const records = {}, page = {}; let ready = false;
  const write = () => {
    if (!ready) return;  // the server has not read the query yet
    const open = [...document.querySelectorAll('[role=tabpanel][id^="%PANEL%"]')].find(p => p.offsetParent !== null);
    if (open) page.tab = open.id.slice('%PANEL%'.length);
    const url = new URL(location.href), keep = ['__theme'];
    const old = url.searchParams, next = new URLSearchParams();
    keep.forEach(k => old.has(k) && next.set(k, old.get(k)));
    Object.entries({...page, ...records[page.tab]}).forEach(([k, v]) =>
      v !== null && v !== undefined && v !== '' && next.set(k, String(v)));
    url.search = next.toString();
    history.replaceState(history.state, '', url);
  };
  return {
    put(owner, name, value, initial, limit) {
      const target = owner === null ? page : (records[owner] = records[owner] || {});
      target[name] = (value === initial || String(value ?? '').length > limit) ? null : value;
      write();
    },
    open() { write(); setTimeout(write, 100); },  // once more when the panels have changed
    start() { ready = true; this.open(); },
    link() { return location.href; },
  };
})();
""".replace("%PANEL%", PANEL)


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
    check: Callable[[str], Any]
    initial: Any = None
    limit: int = MAX_TEXT

    @property
    def script(self) -> str:
        """What the browser runs whenever the component's value changes."""
        owner, name, initial = (json.dumps(v) for v in (self.member, self.name, self.initial))
        return f"(value) => {{ window.lmdemo.put({owner}, {name}, value, {initial}, {self.limit}); }}"


def one_of(values: Sequence[str]) -> Callable[[str], str]:
    """A check that admits these values only."""

    def check(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return check


def text(limit: int = MAX_TEXT) -> Callable[[str], str]:
    """A check that admits text up to a length."""

    def check(value: str) -> str:
        if len(value) > limit:
            raise ValueError(f"{len(value)} > {limit}")
        return value

    return check


def number(low: float, high: float) -> Callable[[str], float]:
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
