"""Options are checked against the types that a method's signature names: in one place, for every adapter."""

import functools
import inspect
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np

from lmdemo.errors import OptionError

F = TypeVar("F", bound=Callable[..., Any])
EXAMPLES = {int: "1, 2, 3", float: "0.5", bool: "True, False", str: "'text'", type(None): "None"}


def checked(method: F) -> F:
    """Makes a method refuse options that its signature does not name, or that are of another type than it says.

    A whole number is an int, also as 3.0; a str where several are meant counts as one of them. A method with ``**options`` hands these on
    to one that checks them.

    Raises:
        OptionError: When it is called so.
    """
    parameters = inspect.signature(method).parameters
    named = [name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    hands_on = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    hints = functools.cache(lambda: typing.get_type_hints(method))  # when it is called: by then all names are there

    @functools.wraps(method)
    def wrapper(*args: Any, **options: Any) -> Any:
        if not hands_on and (unknown := [name for name in options if name not in parameters]):
            raise OptionError(
                "unknown_option", expected=", ".join(named) or "–", got=", ".join(unknown)[:80], hint="Leave it out."
            )
        fitting = {name: fitted(name, options[name], hints()[name]) for name in named if name in options}
        return method(*args, **options | fitting)

    return typing.cast(F, wrapper)


def fitted(name: str, value: Any, hint: Any) -> Any:
    """An option's value as its type has it.

    Args:
        name: The option's.
        value: What was given.
        hint: Its type: int, float, bool, str, None, a Sequence or a Mapping of these, or a union.

    Raises:
        OptionError: It is of another type.
    """
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for kind in kinds:
        if typing.get_origin(kind) is Sequence and isinstance(value, str) and typing.get_args(kind) == (str,):
            return (value,)
        if _is_one(value, kind):
            return int(value) if kind is int else tuple(value) if typing.get_origin(kind) is Sequence else value
    expected = " / ".join(_example(kind) for kind in kinds)
    raise OptionError(
        "option_type", expected=f"{name}: {expected}", got=repr(value)[:40], hint="Give a value of this kind."
    )


def _is_one(value: Any, kind: Any) -> bool:
    """Whether a value is of a type."""
    truth = isinstance(value, bool | np.bool_)
    if kind is bool:
        return truth
    if kind in (int, float):
        number = isinstance(value, Real) and not truth
        return number and (kind is float or isinstance(value, Integral) or (math.isfinite(value) and value % 1 == 0))
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is Sequence:
        several = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
        return several and all(_is_one(part, parts[0]) for part in value)
    if origin is tuple:
        fits = isinstance(value, Sequence) and len(value) == len(parts)
        return fits and all(_is_one(part, of) for part, of in zip(value, parts, strict=True))
    if origin is not None:
        return isinstance(value, origin)
    return kind is Any or isinstance(value, kind)


def _example(kind: Any) -> str:
    """What a type's values look like."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Sequence, tuple):
        inside = ", ".join(_example(part) for part in parts)
        return f"[{inside}]" if origin is Sequence else f"({inside})"
    return EXAMPLES.get(kind, getattr(origin or kind, "__name__", str(kind)))
