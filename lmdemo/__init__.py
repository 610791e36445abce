"""Classic and modern neural networks, written from scratch and trained, beside pretrained ones from hubs.

    import lmdemo
    lmdemo.load("cnn-fashion")(picture).label

Names come in when they are first used: importing this package costs no torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmdemo import catalog, errors
    from lmdemo.loading import load
    from lmdemo.proofs import prove

__version__ = "1.0.0"
__all__ = ["catalog", "errors", "load", "prove"]

_HOMES = {"load": "lmdemo.loading", "prove": "lmdemo.proofs"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in __all__:
        return importlib.import_module(f"lmdemo.{name}")
    raise AttributeError(f"module 'lmdemo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
