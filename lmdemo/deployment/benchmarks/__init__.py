"""What is measured: one file a member or part, each with ``measure(threads, rounds)``, which gives its figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement.

    Attributes:
        name: What was measured.
        value: The ratio, or the absolute figure.
        unit: ``ratio``, ``ms``, ``s``, ``MB``, ``%``.
        bar: The most that it should be; None where it is only reported.
        note: What stands behind it.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""
