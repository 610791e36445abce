"""The loops over samples of WaveNet and WaveRNN as machine code: numba compiles them once and keeps them on disk.

Where numba is missing, or cannot compile here, torch's loops are taken; :func:`which` says which runs.
"""

import functools
import importlib
from types import ModuleType


@functools.cache
def find(name: str) -> ModuleType | None:
    """The compiled loop of a network, such as ``find("wavenet")``; None where there is no compiler."""
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ImportError:
        return None


def which(name: str) -> str:
    """What runs the loop of a network: ``numba`` or ``torch``."""
    return "torch" if find(name) is None else "numba"
